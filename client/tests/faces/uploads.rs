//! Tables of one's own: made, filled from memory and from streams, emptied, deleted.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dune_pipeline::{ColumnType, CsvUpload, Error, NewColumn, NewTable, StatusCode, TableRows};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::server::{Reply, Server};
use crate::{dune, impatient, only, targets, told};

fn written() -> Reply {
    Reply::json(json!({"rows_written": 1, "bytes_written": 33, "name": "dune.acme.prices"}))
}

fn prices() -> NewTable {
    NewTable::new("acme", "prices").column("day", ColumnType::Date)
}

#[tokio::test]
async fn a_table_is_listed_with_all_that_dune_says_of_it() {
    let table = json!({
        "full_name": "dune.acme.prices", "is_private": true, "table_size_bytes": "1048576",
        "created_at": "2025-10-22T10:31:04.222464Z", "updated_at": "2025-10-23T10:31:04Z", "purged_at": null,
        "owner": {"handle": "acme", "type": "team"},
        "columns": [
            {"name": "day", "type": "date", "nullable": false, "metadata": {"unit": "day"}},
            {"name": "price", "type": "double"},
        ],
    });
    let empty = json!({});
    let pages = [
        Reply::json(json!({"tables": [table], "next_offset": 1})),
        Reply::json(json!({"tables": [empty]})),
    ];
    let server = Server::replies(pages).await;
    let tables = dune(&server)
        .list_uploads()
        .page_size(1)
        .all()
        .await
        .unwrap();
    assert_eq!(
        targets(&server),
        ["GET uploads?limit=1", "GET uploads?limit=1&offset=1"]
    );
    let [prices, nameless] = tables.as_slice() else {
        panic!("{tables:?}");
    };
    assert_eq!(prices.full_name, "dune.acme.prices");
    assert_eq!(prices.table_size_bytes, Some(1_048_576));
    assert!(prices.is_private);
    let owner = prices.owner.as_ref().unwrap();
    assert_eq!((&*owner.handle, &*owner.owner_type), ("acme", "team"));
    assert_eq!(
        prices.updated_at.as_ref().unwrap().as_str(),
        "2025-10-23T10:31:04Z"
    );
    assert_eq!(prices.purged_at, None);
    let day = &prices.columns[0];
    assert_eq!(
        (&*day.name, &*day.column_type, day.nullable),
        ("day", "date", Some(false))
    );
    assert_eq!(day.metadata["unit"], "day");
    assert_eq!(prices.columns[1].nullable, None);
    assert!(nameless.full_name.is_empty() && nameless.owner.is_none());
    assert!(nameless.columns.is_empty() && nameless.table_size_bytes.is_none());
}

#[tokio::test]
async fn a_table_is_made_with_columns_of_every_type() {
    let nested = json!({"type": "array", "items": "double"});
    let types = [
        (ColumnType::Varchar, json!("varchar")),
        (ColumnType::Varbinary, json!("varbinary")),
        (ColumnType::Uint256, json!("uint256")),
        (ColumnType::Int256, json!("int256")),
        (ColumnType::Bigint, json!("bigint")),
        (ColumnType::Integer, json!("integer")),
        (ColumnType::Double, json!("double")),
        (ColumnType::Boolean, json!("boolean")),
        (ColumnType::Timestamp, json!("timestamp")),
        (ColumnType::Date, json!("date")),
        (
            ColumnType::Named("decimal(38,2)".to_owned()),
            json!("decimal(38,2)"),
        ),
        (ColumnType::Nested(nested.clone()), nested),
    ];
    let mut table = NewTable::new("acme", "prices")
        .description("of the day")
        .is_private(true)
        .columns([NewColumn::new("id", ColumnType::Bigint).nullable(false)]);
    let mut schema = vec![json!({"name": "id", "type": "bigint", "nullable": false})];
    for (column_type, sent) in types {
        table = table.column("c", column_type);
        schema.push(json!({"name": "c", "type": sent}));
    }
    let answer = json!({
        "namespace": "acme", "table_name": "prices", "full_name": "dune.acme.prices", "already_existed": true,
        "example_query": "select * from dune.acme.prices limit 10", "message": "Table already existed",
    });
    let server = Server::replies([Reply::json(answer)]).await;
    let made = dune(&server).create_table(&table).await.unwrap();
    assert_eq!(targets(&server), ["POST uploads"]);
    assert_eq!(
        only(&server).json(),
        json!({
            "namespace": "acme", "table_name": "prices", "description": "of the day", "is_private": true,
            "schema": schema,
        })
    );
    assert_eq!(made.full_name, "dune.acme.prices");
    assert!(made.already_existed);
    let query = "select * from dune.acme.prices limit 10";
    assert_eq!(made.example_query.as_deref(), Some(query));
    assert_eq!(made.message.as_deref(), Some("Table already existed"));
}

#[tokio::test]
async fn what_the_answer_about_a_new_table_leaves_out_is_known_or_left_out() {
    let server = Server::replies([Reply::json(json!({}))]).await;
    let made = dune(&server).create_table(&prices()).await.unwrap();
    assert_eq!((&*made.namespace, &*made.table_name), ("acme", "prices"));
    assert_eq!(made.full_name, "dune.acme.prices");
    assert!(!made.already_existed);
    let schema = json!([{"name": "day", "type": "date"}]);
    assert_eq!(
        only(&server).json(),
        json!({"namespace": "acme", "table_name": "prices", "schema": schema})
    );
}

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

#[tokio::test]
async fn a_csv_becomes_a_table_under_the_name_that_dune_gives_it() {
    for (answer, name) in [
        (
            json!({"success": true, "table_name": "dataset_prices"}),
            "dataset_prices",
        ),
        (json!({"success": true}), "prices"),
    ] {
        let server = Server::replies([Reply::json(answer)]).await;
        let csv = CsvUpload::new("prices", "day,price\n2026-01-31,2.5\n")
            .description("of the day")
            .is_private(false);
        let table = dune(&server).upload_csv(&csv).await.unwrap();
        assert_eq!(table.table_name, name);
        assert_eq!(targets(&server), ["POST uploads/csv"]);
        assert_eq!(
            only(&server).json(),
            json!({
                "table_name": "prices", "data": "day,price\n2026-01-31,2.5\n", "description": "of the day",
                "is_private": false,
            })
        );
    }
    let server = Server::replies([Reply::json(json!({"success": false}))]).await;
    let error = dune(&server)
        .upload_csv(&CsvUpload::new("prices", "day\n"))
        .await
        .unwrap_err();
    assert!(told(&error).contains("did not succeed"), "{error}");
}

#[tokio::test]
async fn a_table_is_cleared_and_deleted_by_its_address() {
    let done = json!({"message": "Table acme.prices successfully deleted"});
    let server = Server::replies([Reply::json(done), Reply::json(json!({}))]).await;
    let dune = dune(&server);
    dune.clear_table("acme", "prices").await.unwrap();
    dune.delete_table("acme", "prices").await.unwrap();
    assert_eq!(
        targets(&server),
        [
            "POST uploads/acme/prices/clear",
            "DELETE uploads/acme/prices"
        ]
    );
}

async fn errors(server: &Server) -> Vec<(Error, &'static str)> {
    let dune = dune(server);
    let rows = TableRows::csv("day\n2026-01-31\n");
    let csv = CsvUpload::new("prices", "day\n");
    vec![
        (
            dune.create_table(&prices()).await.unwrap_err(),
            "creating the table acme.prices",
        ),
        (
            dune.insert_rows("acme", "prices", rows).await.unwrap_err(),
            "inserting rows into the table acme.prices",
        ),
        (
            dune.upload_csv(&csv).await.unwrap_err(),
            "uploading the CSV `prices`",
        ),
        (
            dune.clear_table("acme", "prices").await.unwrap_err(),
            "clearing the table acme.prices",
        ),
        (
            dune.delete_table("acme", "prices").await.unwrap_err(),
            "deleting the table acme.prices",
        ),
    ]
}

#[tokio::test]
async fn a_refusal_says_which_table_it_was_about() {
    let server = Server::replies([Reply::error(404, "Table not found")]).await;
    for (error, purpose) in errors(&server).await {
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert_eq!(
            told(&error),
            format!("{purpose}: Dune answered 404 Not Found: Table not found")
        );
    }
}

#[tokio::test]
async fn a_change_of_a_table_whose_answer_is_lost_is_not_made_twice() {
    for reply in [Reply::HangUp, Reply::html(504, "Gateway Timeout")] {
        let server = Server::replies([reply]).await;
        let errors = errors(&server).await;
        assert_eq!(server.requests().len(), errors.len());
        for (error, _) in errors {
            assert!(error.may_have_started() && !error.is_retryable(), "{error}");
        }
    }
}

#[tokio::test]
async fn a_name_that_would_ask_for_something_else_is_not_sent() {
    let server = Server::replies([written()]).await;
    let dune = dune(&server);
    for name in ["", ".", "..", "a/b", "a b", "a?b", "a#b", "%2e%2e", "a\nb"] {
        for (namespace, table) in [(name, "prices"), ("acme", name)] {
            let rows = TableRows::csv("day\n");
            for error in [
                dune.insert_rows(namespace, table, rows).await.unwrap_err(),
                dune.clear_table(namespace, table).await.unwrap_err(),
                dune.delete_table(namespace, table).await.unwrap_err(),
            ] {
                assert!(
                    matches!(error, Error::InvalidName { .. }),
                    "{name}: {error}"
                );
            }
        }
        let error = dune.get_dataset(name).await.unwrap_err();
        assert!(
            matches!(error, Error::InvalidName { .. }),
            "{name}: {error}"
        );
    }
    assert!(server.requests().is_empty());
}
