//! The expansion of `pipeline!` on the tokens it is given, at 1 to 1,000 nodes, against parsing the same tokens as syn's expressions:
//! what any macro that takes Rust expressions pays.

use std::io;

use dune_pipeline_benches::pipelines::nodes;
use dune_pipeline_benches::{Pair, profile, table};
use proc_macro2::TokenStream;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

// A proc-macro crate can export nothing but macros; its logic is one module, on proc_macro2's tokens.
#[path = "../../macros/src/pipeline/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "a bench is built like a test: what the module has for its tests comes along, the tests do not"
)]
mod pipeline;

const SIZES: [u32; 4] = [1, 10, 100, 1_000];

fn tokens(text: &str) -> Result<TokenStream, syn::Error> {
    text.parse().map_err(syn::Error::from)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rows = Vec::new();
    for size in SIZES {
        let nodes = nodes(size);
        let (input, list) = (
            tokens(&format!("::dune_pipeline; {nodes}"))?,
            tokens(&nodes)?,
        );
        // A pipeline that is refused would be the time of an error.
        let expanded = pipeline::pipeline(input.clone(), pipeline::Reader::Compiler).to_string();
        if expanded.contains("compile_error") {
            return Err(io::Error::other(expanded).into());
        }
        let expressions = |tokens| Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens);
        expressions(list.clone())?;
        let pair = Pair::measure(
            || pipeline::pipeline(input.clone(), pipeline::Reader::Compiler),
            || expressions(list.clone()),
        );
        rows.push((format!("{size} nodes"), pair));
    }
    Ok(table(
        &format!("pipeline!: expansion, {}", profile()),
        "syn parse",
        rows,
    )?)
}
