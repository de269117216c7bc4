//! Answers that come packed: as good as others, and noticed as quickly where they are not whole.

use dune_pipeline::Error;
use serde::Deserialize;

use crate::rows::run;
use crate::server::{Reply, Request, Server};
use crate::waiting::completed;

/// The rows 0 to 1999 as Dune would answer with them, made with `gzip -9`; and its `{"error":"not now"}`.
const ROWS: &[u8] = include_bytes!("packed/rows.json.gz");
const NOT_NOW: &[u8] = include_bytes!("packed/error.json.gz");

#[derive(Debug, Deserialize)]
struct Numbered {
    n: u32,
}

/// A server of a completed run that answers the requests for its rows by these, one after the other, and then by the last.
async fn with_results(replies: impl IntoIterator<Item = Reply>) -> Server {
    let replies: Vec<Reply> = replies.into_iter().collect();
    Server::start(move |before, request| match asks_for_rows(request) {
        true => replies[(before - 1).min(replies.len() - 1)].clone(),
        false => completed(),
    })
    .await
}

fn asks_for_rows(request: &Request) -> bool {
    request.target.contains("/results")
}

/// All rows, and how often they were asked for.
async fn read(server: &Server) -> (Result<Vec<u32>, Error>, usize) {
    let (run, daily) = run(server);
    let rows = run.rows::<Numbered>(daily.trend).await;
    let rows = rows.map(|rows| rows.into_iter().map(|row| row.n).collect());
    let asked = server.requests();
    (rows, asked.iter().filter(|r| asks_for_rows(r)).count())
}

fn packed(status: u16, body: &[u8]) -> Reply {
    Reply::Packed(status, body.to_vec(), body.len())
}

#[tokio::test]
async fn rows_are_asked_for_packed_and_read_so() {
    let server = with_results([packed(200, ROWS)]).await;
    let (rows, asked) = read(&server).await;
    assert_eq!((rows.unwrap(), asked), ((0..2000).collect(), 1));
    let requests = server.requests();
    assert_eq!(requests[1].header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn a_packed_answer_that_breaks_off_is_read_again() {
    let half = &ROWS[..ROWS.len() / 2];
    for broken in [
        // The connection ends before the answer does.
        Reply::Packed(200, half.to_vec(), ROWS.len()),
        // The answer ends, and what is packed in it does not.
        packed(200, half),
        // All rows are there, and not the sum over them.
        packed(200, &ROWS[..ROWS.len() - 8]),
        packed(200, b"{}"),
    ] {
        let server = with_results([broken.clone(), packed(200, ROWS)]).await;
        let (rows, asked) = read(&server).await;
        assert_eq!((rows.unwrap().len(), asked), (2000, 2), "{broken:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_never_whole_is_an_error_and_no_fewer_rows() {
    let server = with_results([packed(200, &ROWS[..ROWS.len() / 2])]).await;
    let (rows, asked) = read(&server).await;
    let error = rows.unwrap_err();
    assert!(matches!(error, Error::AnswerLost { .. }), "{error}");
    assert_eq!(asked, 4);
}

#[tokio::test]
async fn a_refusal_may_come_packed_too() {
    let server = with_results([packed(403, NOT_NOW)]).await;
    let (rows, _) = read(&server).await;
    let error = rows.unwrap_err();
    assert_eq!(error.message(), Some("not now"), "{error}");
}
