//! Anything goes through the macro: text, and good pipelines that were disturbed or put together of the pieces of others.
//! What comes out is an expression of Rust, with an error in it where the input is no pipeline.

use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::{Group, TokenStream, TokenTree};

use crate::bytes::Bytes;

// A proc-macro crate can export nothing but macros; its logic is one module, on proc_macro2's tokens.
#[path = "../../macros/src/pipeline/tests/changes.rs"]
mod changes;
#[path = "../../macros/src/pipeline/mod.rs"]
mod code;
#[path = "../../macros/src/pipeline/tests/corpus.rs"]
mod corpus;
#[path = "../../macros/src/pipeline/tests/grammar.rs"]
mod grammar;

use changes::{Change, changed, count};

static GOOD: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.map(corpus::good_pipelines).unwrap_or_default()
});

/// Deeper than this the checks here, which recurse, would run out of stack before the macro does, which does not.
const MAX_DEPTH: usize = 60;

/// Feeds the macro; a panic is a finding.
pub fn pipeline(data: &[u8]) {
    let mut bytes = Bytes(data);
    let input = match bytes.next() % 4 {
        0 => text(bytes.0),
        _ => Some(disturbed(&mut bytes)),
    };
    if let Some(input) = input.filter(|input| !is_deep(input.clone(), MAX_DEPTH)) {
        judge(input);
    }
}

fn judge(input: TokenStream) {
    for reader in [code::Reader::Compiler, code::Reader::Editor] {
        judge_for(reader, &input);
    }
}

fn judge_for(reader: code::Reader, input: &TokenStream) {
    let root = ["::dune_pipeline;".parse::<TokenStream>()]
        .into_iter()
        .flatten()
        .flatten();
    let output = code::pipeline(root.chain(input.clone()).collect(), reader);
    if let Err(error) = syn::parse2::<syn::Expr>(output.clone()) {
        panic!("no expression: {error}\n{input}\n{output}");
    }
    let refused = output.to_string().contains("compile_error !");
    if !refused && !grammar::is_pipeline(input.clone()) {
        panic!("no pipeline, and nothing was said:\n{input}");
    }
}

fn text(bytes: &[u8]) -> Option<TokenStream> {
    let text = std::str::from_utf8(bytes).ok()?;
    // The lexer of proc_macro2 recurses, and is not what is looked at.
    let opening = |c: &char| matches!(c, '(' | '[' | '{');
    (text.chars().filter(opening).count() < MAX_DEPTH).then(|| text.parse().ok())?
}

/// A good pipeline, with up to eight changes one after the other.
fn disturbed(bytes: &mut Bytes<'_>) -> TokenStream {
    let mut tokens = good(bytes);
    for _ in 0..8 {
        if bytes.is_empty() {
            break;
        }
        let all = count(&tokens).max(1);
        let mut at = bytes.below(all);
        tokens = match bytes.next() % 6 {
            0 => changed(tokens, Change::Remove, &mut at),
            1 => changed(tokens, Change::Double, &mut at),
            2 => changed(tokens, Change::Swap, &mut at),
            3 => broken_off(tokens, &mut at),
            4 => {
                let other = good(bytes);
                let mut from = bytes.below(count(&other).max(1));
                let piece = nth(other, &mut from);
                put(tokens, &mut at, &mut piece.into_iter().collect())
            }
            _ => {
                const WORDS: &[&str] = &[
                    "..", ",", "=", "|", "<", ">", ".", "each", "in_turn", "move", "query",
                    "refresh", "after", "0", "r#if", "\"\"", ";",
                ];
                let word = bytes
                    .choose(WORDS)
                    .parse::<TokenStream>()
                    .unwrap_or_default();
                put(tokens, &mut at, &mut word.into_iter().collect())
            }
        };
    }
    tokens
}

fn good(bytes: &mut Bytes<'_>) -> TokenStream {
    match GOOD.is_empty() {
        true => TokenStream::new(),
        false => bytes.choose(&GOOD).parse().unwrap_or_default(),
    }
}

/// All up to the token of this number, all groups closed.
fn broken_off(tokens: TokenStream, left: &mut usize) -> TokenStream {
    let mut output = Vec::new();
    for token in tokens {
        let Some(less) = left.checked_sub(1) else {
            break;
        };
        *left = less;
        output.push(match token {
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), broken_off(group.stream(), left)).into()
            }
            token => token,
        });
    }
    output.into_iter().collect()
}

fn nth(tokens: TokenStream, left: &mut usize) -> Option<TokenTree> {
    for token in tokens {
        let Some(less) = left.checked_sub(1) else {
            return Some(token);
        };
        *left = less;
        if let TokenTree::Group(group) = token
            && let Some(found) = nth(group.stream(), left)
        {
            return Some(found);
        }
    }
    None
}

/// The same with these before the token of this number.
fn put(tokens: TokenStream, left: &mut usize, these: &mut Vec<TokenTree>) -> TokenStream {
    let mut output = Vec::new();
    for token in tokens {
        match left.checked_sub(1) {
            None => output.append(these),
            Some(less) => *left = less,
        }
        output.push(match token {
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), put(group.stream(), left, these)).into()
            }
            token => token,
        });
    }
    output.into_iter().collect()
}

fn is_deep(tokens: TokenStream, left: usize) -> bool {
    let Some(less) = left.checked_sub(1) else {
        return true;
    };
    let mut puncts = 0;
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => is_deep(group.stream(), less),
        TokenTree::Punct(_) => {
            puncts += 1;
            puncts > 1_000
        }
        _ => false,
    })
}
