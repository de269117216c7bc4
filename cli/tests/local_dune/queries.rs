//! `query`: saved queries, from the list to the archive.

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::json;

use crate::{CHAIN, Local};

#[test]
fn queries_are_listed_and_read() {
    let local = Local::start();
    local
        .does("query list")
        .success()
        .stdout(contains("Volume of each chain").and(contains("Broken")));
    let two = local.json("query list --limit 2 --json");
    assert_eq!(two.as_array().unwrap().len(), 2);
    local
        .does("query get 2")
        .success()
        .stdout(contains("-- query: 2 One chain\n"))
        .stdout(contains(
            "-- parameter: chain (enum) = base, one of base, ethereum\n",
        ));
    assert_eq!(local.gives("query get 2 --sql"), CHAIN);
}

#[test]
fn queries_are_saved_changed_and_archived() {
    let local = Local::start();
    local.file("new.sql", "select 1 as one\n");
    let id = local.gives("query create new.sql --name New --tag a --private");
    let id = id.trim();
    local.file("new.sql", "select 2 as two\n");
    let update = [
        "query",
        "update",
        id,
        "new.sql",
        "--description",
        "two of it",
    ];
    assert_eq!(local.gives(update), "");
    let read = || local.json(format!("query get {id} --json"));
    let query = read();
    assert_eq!(query["query_sql"], "select 2 as two\n");
    assert_eq!(
        (&query["name"], &query["description"]),
        (&json!("New"), &json!("two of it"))
    );
    assert_eq!(
        (&query["tags"], &query["is_private"]),
        (&json!(["a"]), &json!(true))
    );
    assert_eq!(local.gives(format!("query public {id}")), "");
    assert_eq!(local.gives(format!("query archive {id}")), "");
    let query = read();
    assert_eq!(
        (&query["is_private"], &query["is_archived"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(local.gives(format!("query unarchive {id}")), "");
    assert_eq!(local.gives(format!("query private {id}")), "");

    local.does(format!("query update {id}")).code(2);
    local
        .does("query update 1 new.sql")
        .code(1)
        .stderr(contains("volume.sql"));
}
