//! Dune's types in rows, as Dune writes them, read into types of Rust that lose nothing.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, BigUint};
use dune_pipeline::rows::{
    json, json_or_null, number, number_or_null, timestamp, timestamp_or_null, varbinary,
    varbinary_or_null,
};
use dune_pipeline::{Error, Results};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::rows::{run, with_results};
use crate::server::Reply;

/// The rows of a result that holds these.
pub(crate) async fn read<T: DeserializeOwned>(rows: Value) -> Result<Vec<T>, Error> {
    read_written(&rows.to_string()).await
}

/// The rows of a result in which they are written like this.
pub(crate) async fn read_written<T: DeserializeOwned>(rows: &str) -> Result<Vec<T>, Error> {
    let answer = format!(
        r#"{{"execution_id": "01C", "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED",
            "result": {{"rows": {rows}, "metadata": {{
                "column_names": ["x"], "column_types": ["of x"]}}}}}}"#
    );
    let json = Reply::json(Value::Null);
    let server = with_results(move |_| json.clone().with_body(answer.clone())).await;
    let (run, daily) = run(&server);
    let results: Results = run.results(daily.trend);
    results.rows().await
}

/// What an error says about the value `x` of the only row, read into a `T`.
pub(crate) async fn misfit<T: DeserializeOwned + std::fmt::Debug>(x: Value) -> String {
    let error = read::<T>(json!([{"x": x}])).await.unwrap_err();
    let text = error.to_string();
    let (_, text) = text.split_once("column `x` (of x): ").unwrap();
    text.to_owned()
}

pub(crate) const MAX: &str =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";
pub(crate) const MIN: &str =
    "-57896044618658097711785492504343953926634992332820282019728792003956564819968";

#[tokio::test]
async fn the_largest_and_smallest_numbers_keep_every_digit() {
    #[derive(Deserialize)]
    struct Row {
        #[serde(deserialize_with = "number")]
        supply: BigUint,
        #[serde(deserialize_with = "number")]
        change: BigInt,
        text: String,
        #[serde(deserialize_with = "number")]
        price: BigDecimal,
        #[serde(default, deserialize_with = "number_or_null")]
        fee: Option<BigDecimal>,
    }
    let price = "12345678901234567890.123456789012345678";
    let rows: Vec<Row> = read(json!([
        {"supply": MAX, "text": MAX, "change": MIN, "price": price, "fee": null},
        {"supply": "0", "text": "0", "change": "-1", "price": "1.50", "fee": "0.000000000000000001"},
    ]))
    .await
    .unwrap();
    assert_eq!(rows[0].supply.to_string(), MAX);
    assert_eq!(rows[0].change.to_string(), MIN);
    assert_eq!(rows[0].text, MAX);
    assert_eq!(rows[0].price.to_string(), price);
    assert_eq!(rows[0].fee, None);
    // Nor does a JSON number lose any, however long it is.
    let numbers: Vec<Row> = read_written(&format!(
        r#"[{{"supply": {MAX}, "text": "", "change": {MIN}, "price": {price}}}]"#
    ))
    .await
    .unwrap();
    assert_eq!(numbers[0].supply.to_string(), MAX);
    assert_eq!(numbers[0].change.to_string(), MIN);
    assert_eq!(numbers[0].price.to_string(), price);
    // The digits behind the point are those of the column's type.
    assert_eq!(rows[1].price.to_string(), "1.50");
    let fee = rows[1].fee.as_ref().unwrap();
    assert_eq!(fee.as_bigint_and_exponent(), (BigInt::from(1), 18));
}

#[tokio::test]
async fn doubles_are_read_to_the_last_bit_and_also_where_they_are_no_number() {
    #[derive(Deserialize)]
    struct Row {
        #[serde(deserialize_with = "number_or_null")]
        x: Option<f64>,
    }
    // Any bits that are a number: many of them are read one bit off where that is not seen to.
    let bits = (1..5_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut exact: Vec<f64> = bits.map(f64::from_bits).filter(|x| x.is_finite()).collect();
    exact.extend([0.1, 5e-324, f64::MAX, f64::MIN_POSITIVE, -0.0, 8.41e20]);
    let mut rows: Vec<Value> = exact.iter().map(|x| json!({"x": x})).collect();
    for x in ["NaN", "Infinity", "-Infinity"] {
        rows.push(json!({"x": x}));
    }
    rows.push(json!({"x": null}));
    let rows: Vec<Row> = read(Value::Array(rows)).await.unwrap();
    let values: Vec<_> = rows.into_iter().map(|row| row.x).collect();
    for (value, expected) in values.iter().zip(&exact) {
        assert_eq!(value.map(f64::to_bits), Some(expected.to_bits()));
    }
    let [nan, above, below, null] = values[exact.len()..] else {
        panic!("{values:?}");
    };
    assert!(nan.unwrap().is_nan());
    assert_eq!(
        (above, below),
        (Some(f64::INFINITY), Some(f64::NEG_INFINITY))
    );
    assert_eq!(null, None);
}

#[tokio::test]
async fn bytes_are_read_from_their_digits() {
    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(deserialize_with = "varbinary")]
        x: [u8; 2],
        #[serde(default, deserialize_with = "varbinary_or_null")]
        data: Option<Vec<u8>>,
    }
    let rows: Vec<Row> = read(json!([
        {"x": "0x00ff", "data": "0xdeadbeef"}, {"x": "0xAbCd", "data": null}, {"x": "0x0000", "data": "0x"},
    ]))
    .await
    .unwrap();
    assert_eq!((rows[0].x, rows[1].x), ([0, 255], [0xab, 0xcd]));
    let data = |row: usize| rows[row].data.as_deref();
    assert_eq!(data(0), Some(&[0xde, 0xad, 0xbe, 0xef][..]));
    assert_eq!((data(1), data(2)), (None, Some(&[][..])));
    for wrong in [
        "0x0", "0x00f", "00ff", "0x00fg", "0x00ff00", "0x", "", "0x\u{e9}",
    ] {
        let said = misfit::<Row>(json!(wrong)).await;
        assert!(said.contains("expected a varbinary"), "{said}");
    }
    assert!(
        misfit::<Row>(json!(7))
            .await
            .contains("invalid type: integer `7`")
    );
    assert!(
        misfit::<Row>(json!(null))
            .await
            .contains("invalid type: null")
    );
}

#[tokio::test]
async fn times_are_read_with_and_without_a_zone() {
    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(deserialize_with = "timestamp")]
        x: SystemTime,
        #[serde(default, deserialize_with = "timestamp_or_null")]
        end: Option<SystemTime>,
    }
    let rows: Vec<Row> = read(json!([
        {"x": "2024-03-05 20:50:59.000 UTC", "end": "2024-03-05 20:50:59.000"},
        {"x": "2024-03-05T20:50:59Z", "end": null},
        {"x": "2024-03-05 22:20:59.123456789 +01:30"},
        {"x": "1969-12-31 23:59:59.5"},
    ]))
    .await
    .unwrap();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_671_859);
    assert_eq!((rows[0].x, rows[0].end), (time, Some(time)));
    assert_eq!((rows[1].x, rows[1].end), (time, None));
    assert_eq!(rows[2].x, time + Duration::from_nanos(123_456_789));
    let half = Duration::from_millis(500);
    assert_eq!(rows[3].x, SystemTime::UNIX_EPOCH - half);
    for wrong in [
        "2024-03-05 20:50:59.000 America/New_York",
        "2024-02-30 00:00:00",
        "soon",
    ] {
        let said = misfit::<Row>(json!(wrong)).await;
        assert!(said.contains("expected a timestamp"), "{said}");
    }
}

#[cfg(feature = "chrono")]
#[tokio::test]
async fn times_and_dates_are_those_of_chrono() {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
    use dune_pipeline::rows::{date, date_or_null};

    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(deserialize_with = "date")]
        x: NaiveDate,
        #[serde(default, deserialize_with = "date_or_null")]
        until: Option<NaiveDate>,
        #[serde(default, deserialize_with = "timestamp_or_null")]
        time: Option<DateTime<Utc>>,
        #[serde(default, deserialize_with = "timestamp_or_null")]
        bare: Option<NaiveDateTime>,
    }
    let rows: Vec<Row> = read(json!([
        {"x": "2021-06-01", "until": null, "time": "2024-03-05 20:50:59.25 UTC", "bare": "2024-03-05 20:50:59.25"},
        {"x": "2021-06-01T00:00:00Z", "until": "1969-12-31"},
        {"x": "2021-06-01 00:00:00.000 UTC"},
    ]))
    .await
    .unwrap();
    let day = NaiveDate::from_ymd_opt(2021, 6, 1).unwrap();
    assert!(rows.iter().all(|row| row.x == day));
    assert_eq!(rows[0].until, None);
    assert_eq!(rows[1].until, NaiveDate::from_ymd_opt(1969, 12, 31));
    let time = rows[0].time.unwrap();
    assert_eq!(time.timestamp_millis(), 1_709_671_859_250);
    assert_eq!(rows[0].bare, Some(time.naive_utc()));
    for wrong in [
        "2021-06-01 10:00:00.000 UTC",
        "2021-02-29",
        "01.06.2021",
        "2021-6-1",
    ] {
        let said = misfit::<Row>(json!(wrong)).await;
        assert!(said.contains("expected a date"), "{said}");
    }
}

#[cfg(feature = "jiff")]
#[tokio::test]
async fn times_and_dates_are_those_of_jiff() {
    use dune_pipeline::rows::{date, date_or_null};
    use jiff::civil::{Date, DateTime};
    use jiff::{Timestamp, ZonedDateTime};

    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(deserialize_with = "date")]
        x: Date,
        #[serde(default, deserialize_with = "date_or_null")]
        until: Option<Date>,
        #[serde(deserialize_with = "timestamp")]
        time: Timestamp,
        #[serde(deserialize_with = "timestamp")]
        zoned: ZonedDateTime,
        #[serde(deserialize_with = "timestamp")]
        bare: DateTime,
    }
    let rows: Vec<Row> = read(json!([{
        "x": "2021-06-01T00:00:00Z", "until": "9999-12-31", "time": "2024-03-05 20:50:59.25 UTC",
        "zoned": "2024-03-05 22:20:59.25 +01:30", "bare": "2024-03-05 20:50:59.25",
    }]))
    .await
    .unwrap();
    let row = &rows[0];
    assert_eq!(row.x, Date::constant(2021, 6, 1));
    assert_eq!(row.until, Some(Date::MAX));
    assert_eq!(row.time.as_millisecond(), 1_709_671_859_250);
    assert_eq!(row.zoned.timestamp(), row.time);
    assert_eq!(row.zoned.datetime(), row.bare);
    assert_eq!(
        row.bare,
        DateTime::constant(2024, 3, 5, 20, 50, 59, 250_000_000)
    );

    #[derive(Debug, Deserialize)]
    struct Day {
        #[serde(rename = "x", deserialize_with = "date")]
        _x: Date,
    }
    let said = misfit::<Day>(json!("2021-06-01 10:00:00.000 UTC")).await;
    assert!(said.contains("expected a date"), "{said}");
    #[derive(Debug, Deserialize)]
    struct Instant {
        #[serde(rename = "x", deserialize_with = "timestamp")]
        _x: Timestamp,
    }
    // Of the year 9999 its last day is missing there.
    let said = misfit::<Instant>(json!("9999-12-31 00:00:00.000 UTC")).await;
    assert!(said.contains("expected a timestamp"), "{said}");
}

#[cfg(feature = "time")]
#[tokio::test]
async fn times_and_dates_are_those_of_time() {
    use dune_pipeline::rows::date;
    use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, UtcDateTime};

    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(deserialize_with = "date")]
        x: Date,
        #[serde(deserialize_with = "timestamp")]
        time: OffsetDateTime,
        #[serde(deserialize_with = "timestamp")]
        utc: UtcDateTime,
        #[serde(deserialize_with = "timestamp")]
        bare: PrimitiveDateTime,
    }
    let rows: Vec<Row> = read(json!([{
        "x": "2021-06-01", "time": "2024-03-05 20:50:59.25 UTC",
        "utc": "2024-03-05T20:50:59.25Z", "bare": "2024-03-05 20:50:59.25",
    }]))
    .await
    .unwrap();
    let row = &rows[0];
    assert_eq!(
        row.x,
        Date::from_calendar_date(2021, Month::June, 1).unwrap()
    );
    assert_eq!(row.time.unix_timestamp_nanos(), 1_709_671_859_250_000_000);
    assert_eq!(row.utc, row.time.to_utc());
    assert_eq!(row.bare.assume_utc(), row.time);
}

#[tokio::test]
async fn lists_maps_rows_and_json_are_what_they_hold() {
    #[derive(Debug, Deserialize)]
    struct Row {
        list: Vec<Option<String>>,
        map: BTreeMap<String, f64>,
        // A `row(a bigint, b varchar)`, which comes without names.
        row: (i64, String),
        #[serde(deserialize_with = "json")]
        x: Vec<u32>,
        #[serde(default, deserialize_with = "json_or_null")]
        more: Option<Value>,
    }
    let rows: Vec<Row> = read(json!([{
        "list": ["a", null], "map": {"1": 0.5, "2": 1}, "row": [7, "seven"],
        "x": "[5, 30]", "more": null,
    }]))
    .await
    .unwrap();
    let row = &rows[0];
    assert_eq!(row.list, [Some("a".to_owned()), None]);
    assert_eq!(row.map["1"] + row.map["2"], 1.5);
    assert_eq!(row.row, (7, "seven".to_owned()));
    assert_eq!((row.x.as_slice(), &row.more), (&[5, 30][..], &None));

    #[derive(Debug, Deserialize)]
    struct Json {
        #[serde(rename = "x", deserialize_with = "json")]
        _x: Vec<u32>,
    }
    let said = misfit::<Json>(json!("[5, -1]")).await;
    assert!(
        said.starts_with("the JSON in the text does not fit"),
        "{said}"
    );
    assert!(said.ends_with("the value is \"[5, -1]\""), "{said}");
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_shown_cut_and_without_the_key() {
    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(rename = "x")]
        _x: i64,
    }
    let said = misfit::<Row>(json!(format!("{} {}", crate::KEY, "y".repeat(500)))).await;
    assert!(!said.contains(crate::KEY), "{said}");
    assert!(said.ends_with("yyy..."), "{said}");
    let said = misfit::<Row>(json!([1, {"a": null}])).await;
    assert!(said.ends_with("the value is [1,{\"a\":null}]"), "{said}");
}
