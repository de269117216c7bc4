//! A function of your own and its tests, to copy: small tables that are checked by hand, real SQL on a local Dune, no key and
//! no network.
//!
//! `cargo run --example tested` shows the function at work. In a crate of yours `cargo test` runs the tests; here they run
//! with `cargo test --test end_to_end tested`.

use std::error::Error;
use std::process::ExitCode;

use dune_pipeline::{Dune, pipeline};
use dune_pipeline_examples::finish;
use serde::Deserialize;

// ANCHOR: function
/// What was paid in fees on a day.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Fees {
    pub(crate) day: String,
    pub(crate) payments: u64,
    pub(crate) usd: f64,
}

/// The days that cost at least so many USD, from payments as they are now.
pub(crate) async fn dear_days(dune: &Dune, usd: u32) -> Result<Vec<Fees>, dune_pipeline::Error> {
    let fees = pipeline![
        daily = refresh("dune.acme.result_fees_daily"),
        dear = query(4002).parameters(min_usd = usd).after(daily),
    ];
    let run = dune.execute(&fees).await?;
    run.wait().await?;
    run.rows(fees.dear).await
}

// ANCHOR_END: function
/// A workspace of its own for each test: the queries as they are on Dune, and the payments that the test is about.
mod workspace {
    use std::{fs, io};

    use dune_local::LocalDune;
    use dune_pipeline::Dune;
    use tempfile::TempDir;

    const MANIFEST: &str = r#"
team = "acme"

[[tables]]
name = "acme.payments"
file = "payments.csv"
columns = { paid_at = "timestamp(3) with time zone", chain = "varchar", fee_usd = "decimal(18,2)" }

[[queries]]
id = 4001
name = "Fees by day"
file = "fees_daily.sql"

[[views]]
name = "dune.acme.result_fees_daily"
query = 4001

[[queries]]
id = 4002
name = "Days that cost much"
file = "dear_days.sql"

[[queries.parameters]]
key = "min_usd"
type = "number"
default = 0
"#;

    // In a project these are files of their own, beside the program.
    const FEES_DAILY: &str = "
select date(paid_at) as day, count(*) as payments, cast(sum(fee_usd) as double) as usd
from acme.payments
group by 1
";
    const DEAR_DAYS: &str = "
select cast(day as varchar) as day, payments, usd
from dune.acme.result_fees_daily
where usd >= {{min_usd}}
order by day
";

    /// A local Dune, a client of it, and the folder it serves, which goes when this does.
    pub(crate) struct Workspace {
        pub(crate) dune: Dune,
        pub(crate) local: LocalDune,
        folder: TempDir,
    }

    impl Workspace {
        /// Serves these payments.
        pub(crate) async fn with(payments: &[&str]) -> Result<Self, Box<dyn std::error::Error>> {
            let folder = tempfile::tempdir()?;
            for (file, text) in [
                ("dune.toml", MANIFEST),
                ("fees_daily.sql", FEES_DAILY),
                ("dear_days.sql", DEAR_DAYS),
            ] {
                fs::write(folder.path().join(file), text)?;
            }
            write_payments(&folder, payments)?;
            let local = LocalDune::start(folder.path()).await?;
            let dune = Dune::builder()
                .base_url(local.base_url())
                .api_key(local.api_key())
                .build()?;
            Ok(Self {
                dune,
                local,
                folder,
            })
        }

        /// What is in the table from now on.
        pub(crate) fn now(&self, payments: &[&str]) -> io::Result<()> {
            write_payments(&self.folder, payments)
        }
    }

    fn write_payments(folder: &TempDir, payments: &[&str]) -> io::Result<()> {
        let rows = payments.join("\n");
        let table = format!("paid_at,chain,fee_usd\n{rows}\n");
        fs::write(folder.path().join("payments.csv"), table)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(show().await)
}

async fn show() -> Result<ExitCode, Box<dyn Error>> {
    let payments = [
        "2025-03-03 09:00:00.000 UTC,base,0.40",
        "2025-03-03 23:59:59.999 UTC,ethereum,31.10",
        "2025-03-04 00:00:00.000 UTC,ethereum,12.05",
    ];
    let workspace = workspace::Workspace::with(&payments[..2]).await?;
    workspace.now(&payments)?;
    for fees in dear_days(&workspace.dune, 10).await? {
        let Fees { day, payments, usd } = fees;
        println!("{day}: {usd:.2} USD in {payments} payments");
    }
    workspace.local.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

// ANCHOR: tests
#[cfg(test)]
mod tests {
    use dune_pipeline::Error;

    use super::workspace::Workspace;
    use super::{Fees, dear_days};

    const MONDAY: &str = "2025-03-03 09:00:00.000 UTC,base,0.40";
    const MONDAY_NIGHT: &str = "2025-03-03 23:59:59.999 UTC,ethereum,31.10";
    const TUESDAY: &str = "2025-03-04 00:00:00.000 UTC,ethereum,12.05";

    fn fees(day: &str, payments: u64, usd: f64) -> Fees {
        let day = day.to_owned();
        Fees { day, payments, usd }
    }

    #[tokio::test]
    async fn a_day_is_added_up_and_left_out_where_it_cost_less() {
        let workspace = Workspace::with(&[MONDAY, MONDAY_NIGHT, TUESDAY])
            .await
            .unwrap();
        let both = dear_days(&workspace.dune, 10).await.unwrap();
        let monday = fees("2025-03-03", 2, 31.5);
        assert_eq!(both, [monday, fees("2025-03-04", 1, 12.05)]);
        let dear = dear_days(&workspace.dune, 20).await.unwrap();
        assert_eq!(dear, [fees("2025-03-03", 2, 31.5)]);
    }

    #[tokio::test]
    async fn a_payment_that_comes_in_later_counts() {
        let workspace = Workspace::with(&[MONDAY]).await.unwrap();
        assert_eq!(dear_days(&workspace.dune, 10).await.unwrap(), []);
        // Without `.after(daily)` in the pipeline this would still find nothing.
        workspace.now(&[MONDAY, TUESDAY]).unwrap();
        let dear = dear_days(&workspace.dune, 10).await.unwrap();
        assert_eq!(dear, [fees("2025-03-04", 1, 12.05)]);
    }

    #[tokio::test]
    async fn a_payment_that_cannot_be_read_fails_the_view_and_not_silently() {
        let workspace = Workspace::with(&[MONDAY]).await.unwrap();
        workspace.now(&["yesterday,base,0.40"]).unwrap();
        let error = dear_days(&workspace.dune, 10).await.unwrap_err();
        let Error::Failed(failed) = &error else {
            panic!("another error: {error}");
        };
        let names = |nodes: Vec<&dune_pipeline::UnfinishedNode>| -> Vec<String> {
            nodes.iter().map(|node| node.name().to_owned()).collect()
        };
        assert_eq!(names(failed.failed().collect()), ["`daily`"]);
        assert_eq!(names(failed.not_run().collect()), ["`dear`"]);
    }
}

// ANCHOR_END: tests
