//! Reads what a node goes on with: `.performance(tier)`, `.parameters(key = value, ..)`, `.after(label, ..)`.

use super::arguments::{self, is_keyword};
use super::cursor::{Cursor, is_dots, is_equals, is_punct};
use super::dashes::Dashed;
use super::names::Otherwise;
use super::parse::{Only, Parser, work_of};
use super::place::Place;
use super::report::Mistake;
use super::syntax::{
    After, Known, Map, Name, Node, Parameter, Parameters, Performance, Unknown, Whole, Work,
};
use dune_pipeline_graph::names::nearest;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;

impl Parser<'_> {
    /// Says whether the node came to its end, and not to something that was reported here.
    pub(super) fn modifiers(&mut self, cursor: &mut Cursor, node: &mut Node) -> bool {
        loop {
            let dot = match cursor.take_punct('.') {
                Some(dot) => dot,
                None if self.modifier_without_dot(cursor) => Span::call_site(),
                None => return true,
            };
            if let Some((word, given)) = self.assigned(cursor) {
                self.modifier(word, given, node);
                continue;
            }
            // `.` and then the next node: the modifier is still being typed, and so is the comma behind it.
            if cursor.at_node() || !matches!(cursor.peek(), Some(TokenTree::Ident(_))) {
                let place = self.place(dot);
                self.tell(
                    place,
                    "a modifier is missing behind this dot",
                    takes(node),
                    "write one of these, or remove the dot",
                );
                return false;
            }
            if let Some(TokenTree::Ident(word)) = cursor.next() {
                let arguments = self.given(cursor, &word);
                self.modifier(word, arguments, node);
            }
        }
    }

    fn modifier(&mut self, word: Ident, arguments: TokenStream, node: &mut Node) {
        if let Some(work) = work_of(&word) {
            if node.kinds.is_empty() && !node.broken {
                let place = self.place(word.span());
                self.tell(
                    place,
                    "a node begins with its kind",
                    "a dot begins what modifies it",
                    &format!("write `{word}(..)` first, without a dot before it"),
                );
            }
            let kind = self.kind_with(work, word, arguments);
            node.kinds.push(kind);
            return;
        }
        match word.to_string().as_str() {
            "performance" => self.performance(word, arguments, node),
            "parameters" => self.parameters(word, arguments, node),
            "after" => self.after(word, arguments, node),
            unknown => {
                let place = self.place(word.span());
                let kind = match node.work() {
                    Some(Work::Refresh) => "a refresh",
                    Some(Work::Query) => "a query",
                    None => "a node",
                };
                let text = format!("`{unknown}` is no modifier of {kind}");
                match nearest(unknown, MODIFIERS.iter().copied()) {
                    Some(near) => {
                        let help = format!("did you mean `{near}`?");
                        self.tell(place, &text, takes(node), &help);
                    }
                    // It belongs to something that is no node, which was said.
                    None if node.broken => {}
                    None => {
                        let help = "write one of these, or remove it";
                        self.tell(place, &text, takes(node), help);
                    }
                }
                node.unknown.push(Unknown { word, place });
            }
        }
    }

    fn performance(&mut self, word: Ident, arguments: TokenStream, node: &mut Node) {
        let place = self.place(word.span());
        if let Some(first) = &node.performance {
            let first = first.place;
            return self.repeated(
                place,
                "performance",
                first,
                "a node runs on one tier: keep one of them",
            );
        }
        let list = arguments::split(arguments, |_| 0);
        let tier = self.only(
            &list,
            place,
            Only {
                missing: "`.performance` needs a tier",
                many: "`.performance` takes one tier",
                why: "a node runs on one tier",
                example: "write `.performance(Medium)`, or any expression for a tier",
                instead: "keep one of them",
            },
        );
        node.performance = Some(Performance { word, place, tier });
    }

    fn parameters(&mut self, word: Ident, arguments: TokenStream, node: &mut Node) {
        let place = self.place(word.span());
        if node.work() == Some(Work::Refresh) {
            self.tell(
                place,
                "a refresh takes no parameters",
                takes(node),
                "remove them; a query takes parameters: `query(id).parameters(..)`",
            );
            return;
        }
        if let Some(first) = &node.parameters {
            let first = first.place;
            return self.repeated(
                place,
                "parameters",
                first,
                "put all of them into one `.parameters(..)`",
            );
        }
        let items = arguments::split(arguments, key_length);
        let items = self.at_missing_commas(items);
        if items.is_empty() {
            self.tell(
                place,
                "`.parameters` needs a parameter",
                "what a query is not given has the value that is saved with it",
                "write `.parameters(key = value, ..)`, or remove it",
            );
        }
        let mut parameters = Parameters {
            word,
            place,
            list: Vec::new(),
            maps: Vec::new(),
        };
        for item in &items {
            if starts_with_dots(item) {
                let at = parameters.list.len();
                if let Some(map) = self.map(item, at) {
                    parameters.maps.push(map);
                }
            } else if let Some(parameter) = self.parameter(item, place) {
                parameters.list.push(parameter);
            }
        }
        node.parameters = Some(parameters);
    }

    /// `..map`
    fn map(&mut self, item: &[TokenTree], at: usize) -> Option<Map> {
        let place = self.place_of(item.get(..DOTS).unwrap_or_default(), Span::call_site());
        let tokens = item.get(DOTS..).unwrap_or_default();
        if tokens.is_empty() {
            self.tell(
                place,
                "a map of parameters is missing behind `..`",
                "`..` takes the parameters of a map, a list of pairs or any iterator of them",
                "write `..map`: each of its keys becomes a parameter",
            );
            return None;
        }
        let map = self.expression(tokens, place.end)?;
        Some(Map { at, place, map })
    }

    /// `key = value`
    fn parameter(&mut self, item: &[TokenTree], word: Place) -> Option<Parameter> {
        let place = self.place_of(item.get(..1).unwrap_or_default(), word.end);
        let key = match item.first() {
            Some(TokenTree::Ident(key)) => Some(key.unraw().to_string()),
            // Another macro's literal stands in an invisible group; in parentheses it is no key.
            Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::None => None,
            Some(key) => match arguments::known(std::slice::from_ref(key)) {
                Known::Text(key) => Some(key),
                _ => None,
            },
            None => None,
        };
        let Some(key) = key else {
            self.tell(
                place,
                "a parameter begins with its key",
                "a key is an identifier, or any text in quotes",
                "write `key = value`, or `\"any key\" = value`",
            );
            return None;
        };
        let dashed = Dashed::of(item).filter(|dashed| {
            let behind = item.get(dashed.length);
            behind.is_some_and(|sign| is_punct(sign, '=') || is_punct(sign, ':'))
        });
        let (key, place, words) = match dashed {
            Some(dashed) => self.key_with_dashes(item, dashed),
            None => (key, place, 1),
        };
        let has_equals = key_length(item) > 0;
        let head = match key_length(item) {
            0 => match self.sign_of_parameter(&key, item.get(words..).unwrap_or_default()) {
                0 => item.len(),
                sign => words + sign,
            },
            length => length,
        };
        let value = item.get(head..).unwrap_or_default();
        if value.is_empty() {
            let why = match has_equals {
                true => "nothing stands behind its `=`",
                false => "a key does not stand for a variable of the same name",
            };
            self.tell(
                place,
                &format!("parameter `{key}` has no value"),
                why,
                &format!("write `{key} = value`"),
            );
            return Some(Parameter {
                key,
                place,
                value: None,
            });
        }
        let value = self.expression(value, place.end);
        Some(Parameter { key, place, value })
    }

    /// `min-usd = 5`, where the key should stand in quotes: its text, and how many tokens it takes.
    fn key_with_dashes(&mut self, item: &[TokenTree], key: Dashed) -> (String, Place, usize) {
        let place = self.place_of(
            item.get(..key.length).unwrap_or_default(),
            Span::call_site(),
        );
        let value = match item.get(key.length + 1..) {
            Some([value]) => value.to_string(),
            _ => "value".to_owned(),
        };
        self.tell(
            place,
            &format!("the key `{}` is written without quotes", key.written),
            "a key that is no identifier is written as text",
            &format!("write `\"{}\" = {value}`", key.written),
        );
        (key.written, place, key.length)
    }

    fn after(&mut self, word: Ident, arguments: TokenStream, node: &mut Node) {
        let place = self.place(word.span());
        if let Some(first) = &node.after {
            let first = first.place;
            return self.repeated(
                place,
                "after",
                first,
                "put all labels into one `.after(..)`",
            );
        }
        let mut cursor = Cursor::new(arguments);
        if cursor.peek().is_none() {
            self.tell(
                place,
                "`.after` needs a label",
                "a node without `.after` waits for nothing",
                "write the labels of what it waits for, `.after(label, ..)`, or remove it",
            );
        }
        let mut list = Vec::new();
        let mut bases = Vec::new();
        while cursor.peek().is_some() {
            if let Some(dots) = cursor.take_dots() {
                bases.extend(self.whole(&mut cursor, dots));
                cursor.skip_to_comma();
                self.comma(&mut cursor);
                continue;
            }
            let dashed = self.label_with_dashes(&mut cursor, |behind| {
                behind.at_comma_or_end() || matches!(behind.peek(), Some(TokenTree::Group(_)))
            });
            let is_dashed = dashed.is_some();
            let mut label = match dashed {
                Some(label) => Some(label),
                None => self.name(&mut cursor, &IN_AFTER),
            };
            if let Some(name) = &mut label
                && let Some(index) = cursor.take_group(Delimiter::Bracket)
            {
                self.index(index, name);
            }
            if cursor.peek_punct('.')
                && let Some(name) = label.take()
            {
                let (behind, help) = match cursor.peek_second() {
                    Some(TokenTree::Ident(label)) => (
                        label.to_string(),
                        format!(
                            "write the label alone, `.after({label})`; if its pipeline is another, take that in with `..{name}`"
                        ),
                    ),
                    _ => (".".to_owned(), IN_AFTER.help.to_owned()),
                };
                self.tell(
                    name.place,
                    &format!("`{name}.{behind}` is no label"),
                    "`.after` takes labels of this pipeline, and no handles or other expressions",
                    &help,
                );
            }
            if label.is_some()
                && !cursor.at_comma_or_end()
                && let Some(next) = cursor.peek()
            {
                let place = self.place(next.span());
                self.tell(
                    place,
                    "this does not belong to a label",
                    "a label is one identifier, or one number",
                    "`.after` takes labels with commas between them",
                );
            }
            // With another name, the one without dashes is not there either.
            if let Some(label) = label
                && (!is_dashed || self.declares(&label.to_string()))
            {
                list.push(label);
            }
            cursor.skip_to_comma();
            self.comma(&mut cursor);
        }
        node.after = Some(After {
            word,
            place,
            list,
            bases,
        });
    }

    /// `..base`: all nodes of a pipeline that is taken in.
    fn whole(&mut self, cursor: &mut Cursor, dots: [Span; 2]) -> Option<Whole> {
        cursor.take_punct('&');
        let Some(token) = cursor.peek().filter(|_| !cursor.at_comma_or_end()) else {
            let place = self.place_between(dots);
            self.tell(
                place,
                "a pipeline is missing behind `..`",
                "`.after(..base)` waits for all nodes of a pipeline that is taken in",
                "write `..base`, or the labels of what it waits for",
            );
            return None;
        };
        let place = self.place(token.span());
        let word = cursor
            .peek_ident()
            .filter(|word| !is_keyword(word))
            .cloned();
        cursor.next();
        if word.is_some() && cursor.at_comma_or_end() {
            return word.map(|word| Whole { word, place });
        }
        self.tell(
            place,
            "`.after` takes the name of a pipeline behind `..`",
            "which of those that are taken in is meant is known by its name",
            "give it one before, `let base = ..;`: then take in `..base` and write `.after(..base)`",
        );
        None
    }

    /// `[index]`: one node of a group.
    fn index(&mut self, index: Group, name: &mut Name) {
        let tokens: Vec<TokenTree> = index.stream().into_iter().collect();
        if tokens.is_empty() {
            let place = self.place(index.span());
            self.tell(
                place,
                &format!("an index is missing in `{name}[]`"),
                "a number in brackets stands for one node of a group, counted from 0",
                &format!("write `{name}[0]`, or `{name}` for all of them"),
            );
            return;
        }
        name.index = self.expression(&tokens, index.span());
    }

    fn repeated(&mut self, place: Place, word: &str, first: Place, help: &str) {
        let mistake = Mistake::new(place, &format!("`.{word}` is given twice"));
        let mistake = match first.line() {
            Some(line) => mistake.note(&format!("it is first given on line {line}")),
            None => mistake,
        };
        self.report.add(mistake.help(help));
    }
}

/// Something that is no label, where a node waits for others.
const IN_AFTER: Otherwise = Otherwise {
    headline: "`.after` takes the labels of nodes of this pipeline",
    why: "what a node waits for is known by its label, and not by a value",
    help: "write the label alone: `.after(label)`",
};

/// What a node goes on with.
pub(super) const MODIFIERS: [&str; 3] = ["performance", "parameters", "after"];

/// The tokens of `..`.
const DOTS: usize = 2;

fn starts_with_dots(item: &[TokenTree]) -> bool {
    is_dots(item.first(), item.get(1))
}

/// How many tokens of an item of `.parameters(..)` stand before its value or map.
pub(super) fn key_length(item: &[TokenTree]) -> usize {
    if is_equals(item.get(1), item.get(2)) {
        return 2;
    }
    if starts_with_dots(item) {
        return DOTS;
    }
    match Dashed::of(item) {
        Some(Dashed { length, .. }) if is_equals(item.get(length), item.get(length + 1)) => {
            length + 1
        }
        _ => 0,
    }
}

/// What this kind of node goes on with.
fn takes(node: &Node) -> &'static str {
    match node.work() {
        Some(Work::Refresh) => "a refresh takes `.performance(tier)` and `.after(label, ..)`",
        Some(Work::Query) => {
            "a query takes `.performance(tier)`, `.parameters(key = value, ..)` and `.after(label, ..)`"
        }
        None => {
            "a node takes `.performance(tier)`, `.after(label, ..)` and, if it is a query, `.parameters(key = value, ..)`"
        }
    }
}
