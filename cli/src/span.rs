//! Spans of time as people write them, `90s` or `1h30m`, and as they read them.

use std::time::Duration;

/// Reads `90s`, `15m`, `1h30m` or a bare number of seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || "write it like 90s, 15m or 1h30m".to_owned();
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let mut whole = 0_u64;
    let mut digits = String::new();
    let mut smallest = u64::MAX;
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            _ => return Err(wrong()),
        };
        // Each unit once, the larger ones first.
        let count: u64 = digits.parse().map_err(|_| wrong())?;
        if unit >= smallest {
            return Err(wrong());
        }
        smallest = unit;
        digits.clear();
        let seconds = count.checked_mul(unit);
        whole = seconds
            .and_then(|seconds| whole.checked_add(seconds))
            .ok_or_else(wrong)?;
    }
    match digits.is_empty() && smallest < u64::MAX {
        true => Ok(Duration::from_secs(whole)),
        false => Err(wrong()),
    }
}

/// In the two largest units that say something: `850ms`, `12.3s`, `4m 05s`, `2h 07m`.
pub(crate) fn show(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{}ms", time.subsec_millis()),
        1..=59 => format!("{}.{}s", seconds, time.subsec_millis() / 100),
        60..=3599 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("15m", 900),
            ("1h30m", 5400),
            ("1d1h1m1s", 90061),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "s",
            "1x",
            "30m1h",
            "1m1m",
            "1m5",
            "-1s",
            "99999999999999999999d",
            "18446744073709551615d",
            "1 h",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_shown_in_two_units() {
        for (millis, text) in [
            (0, "0ms"),
            (850, "850ms"),
            (12_345, "12.3s"),
            (245_000, "4m 05s"),
            (7_620_000, "2h 07m"),
        ] {
            assert_eq!(show(Duration::from_millis(millis)), text);
        }
    }
}
