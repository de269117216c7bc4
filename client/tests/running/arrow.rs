//! Results as record batches: each type of Dune's in one of Arrow's that holds it exactly, page by page.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int32Type, Int64Type,
    Time64MicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
};
use arrow_array::{Array as _, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use dune_pipeline::{Error, PageFault};
use serde_json::{Value, json};

use crate::rows::{paged, run, with_results};
use crate::server::Reply;

/// An answer with these columns and rows.
pub(crate) fn table(columns: &[(&str, &str)], rows: Value) -> Value {
    let names: Vec<_> = columns.iter().map(|column| column.0).collect();
    let types: Vec<_> = columns.iter().map(|column| column.1).collect();
    let count = rows.as_array().map_or(0, Vec::len);
    json!({
        "execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED",
        "result": {"rows": rows, "metadata": {
            "column_names": names, "column_types": types, "total_row_count": count,
        }},
    })
}

/// The one batch of such an answer.
async fn batch(columns: &[(&str, &str)], rows: Value) -> Result<RecordBatch, Error> {
    let answer = table(columns, rows);
    let server = with_results(move |_| Reply::json(answer.clone())).await;
    let (run, daily) = run(&server);
    let mut batches = run.results(daily.trend).record_batches();
    let batch = batches.next().await?.unwrap();
    assert!(batches.next().await?.is_none());
    assert_eq!(batches.schema().unwrap(), batch.schema());
    Ok(batch)
}

#[tokio::test]
async fn scalars_are_kept_exactly() {
    let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let columns = [
        ("b", "boolean"),
        ("t", "tinyint"),
        ("i", "integer"),
        ("l", "bigint"),
        ("r", "real"),
        ("d", "double"),
        ("p", "decimal(38,18)"),
        ("u", "uint256"),
        ("v", "varchar(9)"),
        ("h", "varbinary"),
        ("day", "date"),
        ("ts", "timestamp(3) with time zone"),
        ("ns", "timestamp(9)"),
        ("time", "time(6)"),
        ("j", "json"),
    ];
    let rows = json!([
        {"b": true, "t": -128, "i": 2147483647, "l": -9223372036854775808_i64, "r": 0.1, "d": 0.1,
         "p": "12345678901234567890.123456789012345678", "u": max, "v": "\u{e9}\"", "h": "0x00ff",
         "day": "2024-03-05", "ts": "2024-03-05 20:50:59.123 UTC", "ns": "2024-03-05 20:50:59.123456789",
         "time": "20:50:59.5", "j": "[1]"},
        {"d": "NaN", "r": "-Infinity", "unknown": [1]},
        {"b": null, "t": null, "i": null, "l": null, "r": null, "d": null, "p": null, "u": null, "v": null,
         "h": null, "day": null, "ts": null, "ns": null, "time": null, "j": null},
    ]);
    let batch = batch(&columns, rows).await.unwrap();
    assert_eq!((batch.num_rows(), batch.num_columns()), (3, columns.len()));
    for ((name, column_type), field) in columns.iter().zip(batch.schema().fields()) {
        assert_eq!((field.name().as_str(), field.is_nullable()), (*name, true));
        assert_eq!(field.metadata()["dune.type"], *column_type);
    }
    let column = |name: &str| batch.column_by_name(name).unwrap();
    assert!(batch.columns().iter().all(|column| column.is_null(2)));
    assert!(column("b").as_boolean().value(0));
    assert_eq!(column("t").as_primitive::<Int8Type>().value(0), i8::MIN);
    assert_eq!(column("i").as_primitive::<Int32Type>().value(0), i32::MAX);
    assert_eq!(column("l").as_primitive::<Int64Type>().value(0), i64::MIN);
    let real = column("r").as_primitive::<Float32Type>();
    assert_eq!((real.value(0), real.value(1)), (0.1, f32::NEG_INFINITY));
    let double = column("d").as_primitive::<Float64Type>();
    assert!(double.value(0) == 0.1 && double.value(1).is_nan());
    let price = column("p").as_primitive::<Decimal128Type>();
    assert_eq!(price.data_type(), &DataType::Decimal128(38, 18));
    assert_eq!(price.value(0), 12345678901234567890123456789012345678);
    assert_eq!(column("u").as_string::<i32>().value(0), max);
    assert_eq!(column("v").as_string::<i32>().value(0), "\u{e9}\"");
    assert_eq!(column("h").as_binary::<i32>().value(0), [0, 255]);
    assert_eq!(column("day").as_primitive::<Date32Type>().value(0), 19_787);
    let ts = column("ts").as_primitive::<TimestampMillisecondType>();
    assert_eq!(
        ts.data_type(),
        &DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
    );
    assert_eq!(ts.value(0), 1_709_671_859_123);
    let ns = column("ns").as_primitive::<TimestampNanosecondType>();
    assert_eq!(
        ns.data_type(),
        &DataType::Timestamp(TimeUnit::Nanosecond, None)
    );
    assert_eq!(ns.value(0), 1_709_671_859_123_456_789);
    let time = column("time").as_primitive::<Time64MicrosecondType>();
    assert_eq!(time.value(0), 75_059_500_000);
    assert_eq!(column("j").as_string::<i32>().value(0), "[1]");
}

#[tokio::test]
async fn lists_maps_and_rows_are_kept_with_all_that_is_in_them() {
    let batch = batch(
        &[
            ("list", "array(array(bigint))"),
            ("map", "map(bigint, varchar)"),
            ("row", "row(a boolean, \"b c\" timestamp(3))"),
            ("bare", "row(integer, varbinary)"),
        ],
        json!([
            {"list": [[1, null], null, []], "map": {"7": "seven", "-8": null}, "row": [true, "1970-01-01 00:00:01.000"],
             "bare": [5, "0xab"]},
            {"list": null, "map": null, "row": null, "bare": null},
            {"list": [], "map": {}, "row": [null, null], "bare": [null, "0x"]},
        ]),
    )
    .await
    .unwrap();
    let column = |name: &str| batch.column_by_name(name).unwrap();
    assert!(
        batch
            .columns()
            .iter()
            .all(|column| column.null_count() == 1 && column.is_null(1))
    );
    let list = column("list").as_list::<i32>();
    let inner = list.value(0);
    let inner = inner.as_list::<i32>();
    assert_eq!(
        (inner.len(), inner.is_null(1), inner.value(2).len()),
        (3, true, 0)
    );
    let numbers = inner.value(0);
    let numbers = numbers.as_primitive::<Int64Type>();
    assert!(numbers.value(0) == 1 && numbers.is_null(1));
    assert_eq!(list.value(2).len(), 0);
    let map = column("map").as_map();
    let entries = map.value(0);
    assert_eq!(
        entries.column(0).as_primitive::<Int64Type>().values(),
        &[-8, 7]
    );
    let values = entries.column(1).as_string::<i32>();
    assert!(values.is_null(0) && values.value(1) == "seven");
    let row = column("row").as_struct();
    assert_eq!(row.column_names(), ["a", "b c"]);
    assert!(row.column(0).as_boolean().value(0));
    let times = row.column(1).as_primitive::<TimestampMillisecondType>();
    assert!(times.value(0) == 1_000 && times.is_null(2) && row.is_valid(2));
    let bare = column("bare").as_struct();
    assert_eq!(bare.column_names(), ["field0", "field1"]);
    assert_eq!(bare.column(1).as_binary::<i32>().value(0), [0xab]);
}

#[tokio::test]
async fn what_no_type_of_arrows_holds_is_kept_as_text_or_json() {
    let batch = batch(
        &[("h", "hyperloglog"), ("n", ""), ("ps", "timestamp(12)")],
        json!([
            {"h": "AgwB", "n": {"a": [1, 2.50]}, "ps": "2024-03-05 20:50:59.123456789012"},
            {"h": 7, "n": null, "ps": null},
        ]),
    )
    .await
    .unwrap();
    let text = |name: &str, row| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_string::<i32>()
            .value(row)
            .to_owned()
    };
    assert_eq!(
        (text("h", 0).as_str(), text("h", 1).as_str()),
        ("AgwB", "7")
    );
    assert_eq!(text("n", 0), "{\"a\":[1,2.5]}");
    assert_eq!(text("ps", 0), "2024-03-05 20:50:59.123456789012");
    assert!(batch.column(1).is_null(1));
}

#[tokio::test]
async fn a_value_that_its_type_does_not_hold_says_row_column_and_value() {
    for (column_type, value, expected) in [
        (
            "tinyint",
            json!(128),
            "integer `128`, expected a whole number of 8 bits",
        ),
        (
            "bigint",
            json!("many"),
            "string \"many\", expected a whole number of 64 bits",
        ),
        (
            "bigint",
            json!(1.5),
            "floating point `1.5`, expected a whole number",
        ),
        (
            "decimal(4,2)",
            json!("100.00"),
            "expected a number of 4 digits, 2 of them behind the point",
        ),
        (
            "decimal(4,2)",
            json!("1.001"),
            "expected a number of 4 digits",
        ),
        ("boolean", json!("yes"), "expected true or false"),
        ("varbinary", json!("00"), "expected a varbinary"),
        ("date", json!("2024-02-30"), "expected a date"),
        (
            "timestamp(3)",
            json!("2024-03-05 20:50:59.0001"),
            "at most 3 digits of a second",
        ),
        (
            "timestamp(9)",
            json!("2300-01-01 00:00:00"),
            "expected a timestamp",
        ),
        (
            "array(bigint)",
            json!({"a": 1}),
            "invalid type: map, expected a list",
        ),
        (
            "array(bigint)",
            json!([1, "x"]),
            "string \"x\", expected a whole number",
        ),
        (
            "row(a bigint)",
            json!([1, 2]),
            "invalid length 2, expected a row of 1 values",
        ),
        (
            "row(a bigint)",
            json!([]),
            "invalid length 0, expected a row of 1 values",
        ),
        (
            "varchar",
            json!([1]),
            "invalid type: sequence, expected text",
        ),
    ] {
        let columns = [("x", column_type), ("y", "bigint")];
        let rows = json!([{"x": null, "y": 1}, {"y": 2, "x": value}]);
        let error = batch(&columns, rows).await.unwrap_err();
        let Error::Row(row) = &error else {
            panic!("{error}");
        };
        assert_eq!((row.index(), row.column()), (1, Some("x")), "{error}");
        assert_eq!(row.column_type(), Some(column_type));
        assert_eq!(row.value(), Some(value.to_string().as_str()));
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn pages_become_batches_of_one_schema_and_a_limit_cuts_the_last() {
    let server = with_results(|request| Reply::json(paged(request, 10, 4))).await;
    let (run, daily) = run(&server);
    let results = run.results(daily.trend).read_ahead();
    let mut batches = results.record_batches();
    let mut rows = Vec::new();
    while let Some(batch) = batches.next().await.unwrap() {
        assert_eq!(batch.schema(), batches.schema().unwrap());
        rows.extend_from_slice(batch.column(0).as_primitive::<Int64Type>().values());
    }
    assert_eq!(rows, (0..10).collect::<Vec<_>>());
    assert_eq!(batches.total(), Some(10));

    let mut batches = run.results(daily.trend).limit(5).record_batches();
    let mut counts = Vec::new();
    while let Some(batch) = batches.next().await.unwrap() {
        counts.push(batch.num_rows());
    }
    assert_eq!(counts, [4, 1]);
}

#[tokio::test]
async fn no_rows_are_a_batch_with_columns() {
    for rows in [json!([]), json!(null)] {
        let batch = batch(&[("a", "bigint"), ("b", "varchar")], rows)
            .await
            .unwrap();
        assert_eq!((batch.num_rows(), batch.num_columns()), (0, 2));
    }
}

#[tokio::test]
async fn a_page_with_other_columns_or_types_is_refused() {
    let server = with_results(|request| {
        let mut answer = paged(request, 10, 4);
        if request.query("offset").unwrap() == "4" {
            answer["result"]["metadata"]["column_types"] = json!(["varchar"]);
        }
        Reply::json(answer)
    })
    .await;
    let (run, daily) = run(&server);
    let mut batches = run.results(daily.trend).record_batches();
    batches.next().await.unwrap();
    let error = batches.next().await.unwrap_err();
    let Error::Pages { fault, .. } = &error else {
        panic!("{error}");
    };
    let (expected, found) = ("n bigint".to_owned(), "n varchar".to_owned());
    assert_eq!(*fault, PageFault::Columns { expected, found });
}
