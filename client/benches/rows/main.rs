//! Reading rows: 1,000,000 of 12 columns over real sockets, page by page, in every way there is here and as others do it.
//! Each way is a process of its own, so that its peak memory is its own; the server is in this one.
//!
//! `cargo bench -p dune-pipeline --bench rows [ROWS] [WAY..]`. A client that is not here is measured against the same
//! server: `cargo bench -p dune-pipeline --bench rows serve` prints its address and waits; every execution id has the rows.

mod memory;
mod others;
mod ours;
mod server;
mod trade;

use std::env;
use std::error::Error;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

use self::server::Server;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const ROWS: u64 = 1_000_000;

/// How often each way is gone; the best time counts, for a busy machine only ever adds to it.
const TURNS: usize = 3;

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
        ["read", way, url, rows] => read(way, url, rows.parse()?),
        [rows, ways @ ..] if rows.parse::<u64>().is_ok() => compare(rows.parse()?, ways),
        ways => compare(ROWS, ways),
    }
}

/// Reads all rows in one way, in this process, and prints the time, the memory when idle and the peak.
fn read(way: &str, url: &str, rows: u64) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    // One row over the same code first: connections, pools and code pages are idle memory.
    runtime.block_on(go(way, url, Some(1)))?;
    memory::reset_peak()?;
    let idle = memory::resident()?;
    let begin = Instant::now();
    let read = runtime.block_on(go(way, url, None))?;
    let took = begin.elapsed();
    let peak = memory::peak()?;
    if read != rows {
        return Err(format!("{way} read {read} rows of {rows}").into());
    }
    writeln!(io::stdout(), "{} {idle} {peak}", took.as_secs_f64())?;
    Ok(())
}

/// Goes one way, up to a limit; how many rows came.
async fn go(way: &str, url: &str, limit: Option<u64>) -> Outcome<u64> {
    match way {
        "stream" => ours::stream(url, limit, false).await,
        "stream-ahead" => ours::stream(url, limit, true).await,
        "rows" => ours::rows(url, limit).await,
        "before" => others::before(url, limit).await,
        "value" => others::value(url, limit).await,
        "typed" => others::typed(url, limit).await,
        "bytes" => others::bytes(url, limit).await,
        other => Err(format!("there is no way `{other}`").into()),
    }
}

/// Goes each way in a process of its own, in turns, and prints a table.
fn compare(rows: u64, only: &[&str]) -> Outcome<()> {
    let server = Server::start(rows)?;
    let page = server.page_bytes();
    let ways = WAYS
        .iter()
        .filter(|(way, _)| only.is_empty() || only.contains(way));
    let ways: Vec<_> = ways.collect();
    let mut best = vec![Measured::WORST; ways.len()];
    for _ in 0..TURNS {
        for ((way, _), best) in ways.iter().zip(&mut best) {
            best.keep(Measured::of(way, server.url(), rows)?);
        }
    }
    let mut out = io::stdout().lock();
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    writeln!(
        out,
        "\n{rows} rows of 12 columns, {:.1} MB of JSON a page; the best of {TURNS} turns, memory the most of them",
        megabytes(page)
    )?;
    writeln!(
        out,
        "{:>13} {:>8} {:>10} {:>9} {:>9} {:>6}",
        "", "s", "rows/s", "idle MB", "above MB", "pages"
    )?;
    for ((way, what), measured) in ways.iter().zip(best) {
        let above = measured.peak.saturating_sub(measured.idle);
        writeln!(
            out,
            "{way:>13} {:>8.3} {:>10.0} {:>9.1} {:>9.1} {:>6.1}  {what}",
            measured.seconds,
            rows as f64 / measured.seconds,
            megabytes(measured.idle),
            megabytes(above),
            above as f64 / page as f64,
        )?;
    }
    Ok(())
}

/// What one way took.
#[derive(Debug, Clone, Copy)]
struct Measured {
    seconds: f64,
    /// Bytes in memory before the first page.
    idle: u64,
    /// The most there were until the last.
    peak: u64,
}

impl Measured {
    const WORST: Measured = Measured {
        seconds: f64::INFINITY,
        idle: u64::MAX,
        peak: 0,
    };

    fn of(way: &str, url: &str, rows: u64) -> Outcome<Measured> {
        let mut child = Command::new(env::current_exe()?);
        let output = child.args(["read", way, url, &rows.to_string()]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let text = String::from_utf8(output.stdout)?;
        match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [seconds, idle, peak] => Ok(Measured {
                seconds: seconds.parse()?,
                idle: idle.parse()?,
                peak: peak.parse()?,
            }),
            _ => Err(format!("{way} printed `{text}`").into()),
        }
    }

    fn keep(&mut self, other: Measured) {
        self.seconds = self.seconds.min(other.seconds);
        self.idle = self.idle.min(other.idle);
        self.peak = self.peak.max(other.peak);
    }
}
