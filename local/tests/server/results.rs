//! Reading results in pages, as JSON and CSV.

use dune_local::LocalDune;
use serde_json::{Value, json};

use crate::wire::{Answer, ended, get, send, start};
use crate::workspace::Workspace;

async fn run(local: &LocalDune, sql: &str) -> String {
    let id = start(local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
    assert_eq!(ended(local, &id).await["state"], "QUERY_STATE_COMPLETED");
    id
}

/// Fetches an address as it came, with the key and nothing else added.
async fn follow(local: &LocalDune, uri: &str) -> Answer {
    let path = uri
        .strip_prefix(local.base_url())
        .unwrap_or_else(|| panic!("{uri}"));
    let host = local.base_url().trim_start_matches("http://");
    let headers = format!("Host: {host}\r\nX-Dune-Api-Key: {}\r\n", local.api_key());
    send(local, &format!("GET {path}"), &headers, "").await
}

#[tokio::test]
async fn pages_follow_each_other_to_the_last_row() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = run(&local, "rows(2500)").await;
    let mut page = get(&local, &format!("/execution/{id}/results?limit=1000"))
        .await
        .json();
    let mut seen = Vec::new();
    loop {
        assert_eq!(page["execution_id"], id.as_str());
        let metadata = &page["result"]["metadata"];
        assert_eq!(metadata["total_row_count"], 2500);
        let rows = page["result"]["rows"].as_array().unwrap();
        assert_eq!(metadata["row_count"], rows.len());
        assert_eq!(metadata["datapoint_count"], rows.len() * 3);
        seen.extend(rows.iter().map(|row| row["n"].as_u64().unwrap()));
        match page.get("next_uri") {
            Some(uri) => {
                assert_eq!(page["next_offset"], seen.len());
                page = follow(&local, uri.as_str().unwrap()).await.json();
            }
            None => break,
        }
    }
    assert!(page.get("next_offset").is_none());
    assert_eq!(seen, (0..2500).collect::<Vec<u64>>());
    let beyond = get(&local, &format!("/execution/{id}/results?offset=9999"))
        .await
        .json();
    assert_eq!(beyond["result"]["rows"], json!([]));
    assert!(beyond.get("next_uri").is_none());
}

#[tokio::test]
async fn values_and_columns_come_as_dune_writes_them() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = run(&local, "rows(2)").await;
    let answer = get(
        &local,
        &format!("/execution/{id}/results?columns=amount,n&params.x=1"),
    )
    .await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let result = &answer.json()["result"];
    assert_eq!(result["rows"][1], json!({"amount": "1.50", "n": 1}));
    assert_eq!(result["metadata"]["column_names"], json!(["amount", "n"]));
    assert_eq!(
        result["metadata"]["column_types"],
        json!(["decimal(3,2)", "bigint"])
    );
    // "amount,n\n" and two lines "1.50,0\n".
    assert_eq!(result["metadata"]["result_set_bytes"], 9 + 2 * 7);
    for (query, words) in [
        ("columns=gone", "the result has no column `gone`"),
        ("limit=-1", "invalid limit"),
        ("limit=ten", "invalid limit"),
        ("filters=n%20%3E%201", "`filters` is not supported"),
        ("sample_count=1&limit=1", "sample_count cannot be combined"),
    ] {
        let answer = get(&local, &format!("/execution/{id}/results?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.error().contains(words), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_sample_comes_from_the_whole_result() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = run(&local, "rows(1000)").await;
    let answer = get(&local, &format!("/execution/{id}/results?sample_count=10"))
        .await
        .json();
    let rows = answer["result"]["rows"].as_array().unwrap();
    let numbers: Vec<u64> = rows.iter().map(|row| row["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    assert!(answer.get("next_uri").is_none());
}

#[tokio::test]
async fn csv_pages_repeat_the_header_and_end_in_a_line_feed() {
    let workspace = Workspace::new().query(7, "rows(3)");
    let local = workspace.serve().await;
    let id = start(&local, "/query/7/execute", "").await;
    ended(&local, &id).await;
    let first = get(&local, "/query/7/results/csv?limit=2&columns=n,text").await;
    assert_eq!(first.text, "n,text\n0,\"row, 0\"\n1,\"row, 1\"\n");
    assert!(
        first
            .header("content-type")
            .unwrap()
            .starts_with("text/csv")
    );
    assert_eq!(first.header("x-dune-next-offset"), Some("2"));
    let last = follow(&local, first.header("x-dune-next-uri").unwrap()).await;
    assert_eq!(last.text, "n,text\n2,\"row, 2\"\n");
    assert_eq!(last.header("x-dune-next-uri"), None);
    assert_eq!(last.header("x-dune-next-offset"), None);
}

#[tokio::test]
async fn the_next_page_has_the_address_and_key_that_the_caller_used() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = run(&local, "rows(2)").await;
    let key = local.api_key();
    let line = format!("GET /api/v1/execution/{id}/results?limit=1&api_key={key}");
    let page: Value = send(&local, &line, "Host: localhost:1234\r\n", "")
        .await
        .json();
    let uri = page["next_uri"].as_str().unwrap();
    let start = format!("http://localhost:1234/api/v1/execution/{id}/results?");
    let query = uri.strip_prefix(&start).unwrap();
    let line = format!("GET /api/v1/execution/{id}/results?{query}");
    assert_eq!(
        send(&local, &line, "Host: x\r\n", "").await.json()["result"]["rows"][0]["n"],
        1
    );
}

#[tokio::test]
async fn a_page_has_a_bounded_number_of_cells() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = run(&local, "rows(33000)").await;
    let page = get(&local, &format!("/execution/{id}/results?limit=500000"))
        .await
        .json();
    assert_eq!(page["next_offset"], 32_000);
}
