//! Times and dates in rows: Dune writes `2024-03-05 20:50:59.000 UTC`, the same without a zone, and dates in three forms.
//! They are read into the standard library's time, and into those of `chrono`, `jiff` and `time` by feature.

use std::time::SystemTime;

use serde::de::{DeserializeSeed as _, Deserializer};

use super::text::{OrNull, Text};
use crate::timestamp::Instant;

/// Reads a `timestamp`, with or without a zone.
///
/// What names no zone is UTC, as all times of Dune's are; what has an offset is brought to UTC. Digits beyond those the type
/// has are cut off. A zone by name other than UTC is an error: in the query, `at time zone 'UTC'` turns it into one that can
/// be read.
///
/// ```
/// use std::time::SystemTime;
///
/// #[derive(serde::Deserialize)]
/// struct Trade {
///     #[serde(deserialize_with = "dune_pipeline::rows::timestamp")]
///     block_time: SystemTime,
/// }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let trade: Trade = serde_json::from_str(r#"{"block_time": "2024-03-05 20:50:59.000 UTC"}"#)?;
/// assert_eq!(trade.block_time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs(), 1_709_671_859);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When it is no text, or no such time; `null` is an error, see [`timestamp_or_null`].
pub fn timestamp<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromTimestamp,
{
    moment().deserialize(deserializer)
}

/// Like [`timestamp`], with `None` for `null`. Add `default` where the column may be missing altogether.
///
/// # Errors
/// As for [`timestamp`].
pub fn timestamp_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromTimestamp,
{
    OrNull(moment()).deserialize(deserializer)
}

/// Reads a `date`: `2024-03-05`, or the midnight of that day with or without UTC. With the feature `chrono` into a
/// `NaiveDate`, with `jiff` into a `civil::Date`, with `time` into a `Date`.
///
/// # Errors
/// When it is no text or no day, or has a time of day; `null` is an error, see [`date_or_null`].
pub fn date<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromDate,
{
    day().deserialize(deserializer)
}

/// Like [`date`], with `None` for `null`. Add `default` where the column may be missing altogether.
///
/// # Errors
/// As for [`date`].
pub fn date_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromDate,
{
    OrNull(day()).deserialize(deserializer)
}

/// A type that [`timestamp`] reads: [`SystemTime`]; of `chrono` `DateTime<Utc>` and `NaiveDateTime`, of `jiff`
/// `Timestamp`, `ZonedDateTime` and `civil::DateTime`, of `time` `OffsetDateTime`, `UtcDateTime` and `PrimitiveDateTime`, with the
/// feature of that name. All of them are in UTC. Of the year 9999 jiff's instants have all but the last day, its `civil::DateTime` has
/// that too.
pub trait FromTimestamp: sealed::FromUnix {}

/// A type that [`date`] reads: `chrono::NaiveDate`, `jiff::civil::Date` and `time::Date`, with the feature of that name.
pub trait FromDate: sealed::FromUnix {}

mod sealed {
    /// Of seconds since the start of 1970, and the billionths of one beyond them; `None` where the type does not reach.
    pub trait FromUnix: Sized {
        #[doc(hidden)]
        fn from_unix(seconds: i64, nanos: u32) -> Option<Self>;
    }
}

macro_rules! read_from_unix {
    ($($(#[$feature:meta])* $known_as:ident for $moment:ty: $instant:ident => $value:expr;)*) => {
        $(
            $(#[$feature])*
            impl $known_as for $moment {}

            $(#[$feature])*
            impl sealed::FromUnix for $moment {
                fn from_unix(seconds: i64, nanos: u32) -> Option<$moment> {
                    let $instant = Instant { seconds, nanos };
                    $value
                }
            }
        )*
    };
}

read_from_unix! {
    FromTimestamp for SystemTime: instant => instant.to_system_time();
    #[cfg(feature = "chrono")]
    FromTimestamp for chrono::DateTime<chrono::Utc>: instant => instant.to_chrono();
    #[cfg(feature = "chrono")]
    FromTimestamp for chrono::NaiveDateTime: instant => Some(instant.to_chrono()?.naive_utc());
    #[cfg(feature = "chrono")]
    FromDate for chrono::NaiveDate: instant => Some(instant.to_chrono()?.date_naive());
    #[cfg(feature = "jiff")]
    FromTimestamp for jiff::Timestamp: instant => instant.to_jiff();
    #[cfg(feature = "jiff")]
    FromTimestamp for jiff::ZonedDateTime: instant => Some(instant.to_jiff()?.to_zoned_datetime(jiff::tz::TimeZone::UTC));
    #[cfg(feature = "jiff")]
    FromTimestamp for jiff::civil::DateTime: instant => instant.to_jiff_civil();
    #[cfg(feature = "jiff")]
    FromDate for jiff::civil::Date: instant => Some(instant.to_jiff_civil()?.date());
    #[cfg(feature = "time")]
    FromTimestamp for time::OffsetDateTime: instant => instant.to_time();
    #[cfg(feature = "time")]
    FromTimestamp for time::UtcDateTime: instant => Some(instant.to_time()?.to_utc());
    #[cfg(feature = "time")]
    FromTimestamp for time::PrimitiveDateTime: instant => {
        let time = instant.to_time()?;
        Some(time::PrimitiveDateTime::new(time.date(), time.time()))
    };
    #[cfg(feature = "time")]
    FromDate for time::Date: instant => Some(instant.to_time()?.date());
}

fn moment<T: FromTimestamp>() -> Text<T> {
    Text {
        expected: "a timestamp, as `2024-03-05 20:50:59.000 UTC`",
        read: |text| {
            let instant = Instant::parse(text)?;
            T::from_unix(instant.seconds, instant.nanos)
        },
    }
}

fn day<T: FromDate>() -> Text<T> {
    Text {
        expected: "a date, as `2024-03-05`",
        read: |text| {
            let midnight = midnight(text)?;
            T::from_unix(midnight.seconds, midnight.nanos)
        },
    }
}

/// The first instant of a day, where the text means a day.
pub(super) fn midnight(text: &str) -> Option<Instant> {
    const DAY: i64 = 86_400;
    let text = text.trim();
    let instant = match text.len() {
        // `YYYY-MM-DD`
        10 => Instant::parse(&format!("{text} 00:00:00")),
        _ => Instant::parse(text),
    };
    instant.filter(|instant| instant.seconds.rem_euclid(DAY) == 0 && instant.nanos == 0)
}
