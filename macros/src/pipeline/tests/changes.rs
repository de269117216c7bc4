//! What can happen to the tokens of a pipeline while it is typed: it breaks off, a token is missing, doubled, or in its
//! neighbour's place. Also of use to the fuzzers.

use proc_macro2::{Group, TokenStream, TokenTree};

/// What happens to one token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Remove,
    Double,
    Swap,
}

/// How many tokens there are, those of all groups included.
pub(crate) fn count(tokens: &TokenStream) -> usize {
    let inner = |token| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(inner).sum()
}

/// The same tokens with a change at the one of this number, counted through all groups.
pub(crate) fn changed(tokens: TokenStream, change: Change, left: &mut usize) -> TokenStream {
    let mut output: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let here = *left == 0;
        *left = left.wrapping_sub(1);
        match (here, change) {
            (true, Change::Remove) => {}
            (true, Change::Double) => output.extend([token.clone(), token]),
            (true, Change::Swap) => output.extend(tokens.next().into_iter().chain([token])),
            (false, _) => output.push(match token {
                TokenTree::Group(group) => {
                    Group::new(group.delimiter(), changed(group.stream(), change, left)).into()
                }
                token => token,
            }),
        }
    }
    output.into_iter().collect()
}
