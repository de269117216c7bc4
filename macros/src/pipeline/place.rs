//! Where something stands in the user's source: the span an error is shown at, the line others name it by, and
//! its rank among all that was read, which is the order errors are told in.

// A bench includes these rooms in a crate that is no procedural macro, where the name must be brought in.
#[allow(unused_extern_crates)]
extern crate proc_macro;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

/// One or several tokens that stand together.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) start: Span,
    pub(crate) end: Span,
    /// Counted up by the parser, which reads from left to right.
    pub(crate) rank: usize,
}

impl Place {
    pub(crate) fn of_tokens(tokens: &[TokenTree], otherwise: Span, rank: usize) -> Self {
        let start = tokens.first().map_or(otherwise, TokenTree::span);
        let end = tokens.last().map_or(otherwise, TokenTree::span);
        Self { start, end, rank }
    }

    pub(crate) fn of_span(span: Span, rank: usize) -> Self {
        Self {
            start: span,
            end: span,
            rank,
        }
    }

    /// The line, counted from 1; `None` where nobody knows it (outside of a compiler).
    pub(crate) fn line(self) -> Option<usize> {
        if !proc_macro::is_available() {
            return None;
        }
        let span = self.start.unwrap();
        // No token of a macro call can be the first of its file: this is what rust-analyzer says of every token.
        let unknown = span.line() == 1 && span.column() == 1;
        (!unknown).then(|| span.line())
    }
}

/// Pieces in the order of the source, in whichever order they come.
#[derive(Default)]
pub(super) struct ByRank(Vec<(usize, TokenStream)>);

impl ByRank {
    pub(super) fn add(&mut self, rank: usize, piece: TokenStream) {
        // Most come in order, and go to the end.
        let behind = self.0.partition_point(|(other, _)| *other <= rank);
        self.0.insert(behind, (rank, piece));
    }

    /// Takes the last of them out.
    pub(super) fn pop(&mut self) -> Option<TokenStream> {
        self.0.pop().map(|(_, piece)| piece)
    }
}

/// All of them, one behind the other.
impl ToTokens for ByRank {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for (_, piece) in &self.0 {
            piece.to_tokens(tokens);
        }
    }
}
