//! What goes over the wire, seen without the client.

use dune_local::LocalDune;
use dune_pipeline::{Dune, Error, pipeline};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::sample::Sample;

/// Posts a body as it is, over a bare socket; answers the status and the JSON.
pub(crate) async fn post(local: &LocalDune, key: &str, path: &str, body: &str) -> (u16, Value) {
    let address = local.base_url().trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /api/v1/{path} HTTP/1.1\r\nHost: {address}\r\nX-Dune-Api-Key: {key}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn a_pipeline_goes_out_as_the_api_documents_it() {
    let chain = String::from("base");
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        share = query(3101)
            .parameters(blockchain = &chain, min_volume_usd = 40_000)
            .after(volume),
    ];
    let body: Value = serde_json::from_str(&daily.to_json().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({"pipeline": {"nodes": [
            {"id": 1, "dependencies": [], "materialized_view_refresh":
                {"name": "dune.acme.result_dex_daily", "performance": "large"}},
            {"id": 2, "dependencies": [1], "query_execution":
                {"query_id": 3101, "query_parameters": {"blockchain": "base", "min_volume_usd": "40000"}}},
        ]}})
    );

    let sample = Sample::with_days(1).await;
    let (status, answer) = post(
        &sample.local,
        sample.local.api_key(),
        "pipelines/execute",
        &body.to_string(),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let run = sample
        .dune
        .run(answer["pipeline_execution_id"].as_str().unwrap())
        .and_then(|run| run.attach(&daily))
        .unwrap();
    run.wait().await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_is_refused_in_dunes_words_before_anything_else() {
    let sample = Sample::with_days(1).await;
    let (status, answer) = post(&sample.local, "wrong", "pipelines/execute", "no json").await;
    assert_eq!((status, answer), (401, json!({"error": "invalid API Key"})));

    let dune = Dune::builder()
        .base_url(sample.local.base_url())
        .api_key("a-key-nobody-has")
        .build()
        .unwrap();
    let error = dune
        .execute(&pipeline![hours = query(3102)])
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    assert!(error.to_string().contains("invalid API Key"), "{error}");
    assert!(!format!("{error:?}").contains("a-key-nobody-has"));
}

#[tokio::test]
async fn the_base_url_may_end_as_people_write_it() {
    let sample = Sample::with_days(1).await;
    for ending in ["", "/", "/api", "/api/"] {
        let dune = Dune::builder()
            .base_url(format!("{}{ending}", sample.local.base_url()))
            .api_key(sample.local.api_key())
            .build()
            .unwrap();
        let run = dune.execute(&pipeline![hours = query(3102)]).await.unwrap();
        run.wait().await.unwrap();
    }
}
