//! `duners`: page by page, each row in its type. The address is no argument, see `rows`.

use std::hint::black_box;
use std::pin::pin;

use dune_pipeline_benches::rows::{self, Outcome, Trade};
use duners::DuneClient;
use futures_util::TryStreamExt as _;

fn main() -> Outcome<()> {
    let (_, rows) = rows::told()?;
    rows::read(rows, read)
}

async fn read(execution: &str) -> Outcome<u64> {
    let client = DuneClient::new("bench");
    let mut pages = pin!(client.stream_results::<Trade>(execution));
    let mut count = 0;
    while let Some(page) = pages.try_next().await? {
        count += black_box(page.get_rows()).len() as u64;
    }
    Ok(count)
}
