//! The mistakes found in one pipeline: everything reports into one collector, and all are told in one compile, in
//! the order of the source.

use super::place::{ByRank, Place};
use dune_pipeline_graph::Rule;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, TokenStream, TokenTree};

/// Collects mistakes until all rooms have had their say.
#[derive(Default)]
pub(crate) struct Report {
    mistakes: Vec<Mistake>,
}

/// One thing that is wrong: what in the first line, then why, then what to do.
pub(crate) struct Mistake {
    place: Place,
    text: String,
}

impl Mistake {
    pub(crate) fn new(place: Place, headline: &str) -> Self {
        Self {
            place,
            text: headline.to_owned(),
        }
    }

    /// A broken rule of the graph, in the graph's own words.
    pub(crate) fn of_rule(place: Place, rule: &Rule) -> Self {
        let mut mistake = Self::new(place, &rule.headline());
        for note in rule.notes() {
            mistake = mistake.note(&note);
        }
        match rule.help() {
            Some(help) => mistake.help(&help),
            None => mistake,
        }
    }

    pub(crate) fn note(mut self, note: &str) -> Self {
        self.text.push_str("\n= note: ");
        self.text.push_str(note);
        self
    }

    pub(crate) fn help(mut self, help: &str) -> Self {
        self.text.push_str("\n= help: ");
        self.text.push_str(help);
        self
    }
}

impl Report {
    pub(crate) fn add(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// One `compile_error!` for each mistake; it can be a statement and a value.
    pub(crate) fn errors(&self) -> ByRank {
        let mut errors = ByRank::default();
        for mistake in &self.mistakes {
            errors.add(mistake.place.rank, mistake.to_tokens());
        }
        errors
    }

    /// The texts in the order they are told in.
    #[cfg(test)]
    pub(crate) fn texts(mut self) -> Vec<String> {
        self.mistakes.sort_by_key(|mistake| mistake.place.rank);
        self.mistakes
            .into_iter()
            .map(|mistake| mistake.text)
            .collect()
    }
}

impl Mistake {
    /// `::core::compile_error! { "text" }`. The compiler underlines from the first token's span to the last's.
    fn to_tokens(&self) -> TokenStream {
        let Place { start, end, .. } = self.place;
        let punct = |symbol, spacing| {
            let mut punct = Punct::new(symbol, spacing);
            punct.set_span(start);
            TokenTree::from(punct)
        };
        let mut text = Literal::string(&self.text);
        text.set_span(start);
        let mut body = Group::new(Delimiter::Brace, TokenTree::from(text).into());
        body.set_span(end);
        let tokens = vec![
            punct(':', Spacing::Joint),
            punct(':', Spacing::Alone),
            Ident::new("core", start).into(),
            punct(':', Spacing::Joint),
            punct(':', Spacing::Alone),
            Ident::new("compile_error", start).into(),
            punct('!', Spacing::Alone),
            body.into(),
        ];
        tokens.into_iter().collect()
    }
}
