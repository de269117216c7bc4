//! Calls of `pipeline!` in a source, and their white space.

use proc_macro2::{TokenStream, TokenTree};
use std::ops::Range;

/// Where the brackets of each call are, and what is in them.
pub(crate) fn calls(code: &str) -> Vec<Range<usize>> {
    let tokens: TokenStream = code.parse().unwrap();
    let mut found = Vec::new();
    find(tokens, &mut found);
    found
}

fn find(tokens: TokenStream, found: &mut Vec<Range<usize>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let before: Vec<String> = tokens[index.saturating_sub(2)..index]
            .iter()
            .map(ToString::to_string)
            .collect();
        if before == ["pipeline", "!"] {
            found.push(group.span().byte_range());
        }
        find(group.stream(), found);
    }
}

/// The same source with other white space in this call: what was indented is not, one space is three, and so
/// many are behind the bracket.
pub(crate) fn disturbed(code: &str, call: &Range<usize>) -> String {
    let mut places = Vec::new();
    let tokens: TokenStream = code.parse().unwrap();
    within(tokens, call, &mut places);
    let mut text = code[..call.start].to_owned();
    let mut from = call.start;
    for place in places {
        // All tokens of a doc comment are at one place.
        if place.start < from {
            continue;
        }
        let space = &code[from..place.start];
        match space.matches('\n').count() {
            // A comment, which is no token.
            _ if !space.trim().is_empty() => text += space,
            0 if space.is_empty() && from != call.start + 1 => {}
            0 => text += "   ",
            lines => text += &"\n".repeat(lines),
        }
        text += &code[place.clone()];
        from = place.end;
    }
    text + &code[from..]
}

/// The places of all tokens within, in order; of a group, those of its delimiters.
fn within(tokens: TokenStream, call: &Range<usize>, places: &mut Vec<Range<usize>>) {
    for token in tokens {
        let place = token.span().byte_range();
        match token {
            TokenTree::Group(group) if place.end > call.start && place.start < call.end => {
                let ends = [group.span_open(), group.span_close()].map(|end| end.byte_range());
                let inside = call.start <= place.start && place.end <= call.end;
                let [open, close] = ends;
                places.extend(inside.then_some(open));
                within(group.stream(), call, places);
                places.extend(inside.then_some(close));
            }
            _ if call.start <= place.start && place.end <= call.end => places.push(place),
            _ => {}
        }
    }
}
