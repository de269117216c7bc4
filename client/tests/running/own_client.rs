//! The connections: shared by clones, and those of an HTTP client that is handed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dune_pipeline::reqwest::redirect::Policy;
use dune_pipeline::reqwest::{self, ClientBuilder};
use dune_pipeline::{Dune, DuneBuilder, Error};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::server::{Reply, Request, Server};
use crate::waiting::completed;
use crate::{KEY, RUN, daily, dune, impatient};

/// A client of somebody's own.
fn own() -> ClientBuilder {
    let provider = Arc::new(ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent("acme-reports/1.0")
}

fn with(url: &str, http: ClientBuilder) -> Result<Dune, Error> {
    impatient(url).http_client(http.build().unwrap()).build()
}

/// A server that answers every request on a connection, and counts the connections.
async fn steady() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                while Request::read(&mut stream).await.is_some() {
                    let body = json!({ "status": "executing", "node_executions": [] }).to_string();
                    let head = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", body.len());
                    stream.write_all((head + &body).as_bytes()).await.unwrap();
                }
            });
        }
    });
    (url, connections)
}

#[tokio::test]
async fn clones_use_the_same_connections() {
    let (url, connections) = steady().await;
    let dune = dune(&url);
    for _ in 0..5 {
        let clone = dune.clone();
        clone.run(RUN).unwrap().status().await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_client_can_be_cloned_and_used_from_every_thread() {
    fn is<T: Clone + Send + Sync + 'static>() {}
    is::<Dune>();
    is::<dune_pipeline::Run>();
    is::<dune_pipeline::Execution>();
}

#[tokio::test]
async fn requests_go_out_on_the_client_that_was_handed_in() {
    let (url, connections) = steady().await;
    let http = own().redirect(Policy::none()).build().unwrap();
    let ask = |dune: DuneBuilder| {
        dune.http_client(http.clone())
            .build()
            .unwrap()
            .run(RUN)
            .unwrap()
    };
    for _ in 0..3 {
        ask(impatient(&url)).status().await.unwrap();
    }
    assert_eq!(
        connections.load(Ordering::SeqCst),
        1,
        "one pool, for all of them"
    );

    let answers = [Reply::error(503, "a moment"), completed()];
    let server = Server::replies(answers).await;
    ask(impatient(server.url())).status().await.unwrap();
    for request in server.requests() {
        assert_eq!(request.header("user-agent"), Some("acme-reports/1.0"));
        assert_eq!(request.header("x-dune-api-key"), Some(KEY));
    }
}

#[tokio::test]
async fn a_client_that_follows_redirects_is_refused_and_one_that_does_not_follows_none() {
    for policy in [
        Policy::default(),
        Policy::limited(3),
        Policy::custom(|attempt| attempt.stop()),
    ] {
        let error = with("http://127.0.0.1:1", own().redirect(policy)).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("follows redirects") && text.contains("Policy::none()"),
            "{text}"
        );
    }
    let error = with("http://127.0.0.1:1", own()).unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");

    let other = Server::replies([completed()]).await;
    for status in [301, 302, 303, 307, 308] {
        let away = Reply::html(status, "").header("location", other.url());
        let server = Server::replies([away]).await;
        let dune = with(server.url(), own().redirect(Policy::none())).unwrap();
        let error = dune.run(RUN).unwrap().status().await.unwrap_err();
        assert!(matches!(error, Error::Redirected { .. }), "{error}");
        let error = dune.execute(&daily().pipeline).await.unwrap_err();
        assert!(matches!(error, Error::Redirected { .. }), "{error}");
    }
    assert!(
        other.requests().is_empty(),
        "the key went to another server"
    );
}

#[test]
fn what_such_a_client_has_of_its_own_is_not_set_here() {
    let second = Duration::from_secs(1);
    let dune = || {
        let http = own().redirect(Policy::none()).build().unwrap();
        Dune::builder().api_key(KEY).http_client(http)
    };
    for (name, dune) in [
        ("root_certificates", dune().root_certificates("-")),
        ("connect_timeout", dune().connect_timeout(second)),
        ("read_timeout", dune().read_timeout(second)),
    ] {
        let text = dune.build().unwrap_err().to_string();
        assert!(text.contains(&format!("`.{name}(..)`")), "{text}");
    }
}
