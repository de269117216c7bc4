//! Rows that are inserted: from memory, and from streams that are sent as they come.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dune_pipeline::{Error, TableRows};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::written;
use crate::server::{Reply, Server};
use crate::{dune, impatient, only, targets, told};

#[derive(Serialize)]
struct Price {
    day: &'static str,
    price: Option<f64>,
}

#[tokio::test]
async fn rows_are_inserted_as_they_are_in_memory() {
    let csv = "day,price\n2026-01-31,2.5\n";
    let price = |price| Price {
        day: "2026-01-31",
        price,
    };
    let lines = "{\"day\":\"2026-01-31\",\"price\":2.5}\n{\"day\":\"2026-01-31\",\"price\":null}\n";
    for (rows, media_type, body) in [
        (TableRows::csv(csv), "text/csv", csv),
        (TableRows::csv(csv.to_owned()), "text/csv", csv),
        (TableRows::csv(csv.as_bytes().to_vec()), "text/csv", csv),
        (TableRows::ndjson(lines), "application/x-ndjson", lines),
        (
            TableRows::json([price(Some(2.5)), price(None)]).unwrap(),
            "application/x-ndjson",
            lines,
        ),
    ] {
        let server = Server::replies([written()]).await;
        let done = dune(&server)
            .insert_rows("acme", "prices", rows)
            .await
            .unwrap();
        assert_eq!(targets(&server), ["POST uploads/acme/prices/insert"]);
        let request = only(&server);
        assert_eq!(request.header("content-type"), Some(media_type));
        assert_eq!(request.body, body);
        assert_eq!((done.rows_written, done.bytes_written), (Some(1), Some(33)));
        assert_eq!(done.name, "dune.acme.prices");
    }
}

#[test]
fn a_row_that_is_no_object_is_told_before_anything_is_sent() {
    let error = TableRows::json([json!({"day": 1}), json!([1])]).unwrap_err();
    assert_eq!(
        told(&error),
        "row 1 cannot be inserted: it is no JSON object; a struct, or a map with a key for each column, can"
    );
    let keyed_by_list = std::collections::BTreeMap::from([(vec![1], 2)]);
    let error = TableRows::json([keyed_by_list]).unwrap_err();
    assert!(
        matches!(error, Error::InvalidRow { index: 0, .. }),
        "{error}"
    );
}

/// Answers one request whose body comes in chunks, and gives all that was sent of it.
async fn chunked(answer: Value) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut sent = Vec::new();
        let mut chunk = [0; 4096];
        while !sent.ends_with(b"\r\n0\r\n\r\n") {
            match stream.read(&mut chunk).await.unwrap() {
                0 => return String::from_utf8(sent).unwrap(),
                count => sent.extend_from_slice(&chunk[..count]),
            }
        }
        let body = answer.to_string();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(sent).unwrap()
    });
    (url, task)
}

/// What was sent after the head, without the sizes of the chunks.
fn body_of(sent: &str) -> String {
    let (_, chunks) = sent.split_once("\r\n\r\n").unwrap();
    let lines: Vec<_> = chunks.split("\r\n").collect();
    lines.chunks_exact(2).map(|chunk| chunk[1]).collect()
}

#[tokio::test]
async fn rows_of_a_stream_are_sent_as_they_come_however_long_that_takes() {
    let answer = json!({"rows_written": 20, "bytes_written": 20, "name": "dune.acme.prices"});
    let (url, sent) = chunked(answer).await;
    let dune = impatient(&url)
        .read_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let pieces = stream::iter(0..20).then(|number| async move {
        sleep(Duration::from_millis(50)).await;
        io::Result::Ok(format!("{{\"n\":{number}}}\n"))
    });
    let rows = TableRows::ndjson_stream(pieces);
    let done = dune.insert_rows("acme", "prices", rows).await.unwrap();
    assert_eq!(done.rows_written, Some(20));
    let sent = sent.await.unwrap();
    assert!(
        sent.contains("content-type: application/x-ndjson\r\n"),
        "{sent}"
    );
    let lines: String = (0..20)
        .map(|number| format!("{{\"n\":{number}}}\n"))
        .collect();
    assert_eq!(body_of(&sent), lines);
}

#[tokio::test]
async fn a_large_stream_is_not_read_faster_than_it_is_sent() {
    const PIECES: usize = 512;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (go_on, mut reading) = tokio::sync::mpsc::channel(1);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut piece = vec![0; 1 << 20];
        stream.read_exact(&mut piece[..100]).await.unwrap();
        reading.recv().await.unwrap();
        // The sizes of the chunks count too, so that nothing of the rows is missing then.
        let mut count = 100;
        while count <= PIECES << 20 {
            match stream.read(&mut piece).await.unwrap() {
                0 => break,
                size => count += size,
            }
        }
        count
    });
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let pieces = stream::iter(0..PIECES).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        io::Result::Ok(vec![b'x'; 1 << 20])
    });
    let insert = tokio::spawn(async move {
        let dune = impatient(&url).build().unwrap();
        let rows = TableRows::csv_stream(pieces);
        dune.insert_rows("acme", "prices", rows).await
    });
    while taken.load(Ordering::SeqCst) == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    sleep(Duration::from_millis(300)).await;
    let ahead = taken.load(Ordering::SeqCst);
    // What the two ends of the connection hold between them, which is some megabytes.
    assert!(ahead < 64, "{ahead} of {PIECES} pieces were taken");
    go_on.send(()).await.unwrap();
    assert!(server.await.unwrap() > PIECES << 20);
    assert_eq!(taken.load(Ordering::SeqCst), PIECES);
    insert.await.unwrap().unwrap_err();
}

#[tokio::test]
async fn a_stream_that_fails_is_no_end_of_the_rows() {
    let (url, sent) = chunked(json!({})).await;
    let pieces = [Ok("a\n1\n"), Err(io::Error::other("the file is gone"))];
    let rows = TableRows::csv_stream(stream::iter(pieces));
    let dune = impatient(&url).build().unwrap();
    let error = dune.insert_rows("acme", "prices", rows).await.unwrap_err();
    assert!(told(&error).contains("the file is gone"), "{error}");
    let sent = sent.await.unwrap();
    assert!(!sent.ends_with("0\r\n\r\n"), "the end was not said: {sent}");
}

#[tokio::test]
async fn rows_of_a_stream_are_not_sent_again_and_those_in_memory_are() {
    let limited = || Reply::error(429, "Too many requests").header("retry-after", "0");
    let server = Server::replies([limited(), written()]).await;
    let client = dune(&server);
    let rows = || TableRows::csv("a\n1\n");
    client.insert_rows("acme", "prices", rows()).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, requests[1].body);

    let server = Server::replies([limited(), written()]).await;
    let pieces = TableRows::csv_stream(stream::iter([io::Result::Ok("a\n1\n")]));
    let error = dune(&server)
        .insert_rows("acme", "prices", pieces)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error}");
    only(&server);
}
