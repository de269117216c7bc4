//! How rows are read without this crate: page by page, and each page given up before the next is asked for.

use std::hint::black_box;

use dune_api::{ApiKey, BaseUrl, Client, ConnectOptions, types};
use dune_pipeline_benches::rows::{Outcome, Trade};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What Dune's own clients ask for.
const LIMIT: i64 = 32_000;

/// The generated client's types, then each row's own: what this crate did at first.
pub(crate) async fn before(url: &str, execution: &str) -> Outcome<u64> {
    let key = ApiKey::new("bench").map_err(|error| error.to_string())?;
    let client = Client::connect(BaseUrl::parse(url)?, key, &ConnectOptions::default());
    let client = client.map_err(|error| error.to_string())?;
    let mut offset = 0;
    loop {
        let page = client.get_execution_results(
            execution,
            None,
            None,
            None,
            None,
            Some(LIMIT),
            Some(i64::try_from(offset)?),
            None,
            None,
        );
        let page: types::ReadExecutionResultResponse =
            page.await.map_err(|error| error.to_string())?.into_inner();
        let rows = page
            .result
            .and_then(|result| result.rows)
            .unwrap_or_default();
        let mut trades = Vec::new();
        for row in rows {
            let row: Map<String, Value> = row.into();
            trades.push(Trade::deserialize(&row)?);
        }
        offset += black_box(trades).len() as u64;
        if page.next_offset.is_none() {
            return Ok(offset);
        }
    }
}

/// A tree of values for each page, then the rows out of it: what most clients of JSON do.
pub(crate) async fn value(url: &str, execution: &str) -> Outcome<u64> {
    let client = client()?;
    let mut offset = 0;
    loop {
        let page = client.get(address(url, execution, offset)).send().await?;
        let mut page: Value = page.json().await?;
        let rows = page.pointer_mut("/result/rows").map(Value::take);
        let trades: Vec<Trade> = serde_json::from_value(rows.unwrap_or_default())?;
        offset += black_box(trades).len() as u64;
        if page.get("next_offset").is_none() {
            return Ok(offset);
        }
    }
}

/// The type of a page, derived around that of a row: the least that can be done with serde alone.
pub(crate) async fn typed(url: &str, execution: &str) -> Outcome<u64> {
    #[derive(Deserialize)]
    struct Page {
        result: Data,
        next_offset: Option<u64>,
    }
    #[derive(Deserialize)]
    struct Data {
        rows: Vec<Trade>,
    }
    let client = client()?;
    let mut offset = 0;
    loop {
        let page = client.get(address(url, execution, offset)).send().await?;
        let page: Page = page.json().await?;
        offset += black_box(page.result.rows).len() as u64;
        if page.next_offset.is_none() {
            return Ok(offset);
        }
    }
}

/// The bytes alone: what is left for nobody to save.
pub(crate) async fn bytes(url: &str, execution: &str) -> Outcome<u64> {
    let client = client()?;
    let mut offset = 0;
    loop {
        let page = client.get(address(url, execution, offset)).send().await?;
        let page = black_box(page.bytes().await?);
        // The end of the page says where the next begins; on the last one, how many there are.
        let tail = page
            .get(page.len().saturating_sub(1_000)..)
            .unwrap_or(&page);
        let tail = String::from_utf8_lossy(tail);
        let number = |name: &str| {
            let (_, text) = tail.split_once(name)?;
            let digits = text.find(|c: char| !c.is_ascii_digit())?;
            text.get(..digits)?.parse::<u64>().ok()
        };
        match number("\"next_offset\":") {
            Some(next) => offset = next,
            None => return Ok(number("\"total_row_count\":").unwrap_or(0)),
        }
    }
}

fn client() -> Outcome<reqwest::Client> {
    // reqwest wants to know how to encrypt, also where it need not.
    let ring = tokio_rustls::rustls::crypto::ring::default_provider();
    // The second time there is one already, which is as good.
    let _ = ring.install_default();
    Ok(reqwest::Client::builder().no_proxy().build()?)
}

fn address(url: &str, execution: &str, offset: u64) -> String {
    format!("{url}/api/v1/execution/{execution}/results?limit={LIMIT}&offset={offset}")
}
