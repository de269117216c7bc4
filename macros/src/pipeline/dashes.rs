//! Names with `-` between their words, as YAML and dbt have them: each is read as the one name that it is meant to be.

use super::cursor::Cursor;
use super::parse::Parser;
use super::syntax::{Called, Name};
use proc_macro2::{Ident, Span, TokenTree};

/// A name with dashes at the beginning of a list of tokens.
pub(super) struct Dashed {
    pub(super) written: String,
    /// How many tokens it takes.
    pub(super) length: usize,
}

impl Dashed {
    pub(super) fn of(tokens: &[TokenTree]) -> Option<Self> {
        let [TokenTree::Ident(first), rest @ ..] = tokens else {
            return None;
        };
        let mut rest = rest;
        let mut words = Vec::new();
        while let [
            TokenTree::Punct(dash),
            word @ (TokenTree::Ident(_) | TokenTree::Literal(_)),
            behind @ ..,
        ] = rest
            && dash.as_char() == '-'
        {
            words.push(word.to_string());
            rest = behind;
        }
        if words.is_empty() {
            return None;
        }
        let dashed = Self {
            written: format!("{first}-{}", words.join("-")),
            length: 1 + 2 * words.len(),
        };
        syn::parse_str::<Ident>(&dashed.in_rust()).ok()?;
        Some(dashed)
    }

    pub(super) fn in_rust(&self) -> String {
        self.written.replace('-', "_")
    }
}

impl Parser<'_> {
    /// `dex-volume`, where it is a label by what stands behind it. It is told, and read as `dex_volume`.
    pub(super) fn label_with_dashes(
        &mut self,
        cursor: &mut Cursor,
        is_label: fn(&Cursor) -> bool,
    ) -> Option<Name> {
        let dashed = Dashed::of(cursor.remaining())?;
        let mut behind = cursor.clone();
        let mut tokens = Vec::with_capacity(dashed.length);
        for _ in 0..dashed.length {
            tokens.extend(behind.next());
        }
        if !is_label(&behind) {
            return None;
        }
        *cursor = behind;
        let place = self.place_of(&tokens, Span::call_site());
        let label = dashed.in_rust();
        self.tell(
            place,
            &format!("`{}` is no label", dashed.written),
            "a label becomes a field of the pipeline, and names in Rust have no `-`",
            &format!("write `{label}`"),
        );
        Some(Name {
            place,
            called: Called::Label(Ident::new(&label, place.start)),
            index: None,
        })
    }

    /// Is there a node of this label anywhere in the list? Only asked where something is wrong.
    pub(super) fn declares(&mut self, label: &str) -> bool {
        let list = &self.list;
        let declared = self.declared.get_or_insert_with(|| {
            let mut list = list.clone();
            let mut declared = Vec::new();
            while let Some(token) = list.peek() {
                if list.at_node() {
                    declared.push(token.to_string());
                }
                let mut length = 1;
                if let Some(dashed) = Dashed::of(list.remaining()) {
                    length = dashed.length;
                    declared.push(dashed.in_rust());
                }
                for _ in 0..length {
                    list.next();
                }
            }
            declared
        });
        declared.iter().any(|declared| declared == label)
    }
}

/// Behind a label that is declared.
pub(super) fn at_equals(behind: &Cursor) -> bool {
    behind.clone().take_equals() || behind.peek_punct(':')
}
