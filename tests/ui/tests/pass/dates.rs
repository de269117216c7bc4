//! Dates and times of others' crates as parameters: `YYYY-MM-DD hh:mm:ss` in UTC, which is the one form that Dune has.

use chrono::{FixedOffset, NaiveDate, TimeZone, Utc};
use dune_pipeline::{ParameterValue, Pipeline, query};
use jiff::{Span, Timestamp, civil, tz};
use proptest::prelude::*;
use serde_json::{Value, json};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset};

use crate::nodes;

fn pipeline(value: impl ParameterValue) -> Pipeline {
    let mut builder = Pipeline::builder();
    builder.node("only", query(1).parameter("day", value));
    builder.build().unwrap()
}

fn sent(value: impl ParameterValue) -> Value {
    nodes(&pipeline(value))[0]["query_execution"]["query_parameters"]["day"].clone()
}

fn refused(value: impl ParameterValue) -> String {
    let mut builder = Pipeline::builder();
    builder.node("only", query(1).parameter("day", value));
    builder.build().unwrap_err().to_string()
}

#[test]
fn a_date_is_its_first_second() {
    assert_eq!(sent(civil::date(2026, 1, 31)), json!("2026-01-31 00:00:00"));
    assert_eq!(
        sent(NaiveDate::from_ymd_opt(2026, 1, 31).unwrap()),
        json!("2026-01-31 00:00:00")
    );
    assert_eq!(
        sent(Date::from_calendar_date(2026, Month::January, 31).unwrap()),
        json!("2026-01-31 00:00:00")
    );
}

#[test]
fn what_has_no_offset_is_taken_as_utc() {
    let civil = NaiveDate::from_ymd_opt(987, 6, 5)
        .unwrap()
        .and_hms_opt(4, 3, 2);
    assert_eq!(sent(civil), json!("0987-06-05 04:03:02"));
    let civil = civil::date(987, 6, 5).at(4, 3, 2, 0);
    assert_eq!(sent(civil), json!("0987-06-05 04:03:02"));
    let day = Date::from_calendar_date(987, Month::June, 5).unwrap();
    let civil = PrimitiveDateTime::new(day, Time::from_hms(4, 3, 2).unwrap());
    assert_eq!(sent(civil), json!("0987-06-05 04:03:02"));
}

#[test]
fn what_has_an_offset_is_converted_to_utc() {
    let east = FixedOffset::east_opt(2 * 3600 + 1800).unwrap();
    let new_year = east.with_ymd_and_hms(2026, 1, 1, 1, 0, 0).unwrap();
    assert_eq!(sent(new_year), json!("2025-12-31 22:30:00"));
    assert_eq!(
        sent(new_year.with_timezone(&Utc)),
        json!("2025-12-31 22:30:00")
    );

    let east = tz::Offset::from_seconds(2 * 3600 + 1800).unwrap();
    let new_year = east.to_timestamp(civil::date(2026, 1, 1).at(1, 0, 0, 0));
    let new_year = new_year.unwrap().to_zoned_datetime(east.to_time_zone());
    assert_eq!(sent(&new_year), json!("2025-12-31 22:30:00"));
    assert_eq!(sent(new_year.timestamp()), json!("2025-12-31 22:30:00"));

    let east = UtcOffset::from_hms(2, 30, 0).unwrap();
    let new_year = OffsetDateTime::new_in_offset(
        Date::from_calendar_date(2026, Month::January, 1).unwrap(),
        Time::from_hms(1, 0, 0).unwrap(),
        east,
    );
    assert_eq!(sent(new_year), json!("2025-12-31 22:30:00"));
    assert_eq!(
        sent(UtcDateTime::from_unix_timestamp(new_year.unix_timestamp()).unwrap()),
        json!("2025-12-31 22:30:00")
    );
}

#[test]
fn a_fraction_of_a_second_is_cut_off_before_and_after_1970() {
    for (seconds, text) in [(0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59")] {
        assert_eq!(
            sent(Utc.timestamp_opt(seconds, 999_999_999).unwrap()),
            json!(text)
        );
        assert_eq!(
            sent(Timestamp::constant(seconds, 0) + Span::new().nanoseconds(999_999_999)),
            json!(text)
        );
        let nanoseconds = i128::from(seconds) * 1_000_000_000 + 999_999_999;
        assert_eq!(
            sent(OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap()),
            json!(text)
        );
    }
    let civil = civil::date(1969, 12, 31).at(23, 59, 59, 999_999_999);
    assert_eq!(sent(civil), json!("1969-12-31 23:59:59"));
    // The first nanosecond of a leap second is told as the second it follows.
    let leap = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap();
    assert_eq!(
        sent(leap.and_hms_nano_opt(23, 59, 59, 1_000_000_000)),
        json!("2016-12-31 23:59:59")
    );
}

#[test]
fn a_date_that_is_not_there_leaves_the_parameter_out() {
    assert_eq!(sent(None::<NaiveDate>), Value::Null);
    assert_eq!(sent(None::<civil::Date>), Value::Null);
    assert_eq!(sent(None::<Date>), Value::Null);
}

#[test]
fn a_year_without_four_digits_is_refused_when_the_pipeline_is_built() {
    let why = "note: a datetime of Dune's, in UTC, has a year from 0000 to 9999";
    for text in [
        refused(NaiveDate::from_ymd_opt(-1, 1, 1)),
        refused(NaiveDate::MAX),
        refused(chrono::DateTime::<Utc>::MIN_UTC),
        refused(civil::date(-1, 12, 31)),
        refused(civil::DateTime::MIN),
        refused(Timestamp::MIN),
        refused(Timestamp::MIN.to_zoned_datetime(tz::TimeZone::UTC)),
        refused(Date::from_calendar_date(-1, Month::January, 1).unwrap()),
    ] {
        assert!(text.starts_with("parameter `day` cannot be `"), "{text}");
        assert!(text.contains(why), "{text}");
    }
    // In its own offset it is the last hour of the year 9999; in UTC there is none of it.
    let west = OffsetDateTime::new_in_offset(
        Date::MAX,
        Time::from_hms(23, 0, 0).unwrap(),
        UtcOffset::from_hms(-2, 0, 0).unwrap(),
    );
    assert!(refused(west).contains(why));
}

#[test]
fn the_ends_of_the_years_that_dune_has_are_sent() {
    for (day, text) in [
        (civil::date(0, 1, 1), "0000-01-01 00:00:00"),
        (civil::Date::MAX, "9999-12-31 00:00:00"),
    ] {
        assert_eq!(sent(day), json!(text));
    }
    assert_eq!(sent(civil::DateTime::MAX), json!("9999-12-31 23:59:59"));
    // The last there is, in whichever offset it is told.
    let west = tz::Offset::MIN.to_time_zone();
    for last in [tz::TimeZone::UTC, west] {
        assert_eq!(
            sent(Timestamp::MAX.to_zoned_datetime(last)),
            json!("9999-12-30 22:00:00")
        );
    }
}

proptest! {
    /// From the first second of the year 0 to the last that jiff has as an instant.
    #[test]
    fn an_instant_is_sent_alike_by_each_crate_whatever_its_offset(
        seconds in -62_167_219_200_i64..=253_402_207_200,
        nanos in 0_u32..1_000_000_000,
        east in -86_399_i32..=86_399,
    ) {
        let chrono = chrono::DateTime::<Utc>::from_timestamp(seconds, nanos).unwrap();
        let second = chrono::DateTime::<Utc>::from_timestamp(seconds, 0).unwrap();
        let text = json!(format!("{:?}", second.naive_utc()).replace('T', " "));
        prop_assert_eq!(sent(chrono), text.clone());
        prop_assert_eq!(sent(chrono.with_timezone(&FixedOffset::east_opt(east).unwrap())), text.clone());

        let jiff = Timestamp::new(seconds, nanos.try_into().unwrap()).unwrap();
        let offset = tz::Offset::from_seconds(east).unwrap();
        prop_assert_eq!(sent(jiff), text.clone());
        prop_assert_eq!(sent(jiff.to_zoned_datetime(offset.to_time_zone())), text.clone());

        let nanoseconds = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap();
        prop_assert_eq!(sent(time), text.clone());
        // Its offset may lead it into a year that the crate has not.
        if let Some(there) = time.checked_to_offset(UtcOffset::from_whole_seconds(east).unwrap()) {
            prop_assert_eq!(sent(there), text);
        }
    }
}
