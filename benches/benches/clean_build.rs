//! A clean build of the macro crate, with the graph's rules in it, against one of syn, quote and proc-macro2 alone, with the
//! same features: what the macro adds to the build of whoever uses it. Processor time, dev profile.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use dune_pipeline_benches::compiler::{DebugInfo, clean_build, scratch, workspace};
use dune_pipeline_benches::{Pair, median, table};

const TURNS: usize = 5;

fn main() -> io::Result<()> {
    let root = workspace()?;
    let ours = root.join("Cargo.toml");
    let folder = tempfile::tempdir_in(scratch()?)?;
    let bases = write_bases(root, folder.path())?;
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

/// A procedural macro of nothing, on the same three crates in the same versions, with the same features.
fn write_bases(root: &Path, folder: &Path) -> io::Result<std::path::PathBuf> {
    let workspace = fs::read_to_string(root.join("Cargo.toml"))?;
    let bases = ["syn = ", "quote = ", "proc-macro2 = "];
    let lines = workspace
        .lines()
        .filter(|line| bases.iter().any(|base| line.starts_with(base)));
    let lines: Vec<&str> = lines.collect();
    if lines.len() != bases.len() {
        return Err(io::Error::other(
            "the workspace does not name the three crates, a line each",
        ));
    }
    let manifest = folder.join("Cargo.toml");
    let package = "[workspace]\n[package]\nname = \"bases\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
                   [lib]\nproc-macro = true\n[profile.dev]\ndebug = \"line-tables-only\"\n\
                   [profile.dev.package.\"*\"]\ndebug = false\n[dependencies]\n";
    fs::write(&manifest, format!("{package}{}\n", lines.join("\n")))?;
    fs::create_dir(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(manifest)
}
