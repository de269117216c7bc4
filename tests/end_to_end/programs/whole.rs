//! A result as a Parquet file, read by another reader than the one that wrote it.

use std::fs::{self, File};

use dune_pipeline::{Error, pipeline};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;

use super::to_parquet::trend_to;
use crate::sample::Sample;

#[tokio::test]
async fn the_file_holds_the_rows_that_the_client_reads() {
    let sample = Sample::with_days(4).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trend.parquet");
    assert_eq!(trend_to(&file, &sample.dune).await.unwrap(), 4);

    let latest = pipeline![trend = query(3103)];
    let run = sample.dune.execute(&latest).await.unwrap();
    run.wait().await.unwrap();
    let rows: Vec<serde_json::Value> = run.rows(latest.trend).await.unwrap();
    let reader = SerializedFileReader::new(File::open(&file).unwrap()).unwrap();
    let mut read = 0;
    for (row, written) in rows.iter().zip(reader.get_row_iter(None).unwrap()) {
        let written = written.unwrap();
        let volume = written
            .get_column_iter()
            .find(|(name, _)| *name == "volume_usd");
        let Some((_, Field::Double(volume))) = volume else {
            panic!("no volume in {written}");
        };
        assert_eq!(Some(*volume), row["volume_usd"].as_f64());
        read += 1;
    }
    assert_eq!((read, rows.len()), (4, 4));
}

#[tokio::test]
async fn whoever_may_read_other_files_there_may_read_this_one() {
    let sample = Sample::with_days(4).await;
    let folder = tempfile::tempdir().unwrap();
    let [file, other] = ["trend.parquet", "other"].map(|name| folder.path().join(name));
    trend_to(&file, &sample.dune).await.unwrap();
    fs::write(&other, "").unwrap();
    let [file, other] = [file, other].map(|path| fs::metadata(path).unwrap().permissions());
    assert_eq!(file, other);
}

#[tokio::test]
async fn a_night_that_fails_leaves_the_file_of_the_night_before() {
    let sample = Sample::with_days(2).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trend.parquet");
    fs::write(&file, "the night before").unwrap();
    let broken = sample.workspace.folder().join("queries/dex_daily.sql");
    fs::write(&broken, "select nonsense from dex.trades").unwrap();
    let sample = sample.restarted().await;
    let error = trend_to(&file, &sample.dune).await.unwrap_err();
    let error = error.downcast::<Error>().unwrap();
    assert!(matches!(*error, Error::Failed(_)), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "the night before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
