//! The embedded engine as its users see it: tables, answers, files, limits, and stopping.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use datafusion::arrow::array::{ArrayRef, RecordBatch, TimestampNanosecondArray};
use dune_local::engine::{
    AttachError, Column, DataFusionEngine, Engine, FileFormat, Row, Settings, SqlError, TableName,
    TableSource,
};
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use serde_json::json;

fn engine() -> DataFusionEngine {
    DataFusionEngine::new(&Settings::default()).unwrap()
}

async fn rows(engine: &DataFusionEngine, sql: &str) -> Result<Vec<Row>, SqlError> {
    let mut batches = engine.query(sql).await?.rows;
    let mut all = Vec::new();
    while let Some(batch) = batches.next().await {
        all.extend(batch?);
    }
    Ok(all)
}

fn name(text: &str) -> TableName {
    text.parse().unwrap()
}

fn csv(folder: &Path, text: &str, columns: &[(&str, &str)]) -> TableSource {
    let file = folder.join("table.csv");
    fs::write(&file, text).unwrap();
    let columns = columns
        .iter()
        .map(|(name, ty)| Column::new(*name, *ty))
        .collect();
    TableSource {
        file,
        format: FileFormat::Csv,
        columns: Some(columns),
    }
}

fn parquet(file: &Path) -> TableSource {
    TableSource {
        file: file.to_owned(),
        format: FileFormat::Parquet,
        columns: None,
    }
}

#[tokio::test]
async fn a_csv_table_is_read_under_its_name_in_any_case() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine();
    let text = "taker,Amount,at,tags\n0xab,1.50,2024-01-28 23:59:59.999 UTC,\"[\"\"a\"\"]\"\n,,,\n";
    let columns = [
        ("taker", "varbinary"),
        ("Amount", "decimal(38,18)"),
        ("at", "timestamp(3) with time zone"),
        ("tags", "array(varchar)"),
    ];
    let attached = engine
        .attach(&name("dex.Trades"), csv(folder.path(), text, &columns))
        .await
        .unwrap();
    assert_eq!(attached[1], Column::new("Amount", "decimal(38,18)"));
    let found = rows(
        &engine,
        "SELECT t.TAKER, amount, at, tags FROM DEX.trades t ORDER BY taker",
    )
    .await
    .unwrap();
    let first = json!([
        "0xab",
        "1.500000000000000000",
        "2024-01-28 23:59:59.999 UTC",
        ["a"]
    ]);
    assert_eq!(json!(found), json!([first, [null, null, null, null]]));
    assert!(engine.detach(&name("dex.trades")).await);
    assert!(!engine.detach(&name("dex.trades")).await);
    let gone = rows(&engine, "SELECT * FROM dex.trades").await.unwrap_err();
    assert_eq!(gone.name, "TABLE_NOT_FOUND");
}

#[tokio::test]
async fn a_wrong_cell_is_named_with_its_file_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let source = csv(
        folder.path(),
        "a,b\n1,x\n\n2.5,y\n",
        &[("a", "bigint"), ("b", "varchar")],
    );
    let error = engine().attach(&name("t"), source).await.unwrap_err();
    assert!(
        matches!(&error, AttachError::Cell { line: 4, column, .. } if column == "a"),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .ends_with("table.csv:4: column `a`: \"2.5\" is no bigint"),
        "{error}"
    );
}

#[tokio::test]
async fn nanoseconds_are_cut_only_where_a_type_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fine.parquet");
    let moments = TimestampNanosecondArray::from(vec![1_700_000_000_123_456_789]);
    let batch = RecordBatch::try_from_iter([("at", Arc::new(moments) as ArrayRef)]).unwrap();
    let written = fs::File::create(&file).unwrap();
    let mut writer = ArrowWriter::try_new(written, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();

    let engine = engine();
    let mut source = parquet(&file);
    let refused = engine.attach(&name("fine"), source.clone()).await;
    assert!(
        matches!(refused, Err(AttachError::Type { .. })),
        "{refused:?}"
    );

    source.columns = Some(vec![Column::new("at", "timestamp(3)")]);
    engine.attach(&name("fine"), source).await.unwrap();
    let found = rows(&engine, "SELECT at FROM fine").await.unwrap();
    assert_eq!(json!(found), json!([["2023-11-14 22:13:20.123"]]));
}

#[tokio::test]
async fn an_answer_is_written_as_a_file_that_reads_back_with_its_types() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine();
    let file = folder.path().join("view.parquet");
    let sql = "SELECT BIGINT '7' AS n, 1.50 AS d, X'00ff' AS bin, TIMESTAMP '2024-01-02 03:04:05.678 UTC' AS at,
        map(ARRAY['k'], ARRAY[1]) AS m, CAST(ROW(1, 'x') AS ROW(a INTEGER, b VARCHAR)) AS r, CAST(NULL AS DATE) AS nothing";
    let written = engine.materialize(sql, &file).await.unwrap();
    assert_eq!(
        (written.rows, written.bytes),
        (1, fs::metadata(&file).unwrap().len())
    );
    engine
        .attach(&name("dune.acme.result_view"), parquet(&file))
        .await
        .unwrap();
    let answer = engine
        .describe("SELECT * FROM dune.acme.result_view")
        .await
        .unwrap();
    assert_eq!(answer, written.columns);
    assert_eq!(answer[4].data_type, "map(varchar(1), integer)");
    let found = rows(
        &engine,
        "SELECT n, d, bin, at, m, r.b, nothing FROM dune.acme.result_view",
    )
    .await
    .unwrap();
    assert_eq!(
        json!(found),
        json!([[7, "1.50", "0x00ff", "2024-01-02 03:04:05.678 UTC", {"k": 1}, "x", null]])
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing but the view is left"
    );
}

#[tokio::test]
async fn a_failure_while_writing_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine();
    let file = folder.path().join("view.parquet");
    engine.materialize("SELECT 1 AS a", &file).await.unwrap();
    let before = fs::read(&file).unwrap();
    for (sql, error) in [
        (
            "SELECT 10 / (x - 3) AS a FROM UNNEST(sequence(1, 5)) t(x)",
            "DIVISION_BY_ZERO",
        ),
        ("SELECT 1", "MISSING_COLUMN_NAME"),
        ("SELECT 1 AS a, 2 AS A", "DUPLICATE_COLUMN_NAME"),
        ("SELECT NULL AS a", "COLUMN_TYPE_UNKNOWN"),
        ("SELECT nope AS a", "COLUMN_NOT_FOUND"),
    ] {
        assert_eq!(
            engine.materialize(sql, &file).await.unwrap_err().name,
            error,
            "{sql}"
        );
    }
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_replaced_table_is_the_old_one_to_who_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine();
    let (old, new) = (
        folder.path().join("1.parquet"),
        folder.path().join("2.parquet"),
    );
    engine.materialize("SELECT x AS v FROM UNNEST(sequence(1, 10000)) a(x) CROSS JOIN UNNEST(sequence(1, 30)) b(y)", &old).await.unwrap();
    engine
        .materialize("SELECT BIGINT '0' AS v", &new)
        .await
        .unwrap();
    engine.attach(&name("v"), parquet(&old)).await.unwrap();
    let mut reading = engine.query("SELECT v FROM v").await.unwrap().rows;
    let mut seen = reading.next().await.unwrap().unwrap().len();
    engine.attach(&name("v"), parquet(&new)).await.unwrap();
    while let Some(batch) = reading.next().await {
        seen += batch.unwrap().len();
    }
    assert_eq!(seen, 300_000);
    assert_eq!(
        json!(rows(&engine, "SELECT count(*) FROM v").await.unwrap()),
        json!([[1]])
    );
}

#[tokio::test]
async fn a_dropped_query_stops_working() {
    let engine = DataFusionEngine::new(&Settings {
        threads: 1,
        ..Settings::default()
    })
    .unwrap();
    let pairs = "SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x) CROSS JOIN UNNEST(sequence(1, 10000)) b(y)
        CROSS JOIN UNNEST(sequence(1, 10000)) c(z) WHERE x + y + z = 7";
    let mut answer = engine.query(pairs).await.unwrap().rows;
    assert!(
        tokio::time::timeout(Duration::from_millis(300), answer.next())
            .await
            .is_err(),
        "it is long"
    );
    drop(answer);
    // The only thread is free again.
    let began = Instant::now();
    assert_eq!(
        json!(rows(&engine, "SELECT 1").await.unwrap()),
        json!([[1]])
    );
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn only_what_reads_tables_runs() {
    let engine = engine();
    for sql in [
        "DROP TABLE t",
        "COPY (SELECT 1) TO '/tmp/x.parquet'",
        "CREATE TABLE t AS SELECT 1 AS a",
        "INSERT INTO t VALUES (1)",
        "SET x = 1",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd\"",
        "SELECT 1; SELECT 2",
        "",
    ] {
        assert!(engine.describe(sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_deep_statement_is_refused_and_the_engine_lives() {
    let engine = engine();
    for sql in [
        format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT 1{}", " + 1".repeat(20_000)),
        format!("SELECT {}1", "- ".repeat(5_000)),
        format!("SELECT {} 1 {}", "(SELECT".repeat(500), ")".repeat(500)),
        format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(5_000)),
    ] {
        let error = rows(&engine, &sql).await.unwrap_err();
        assert!(
            ["NOT_SUPPORTED", "SYNTAX_ERROR"].contains(&error.name),
            "{error}"
        );
    }
    let sum = format!("SELECT 1{}", " + 1".repeat(60));
    assert_eq!(json!(rows(&engine, &sum).await.unwrap()), json!([[61]]));
}

#[tokio::test]
async fn a_query_beyond_its_memory_fails_alone() {
    let engine = DataFusionEngine::new(&Settings {
        memory_per_query: 1 << 20,
        ..Settings::default()
    })
    .unwrap();
    let sql = "SELECT cardinality(array_agg(lpad('', 1000, 'x') || CAST(x AS VARCHAR))) FROM UNNEST(sequence(1, 10000)) t(x)";
    let error = rows(&engine, sql).await.unwrap_err();
    assert_eq!(error.name, "EXCEEDED_LOCAL_MEMORY_LIMIT", "{error}");
    assert_eq!(
        json!(rows(&engine, "SELECT 1").await.unwrap()),
        json!([[1]])
    );
}

#[tokio::test]
async fn an_error_of_analysis_says_where() {
    let error = engine().describe("SELECT 1,\n  nope").await.unwrap_err();
    assert_eq!(
        (error.name, error.line, error.column),
        ("COLUMN_NOT_FOUND", Some(2), Some(3))
    );
    assert_eq!(
        error.to_string(),
        "line 2:3: Column 'nope' cannot be resolved"
    );
}

#[tokio::test]
async fn hex_literals_are_bytes_as_on_dune() {
    let found = rows(&engine(), "SELECT 0xAb, typeof(0xAb), 0xab = X'AB'")
        .await
        .unwrap();
    assert_eq!(json!(found), json!([["0xab", "varbinary", true]]));
}
