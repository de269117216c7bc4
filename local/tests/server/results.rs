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
        ("filters=gone%20%3E%201", "the result has no column `gone`"),
        ("filters=n%20%3E%20'1'", "`'1'` cannot be compared with `n`"),
        ("filters=n%20not%20in%20(1)", "NOT IN is not supported"),
        (
            "filters=n%20%3E%20(select%201)",
            "cannot be compared with `n`",
        ),
        ("filters=n%20%3E", "invalid filters"),
        ("sort_by=n%20upwards", "invalid sort_by"),
        (
            "filters=n=1&sample_count=1",
            "sample_count cannot be combined",
        ),
        ("sample_count=1&limit=1", "sample_count cannot be combined"),
    ] {
        let answer = get(&local, &format!("/execution/{id}/results?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.error().contains(words), "{}", answer.text);
    }
}

#[tokio::test]
async fn filters_and_order_come_before_pages() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = run(&local, "rows(1000)").await;
    let filters = "n%20%3E=%20990%20and%20(text%20like%20'row%25'%20or%20n%20in%20(3,%204))";
    let first = get(
        &local,
        &format!("/execution/{id}/results?filters={filters}&sort_by=n%20desc&limit=6"),
    )
    .await
    .json();
    let numbers = |page: &Value| -> Vec<u64> {
        let rows = page["result"]["rows"].as_array().unwrap();
        rows.iter().map(|row| row["n"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&first), [999, 998, 997, 996, 995, 994]);
    assert_eq!(first["result"]["metadata"]["total_row_count"], 10);
    assert_eq!(first["next_offset"], 6);
    let last = follow(&local, first["next_uri"].as_str().unwrap())
        .await
        .json();
    assert_eq!(numbers(&last), [993, 992, 991, 990]);
    assert!(last.get("next_uri").is_none());

    let csv = get(
        &local,
        &format!("/execution/{id}/results/csv?columns=n&filters=n%20%3C%202"),
    )
    .await;
    assert_eq!(csv.text, "n\n0\n1\n");
}

#[tokio::test]
async fn values_are_compared_by_their_types() {
    let workspace = Workspace::new();
    workspace.write_manifest();
    let local = LocalDune::start(workspace.path()).await.unwrap();
    let sql = "select * from (values (1, 2.50, 1.5e0, timestamp '2024-03-05 15:03:00.000', 0xab, true), \
        (2, 10.00, nan(), timestamp '2024-03-06 00:00:00.000', 0xcd, false), (3, null, null, null, null, null)) \
        as t(n, price, ratio, at, taker, ok) order by n";
    let id = run(&local, sql).await;
    for (query, wanted) in [
        ("filters=price%20%3E%209", vec![2]),
        ("filters=price%20=%202.5", vec![1]),
        ("filters=ratio%20%3E%200", vec![1]),
        ("filters=at%20=%20'2024-03-06'", vec![2]),
        ("filters=at%20%3C=%20'2024-03-05%2015:03'", vec![1]),
        ("filters=taker%20in%20(0xAB)", vec![1]),
        ("filters=ok%20=%20false%20or%20ok%20is%20null", vec![2, 3]),
        ("filters=taker%20is%20not%20null", vec![1, 2]),
        ("sort_by=price%20desc", vec![2, 1, 3]),
        ("sort_by=ratio%20desc,%20n", vec![2, 1, 3]),
        ("sort_by=at,%20%22n%22%20desc", vec![1, 2, 3]),
    ] {
        let answer = get(&local, &format!("/execution/{id}/results?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        let answer = answer.json();
        let rows = answer["result"]["rows"].as_array().unwrap();
        let numbers: Vec<u64> = rows.iter().map(|row| row["n"].as_u64().unwrap()).collect();
        assert_eq!(numbers, wanted, "{query}");
    }
    let endless = vec!["n=1"; 1_000].join("+or+");
    let answer = get(
        &local,
        &format!("/execution/{id}/results?filters={endless}"),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = get(
        &local,
        &format!("/execution/{id}/results?filters={endless}+or+{endless}"),
    )
    .await;
    assert_eq!(answer.status, 400);
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
async fn csv_is_narrowed_ordered_and_sampled_like_json() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let id = run(&local, "rows(1000)").await;
    let query = "columns=n&filters=n%20%3C%205&sort_by=n%20desc&limit=2&offset=1";
    let mut page = get(&local, &format!("/execution/{id}/results/csv?{query}")).await;
    let mut lines = Vec::new();
    loop {
        let (header, rows) = page.text.split_once('\n').unwrap();
        assert_eq!(header, "n");
        lines.extend(rows.lines().map(str::to_owned));
        let Some(next) = page.header("x-dune-next-uri") else {
            break;
        };
        page = follow(&local, next).await;
    }
    assert_eq!(lines, ["3", "2", "1", "0"]);
    let sample = get(
        &local,
        &format!("/execution/{id}/results/csv?columns=n&sample_count=4"),
    )
    .await;
    assert_eq!(sample.text, "n\n0\n250\n500\n750\n");
    assert_eq!(sample.header("x-dune-next-uri"), None);
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
