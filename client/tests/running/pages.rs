//! Pages: all of them, none twice, none lost, and none from where the key must not go.

use dune_pipeline::{Error, PageFault};
use futures_util::TryStreamExt as _;
use serde_json::json;

use crate::rows::{Numbered, paged, result, results_requests, run, with_results};
use crate::server::{Reply, Server};
use crate::waiting::completed;
use crate::{KEY, RUN};

#[tokio::test]
async fn all_pages_are_followed_in_order() {
    let server = with_results(|request| Reply::json(paged(request, 10, 4))).await;
    let (run, daily) = run(&server);
    let rows: Vec<Numbered> = run.rows(daily.trend).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.n).collect::<Vec<_>>(),
        (0..10).collect::<Vec<_>>()
    );
    let requests = results_requests(&server);
    assert!(
        requests
            .iter()
            .all(|request| request.target.starts_with("/api/v1/execution/01C/results?"))
    );
    assert!(
        requests
            .iter()
            .all(|request| request.header("x-dune-api-key") == Some(KEY))
    );
    let offsets: Vec<_> = requests
        .iter()
        .map(|request| request.query("offset").unwrap())
        .collect();
    assert_eq!(offsets, ["0", "4", "8"]);
    assert_eq!(requests[0].query("limit").unwrap(), "32000");
}

#[tokio::test]
async fn pages_that_go_on_beyond_the_total_are_told_and_not_followed_for_ever() {
    let server = with_results(|request| {
        let offset: u64 = request.query("offset").unwrap().parse().unwrap();
        let mut answer = paged(request, offset + 2, 1);
        answer["result"]["metadata"]["total_row_count"] = json!(3);
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    let Err(Error::Pages { fault, .. }) = run.rows::<Numbered>(daily.trend).await else {
        panic!("rows beyond the total");
    };
    let (expected, read) = (3, 4);
    assert_eq!(fault, PageFault::Total { expected, read });
    assert_eq!(results_requests(&server).len(), 4);
}

#[tokio::test]
async fn pages_come_one_by_one_with_columns_and_total() {
    let server = with_results(|request| Reply::json(paged(request, 5, 100))).await;
    let (run, daily) = run(&server);
    let mut pages = run.results(daily.trend).page_size(2).pages::<Numbered>();
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        assert_eq!(page.total(), Some(5));
        assert_eq!(page.columns()[0].name, "n");
        assert_eq!(page.columns()[0].column_type, "bigint");
        seen.push((page.offset(), page.rows().len()));
    }
    assert_eq!(seen, [(0, 2), (2, 2), (4, 1)]);
    assert!(pages.next().await.unwrap().is_none());
}

#[tokio::test]
async fn rows_are_streamed_and_no_page_is_read_before_it_is_needed() {
    let server = with_results(|request| Reply::json(paged(request, 6, 2))).await;
    let (run, daily) = run(&server);
    let mut rows = Box::pin(run.results(daily.trend).stream::<Numbered>());
    for n in 0..3 {
        assert_eq!(rows.try_next().await.unwrap().unwrap().n, n);
    }
    assert_eq!(results_requests(&server).len(), 2);
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_stream_gives_the_rows_before_the_one_that_does_not_fit_and_keeps_to_a_limit() {
    let server = with_results(|request| {
        let mut answer = paged(request, 6, 3);
        if request.query("offset").unwrap() == "3" {
            answer["result"]["rows"][1] = json!({"n": "x"});
        }
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    for ahead in [false, true] {
        let results = || match ahead {
            true => run.results(daily.trend).read_ahead(),
            false => run.results(daily.trend),
        };
        let rows = results().limit(2).stream::<Numbered>();
        let rows: Vec<u64> = rows.map_ok(|row| row.n).try_collect().await.unwrap();
        assert_eq!(rows, [0, 1]);
        let mut rows = Box::pin(results().stream::<Numbered>());
        let mut read = 0;
        let error = loop {
            match rows.try_next().await {
                Ok(row) => read += u64::from(row.is_some()),
                Err(error) => break error,
            }
        };
        let Error::Row(row) = &error else {
            panic!("{error}");
        };
        assert_eq!((row.index(), row.value()), (4, Some("\"x\"")), "{error}");
        assert_eq!(read, if ahead { 3 } else { 4 });
    }
}

#[tokio::test]
async fn the_next_page_is_read_ahead_where_that_is_asked_for() {
    let server = with_results(|request| Reply::json(paged(request, 6, 2))).await;
    let (run, daily) = run(&server);
    let results = run.results(daily.trend).read_ahead();
    let mut pages = results.pages::<Numbered>();
    for (first, requests) in [(0, 2), (2, 3), (4, 3)] {
        assert_eq!(pages.next().await.unwrap().unwrap().rows()[0].n, first);
        while results_requests(&server).len() < requests {
            tokio::task::yield_now().await;
        }
    }
    assert!(pages.next().await.unwrap().is_none());
    assert_eq!(results_requests(&server).len(), 3);
}

#[tokio::test]
async fn what_failed_while_it_was_read_ahead_fails_where_it_is_asked_for_and_can_be_asked_for_again()
 {
    let server = Server::start(|before, request| match before {
        0 => completed(),
        2 => Reply::error(403, "not now"),
        _ => Reply::json(paged(request, 4, 2)),
    })
    .await;
    let (run, daily) = run(&server);
    let mut pages = run.results(daily.trend).read_ahead().pages::<Numbered>();
    assert_eq!(pages.next().await.unwrap().unwrap().rows()[0].n, 0);
    assert_eq!(pages.next().await.unwrap_err().message(), Some("not now"));
    assert_eq!(pages.next().await.unwrap().unwrap().rows()[0].n, 2);
    assert!(pages.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_page_of_another_execution_is_refused() {
    let server = with_results(|request| {
        let mut answer = paged(request, 4, 2);
        if request.query("offset").unwrap() != "0" {
            answer["execution_id"] = json!("01D");
        }
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    let error = run.rows::<Numbered>(daily.trend).await.unwrap_err();
    let Error::Pages { fault, .. } = &error else {
        panic!("{error}");
    };
    let (expected, found) = ("01C".to_owned(), "01D".to_owned());
    assert_eq!(*fault, PageFault::Changed { expected, found });
}

#[tokio::test]
async fn a_page_that_was_lost_is_read_again_and_no_row_twice() {
    let server = Server::start(|before, request| match before {
        0 => completed(),
        2 => Reply::HangUp,
        4 => Reply::Cut(200, "{".to_owned()),
        _ => Reply::json(paged(request, 6, 2)),
    })
    .await;
    let (run, daily) = run(&server);
    let rows: Vec<Numbered> = run.rows(daily.trend).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.n).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5]
    );
}

#[tokio::test]
async fn a_page_can_be_asked_for_again_after_an_error() {
    let server = Server::start(|before, request| match before {
        0 => completed(),
        2 => Reply::error(403, "not now"),
        _ => Reply::json(paged(request, 4, 2)),
    })
    .await;
    let (run, daily) = run(&server);
    let mut pages = run.pages::<Numbered>(daily.trend);
    assert_eq!(pages.next().await.unwrap().unwrap().rows()[0].n, 0);
    let error = pages.next().await.unwrap_err();
    assert_eq!(error.message(), Some("not now"));
    assert_eq!(pages.next().await.unwrap().unwrap().rows()[0].n, 2);
}

#[tokio::test]
async fn the_next_page_is_also_found_by_its_address_on_the_same_server() {
    let server = Server::start(|_, request| {
        if !request.target.contains("/results") {
            return completed();
        }
        let mut answer = paged(request, 5, 2);
        let next = answer.as_object_mut().unwrap().remove("next_offset");
        let host = request.header("host").unwrap();
        if let Some(next) = next {
            answer["next_uri"] = json!(format!(
                "http://{host}/api/v1/execution/01C/results?limit=2&offset={next}"
            ));
        }
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    let rows: Vec<Numbered> = run.rows(daily.trend).await.unwrap();
    assert_eq!(rows.len(), 5);
}

#[tokio::test]
async fn a_page_on_another_server_is_not_fetched() {
    let other = Server::replies([result(json!([]))]).await;
    for uri in [
        format!("{}/api/v1/execution/01C/results?offset=1", other.url()),
        "/results?offset=1".into(),
    ] {
        let place = uri.clone();
        let server = with_results(move |_| {
            Reply::json(json!({"execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED", "next_uri": place, "result": {"rows": [{"n": 0}]}}))
        })
        .await;
        let (run, daily) = run(&server);
        let error = run.rows::<Numbered>(daily.trend).await.unwrap_err();
        assert!(error.to_string().contains(&uri), "{error}");
        let Error::Pages { fault, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(fault, PageFault::Elsewhere { uri });
    }
    assert!(
        other.requests().is_empty(),
        "the key went to another server"
    );
}

#[tokio::test]
async fn pages_that_do_not_add_up_are_an_error_and_no_endless_loop() {
    let page = |rows: usize, next: Option<i64>, total: u64| {
        let rows = vec![json!({"n": 0}); rows];
        let mut answer = json!({"execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED", "result": {
            "rows": rows, "metadata": {"total_row_count": total},
        }});
        if let Some(next) = next {
            answer["next_offset"] = json!(next);
        }
        Reply::json(answer)
    };
    for (reply, expected) in [
        (
            page(2, Some(0), 9),
            "the next one is said to begin at row 0",
        ),
        (
            page(2, Some(1), 9),
            "the next one is said to begin at row 1",
        ),
        (
            page(2, Some(3), 9),
            "the next one is said to begin at row 3",
        ),
        (page(2, Some(-1), 9), "begin at row -1"),
        (page(0, Some(0), 9), "holds 0 rows"),
        (page(2, None, 9), "2 rows came, and Dune says there are 9"),
        (page(2, None, 1), "2 rows came, and Dune says there are 1"),
    ] {
        let server = with_results(move |_| reply.clone()).await;
        let (run, daily) = run(&server);
        let error = run.rows::<Numbered>(daily.trend).await.unwrap_err();
        assert!(matches!(error, Error::Pages { .. }), "{error}");
        assert_eq!((error.run_id(), error.node()), (Some(RUN), Some("`trend`")));
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(results_requests(&server).len(), 1);
    }
}
