//! Slips of the pen: what is written out of habit from elsewhere, read as what it surely means, so that it is one
//! mistake and the rest of the pipeline is judged.

use super::arguments::{begins_with_capital, is_keyword, stream_of};
use super::cursor::{Cursor, is_punct, text_of};
use super::dashes::Dashed;
use super::each;
use super::modifiers::{MODIFIERS, key_length};
use super::parse::{Parser, work_of};
use super::syntax::{Base, Name, Node, Work};
use dune_pipeline_graph::names::nearest;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

impl Parser<'_> {
    /// The comma between two items, and where it stood. A `;` is read as if it were one.
    pub(super) fn comma(&mut self, cursor: &mut Cursor) -> Option<Span> {
        if let Some(comma) = cursor.take_punct(',') {
            return Some(comma);
        }
        if let Some(span) = cursor.take_punct(';') {
            let place = self.place(span);
            self.tell(
                place,
                "`;` stands in place of a comma",
                "a pipeline is a list, and no block of statements",
                "write `,` instead of `;`",
            );
        }
        None
    }

    /// `, .after(..)`: a comma, and behind it the node goes on.
    pub(super) fn behind_comma(
        &mut self,
        comma: Span,
        cursor: &mut Cursor,
        node: &mut Node,
    ) -> bool {
        let Some(TokenTree::Ident(word)) = cursor.peek_second() else {
            return false;
        };
        let word = word.to_string();
        if !cursor.peek_punct('.') {
            return false;
        }
        if node.each.is_some() {
            self.behind_each_and_comma(cursor, node);
            self.end(cursor, node);
            return true;
        }
        let place = self.place(comma);
        self.tell(
            place,
            &format!("a comma stands before `.{word}`"),
            &format!(
                "a comma ends node `{}`, and `.{word}` goes on with it",
                node.name
            ),
            "remove the comma",
        );
        self.modified(cursor, node);
        true
    }

    /// Parameters between which a comma is missing, one by one.
    pub(super) fn at_missing_commas(&mut self, items: Vec<Vec<TokenTree>>) -> Vec<Vec<TokenTree>> {
        let mut all = Vec::with_capacity(items.len());
        for mut item in items {
            while let Some(at) = missing_comma(&item) {
                let behind = item.split_off(at);
                let length = Dashed::of(&behind).map_or(1, |dashed| dashed.length);
                let key = behind.get(..length).unwrap_or_default();
                let place = self.place_of(key, Span::call_site());
                let key = text_of(key);
                self.tell(
                    place,
                    &format!("a comma is missing before `{key}`"),
                    &format!("another parameter begins here: `{key} = ..`"),
                    "write a comma behind the value before it",
                );
                all.push(std::mem::replace(&mut item, behind));
            }
            all.push(item);
        }
        all
    }

    /// `let`, `pub` and the like before a label.
    pub(super) fn words_before_label(&mut self, cursor: &mut Cursor) {
        let mut ahead = cursor.clone();
        let mut words = Vec::new();
        while let Some(word) = ahead.peek_ident()
            && is_keyword(word)
            && matches!(ahead.peek_second(), Some(TokenTree::Ident(_)))
        {
            words.extend(ahead.next());
        }
        let is_label = ahead.at_node() || ahead.peek_second().is_some_and(|it| is_punct(it, ':'));
        if words.is_empty() || !is_label {
            return;
        }
        let place = self.place_of(&words, Span::call_site());
        let text: TokenStream = words.into_iter().collect();
        self.tell(
            place,
            &format!("`{text}` stands before a label"),
            "a node begins with its label, which becomes a field of the pipeline",
            &format!("remove `{text}`"),
        );
        *cursor = ahead;
    }

    /// `: Type =` behind a label: one mistake, where `:` for `=` would be another.
    pub(super) fn type_of_label(&mut self, cursor: &mut Cursor, name: &Name) -> bool {
        let mut ahead = cursor.clone();
        let mut tokens = Vec::new();
        tokens.extend(ahead.next());
        let is_type = cursor.peek_punct(':')
            && ahead.at_node()
            && ahead.peek_ident().is_some_and(begins_with_capital);
        if !is_type {
            return false;
        }
        tokens.extend(ahead.next());
        let place = self.place_of(&tokens, name.place.end);
        self.tell(
            place,
            &format!("the label `{name}` takes no type"),
            "`query` makes a `QueryNode` of it, and `refresh` a `RefreshNode`",
            &format!("write `{name} = ..`"),
        );
        ahead.take_equals();
        *cursor = ahead;
        true
    }

    /// `label = ..base` or `base..`: a pipeline that is taken in, with its dots in the wrong place.
    pub(super) fn misplaced_base(&mut self, cursor: &mut Cursor, name: &Name) -> Option<Base> {
        let mut ahead = cursor.clone();
        if let Some([start, end]) = ahead.take_dots()
            && ahead.at_comma_or_end()
        {
            let mut place = self.place(start);
            place.end = end;
            self.tell(
                place,
                &format!("`..` stands behind `{name}`"),
                "what takes all nodes of a pipeline in begins with its dots",
                &format!("write `..{name}`"),
            );
            *cursor = ahead;
            return Some(Base {
                place: name.place,
                word: None,
                pipeline: None,
            });
        }
        let mut ahead = cursor.clone();
        if !ahead.take_equals() || ahead.clone().take_dots().is_none() {
            return None;
        }
        self.tell(
            name.place,
            "a pipeline that is taken in has no label",
            "its nodes come in with the labels that they have",
            &format!("remove `{name} =`"),
        );
        *cursor = ahead;
        self.base(cursor)
    }

    /// `common(..)` as an item of the list: a pipeline, whose dots are missing.
    pub(super) fn base_without_dots(&mut self, cursor: &mut Cursor, name: &Name) -> Option<Base> {
        let mut ahead = cursor.clone();
        ahead.take_group(Delimiter::Parenthesis)?;
        let kinds = [Work::Refresh.word(), Work::Query.word()];
        let is_kind = nearest(&name.to_string(), kinds.iter().copied()).is_some();
        if is_kind || !ahead.at_comma_or_end() {
            return None;
        }
        self.tell(
            name.place,
            &format!("`{name}(..)` is no node"),
            "a node begins with `label =`, and a pipeline that is taken in with `..`",
            &format!("write `..{name}(..)` to take in all nodes of the pipeline that it gives"),
        );
        *cursor = ahead;
        Some(Base {
            place: name.place,
            word: None,
            pipeline: None,
        })
    }

    /// `.after = label`: a modifier that is assigned to, as a field is. What it is given ends where the next one begins.
    pub(super) fn assigned(&mut self, cursor: &mut Cursor) -> Option<(Ident, TokenStream)> {
        let mut ahead = cursor.clone();
        let word = ahead.peek_ident()?.clone();
        if !ahead.at_node() || MODIFIERS.iter().all(|modifier| word != modifier) {
            return None;
        }
        ahead.next();
        let equals = ahead.next()?.span();
        // Another node begins here, called like a modifier: the one behind the dot is still to be written.
        if ahead
            .peek_ident()
            .is_some_and(|kind| work_of(kind).is_some() || each::word_of(kind).is_some())
        {
            return None;
        }
        let mut given = Vec::new();
        let is_modifier = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(word)) if MODIFIERS.iter().any(|modifier| word == modifier));
        loop {
            let is_next = ahead.peek_punct('.') && is_modifier(ahead.peek_second());
            if is_next || ahead.at_comma_or_end() {
                break;
            }
            given.extend(ahead.next());
        }
        *cursor = ahead;
        // Without anything, that is what is told.
        if !given.is_empty() {
            let place = self.place(equals);
            self.tell(
                place,
                &format!("`=` stands behind `.{word}`"),
                "a modifier is written as a method is",
                &format!("write `.{word}({})`", example(&word)),
            );
        }
        let given = match &given[..] {
            [TokenTree::Group(list)] => list.stream(),
            given => stream_of(given),
        };
        Some((word, given))
    }

    /// `if` and `match` where a kind should stand.
    pub(super) fn choice(&mut self, word: &TokenTree) -> bool {
        let text = word.to_string();
        let is_choice = text == "if" || text == "match";
        if is_choice {
            let place = self.place(word.span());
            self.tell(
                place,
                &format!("`{text}` is no kind of node"),
                "the kind of a node is known while compiling: only what it is given is chosen at run time",
                &format!("write `query({text} ..)`; a node that is there or not is an `each` over an `Option`"),
            );
        }
        is_choice
    }

    /// What a kind or a modifier is given. Other delimiters than parentheses are read as if they were some, and so is
    /// one word without any.
    pub(super) fn given(&mut self, cursor: &mut Cursor, word: &Ident) -> TokenStream {
        if let Some(group) = cursor.take_group(Delimiter::Parenthesis) {
            return group.stream();
        }
        let mut ahead = cursor.clone();
        let sign = ahead.take_punct('!');
        let (given, start, end) = match ahead.peek() {
            Some(TokenTree::Group(group)) => {
                let end = match group.delimiter() {
                    Delimiter::Parenthesis => group.span(),
                    _ => group.span_open(),
                };
                (group.stream(), group.span_open(), end)
            }
            Some(token @ (TokenTree::Ident(_) | TokenTree::Literal(_)))
                if sign.is_none() && !ahead.at_node() =>
            {
                (token.clone().into(), token.span(), token.span())
            }
            _ => return TokenStream::new(),
        };
        ahead.next();
        let mut place = self.place(sign.unwrap_or(start));
        place.end = end;
        self.tell(
            place,
            &format!("parentheses are missing behind `{word}`"),
            "a node is written as calls are",
            &format!("write `{word}(..)`"),
        );
        *cursor = ahead;
        given
    }

    /// A modifier whose dot is missing.
    pub(super) fn modifier_without_dot(&mut self, cursor: &Cursor) -> bool {
        let Some(word) = cursor.peek_ident() else {
            return false;
        };
        let is_modifier = MODIFIERS.iter().any(|modifier| word == modifier)
            && matches!(cursor.peek_second(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
        if is_modifier {
            let place = self.place(word.span());
            self.tell(
                place,
                &format!("a dot is missing before `{word}`"),
                "a modifier is written as a method is",
                &format!("write `.{word}(..)`"),
            );
        }
        is_modifier
    }

    /// `for` and `if` where a node begins.
    pub(super) fn statement(&mut self, cursor: &Cursor) -> bool {
        let Some(word) = cursor.peek_ident() else {
            return false;
        };
        let is_statement = (word == "for" || word == "if") && !cursor.at_node();
        if is_statement {
            let place = self.place(word.span());
            let (why, help) = match word == "for" {
                true => (
                    "`each` makes a node of each item",
                    "write `label = each(items, |item| query(<id>).parameters(key = item))`",
                ),
                false => (
                    "`each` makes a node of an `Option`, or none",
                    "write `label = each(condition.then_some(item), |item| query(<id>).parameters(key = item))`",
                ),
            };
            self.tell(place, &format!("`{word}` declares no node"), why, help);
        }
        is_statement
    }

    /// `label =` before the node that the closure of an `each` makes.
    pub(super) fn label_within_each(&mut self, cursor: &mut Cursor, each: &str) {
        let mut ahead = cursor.clone();
        if !ahead.at_node()
            || ahead
                .peek_ident()
                .is_some_and(|word| work_of(word).is_some())
        {
            return;
        }
        let Some(label) = ahead.next() else { return };
        ahead.take_equals();
        let place = self.place(label.span());
        self.tell(
            place,
            &format!("a node within `{each}` has no label of its own"),
            &format!("all of them go by the label of the `{each}`"),
            &format!("remove `{label} =`"),
        );
        *cursor = ahead;
    }

    /// How many tokens a sign takes that stands in place of the `=` behind the key of a parameter.
    pub(super) fn sign_of_parameter(&mut self, key: &str, behind: &[TokenTree]) -> usize {
        let mut sign = Vec::new();
        for token in behind {
            match token {
                TokenTree::Punct(punct) if matches!(punct.as_char(), ':' | '=' | '>' | '-') => {
                    sign.push(token.clone());
                }
                _ => break,
            }
        }
        if sign.is_empty() {
            return 0;
        }
        let text = text_of(&sign);
        let place = self.place_of(&sign, Span::call_site());
        self.tell(
            place,
            &format!("`{text}` stands where `=` joins the key `{key}` to its value"),
            "a parameter is `key = value`",
            &format!("write `=` instead of `{text}`"),
        );
        sign.len()
    }
}

/// Where another `key =` stands right behind a value, which no expression of Rust's has.
fn missing_comma(item: &[TokenTree]) -> Option<usize> {
    let head = key_length(item);
    if head == 0 {
        return None;
    }
    for at in head + 1..item.len() {
        let behind = item.get(at..)?;
        let is_name = matches!(
            behind.first(),
            Some(TokenTree::Ident(_) | TokenTree::Literal(_))
        );
        if is_name && is_operand(item.get(at - 1)?) && key_length(behind) > 0 {
            return Some(at);
        }
    }
    None
}

/// May an expression end with it?
fn is_operand(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => {
            !is_keyword(word) || word == "self" || word == "true" || word == "false"
        }
        TokenTree::Literal(_) | TokenTree::Group(_) => true,
        TokenTree::Punct(_) => false,
    }
}

/// What a modifier is given.
fn example(modifier: &Ident) -> &'static str {
    match modifier.to_string().as_str() {
        "performance" => "tier",
        "parameters" => "key = value",
        _ => "label",
    }
}
