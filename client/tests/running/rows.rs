//! Rows: each in its type, only of the run's own nodes, and with the reason where there are none.

use dune_pipeline::rows::{number, number_or_null};
use dune_pipeline::{Error, Run, State};
use futures_util::TryStreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::{Reply, Request, Server};
use crate::waiting::{completed, status};
use crate::{Daily, RUN, daily, dune};

#[derive(Debug, Deserialize, PartialEq)]
struct Day {
    day: String,
    #[serde(deserialize_with = "number")]
    volume_usd: f64,
    #[serde(default, deserialize_with = "number_or_null")]
    supply: Option<u128>,
}

/// Page after page of numbered rows, as Dune serves them: `total` rows, at most `page` at once.
pub(crate) fn paged(request: &Request, total: u64, page: u64) -> Value {
    let asked = |name| request.query(name).map(|text| text.parse::<u64>().unwrap());
    let offset = asked("offset").unwrap_or(0).min(total);
    let end = total.min(offset + page.min(asked("limit").unwrap_or(page)));
    let rows: Vec<_> = (offset..end).map(|n| json!({"n": n})).collect();
    // As it was asked for; the newest execution of a query is the one of the other tests.
    let mut parts = request
        .target
        .split('/')
        .skip_while(|part| *part != "execution");
    let execution = parts.nth(1).unwrap_or("01C");
    let mut answer = json!({
        "execution_id": execution, "query_id": 3103, "is_execution_finished": true,
        "state": "QUERY_STATE_COMPLETED", "submitted_at": "2024-12-20T11:04:18Z",
        "result": {"rows": rows, "metadata": {
            "column_names": ["n"], "column_types": ["bigint"],
            "row_count": end - offset, "total_row_count": total,
        }},
    });
    if end < total {
        answer["next_offset"] = json!(end);
        answer["next_uri"] = json!(format!("http://elsewhere.example/results?offset={end}"));
    }
    answer
}

/// A result of one page.
pub(crate) fn result(rows: Value) -> Reply {
    Reply::json(
        json!({"execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED", "result": {"rows": rows, "metadata": {
            "column_names": ["day", "volume_usd"], "column_types": ["date", "decimal(38,2)"],
        }}}),
    )
}

/// A server of a completed run whose results are answered by this.
pub(crate) async fn with_results(
    results: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> Server {
    Server::start(
        move |_, request| match request.target.contains("/results") {
            true => results(request),
            false => completed(),
        },
    )
    .await
}

pub(crate) fn run(server: &Server) -> (Run, Daily) {
    let daily = daily();
    let run = dune(server.url())
        .run(RUN)
        .unwrap()
        .attach(&daily.pipeline)
        .unwrap();
    (run, daily)
}

pub(crate) fn results_requests(server: &Server) -> Vec<Request> {
    let requests = server.requests().into_iter();
    requests
        .filter(|request| request.target.contains("/results"))
        .collect()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Numbered {
    pub(crate) n: u64,
}

#[tokio::test]
async fn a_run_that_was_waited_for_is_not_asked_again_how_it_stands() {
    let server = with_results(|request| Reply::json(paged(request, 3, 10))).await;
    let (run, daily) = run(&server);
    run.wait().await.unwrap();
    let _: Vec<Numbered> = run.rows(daily.trend).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_result_without_rows_is_empty_and_one_that_is_missing_an_error() {
    for rows in [json!([]), json!(null)] {
        let server = with_results(move |_| result(rows.clone())).await;
        let (run, daily) = run(&server);
        assert!(run.rows::<Day>(daily.trend).await.unwrap().is_empty());
        let streamed = run.results(daily.trend).stream::<Day>();
        assert!(streamed.try_collect::<Vec<_>>().await.unwrap().is_empty());
    }
    let server = with_results(|_| Reply::json(json!({"execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED"}))).await;
    let (run, daily) = run(&server);
    let error = run.rows::<Day>(daily.trend).await.unwrap_err();
    assert!(error.to_string().contains("has no result"), "{error}");
}

#[tokio::test]
async fn numbers_that_come_as_text_are_read_as_numbers() {
    let server = with_results(|_| {
        result(json!([
            {"day": "2024-03-05", "volume_usd": "1234.50", "supply": "340282366920938463463374607431768211455"},
            {"day": "2024-03-06", "volume_usd": 7, "supply": null},
        ]))
    })
    .await;
    let (run, daily) = run(&server);
    let rows: Vec<Day> = run.rows(daily.trend).await.unwrap();
    assert_eq!(rows[0].volume_usd, 1234.5);
    assert_eq!(rows[0].supply, Some(u128::MAX));
    assert_eq!((rows[1].volume_usd, rows[1].supply), (7.0, None));
}

#[tokio::test]
async fn a_row_that_does_not_fit_says_which_row_column_and_node() {
    let server = with_results(|_| {
        result(json!([{"day": "2024-03-05", "volume_usd": "1"}, {"day": "2024-03-06", "volume_usd": "much"}]))
    })
    .await;
    let (run, daily) = run(&server);
    let error = run.rows::<Day>(daily.trend).await.unwrap_err();
    let Error::Row(row) = &error else {
        panic!("{error}");
    };
    assert_eq!(
        (row.index(), row.column(), row.of().node_name()),
        (1, Some("volume_usd"), Some("`trend`"))
    );
    assert_eq!(row.column_type(), Some("decimal(38,2)"));
    assert_eq!(row.value(), Some("\"much\""));
    assert_eq!(
        error.to_string(),
        format!(
            "row 1 of node `trend` of run {RUN} does not fit: column `volume_usd` (decimal(38,2)): `much` is no such number: \
             invalid float literal; the value is \"much\""
        )
    );
    #[derive(Debug, Deserialize)]
    struct Other {
        #[serde(rename = "week")]
        _week: String,
    }
    let error = run.rows::<Other>(daily.trend).await.unwrap_err();
    assert!(
        error.to_string().contains("missing field `week`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_handle_of_another_pipeline_is_refused_before_anything_is_asked() {
    let server = with_results(|_| result(json!([]))).await;
    let (run, _) = run(&server);
    let other = daily();
    let error = run.rows::<Day>(other.trend).await.unwrap_err();
    assert!(matches!(error, Error::ForeignNode { .. }), "{error}");
    assert!(error.to_string().contains("another pipeline"), "{error}");
    let bare = dune(server.url()).run(RUN).unwrap();
    bare.rows::<Day>(other.trend).await.unwrap_err();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_node_without_rows_says_why_and_what_it_waited_for() {
    let failed = |trend| {
        status(
            "failed",
            [
                ("failed", "01A", "line 1:8: no"),
                ("completed", "01B", ""),
                trend,
            ],
        )
    };
    for (trend, expected) in [
        (
            ("failed", "", "not run because `1` failed"),
            "node `trend` was not run because `volume` failed",
        ),
        (
            ("pending", "", ""),
            "node `trend` was not run because `volume` failed",
        ),
        (
            ("failed", "01C", "line 2:3: no such column"),
            "node `trend` failed (it waited for `volume`, `share`): line 2:3: no such column",
        ),
        (
            ("QUERY_STATE_CANCELED", "01C", ""),
            "node `trend` was cancelled (it waited for `volume`, `share`)",
        ),
    ] {
        let server = Server::replies([failed(trend)]).await;
        let (run, daily) = run(&server);
        let error = run.rows::<Day>(daily.trend).await.unwrap_err();
        assert!(matches!(error, Error::NodeFailed { .. }), "{error}");
        assert_eq!(error.to_string(), format!("run {RUN}: {expected}"));
        assert_eq!(error.node(), Some("`trend`"));
    }
}

#[tokio::test]
async fn a_node_that_still_runs_says_to_wait() {
    let going = status(
        "executing",
        [
            ("executing", "01A", ""),
            ("pending", "", ""),
            ("pending", "", ""),
        ],
    );
    let server = Server::replies([going]).await;
    let (run, daily) = run(&server);
    let error = run.rows::<Day>(daily.trend).await.unwrap_err();
    let Error::NodeNotFinished { state, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(state, &State::Pending);
    assert!(error.to_string().contains("wait for the run"), "{error}");
}

#[tokio::test]
async fn rows_of_a_node_that_completed_are_read_while_others_run() {
    let server = Server::start(|_, request| match request.target.contains("/results") {
        true => Reply::json(paged(request, 2, 9)),
        false => status(
            "executing",
            [
                ("executing", "01A", ""),
                ("completed", "01B", ""),
                ("pending", "", ""),
            ],
        ),
    })
    .await;
    let daily = daily();
    let run = dune(server.url())
        .run(RUN)
        .unwrap()
        .attach(&daily.pipeline)
        .unwrap();
    let share = daily.pipeline.query("share").unwrap();
    assert_eq!(run.rows::<Numbered>(share).await.unwrap().len(), 2);
    assert!(
        results_requests(&server)[0]
            .target
            .contains("/execution/01B/")
    );
}

#[tokio::test]
async fn a_partial_result_is_told_and_given_only_when_asked_for() {
    let done = |execution| ("completed", execution, "");
    let cut = status(
        "completed",
        [done("01A"), done("01B"), ("COMPLETED_PARTIAL", "01C", "")],
    );
    let server = Server::start(
        move |_, request| match request.target.contains("/results") {
            true => {
                let mut answer = paged(request, 2, 9);
                answer["state"] = json!("QUERY_STATE_COMPLETED_PARTIAL");
                Reply::json(answer)
            }
            false => cut.clone(),
        },
    )
    .await;
    let (run, daily) = run(&server);
    let status = run.wait().await.unwrap();
    let partial: Vec<_> = status.partial().map(|node| node.name()).collect();
    assert_eq!(partial, ["`trend`"]);
    let error = run.rows::<Numbered>(daily.trend).await.unwrap_err();
    assert!(matches!(error, Error::Partial { .. }), "{error}");
    assert!(results_requests(&server).is_empty());
    let results = run.results(daily.trend).allow_partial();
    let rows: Vec<Numbered> = results.rows().await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        results_requests(&server)[0]
            .query("allow_partial_results")
            .unwrap(),
        "true"
    );
}

#[tokio::test]
async fn a_result_that_contradicts_the_status_is_told_in_dunes_words() {
    let server = with_results(|_| {
        Reply::json(json!({"execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_FAILED", "error": {"type": "X", "message": "lost on disk"}}))
    })
    .await;
    let (run, daily) = run(&server);
    let error = run.rows::<Day>(daily.trend).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("run {RUN}: node `trend` failed: lost on disk")
    );
    assert_eq!(error.message(), Some("lost on disk"));
}

#[tokio::test]
async fn a_node_that_dune_does_not_list_is_told() {
    let empty = Reply::json(json!({"status": "completed", "node_executions": null}));
    let server = Server::replies([empty]).await;
    let (run, daily) = run(&server);
    let error = run.rows::<Day>(daily.trend).await.unwrap_err();
    assert!(matches!(error, Error::UnknownNode { .. }), "{error}");
    assert_eq!(error.to_string(), format!("run {RUN} has no node `trend`"));
}

#[tokio::test]
async fn a_run_without_handles_gives_rows_by_query() {
    let server = with_results(|request| Reply::json(paged(request, 2, 9))).await;
    let run = dune(server.url()).run(RUN).unwrap();
    assert_eq!(run.query_rows::<Numbered>(3103).await.unwrap().len(), 2);
    let error = run.query_rows::<Numbered>(4).await.unwrap_err();
    assert!(
        matches!(error, Error::UnknownQuery { query: 4, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn rows_by_query_are_refused_where_two_nodes_run_it() {
    let node = |id: i64| json!({"id": id, "query_execution_status": {"status": "completed", "query_id": 3103, "execution_id": "01C"}});
    let server = Server::replies([Reply::json(
        json!({"status": "completed", "node_executions": [node(1), node(2)]}),
    )])
    .await;
    let run = dune(server.url()).run(RUN).unwrap();
    let error = run.query_rows::<Numbered>(3103).await.unwrap_err();
    let Error::AmbiguousQuery { nodes, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(nodes, &["`1` (query 3103)", "`2` (query 3103)"]);
}
