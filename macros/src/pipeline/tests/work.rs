//! Bounded work: what a pipeline costs is counted, and grows with it. A clock would judge the machine.

use super::{expanded, mistakes, run};
use crate::pipeline::Reader;
use proc_macro2::{TokenStream, TokenTree};
use std::cell::Cell;

thread_local! {
    static PARSED: Cell<usize> = const { Cell::new(0) };
}

/// Counts what syn is given to parse.
pub(in crate::pipeline) fn parsed(tokens: TokenStream) {
    PARSED.set(PARSED.get() + count(tokens));
}

/// Tokens, and those within them.
fn count(tokens: TokenStream) -> usize {
    let within = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => 1 + count(group.stream()),
        _ => 1,
    });
    within.sum()
}

/// How many tokens are parsed and written for this source.
fn work(source: &str, reader: Reader) -> usize {
    PARSED.set(0);
    let written = count(expanded(source.parse().unwrap(), reader));
    PARSED.get() + written
}

/// What stands before, again and again in the middle, and behind.
const HOSTILE: &[[&str; 3]] = &[
    // Each `<` could begin generic arguments that reach over all the commas behind it.
    ["a = query(1).parameters(", "x = a < b <, ", ")"],
    ["a = query(1).parameters(", "..a < b <, ", ")"],
    ["a = query(", "a < b <, ", ")"],
    ["a = query(1).after(", "a < b <, ", ")"],
    // And each bar a closure.
    ["a = query(1).parameters(", "x = |a, ", ")"],
    ["a = each(", "|a, ", ")"],
    ["a = each(a < b, ", "|a, ", ")"],
    ["a = each(", "a < b, ", "|a| query(1))"],
    ["a = each(b, |a| { ", "a < b; ", "query(1) })"],
    ["", "..a < b <, ", ""],
    ["", "..a | b, ", ""],
    // Each could be the next node, or a name within the expression.
    ["", "..a < b = ", ""],
    ["..a < ", "b = ", ""],
    ["..", "a = < ", ""],
    ["", "a = each(b < c, |x| query(1)), ", ""],
    ["", "a = query(1), ", ""],
    ["", "let pub a: T = query(1); ", ""],
    ["let ", "pub ", "a = query(1)"],
    ["", "a = ..b ", ""],
    ["a = query(1)", ".b(c < d, e)", ""],
    ["a = query(1)", ".", ""],
    ["", "#[a] /// b\n", "a = query(1)"],
    ["a = query(1).after(", "a, ", ")"],
];

#[test]
fn twice_as_much_of_anything_is_twice_the_work() {
    for [before, again, behind] in HOSTILE {
        for reader in [Reader::Compiler, Reader::Editor] {
            let of = |times| work(&[before, &*again.repeat(times), behind].concat(), reader);
            let (once, twice) = (of(200), of(400));
            // Only the ends of the list are looked at less often than its middle.
            assert!(twice <= 2 * once + once / 8, "{again}: {once}, {twice}");
            let read = count(again.parse().unwrap()) * 400;
            assert!(twice < 600 * read, "{again}: {twice} for {read} tokens");
        }
    }
}

#[test]
fn what_is_wrong_in_a_long_list_is_told_of_each() {
    let source = format!("a = query(1).parameters({})", "x = a < b <, ".repeat(2_000));
    let found = mistakes(&source);
    assert!(
        found
            .iter()
            .all(|text| text.starts_with("no Rust expression") || text.contains("given twice"))
    );
    assert!(found.len() > 2_000);
}

#[test]
fn the_deepest_nesting_fits_the_stack_of_a_compiler() {
    let compiler = std::thread::Builder::new().stack_size(8 << 20);
    compiler.spawn(the_deepest).unwrap().join().unwrap();
}

fn the_deepest() {
    for (open, close) in [
        ("(", ")"),
        ("-(", ")"),
        ("&", ""),
        ("Vec::<", ">"),
        ("|x| ", ""),
        ("|x| { let a = ", ";}"),
        ("if x {", "}"),
        ("return ", ""),
    ] {
        // The deepest that is still parsed is somewhere before.
        for times in (16..256).step_by(16).chain([3_000]) {
            let deep = format!("{}x{}", open.repeat(times), close.repeat(times));
            let source = format!("a = query({deep}).parameters(x = {deep}, y = 1)");
            let (_, texts) = run(source.parse().unwrap());
            assert_eq!(texts, [""; 0], "{open}");
        }
    }
}
