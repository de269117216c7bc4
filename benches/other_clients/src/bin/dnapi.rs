//! `dnapi`: page by page, each row a map of values. The loop over the pages is its caller's.

use std::hint::black_box;

use dnapi::Client;
use dnapi::executions::GetResultsOptions;
use dune_pipeline_benches::rows::{self, Outcome};

fn main() -> Outcome<()> {
    let (url, rows) = rows::told()?;
    rows::read(rows, async |execution| read(&url, execution).await)
}

async fn read(url: &str, execution: &str) -> Outcome<u64> {
    let client = Client::with_base_url("bench", &format!("{url}/api"))?;
    let executions = client.executions();
    let mut options = GetResultsOptions::default();
    let mut count = 0;
    loop {
        let page = executions.results_with_options(execution, &options).await?;
        let rows = page.result.map(|result| result.rows).unwrap_or_default();
        count += black_box(rows).len() as u64;
        options.offset = page.next_offset;
        if options.offset.is_none() {
            return Ok(count);
        }
    }
}
