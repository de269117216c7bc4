//! The connection of the generated client against servers on real sockets: what it sends, where it does not go, and what
//! it makes of answers that are not Dune's.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

use std::sync::{Arc, Mutex};

use dune_api::{ApiKey, BaseUrl, Client, ConnectError, ConnectOptions, Error, RootCertificates};
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

const KEY: &str = "k3yThatNobodyMaySee";

/// The head of every request a server got.
type Heads = Arc<Mutex<Vec<String>>>;

/// Answers every connection with this text, as it is: the server's address, and what it was sent.
async fn server(answer: String) -> (String, Heads) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heads = Heads::default();
    let seen = heads.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            exchange(stream, &answer, &seen).await;
        }
    });
    (url, heads)
}

/// The same with a certificate of its own for `localhost`, which comes third.
async fn secure_server(answer: String) -> (String, Heads, String) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let heads = Heads::default();
    let seen = heads.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                exchange(stream, &answer, &seen).await;
            }
        }
    });
    (url, heads, own.cert.pem())
}

/// Reads the head of a request without a body, and answers it.
async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &str, seen: &Heads) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    seen.lock().unwrap().push(String::from_utf8(head).unwrap());
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn answer(status: &str, content_type: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn usual() -> String {
    let body = r#"{"status": "completed", "node_executions": null}"#;
    answer("200 OK", "application/json", body)
}

fn client(url: &str, options: &ConnectOptions) -> Client {
    let base = BaseUrl::parse(url).unwrap();
    Client::connect(base, ApiKey::new(KEY).unwrap(), options).unwrap()
}

fn plain(url: &str) -> Client {
    client(url, &ConnectOptions::default())
}

#[tokio::test]
async fn a_request_carries_the_key_and_no_header_that_dune_does_not_know() {
    let (url, heads) = server(usual()).await;
    let status = plain(&url)
        .get_pipeline_execution_status("01A")
        .await
        .unwrap();
    assert_eq!(status.status, "completed");
    let heads = heads.lock().unwrap();
    let head = heads[0].to_lowercase();
    assert!(
        head.starts_with("get /api/v1/pipelines/executions/01a/status http/1.1"),
        "{head}"
    );
    assert!(
        head.contains(&format!("x-dune-api-key: {}", KEY.to_lowercase())),
        "{head}"
    );
    assert!(head.contains("user-agent: dune-pipeline/"), "{head}");
    assert!(!head.contains("api-version"), "{head}");
}

#[tokio::test]
async fn rows_are_sent_as_what_they_are_and_not_as_bytes() {
    let body = r#"{"rows_written": 0, "bytes_written": 0}"#;
    let (url, heads) = server(answer("200 OK", "application/json", body)).await;
    let done = plain(&url)
        .insert_rows("acme", "trades", "text/csv", "")
        .await
        .unwrap();
    assert_eq!(done.rows_written, Some(0));
    let head = heads.lock().unwrap()[0].to_lowercase();
    let types: Vec<_> = head
        .lines()
        .filter(|line| line.starts_with("content-type:"))
        .collect();
    assert_eq!(types, ["content-type: text/csv"]);
}

#[tokio::test]
async fn a_certificate_is_trusted_when_it_is_given_and_not_otherwise() {
    let (url, heads, pem) = secure_server(usual()).await;
    let (_, _, other) = secure_server(usual()).await;
    let mut options = ConnectOptions::default();
    options.roots = RootCertificates::from_pem(other.as_bytes()).unwrap();
    let stranger = client(&url, &options);
    let error = stranger
        .get_pipeline_execution_status("01A")
        .await
        .unwrap_err();
    let Error::CommunicationError(error) = error else {
        panic!("{error}");
    };
    assert!(
        error.is_connect() && dune_api::is_tls_failure(&error),
        "{error:?}"
    );
    assert!(heads.lock().unwrap().is_empty());

    options.roots = RootCertificates::from_pem(pem.as_bytes()).unwrap();
    let friend = client(&url, &options);
    friend.get_pipeline_execution_status("01A").await.unwrap();
    assert_eq!(heads.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_to_another_server() {
    let (other, other_heads) = server(usual()).await;
    let redirect = format!(
        "HTTP/1.1 307 Moved\r\nlocation: {other}/api/v1/x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let (url, heads) = server(redirect).await;
    let error = plain(&url)
        .get_pipeline_execution_status("01A")
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 307);
    assert_eq!(heads.lock().unwrap().len(), 1);
    assert!(
        other_heads.lock().unwrap().is_empty(),
        "the key went to another server"
    );
}

#[tokio::test]
async fn an_error_answer_that_is_not_dunes_keeps_its_status_and_text() {
    for (status, body, message) in [
        (
            "500 Oops",
            "<html>Bad Gateway</html>",
            "<html>Bad Gateway</html>",
        ),
        (
            "404 Gone",
            r#"{"error": "Object not found"}"#,
            "Object not found",
        ),
        ("404 Gone", r#"{"message": "no"}"#, r#"{"message": "no"}"#),
        ("401 No", "", ""),
    ] {
        let (url, _) = server(answer(status, "text/html", body)).await;
        let error = plain(&url)
            .get_pipeline_execution_status("01A")
            .await
            .unwrap_err();
        let Error::ErrorResponse(answer) = error else {
            panic!("{status}: {error}");
        };
        assert!(status.starts_with(answer.status().as_str()));
        assert_eq!(answer.error, message);
    }
}

#[tokio::test]
async fn a_page_of_any_length_is_kept_up_to_a_bound() {
    let page = "x".repeat(1_000_000);
    let (url, _) = server(answer("404 Gone", "text/html", &page)).await;
    let error = plain(&url)
        .get_pipeline_execution_status("01A")
        .await
        .unwrap_err();
    let Error::ErrorResponse(answer) = error else {
        panic!("{error}");
    };
    assert_eq!(answer.error.len(), 64 * 1024);
}

#[tokio::test]
async fn an_error_shows_no_key_even_where_the_server_says_it_back() {
    for status in ["400 Bad", "401 No", "418 Teapot", "502 Bad Gateway"] {
        for body in [
            format!("<html>{KEY}</html>"),
            format!(r#"{{"error": "bad key {KEY}"}}"#),
        ] {
            let (url, _) = server(answer(status, "text/html", &body)).await;
            let client = plain(&url);
            let error = client
                .get_pipeline_execution_status("01A")
                .await
                .unwrap_err();
            assert!(!format!("{error} {error:?} {client:?} {client:#?}").contains(KEY));
        }
    }
}

#[test]
fn a_key_is_sent_in_the_clear_only_to_this_machine() {
    let base = BaseUrl::parse("http://dune.example:4000").unwrap();
    let key = ApiKey::new(KEY).unwrap();
    let mut options = ConnectOptions::default();
    let error = Client::connect(base.clone(), key.clone(), &options).unwrap_err();
    assert!(matches!(error, ConnectError::PlainHttp { .. }), "{error}");
    options.allow_plain_http = true;
    assert!(Client::connect(base, key, &options).is_ok());
}

#[tokio::test]
async fn an_answer_that_is_kept_may_be_so_long_and_csv_that_is_handed_on_any_length() {
    let longer = 64 * 1024 * 1024 + 1;
    let (url, _) = server(answer("200 OK", "application/json", &" ".repeat(longer))).await;
    let error = plain(&url)
        .get_pipeline_execution_status("01A")
        .await
        .unwrap_err();
    let Error::ResponseBodyError(error) = error else {
        panic!("{error}");
    };
    assert!(dune_api::is_too_long(&error), "{error:?}");

    let (url, _) = server(answer("200 OK", "text/csv", &"n".repeat(longer))).await;
    let csv = plain(&url)
        .get_execution_results_csv("01A", None, None, None, None, None, None, None, None)
        .await
        .unwrap();
    let read = csv
        .into_inner()
        .into_inner()
        .try_fold(0, async |read, piece| Ok(read + piece.len()));
    assert_eq!(read.await.unwrap(), longer);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_with_its_address() {
    let cut = usual().replace("content-length: ", "content-length: 9");
    let (url, _) = server(cut).await;
    let error = plain(&url)
        .get_pipeline_execution_status("01A")
        .await
        .unwrap_err();
    let Error::ResponseBodyError(error) = error else {
        panic!("{error}");
    };
    let asked = format!("{url}/api/v1/pipelines/executions/01A/status");
    assert_eq!(error.url().map(|url| url.as_str()), Some(asked.as_str()));
}
