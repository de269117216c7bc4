//! Reads `each(items, |item| node)`: a node for each item.

use super::arguments;
use super::cursor::{Cursor, is_punct};
use super::parse::Parser;
use super::place::Place;
use super::report::Mistake;
use super::syntax::{Called, Each, Expression, Node};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

const EXAMPLE: &str = "write `each(items, |item| query(<id>).parameters(key = item))`";

impl Parser<'_> {
    /// All of it, and modifiers that are wrongly behind it.
    pub(super) fn each(&mut self, cursor: &mut Cursor, node: &mut Node) {
        let Some(TokenTree::Ident(word)) = cursor.next() else {
            return;
        };
        let place = self.place(word.span());
        if let Called::Id(id) = node.name.called {
            self.report.add(
                Mistake::new(
                    node.name.place,
                    format!("`{id}` cannot be the id of several nodes"),
                )
                .note("an `each` makes a node of each of its items")
                .help("give this `each` a label: its nodes get ids of their own"),
            );
        }
        let arguments = cursor.take_group(Delimiter::Parenthesis);
        let mut list = Cursor::new(arguments.map(|group| group.stream()).unwrap_or_default());
        let items = self.items(&mut list, place);
        let mut each = Each {
            word,
            items,
            item: None,
            statements: TokenStream::new(),
        };
        match self.closure(&mut list, place) {
            Some(item) => {
                each.item = item;
                self.each_node(&mut list, &mut each, node);
            }
            None => node.broken = true,
        }
        node.each = Some(each);
        self.behind_each(cursor);
    }

    /// The expression before the closure.
    fn items(&mut self, list: &mut Cursor, each: Place) -> Option<Expression> {
        let mut tokens = Vec::new();
        let behind_comma = has_closure_behind_comma(list.clone());
        while let Some(token) = list.peek() {
            // Behind items without a comma, a `|` may be one of theirs: not where a comma and a closure follow.
            if begins_closure(Some(token), list.peek_second())
                && (tokens.is_empty() || !behind_comma)
            {
                let span = token.span();
                if !tokens.is_empty() {
                    let place = self.place(span);
                    self.report.add(
                        Mistake::new(place, "a comma is missing before this closure").help(EXAMPLE),
                    );
                }
                break;
            }
            let is_comma = list.peek_punct(',');
            tokens.extend(list.next());
            // Here the closure comes, unless the comma is one of generic arguments.
            if is_comma && begins_closure(list.peek(), list.peek_second()) {
                tokens.pop();
                break;
            }
        }
        let is_alone = list.peek().is_none();
        if is_alone && tokens.last().is_some_and(|token| is_punct(token, ',')) {
            tokens.pop();
        }
        if tokens.is_empty() {
            self.report.add(
                Mistake::new(
                    each,
                    "`each` needs items and a closure that makes a node of one",
                )
                .note("it makes a node of each item")
                .help(EXAMPLE),
            );
            return None;
        }
        if is_alone {
            self.report.add(
                Mistake::new(
                    each,
                    "`each` needs a closure that makes a node of each item",
                )
                .note("what stands here is read as its items")
                .help(EXAMPLE),
            );
            // What is there may be items and a node, or anything: nothing is said of it.
            return match tokens.iter().any(|token| is_punct(token, ',')) {
                true => None,
                false => self.expression(tokens, each.end),
            };
        }
        self.expression(tokens, each.end)
    }

    /// `move |item: Type|`, of which the item is given; it is `None` where it is wrong, and all is where no closure is there.
    fn closure(&mut self, list: &mut Cursor, each: Place) -> Option<Option<TokenStream>> {
        if list.peek_ident().is_some_and(|word| word == "move") {
            list.next();
        }
        let open = list.take_punct('|')?;
        let mut tokens = Vec::new();
        while list.peek().is_some() && !list.peek_punct('|') {
            tokens.extend(list.next());
        }
        let close = list.take_punct('|').unwrap_or(open);
        let place = Place {
            end: close,
            ..self.place(open)
        };
        if tokens.is_empty() {
            self.report.add(
                Mistake::new(place, "the closure of `each` takes the item")
                    .note("it is called once for each item")
                    .help(EXAMPLE),
            );
            return Some(None);
        }
        match arguments::closure_parameters(&tokens) {
            Ok(0 | 1) => {
                // A comma behind it is fine in a closure, and not in the `let` that comes of it.
                tokens.pop_if(|token| is_punct(token, ','));
                Some(Some(tokens.into_iter().collect()))
            }
            Ok(_) => {
                let place = self.place_of(&tokens, each.end);
                self.report.add(
                    Mistake::new(place, "the closure of `each` takes one item")
                        .note("it is called once for each item")
                        .help("go through pairs: `each(pairs, |(one, other)| ..)`"),
                );
                Some(None)
            }
            Err(fault) => {
                let place = self.place(fault.span());
                self.report.add(
                    Mistake::new(place, format!("no pattern for an item: {fault}"))
                        .note("between the bars stands a pattern, like a name or `(one, other)`")
                        .help(EXAMPLE),
                );
                Some(None)
            }
        }
    }

    /// What the closure makes: a node, maybe in a block, where statements may come before it.
    fn each_node(&mut self, list: &mut Cursor, each: &mut Each, node: &mut Node) {
        let block = match list.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                list.take_group(Delimiter::Brace)
            }
            _ => None,
        };
        match block {
            Some(block) => {
                let (statements, made) = split_at_last_semicolon(block.stream());
                each.statements = self.statements(statements, block.span_open());
                let mut made = Cursor::new(made);
                self.made(&mut made, block.span(), node);
                if let Some(token) = made.peek() {
                    let place = self.place(token.span());
                    self.report.add(
                        Mistake::new(place, "the block of an `each` ends with its node")
                            .help("nothing stands behind the node, not even a comma"),
                    );
                }
            }
            None => {
                let otherwise = each.word.span();
                self.made(list, otherwise, node);
            }
        }
        list.take_punct(',');
        if let Some(token) = list.peek() {
            let place = self.place(token.span());
            self.report.add(
                Mistake::new(place, "`each` takes items and a closure, and nothing more")
                    .note("the closure ends with its node")
                    .help(EXAMPLE),
            );
        }
    }

    fn made(&mut self, cursor: &mut Cursor, otherwise: Span, node: &mut Node) {
        match cursor.peek() {
            None => {
                node.broken = true;
                let place = self.place(otherwise);
                self.report.add(
                    Mistake::new(place, "the closure of `each` makes no node")
                        .note("each of its items becomes a node")
                        .help(EXAMPLE),
                );
            }
            Some(TokenTree::Ident(word)) if word == "each" => {
                node.broken = true;
                let place = self.place(word.span());
                self.report.add(
                    Mistake::new(place, "an `each` cannot stand in another")
                        .note("its nodes are a list, and not a list of lists")
                        .help("go through all of it in one: `each(pairs, |(one, other)| ..)`"),
                );
                cursor.skip_to_comma();
            }
            Some(_) => self.work(cursor, node),
        }
    }

    /// Statements before the node. Broken ones are reported here, for rustc would then show nothing else.
    fn statements(&mut self, tokens: Vec<TokenTree>, open: Span) -> TokenStream {
        if tokens.is_empty() {
            return TokenStream::new();
        }
        let tokens: TokenStream = tokens.into_iter().collect();
        let mut block = proc_macro2::Group::new(Delimiter::Brace, tokens.clone());
        block.set_span(open);
        match arguments::fault(&[block.into()]) {
            None => tokens,
            Some(fault) => {
                let place = self.place(fault.span());
                self.report.add(
                    Mistake::new(place, format!("no Rust statement: {fault}"))
                        .note(
                            "before its node, the closure of `each` may have statements of Rust's",
                        )
                        .help("complete it, or remove it"),
                );
                TokenStream::new()
            }
        }
    }

    /// A modifier there would be one of the whole.
    fn behind_each(&mut self, cursor: &mut Cursor) {
        while cursor.peek_punct('.') && !cursor.peek_second().is_some_and(|it| is_punct(it, '.')) {
            let dot = cursor.next().map_or_else(Span::call_site, |dot| dot.span());
            let word: Option<Ident> = match cursor.at_node() {
                true => None,
                false => cursor.peek_ident().cloned(),
            };
            let Some(word) = word else {
                let place = self.place(dot);
                self.report.add(
                    Mistake::new(place, "nothing stands behind an `each`")
                        .note("a node goes on within the closure that makes it")
                        .help("what modifies its nodes stands in the closure"),
                );
                return;
            };
            cursor.next();
            cursor.take_group(Delimiter::Parenthesis);
            let place = self.place(word.span());
            self.report.add(
                Mistake::new(place, format!("`.{word}` stands behind `each`"))
                    .note("an `each` is several nodes, and a modifier is of one")
                    .help(&format!(
                    "a modifier belongs to the node in the closure: `|item| query(<id>).{word}(..)`"
                )),
            );
        }
    }
}

/// Is `|item|` or `move |item|` next?
fn begins_closure(first: Option<&TokenTree>, second: Option<&TokenTree>) -> bool {
    let is_bar = |token: Option<&TokenTree>| token.is_some_and(|token| is_punct(token, '|'));
    match first {
        Some(TokenTree::Ident(word)) => word == "move" && is_bar(second),
        first => is_bar(first),
    }
}

/// Is there a comma with a closure behind it?
fn has_closure_behind_comma(mut list: Cursor) -> bool {
    while let Some(token) = list.next() {
        if is_punct(&token, ',') && begins_closure(list.peek(), list.peek_second()) {
            return true;
        }
    }
    false
}

/// What stands before the node in a block, and the node.
fn split_at_last_semicolon(block: TokenStream) -> (Vec<TokenTree>, TokenStream) {
    let mut tokens: Vec<TokenTree> = block.into_iter().collect();
    let behind = tokens.iter().rposition(|token| is_punct(token, ';'));
    let made = tokens.split_off(behind.map_or(0, |at| at + 1));
    (tokens, made.into_iter().collect())
}
