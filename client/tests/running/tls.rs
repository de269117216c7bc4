//! Encrypted connections: a certificate is trusted only where somebody said so.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dune_pipeline::Error;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::server::{Reply, Request, serve};
use crate::{KEY, RUN, daily, impatient};

/// A server with a certificate of its own for `localhost`: its address, that certificate, and what it was sent.
async fn secure() -> (String, String, Arc<Mutex<Vec<Request>>>) {
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
    let address = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let seen = Arc::new(Mutex::new(Vec::new()));
    let requests = seen.clone();
    let reply = |_: usize, _: &Request| Reply::json(json!({ "pipeline_execution_id": RUN }));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(serve(stream, requests.clone(), Arc::new(reply)));
            }
        }
    });
    (address, own.cert.pem(), seen)
}

#[tokio::test]
async fn a_given_root_certificate_is_trusted() {
    let (url, certificate, seen) = secure().await;
    let dune = impatient(&url)
        .root_certificates(certificate)
        .build()
        .unwrap();
    let run = dune.execute(&daily().pipeline).await.unwrap();
    assert_eq!(run.id(), RUN);
    assert_eq!(seen.lock().unwrap()[0].header("x-dune-api-key"), Some(KEY));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_and_nothing_is_sent() {
    let (url, _, seen) = secure().await;
    let (_, another, _) = secure().await;
    // A root of another server: one is needed where the machine has none of its own.
    let dune = impatient(&url)
        .root_certificates(another)
        .retry_delays(Duration::from_secs(30), Duration::from_secs(30))
        .build()
        .unwrap();
    let begin = Instant::now();
    let error = dune.execute(&daily().pipeline).await.unwrap_err();
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "it was tried again"
    );
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(!error.may_have_started());
    assert!(seen.lock().unwrap().is_empty());
}
