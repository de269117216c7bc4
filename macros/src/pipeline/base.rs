//! Reads `..pipeline`, with which all nodes of another pipeline come in.

use super::arguments;
use super::cursor::{Cursor, is_punct};
use super::parse::Parser;
use super::place::Place;
use super::syntax::Base;
use proc_macro2::{Ident, Span, TokenTree};

/// How often the expression behind `..` may go on behind a comma, so that the time a broken one takes is bounded.
const MAX_COMMAS: usize = 32;

impl Parser<'_> {
    /// `None`, and nothing read, where no `..` is next.
    pub(super) fn base(&mut self, cursor: &mut Cursor) -> Option<Base> {
        let dots = cursor.take_dots()?;
        let place = self.place_between(dots);
        if let Some(sign) = cursor.peek()
            && (is_punct(sign, '=') || is_punct(sign, '.'))
        {
            let (place, text) = (self.place(sign.span()), sign.to_string());
            cursor.next();
            self.tell(
                place,
                &format!("`..{text}` takes no pipeline in"),
                "`..` takes all nodes of a pipeline in, and is no range",
                "write `..` and the pipeline behind it",
            );
        }
        if cursor.at_comma_or_end() || cursor.at_node() {
            self.tell(
                place,
                "a pipeline is missing behind `..`",
                "`..` takes all nodes of a pipeline in",
                "write `..base`: all nodes of that pipeline become nodes of this one",
            );
            return Some(Base {
                place,
                word: None,
                pipeline: None,
            });
        }
        let tokens = behind_dots(cursor);
        if cursor.at_node() {
            let text = cursor.peek().map(ToString::to_string).unwrap_or_default();
            let span = cursor.peek().map_or(place.end, TokenTree::span);
            let missing = self.place(span);
            self.tell(
                missing,
                &format!("a comma is missing before `{text}`"),
                "another node begins here",
                "write a comma behind the pipeline that is taken in",
            );
        }
        let pipeline = self.expression(&tokens, place.end);
        let word = variable(&tokens);
        Some(Base {
            place,
            word,
            pipeline,
        })
    }

    pub(super) fn place_between(&mut self, [first, second]: [Span; 2]) -> Place {
        Place {
            end: second,
            ..self.place(first)
        }
    }
}

/// `base` or `&base`.
fn variable(tokens: &[TokenTree]) -> Option<Ident> {
    match tokens {
        [TokenTree::Punct(sign), rest @ ..] if sign.as_char() == '&' => variable(rest),
        [TokenTree::Ident(word)] => Some(word.clone()),
        _ => None,
    }
}

/// The tokens of the expression: up to the next comma, unless it belongs to the expression (`f::<A, B>()`).
fn behind_dots(cursor: &mut Cursor) -> Vec<TokenTree> {
    let mut tokens = Vec::new();
    to_comma(cursor, &mut tokens);
    if cursor.at_node() {
        return tokens;
    }
    let may_go_on = |token: &TokenTree| is_punct(token, '<') || is_punct(token, '|');
    if !tokens.iter().any(may_go_on) || arguments::fault(&tokens).is_none() {
        return tokens;
    }
    let mut ahead = cursor.clone();
    let mut longer = tokens.clone();
    for _ in 0..MAX_COMMAS {
        if !ahead.peek_punct(',') {
            break;
        }
        longer.extend(ahead.next());
        to_comma(&mut ahead, &mut longer);
        if arguments::fault(&longer).is_none() {
            *cursor = ahead;
            return longer;
        }
    }
    tokens
}

/// Takes all up to the next comma, or to a node where the comma before it is missing.
fn to_comma(cursor: &mut Cursor, tokens: &mut Vec<TokenTree>) {
    while !cursor.at_comma_or_end() {
        // `Iterator<Item = T>` looks like a node, and stands in an expression that is not at its end.
        if cursor.at_node() && arguments::fault(tokens).is_none() {
            return;
        }
        tokens.extend(cursor.next());
    }
}
