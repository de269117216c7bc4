//! A clean build of the macro crate, with the graph's rules in it, against one of syn, quote and proc-macro2 alone, with the
//! same features: what the macro adds to the build of whoever uses it. Processor time, dev profile.

use std::io;
use std::time::Duration;

use dune_pipeline_benches::compiler::{DebugInfo, clean_build, scratch, three_bases, workspace};
use dune_pipeline_benches::{Pair, median, table};

const TURNS: usize = 5;

fn main() -> io::Result<()> {
    let ours = workspace()?.join("Cargo.toml");
    let folder = tempfile::tempdir_in(scratch()?)?;
    let bases = three_bases(folder.path())?;
    let (mut macros, mut alone): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        macros.push(clean_build(&ours, "dune-pipeline-macros", DebugInfo::None)?);
        alone.push(clean_build(&bases, "bases", DebugInfo::None)?);
    }
    let pair = Pair {
        ours: median(macros),
        baseline: median(alone),
    };
    let more = pair.ours.saturating_sub(pair.baseline);
    table(
        &format!("pipeline!: clean build, dev profile; {more:.2?} more"),
        "three bases",
        [("macro crate".to_owned(), pair)],
    )
}
