//! Rows in part: which conditions, order and columns go out, how many rows come back over all pages, and what is refused
//! before anything is sent.

use dune_pipeline::rows::{Filter, column};
use dune_pipeline::{Error, PageFault, SelectionFault};
use serde_json::json;

use crate::rows::{Numbered, paged, results_requests, run, with_results};
use crate::server::Reply;

#[tokio::test]
async fn conditions_order_and_columns_go_out_as_dune_reads_them() {
    let server = with_results(|request| Reply::json(paged(request, 3, 2))).await;
    let (run, daily) = run(&server);
    let results = run
        .results(daily.trend)
        .filter(column("block chain").eq("it's"))
        .filter(column("n").gt(-1).or(Filter::text("n is not null")))
        .sort_by(column("n").descending())
        .sort_by("block chain")
        .columns(["n", "a,b"])
        .ignore_max_datapoints_per_request();
    assert_eq!(results.rows::<Numbered>().await.unwrap().len(), 3);
    let requests = results_requests(&server);
    assert_eq!(requests.len(), 2);
    for request in requests {
        let query = |name: &str| request.query(name).unwrap();
        assert_eq!(
            query("filters"),
            "\"block chain\" = 'it''s' AND (n > -1 OR n is not null)"
        );
        assert_eq!(query("sort_by"), "n desc, \"block chain\"");
        assert_eq!(query("columns"), "n,\"a,b\"");
        assert_eq!(query("ignore_max_datapoints_per_request"), "true");
    }
}

#[tokio::test]
async fn what_is_not_asked_for_is_not_sent() {
    let server = with_results(|request| Reply::json(paged(request, 3, 9))).await;
    let (run, daily) = run(&server);
    let _: Vec<Numbered> = run.rows(daily.trend).await.unwrap();
    let requests = results_requests(&server);
    let query = requests[0].target.split_once('?').unwrap().1;
    assert_eq!(query, "limit=32000&offset=0");
}

#[tokio::test]
async fn a_limit_is_one_over_all_pages() {
    for (limit, offset, page, expected, asked) in [
        (5, 0, 2, 0..5, &["2", "2", "1"][..]),
        (4, 3, 2, 3..7, &["2", "2"]),
        (50, 8, 4, 8..10, &["4"]),
        (10, 0, 10, 0..10, &["10"]),
        (0, 0, 2, 0..0, &[]),
        (3, 99, 2, 0..0, &["2"]),
    ] {
        let server = with_results(move |request| Reply::json(paged(request, 10, 100))).await;
        let (run, daily) = run(&server);
        let results = run.results(daily.trend);
        let results = results.limit(limit).offset(offset).page_size(page);
        let rows: Vec<Numbered> = results.rows().await.unwrap();
        let rows: Vec<u64> = rows.into_iter().map(|row| row.n).collect();
        assert_eq!(rows, expected.collect::<Vec<_>>(), "{limit} from {offset}");
        let requests = results_requests(&server);
        let limits: Vec<_> = requests.iter().map(|r| r.query("limit").unwrap()).collect();
        assert_eq!(limits, asked);
    }
}

#[tokio::test]
async fn a_server_that_gives_more_than_the_limit_is_cut_short() {
    let server = with_results(|request| {
        let mut request = request.clone();
        request.target = request.target.replace("limit=", "unread=");
        Reply::json(paged(&request, 10, 6))
    })
    .await;
    let (run, daily) = run(&server);
    let rows: Vec<Numbered> = run.results(daily.trend).limit(8).rows().await.unwrap();
    assert_eq!(rows.len(), 8);
    assert_eq!(results_requests(&server).len(), 2);
}

#[tokio::test]
async fn rows_that_are_missing_below_the_limit_are_told() {
    let server = with_results(|request| {
        let mut answer = paged(request, 10, 4);
        answer.as_object_mut().unwrap().remove("next_offset");
        answer.as_object_mut().unwrap().remove("next_uri");
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    let limited = run.results(daily.trend).limit(9).rows::<Numbered>().await;
    let Err(Error::Pages { fault, .. }) = limited else {
        panic!("{limited:?}");
    };
    let (expected, read) = (10, 4);
    assert_eq!(fault, PageFault::Total { expected, read });
    let enough = run.results(daily.trend).limit(4).rows::<Numbered>().await;
    assert_eq!(enough.unwrap().len(), 4);
}

#[tokio::test]
async fn a_total_that_does_not_count_the_condition_is_no_lost_page() {
    let server = with_results(|request| {
        let mut answer = paged(request, 3, 9);
        answer["result"]["metadata"]["total_row_count"] = json!(1_000);
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    let results = run.results(daily.trend).filter(column("n").ge(0));
    assert_eq!(results.rows::<Numbered>().await.unwrap().len(), 3);
    run.rows::<Numbered>(daily.trend).await.unwrap_err();
}

#[tokio::test]
async fn a_sample_is_one_answer_without_limit_and_offset() {
    let server = with_results(|request| {
        let mut answer = paged(request, 7, 9);
        answer["result"]["metadata"]["total_row_count"] = json!(22_325_371);
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    let results = run.results(daily.trend).sample(7).sort_by("n");
    assert_eq!(results.rows::<Numbered>().await.unwrap().len(), 7);
    let requests = results_requests(&server);
    let query = requests[0].target.split_once('?').unwrap().1;
    assert_eq!(query, "sort_by=n&sample_count=7");
}

#[tokio::test]
async fn what_dune_refuses_together_is_told_before_anything_is_sent() {
    let server = with_results(|request| Reply::json(paged(request, 3, 9))).await;
    let (run, daily) = run(&server);
    let of = || run.results(daily.trend);
    let refused = [
        (of().sample(5).limit(3), "`sample` does not go with `limit`"),
        (of().offset(1).sample(5), "does not go with `offset`"),
        (
            of().sample(5).filter(column("n").eq(1)),
            "does not go with `filter`",
        ),
        (
            of().filter(column("n").lt(f64::NAN)),
            "column `n` is compared with NaN",
        ),
        (
            of().filter(column("n").is_in([0_u8; 0])),
            "column `n` is to be one of no values",
        ),
        (of().columns([""; 0]), "the list of columns is empty"),
    ];
    for (results, expected) in refused {
        let error = results.rows::<Numbered>().await.unwrap_err();
        assert!(matches!(error, Error::InvalidSelection(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.is_retryable() && !error.may_have_started());
    }
    assert!(server.requests().is_empty());
    let with = "limit";
    let refused = of().limit(1).sample(1).rows::<Numbered>().await;
    assert!(matches!(
        refused,
        Err(Error::InvalidSelection(fault)) if fault == SelectionFault::SampleWith { with }
    ));
}
