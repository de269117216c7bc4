//! Results as CSV: every page of them, one line of names, no row lost or repeated, and an error where there are no rows.

use dune_pipeline::rows::column;
use dune_pipeline::{Error, PageFault, Results};
use futures_util::TryStreamExt as _;
use serde_json::json;

use crate::rows::{paged, results_requests, run, with_results};
use crate::server::{Reply, Request, Server};
use crate::waiting::completed;

/// The page that `paged` gives, as CSV.
fn csv(request: &Request, total: u64, page: u64) -> Reply {
    let answer = paged(request, total, page);
    let rows = answer["result"]["rows"].as_array().unwrap().iter();
    let mut body = "n,\"te\nxt\"\n".to_owned();
    for row in rows {
        body += &format!("{},\"a \"\"quoted\"\"\nline\"\n", row["n"]);
    }
    let headers = vec![("content-type", "text/csv; charset=utf-8".to_owned())];
    let reply = Reply::Whole(200, headers, body);
    match answer["next_offset"].as_u64() {
        Some(next) => reply
            .header("x-dune-next-offset", &next.to_string())
            .header("x-dune-next-uri", "http://elsewhere.example/csv"),
        None => reply,
    }
}

/// A server of a completed run that answers as Dune does, in JSON and in CSV.
async fn server(total: u64, page: u64) -> Server {
    with_results(move |request| match request.target.contains("/csv?") {
        true => csv(request, total, page),
        false => Reply::json(paged(request, total, page)),
    })
    .await
}

async fn text(results: Results) -> Result<String, Error> {
    let pages: Vec<_> = results.csv().try_collect().await?;
    Ok(String::from_utf8(pages.concat()).unwrap())
}

fn expected(rows: std::ops::Range<u64>) -> String {
    let rows = rows.map(|n| format!("{n},\"a \"\"quoted\"\"\nline\"\n"));
    format!("n,\"te\nxt\"\n{}", rows.collect::<String>())
}

#[tokio::test]
async fn all_pages_follow_one_line_of_names() {
    let server = server(10, 4).await;
    let (run, daily) = run(&server);
    assert_eq!(
        text(run.results(daily.trend)).await.unwrap(),
        expected(0..10)
    );
    let requests = results_requests(&server);
    let asked: Vec<_> = requests
        .iter()
        .map(|request| request.target.split_once("01C/").unwrap().1)
        .collect();
    assert_eq!(
        asked,
        [
            "results?limit=1&offset=0",
            "results/csv?limit=32000&offset=0",
            "results/csv?limit=32000&offset=4",
            "results/csv?limit=32000&offset=8",
        ]
    );
}

#[tokio::test]
async fn a_part_is_asked_for_as_in_json() {
    let server = server(10, 100).await;
    let (run, daily) = run(&server);
    let results = run.results(daily.trend).filter(column("n").ge(0));
    let results = results.sort_by("n").limit(5).offset(3).page_size(2);
    assert_eq!(text(results).await.unwrap(), expected(3..8));
    let requests = results_requests(&server);
    assert_eq!(requests[0].query("filters").unwrap(), "n >= 0");
    assert_eq!(requests[0].query("sort_by"), None);
    let limits: Vec<_> = requests[1..]
        .iter()
        .map(|r| r.query("limit").unwrap())
        .collect();
    assert_eq!(limits, ["2", "2", "1"]);
    assert!(
        requests[1..]
            .iter()
            .all(|r| r.query("sort_by").unwrap() == "n")
    );
}

#[tokio::test]
async fn no_rows_are_a_line_of_names_and_a_limit_of_none_is_nothing() {
    let server = server(0, 4).await;
    let (run, daily) = run(&server);
    assert_eq!(
        text(run.results(daily.trend)).await.unwrap(),
        expected(0..0)
    );
    let none = run.results(daily.trend).limit(0);
    assert_eq!(text(none).await.unwrap(), "");
}

#[tokio::test]
async fn a_page_that_broke_off_is_read_again_and_no_byte_comes_twice() {
    let server = Server::start(|before, request| match before {
        0 => completed(),
        1 => Reply::json(paged(request, 4, 2)),
        3 => Reply::Cut(200, "n,\"te\nxt\"\n2,".to_owned()),
        _ => csv(request, 4, 2),
    })
    .await;
    let (run, daily) = run(&server);
    assert_eq!(
        text(run.results(daily.trend)).await.unwrap(),
        expected(0..4)
    );
}

#[tokio::test]
async fn rows_that_are_missing_are_told() {
    let lost = with_results(|request| match request.target.contains("/csv?") {
        true => match csv(request, 10, 4) {
            Reply::Whole(status, _, body) => Reply::Whole(status, Vec::new(), body),
            other => other,
        },
        false => Reply::json(paged(request, 10, 4)),
    })
    .await;
    let (run_of_lost, daily) = run(&lost);
    let error = text(run_of_lost.results(daily.trend)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("4 rows came, and Dune says there are 10"),
        "{error}"
    );

    let gap = with_results(|request| match request.target.contains("/csv?") {
        true => match csv(request, 10, 4) {
            Reply::Whole(status, _, body) => {
                Reply::Whole(status, vec![("x-dune-next-offset", "5".to_owned())], body)
            }
            other => other,
        },
        false => Reply::json(paged(request, 10, 4)),
    })
    .await;
    let (run_of_gap, daily) = run(&gap);
    let error = text(run_of_gap.results(daily.trend)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("holds 4 rows, but the next one is said to begin at row 5"),
        "{error}"
    );
}

#[tokio::test]
async fn a_page_with_other_columns_is_refused() {
    let server = with_results(|request| match request.target.contains("/csv?") {
        true if request.query("offset").unwrap() == "4" => {
            Reply::Whole(200, Vec::new(), "m,text\n4,x\n".to_owned())
        }
        true => csv(request, 10, 4),
        false => Reply::json(paged(request, 10, 4)),
    })
    .await;
    let (run, daily) = run(&server);
    let error = text(run.results(daily.trend)).await.unwrap_err();
    let Error::Pages { fault, .. } = &error else {
        panic!("{error}");
    };
    assert!(matches!(fault, PageFault::Columns { .. }), "{error}");
    assert!(error.to_string().contains("`m,text`"), "{error}");
}

#[tokio::test]
async fn an_execution_without_rows_says_why_as_in_json() {
    let server = with_results(|_| {
        Reply::json(json!({
            "execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_FAILED",
            "error": {"type": "FAILED_TYPE_EXECUTION_FAILED", "message": "lost on disk"},
        }))
    })
    .await;
    let (run, daily) = run(&server);
    let error = text(run.results(daily.trend)).await.unwrap_err();
    assert_eq!(error.message(), Some("lost on disk"));
    assert_eq!(results_requests(&server).len(), 1);
}

#[tokio::test]
async fn a_page_to_log_in_with_is_no_csv_of_one_column() {
    let server = with_results(|request| match request.target.contains("/csv?") {
        true => Reply::html(200, "<html>\nPlease log in\n</html>"),
        false => Reply::json(paged(request, 10, 4)),
    })
    .await;
    let (run, daily) = run(&server);
    // With a condition nobody knows how many rows there should be.
    let some = run.results(daily.trend).filter(column("n").gt(0));
    let error = text(some).await.unwrap_err();
    assert!(matches!(error, Error::UnreadableAnswer { .. }), "{error}");
    assert!(
        error.to_string().contains("it is HTML, and no CSV"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_csv_is_shown() {
    let server = with_results(|request| match request.target.contains("/csv?") {
        true => Reply::Whole(200, Vec::new(), "a\n\"open".to_owned()),
        false => Reply::json(paged(request, 10, 4)),
    })
    .await;
    let (run, daily) = run(&server);
    let error = text(run.results(daily.trend)).await.unwrap_err();
    assert!(matches!(error, Error::UnreadableAnswer { .. }), "{error}");
    assert!(
        error.to_string().contains("no CSV; it begins `a\n\"open`"),
        "{error}"
    );
}
