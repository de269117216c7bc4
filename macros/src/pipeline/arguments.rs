//! What stands between parentheses: lists, and in them Rust expressions. Their tokens are passed through; they are
//! parsed only where a comma may belong to the expression, and to say of a broken one that it is broken.

use super::cursor::is_punct;
use super::syntax::Known;
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Lit};

/// Generic arguments with more commas than this are not looked for, so that the time a broken list takes is bounded.
const MAX_COMMAS_IN_EXPRESSION: usize = 32;

/// How deep an expression may go to be parsed here: in a debug build a level of syn's takes up to 11 KiB of stack for each
/// token that opens one, and compilers and editors run macros on 8 MiB.
const MAX_DEPTH: usize = 256;

/// What an editor is told in the place of a name that is still to be typed.
pub(super) const UNFINISHED: &str = "unfinished";

/// Splits a list at its commas. `head` says how many tokens of an item stand before its expression (`key =`).
/// An empty item is a comma too many; it stays in the list, for the caller knows where to complain.
pub(super) fn split(list: TokenStream, head: fn(&[TokenTree]) -> usize) -> Vec<Vec<TokenTree>> {
    let mut pieces: Vec<Vec<TokenTree>> = Vec::new();
    let mut piece = Vec::new();
    for token in list {
        if is_punct(&token, ',') {
            pieces.push(std::mem::take(&mut piece));
        } else {
            piece.push(token);
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    if pieces.iter().any(|piece| may_hold_commas(piece)) {
        rejoin(&pieces, head)
    } else {
        pieces
    }
}

/// Only generic arguments and the parameters of a closure hold commas that no delimiter shields.
fn may_hold_commas(piece: &[TokenTree]) -> bool {
    piece
        .iter()
        .any(|token| is_punct(token, '<') || is_punct(token, '|'))
}

/// Joins pieces that are no expression by themselves but are one together.
fn rejoin(pieces: &[Vec<TokenTree>], head: fn(&[TokenTree]) -> usize) -> Vec<Vec<TokenTree>> {
    let mut joined = Vec::with_capacity(pieces.len());
    let mut rest = pieces;
    while let [piece, behind @ ..] = rest {
        rest = behind;
        if may_hold_commas(piece)
            && !parses(piece, head)
            && let Some((whole, taken)) = longer(piece, behind, head)
        {
            joined.push(whole);
            rest = behind.get(taken..).unwrap_or_default();
        } else {
            joined.push(piece.clone());
        }
    }
    joined
}

/// The expression that a piece is with as few as can be of those behind it, and how many that are.
fn longer(
    piece: &[TokenTree],
    behind: &[Vec<TokenTree>],
    head: fn(&[TokenTree]) -> usize,
) -> Option<(Vec<TokenTree>, usize)> {
    let mut whole = piece.to_vec();
    for (at, next) in behind.iter().enumerate() {
        if at == MAX_COMMAS_IN_EXPRESSION {
            break;
        }
        whole.push(Punct::new(',', Spacing::Alone).into());
        whole.extend_from_slice(next);
        if parses(&whole, head) {
            return Some((whole, at + 1));
        }
    }
    None
}

fn parses(piece: &[TokenTree], head: fn(&[TokenTree]) -> usize) -> bool {
    fault(piece.get(head(piece)..).unwrap_or_default()).is_none()
}

/// What is wrong with an expression as such, if anything is. What is missing at its end is missed at its last token.
pub(super) fn fault(tokens: &[TokenTree]) -> Option<syn::Error> {
    if is_plain(tokens) {
        return None;
    }
    let stream = stream_of(tokens);
    if is_deep(stream.clone()) {
        return None;
    }
    #[cfg(test)]
    super::tests::work::parsed(stream.clone());
    // In a group of its own an expression that breaks off ends where the group does, and not with the macro call.
    let mut group = Group::new(Delimiter::Parenthesis, stream);
    group.set_span(tokens.last()?.span());
    let in_group = |input: ParseStream<'_>| {
        let content;
        syn::parenthesized!(content in input);
        content.parse::<Expr>()?;
        match content.is_empty() {
            true => Ok(()),
            false => Err(content.error("unexpected token")),
        }
    };
    in_group.parse2(TokenTree::from(group).into()).err()
}

pub(super) fn stream_of(tokens: &[TokenTree]) -> TokenStream {
    let mut stream = TokenStream::new();
    for token in tokens {
        token.to_tokens(&mut stream);
    }
    stream
}

/// How many parameters stand between the bars of a closure.
pub(super) fn closure_parameters(tokens: &[TokenTree]) -> syn::Result<usize> {
    if let [TokenTree::Ident(name)] = tokens
        && !is_keyword(name)
    {
        return Ok(1);
    }
    let tokens = stream_of(tokens);
    // As deep as nobody writes one, it is rustc's to judge.
    if is_deep(tokens.clone()) {
        return Ok(1);
    }
    let closure: syn::ExprClosure = syn::parse2(quote::quote!(|#tokens| ()))?;
    Ok(closure.inputs.len())
}

/// A broken expression with a name put in wherever `.` or `::` waits for one; `None` where that does not mend it.
pub(super) fn completed(tokens: &[TokenTree]) -> Option<Vec<TokenTree>> {
    let tokens = stream_of(tokens);
    if is_deep(tokens.clone()) {
        return None;
    }
    let tokens: Vec<TokenTree> = with_names(tokens).into_iter().collect();
    fault(&tokens).is_none().then_some(tokens)
}

/// Not deeper than `is_deep` allows.
fn with_names(tokens: TokenStream) -> TokenStream {
    let mut named = Vec::new();
    let mut waits = false;
    for token in tokens {
        if waits
            && !matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_))
            && !is_punct(&token, '.')
            && !is_punct(&token, ':')
            && !is_punct(&token, '<')
        {
            named.push(Ident::new(UNFINISHED, Span::mixed_site()).into());
        }
        waits = is_punct(&token, '.') || is_punct(&token, ':');
        named.push(match token {
            TokenTree::Group(group) => {
                let mut with = Group::new(group.delimiter(), with_names(group.stream()));
                with.set_span(group.span());
                with.into()
            }
            token => token,
        });
    }
    if waits {
        named.push(Ident::new(UNFINISHED, Span::mixed_site()).into());
    }
    named.into_iter().collect()
}

/// Names, paths, fields and literals, which most values are: no parser is needed to see that they are well formed.
fn is_plain(tokens: &[TokenTree]) -> bool {
    match tokens {
        [TokenTree::Literal(_)] => true,
        [TokenTree::Punct(sign), TokenTree::Literal(_)] => sign.as_char() == '-',
        [TokenTree::Group(group)] => group.delimiter() == Delimiter::None,
        [TokenTree::Ident(ident)] => !is_keyword(ident),
        [TokenTree::Punct(sign), TokenTree::Ident(ident)] => {
            sign.as_char() == '&' && !is_keyword(ident)
        }
        _ => false,
    }
}

/// May this be nested so deeply that syn, which recurses, runs out of stack? rustc, which does not, judges it then. Counted
/// is all that may open a level: parentheses, signs (`<`, `&`, `|`), and words behind words (`return return`).
fn is_deep(tokens: TokenStream) -> bool {
    let mut open = vec![(tokens.into_iter(), 0)];
    let mut depth = 0;
    let mut behind_word = false;
    while let Some((level, outside)) = open.last_mut() {
        let token = level.next();
        let is_word = matches!(token, Some(TokenTree::Ident(_)));
        match token {
            Some(TokenTree::Group(group)) => {
                depth += 1;
                open.push((group.stream().into_iter(), depth));
            }
            // No expression goes on behind it.
            Some(TokenTree::Punct(sign)) if sign.as_char() == ';' => depth = *outside,
            Some(TokenTree::Punct(_)) => depth += 1,
            Some(_) => depth += usize::from(is_word && behind_word),
            None => {
                depth = *outside;
                open.pop();
            }
        }
        behind_word = is_word;
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Is this word Rust's own, so that nothing can be called by it?
pub(super) fn is_keyword(ident: &Ident) -> bool {
    // syn knows them all. It is asked where the answer may be yes: `continue` is the longest, and but for `_` they are letters.
    let word = ident.to_string();
    let may_be = word.len() <= "continue".len() && word.bytes().all(|b| b.is_ascii_alphabetic());
    (may_be || word == "_") && syn::parse2::<Ident>(TokenTree::from(ident.clone()).into()).is_err()
}

/// Is it written as types and variants are?
pub(super) fn begins_with_capital(ident: &Ident) -> bool {
    ident
        .to_string()
        .chars()
        .next()
        .is_some_and(char::is_uppercase)
}

/// What can be known of an expression without evaluating it. Parentheses and the invisible groups of
/// `macro_rules!` are looked through.
pub(super) fn known(tokens: &[TokenTree]) -> Known {
    let mut inner: Vec<TokenTree>;
    let mut tokens = tokens;
    while let [TokenTree::Group(group)] = tokens
        && matches!(group.delimiter(), Delimiter::None | Delimiter::Parenthesis)
    {
        inner = group.stream().into_iter().collect();
        tokens = &inner;
    }
    match tokens {
        [TokenTree::Ident(ident)] if !is_keyword(ident) => Known::Word(ident.clone()),
        [TokenTree::Literal(literal)] => of_literal(Lit::new(literal.clone()), ""),
        [TokenTree::Punct(sign), TokenTree::Literal(literal)] if sign.as_char() == '-' => {
            match of_literal(Lit::new(literal.clone()), "-") {
                Known::Text(_) => Known::Nothing,
                number => number,
            }
        }
        _ => Known::Nothing,
    }
}

fn of_literal(literal: Lit, sign: &str) -> Known {
    match literal {
        Lit::Str(text) if text.suffix().is_empty() => Known::Text(text.value()),
        Lit::Int(number) => Known::Integer {
            digits: format!("{sign}{}", number.base10_digits()),
            suffixed: !number.suffix().is_empty(),
        },
        Lit::Float(number) if number.suffix().is_empty() => {
            Known::Decimal(format!("{sign}{}", number.base10_digits()))
        }
        _ => Known::Nothing,
    }
}
