//! What a statement mentions, read off its tokens: views, query views and where common table
//! expressions may be put. Tokens and not a syntax tree, so that lineage does not depend on how
//! much of Trino's grammar a parser knows: comments, strings and quoted names are told apart here,
//! and a name of three parts cannot be anything but a table.

use std::collections::HashSet;

use datafusion::sql::sqlparser::dialect::Dialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Word};

use indexmap::IndexSet;

use crate::engine::{SqlError, TableName};

/// How many tokens of a list of columns are read to its closing parenthesis.
const MAX_COLUMNS: usize = 4096;

/// What the tokens of one statement say.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The names that are called like a view, `dune.<team>.result_<name>`, each once, in order.
    pub(super) views: IndexSet<TableName>,
    /// The query views, each once, in order.
    pub(super) query_views: IndexSet<QueryView>,
    /// The byte where the first common table expression is or would be.
    pub(super) expressions_at: usize,
    /// Whether the statement has common table expressions.
    pub(super) has_expressions: bool,
    /// The byte after the statement's last token that is no semicolon.
    pub(super) end: usize,
}

/// A mention of `query_<id>`, with the arguments of `"query_<id>(key='value')"`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct QueryView {
    /// The name, as it has to be defined for the mention to mean it.
    pub(super) name: String,
    pub(super) id: i64,
    pub(super) arguments: Vec<(String, String)>,
}

/// Trino's lexical rules, as far as they tell names from what only looks like them.
#[derive(Debug)]
struct Lexicon;

impl Dialect for Lexicon {
    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    fn supports_unicode_string_literal(&self) -> bool {
        true
    }
}

/// Reads the tokens of a statement.
pub(super) fn scan(sql: &str) -> Result<Scan, SqlError> {
    let tokens = Tokenizer::new(&Lexicon, sql)
        .tokenize_with_location()
        .map_err(|error| {
            let Location { line, column } = error.location;
            SqlError::at("SYNTAX_ERROR", line, column, error.message)
        })?;
    let tokens: Vec<TokenWithSpan> = tokens
        .into_iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF))
        .collect();
    let bytes = Bytes::new(sql);
    let mut scan = Scan::default();
    place_expressions(&tokens, &bytes, &mut scan);
    let last = tokens
        .iter()
        .rev()
        .find(|token| token.token != Token::SemiColon);
    scan.end = last.map_or(0, |token| bytes.of(token.span.end));
    let defined = defined_here(&tokens);
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = &token.token else {
            continue;
        };
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let before = before.map(|token| &token.token);
        if before == Some(&Token::Period) {
            continue;
        }
        if let Some(view) = view(tokens.get(at..).unwrap_or_default()) {
            scan.views.insert(view);
        } else if stands_for_a_table(before)
            && let Some(view) = query_view(word)
            && !defined.contains(&view.name)
        {
            scan.query_views.insert(view);
        }
    }
    Ok(scan)
}

fn place_expressions(tokens: &[TokenWithSpan], bytes: &Bytes<'_>, scan: &mut Scan) {
    let keyword = |at: usize, keyword: Keyword| match tokens.get(at).map(|token| &token.token) {
        Some(Token::Word(word)) => word.keyword == keyword && word.quote_style.is_none(),
        _ => false,
    };
    scan.has_expressions = keyword(0, Keyword::WITH);
    let first = match (scan.has_expressions, keyword(1, Keyword::RECURSIVE)) {
        (true, true) => 2,
        (true, false) => 1,
        (false, _) => 0,
    };
    let start = tokens.get(first).map(|token| token.span.start);
    scan.expressions_at = start.map_or(0, |start| bytes.of(start));
}

/// The query views whose names are common table expressions of the statement itself: those win.
fn defined_here(tokens: &[TokenWithSpan]) -> HashSet<String> {
    let mut defined = HashSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = &token.token else {
            continue;
        };
        let Some(view) = query_view(word) else {
            continue;
        };
        let mut rest = tokens
            .iter()
            .skip(at + 1)
            .map(|token| &token.token)
            .peekable();
        if rest.peek() == Some(&&Token::LParen) {
            rest.by_ref()
                .take(MAX_COLUMNS)
                .find(|token| **token == Token::RParen);
        }
        let names = matches!(rest.next(), Some(Token::Word(word)) if word.keyword == Keyword::AS);
        if names && rest.next() == Some(&Token::LParen) {
            defined.insert(view.name);
        }
    }
    defined
}

/// What stands before a table's name.
fn stands_for_a_table(before: Option<&Token>) -> bool {
    match before {
        Some(Token::Comma | Token::LParen) => true,
        Some(Token::Word(word)) => {
            matches!(word.keyword, Keyword::FROM | Keyword::JOIN | Keyword::TABLE)
        }
        _ => false,
    }
}

fn view(tokens: &[TokenWithSpan]) -> Option<TableName> {
    let mut tokens = tokens.iter().map(|token| &token.token);
    let mut word = || match tokens.next() {
        Some(Token::Word(word)) => Some(word.value.to_lowercase()),
        _ => None,
    };
    let first = word()?;
    if first != "dune" {
        return None;
    }
    let mut part = || match (tokens.next(), tokens.next()) {
        (Some(Token::Period), Some(Token::Word(word))) => Some(word.value.to_lowercase()),
        _ => None,
    };
    let (team, name) = (part()?, part()?);
    if !name.starts_with("result_") {
        return None;
    }
    TableName::new([first, team, name]).ok()
}

fn query_view(word: &Word) -> Option<QueryView> {
    let lower = word.value.to_lowercase();
    let rest = lower.strip_prefix("query_")?;
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, tail) = rest.split_at_checked(digits)?;
    let id = digits.parse().ok()?;
    if tail.is_empty() {
        return Some(QueryView {
            name: lower,
            id,
            arguments: Vec::new(),
        });
    }
    word.quote_style?;
    let inner = word.value.get("query_".len() + digits.len()..)?;
    let inner = inner.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some(QueryView {
        name: format!("\"{}\"", word.value.replace('"', "\"\"")),
        id,
        arguments: arguments(inner)?,
    })
}

/// `key='value', ..`, where a quote inside a value is `\'`.
fn arguments(text: &str) -> Option<Vec<(String, String)>> {
    let mut arguments = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let mut chars = after.trim_start().strip_prefix('\'')?.char_indices();
        let inner = after.trim_start().get(1..)?;
        let mut value = String::new();
        let end = loop {
            match chars.next()? {
                (_, '\\') => match chars.next()? {
                    (_, quote @ '\'') => value.push(quote),
                    (_, other) => value.extend(['\\', other]),
                },
                (at, '\'') => break at,
                (_, other) => value.push(other),
            }
        };
        arguments.push((key.trim().to_owned(), value));
        rest = inner.get(end + 1..)?.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    Some(arguments)
}

/// Turns the tokenizer's lines and columns, which count characters, into bytes.
struct Bytes<'a> {
    lines: Vec<(usize, &'a str)>,
    len: usize,
}

impl<'a> Bytes<'a> {
    fn new(text: &'a str) -> Self {
        let mut at = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            let start = at;
            at += line.len();
            (start, line)
        });
        Self {
            lines: lines.collect(),
            len: text.len(),
        }
    }

    fn of(&self, place: Location) -> usize {
        let line = usize::try_from(place.line)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        let column = usize::try_from(place.column)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        let Some((start, text)) = self.lines.get(line) else {
            return self.len;
        };
        let within = text
            .char_indices()
            .nth(column)
            .map_or(text.len(), |(at, _)| at);
        start + within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn views(sql: &str) -> Vec<String> {
        scan(sql)
            .unwrap()
            .views
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn query_views(sql: &str) -> Vec<(i64, Vec<(String, String)>)> {
        let found = scan(sql).unwrap().query_views;
        found
            .into_iter()
            .map(|view| (view.id, view.arguments))
            .collect()
    }

    #[test]
    fn a_view_is_found_however_it_is_spelt() {
        assert_eq!(
            views(
                "select * from DUNE.Acme.Result_A a join \"dune\".\"21co\" . \"result_b\" using (x), \
                 (select 1 from dune.acme.result_a) -- dune.acme.result_c"
            ),
            ["dune.acme.result_a", "dune.21co.result_b"]
        );
        assert_eq!(
            views("select dune.acme.result_a.x from dune.acme.result_a"),
            ["dune.acme.result_a"]
        );
    }

    #[test]
    fn comments_strings_and_other_names_hold_no_view() {
        let sql = "/* dune.acme.result_a /* */ select 'dune.acme.result_b', U&'dune.acme.result_c', \
                   'it''s dune.acme.result_d' from x.dune.acme.result_e, dune.acme.dataset_f, \
                   \"dune.acme.result_g\" -- dune.acme.result_h";
        assert_eq!(views(sql), [] as [&str; 0]);
    }

    #[test]
    fn a_query_view_is_found_where_a_table_stands() {
        let found = query_views(
            "with a as (select * from Query_7) select query_8.x from query_8 join \"query_9(k='v', \
             q='\\'it\\'')\" on true, query_10 where y as query_11",
        );
        let argument = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            found,
            [
                (7, vec![]),
                (8, vec![]),
                (9, vec![argument("k", "v"), argument("q", "'it'")]),
                (10, vec![]),
            ]
        );
    }

    #[test]
    fn a_common_table_expression_of_that_name_wins() {
        assert_eq!(
            query_views("with query_7 as (select 1) select * from query_7"),
            []
        );
        assert_eq!(
            query_views("with query_7 (a, b) as (select 1, 2) select * from query_7"),
            []
        );
        assert_eq!(query_views("select 'from query_7' -- from query_8"), []);
        assert_eq!(
            query_views("select * from query_x, \"query_7(\", \"query_7(a=b)\""),
            []
        );
    }

    #[test]
    fn the_end_of_the_statement_and_the_place_of_its_expressions_are_bytes() {
        let sql = "-- é\nWITH RECURSIVE é as (select 1) select 'ü' ; ; -- é";
        let scan = scan(sql).unwrap();
        assert!(scan.has_expressions);
        assert!(sql[scan.expressions_at..].starts_with("é as"));
        assert!(sql[..scan.end].ends_with("'ü'"));
    }

    #[test]
    fn an_open_string_is_a_syntax_error_with_its_place() {
        let error = scan("select 1,\n 'open").unwrap_err();
        assert_eq!((error.name, error.line), ("SYNTAX_ERROR", Some(2)));
    }
}
