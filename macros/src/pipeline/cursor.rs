//! The tokens of one list, read from left to right.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use std::rc::Rc;

/// A place in a list of token trees; it costs nothing to clone, which is how one looks ahead. The invisible groups that
/// `macro_rules!` puts around `$node:expr` are opened, so that a pipeline written by another macro reads as one written
/// by hand.
#[derive(Clone)]
pub(super) struct Cursor {
    tokens: Rc<Vec<TokenTree>>,
    at: usize,
}

impl Cursor {
    pub(super) fn new(stream: TokenStream) -> Self {
        let mut tokens = Vec::new();
        let mut open = vec![stream.into_iter()];
        while let Some(level) = open.last_mut() {
            match level.next() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                    open.push(group.stream().into_iter());
                }
                Some(token) => tokens.push(token),
                None => {
                    open.pop();
                }
            }
        }
        Self {
            tokens: Rc::new(tokens),
            at: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<&TokenTree> {
        self.ahead(0)
    }

    pub(super) fn peek_second(&self) -> Option<&TokenTree> {
        self.ahead(1)
    }

    fn ahead(&self, by: usize) -> Option<&TokenTree> {
        self.tokens.get(self.at + by)
    }

    pub(super) fn next(&mut self) -> Option<TokenTree> {
        let token = self.peek().cloned()?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn peek_ident(&self) -> Option<&Ident> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) => Some(ident),
            _ => None,
        }
    }

    pub(super) fn peek_punct(&self, symbol: char) -> bool {
        self.peek().is_some_and(|token| is_punct(token, symbol))
    }

    /// Takes the punctuation if it is next, and says where it stood.
    pub(super) fn take_punct(&mut self, symbol: char) -> Option<Span> {
        match self.peek_punct(symbol) {
            true => self.next().map(|token| token.span()),
            false => None,
        }
    }

    /// Takes `..` if it is next, and says where its dots stood.
    pub(super) fn take_dots(&mut self) -> Option<[Span; 2]> {
        let second = self.peek_second()?;
        if !is_dots(self.peek(), Some(second)) {
            return None;
        }
        let second = second.span();
        let first = self.take_punct('.')?;
        self.next();
        Some([first, second])
    }

    pub(super) fn take_group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {}
            _ => return None,
        }
        match self.next() {
            Some(TokenTree::Group(group)) => Some(group),
            _ => None,
        }
    }

    /// Is `label =` next? This is how a node begins, also where the comma before it is missing.
    pub(super) fn at_node(&self) -> bool {
        matches!(
            self.peek(),
            Some(TokenTree::Ident(_) | TokenTree::Literal(_))
        ) && is_equals(self.ahead(1), self.ahead(2))
    }

    /// Takes the `=` if it is next.
    pub(super) fn take_equals(&mut self) -> bool {
        let found = is_equals(self.ahead(0), self.ahead(1));
        if found {
            self.next();
        }
        found
    }

    /// Is this node's text at its end? A `;` can only be meant as a comma.
    pub(super) fn at_comma_or_end(&self) -> bool {
        self.peek().is_none() || self.peek_punct(',') || self.peek_punct(';')
    }

    /// All that is still to be read.
    pub(super) fn remaining(&self) -> &[TokenTree] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// Drops all up to the next comma, which is where reading can go on.
    pub(super) fn skip_to_comma(&mut self) {
        while !self.at_comma_or_end() {
            self.next();
        }
    }
}

/// The tokens as they were written next to each other.
pub(super) fn text_of(tokens: &[TokenTree]) -> String {
    let mut text = String::new();
    for token in tokens {
        text += &token.to_string();
    }
    text
}

pub(super) fn is_punct(token: &TokenTree, symbol: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == symbol)
}

/// Are these the two halves of `..`, and not two dots?
pub(super) fn is_dots(first: Option<&TokenTree>, second: Option<&TokenTree>) -> bool {
    let joined = matches!(first, Some(TokenTree::Punct(dot))
        if dot.as_char() == '.' && dot.spacing() == Spacing::Joint);
    joined && second.is_some_and(|token| is_punct(token, '.'))
}

/// Is the first of these an `=`, and not half of `==` or `=>`?
pub(super) fn is_equals(token: Option<&TokenTree>, next: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Punct(punct)) = token else {
        return false;
    };
    let joined = punct.spacing() == Spacing::Joint
        && next.is_some_and(|next| is_punct(next, '=') || is_punct(next, '>'));
    punct.as_char() == '=' && !joined
}
