//! The rows of the bench: a trade in 12 columns of the types that Dune's results are made of.

use serde::Deserialize;

/// The columns and their types, in the order of the query.
pub(super) const COLUMNS: [(&str, &str); 12] = [
    ("block_time", "timestamp(3) with time zone"),
    ("block_date", "date"),
    ("block_number", "bigint"),
    ("blockchain", "varchar"),
    ("project", "varchar"),
    ("taker", "varbinary"),
    ("tx_hash", "varbinary"),
    ("amount_usd", "double"),
    ("price", "decimal(38,18)"),
    ("amount_raw", "uint256"),
    ("is_buy", "boolean"),
    ("tags", "array(varchar)"),
];

/// A trade, as every way reads it.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the columns have names")]
pub struct Trade {
    pub block_time: String,
    pub block_date: String,
    pub block_number: i64,
    pub blockchain: String,
    pub project: Option<String>,
    pub taker: String,
    pub tx_hash: String,
    pub amount_usd: Option<f64>,
    pub price: String,
    pub amount_raw: String,
    pub is_buy: bool,
    pub tags: Vec<String>,
}

/// A row as Dune writes it, its keys in alphabetical order.
pub(super) fn json(n: u64) -> String {
    // Digits that look like those of hashes, the same on every machine.
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = move || {
        state ^= state >> 30;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_add(1);
        state
    };
    let hex = |words: [u64; 4]| words.map(|word| format!("{word:016x}")).concat();
    let hash = hex([next(), next(), next(), next()]);
    let taker = hex([next(), next(), next(), next()]);
    let taker = taker.get(..40).unwrap_or(&taker).to_owned();
    let chain = ["ethereum", "base", "arbitrum", "polygon"][(n % 4) as usize];
    let project = match n % 7 {
        0 => "null".to_owned(),
        other => format!("\"project_{other}\""),
    };
    let usd = match n % 11 {
        0 => "null".to_owned(),
        _ => format!("{:?}", (next() >> 20) as f64 / 1e7),
    };
    let (second, fraction) = (n % 60, n % 1_000);
    format!(
        "{{\"amount_raw\":\"{}{:019}\",\"amount_usd\":{usd},\"block_date\":\"2024-03-05\",\"block_number\":{},\
         \"block_time\":\"2024-03-05 20:50:{second:02}.{fraction:03} UTC\",\"blockchain\":\"{chain}\",\"is_buy\":{},\
         \"price\":\"{}.{:018}\",\"project\":{project},\"tags\":[\"dex\",\"tag_{}\"],\"taker\":\"0x{taker}\",\
         \"tx_hash\":\"0x{hash}\"}}",
        next() >> 30,
        next() >> 4,
        19_000_000 + n,
        n.is_multiple_of(2),
        n % 5_000,
        next() % 1_000_000_000_000_000_000,
        n % 9,
    )
}
