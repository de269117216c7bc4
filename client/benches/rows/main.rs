//! Reading rows: 1,000,000 of 12 columns over real sockets, page by page, in every way there is here and as others do it.
//!
//! `cargo bench -p dune-pipeline --bench rows [ROWS] [WAY..]`. `benches/other_clients` measures other clients against the
//! same server. For one that is not there, `cargo bench -p dune-pipeline --bench rows serve` prints the server's address
//! and waits; every execution id has the rows.

mod others;
mod ours;

use std::env;
use std::io::{self, Write as _};
use std::process::Command;

use dune_pipeline_benches::rows::{self, Outcome, ROWS, Server, TURNS, Way};

/// The ways to read rows, and what they are.
const WAYS: [(&str, &str); 7] = [
    ("stream", "ours: one by one"),
    ("stream-ahead", "ours: one by one, the next page read ahead"),
    ("rows", "ours: all in one list"),
    (
        "before",
        "generated types: a map of values for each row, then the type",
    ),
    (
        "value",
        "reqwest: a page as `serde_json::Value`, then the type",
    ),
    ("typed", "reqwest: a page as its type, by derived serde"),
    ("bytes", "reqwest: the bytes of each page, not looked at"),
];

fn main() -> Outcome<()> {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve"] => {
            let server = Server::start(ROWS)?;
            writeln!(io::stdout(), "{}", server.url())?;
            loop {
                std::thread::park();
            }
        }
        ["read", way, url, rows] => rows::read(rows.parse()?, |execution| go(way, url, execution)),
        [rows, ways @ ..] if rows.parse::<u64>().is_ok() => compare(rows.parse()?, ways),
        ways => compare(ROWS, ways),
    }
}

/// Goes one way; how many rows came.
async fn go(way: &str, url: &str, execution: &str) -> Outcome<u64> {
    match way {
        "stream" => ours::stream(url, execution, false).await,
        "stream-ahead" => ours::stream(url, execution, true).await,
        "rows" => ours::rows(url, execution).await,
        "before" => others::before(url, execution).await,
        "value" => others::value(url, execution).await,
        "typed" => others::typed(url, execution).await,
        "bytes" => others::bytes(url, execution).await,
        other => Err(format!("there is no way `{other}`").into()),
    }
}

/// Goes each way in turns, and prints a table.
fn compare(count: u64, only: &[&str]) -> Outcome<()> {
    let server = Server::start(count)?;
    let program = env::current_exe()?;
    let ways = WAYS
        .iter()
        .filter(|(way, _)| only.is_empty() || only.contains(way));
    let ways = ways.map(|(name, what)| {
        let mut command = Command::new(&program);
        command.args(["read", name]);
        Way {
            name: (*name).to_owned(),
            what: (*what).to_owned(),
            command,
        }
    });
    rows::compare(&server, count, TURNS, ways.collect())
}
