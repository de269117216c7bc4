//! What an account has used: credits by billing period, stored bytes, private queries.

use dune_api::types;

use crate::dune::Dune;
use crate::error::{Call, Error};

/// The days that usage is asked about, both included; without them it is the current billing period.
///
/// ```
/// use dune_pipeline::UsageDays;
///
/// let current = UsageDays::default();
/// let january = UsageDays::default().start_date("2026-01-01").end_date("2026-01-31");
/// # let _ = (current, january);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "nothing is asked until it is given to `get_usage`"]
pub struct UsageDays {
    start_date: Option<String>,
    end_date: Option<String>,
}

/// What an account has used. What Dune leaves out is empty or `None`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Usage {
    /// How many private queries there are.
    pub private_queries: Option<u64>,
    /// How many private dashboards there are.
    pub private_dashboards: Option<u64>,
    /// How many bytes are stored.
    pub bytes_used: Option<u64>,
    /// How many bytes the plan lets be stored.
    pub bytes_allowed: Option<u64>,
    /// The billing periods that were asked about.
    pub billing_periods: Vec<BillingPeriod>,
}

/// The credits of a billing period, as the numbers that Dune's documents say they are. What Dune leaves out is empty or
/// `None`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BillingPeriod {
    /// Its first day, `YYYY-MM-DD`.
    pub start_date: String,
    /// The day after its last, `YYYY-MM-DD`.
    pub end_date: String,
    /// The credits used so far.
    pub credits_used: Option<f64>,
    /// The credits that the plan includes.
    pub credits_included: Option<f64>,
}

impl Dune {
    /// What the key's account has used (`POST /v1/usage`), in the current billing period or between two days. It changes
    /// nothing and costs no credits.
    ///
    /// ```no_run
    /// use dune_pipeline::{Dune, UsageDays};
    ///
    /// # async fn example(dune: Dune) -> Result<(), dune_pipeline::Error> {
    /// let usage = dune.get_usage(UsageDays::default()).await?;
    /// for period in &usage.billing_periods {
    ///     println!("{} credits since {}", period.credits_used.unwrap_or_default(), period.start_date);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidDate`] for a day that is none, before anything is sent; else what became of the request.
    pub async fn get_usage(&self, days: UsageDays) -> Result<Usage, Error> {
        let request = types::GetUsageRequest {
            start_date: days.start_date.map(checked).transpose()?,
            end_date: days.end_date.map(checked).transpose()?,
        };
        let call = Call::read("reading the usage");
        let answer = self.send(&call, || self.api().get_usage(&request)).await?;
        Ok(Usage::read(answer))
    }
}

impl UsageDays {
    /// The first day, `YYYY-MM-DD`. The dates of `chrono`, `jiff` and `time` write themselves so: `date.to_string()`.
    pub fn start_date(mut self, day: impl Into<String>) -> UsageDays {
        self.start_date = Some(day.into());
        self
    }

    /// The last day, `YYYY-MM-DD`.
    pub fn end_date(mut self, day: impl Into<String>) -> UsageDays {
        self.end_date = Some(day.into());
        self
    }
}

impl Usage {
    fn read(answer: types::GetUsageResponse) -> Usage {
        let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        let periods = answer.billing_periods.unwrap_or_default().into_iter();
        Usage {
            private_queries: count(answer.private_queries),
            private_dashboards: count(answer.private_dashboards),
            bytes_used: count(answer.bytes_used),
            bytes_allowed: count(answer.bytes_allowed),
            billing_periods: periods
                .map(|period| BillingPeriod {
                    start_date: period.start_date.unwrap_or_default(),
                    end_date: period.end_date.unwrap_or_default(),
                    credits_used: period.credits_used,
                    credits_included: period.credits_included,
                })
                .collect(),
        }
    }
}

/// A day in Dune's form. Whether the calendar has it is for Dune to say.
fn checked(day: String) -> Result<String, Error> {
    let is_day = day.len() == 10
        && day.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    match is_day {
        true => Ok(day),
        false => Err(Error::InvalidDate { text: day }),
    }
}
