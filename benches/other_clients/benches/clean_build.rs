//! A clean build of our client and of each other one: the processor time of `cargo build` for a crate that depends on it alone.
//! All sources are fetched before. As machines differ, each is also told in builds of syn, quote and proc-macro2.
//!
//! `cargo bench --manifest-path benches/other_clients/Cargo.toml --bench clean_build [TURNS] [CLIENT..]`

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use dune_pipeline_benches::asked::Asked;
use dune_pipeline_benches::compiler::{
    DebugInfo, cargo, clean_build, scratch, three_bases, workspace,
};

const CLIENTS: [&str; 4] = ["dune-pipeline", "duners", "dnapi", "arrakis"];

/// How often each is built; the least time counts, for a busy machine only ever adds to it.
const TURNS: usize = 3;

fn main() -> io::Result<()> {
    let asked = Asked::from_args();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fetched = Command::new(cargo())
        .args(["fetch", "--locked", "--manifest-path"])
        .arg(here.join("Cargo.toml"))
        .status()?;
    if !fetched.success() {
        return Err(io::Error::other("the sources cannot be fetched"));
    }
    let folder = tempfile::tempdir_in(scratch()?)?;
    let empty = folder.path().join("bases");
    fs::create_dir(&empty)?;
    let bases = three_bases(&empty)?;
    let mut yardstick = Duration::MAX;
    let mut least = Vec::new();
    for client in CLIENTS {
        if asked.includes(client) {
            let manifest = alone(client, here, &folder.path().join(client))?;
            least.push((client, manifest, Duration::MAX));
        }
    }
    let turns = asked.turns.unwrap_or(TURNS);
    for _ in 0..turns {
        yardstick = clean_build(&bases, "bases", DebugInfo::None)?.min(yardstick);
        for (_, manifest, least) in &mut least {
            *least = clean_build(manifest, "alone", DebugInfo::Full)?.min(*least);
        }
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\nclean build, dev profile; the least of {turns}\n{:>13} {:>7} {:>16}",
        "", "CPU s", "in three bases"
    )?;
    let yardstick = yardstick.as_secs_f64();
    writeln!(out, "{:>13} {yardstick:>7.1} {:>16.1}", "three bases", 1.0)?;
    for (client, _, least) in least {
        let least = least.as_secs_f64();
        writeln!(out, "{client:>13} {least:>7.1} {:>16.1}", least / yardstick)?;
    }
    Ok(())
}

/// A package that depends on one client, in the version that is measured here, with the versions of all others that are
/// locked here.
fn alone(client: &str, here: &Path, folder: &Path) -> io::Result<PathBuf> {
    let dependencies = fs::read_to_string(here.join("Cargo.toml"))?;
    let prefix = format!("{client} = {{");
    let line = dependencies.lines().find(|line| line.starts_with(&prefix));
    let line = line.ok_or_else(|| io::Error::other(format!("`{client}` is not here")))?;
    let line = line.replace(", optional = true", "");
    let line = line.replace("../..", &workspace()?.to_string_lossy());
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::copy(here.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let manifest = folder.join("Cargo.toml");
    let package = "[workspace]\n[package]\nname = \"alone\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n";
    fs::write(&manifest, format!("{package}{line}\n"))?;
    Ok(manifest)
}
