//! `views`: materialized views, from the list to their end.

use predicates::prelude::*;
use predicates::str::{contains, ends_with, starts_with};
use serde_json::json;

use crate::Local;

#[test]
fn views_are_listed_read_made_filled_and_deleted() {
    let local = Local::start();
    local
        .does("views list")
        .success()
        .stdout(contains("dune.acme.result_volume"));
    let view = local.json("views get dune.acme.result_volume --json");
    assert_eq!(
        (&view["sql_id"], &view["query_id"]),
        (&json!("dune.acme.result_volume"), &json!(1))
    );
    local
        .does("views get dune.acme.result_volume")
        .success()
        .stdout(starts_with(
            "view       dune.acme.result_volume\nquery      1\n",
        ));
    local
        .does("views refresh dune.acme.result_volume --wait")
        .success()
        .stdout(starts_with("01").and(ends_with("\ncompleted\n")));
    local
        .does("views upsert dune.acme.result_two --query 1 --wait")
        .success()
        .stdout(ends_with("\ncompleted\n"));
    let views = local.json("views list --json");
    assert_eq!(views.as_array().unwrap().len(), 2);
    assert_eq!(local.gives("views delete dune.acme.result_two"), "");
    local.does("views get dune.acme.result_two").code(1);
}
