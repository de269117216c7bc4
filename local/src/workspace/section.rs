//! Reads one table of the manifest key by key: what is missing, of the wrong kind or unknown
//! becomes a fault at its line, and reading goes on.

use std::ops::Range;

use dune_pipeline_graph::names;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::faults::Faults;

/// The manifest's text, to turn a place in it into a line.
pub(super) struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text }
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, span: Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(span.start);
        before.filter(|byte| **byte == b'\n').count() + 1
    }

    pub(super) fn fault(
        &self,
        faults: &mut Faults,
        span: Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        faults.add(self.file, self.line(span), message, remedy);
    }
}

/// A value and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lined<T> {
    pub(crate) value: T,
    pub(crate) line: usize,
}

/// One table of the manifest, with a word for it that messages use.
pub(super) struct Section<'a> {
    source: &'a Source<'a>,
    what: &'static str,
    span: Range<usize>,
    table: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub(super) fn new(
        source: &'a Source<'a>,
        what: &'static str,
        span: Range<usize>,
        table: &'a DeTable<'a>,
    ) -> Self {
        Self {
            source,
            what,
            span,
            table,
            known: Vec::new(),
        }
    }

    /// The line the table starts on.
    pub(super) fn line(&self) -> usize {
        self.source.line(self.span.clone())
    }

    /// The value of a key, whatever its kind.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map(|(_, value)| value)
    }

    /// The text of a key that may be left out.
    pub(super) fn text(&mut self, key: &'static str, faults: &mut Faults) -> Option<Lined<String>> {
        let value = self.value(key)?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_kind(key, value, "text in quotes", faults);
            return None;
        };
        Some(self.lined(value, text.clone().into_owned()))
    }

    /// The text of a key that has to be there.
    pub(super) fn required_text(
        &mut self,
        key: &'static str,
        example: &str,
        faults: &mut Faults,
    ) -> Option<Lined<String>> {
        let there = self.require(key, example, faults);
        if there { self.text(key, faults) } else { None }
    }

    /// The positive whole number of a key that has to be there.
    pub(super) fn required_id(
        &mut self,
        key: &'static str,
        example: &str,
        faults: &mut Faults,
    ) -> Option<Lined<i64>> {
        if !self.require(key, example, faults) {
            return None;
        }
        let value = self.value(key)?;
        let id = match value.get_ref() {
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        match id.filter(|id| (1..=i64::from(i32::MAX)).contains(id)) {
            Some(id) => Some(self.lined(value, id)),
            None => {
                self.wrong_kind(key, value, "a whole number from 1 to 2147483647", faults);
                None
            }
        }
    }

    /// A list of texts that may be left out.
    pub(super) fn texts(&mut self, key: &'static str, faults: &mut Faults) -> Vec<String> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let list = match value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .map(|item| item.get_ref().as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        list.unwrap_or_else(|| {
            self.wrong_kind(key, value, "a list of texts", faults);
            Vec::new()
        })
    }

    /// A yes or no that is no where it is left out.
    pub(super) fn flag(&mut self, key: &'static str, faults: &mut Faults) -> bool {
        let Some(value) = self.value(key) else {
            return false;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_kind(key, value, "`true` or `false`", faults);
            false
        })
    }

    /// The tables of an array of tables, as sections of their own.
    pub(super) fn sections(
        &mut self,
        key: &'static str,
        what: &'static str,
        faults: &mut Faults,
    ) -> Vec<Section<'a>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(key, value, "a list of tables", faults);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => {
                    sections.push(Section::new(self.source, what, item.span(), table));
                }
                _ => self.wrong_kind(key, item, "a list of tables", faults),
            }
        }
        sections
    }

    /// Reports the keys that nobody asked for. Call it last.
    pub(super) fn finish(self, faults: &mut Faults) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if self.known.contains(&name) {
                continue;
            }
            let remedy = match names::nearest(name, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{} takes {}", self.what, names::list(&self.known)),
            };
            self.source.fault(
                faults,
                key.span(),
                format!("{} has no key `{name}`", self.what),
                remedy,
            );
        }
    }

    pub(super) fn lined<T>(&self, at: &Spanned<DeValue<'_>>, value: T) -> Lined<T> {
        Lined {
            value,
            line: self.source.line(at.span()),
        }
    }

    pub(super) fn wrong_kind(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &str,
        faults: &mut Faults,
    ) {
        self.source.fault(
            faults,
            value.span(),
            format!("`{key}` of {} is {wanted}", self.what),
            format!("here stands {}", kind(value.get_ref())),
        );
    }

    fn require(&mut self, key: &'static str, example: &str, faults: &mut Faults) -> bool {
        let there = self.value(key).is_some();
        if !there {
            self.source.fault(
                faults,
                self.span.clone(),
                format!("{} has no `{key}`", self.what),
                format!("add `{key} = {example}`"),
            );
        }
        there
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number that is not",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a yes or no",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
