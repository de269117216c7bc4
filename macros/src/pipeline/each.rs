//! Reads `each(items, |item| node)` and `in_turn(items, |item| node)`: a node for each item.

use super::arguments;
use super::cursor::{Cursor, is_punct};
use super::leaving::leaving;
use super::parse::{Parser, work_of};
use super::place::Place;
use super::reader::Reader;
use super::syntax::{Called, Each, Expression, Node};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// The words that begin a group.
pub(super) const WORDS: [&str; 2] = ["each", "in_turn"];

/// The word of a group, where what is wrong with the whole is told.
#[derive(Clone, Copy)]
struct Head {
    word: &'static str,
    place: Place,
}

impl Head {
    fn example(self) -> String {
        let word = self.word;
        format!("write `{word}(items, |item| query(<id>).parameters(key = item))`")
    }

    fn pairs(self) -> String {
        let word = self.word;
        format!("`{word}(pairs, |(one, other)| ..)`")
    }
}

/// The word that begins a group, if this is one.
pub(super) fn word_of(ident: &Ident) -> Option<&'static str> {
    let [each, in_turn] = WORDS;
    match ident {
        _ if ident == each => Some(each),
        _ if ident == in_turn => Some(in_turn),
        _ => None,
    }
}

impl Parser<'_> {
    /// All of it, and modifiers that are wrongly behind it.
    pub(super) fn each(&mut self, cursor: &mut Cursor, node: &mut Node) {
        let Some(head) = cursor.peek_ident().and_then(word_of) else {
            return;
        };
        let Some(TokenTree::Ident(word)) = cursor.next() else {
            return;
        };
        let place = self.place(word.span());
        let head = Head { word: head, place };
        if let Called::Id(id) = node.name.called {
            self.tell(
                node.name.place,
                &format!("`{id}` cannot be the id of several nodes"),
                &format!("an `{}` makes a node of each of its items", head.word),
                &format!(
                    "give this `{}` a label: its nodes get ids of their own",
                    head.word
                ),
            );
        }
        let arguments = cursor.take_group(Delimiter::Parenthesis);
        let mut list = Cursor::new(arguments.map(|group| group.stream()).unwrap_or_default());
        let items = self.items(&mut list, head);
        let mut each = Each {
            word,
            items,
            item: None,
            statements: TokenStream::new(),
        };
        match self.closure(&mut list, head) {
            Some(item) => {
                each.item = item;
                let leaves = self.leaves(arguments::stream_of(list.remaining()), head);
                self.each_node(&mut list, &mut each, head, node);
                // rustc would refuse it once more.
                if leaves && matches!(self.reader, Reader::Compiler) {
                    each.item = None;
                }
            }
            None => node.broken = true,
        }
        node.each = Some(each);
        self.behind_each(cursor, head, node);
    }

    /// The expression before the closure.
    fn items(&mut self, list: &mut Cursor, each: Head) -> Option<Expression> {
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
                    self.tell(
                        place,
                        "a comma is missing before this closure",
                        "what stands before it are the items that it is called for",
                        &each.example(),
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
            self.tell(
                each.place,
                &format!(
                    "`{}` needs items and a closure that makes a node of one",
                    each.word
                ),
                "it makes a node of each item",
                &each.example(),
            );
            return None;
        }
        if is_alone {
            self.tell(
                each.place,
                &format!(
                    "`{}` needs a closure that makes a node of each item",
                    each.word
                ),
                "what stands here is read as its items",
                &each.example(),
            );
            // What is there may be items and a node, or anything: nothing is said of it.
            return match tokens.iter().any(|token| is_punct(token, ',')) {
                true => None,
                false => self.expression(&tokens, each.place.end),
            };
        }
        self.expression(&tokens, each.place.end)
    }

    /// `move |item: Type|`, of which the item is given; it is `None` where it is wrong, and all is where no closure is there.
    fn closure(&mut self, list: &mut Cursor, each: Head) -> Option<Option<TokenStream>> {
        if let Some(word) = list.peek_ident()
            && word == "async"
        {
            let place = self.place(word.span());
            self.tell(
                place,
                &format!("the closure of `{}` is not `async`", each.word),
                "it is no future: it is gone through where the pipeline is declared",
                "remove `async`; where `.await` may stand around the pipeline, it may stand in there too",
            );
            list.next();
        }
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
            self.tell(
                place,
                &format!("the closure of `{}` takes the item", each.word),
                "it is called once for each item",
                &each.example(),
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
                let place = self.place_of(&tokens, each.place.end);
                self.tell(
                    place,
                    &format!("the closure of `{}` takes one item", each.word),
                    "it is called once for each item",
                    &format!("go through pairs: {}", each.pairs()),
                );
                Some(None)
            }
            Err(fault) => {
                let place = self.place(fault.span());
                self.tell(
                    place,
                    &format!("no pattern for an item: {fault}"),
                    "between the bars stands a pattern, like a name or `(one, other)`",
                    &each.example(),
                );
                Some(None)
            }
        }
    }

    /// What the closure makes: a node, maybe in a block, where statements may come before it.
    fn each_node(&mut self, list: &mut Cursor, group: &mut Each, each: Head, node: &mut Node) {
        let block = match list.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                list.take_group(Delimiter::Brace)
            }
            _ => None,
        };
        match block {
            Some(block) => {
                let (statements, made) = split_before_node(block.stream());
                group.statements = self.statements(statements, block.span_open(), each);
                let mut made = Cursor::new(made);
                self.made(&mut made, block.span(), each, node);
                if let Some(token) = made.peek() {
                    let place = self.place(token.span());
                    self.tell(
                        place,
                        &format!("the block of an `{}` ends with its node", each.word),
                        "what a closure gives is the last thing in its block",
                        "nothing stands behind the node, not even a comma",
                    );
                }
            }
            None => {
                self.made(list, group.word.span(), each, node);
            }
        }
        list.take_punct(',');
        if let Some(token) = list.peek() {
            let place = self.place(token.span());
            self.tell(
                place,
                &format!(
                    "`{}` takes items and a closure, and nothing more",
                    each.word
                ),
                "the closure ends with its node",
                &each.example(),
            );
        }
    }

    fn made(&mut self, cursor: &mut Cursor, otherwise: Span, each: Head, node: &mut Node) {
        self.label_within_each(cursor, each.word);
        match cursor.peek() {
            None => {
                node.broken = true;
                let place = self.place(otherwise);
                self.tell(
                    place,
                    &format!("the closure of `{}` makes no node", each.word),
                    "each of its items becomes a node",
                    &each.example(),
                );
            }
            Some(TokenTree::Ident(word)) if word_of(word).is_some() => {
                let other = match word == each.word {
                    true => "another".to_owned(),
                    false => format!("an `{}`", each.word),
                };
                node.broken = true;
                let place = self.place(word.span());
                self.tell(
                    place,
                    &format!("an `{word}` cannot stand in {other}"),
                    "its nodes are a list, and not a list of lists",
                    &format!("go through all of it in one: {}", each.pairs()),
                );
                cursor.skip_to_comma();
            }
            Some(_) => self.work(cursor, node),
        }
    }

    /// `break` and `continue` of the closure: it is one only to the eye, and they would leave out nodes.
    fn leaves(&mut self, body: TokenStream, each: Head) -> bool {
        let found = leaving(body);
        for word in &found {
            let place = self.place(word.span());
            self.tell(
                place,
                &format!("`{word}` would leave the closure of `{}`", each.word),
                "it is called for each item, and is no loop",
                &format!(
                    "choose the items before: `{}(items.filter(..), |item| ..)`",
                    each.word
                ),
            );
        }
        !found.is_empty()
    }

    /// Statements before the node. Broken ones are reported here, for rustc would then show nothing else.
    fn statements(&mut self, tokens: Vec<TokenTree>, open: Span, each: Head) -> TokenStream {
        let Some(last) = tokens.last() else {
            return TokenStream::new();
        };
        // Others follow: without its `;` only what is a block to Rust ends a statement.
        let next = quote_spanned!(last.span()=> let _;);
        let tokens: TokenStream = tokens.into_iter().collect();
        let followed = tokens.clone().into_iter().chain(next).collect();
        let mut block = proc_macro2::Group::new(Delimiter::Brace, followed);
        block.set_span(open);
        match arguments::fault(&[block.into()]) {
            None => tokens,
            Some(fault) => {
                let place = self.place(fault.span());
                self.tell(
                    place,
                    &format!("no Rust statement: {fault}"),
                    &format!(
                        "before its node, the closure of `{}` may have statements of Rust's",
                        each.word
                    ),
                    "complete it, or remove it",
                );
                TokenStream::new()
            }
        }
    }

    /// The same, where a comma stands before them.
    pub(super) fn behind_each_and_comma(&mut self, cursor: &mut Cursor, node: &Node) {
        if let Some(each) = &node.each
            && let Some(word) = word_of(&each.word)
        {
            let place = self.place(each.word.span());
            self.behind_each(cursor, Head { word, place }, node);
        }
    }

    /// A modifier there would be one of the whole.
    fn behind_each(&mut self, cursor: &mut Cursor, each: Head, node: &Node) {
        while cursor.peek_punct('.') && !cursor.peek_second().is_some_and(|it| is_punct(it, '.')) {
            let dot = cursor.next().map_or_else(Span::call_site, |dot| dot.span());
            let word: Option<Ident> = match cursor.at_node() {
                true => None,
                false => cursor.peek_ident().cloned(),
            };
            let Some(word) = word else {
                let place = self.place(dot);
                self.tell(
                    place,
                    &format!("nothing stands behind an `{}`", each.word),
                    "a node goes on within the closure that makes it",
                    "what modifies its nodes stands in the closure",
                );
                return;
            };
            cursor.next();
            cursor.take_group(Delimiter::Parenthesis);
            // Without a closure there is no node that it could belong to.
            if node.broken {
                continue;
            }
            let place = self.place(word.span());
            self.tell(
                place,
                &format!("`.{word}` stands behind `{}`", each.word),
                &format!(
                    "an `{}` is several nodes, and a modifier is of one",
                    each.word
                ),
                &format!(
                    "a modifier belongs to the node in the closure: `|item| query(<id>).{word}(..)`"
                ),
            );
        }
    }
}

/// Is `|item|` or `move |item|` next? Or `async |item|`, which is told.
fn begins_closure(first: Option<&TokenTree>, second: Option<&TokenTree>) -> bool {
    let is_bar = |token: Option<&TokenTree>| token.is_some_and(|token| is_punct(token, '|'));
    match first {
        Some(TokenTree::Ident(word)) if word == "async" => {
            is_bar(second) || matches!(second, Some(TokenTree::Ident(word)) if word == "move")
        }
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

/// What stands before the node in a block, and the node. A statement ends with `;`, or with a block that a node follows.
fn split_before_node(block: TokenStream) -> (Vec<TokenTree>, TokenStream) {
    let (mut before, mut made): (Vec<TokenTree>, Vec<TokenTree>) = (Vec::new(), Vec::new());
    for token in block {
        let is_behind_block = matches!(made.last(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
        if is_behind_block
            && let TokenTree::Ident(word) = &token
            && (work_of(word).is_some() || word_of(word).is_some())
        {
            before.append(&mut made);
        }
        let is_end = is_punct(&token, ';');
        made.push(token);
        if is_end {
            before.append(&mut made);
        }
    }
    (before, made.into_iter().collect())
}
