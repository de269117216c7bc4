//! Finds `break` and `continue` that would leave the closure of an `each`. What is found is certain; what is not, rustc
//! refuses, for the closure becomes a block with a label.

use super::cursor::is_punct;
use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};

/// Those of these tokens that stand in no loop of their own. Behind the word of a loop its body is somewhere in the same
/// list, and what a macro is given may become anything: there none is looked for.
pub(super) fn leaving(tokens: TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    let mut open = vec![tokens.into_iter().peekable()];
    while let Some(level) = open.last_mut() {
        match level.next() {
            None => {
                open.pop();
            }
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter().peekable()),
            Some(TokenTree::Punct(sign)) if sign.as_char() == '!' => {
                let is_macro = sign.spacing() == Spacing::Alone;
                level.next_if(|token| is_macro && matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::None));
            }
            Some(TokenTree::Ident(word)) => match word.to_string().as_str() {
                "loop" | "while" | "for" => {
                    open.pop();
                }
                "break" | "continue"
                    if !level.peek().is_some_and(|label| is_punct(label, '\'')) =>
                {
                    found.push(word);
                }
                _ => {}
            },
            Some(_) => {}
        }
    }
    found
}
