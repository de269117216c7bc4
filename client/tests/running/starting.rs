//! Starting a run: what is sent, and that it is sent once.

use std::time::{Duration, Instant};

use dune_pipeline::{Error, Performance, Pipeline, StatusCode, query, refresh};
use serde_json::json;
use tokio::net::TcpListener;

use crate::server::{Reply, Server};
use crate::{KEY, RUN, daily, dune, impatient};

fn started() -> Reply {
    Reply::json(json!({ "pipeline_execution_id": RUN }))
}

#[tokio::test]
async fn a_pipeline_is_posted_as_dune_documents_it() {
    for suffix in ["", "/", "/api", "/api/"] {
        let server = Server::replies([started()]).await;
        let dune = dune(&format!("{}{suffix}", server.url()));
        let run = dune.execute(&daily().pipeline).await.unwrap();
        assert_eq!(run.id(), RUN);
        let requests = server.requests();
        let [request] = requests.as_slice() else {
            panic!("{requests:?}");
        };
        assert_eq!(request.method, "POST");
        assert_eq!(request.target, "/api/v1/pipelines/execute");
        assert_eq!(request.header("x-dune-api-key"), Some(KEY));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("api-version"), None);
        let nodes = &request.json()["pipeline"]["nodes"];
        assert_eq!(nodes[2]["dependencies"], json!([1, 2]));
        assert_eq!(
            nodes[1]["query_execution"]["query_parameters"],
            json!({"blockchain": "ethereum"})
        );
    }
}

#[tokio::test]
async fn a_lineage_is_started_by_query_tier_and_parameters() {
    let server = Server::replies([started()]).await;
    let share = query(3101)
        .performance(Performance::Large)
        .parameter("blockchain", "base");
    dune(server.url()).execute_lineage(share).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.target, "/api/v1/pipelines/execute");
    assert_eq!(
        request.json(),
        json!({"query_id": 3101, "performance": "large", "query_parameters": {"blockchain": "base"}})
    );
}

#[tokio::test]
async fn the_pipeline_of_a_query_is_shown_and_started() {
    let pipeline = json!({"pipeline": {"nodes": [
        {"id": 1, "dependencies": null, "materialized_view_refresh": {"name": "dune.acme.result_x"}},
        {"id": 2, "dependencies": [1], "query_execution": {
            "query_id": 3101, "performance": "medium", "query_parameters": {"top": 5},
        }},
    ]}});
    let server = Server::replies([Reply::json(pipeline), started()]).await;
    let dune = dune(server.url());
    let share = query(3101)
        .performance(Performance::Medium)
        .parameter("chains", "base, eth");
    let shown = dune.query_pipeline(share.clone()).await.unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&shown.to_json().unwrap()).unwrap(),
        json!({"pipeline": {"nodes": [
            {"id": 1, "dependencies": [], "materialized_view_refresh": {"name": "dune.acme.result_x"}},
            {"id": 2, "dependencies": [1], "query_execution": {
                "query_id": 3101, "performance": "medium", "query_parameters": {"top": "5"},
            }},
        ]}})
    );
    assert!(shown.query(2).is_ok());
    dune.execute_query_pipeline(share).await.unwrap();
    let requests = server.requests();
    assert!(
        requests[0]
            .target
            .starts_with("/api/v1/query/3101/pipeline?")
    );
    assert_eq!(requests[0].query("performance").unwrap(), "medium");
    assert_eq!(
        requests[0].query("query_parameters").unwrap(),
        r#"{"chains":"base, eth"}"#
    );
    assert_eq!(requests[1].method, "POST");
    assert_eq!(requests[1].target, "/api/v1/query/3101/pipeline/execute");
    assert_eq!(
        requests[1].json(),
        json!({"performance": "medium", "query_parameters": {"chains": "base, eth"}})
    );
}

#[tokio::test]
async fn a_pipeline_that_breaks_a_rule_is_not_sent() {
    let server = Server::replies([started()]).await;
    let error = dune(server.url())
        .execute_lineage(query(-3))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::InvalidPipeline(_)), "{error}");
    assert!(!error.may_have_started());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_has_started_nothing() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let dune = dune(&format!("http://127.0.0.1:{port}"));
    let error = dune.execute(&daily().pipeline).await.unwrap_err();
    let Error::Unreachable { call, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(call.attempts(), 4);
    assert!(!error.may_have_started() && error.is_retryable());
    let text = error.to_string();
    assert!(
        text.contains("starting the pipeline") && text.contains("refused"),
        "{text}"
    );
}

#[tokio::test]
async fn a_start_is_sent_again_where_no_connection_came_about() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let late = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Server::on(TcpListener::bind(address).await.unwrap(), |_, _| started())
    });
    let dune = impatient(&format!("http://{address}"))
        .retries(8)
        .build()
        .unwrap();
    let run = dune.execute(&daily().pipeline).await.unwrap();
    assert_eq!(run.id(), RUN);
    assert_eq!(late.await.unwrap().requests().len(), 1);
}

#[tokio::test]
async fn a_connection_that_was_closed_while_nobody_used_it_is_not_used_for_a_start() {
    let body = json!({ "pipeline_execution_id": RUN }).to_string();
    let server = Server::replies([Reply::Fickle(body)]).await;
    let dune = dune(server.url());
    for starts in 1..=3 {
        dune.execute(&daily().pipeline).await.unwrap();
        assert_eq!(server.requests().len(), starts);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_start_whose_answer_is_lost_is_not_sent_again() {
    for reply in [
        Reply::HangUp,
        Reply::Silence,
        Reply::Cut(200, r#"{"pipeline_execution_id": "01H"#.to_owned()),
    ] {
        let server = Server::replies([reply.clone()]).await;
        let patience = Duration::from_millis(300);
        let dune = impatient(server.url())
            .read_timeout(patience)
            .build()
            .unwrap();
        let error = dune.execute(&daily().pipeline).await.unwrap_err();
        assert!(
            matches!(error, Error::AnswerLost { .. }),
            "{reply:?}: {error}"
        );
        assert!(error.may_have_started() && !error.is_retryable());
        assert!(error.to_string().contains("may have started"), "{error}");
        assert_eq!(server.requests().len(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_dunes_keeps_its_status_and_text() {
    for status in [500, 502, 503, 504] {
        let page = "<html><body><h1>Bad Gateway</h1></body></html>";
        let server = Server::replies([Reply::html(status, page)]).await;
        let error = dune(server.url())
            .execute(&daily().pipeline)
            .await
            .unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.message(), Some(page));
        assert!(error.may_have_started());
        assert!(
            error.to_string().contains("<h1>Bad Gateway</h1>"),
            "{error}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_error_page_that_breaks_off_keeps_what_came() {
    let server = Server::replies([Reply::Cut(400, "<html>half".to_owned())]).await;
    let error = dune(server.url())
        .execute(&daily().pipeline)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(error.message(), Some("<html>half"));
}

#[tokio::test]
async fn a_wrong_key_gives_dunes_text_and_says_where_keys_come_from() {
    let server = Server::replies([Reply::error(401, "invalid API Key")]).await;
    let error = dune(server.url())
        .execute(&daily().pipeline)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(error.message(), Some("invalid API Key"));
    assert!(!error.may_have_started() && !error.is_retryable());
    assert_eq!(
        error.to_string(),
        "starting the pipeline: Dune answered 401 Unauthorized: invalid API Key (check the key: `DUNE_API_KEY` or `.api_key(..)`)"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_limit_is_waited_for_as_long_as_dune_says() {
    let limited = Reply::error(429, "Too many requests").header("retry-after", "1");
    let server = Server::replies([limited, started()]).await;
    let begin = Instant::now();
    dune(server.url()).execute(&daily().pipeline).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_limit_that_stays_or_lasts_too_long_is_told() {
    let server = Server::replies([Reply::html(429, "slow down")]).await;
    let error = impatient(server.url())
        .retry_delays(Duration::from_millis(1), Duration::from_millis(10))
        .build()
        .unwrap()
        .execute(&daily().pipeline)
        .await
        .unwrap_err();
    assert_eq!(error.message(), Some("slow down"));
    assert!(
        matches!(
            error,
            Error::RateLimited {
                retry_after: None,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(server.requests().len(), 4);

    let hour = Reply::error(429, "Too many requests").header("retry-after", "3600");
    let server = Server::replies([hour]).await;
    let error = dune(server.url())
        .execute(&daily().pipeline)
        .await
        .unwrap_err();
    assert!(error.is_retryable() && !error.may_have_started());
    assert!(error.to_string().contains("try again in 3600 s"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_without_an_id_may_have_started_a_run() {
    for body in [
        json!({}),
        json!({"pipeline_execution_id": ""}),
        json!([1]),
        json!(null),
    ] {
        let server = Server::replies([Reply::json(body.clone())]).await;
        let error = dune(server.url())
            .execute(&daily().pipeline)
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::UnreadableAnswer { .. }),
            "{body}: {error}"
        );
        assert!(error.may_have_started());
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::replies([started()]).await;
        let place = format!("{}/api/v1/pipelines/execute", other.url());
        let redirect = Reply::html(status, "").header("location", &place);
        let server = Server::replies([redirect]).await;
        let error = dune(server.url())
            .execute(&daily().pipeline)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Redirected { .. }), "{error}");
        assert!(error.to_string().contains(&place), "{error}");
        // With these two a server also answers what it has carried out.
        assert_eq!(error.may_have_started(), matches!(status, 302 | 303));
        assert!(!error.is_retryable());
        assert!(
            other.requests().is_empty(),
            "the key went to another server"
        );
    }
}

#[tokio::test]
async fn a_pipeline_built_at_run_time_runs_like_any_other() {
    let server = Server::replies([started()]).await;
    let mut builder = Pipeline::builder();
    builder.node("volume", refresh("dune.acme.result_dex_daily"));
    let pipeline = builder
        .node("share", query(3101).after(["volume"]))
        .build()
        .unwrap();
    dune(server.url()).execute(&pipeline).await.unwrap();
    assert_eq!(server.requests()[0].body, pipeline.to_json().unwrap());
}

#[test]
fn what_is_awaited_may_move_between_threads() {
    fn sends<T: Send>(_: T) {}
    fn shares<T: Send + Sync>(_: &T) {}
    let dune = dune("http://127.0.0.1:1");
    let daily = daily();
    shares(&dune);
    sends(dune.execute(&daily.pipeline));
    sends(dune.execute_lineage(query(1)));
    sends(dune.query_pipeline(query(1)));
    let run = dune.run(RUN).unwrap();
    shares(&run);
    sends(run.status());
    sends(run.wait().into_future());
    sends(run.rows::<serde_json::Value>(daily.trend));
    sends(run.query_results(1).stream::<serde_json::Value>());
}

#[tokio::test]
async fn a_query_that_is_run_alone_waits_for_nothing() {
    let server = Server::replies([Reply::json(json!({}))]).await;
    let dune = dune(server.url());
    let waiting = || query(3101).after(["volume", "takers"]);
    for error in [
        dune.execute_lineage(waiting()).await.unwrap_err(),
        dune.execute_query_pipeline(waiting()).await.unwrap_err(),
        dune.query_pipeline(waiting()).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::InvalidPipeline(_)), "{error}");
        assert_eq!(
            error.to_string(),
            "a query that is run alone waits for nothing, and this one for `volume`, `takers`\n\
             note: Dune itself refreshes the views under it before it runs\n\
             help: remove its `.after(..)`, or declare a pipeline and `execute` that"
        );
    }
    assert!(server.requests().is_empty());
}
