//! Usage: what is stored, and the period asked about.

use crate::wire::{call, ended, get, post, start};
use crate::workspace::Workspace;

#[tokio::test]
async fn what_is_counted_is_what_there_is() {
    let workspace = Workspace::new()
        .table("t", "four")
        .query(1, "copy(t)")
        .view("a", 1);
    let local = workspace.serve().await;
    let usage = post(&local, "/usage", "").await.json();
    assert_eq!(usage["bytes_used"], 4, "the rows of the view");
    assert_eq!(usage["private_queries"], 0);
    assert_eq!(usage["private_dashboards"], 0);
    assert!(usage["bytes_allowed"].as_i64().unwrap() > 4, "{usage}");

    let body = r#"{"name":"mine","query_sql":"rows(1)","is_private":true}"#;
    let id = post(&local, "/query", body).await.json()["query_id"].clone();
    workspace.write("tables/t.csv", "nine left");
    let refresh = start(&local, "/materialized-views/result_a/refresh", "").await;
    ended(&local, &refresh).await;
    let usage = post(&local, "/usage", "{}").await.json();
    assert_eq!(
        (&usage["bytes_used"], &usage["private_queries"]),
        (&9.into(), &1.into())
    );

    call(&local, "POST", &format!("/query/{id}/unprivate"), "").await;
    let usage = post(&local, "/usage", "").await.json();
    assert_eq!(usage["private_queries"], 0);
}

#[tokio::test]
async fn one_period_of_whole_months_holds_the_dates_and_has_cost_nothing() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let body = r#"{"start_date":"2024-01-15","end_date":"2024-02-29"}"#;
    let usage = post(&local, "/usage", body).await.json();
    let periods = usage["billing_periods"].as_array().unwrap();
    assert_eq!(periods.len(), 1);
    assert_eq!(periods[0]["start_date"], "2024-01-01");
    assert_eq!(periods[0]["end_date"], "2024-03-01");
    assert_eq!(periods[0]["credits_used"], 0.0);
    assert_eq!(periods[0]["credits_included"], 0.0);

    let today = chrono::Utc::now().format("%Y-%m-%d").to_string();
    let usage = post(&local, "/usage", "").await.json();
    let period = &usage["billing_periods"][0];
    let (first, after) = (
        period["start_date"].as_str().unwrap(),
        period["end_date"].as_str().unwrap(),
    );
    assert!(
        first <= today.as_str() && today.as_str() < after,
        "{period}"
    );
}

#[tokio::test]
async fn dates_that_are_none_are_refused() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    for (body, words) in [
        (
            r#"{"start_date":"2024-02-30"}"#,
            "invalid start_date: `2024-02-30`",
        ),
        (
            r#"{"end_date":"yesterday"}"#,
            "invalid end_date: `yesterday`",
        ),
        (
            r#"{"start_date":"2024-02-02","end_date":"2024-02-01"}"#,
            "start_date 2024-02-02 is after end_date 2024-02-01",
        ),
        (r#"{"end_date":"+262142-12-31"}"#, "further away"),
        (r#"{"start_date":7}"#, "Invalid request body payload"),
    ] {
        let answer = post(&local, "/usage", body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    assert_eq!(get(&local, "/usage").await.status, 405);
}
