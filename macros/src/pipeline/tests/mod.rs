//! What comes of pipelines that are whole, half-typed and senseless. How the errors look in a compiler is shown by
//! `tests/ui`; here the macro runs by itself, on many more inputs.

mod alone;
mod changes;
mod corpus;
mod grammar;
mod soup;
mod typing;
mod words;
pub(super) mod work;

use super::{Reader, check, parse, report::Report};
use proc_macro2::TokenStream;
use std::path::Path;
use syn::Expr;

/// All good pipelines that are written anywhere in the repository.
fn written() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let found = corpus::good_pipelines(root);
    assert!(found.len() > 20, "there are more: {found:#?}");
    found
}

fn run(input: TokenStream) -> (TokenStream, Vec<String>) {
    let mut report = Report::default();
    let pipeline = parse::parse(input.clone(), Reader::Compiler, &mut report);
    check::check(&pipeline, &mut report);
    (expanded(input, Reader::Compiler), report.texts())
}

fn expanded(input: TokenStream, reader: Reader) -> TokenStream {
    let root = "::dune_pipeline;".parse::<TokenStream>().unwrap();
    super::pipeline(root.into_iter().chain(input).collect(), reader)
}

fn mistakes(source: &str) -> Vec<String> {
    let (_, texts) = run(source.parse().unwrap());
    let headline = |text: String| text.lines().next().unwrap_or_default().to_owned();
    texts.into_iter().map(headline).collect()
}

/// Whatever comes in, Rust comes out: an expression, for compilers and for editors. In what is no pipeline there is an error.
fn gives_an_expression(input: TokenStream) {
    let (output, texts) = run(input.clone());
    for output in [output, expanded(input.clone(), Reader::Editor)] {
        if let Err(error) = syn::parse2::<Expr>(output.clone()) {
            panic!("{error}\n{input}\n{output}");
        }
        assert_eq!(
            output.to_string().contains("compile_error !"),
            !texts.is_empty(),
            "{input}"
        );
    }
    if texts.is_empty() && !grammar::is_pipeline(input.clone()) {
        panic!("this is no pipeline, and nothing was said:\n{input}");
    }
}
