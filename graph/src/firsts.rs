//! Who was first with what: the one map of this crate, which the macro uses too.
//! Each type of key is another map to compile, and who uses the macro compiles both crates before anything of their own.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::{Name, Part};

/// What only one can have.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Claim<'a> {
    /// The name of a node or a group.
    Name(&'a Name),
    /// Any text, as the one that all spellings of a view have in common.
    Text(Cow<'a, str>),
    /// The key of a parameter of this node.
    Parameter(usize, &'a str),
    /// The same part of all nodes of this group.
    Part(usize, Part),
}

/// Who claimed what first, each by a number of its own.
#[derive(Debug, Default)]
pub struct Firsts<'a>(HashMap<Claim<'a>, usize>);

impl<'a> Firsts<'a> {
    /// Room for so many claims, so that it needs not grow.
    pub(crate) fn with_capacity(claims: usize) -> Firsts<'a> {
        Firsts(HashMap::with_capacity(claims))
    }

    /// The number of who claimed this text first, which is this one if nobody has.
    pub fn text(&mut self, text: String, number: usize) -> usize {
        self.claim(Claim::Text(Cow::Owned(text)), number)
    }

    /// Who claimed this text, if anybody has.
    pub fn of_text(&self, text: &str) -> Option<usize> {
        self.of(&Claim::Text(Cow::Borrowed(text)))
    }

    pub(crate) fn claim(&mut self, what: Claim<'a>, number: usize) -> usize {
        *self.0.entry(what).or_insert(number)
    }

    pub(crate) fn of(&self, what: &Claim<'_>) -> Option<usize> {
        self.0.get(what).copied()
    }
}
