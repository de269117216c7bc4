//! Days, microseconds and zones: between the numbers that values are and the calendar.

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone,
    Timelike,
};

use super::types::Zone;

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// The wall clock of `micros` since 1970 without a zone.
pub(crate) fn clock(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|time| time.naive_utc())
}

pub(crate) fn micros(clock: NaiveDateTime) -> i64 {
    clock.and_utc().timestamp_micros()
}

pub(crate) fn date(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(i32::try_from(days).ok()?)
}

pub(crate) fn days(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// Seconds that the zone is ahead of UTC at this instant.
pub(crate) fn offset_at(zone: &str, instant: i64) -> Option<i64> {
    if let Some(fixed) = fixed_offset(zone) {
        return Some(fixed);
    }
    let zone: chrono_tz::Tz = zone.parse().ok()?;
    let utc = clock(instant)?;
    Some(
        zone.offset_from_utc_datetime(&utc)
            .fix()
            .local_minus_utc()
            .into(),
    )
}

/// The wall clock in the zone.
pub(crate) fn to_local(zone: &str, instant: i64) -> Option<i64> {
    offset_at(zone, instant).map(|offset| instant + offset * SECOND)
}

/// The instant at which the zone's clock shows `local`. In a gap the clock is taken as if it had not been set forward.
pub(crate) fn from_local(zone: &str, local: i64) -> Option<i64> {
    if let Some(fixed) = fixed_offset(zone) {
        return Some(local - fixed * SECOND);
    }
    let tz: chrono_tz::Tz = zone.parse().ok()?;
    let naive = clock(local)?;
    match tz.offset_from_local_datetime(&naive) {
        chrono::LocalResult::Single(offset) | chrono::LocalResult::Ambiguous(offset, _) => {
            Some(local - i64::from(offset.fix().local_minus_utc()) * SECOND)
        }
        chrono::LocalResult::None => Some(local - offset_at(zone, local - DAY)? * SECOND),
    }
}

fn fixed_offset(zone: &str) -> Option<i64> {
    if zone == "UTC" {
        return Some(0);
    }
    let (sign, rest) = match zone.as_bytes().first()? {
        b'+' => (1, &zone[1..]),
        b'-' => (-1, &zone[1..]),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// The zone that the text names, as Trino spells it.
pub(crate) fn zone(text: &str) -> Option<Zone> {
    if text.eq_ignore_ascii_case("utc")
        || text == "Z"
        || text == "+00:00"
        || text == "GMT"
        || text == "Etc/UTC"
    {
        return Some("UTC".into());
    }
    if let Some(seconds) = fixed_offset(text) {
        let (sign, size) = if seconds < 0 {
            ('-', -seconds)
        } else {
            ('+', seconds)
        };
        return Some(format!("{sign}{:02}:{:02}", size / 3600, size % 3600 / 60).into());
    }
    text.parse::<chrono_tz::Tz>()
        .ok()
        .map(|tz| tz.name().into())
}

/// Adds months as Trino does: the day is kept, or the last of a shorter month taken.
pub(crate) fn add_months(clock: NaiveDateTime, months: i64) -> Option<NaiveDateTime> {
    let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 {
        clock.checked_sub_months(size)
    } else {
        clock.checked_add_months(size)
    }
}

/// The start of the unit in which the clock is.
pub(crate) fn truncate(unit: &str, clock: NaiveDateTime) -> Option<NaiveDateTime> {
    let date = clock.date();
    let day = match unit {
        "millisecond" => {
            return Some(clock - TimeDelta::nanoseconds(i64::from(clock.nanosecond() % 1_000_000)));
        }
        "second" => return clock.with_nanosecond(0),
        "minute" => return clock.with_nanosecond(0)?.with_second(0),
        "hour" => return clock.with_nanosecond(0)?.with_second(0)?.with_minute(0),
        "day" => date,
        "week" => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))?,
        "month" => date.with_day(1)?,
        "quarter" => date.with_day(1)?.with_month(date.month0() / 3 * 3 + 1)?,
        "year" => date.with_day(1)?.with_month(1)?,
        _ => return None,
    };
    day.and_hms_opt(0, 0, 0)
}

/// Whole units from `a` to `b`.
pub(crate) fn difference(unit: &str, a: NaiveDateTime, b: NaiveDateTime) -> Option<i64> {
    let span = micros(b).checked_sub(micros(a))?;
    Some(match unit {
        "millisecond" => {
            // Milliseconds are counted between the milliseconds in which the two are.
            micros(b).div_euclid(1000) - micros(a).div_euclid(1000)
        }
        "second" => span / SECOND,
        "minute" => span / (60 * SECOND),
        "hour" => span / (3600 * SECOND),
        "day" => span / DAY,
        "week" => span / (7 * DAY),
        "month" => months_between(a, b)?,
        "quarter" => months_between(a, b)? / 3,
        "year" => months_between(a, b)? / 12,
        _ => return None,
    })
}

fn months_between(a: NaiveDateTime, b: NaiveDateTime) -> Option<i64> {
    if b < a {
        return months_between(b, a).map(|months| -months);
    }
    let whole = |t: NaiveDateTime| i64::from(t.year()) * 12 + i64::from(t.month0());
    let mut months = whole(b) - whole(a);
    while months > 0 && add_months(a, months)? > b {
        months -= 1;
    }
    Some(months)
}

/// Adds `amount` units to the clock.
pub(crate) fn add(unit: &str, amount: i64, clock: NaiveDateTime) -> Option<NaiveDateTime> {
    let step = match unit {
        "millisecond" => 1000,
        "second" => SECOND,
        "minute" => 60 * SECOND,
        "hour" => 3600 * SECOND,
        "day" => DAY,
        "week" => 7 * DAY,
        "month" => return add_months(clock, amount),
        "quarter" => return add_months(clock, amount.checked_mul(3)?),
        "year" => return add_months(clock, amount.checked_mul(12)?),
        _ => return None,
    };
    self::clock(micros(clock).checked_add(amount.checked_mul(step)?)?)
}

/// Rounds to `precision` digits of the second, halves up.
pub(crate) fn round(micros: i64, precision: u8) -> i64 {
    let unit = 10_i64.pow(6_u32.saturating_sub(precision.into()));
    micros
        .checked_add(unit / 2)
        .map_or(micros, |m| m.div_euclid(unit) * unit)
}
