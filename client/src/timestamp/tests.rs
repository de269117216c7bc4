//! Texts of Dune's and the instants they mean, each day held against another crate's calendar.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::*;

fn timestamp(text: &str) -> Timestamp {
    Timestamp::read(Some(text.to_owned())).unwrap()
}

fn after_1970(seconds: u64, nanos: u32) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))
}

#[test]
fn times_that_dune_writes_keep_their_text_and_mean_their_instant() {
    let text = "2024-12-20T11:04:18.724658237Z";
    let time = timestamp(text);
    assert_eq!(time.as_str(), text);
    assert_eq!(time.to_string(), text);
    assert_eq!(format!("{time:?}"), format!("{text:?}"));
    assert_eq!(
        time.to_system_time(),
        after_1970(1_734_692_658, 724_658_237)
    );
}

#[test]
fn every_form_in_which_dune_writes_a_time_is_read() {
    for text in [
        "2024-03-05T20:50:59Z",
        "2024-03-05t20:50:59z",
        "2024-03-05 20:50:59.000 UTC",
        "2024-03-05T20:50:59",
        "2024-03-05T21:50:59+01:00",
        "2024-03-05T15:20:59.0000000001-05:30",
        "2024-03-05 21:50:59.000 +01:00",
        " 2024-03-05T20:50:59Z ",
    ] {
        let instant = timestamp(text).to_system_time();
        assert_eq!(instant, after_1970(1_709_671_859, 0), "{text}");
    }
}

#[test]
fn what_is_no_time_is_kept_and_means_none() {
    for text in [
        "soon",
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:61Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00Zulu",
        "2024-01-01",
        "+024-01-01T00:00:00Z",
        "２０２４-01-01T00:00:00Z",
    ] {
        let time = timestamp(text);
        assert_eq!(time.as_str(), text);
        assert_eq!(time.to_system_time(), None, "{text}");
    }
    assert_eq!(Timestamp::read(Some(" ".to_owned())), None);
    assert_eq!(Timestamp::read(None), None);
}

#[test]
fn the_zero_of_a_clock_is_no_time_to_rely_on() {
    assert!(timestamp("1970-01-01T00:00:00Z").is_zero());
    assert!(timestamp("0001-01-01T00:00:00Z").is_zero());
    assert!(!timestamp("2026-01-20T10:31:04.36241Z").is_zero());
}

#[test]
fn the_time_since_another_is_told_forwards_only() {
    let time = timestamp("1970-01-01T00:00:10.5Z");
    let second = |seconds| after_1970(seconds, 0).unwrap();
    assert_eq!(time.since(second(3)), Some(Duration::from_millis(7_500)));
    assert_eq!(time.since(second(11)), None);
}

proptest! {
    #[test]
    fn instants_are_those_of_another_calendar(
        seconds in -62_135_596_800_i64..253_402_300_800,
        nanos in 0_u32..1_000_000_000,
    ) {
        let there = chrono::DateTime::<chrono::Utc>::from_timestamp(seconds, nanos).unwrap();
        let here = parse(&format!("{there:?}")).unwrap();
        prop_assert_eq!((here.seconds, here.nanos), (seconds, nanos));
    }

    #[test]
    fn no_text_is_too_much(text in "[0-9TtZz:. +-]{0,40}|\\PC{0,40}") {
        let time = Timestamp::read(Some(text.clone()));
        prop_assert_eq!(time.map(|time| time.to_string()), Some(text).filter(|text| !text.trim().is_empty()));
    }
}

#[cfg(feature = "chrono")]
#[test]
fn the_instant_comes_as_chrono_has_it() {
    let time = timestamp("2024-12-20T11:04:18.724658237Z").to_chrono();
    let nanos = time.and_then(|time| time.timestamp_nanos_opt());
    assert_eq!(nanos, Some(1_734_692_658_724_658_237));
    assert_eq!(timestamp("soon").to_chrono(), None);
}

#[cfg(feature = "jiff")]
#[test]
fn the_instant_comes_as_jiff_has_it() {
    let time = timestamp("1969-12-31T23:59:59.25+00:00").to_jiff().unwrap();
    assert_eq!(time.as_nanosecond(), -750_000_000);
    assert_eq!(timestamp("soon").to_jiff(), None);
    // A day of the year 9999 that jiff has, but not as an instant.
    let last = timestamp("9999-12-31 23:59:59.5 UTC");
    assert_eq!(last.to_jiff(), None);
    let civil = last.instant.and_then(Instant::to_jiff_civil).unwrap();
    assert_eq!(civil.to_string(), "9999-12-31T23:59:59.5");
}

#[cfg(feature = "jiff")]
proptest! {
    #[test]
    fn days_and_times_of_jiff_are_those_of_another_calendar(
        seconds in -62_167_219_200_i64..253_402_300_800,
        nanos in 0_u32..1_000_000_000,
    ) {
        let there = chrono::DateTime::<chrono::Utc>::from_timestamp(seconds, 0).unwrap();
        let here = Instant { seconds, nanos };
        let civil = here.to_jiff_civil().unwrap();
        let fraction = i32::try_from(nanos).unwrap();
        prop_assert_eq!(civil.subsec_nanosecond(), fraction);
        let second = civil.with().subsec_nanosecond(0).build().unwrap();
        prop_assert_eq!(second.to_string(), format!("{:?}", there.naive_utc()));
        if let Some(instant) = here.to_jiff() {
            prop_assert_eq!((instant.as_second(), instant.subsec_nanosecond()), match seconds {
                // It counts what is beyond a whole second towards 1970.
                ..0 if nanos > 0 => (seconds + 1, fraction - 1_000_000_000),
                _ => (seconds, fraction),
            });
        }
    }
}

#[cfg(feature = "time")]
#[test]
fn the_instant_comes_as_time_has_it() {
    let time = timestamp("1969-12-31T23:59:59.25+00:00").to_time().unwrap();
    assert_eq!(time.unix_timestamp_nanos(), -750_000_000);
    assert_eq!(timestamp("soon").to_time(), None);
}
