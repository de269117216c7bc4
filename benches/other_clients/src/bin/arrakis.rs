//! `arrakis`: page by page, each row a map of values. It does not say where the next page begins: its caller counts.

use std::hint::black_box;

use arrakis::{DuneClient, ResultOptions};
use dune_pipeline_benches::rows::{self, Outcome};

fn main() -> Outcome<()> {
    let (url, rows) = rows::told()?;
    rows::read(rows, async |execution| read(&url, execution).await)
}

async fn read(url: &str, execution: &str) -> Outcome<u64> {
    let client = DuneClient::with_base_url("bench", format!("{url}/api"))?;
    let mut count = 0;
    loop {
        let options = ResultOptions::new().offset(u32::try_from(count)?);
        let page = client.get_execution_results_with_options(execution, options);
        let result = page.await?.result.ok_or("there is no result")?;
        let total = result.metadata.total_row_count;
        count += black_box(result.rows).len() as u64;
        if count >= total {
            return Ok(count);
        }
    }
}
