//! Text to syntax tree: Trino's dialect on top of sqlparser. What sqlparser cannot read of it (types in casts, bare
//! VALUES) is put right in the tokens; what only other dialects have is refused.

use std::any::TypeId;

use datafusion::sql::sqlparser::{
    ast::{Query, Statement},
    dialect::{Dialect, GenericDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer, Whitespace, Word},
};

use crate::engine::SqlError;

/// How deep brackets may nest.
const DEEPEST: usize = 200;

/// Words that name nothing unless they are quoted.
const RESERVED: &[Keyword] = &[
    Keyword::ALTER,
    Keyword::AND,
    Keyword::AS,
    Keyword::BETWEEN,
    Keyword::BY,
    Keyword::CASE,
    Keyword::CAST,
    Keyword::CONSTRAINT,
    Keyword::CREATE,
    Keyword::CROSS,
    Keyword::CUBE,
    Keyword::DELETE,
    Keyword::DESCRIBE,
    Keyword::DISTINCT,
    Keyword::DROP,
    Keyword::ELSE,
    Keyword::END,
    Keyword::ESCAPE,
    Keyword::EXCEPT,
    Keyword::EXECUTE,
    Keyword::EXISTS,
    Keyword::EXTRACT,
    Keyword::FALSE,
    Keyword::FOR,
    Keyword::FROM,
    Keyword::FULL,
    Keyword::GROUP,
    Keyword::GROUPING,
    Keyword::HAVING,
    Keyword::IN,
    Keyword::INNER,
    Keyword::INSERT,
    Keyword::INTERSECT,
    Keyword::INTO,
    Keyword::IS,
    Keyword::JOIN,
    Keyword::LEFT,
    Keyword::LIKE,
    Keyword::NATURAL,
    Keyword::NORMALIZE,
    Keyword::NOT,
    Keyword::NULL,
    Keyword::ON,
    Keyword::OR,
    Keyword::ORDER,
    Keyword::OUTER,
    Keyword::PREPARE,
    Keyword::RECURSIVE,
    Keyword::RIGHT,
    Keyword::ROLLUP,
    Keyword::SELECT,
    Keyword::SKIP,
    Keyword::TABLE,
    Keyword::THEN,
    Keyword::TRIM,
    Keyword::TRUE,
    Keyword::UESCAPE,
    Keyword::UNION,
    Keyword::UNNEST,
    Keyword::USING,
    Keyword::VALUES,
    Keyword::WHEN,
    Keyword::WHERE,
    Keyword::WITH,
];

#[derive(Debug)]
struct Trino;

impl Dialect for Trino {
    // What sqlparser asks by name is answered as its generic dialect does.
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_lambda_functions(&self) -> bool {
        true
    }

    fn supports_numeric_literal_underscores(&self) -> bool {
        true
    }

    fn supports_window_clause_named_window_reference(&self) -> bool {
        true
    }

    fn supports_in_empty_list(&self) -> bool {
        false
    }

    fn supports_comma_separated_trim(&self) -> bool {
        true
    }

    fn supports_unicode_string_literal(&self) -> bool {
        true
    }

    fn allow_extract_custom(&self) -> bool {
        true
    }

    fn is_select_item_alias(
        &self,
        explicit: bool,
        keyword: &Keyword,
        parser: &mut Parser<'_>,
    ) -> bool {
        !RESERVED.contains(keyword)
            && (explicit || GenericDialect {}.is_select_item_alias(explicit, keyword, parser))
    }
}

/// The query that `sql` is.
///
/// # Errors
/// `SYNTAX_ERROR` for what is no statement of Trino, `NOT_SUPPORTED` for one that does not only read.
pub(crate) fn parse(sql: &str) -> Result<Box<Query>, SqlError> {
    let tokens = Tokenizer::new(&Trino, sql)
        .tokenize_with_location()
        .map_err(|error| {
            SqlError::at(
                "SYNTAX_ERROR",
                error.location.line,
                error.location.column,
                error.message,
            )
        })?;
    let tokens: Vec<TokenWithSpan> = tokens
        .into_iter()
        .filter(|t| !matches!(t.token, Token::Whitespace(_) | Token::EOF))
        .collect();
    for token in &tokens {
        refuse(token)?;
    }
    let tokens = values(types(tokens));
    let end = tokens.last().map_or(Location::new(1, 1), |t| t.span.end);
    let mut parser = Parser::new(&Trino)
        .with_recursion_limit(DEEPEST)
        .with_tokens_with_locations(tokens);
    let statement = parser
        .parse_statement()
        .map_err(|error| syntax_error(&error, end))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        return Err(mismatched(&next));
    }
    match statement {
        Statement::Query(query) => Ok(query),
        _ => Err(SqlError::new(
            "NOT_SUPPORTED",
            "only statements that read are supported: write a SELECT",
        )),
    }
}

fn mismatched(token: &TokenWithSpan) -> SqlError {
    let (line, column) = (token.span.start.line, token.span.start.column);
    SqlError::at(
        "SYNTAX_ERROR",
        line,
        column,
        format!("mismatched input '{}'", token.token),
    )
}

/// Signs of other dialects.
fn refuse(token: &TokenWithSpan) -> Result<(), SqlError> {
    let foreign = match &token.token {
        Token::DoubleEq
        | Token::DoubleColon
        | Token::SemiColon
        | Token::Ampersand
        | Token::Pipe
        | Token::Caret
        | Token::Tilde
        | Token::DuckIntDiv
        | Token::LBrace
        | Token::RBrace
        | Token::Placeholder(_)
        | Token::Assignment
        | Token::Spaceship
        | Token::ShiftLeft
        | Token::ShiftRight
        | Token::DoubleQuotedString(_)
        | Token::DollarQuotedString(_)
        | Token::EscapedStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::ExclamationMark
        | Token::Sharp
        | Token::AtSign => true,
        Token::Word(word) => {
            matches!(
                word.keyword,
                Keyword::ILIKE | Keyword::QUALIFY | Keyword::RLIKE
            ) && word.quote_style.is_none()
        }
        Token::Whitespace(Whitespace::SingleLineComment { prefix, .. }) => prefix != "--",
        _ => false,
    };
    if foreign {
        Err(mismatched(token))
    } else {
        Ok(())
    }
}

fn is_word(token: Option<&TokenWithSpan>, keyword: Keyword) -> bool {
    matches!(token.map(|t| &t.token), Some(Token::Word(word)) if word.keyword == keyword && word.quote_style.is_none())
}

fn is_sign(token: Option<&TokenWithSpan>, sign: &Token) -> bool {
    token.is_some_and(|t| t.token == *sign)
}

/// The index of the bracket that closes the one at `open`.
fn closing(tokens: &[TokenWithSpan], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

/// Writes the type of each `CAST(x AS type)` as one quoted name, which sqlparser hands through.
fn types(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut replaced: Vec<(usize, usize)> = Vec::new();
    for i in 0..tokens.len() {
        let casts =
            is_word(tokens.get(i), Keyword::CAST) || is_word(tokens.get(i), Keyword::TRY_CAST);
        if !casts || !is_sign(tokens.get(i + 1), &Token::LParen) {
            continue;
        }
        let Some(close) = closing(&tokens, i + 1) else {
            continue;
        };
        let mut depth = 0_usize;
        let mut place = None;
        for (j, token) in tokens.iter().enumerate().take(close).skip(i + 2) {
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
                _ if depth == 0 && is_word(Some(token), Keyword::AS) => place = Some(j),
                _ => {}
            }
        }
        if let Some(place) = place.filter(|place| place + 1 < close) {
            replaced.push((place + 1, close));
        }
    }
    let mut out = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        match replaced.iter().find(|(start, _)| *start == i) {
            Some((start, end)) => {
                let written: Vec<String> = tokens
                    .iter()
                    .take(*end)
                    .skip(*start)
                    .map(|t| t.token.to_string())
                    .collect();
                out.push(TokenWithSpan::new(quoted(written.join(" ")), token.span));
                i = *end;
            }
            None => {
                out.push(token.clone());
                i += 1;
            }
        }
    }
    out
}

fn quoted(value: String) -> Token {
    Token::Word(Word {
        value,
        quote_style: Some('"'),
        keyword: Keyword::NoKeyword,
    })
}

/// Puts brackets around each row of `VALUES 1, 2`, and takes `ROW` off `VALUES ROW(1, 2)`.
fn values(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut open_rows: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    let mut row_start = false;
    let mut skip_bracket_at: Option<usize> = None;
    for (i, token) in tokens.iter().enumerate() {
        let at = |sign| TokenWithSpan::new(sign, Span::new(token.span.start, token.span.start));
        let ends_row = match &token.token {
            Token::RParen | Token::RBracket => true,
            Token::Comma => true,
            Token::Word(word) if word.quote_style.is_none() => matches!(
                word.keyword,
                Keyword::UNION
                    | Keyword::EXCEPT
                    | Keyword::INTERSECT
                    | Keyword::ORDER
                    | Keyword::LIMIT
                    | Keyword::OFFSET
                    | Keyword::FETCH
            ),
            _ => false,
        };
        if ends_row && open_rows.last() == Some(&depth) {
            out.push(at(Token::RParen));
            open_rows.pop();
            if token.token == Token::Comma {
                out.push(token.clone());
                row_start = true;
                continue;
            }
        } else if ends_row && token.token == Token::Comma && skip_bracket_at == Some(depth) {
            out.push(token.clone());
            row_start = true;
            continue;
        }
        if ends_row && skip_bracket_at == Some(depth) && token.token != Token::Comma {
            skip_bracket_at = None;
        }
        if row_start {
            row_start = false;
            let is_row =
                is_word(Some(token), Keyword::ROW) && is_sign(tokens.get(i + 1), &Token::LParen);
            let open = if is_row { i + 1 } else { i };
            // A row in its own brackets has nothing but an end of row after them.
            let bracketed = is_sign(tokens.get(open), &Token::LParen)
                && closing(&tokens, open).is_some_and(|close| {
                    matches!(
                        tokens.get(close + 1).map(|t| &t.token),
                        None | Some(Token::Comma | Token::RParen | Token::Word(_))
                    )
                });
            if bracketed {
                skip_bracket_at = Some(depth);
                if is_row {
                    continue;
                }
            } else {
                skip_bracket_at = None;
                out.push(at(Token::LParen));
                open_rows.push(depth);
            }
        }
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        row_start = is_word(Some(token), Keyword::VALUES);
        out.push(token.clone());
    }
    if !open_rows.is_empty() {
        let end = tokens.last().map_or(Location::new(1, 1), |t| t.span.end);
        out.extend(
            open_rows
                .iter()
                .map(|_| TokenWithSpan::new(Token::RParen, Span::new(end, end))),
        );
    }
    out
}

fn syntax_error(error: &ParserError, end: Location) -> SqlError {
    let (ParserError::ParserError(text) | ParserError::TokenizerError(text)) = error else {
        return SqlError::new(
            "NOT_SUPPORTED",
            format!(
                "expressions that nest deeper than {DEEPEST} are not supported by the local engine"
            ),
        );
    };
    let (what, place) = text.split_once(" at Line: ").unwrap_or((text, ""));
    let place = place
        .split_once(", Column: ")
        .and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)));
    let (line, column) = place.unwrap_or((end.line, end.column));
    let message = match what
        .strip_prefix("Expected: ")
        .and_then(|rest| rest.split_once(", found: "))
    {
        Some((expected, found)) => format!(
            "mismatched input '{}'. Expecting: {expected}",
            if found == "EOF" { "<EOF>" } else { found }
        ),
        None => what.to_owned(),
    };
    SqlError::at("SYNTAX_ERROR", line, column, message)
}
