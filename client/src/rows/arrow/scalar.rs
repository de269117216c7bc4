//! Texts that mean a number, a time or a day, as the whole numbers that Arrow keeps of them: exactly, or not at all.

use arrow_buffer::i256;
use arrow_schema::TimeUnit;

use crate::rows::moment::midnight;
use crate::timestamp::Instant;

const SECONDS_A_DAY: i64 = 86_400;

/// The digits of a decimal without its point, as many behind it as the type has: `"1.5"` is 150 with a scale of 2.
///
/// `None` where it is no decimal, or has more digits than fit, but for zeros at the end.
fn unscaled(text: &str, precision: u8, scale: u8) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = usize::from(scale);
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let (kept, beyond) = match fraction.split_at_checked(scale) {
        Some((kept, beyond)) => (kept, beyond),
        None => (fraction, ""),
    };
    let whole = whole.trim_start_matches('0');
    let fits = whole.len() + scale <= usize::from(precision);
    if !fits || beyond.bytes().any(|digit| digit != b'0') {
        return None;
    }
    Some(format!("{sign}0{whole}{kept:0<scale$}"))
}

pub(super) fn decimal128(text: &str, precision: u8, scale: u8) -> Option<i128> {
    unscaled(text, precision, scale)?.parse().ok()
}

pub(super) fn decimal256(text: &str, precision: u8, scale: u8) -> Option<i256> {
    i256::from_string(&unscaled(text, precision, scale)?)
}

/// Days since the start of 1970.
pub(super) fn date(text: &str) -> Option<i32> {
    i32::try_from(midnight(text)?.seconds.div_euclid(SECONDS_A_DAY)).ok()
}

/// Units since the start of 1970, in UTC.
pub(super) fn timestamp(text: &str, unit: TimeUnit) -> Option<i64> {
    in_units(Instant::parse(text)?, unit)
}

/// Units since midnight.
pub(super) fn time(text: &str, unit: TimeUnit) -> Option<i64> {
    let time_alone = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.'));
    let instant = Instant::parse(&format!("1970-01-01 {text}"));
    let instant = instant.filter(|instant| time_alone && instant.seconds < SECONDS_A_DAY);
    in_units(instant?, unit)
}

/// `None` where the unit is too coarse for it, or does not reach.
fn in_units(instant: Instant, unit: TimeUnit) -> Option<i64> {
    let (units_a_second, nanos_a_unit): (i64, u32) = match unit {
        TimeUnit::Second => (1, 1_000_000_000),
        TimeUnit::Millisecond => (1_000, 1_000_000),
        TimeUnit::Microsecond => (1_000_000, 1_000),
        TimeUnit::Nanosecond => (1_000_000_000, 1),
    };
    if !instant.nanos.is_multiple_of(nanos_a_unit) {
        return None;
    }
    let whole = instant.seconds.checked_mul(units_a_second)?;
    whole.checked_add(i64::from(instant.nanos / nanos_a_unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        let read = |text| decimal128(text, 10, 2);
        assert_eq!(read("1.5"), Some(150));
        assert_eq!(read("-0.01"), Some(-1));
        assert_eq!(read("12345678.90"), Some(1_234_567_890));
        assert_eq!(read("0000000000012345678.9000"), Some(1_234_567_890));
        assert_eq!(read(".5"), Some(50));
        assert_eq!(read("7"), Some(700));
        for text in [
            "",
            ".",
            "-",
            "1.555",
            "123456789.00",
            "1e5",
            "NaN",
            "1,5",
            "--1",
            "0x1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let digits = "9".repeat(38);
        assert_eq!(decimal128(&digits, 38, 0), digits.parse().ok());
        let digits = "9".repeat(76);
        assert_eq!(decimal256(&digits, 76, 0), i256::from_string(&digits));
        assert_eq!(decimal256("-1.5", 76, 1), Some(i256::from_i128(-15)));
    }

    #[test]
    fn times_are_exact_or_refused() {
        use TimeUnit::{Microsecond, Millisecond, Nanosecond};
        assert_eq!(date("1970-01-02"), Some(1));
        assert_eq!(date("1969-12-31T00:00:00Z"), Some(-1));
        assert_eq!(date("1970-01-02 10:00:00.000 UTC"), None);
        assert_eq!(
            timestamp("1970-01-01 00:00:01.5 UTC", Millisecond),
            Some(1_500)
        );
        assert_eq!(
            timestamp("1969-12-31 23:59:59.999999", Microsecond),
            Some(-1)
        );
        assert_eq!(timestamp("1970-01-01 00:00:00.0001", Millisecond), None);
        assert_eq!(timestamp("2300-01-01 00:00:00", Nanosecond), None);
        assert_eq!(time("00:00:01.5", Millisecond), Some(1_500));
        assert_eq!(time("23:59:59.999999", Microsecond), Some(86_399_999_999));
        assert_eq!(time("24:00:00", Millisecond), None);
        assert_eq!(time("10:00:00 +01:00", Millisecond), None);
    }
}
