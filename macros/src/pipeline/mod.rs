//! `pipeline!` on the tokens of `proc_macro2`, from the list of nodes to the expression it stands for: it is read into
//! a tree, the graph's rules are asked, what is wrong is reported, and what is there is expanded.

mod arguments;
mod base;
mod check;
mod cursor;
mod dashes;
mod each;
mod editor;
mod expand;
mod labels;
mod leaving;
mod modifiers;
mod names;
mod parse;
mod place;
mod reader;
mod report;
mod slips;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
pub(crate) use reader::Reader;
use report::Report;

/// Expands `path of the client crate ; label = node, ..` into an expression: the pipeline, or an error for each mistake.
/// For an editor, input that makes no sense still gives the value of what does, so that it can go on.
pub(crate) fn pipeline(input: TokenStream, reader: Reader) -> TokenStream {
    let mut root = Vec::new();
    let mut list = Vec::new();
    let mut is_in_list = false;
    for token in input {
        match is_in_list {
            true => list.push(token),
            false if cursor::is_punct(&token, ';') => is_in_list = true,
            false => root.push(token),
        }
    }
    let root = root.into_iter().collect();
    let mut report = Report::default();
    let pipeline = parse::parse(list.into_iter().collect(), reader, &mut report);
    check::check(&pipeline, &mut report);
    let errors = report.errors();
    match reader {
        Reader::Compiler => expand::expand(&pipeline, root, errors),
        Reader::Editor => editor::expand(&pipeline, root, errors),
    }
}
