//! Uploaded tables: made, filled, read in SQL, cleared and removed.

mod kept;
mod refused;

use std::path::PathBuf;

use dune_local::LocalDune;
use serde_json::{Value, json};

use crate::wire::{Answer, call, ended, get, post, send, start};
use crate::workspace::Workspace;

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

async fn serve(workspace: &Workspace) -> LocalDune {
    workspace.write_manifest();
    LocalDune::start(workspace.path()).await.unwrap()
}

async fn create(local: &LocalDune, table: &str, columns: &[(&str, &str)]) -> Answer {
    let schema: Vec<Value> = columns
        .iter()
        .map(|(name, kind)| json!({"name": name, "type": kind}))
        .collect();
    let body = json!({"namespace": "acme", "table_name": table, "schema": schema});
    post(local, "/uploads", &body.to_string()).await
}

async fn insert(local: &LocalDune, table: &str, kind: &str, rows: &str) -> Answer {
    let headers = format!(
        "Host: x\r\nX-Dune-Api-Key: {}\r\nContent-Type: {kind}\r\n",
        local.api_key()
    );
    let line = format!("POST /api/v1/uploads/acme/{table}/insert");
    send(local, &line, &headers, rows).await
}

async fn upload(local: &LocalDune, table: &str, csv: &str) -> Answer {
    let body = json!({"table_name": table, "data": csv, "description": "d"});
    post(local, "/uploads/csv", &body.to_string()).await
}

async fn rows(local: &LocalDune, sql: &str) -> Value {
    let id = start(local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
    let status = ended(local, &id).await;
    assert_eq!(status["state"], "QUERY_STATE_COMPLETED", "{status}");
    get(local, &format!("/execution/{id}/results")).await.json()["result"]["rows"].clone()
}

async fn count(local: &LocalDune, table: &str) -> i64 {
    let counted = rows(
        local,
        &format!("select count(*) as n from dune.acme.{table}"),
    )
    .await;
    counted[0]["n"].as_i64().unwrap()
}

/// What there is under the folder of uploads, but for the tables' folders themselves.
fn files(workspace: &Workspace) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![workspace.path().join(".dune/uploads")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => all.push(path),
            }
        }
    }
    all
}

#[tokio::test]
async fn a_table_is_made_filled_read_cleared_and_removed() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    let columns = [
        ("date", "timestamp"),
        ("dgs10", "double"),
        ("n", "integer"),
        ("word", "varchar"),
    ];
    let made = create(&local, "rates", &columns).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let made = made.json();
    assert_eq!(made["full_name"], "dune.acme.rates");
    assert_eq!(
        made["example_query"],
        "select * from dune.acme.rates limit 10"
    );
    assert_eq!(
        (&made["namespace"], &made["table_name"]),
        (&"acme".into(), &"rates".into())
    );
    assert_eq!(made["already_existed"], false);
    assert_eq!(
        rows(&local, "select * from dune.acme.rates limit 10").await,
        json!([])
    );

    let csv = "date,dgs10,n,word\n2020-12-01T23:33:00,10,1,\"a, b\"\n2020-12-02T00:00:00+01:00,,-2,\"\"\n";
    let answer = insert(&local, "rates", CSV, csv).await.json();
    assert_eq!(
        answer,
        json!({"name": "dune.acme.rates", "rows_written": 2, "bytes_written": csv.len()})
    );
    let ndjson =
        "{\"date\":\"2020-12-03T10:00:00Z\",\"dgs10\":10,\"n\":3,\"word\":\"{}\"}\n\n{\"N\":4}";
    let answer = insert(&local, "rates", NDJSON, ndjson).await.json();
    assert_eq!(answer["rows_written"], 2);
    assert_eq!(
        rows(&local, "select * from dune.acme.rates order by n desc").await,
        json!([
            {"date": null, "dgs10": null, "n": 4, "word": null},
            {"date": "2020-12-03 10:00:00.000", "dgs10": 10.0, "n": 3, "word": "{}"},
            {"date": "2020-12-01 23:33:00.000", "dgs10": 10.0, "n": 1, "word": "a, b"},
            {"date": "2020-12-01 23:00:00.000", "dgs10": null, "n": -2, "word": ""},
        ])
    );

    let list = get(&local, "/uploads").await.json();
    let table = &list["tables"][0];
    assert_eq!(table["full_name"], "dune.acme.rates");
    assert_eq!(table["owner"], json!({"handle": "acme", "type": "team"}));
    assert_eq!(table["is_private"], false);
    assert_eq!(
        table["columns"][0],
        json!({"name": "date", "type": "timestamp", "nullable": true, "metadata": {}})
    );
    let bytes: u64 = table["table_size_bytes"].as_str().unwrap().parse().unwrap();
    let usage = post(&local, "/usage", "").await.json();
    assert_eq!(usage["bytes_used"], bytes);
    assert!(table["updated_at"].as_str() > table["created_at"].as_str());
    assert!(list.get("next_offset").is_none());

    let answer = post(&local, "/uploads/acme/rates/clear", "").await;
    assert_eq!(
        answer.text,
        r#"{"message":"Table dune.acme.rates successfully cleared"}"#
    );
    assert_eq!(count(&local, "rates").await, 0);
    let answer = call(&local, "DELETE", "/uploads/acme/rates", "{}").await;
    assert_eq!(
        answer.text,
        r#"{"message":"Table acme.rates successfully deleted"}"#
    );
    assert_eq!(get(&local, "/uploads").await.json()["tables"], json!([]));
    assert_eq!(files(&workspace), Vec::<PathBuf>::new());
    for (method, path) in [
        ("DELETE", "/uploads/acme/rates"),
        ("POST", "/uploads/acme/rates/clear"),
    ] {
        assert_eq!(call(&local, method, path, "").await.status, 404, "{path}");
    }
    assert_eq!(insert(&local, "rates", CSV, csv).await.status, 404);
    let again = create(&local, "rates", &[("other", "date")]).await.json();
    assert_eq!(again["already_existed"], false, "the name is free at once");
}

#[tokio::test]
async fn a_table_that_is_there_stays_as_it_is() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    create(&local, "t", &[("a", "bigint")]).await;
    insert(&local, "t", CSV, "a\n1\n").await;
    let same = create(&local, "t", &[("A", "BIGINT")]).await;
    assert_eq!(same.json()["already_existed"], true, "{}", same.text);
    assert_eq!(count(&local, "t").await, 1);
    let other = create(&local, "t", &[("a", "varchar")]).await;
    assert_eq!(other.status, 400);
    assert!(
        other.error().contains("exists with other columns"),
        "{}",
        other.text
    );
    assert_eq!(count(&local, "t").await, 1);
}

#[tokio::test]
async fn a_csv_becomes_a_table_with_the_types_of_its_cells_and_replaces_the_one_before() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    // Its lines end in commas, as in Dune's own example.
    let csv = "DATE,DGS10,\n2023-12-04,4.28,\n2023-12-05,4,\n2023-12-11,4.23";
    let answer = upload(&local, "rates", csv).await;
    assert_eq!(
        answer.text,
        r#"{"success":true,"table_name":"dataset_rates"}"#
    );
    assert_eq!(
        rows(
            &local,
            "select date, dgs10 from dune.acme.dataset_rates order by 1 limit 2"
        )
        .await,
        json!([{"date": "2023-12-04", "dgs10": 4.28}, {"date": "2023-12-05", "dgs10": 4.0}])
    );
    let csv = "flag,n,zip,at,word,none,mixed,wei,change\n\
               true,1,01234,2024-01-01T00:00:00Z,x,,2024-01-01,1,-1\n\
               FALSE,-2,99999,2024-01-02 00:00:00,\"1\",,soon,1000000000000000000001,1000000000000000000001\n";
    assert_eq!(upload(&local, "rates", csv).await.status, 200);
    let list = get(&local, "/uploads").await.json();
    assert_eq!(list["tables"].as_array().unwrap().len(), 1);
    let columns: Vec<_> = list["tables"][0]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| {
            (
                column["name"].as_str().unwrap(),
                column["type"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        columns,
        [
            ("flag", "boolean"),
            ("n", "bigint"),
            ("zip", "varchar"),
            ("at", "timestamp(3)"),
            ("word", "varchar"),
            ("none", "varchar"),
            ("mixed", "varchar"),
            ("wei", "uint256"),
            ("change", "int256"),
        ]
    );
    assert_eq!(
        rows(
            &local,
            "select zip from dune.acme.dataset_rates where not flag"
        )
        .await,
        json!([{"zip": "99999"}])
    );
    for (csv, words) in [
        ("", "no header line"),
        (",\n1,2\n", "names no column"),
        ("a,,b\n1,2,3\n", "begins with a letter"),
        ("a,A\n1,2\n", "names column `a` twice"),
        ("a\n1,2\n", "line 2 has 2 cells"),
    ] {
        let answer = upload(&local, "rates", csv).await;
        assert_eq!(answer.status, 400, "{csv:?}");
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    assert_eq!(
        count(&local, "dataset_rates").await,
        2,
        "what was refused replaces nothing"
    );
    let answer = call(&local, "DELETE", "/uploads/acme/dataset_rates", "").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn an_uploaded_table_is_no_node_of_a_querys_pipeline() {
    let workspace = Workspace::new()
        .query(1, "select a from dune.acme.t")
        .query(2, "select * from dune.acme.result_v")
        .view("v", 1);
    let local = serve(&workspace).await;
    assert_eq!(
        local.warnings().len(),
        2,
        "the table is not there yet: {}",
        local.warnings()
    );
    create(&local, "t", &[("a", "bigint")]).await;
    insert(&local, "t", CSV, "a\n7\n").await;
    let nodes = get(&local, "/query/1/pipeline").await.json()["pipeline"]["nodes"].clone();
    assert_eq!(nodes.as_array().unwrap().len(), 1, "{nodes}");
    let status = crate::wire::pipeline(&local, r#"{"query_id":2}"#).await;
    assert_eq!(status["status"], "completed", "{status}");
    let results = get(&local, "/query/2/results").await.json();
    assert_eq!(results["result"]["rows"], json!([{"a": 7}]));
}

#[tokio::test]
async fn the_paths_of_before_still_work() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    let body = r#"{"namespace":"acme","table_name":"t","schema":[{"name":"a","type":"bigint"}]}"#;
    assert_eq!(post(&local, "/table/create", body).await.status, 200);
    let answer = post(
        &local,
        "/table/upload/csv",
        r#"{"table_name":"x","data":"a\n1"}"#,
    )
    .await;
    assert_eq!(answer.json()["success"], true);
    let list = get(&local, "/tables?limit=1").await.json();
    assert_eq!(
        (&list["tables"][0]["full_name"], &list["next_offset"]),
        (&"dune.acme.dataset_x".into(), &1.into())
    );
    assert_eq!(post(&local, "/table/acme/t/clear", "").await.status, 200);
    assert_eq!(
        call(&local, "DELETE", "/table/acme/t", "").await.status,
        200
    );
}
