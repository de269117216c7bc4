//! Times as Dune writes them: its own text, to the last digit, and the instant that it means.
//! Those of the standard library need no other crate; `chrono`, `jiff` and `time` have theirs by feature.

use std::fmt;
use std::time::{Duration, SystemTime};

/// A time in an answer of Dune's, in UTC: `2024-12-20T11:04:18.724658237Z`.
///
/// It keeps the text as it came. [`to_system_time`](Timestamp::to_system_time) is the instant it means, in the resolution of
/// the platform's clock; with the features `chrono`, `jiff` and `time` it also comes as a time of these crates.
///
/// ```
/// # fn example(status: &dune_pipeline::ExecutionStatus) {
/// if let Some(expires) = status.expires_at() {
///     println!("rows can be read until {expires}");
///     if let Some(left) = expires.since(std::time::SystemTime::now()) {
///         println!("that is {} days from now", left.as_secs() / 86_400);
///     }
/// }
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Timestamp {
    text: Box<str>,
    instant: Option<Instant>,
}

/// Seconds since the start of 1970, and what is beyond a whole one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Instant {
    pub(crate) seconds: i64,
    pub(crate) nanos: u32,
}

impl Instant {
    /// Reads RFC 3339, also with a blank for the `T` and before the offset. What names no zone is UTC, as all times of
    /// Dune's are.
    pub(crate) fn parse(text: &str) -> Option<Instant> {
        parse(text.trim())
    }

    pub(crate) fn to_system_time(self) -> Option<SystemTime> {
        let Instant { seconds, nanos } = self;
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let second = match seconds {
            0.. => SystemTime::UNIX_EPOCH.checked_add(whole),
            _ => SystemTime::UNIX_EPOCH.checked_sub(whole),
        };
        second?.checked_add(Duration::from_nanos(nanos.into()))
    }

    #[cfg(feature = "chrono")]
    pub(crate) fn to_chrono(self) -> Option<chrono::DateTime<chrono::Utc>> {
        chrono::DateTime::from_timestamp(self.seconds, self.nanos)
    }

    #[cfg(feature = "jiff")]
    pub(crate) fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::new(self.seconds, self.nanos.try_into().ok()?).ok()
    }

    /// In UTC. Not by way of its `Timestamp`, which ends a day before the year 9999 does.
    #[cfg(feature = "jiff")]
    pub(crate) fn to_jiff_civil(self) -> Option<jiff::civil::DateTime> {
        const EPOCH: jiff::civil::DateTime =
            jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        let since = jiff::SignedDuration::new(self.seconds, self.nanos.try_into().ok()?);
        EPOCH.checked_add(since).ok()
    }

    #[cfg(feature = "time")]
    pub(crate) fn to_time(self) -> Option<time::OffsetDateTime> {
        let second = time::OffsetDateTime::from_unix_timestamp(self.seconds).ok()?;
        second.checked_add(time::Duration::nanoseconds(self.nanos.into()))
    }
}

impl Timestamp {
    /// Of an answer: nothing where it holds none.
    pub(crate) fn read(text: Option<String>) -> Option<Timestamp> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        Some(Timestamp {
            instant: Instant::parse(&text),
            text: text.into(),
        })
    }

    /// Dune's own text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant it means; `None` where Dune's text is no time.
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.instant?.to_system_time()
    }

    /// How long after another time it is; `None` where it is before that, or Dune's text is no time.
    #[must_use]
    pub fn since(&self, earlier: SystemTime) -> Option<Duration> {
        self.to_system_time()?.duration_since(earlier).ok()
    }

    /// The instant as `chrono` has it; `None` where Dune's text is no time.
    #[cfg(feature = "chrono")]
    #[must_use]
    pub fn to_chrono(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.instant?.to_chrono()
    }

    /// The instant as `jiff` has it; `None` where Dune's text is no time.
    #[cfg(feature = "jiff")]
    #[must_use]
    pub fn to_jiff(&self) -> Option<jiff::Timestamp> {
        self.instant?.to_jiff()
    }

    /// The instant as `time` has it, in UTC; `None` where Dune's text is no time.
    #[cfg(feature = "time")]
    #[must_use]
    pub fn to_time(&self) -> Option<time::OffsetDateTime> {
        self.instant?.to_time()
    }

    /// Whether it is the zero of a clock, which Dune writes where there is no time yet.
    pub(crate) fn is_zero(&self) -> bool {
        self.instant.is_some_and(|instant| instant.seconds <= 0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

fn parse(text: &str) -> Option<Instant> {
    let mut rest = Rest(text);
    let year = rest.number(4)?;
    rest.one_of(&["-"])?;
    let month = rest.number(2)?;
    rest.one_of(&["-"])?;
    let day = rest.number(2)?;
    rest.one_of(&["T", "t", " "])?;
    let hour = rest.number(2)?;
    rest.one_of(&[":"])?;
    let minute = rest.number(2)?;
    rest.one_of(&[":"])?;
    let second = rest.number(2)?;
    let nanos = match rest.one_of(&["."]) {
        Some(_) => rest.fraction()?,
        None => 0,
    };
    let east = rest.offset()?;
    // 60 is a leap second, of which clocks on computers know nothing.
    let real = hour < 24 && minute < 60 && second <= 60 && rest.0.is_empty();
    if !real || !(1..=days_in(year, month)?).contains(&day) {
        return None;
    }
    let days = days_since_1970(year, month, day);
    Some(Instant {
        seconds: days * 86_400 + hour * 3_600 + minute * 60 + second - east,
        nanos,
    })
}

/// What of the text has not been read.
struct Rest<'t>(&'t str);

impl Rest<'_> {
    /// The number that stands in exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let value = number
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| number.parse().ok())??;
        self.0 = rest;
        Some(value)
    }

    fn one_of(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let (sign, rest) = signs
            .iter()
            .find_map(|sign| Some((*sign, self.0.strip_prefix(sign)?)))?;
        self.0 = rest;
        Some(sign)
    }

    /// Billionths of a second; digits beyond them are cut off.
    fn fraction(&mut self) -> Option<u32> {
        let end = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at_checked(end).filter(|_| end > 0)?;
        self.0 = rest;
        let billionths = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
        Some(billionths.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
    }

    /// Seconds east of Greenwich.
    fn offset(&mut self) -> Option<i64> {
        if self.0.is_empty() || self.one_of(&["Z", "z", " UTC"]).is_some() {
            return Some(0);
        }
        let sign = match self.one_of(&["+", "-", " +", " -"])? {
            "-" | " -" => -1,
            _ => 1,
        };
        let hours = self.number(2)?;
        self.one_of(&[":"])?;
        let minutes = self.number(2)?;
        (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
    }
}

/// `None` for a month that there is not.
fn days_in(year: i64, month: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        _ => None,
    }
}

/// Counted in years that begin in March, so that the day which is not always there is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    const TO_1970: i64 = 719_468;
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    before + (153 * month + 2) / 5 + day - 1 - TO_1970
}

#[cfg(test)]
mod tests;
