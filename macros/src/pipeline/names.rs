//! Reads labels and ids, where a node is declared and where others wait for it.

use super::arguments::{self, is_keyword};
use super::cursor::Cursor;
use super::dashes::at_equals;
use super::each;
use super::parse::{Parser, work_of};
use super::place::Place;
use super::report::Mistake;
use super::syntax::{Called, Known, Name};
use dune_pipeline_graph::check_node_id;
use proc_macro2::{Ident, Literal, Span, TokenTree};
use syn::ext::IdentExt;

/// What to say where something else stands than a label.
pub(super) struct Otherwise {
    pub(super) headline: &'static str,
    pub(super) why: &'static str,
    pub(super) help: &'static str,
}

/// Where a node is declared.
const AT_NODE: Otherwise = Otherwise {
    headline: "a node begins with its label",
    why: "a label is an identifier or a whole number",
    help: "write `label = refresh(view)` or `label = query(id)`",
};

impl Parser<'_> {
    pub(super) fn declared_name(&mut self, cursor: &mut Cursor) -> Option<Name> {
        let span = cursor.peek().map_or_else(Span::call_site, TokenTree::span);
        if let Some(word) = cursor.peek_ident() {
            let is_kind = (work_of(word).is_some() || each::WORDS.iter().any(|each| word == each))
                && matches!(cursor.peek_second(), Some(TokenTree::Group(_)));
            if is_kind {
                let word = word.to_string();
                let place = self.place(span);
                self.tell(
                    place,
                    "this node has no label",
                    "others wait for it, and its rows are asked for, by its label",
                    &format!("write `label = {word}(..)`"),
                );
                return None;
            }
        }
        if let Some(name) = self.label_with_dashes(cursor, at_equals) {
            return Some(name);
        }
        if self.statement(cursor) {
            return None;
        }
        self.name(cursor, &AT_NODE)
    }

    /// A label or an id, where a node is declared or waited for.
    pub(super) fn name(&mut self, cursor: &mut Cursor, otherwise: &Otherwise) -> Option<Name> {
        let Some(token) = cursor.peek() else {
            let place = self.place(Span::call_site());
            self.otherwise(place, otherwise);
            return None;
        };
        let place = self.place(token.span());
        match token {
            TokenTree::Ident(word) if is_keyword(word) => {
                let help = match word.to_string().as_str() {
                    "_" | "self" | "super" | "crate" | "Self" => "take another name".to_owned(),
                    word => format!("write `r#{word}`, or take another name"),
                };
                self.tell(
                    place,
                    &format!("`{word}` is a word of Rust's and no label"),
                    "a label becomes a field of the pipeline",
                    &help,
                );
                None
            }
            TokenTree::Ident(word) => {
                let called = Called::Label(word.clone());
                cursor.next();
                Some(Name {
                    place,
                    called,
                    index: None,
                })
            }
            TokenTree::Literal(literal) => {
                let called = self.id(literal.clone(), false, place, otherwise)?;
                cursor.next();
                Some(Name {
                    place,
                    called,
                    index: None,
                })
            }
            TokenTree::Punct(sign) if sign.as_char() == '-' => {
                match cursor.peek_second() {
                    Some(TokenTree::Literal(literal)) => {
                        let literal = literal.clone();
                        self.id(literal, true, place, otherwise);
                    }
                    _ => self.otherwise(place, otherwise),
                }
                None
            }
            _ => {
                self.otherwise(place, otherwise);
                None
            }
        }
    }

    fn otherwise(&mut self, place: Place, otherwise: &Otherwise) {
        self.tell(place, otherwise.headline, otherwise.why, otherwise.help);
    }

    /// The id of a node. One that cannot be is told in the words of the graph's rules.
    fn id(
        &mut self,
        literal: Literal,
        negative: bool,
        place: Place,
        otherwise: &Otherwise,
    ) -> Option<Called> {
        match arguments::known(&[literal.into()]) {
            Known::Integer {
                digits,
                suffixed: false,
            } => {
                // A number of more than 38 digits is told as the largest that fits: too large it is either way.
                let id = digits.parse::<i128>().unwrap_or(i128::MAX);
                match check_node_id(if negative { -id } else { id }) {
                    Ok(id) => return Some(Called::Id(id)),
                    Err(rule) => self.report.add(Mistake::of_rule(place, &rule)),
                }
            }
            Known::Text(text) if syn::parse_str::<Ident>(&text).is_ok() => self.tell(
                place,
                "a label is written without quotes",
                "a label is an identifier, and becomes a field of the pipeline",
                &format!("write `{text}`"),
            ),
            _ => self.otherwise(place, otherwise),
        }
        None
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.called {
            Called::Label(label) => label.unraw().fmt(f),
            Called::Id(id) => id.fmt(f),
        }
    }
}
