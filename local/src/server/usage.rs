//! Usage: what is stored, and the billing period that somebody asks about.

use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{Datelike, Months, NaiveDate, Utc};
use dune_api::types;

use super::App;
use super::error::{Answer, ApiError};
use super::request::Body;

/// `POST /v1/usage`
///
/// The one billing period is made of the calendar months that hold the dates asked about, this month without any. No
/// credits are used in it and none are included, for a local Dune charges none. What may be stored is what is stored and
/// what the disk has room for. There are no dashboards.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Body(request): Body<types::GetUsageRequest>,
) -> Answer<types::GetUsageResponse> {
    let (start, end) = period(
        day("start_date", request.start_date.as_deref())?,
        day("end_date", request.end_date.as_deref())?,
        Utc::now().date_naive(),
    )?;
    let queries = app.library.queries();
    let private = queries.iter().filter(|query| query.is_private).count();
    let views = app.library.views();
    let versions = views
        .iter()
        .filter_map(|view| app.views.version(&view.name));
    let uploads = app.uploads.all();
    let used = versions.map(|version| version.bytes).sum::<u64>()
        + uploads.iter().map(|upload| upload.bytes).sum::<u64>();
    let allowed = room(&app.state_folder).map(|room| used.saturating_add(room));
    let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    Ok(Json(types::GetUsageResponse {
        billing_periods: Some(vec![types::BillingPeriod {
            credits_included: Some(0.0),
            credits_used: Some(0.0),
            end_date: Some(end.to_string()),
            start_date: Some(start.to_string()),
        }]),
        bytes_allowed: allowed.map(number),
        bytes_used: Some(number(used)),
        private_dashboards: Some(0),
        private_queries: i64::try_from(private).ok(),
    }))
}

fn day(field: &str, text: Option<&str>) -> Result<Option<NaiveDate>, ApiError> {
    let Some(text) = text else {
        return Ok(None);
    };
    let wrong = |_| {
        let text = format!("invalid {field}: `{text}` is no date as YYYY-MM-DD");
        ApiError::bad_request(text)
    };
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map(Some)
        .map_err(wrong)
}

/// The first day of the months that hold both dates, and the day after their last.
fn period(
    start: Option<NaiveDate>,
    end: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(NaiveDate, NaiveDate), ApiError> {
    let last = end.unwrap_or_else(|| today.max(start.unwrap_or(today)));
    let first = start.unwrap_or_else(|| end.unwrap_or(today));
    if first > last {
        let text = format!("start_date {first} is after end_date {last}");
        return Err(ApiError::bad_request(text));
    }
    let far = || ApiError::bad_request("these dates are further away than a calendar goes");
    let begin = first.with_day(1).ok_or_else(far)?;
    let end = last
        .with_day(1)
        .and_then(|day| day.checked_add_months(Months::new(1)));
    Ok((begin, end.ok_or_else(far)?))
}

/// The bytes that the disk under a folder has left for us; nothing where the system does not say.
#[cfg(unix)]
fn room(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(start: Option<&str>, end: Option<&str>) -> Result<(String, String), ()> {
        let date = |text: &str| text.parse().unwrap();
        let today = date("2025-12-31");
        let period = period(start.map(date), end.map(date), today).map_err(drop)?;
        Ok((period.0.to_string(), period.1.to_string()))
    }

    #[test]
    fn the_period_is_made_of_whole_months_that_hold_the_dates() {
        for (start, end, first, after) in [
            (None, None, "2025-12-01", "2026-01-01"),
            (
                Some("2025-01-31"),
                Some("2025-02-28"),
                "2025-01-01",
                "2025-03-01",
            ),
            (None, Some("2024-02-29"), "2024-02-01", "2024-03-01"),
            (Some("2025-11-05"), None, "2025-11-01", "2026-01-01"),
            (Some("2026-03-05"), None, "2026-03-01", "2026-04-01"),
        ] {
            assert_eq!(told(start, end), Ok((first.into(), after.into())));
        }
        assert!(told(Some("2025-02-01"), Some("2025-01-31")).is_err());
    }
}
