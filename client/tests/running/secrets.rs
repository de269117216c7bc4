//! The key comes out nowhere: not in an error, however it is printed, nor in a `Debug`, even where a server says it back.

use std::error::Error as StdError;
use std::time::Duration;

use dune_pipeline::{Error, query};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::waiting::completed;
use crate::{KEY, RUN, daily, dune, impatient};

/// An error in every way that it can be printed.
fn printed(error: &Error) -> String {
    let mut text = format!(
        "{error}\n{error:#}\n{error:?}\n{error:#?}\n{:?}",
        error.message()
    );
    let mut next = error.source();
    while let Some(error) = next {
        text += &format!("\n{error}\n{error:?}\n{error:#?}");
        next = error.source();
    }
    text
}

#[tokio::test]
async fn no_failure_shows_the_key_however_it_is_printed() {
    let other = "http://other.example/";
    let replies = [
        Reply::error(400, &format!("bad header x-dune-api-key: {KEY}")),
        Reply::error(401, KEY),
        Reply::error(429, KEY).header("retry-after", "3600"),
        Reply::error(500, KEY),
        Reply::html(
            502,
            &format!("<html>request was: x-dune-api-key: {KEY}</html>"),
        ),
        Reply::html(418, KEY),
        Reply::html(200, &format!("<html>{KEY}</html>")),
        Reply::html(200, &format!("\"{KEY}\"")),
        Reply::html(204, ""),
        Reply::html(302, "").header("location", &format!("{other}?api_key={KEY}")),
        Reply::Cut(200, KEY.to_owned()),
        Reply::Cut(403, KEY.to_owned()),
        Reply::HangUp,
        Reply::Silence,
    ];
    let patience = Duration::from_millis(200);
    let mut errors = Vec::new();
    for reply in replies {
        let server = Server::replies([reply]).await;
        let dune = impatient(server.url())
            .read_timeout(patience)
            .retries(1)
            .build()
            .unwrap();
        errors.push(dune.execute(&daily().pipeline).await.unwrap_err());
        errors.push(dune.query_pipeline(query(1)).await.unwrap_err());
        let run = dune.run(RUN).unwrap();
        errors.push(run.status().await.unwrap_err());
        errors.push(run.query_rows::<u8>(1).await.unwrap_err());
        assert!(!format!("{dune:?}{dune:#?}{run:?}{run:#?}").contains(KEY));
    }
    let nowhere = dune("http://127.0.0.1:1");
    errors.push(nowhere.execute(&daily().pipeline).await.unwrap_err());
    for error in &errors {
        let text = printed(error);
        assert!(!text.contains(KEY), "{text}");
        assert!(!text.contains("k3yThat"), "{text}");
    }
    let told = errors
        .iter()
        .filter(|error| error.to_string().contains("<api key>"));
    assert!(told.count() >= 8, "the servers did say the key back");
}

#[tokio::test]
async fn a_failed_run_that_says_the_key_back_does_not_show_it() {
    let text = format!("bad header x-dune-api-key: {KEY}");
    let failed = json!({"status": "failed", "error": text, "node_executions": [
        {"id": 1, "query_execution_status":
            {"status": "failed", "query_id": 3101, "execution_id": "01A", "error": text}},
        {"id": 2, "query_execution_status":
            {"status": "completed", "query_id": 3102, "execution_id": "01B"}},
        {"id": 3, "query_execution_status":
            {"status": "completed", "query_id": 3103, "execution_id": "01C"}},
    ]});
    let server = Server::start(move |_, request| {
        Reply::json(match request.target.as_str() {
            target if target.contains("01B") => {
                json!({"execution_id": "01B", "state": "QUERY_STATE_FAILED", "error": {"message": text}})
            }
            target if target.contains("01C") => {
                json!({"execution_id": "01C", "state": "QUERY_STATE_COMPLETED", "result": {"rows": []},
                    "next_uri": format!("http://other.example/?api_key={KEY}")})
            }
            _ => failed.clone(),
        })
    })
    .await;
    let run = dune(server.url()).run(RUN).unwrap();
    for error in [
        run.wait().await.unwrap_err(),
        run.query_rows::<u8>(3101).await.unwrap_err(),
        run.query_rows::<u8>(3102).await.unwrap_err(),
        run.query_rows::<u8>(3103).await.unwrap_err(),
    ] {
        let text = printed(&error);
        assert!(!text.contains(KEY) && text.contains("<api key>"), "{text}");
    }
}

#[tokio::test]
async fn what_came_of_cancelling_shows_no_key_whatever_the_server_says() {
    let text = format!("bad header x-dune-api-key: {KEY}");
    let node = json!({"id": 1, "query_execution_status":
        {"status": "executing", "query_id": 3101, "execution_id": "01A", "error": text}});
    let executing = json!({"status": "executing", "error": text, "node_executions": [node]});
    let server = Server::start(move |_, request| match request.target.as_str() {
        path if path.contains("/pipelines/") => Reply::json(executing.clone()),
        _ => Reply::error(400, &text),
    })
    .await;
    let dune = dune(server.url());
    let run = dune.run(RUN).unwrap();
    let cancellation = run.cancel().await.unwrap();
    let executions = run.executions().await.unwrap();
    let event = run.events().next().await.unwrap().unwrap();
    let limit = Duration::from_millis(100);
    let missed = run.wait().deadline(limit).await.unwrap_err();
    for text in [
        format!("{cancellation} {cancellation:?}"),
        format!("{executions:?}"),
        format!("{event} {event:?}"),
        printed(&missed),
    ] {
        assert!(!text.contains(KEY) && text.contains("<api key>"), "{text}");
    }
}

#[tokio::test]
async fn waits_and_pages_show_no_key_either() {
    let server = Server::start(|_, request| match request.target.contains("/results") {
        true => Reply::json(json!({"execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED", "result": {"rows": []}})),
        false => completed(),
    })
    .await;
    let daily = daily();
    let run = dune(server.url())
        .run(RUN)
        .unwrap()
        .attach(&daily.pipeline)
        .unwrap();
    let mut pages = run.pages::<u8>(daily.trend);
    let before = format!("{pages:?} {:?}", run.wait());
    pages.next().await.unwrap();
    let after = format!("{pages:#?} {run:#?}");
    assert!(!before.contains(KEY) && !after.contains(KEY));
}
