//! `Retry-After`: when a server wants to be asked again, as a number of seconds or as a date.

use std::time::{Duration, SystemTime};

use dune_api::HeaderMap;

/// Reads it. A date is held against the server's own clock, if the answer tells that: ours may go wrong.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let now = headers.get("date").and_then(|now| now.to_str().ok());
    let now = now.and_then(|now| httpdate::parse_http_date(now.trim()).ok());
    let now = now.unwrap_or_else(SystemTime::now);
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, date: Option<SystemTime>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", text.parse().unwrap());
        if let Some(date) = date {
            headers.insert("date", httpdate::fmt_http_date(date).parse().unwrap());
        }
        retry_after(&headers)
    }

    #[test]
    fn it_is_read_as_seconds_and_as_a_date() {
        assert_eq!(read("7", None), Some(Duration::from_secs(7)));
        let soon = SystemTime::now() + Duration::from_secs(90);
        let delay = read(&httpdate::fmt_http_date(soon), None).unwrap();
        assert!(delay.as_secs() >= 85 && delay.as_secs() <= 90, "{delay:?}");
        let past = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(read(past, None), Some(Duration::ZERO));
        for none in ["soon", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(read(none, None), None, "{none}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }

    #[test]
    fn a_date_counts_by_the_clock_of_the_server() {
        let hour = Duration::from_secs(3600);
        for theirs in [SystemTime::now() + hour, SystemTime::now() - hour] {
            let date = httpdate::fmt_http_date(theirs + Duration::from_secs(30));
            let delay = read(&date, Some(theirs));
            assert_eq!(delay, Some(Duration::from_secs(30)));
        }
    }
}
