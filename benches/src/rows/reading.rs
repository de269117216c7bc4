//! A process that reads all rows in one way, and the one that starts it and the others and compares: each way has a process
//! of its own, so that its peak memory is its own.

use std::env;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

use super::{EXECUTION, ONE_ROW, Outcome, Server};
use crate::process;

/// A way to read rows.
#[derive(Debug)]
pub struct Way {
    /// What it is called in the table.
    pub name: String,
    /// What it is.
    pub what: String,
    /// Starts a process that calls [`read`], or does and prints the same. It is [`told`] what to read behind the arguments
    /// it has.
    pub command: Command,
}

/// The server's address and the number of rows: the last arguments of this process.
///
/// # Errors
/// There are none.
pub fn told() -> Outcome<(String, u64)> {
    let mut arguments = env::args().rev();
    match (arguments.next(), arguments.next()) {
        (Some(rows), Some(url)) => Ok((url, rows.parse()?)),
        _ => Err("an address and a number of rows are missing".into()),
    }
}

/// Reads all rows in one way, in this process, and prints the seconds, those of the processors, the memory when idle and
/// the peak. `go` is given the id of an execution and says how many rows came.
///
/// # Errors
/// Those of the way; not all rows came.
pub fn read(rows: u64, go: impl AsyncFn(&'static str) -> Outcome<u64>) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    // One row over the same code first: connections, pools and code pages are idle memory.
    runtime.block_on(go(ONE_ROW))?;
    process::reset_peak()?;
    let idle = process::resident()?;
    let (begin, processor) = (Instant::now(), process::processor()?);
    let read = runtime.block_on(go(EXECUTION))?;
    let (took, processor) = (begin.elapsed(), process::processor()? - processor);
    let peak = process::peak()?;
    if read != rows {
        return Err(format!("{read} rows of {rows} came").into());
    }
    let (took, processor) = (took.as_secs_f64(), processor.as_secs_f64());
    writeln!(io::stdout(), "{took} {processor} {idle} {peak}")?;
    Ok(())
}

/// Goes each way so many times, in turns and in a process of its own, and prints a table, in which the first is what the
/// others are held against. The best time counts, for a busy machine only ever adds to it.
///
/// # Errors
/// One of them fails, with its words.
pub fn compare(server: &Server, rows: u64, turns: usize, mut ways: Vec<Way>) -> Outcome<()> {
    for way in &mut ways {
        way.command.args([server.url(), &rows.to_string()]);
        // Where the machine has a proxy, it knows nothing of this address.
        way.command
            .env("no_proxy", "127.0.0.1")
            .env_remove("NO_PROXY");
    }
    let mut best = vec![Reading::WORST; ways.len()];
    for _ in 0..turns {
        for (way, best) in ways.iter_mut().zip(&mut best) {
            best.keep(Reading::of(way)?);
        }
    }
    let mut out = io::stdout().lock();
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    writeln!(
        out,
        "\n{rows} rows of 12 columns, {:.1} MB of JSON a page; the best of {turns} turns, memory the most of them",
        megabytes(server.page_bytes())
    )?;
    writeln!(
        out,
        "{:>13} {:>8} {:>10} {:>7} {:>7} {:>9} {:>9} {:>6}",
        "", "s", "rows/s", "slower", "CPU s", "idle MB", "above MB", "pages"
    )?;
    let first = best.first().map_or(0.0, |first| first.seconds);
    for (Way { name, what, .. }, reading) in ways.iter().zip(best) {
        let above = reading.peak.saturating_sub(reading.idle);
        writeln!(
            out,
            "{name:>13} {:>8.3} {:>10.0} {:>7.2} {:>7.2} {:>9.1} {:>9.1} {:>6.1}  {what}",
            reading.seconds,
            rows as f64 / reading.seconds,
            reading.seconds / first,
            reading.processor,
            megabytes(reading.idle),
            megabytes(above),
            above as f64 / server.page_bytes() as f64,
        )?;
    }
    Ok(())
}

/// What reading all rows took.
#[derive(Debug, Clone, Copy)]
struct Reading {
    seconds: f64,
    /// Seconds of the processors.
    processor: f64,
    /// Bytes in memory before the first page.
    idle: u64,
    /// The most there were until the last.
    peak: u64,
}

impl Reading {
    const WORST: Reading = Reading {
        seconds: f64::INFINITY,
        processor: f64::INFINITY,
        idle: u64::MAX,
        peak: 0,
    };

    fn of(way: &mut Way) -> Outcome<Reading> {
        let output = way.command.output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: {said}", way.name).into());
        }
        let text = String::from_utf8(output.stdout)?;
        match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [seconds, processor, idle, peak] => Ok(Reading {
                seconds: seconds.parse()?,
                processor: processor.parse()?,
                idle: idle.parse()?,
                peak: peak.parse()?,
            }),
            _ => Err(format!("{} printed `{text}`", way.name).into()),
        }
    }

    fn keep(&mut self, other: Reading) {
        self.seconds = self.seconds.min(other.seconds);
        self.processor = self.processor.min(other.processor);
        self.idle = self.idle.min(other.idle);
        self.peak = self.peak.max(other.peak);
    }
}
