//! `pipeline!` on the tokens of `proc_macro2`, from the list of nodes to the expression it stands for: it is read into
//! a tree, the graph's rules are asked, what is wrong is reported, and what is there is expanded.

mod arguments;
mod base;
mod check;
mod cursor;
mod each;
mod expand;
mod labels;
mod modifiers;
mod names;
mod parse;
mod place;
mod report;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro2::{TokenStream, TokenTree};
use report::Report;

/// Expands `path of the client crate ; label = node, ..` into an expression: the pipeline, and before it an error for
/// each mistake. Input that makes no sense still gives the value of what does, so that editors can go on.
pub(crate) fn pipeline(input: TokenStream) -> TokenStream {
    let mut input = input.into_iter();
    let root: TokenStream = input
        .by_ref()
        .take_while(|token| !is_end_of_root(token))
        .collect();
    let mut report = Report::default();
    let pipeline = parse::parse(input.collect(), &mut report);
    check::check(&pipeline, &mut report);
    expand::expand(&pipeline, root, report.into_errors())
}

fn is_end_of_root(token: &TokenTree) -> bool {
    cursor::is_punct(token, ';')
}
