//! The procedural half of `dune-pipeline`. Nothing here is for use by itself: add `dune-pipeline`, whose `pipeline!`
//! hands its tokens and its own path to the macro below, and whose documentation has the language.

mod host;
mod pipeline;

/// Expands `$crate; label = node, ..`, as `dune_pipeline::pipeline!` writes it.
#[doc(hidden)]
#[proc_macro]
pub fn pipeline(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    pipeline::pipeline(input.into(), host::reader()).into()
}
