//! Tables of one's own: made and filled by the client, read in SQL, seen among the datasets, counted in the usage.

use dune_pipeline::{
    ColumnType, CsvUpload, DatasetFilter, DatasetType, NewColumn, NewTable, TableRows, UsageDays,
    pipeline, query,
};
use serde::{Deserialize, Serialize};

use crate::sample::Sample;

const WEI: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Label {
    address: String,
    name: Option<String>,
    wei: String,
}

fn label(address: &str, name: Option<&str>, wei: &str) -> Label {
    Label {
        address: address.to_owned(),
        name: name.map(str::to_owned),
        wei: wei.to_owned(),
    }
}

#[tokio::test]
async fn a_table_is_made_filled_read_and_deleted_by_the_client() {
    let sample = Sample::with_days(1).await;
    let dune = &sample.dune;
    let before = dune.get_usage(UsageDays::default()).await.unwrap();
    let table = NewTable::new("acme", "labels")
        .columns([NewColumn::new("address", ColumnType::Varbinary).nullable(false)])
        .column("name", ColumnType::Varchar)
        .column("wei", ColumnType::Uint256);
    let made = dune.create_table(&table).await.unwrap();
    assert!(!made.already_existed);
    assert_eq!(made.full_name, "dune.acme.labels");
    assert!(dune.create_table(&table).await.unwrap().already_existed);

    let csv = format!("address,name,wei\n0xab,one,1\n0xcd,,{WEI}\n");
    let inserted = dune
        .insert_rows("acme", "labels", TableRows::csv(csv))
        .await
        .unwrap();
    assert_eq!(inserted.rows_written, Some(2));
    let more = TableRows::json([label("0xef", Some("three"), "3")]).unwrap();
    dune.insert_rows("acme", "labels", more).await.unwrap();
    let wrong = TableRows::csv("address,wei\n0x01,5\n,6\n");
    let error = dune.insert_rows("acme", "labels", wrong).await.unwrap_err();
    let words = "line 3, column `address`: there is no value";
    assert!(error.to_string().contains(words), "{error}");

    let query = made
        .example_query
        .unwrap()
        .replace(" limit", " order by wei desc limit");
    let execution = dune.execute_sql(query).await.unwrap();
    execution.wait().await.unwrap();
    let rows: Vec<Label> = execution.rows().await.unwrap();
    assert_eq!(
        rows,
        [
            label("0xcd", None, WEI),
            label("0xef", Some("three"), "3"),
            label("0xab", Some("one"), "1"),
        ]
    );

    let tables = dune.list_uploads().all().await.unwrap();
    assert_eq!(tables[0].full_name, "dune.acme.labels");
    assert_eq!(tables[0].columns[0].nullable, Some(false));
    let stored = tables[0].table_size_bytes.unwrap();
    let after = dune.get_usage(UsageDays::default()).await.unwrap();
    assert_eq!(
        after.bytes_used,
        before.bytes_used.map(|bytes| bytes + stored)
    );
    assert_eq!(after.billing_periods[0].credits_used, Some(0.0));
    let dataset = dune.get_dataset("dune.acme.labels").await.unwrap();
    assert_eq!(dataset.dataset_type, Some(DatasetType::UploadedTable));
    assert_eq!(dataset.columns[2].column_type, "uint256");
    let filter = DatasetFilter::default()
        .dataset_type(DatasetType::MaterializedView)
        .owner("acme");
    let views = dune.list_datasets(filter).page_size(1).all().await.unwrap();
    assert!(views.len() > 1 && views.iter().all(|view| !view.columns.is_empty()));

    dune.clear_table("acme", "labels").await.unwrap();
    dune.delete_table("acme", "labels").await.unwrap();
    assert!(dune.list_uploads().all().await.unwrap().is_empty());
    let error = dune.clear_table("acme", "labels").await.unwrap_err();
    assert!(
        error.to_string().contains("Table not found: acme.labels"),
        "{error}"
    );
}

#[tokio::test]
async fn a_pipeline_reads_what_a_csv_brought_and_has_no_node_for_it() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Sum {
        total: f64,
    }
    let sql = "select sum(rate) as total from dune.acme.dataset_rates";
    let sample = Sample::with_days_and(1, &[(9001, sql)]).await;
    for (rates, total) in [
        ("day,rate\n2026-01-01,1.5\n2026-01-02,2\n", 3.5),
        ("day,rate\n2026-01-03,7\n", 7.0),
    ] {
        let uploaded = sample
            .dune
            .upload_csv(&CsvUpload::new("rates", rates))
            .await
            .unwrap();
        assert_eq!(uploaded.table_name, "dataset_rates");
        let daily = pipeline![total = query(9001)];
        let run = sample.dune.execute(&daily).await.unwrap();
        run.wait().await.unwrap();
        let rows: Vec<Sum> = run.rows(daily.total).await.unwrap();
        assert_eq!(rows, [Sum { total }]);
    }
    let lineage = sample.dune.query_pipeline(query(9001)).await.unwrap();
    let lineage: serde_json::Value = serde_json::from_str(&lineage.to_json().unwrap()).unwrap();
    assert_eq!(
        lineage["pipeline"]["nodes"].as_array().unwrap().len(),
        1,
        "{lineage}"
    );
}
