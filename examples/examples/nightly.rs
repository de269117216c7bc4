//! A nightly with three layers of views, a report over the last, and on Sundays one of the week. A run outlives this program:
//! with the id that it prints, it is taken up again.
//!
//! `cargo run --example nightly [-- DAY [RUN]]`

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use chrono::{Datelike, NaiveDate, Weekday};
use dune_pipeline::{Dune, Pipeline, QueryNode, QueryNodes, pipeline};
use dune_pipeline_examples::{Session, finish};
use serde::Deserialize;

/// How long the night is.
const NIGHT: Duration = Duration::from_secs(4 * 60 * 60);

/// The market on a day.
#[derive(Debug, Deserialize)]
pub(crate) struct Day {
    pub(crate) day: String,
    pub(crate) trades: u64,
    pub(crate) volume_usd: f64,
    pub(crate) leader: String,
    pub(crate) new_takers: u64,
    /// Null on the first day there is.
    pub(crate) over_day_before: Option<f64>,
}

/// A chain in a week.
#[derive(Debug, Deserialize)]
pub(crate) struct Week {
    pub(crate) blockchain: String,
    pub(crate) days: u64,
    pub(crate) volume_usd: f64,
}

/// What the night brings.
#[derive(Debug)]
pub(crate) struct Report {
    /// The day; `None` where it is not in the data.
    pub(crate) day: Option<Day>,
    /// The week it ends, on Sundays.
    pub(crate) week: Option<Vec<Week>>,
}

/// The nodes that are asked for rows.
#[derive(Debug)]
pub(crate) struct Night {
    pub(crate) report: QueryNode,
    pub(crate) week: QueryNodes,
}

/// What is run in the night of `day`: the same for the process that begins it and for one that takes it up.
pub(crate) fn night(day: NaiveDate) -> Pipeline<Night> {
    let sunday = (day.weekday() == Weekday::Sun).then_some(day);
    pipeline![
        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        chains = refresh("dune.acme.result_dex_chain_daily").after(volume),
        arrivals = refresh("dune.acme.result_dex_arrivals").after(takers),
        market = refresh("dune.acme.result_dex_market").after(chains, arrivals),
        report = query(3105).parameters(day = day).after(market),
        week = each(sunday, |day| query(3106)
            .parameters(until = day)
            .after(chains)),
    ]
    .map_labels(|labels| Night {
        report: labels.report,
        week: labels.week,
    })
}

/// Runs the night of `day`, or takes it up again where it is under way.
pub(crate) async fn report(
    dune: &Dune,
    day: NaiveDate,
    under_way: Option<String>,
) -> Result<Report, dune_pipeline::Error> {
    let nightly = night(day);
    let run = match under_way {
        Some(id) => dune.run(id)?.attach(&nightly)?,
        None => dune.execute(&nightly).await?,
    };
    eprintln!("run {}\n{nightly}", run.id());
    run.wait()
        .deadline(NIGHT)
        .on_change(|status| eprintln!("{status}"))
        .await?;
    Ok(Report {
        day: run.rows(nightly.report).await?.pop(),
        week: run.rows_of_each(&nightly.week).await?.pop(),
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(print().await)
}

async fn print() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let day = arguments.next().unwrap_or("2025-03-30".to_owned());
    let date = day
        .parse()
        .map_err(|error| format!("the day `{day}`: {error}"))?;
    let session = Session::start().await?;
    let report = report(session.dune(), date, arguments.next()).await?;
    session.end().await;

    let row = report
        .day
        .ok_or_else(|| format!("nothing was traded on {day}"))?;
    println!(
        "{}: {} trades, {:.2} USD{}, most on {}, {} new takers",
        row.day,
        row.trades,
        row.volume_usd,
        row.over_day_before.map_or(String::new(), |ratio| format!(
            " ({:+.1} % to the day before)",
            (ratio - 1.0) * 100.0
        )),
        row.leader,
        row.new_takers
    );
    for chain in report.week.into_iter().flatten() {
        println!(
            "  in the week: {:<12} {:>14.2} USD on {} days",
            chain.blockchain, chain.volume_usd, chain.days
        );
    }
    Ok(ExitCode::SUCCESS)
}
