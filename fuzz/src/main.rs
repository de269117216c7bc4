//! Runs a target on random bytes for some time, without looking at what they reach: `cargo run -- pipeline 600`. What is found is
//! written to a file in `findings/` and told with the panic's own words; `cargo run -- pipeline FILE` runs that file again.

use std::fs;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use dune_pipeline_fuzz::{graph, pipeline};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

/// What is checked here recurses further than the macro does.
const STACK: usize = 256 << 20;

/// A target that finds one mistake finds it often.
const ENOUGH: usize = 20;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, what, seed) = match arguments.as_slice() {
        [name, what] => (name.clone(), what.clone(), 0),
        [name, what, seed] => (
            name.clone(),
            what.clone(),
            seed.parse().map_err(io::Error::other)?,
        ),
        _ => {
            return Err(io::Error::other(
                "usage: <pipeline | graph> <seconds | file> [seed]",
            ));
        }
    };
    let target = match name.as_str() {
        "pipeline" => pipeline,
        "graph" => graph,
        _ => return Err(io::Error::other("the targets are `pipeline` and `graph`")),
    };
    let run = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || match what.parse() {
            Ok(seconds) => fuzz(&name, target, Duration::from_secs(seconds), seed),
            Err(_) => {
                target(&fs::read(what)?);
                Ok(())
            }
        })?;
    run.join().map_err(|_| io::Error::other("found"))?
}

fn fuzz(name: &str, target: fn(&[u8]), time: Duration, seed: u64) -> io::Result<()> {
    let mut random = SmallRng::seed_from_u64(seed);
    let begin = Instant::now();
    let (mut executions, mut findings) = (0_u64, 0);
    while begin.elapsed() < time && findings < ENOUGH {
        let length = random.random_range(0..400);
        let mut data: Vec<u8> = (0..length).map(|_| random.random()).collect();
        // Text is valid and means something only when it is made to.
        if let Some((mode, text)) = data.split_first_mut()
            && *mode % 4 == 0
        {
            const LETTERS: &[u8] = b"abqyz019 \n\t=,.:;|<>()[]{}'\"#!&-_*/";
            text.iter_mut()
                .for_each(|byte| *byte = LETTERS[usize::from(*byte) % LETTERS.len()]);
        }
        executions += 1;
        if catch_unwind(AssertUnwindSafe(|| target(&data))).is_err() {
            findings += 1;
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("findings");
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{name}-{seed}-{executions}")), &data)?;
        }
    }
    let seconds = begin.elapsed().as_secs();
    writeln!(
        io::stdout(),
        "{name}: {executions} executions in {seconds} s, seed {seed}, {findings} findings"
    )?;
    match findings {
        0 => Ok(()),
        _ => Err(io::Error::other("see findings/")),
    }
}
