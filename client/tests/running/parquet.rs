//! Results as Parquet files, read back by the crate that reads them elsewhere.

use std::io;
use std::sync::Mutex;

use arrow_array::RecordBatch;
use bytes::Bytes;
use dune_pipeline::Error;
use dune_pipeline::rows::ParquetCompression;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use serde_json::json;

use crate::arrow::table;
use crate::rows::{paged, run, with_results};
use crate::server::Reply;

/// Every type there is, and rows of them.
fn everything() -> serde_json::Value {
    table(
        &[
            ("b", "boolean"),
            ("i", "smallint"),
            ("l", "bigint"),
            ("d", "double"),
            ("p", "decimal(38,18)"),
            ("wide", "decimal(60,2)"),
            ("u", "uint256"),
            ("h", "varbinary"),
            ("day", "date"),
            ("ts", "timestamp(3) with time zone"),
            ("s", "timestamp(0)"),
            ("us", "timestamp(6)"),
            ("time", "time(3)"),
            ("list", "array(varchar)"),
            ("map", "map(varchar, double)"),
            ("row", "row(a bigint, b array(boolean))"),
            ("other", "ipprefix"),
        ],
        json!([
            {"b": true, "i": -7, "l": 1, "d": 0.1, "p": "1.5", "wide": "123456789012345678901234567890123456789012345.67",
             "u": "7", "h": "0xdead", "day": "1969-12-31", "ts": "2024-03-05 20:50:59.000 UTC",
             "s": "2024-03-05 20:50:59", "us": "2024-03-05 20:50:59.000001", "time": "10:00:00.001",
             "list": ["a", null], "map": {"x": 1.5}, "row": [1, [true, null]], "other": "10.0.0.0/8"},
            {},
            {"list": [], "map": {}, "row": [null, null], "d": "NaN"},
        ]),
    )
}

fn read(file: Vec<u8>) -> (ParquetRecordBatchReaderBuilder<Bytes>, Vec<RecordBatch>) {
    let file = Bytes::from(file);
    let reader = || ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap();
    let batches: ParquetRecordBatchReader = reader().build().unwrap();
    (reader(), batches.map(Result::unwrap).collect())
}

#[tokio::test]
async fn every_type_comes_back_as_it_went() {
    for (compression, expected) in [
        (ParquetCompression::Zstd, "ZSTD(ZstdLevel(1))"),
        (ParquetCompression::Snappy, "SNAPPY"),
        (ParquetCompression::None, "UNCOMPRESSED"),
    ] {
        let server = with_results(|_| Reply::json(everything())).await;
        let (run, daily) = run(&server);
        let mut file = Vec::new();
        let results = run.results(daily.trend);
        let write = results.write_parquet(&mut file).compression(compression);
        assert_eq!(write.await.unwrap(), 3);
        let (reader, batches) = read(file);
        let mut written = run.results(daily.trend).record_batches();
        let written = written.next().await.unwrap().unwrap();
        assert_eq!(batches, [written]);
        let codec: Compression = reader.metadata().row_group(0).column(0).compression();
        assert_eq!(format!("{codec:?}"), expected);
    }
}

#[tokio::test]
async fn pages_are_written_as_they_come_and_progress_is_told() {
    let server = with_results(|request| Reply::json(paged(request, 10, 4))).await;
    let (run, daily) = run(&server);
    let mut file = Vec::new();
    let told = Mutex::new(Vec::new());
    let rows = run
        .results(daily.trend)
        .write_parquet(&mut file)
        .on_progress(|rows, total| told.lock().unwrap().push((rows, total)))
        .await
        .unwrap();
    assert_eq!(rows, 10);
    let total = Some(10);
    assert_eq!(*told.lock().unwrap(), [(4, total), (8, total), (10, total)]);
    let (_, batches) = read(file);
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 10);
}

#[tokio::test]
async fn a_result_without_rows_is_a_file_with_columns_and_a_limit_of_none_is_refused() {
    let server = with_results(|request| Reply::json(paged(request, 0, 4))).await;
    let (run, daily) = run(&server);
    let mut file = Vec::new();
    let results = run.results(daily.trend);
    assert_eq!(results.write_parquet(&mut file).await.unwrap(), 0);
    let (reader, _) = read(file);
    assert_eq!(reader.schema().field(0).name(), "n");
    let none = run.results(daily.trend).limit(0);
    let error = none.write_parquet(Vec::new()).await.unwrap_err();
    assert!(matches!(error, Error::InvalidSelection(_)), "{error}");
}

#[tokio::test]
async fn a_writer_that_fails_is_told_in_its_words() {
    struct Full;

    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::new(
                io::ErrorKind::StorageFull,
                "the disk is full",
            ))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let server = with_results(|request| Reply::json(paged(request, 3, 4))).await;
    let (run, daily) = run(&server);
    let error = run
        .results(daily.trend)
        .write_parquet(Full)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotWritten { .. }), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert!(!error.is_retryable() && !error.may_have_started());
}

#[tokio::test]
async fn what_is_awaited_may_move_between_threads() {
    fn moves<T: Send>(_: T) {}
    let server = with_results(|request| Reply::json(paged(request, 3, 4))).await;
    let (run, daily) = run(&server);
    moves(run.results(daily.trend).record_batches().into_stream());
    moves(
        run.results(daily.trend)
            .write_parquet(Vec::new())
            .into_future(),
    );
    moves(run.results(daily.trend).csv());
}
