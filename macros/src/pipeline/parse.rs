//! Reads the list of nodes. A mistake costs the smallest piece that has it: a node keeps its label whatever else is
//! wrong with it, and after a node that makes no sense reading goes on behind the next comma.

use super::arguments;
use super::cursor::{Cursor, is_punct, text_of};
use super::each;
use super::place::Place;
use super::reader::Reader;
use super::report::{Mistake, Report};
use super::syntax::{Expression, Item, Kind, Node, Pipeline, Work};
use dune_pipeline_graph::names::nearest;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Reads what stands between the brackets of `pipeline![..]`; what cannot be read is reported.
pub(crate) fn parse(input: TokenStream, reader: Reader, report: &mut Report) -> Pipeline {
    let mut parser = Parser {
        report,
        reader,
        rank: 0,
        list: Cursor::new(input),
        declared: None,
    };
    let mut cursor = parser.list.clone();
    let mut pipeline = Pipeline::default();
    while let Some(token) = cursor.peek() {
        if cursor.at_comma_or_end() {
            let place = parser.place(token.span());
            parser.tell(
                place,
                "there is no node before this comma",
                "commas stand between nodes, and one may stand behind the last",
                "remove the comma, or write `label = node` before it",
            );
            cursor.next();
            continue;
        }
        let item = match parser.base(&mut cursor) {
            Some(base) => Some(Item::Base(base)),
            None => parser.node(&mut cursor),
        };
        let is_read = item.is_some();
        match item {
            Some(item) => pipeline.items.push(item),
            None => {
                pipeline.lost_a_label = true;
                cursor.skip_to_comma();
            }
        }
        while let Some(comma) = parser.comma(&mut cursor)
            && is_read
            && let Some(Item::Node(node)) = pipeline.items.last_mut()
            && parser.behind_comma(comma, &mut cursor, node)
        {}
    }
    pipeline
}

/// What to say where one expression is expected, and none or several are there.
pub(super) struct Only {
    pub(super) missing: &'static str,
    pub(super) many: &'static str,
    pub(super) why: &'static str,
    /// What to do where there is none.
    pub(super) example: &'static str,
    /// What to do where there are several.
    pub(super) instead: &'static str,
}

pub(super) struct Parser<'r> {
    pub(super) report: &'r mut Report,
    pub(super) reader: Reader,
    rank: usize,
    /// All of the nodes, for what is asked about others than the one that is read.
    pub(super) list: Cursor,
    /// The labels in it, once somebody asked.
    pub(super) declared: Option<Vec<String>>,
}

impl Parser<'_> {
    /// Reports a mistake: what is wrong, why, and what to do.
    pub(super) fn tell(&mut self, place: Place, what: &str, why: &str, help: &str) {
        self.report
            .add(Mistake::new(place, what).note(why).help(help));
    }

    pub(super) fn place(&mut self, span: Span) -> Place {
        self.rank += 1;
        Place::of_span(span, self.rank)
    }

    pub(super) fn place_of(&mut self, tokens: &[TokenTree], otherwise: Span) -> Place {
        self.rank += 1;
        Place::of_tokens(tokens, otherwise, self.rank)
    }

    /// One node, and all that is wrong with it. `None`, and nothing but its label read, where it has no label.
    fn node(&mut self, cursor: &mut Cursor) -> Option<Item> {
        let docs = self.docs(cursor);
        self.words_before_label(cursor);
        let name = self.declared_name(cursor)?;
        if let Some(base) = self.misplaced_base(cursor, &name) {
            return Some(Item::Base(base));
        }
        if let Some(base) = self.base_without_dots(cursor, &name) {
            return Some(Item::Base(base));
        }
        let mut node = Node {
            docs,
            name,
            each: None,
            kinds: Vec::new(),
            performance: None,
            parameters: None,
            after: None,
            unknown: Vec::new(),
            no_kind: None,
            bare: cursor.at_comma_or_end(),
            broken: false,
        };
        self.equals(cursor, &node);
        if cursor.peek_ident().and_then(each::word_of).is_some() {
            self.each(cursor, &mut node);
            self.end(cursor, &node);
        } else {
            self.work(cursor, &mut node);
        }
        Some(Item::Node(Box::new(node)))
    }

    /// The kind of a node and what modifies it, up to the comma behind it.
    pub(super) fn work(&mut self, cursor: &mut Cursor, node: &mut Node) {
        if !cursor.at_comma_or_end() && !cursor.at_node() && !cursor.peek_punct('.') {
            self.kind(cursor, node);
        }
        self.modified(cursor, node);
    }

    /// What modifies a node, up to the comma behind it.
    pub(super) fn modified(&mut self, cursor: &mut Cursor, node: &mut Node) {
        if self.modifiers(cursor, node) {
            self.end(cursor, node);
        } else if !cursor.at_node() {
            cursor.skip_to_comma();
        }
    }

    /// `/// ..` before a label.
    fn docs(&mut self, cursor: &mut Cursor) -> TokenStream {
        let mut docs = TokenStream::new();
        while cursor.peek_punct('#')
            && let Some(sign) = cursor.next()
        {
            let attribute = cursor.take_group(Delimiter::Bracket);
            let is_doc = attribute.as_ref().is_some_and(is_doc_comment);
            match attribute {
                Some(attribute) if is_doc => {
                    sign.to_tokens(&mut docs);
                    attribute.to_tokens(&mut docs);
                }
                other => {
                    let span = other.map_or(sign.span(), |attribute| attribute.span());
                    let place = self.place(span);
                    self.tell(
                        place,
                        "a node takes no attributes",
                        "it is part of an expression, and no item",
                        "remove it: only `///` comments stand before a label",
                    );
                }
            }
        }
        docs
    }

    /// The `=` behind a label. What is often written in its place is read as if it were one.
    fn equals(&mut self, cursor: &mut Cursor, node: &Node) {
        if cursor.at_comma_or_end() {
            return;
        }
        if cursor.take_equals() || self.type_of_label(cursor, &node.name) {
            return;
        }
        let mut wrong = Vec::new();
        while let Some(TokenTree::Punct(punct)) = cursor.peek()
            && matches!(punct.as_char(), ':' | '=' | '>' | '<' | '-')
        {
            wrong.extend(cursor.next());
        }
        if wrong.is_empty() {
            wrong.extend(cursor.peek().cloned());
        }
        let place = self.place_of(&wrong, node.name.place.end);
        let name = &node.name;
        let (written, help) = match &wrong[..] {
            [TokenTree::Punct(_), ..] => {
                let wrong = text_of(&wrong);
                (wrong.clone(), format!("write `=` instead of `{wrong}`"))
            }
            _ => (String::new(), format!("write `{name} = ..`")),
        };
        let headline = match written.is_empty() {
            true => format!("`=` is missing behind the label `{name}`"),
            false => format!("`{written}` stands where `=` joins the label `{name}` to its node"),
        };
        self.tell(
            place,
            &headline,
            "a node is `label = refresh(view)` or `label = query(id)`",
            &help,
        );
    }

    fn kind(&mut self, cursor: &mut Cursor, node: &mut Node) {
        match cursor.peek_ident().and_then(work_of) {
            Some(work) => {
                if let Some(TokenTree::Ident(word)) = cursor.next() {
                    let arguments = self.given(cursor, &word);
                    let kind = self.kind_with(work, word, arguments);
                    node.kinds.push(kind);
                }
            }
            None => self.no_kind(cursor, node),
        }
    }

    pub(super) fn kind_with(&mut self, work: Work, word: Ident, arguments: TokenStream) -> Kind {
        let place = self.place(word.span());
        let words = match work {
            Work::Refresh => Only {
                missing: "`refresh` needs the view to refresh",
                many: "`refresh` takes one view",
                why: "a node refreshes one view",
                example: "write `refresh(\"dune.<team>.result_<name>\")`",
                instead: "refresh each view in a node of its own",
            },
            Work::Query => Only {
                missing: "`query` needs the id of the query to run",
                many: "`query` takes one id",
                why: "a node runs one query",
                example: "write `query(<id>)`: the number in the query's address, `dune.com/queries/<id>`",
                instead: "run each query in a node of its own",
            },
        };
        let list = arguments::split(arguments, |_| 0);
        let target = self.only(&list, place, words);
        Kind {
            word,
            place,
            work,
            target,
        }
    }

    /// The one expression of a list; none and several are reported.
    pub(super) fn only(
        &mut self,
        list: &[Vec<TokenTree>],
        word: Place,
        words: Only,
    ) -> Option<Expression> {
        let Some(first) = list.first().filter(|tokens| !tokens.is_empty()) else {
            self.tell(word, words.missing, words.why, words.example);
            return None;
        };
        let expression = self.expression(first, word.end);
        if let Some(second) = list.get(1) {
            let place = self.place_of(second, word.end);
            self.tell(place, words.many, words.why, words.instead);
        }
        expression
    }

    /// A Rust expression. One that is none is reported here, for rustc would then show nothing else of the pipeline.
    pub(super) fn expression(
        &mut self,
        tokens: &[TokenTree],
        otherwise: Span,
    ) -> Option<Expression> {
        let place = self.place_of(tokens, otherwise);
        if let Some(fault) = arguments::fault(tokens) {
            self.tell(
                Place::of_span(fault.span(), place.rank),
                &format!("no Rust expression: {fault}"),
                "a view, an id, a tier or a value is one expression of Rust's",
                "complete it, or write a comma where the next one begins",
            );
            // An editor is asked what may come next, and so must see what is there.
            return match self.reader {
                Reader::Editor => {
                    let tokens = arguments::completed(tokens)?;
                    Some(expression_of(&tokens, place))
                }
                Reader::Compiler => None,
            };
        }
        Some(expression_of(tokens, place))
    }

    /// Something stands where a kind should: nothing more is said of this node's kind.
    fn no_kind(&mut self, cursor: &mut Cursor, node: &mut Node) {
        let Some(token) = cursor.next() else { return };
        node.broken = true;
        if let TokenTree::Ident(word) = &token {
            node.no_kind = Some(word.clone());
        }
        if self.choice(&token) {
            return;
        }
        let place = self.place(token.span());
        let text = match &token {
            TokenTree::Group(_) => "this".to_owned(),
            token => format!("`{token}`"),
        };
        let near = match &token {
            TokenTree::Ident(word) if word == "foreach" || word == "for_each" => {
                each::WORDS.first().copied()
            }
            TokenTree::Ident(word) => {
                let [each, in_turn] = each::WORDS;
                nearest(
                    &word.to_string(),
                    ["refresh", "query", each, in_turn].iter().copied(),
                )
            }
            _ => None,
        };
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a node is one of two kinds: `refresh(view)` or `query(id)`".to_owned(),
        };
        let why = "a node refreshes a view or runs a query";
        self.tell(place, &format!("{text} is no kind of node"), why, &help);
        cursor.take_group(Delimiter::Parenthesis);
    }

    /// What stands behind a node: a comma, the end, or something that does not belong there.
    pub(super) fn end(&mut self, cursor: &mut Cursor, node: &Node) {
        let Some(token) = cursor.peek() else { return };
        if cursor.at_comma_or_end() {
            return;
        }
        let place = self.place(token.span());
        if cursor.at_node() {
            let text = format!("a comma is missing before `{token}`");
            self.tell(
                place,
                &text,
                &format!("another node begins here: `{token} = ..`"),
                &format!("write a comma behind node `{}`", node.name),
            );
            return;
        }
        if !node.broken {
            self.tell(
                place,
                &format!("this does not belong to node `{}`", node.name),
                "a node is a kind and its modifiers, and no other expression",
                "a node goes on with `.` and a modifier, or ends with a comma",
            );
        }
        cursor.skip_to_comma();
    }
}

fn expression_of(tokens: &[TokenTree], place: Place) -> Expression {
    Expression {
        place,
        tokens: arguments::stream_of(tokens),
        known: arguments::known(tokens),
    }
}

/// Is this the inside of `#[doc = ".."]`, which `/// ..` is to a macro?
fn is_doc_comment(attribute: &Group) -> bool {
    let tokens: Vec<TokenTree> = attribute.stream().into_iter().collect();
    matches!(&tokens[..], [TokenTree::Ident(word), equals, TokenTree::Literal(_)]
        if word == "doc" && is_punct(equals, '='))
}

/// The kind of node that a word begins.
pub(super) fn work_of(word: &Ident) -> Option<Work> {
    match word {
        _ if word == Work::Refresh.word() => Some(Work::Refresh),
        _ if word == Work::Query.word() => Some(Work::Query),
        _ => None,
    }
}
