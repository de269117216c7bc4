//! What a pipeline costs the compiler in a debug build: its expansion, as measured around a real rustc, and type check and code
//! generation against the same request written by hand with the generated types. Processor time, an empty crate's subtracted.

use std::io;
use std::time::Duration;

use dune_pipeline_benches::compiler::{Compiler, Crate, Until};
use dune_pipeline_benches::pipelines::{BY_HAND, DECLARED, by_hand, declared};
use dune_pipeline_benches::{Pair, median, table};

/// Nodes in all pipelines of a crate together: enough that ten milliseconds, the step of the clock, do not matter.
const NODES: u32 = 4_000;

/// How often each crate is compiled.
const TURNS: usize = 5;

fn main() -> io::Result<()> {
    let compiler = Compiler::new()?;
    expansion(&compiler)?;
    check_and_codegen(&compiler)
}

fn expansion(compiler: &Compiler) -> io::Result<()> {
    let sizes = [10, 100, 1_000];
    let crates = sizes.map(|size| many("declared", DECLARED, declared, size));
    let empty = many("empty", "()", |_| String::new(), NODES);
    let [small, middle, large] = crates.each_ref();
    let [none, times @ ..] = in_turns(
        compiler,
        [&empty, small, middle, large].map(|it| (it, Until::Expanded)),
    )?;
    let costs = times.map(|time| time.saturating_sub(none) / NODES);
    let rows = sizes.into_iter().zip(costs).map(|(size, cost)| {
        let pair = Pair {
            ours: cost * size,
            baseline: costs.first().copied().unwrap_or_default() * size,
        };
        (format!("{size} nodes"), pair)
    });
    table(
        "pipeline!: one expansion within rustc, dev profile",
        "as of 10",
        rows,
    )
}

fn check_and_codegen(compiler: &Compiler) -> io::Result<()> {
    let ours = many("declared", DECLARED, declared, 100);
    let hand = many("by_hand", BY_HAND, by_hand, 100);
    let mut rows = Vec::new();
    for (what, until) in [
        ("type check", Until::Checked),
        ("with codegen", Until::Built),
    ] {
        let steps = [
            (&ours, until),
            (&ours, Until::Expanded),
            (&hand, until),
            (&hand, Until::Expanded),
        ];
        let [whole, expanded, whole_by_hand, expanded_by_hand] = in_turns(compiler, steps)?;
        let pair = Pair {
            ours: whole.saturating_sub(expanded) / (NODES / 100),
            baseline: whole_by_hand.saturating_sub(expanded_by_hand) / (NODES / 100),
        };
        rows.push((what.to_owned(), pair));
    }
    table(
        "pipeline!: 100 nodes from their expansion on, dev profile",
        "by hand",
        rows,
    )
}

/// The median time of each, in turns.
fn in_turns<const N: usize>(
    compiler: &Compiler,
    steps: [(&Crate, Until); N],
) -> io::Result<[Duration; N]> {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..TURNS {
        for ((it, until), times) in steps.iter().zip(&mut times) {
            times.push(compiler.compile(it, *until)?);
        }
    }
    Ok(times.map(median))
}

/// A crate of pipelines of this size, [`NODES`] in all.
fn many(name: &str, gives: &'static str, block: fn(u32) -> String, size: u32) -> Crate {
    Crate {
        name: format!("{name}_{size}"),
        gives,
        blocks: (0..NODES / size).map(|_| block(size)).collect(),
    }
}
