//! What dune-pipeline costs, as ratios: ours and a baseline take turns in one run, so that a busy machine slows both.
//! `cargo bench -p dune-pipeline-benches` measures the optimised code, `--profile dev` added to it what a debug build runs.
//! What runs compilers (`--bench compile`, `--bench clean_build`) always has them make debug builds.

pub mod asked;
pub mod compiler;
pub mod pipelines;
pub mod process;
pub mod rows;

use std::fmt;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

/// How long the turns of one comparison go on, at the least.
const ENOUGH: Duration = Duration::from_millis(300);

/// How many turns of each there are, at the least: a median of fewer says nothing.
const TURNS: usize = 5;

/// The median times of two ways to a result, taken in turns.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// Ours.
    pub ours: Duration,
    /// What it is held against.
    pub baseline: Duration,
}

impl Pair {
    /// Runs both in turns until both medians mean something.
    pub fn measure<T, U>(mut ours: impl FnMut() -> T, mut baseline: impl FnMut() -> U) -> Pair {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let begin = Instant::now();
        while first.len() < TURNS || begin.elapsed() < ENOUGH {
            first.push(time(&mut ours));
            second.push(time(&mut baseline));
        }
        Pair {
            ours: median(first),
            baseline: median(second),
        }
    }

    /// How many times the baseline's time ours is.
    pub fn ratio(self) -> f64 {
        self.ours.as_secs_f64() / self.baseline.as_secs_f64()
    }
}

/// `ours`, `baseline` and `ratio`, as the columns of a table.
impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Written to text first: only text obeys a width.
        let (ours, baseline) = (
            format!("{:.3?}", self.ours),
            format!("{:.3?}", self.baseline),
        );
        write!(f, "{ours:>12} {baseline:>12} {:>8.2}", self.ratio())
    }
}

/// A time of one turn; the result is dropped outside of it.
fn time<T>(run: &mut impl FnMut() -> T) -> Duration {
    let begin = Instant::now();
    let result = black_box(run());
    let took = begin.elapsed();
    drop(result);
    took
}

/// The one in the middle; zero of none.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A table of pairs on standard output, line by line as they are measured.
///
/// # Errors
/// Standard output's own.
pub fn table(
    title: &str,
    baseline: &str,
    rows: impl IntoIterator<Item = (String, Pair)>,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\n{title}\n{:>24} {:>12} {baseline:>12} {:>8}",
        "", "ours", "ratio"
    )?;
    for (name, pair) in rows {
        writeln!(out, "{name:>24} {pair}")?;
        out.flush()?;
    }
    Ok(())
}

/// The profile these figures belong to.
pub fn profile() -> &'static str {
    match cfg!(debug_assertions) {
        true => "dev profile",
        false => "bench profile",
    }
}
