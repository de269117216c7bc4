//! `dune-pipeline usage`: what an account has used, in the current billing period or between two days.

use dune_pipeline::UsageDays;
use serde_json::json;

use crate::error::CommandError;
use crate::{key, output, report, table};

/// Of which days, and in which form.
#[derive(Debug, clap::Args)]
pub(crate) struct UsageArguments {
    /// From this day on, YYYY-MM-DD; of the current billing period unless given
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Up to this day
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: UsageArguments) -> Result<(), CommandError> {
    let mut days = UsageDays::default();
    if let Some(from) = arguments.from {
        days = days.start_date(from);
    }
    if let Some(to) = arguments.to {
        days = days.end_date(to);
    }
    let usage = key::dune()?.get_usage(days).await?;
    if arguments.json {
        let periods = usage.billing_periods.iter().map(|period| {
            json!({
                "start_date": period.start_date,
                "end_date": period.end_date,
                "credits_used": period.credits_used,
                "credits_included": period.credits_included,
            })
        });
        let value = json!({
            "billing_periods": periods.collect::<Vec<_>>(),
            "bytes_used": usage.bytes_used,
            "bytes_allowed": usage.bytes_allowed,
            "private_queries": usage.private_queries,
            "private_dashboards": usage.private_dashboards,
        });
        return report::print(&value).map_err(CommandError::Output);
    }
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let rows = usage.billing_periods.into_iter().map(|period| {
        vec![
            period.start_date,
            period.end_date,
            number(period.credits_used),
            number(period.credits_included),
        ]
    });
    let names = ["from", "to", "credits used", "of"];
    let mut text = table::list(&names, rows.collect());
    if let Some(used) = usage.bytes_used {
        text.push_str(&format!("stored: {}", output::size(used)));
        if let Some(allowed) = usage.bytes_allowed {
            text.push_str(&format!(" of {}", output::size(allowed)));
        }
        text.push('\n');
    }
    output::write(None, text.as_bytes())
}
