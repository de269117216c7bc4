//! What a pipeline is, said a second time and as plainly as one can with syn: a yes or no, without recovery and without words.
//! What this refuses, the macro must have an error for. Also of use to the fuzzers.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{HashMap, HashSet};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::token::{Brace, Bracket};
use syn::{
    Attribute, Block, Expr, Ident, LitInt, LitStr, Pat, Result, Token, braced, bracketed,
    parenthesized,
};

/// Whether this is written like a pipeline, and its labels are declared once, named rightly and wait in no ring.
pub(crate) fn is_pipeline(input: TokenStream) -> bool {
    let list = |input: ParseStream<'_>| Punctuated::<Item, Token![,]>::parse_terminated(input);
    list.parse2(input)
        .is_ok_and(|items| !items.is_empty() && holds(&items.into_iter().collect::<Vec<_>>()))
}

enum Item {
    /// Its expression: `&base` is waited for as `base` is.
    Base(String),
    Node {
        name: String,
        is_group: bool,
        after: Vec<Waits>,
    },
}

/// `label`, `label[index]`, or `..base`, dots included.
struct Waits {
    on: String,
    index: Option<String>,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Token![..]) {
            input.parse::<Token![..]>()?;
            let base = input.parse::<Expr>()?.to_token_stream().to_string();
            let base = base.trim_start_matches(['&', ' ']);
            return Ok(Self::Base(base.to_owned()));
        }
        for attribute in input.call(Attribute::parse_outer)? {
            attribute.meta.require_name_value()?;
        }
        let name = name(input)?;
        input.parse::<Token![=]>()?;
        let is_group = input.peek(Ident) && {
            let kind = input.fork().parse::<Ident>()?;
            kind == "each" || kind == "in_turn"
        };
        let after = node(input, true)?;
        Ok(Self::Node {
            name,
            is_group,
            after,
        })
    }
}

fn name(input: ParseStream<'_>) -> Result<String> {
    if input.peek(LitInt) {
        let id: i64 = input.parse::<LitInt>()?.base10_parse()?;
        return match id {
            1.. => Ok(id.to_string()),
            _ => Err(input.error("no id")),
        };
    }
    Ok(input.parse::<Ident>()?.unraw().to_string())
}

impl Parse for Waits {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.parse::<Option<Token![..]>>()?.is_some() {
            input.parse::<Option<Token![&]>>()?;
            let on = format!("..{}", input.parse::<Ident>()?);
            return Ok(Self { on, index: None });
        }
        let on = name(input)?;
        if !input.peek(Bracket) {
            return Ok(Self { on, index: None });
        }
        let content;
        bracketed!(content in input);
        let index = content.parse::<Expr>()?.to_token_stream().to_string();
        whole(
            &content,
            Self {
                on,
                index: Some(index),
            },
        )
    }
}

/// What it waits for.
fn node(input: ParseStream<'_>, each: bool) -> Result<Vec<Waits>> {
    let kind: Ident = input.parse()?;
    let content;
    parenthesized!(content in input);
    let kind = kind.to_string();
    if (kind == "each" || kind == "in_turn") && each {
        content.parse::<Expr>()?;
        content.parse::<Token![,]>()?;
        content.parse::<Option<Token![move]>>()?;
        content.parse::<Token![|]>()?;
        Pat::parse_single(&content)?;
        if content.parse::<Option<Token![:]>>()?.is_some() {
            content.parse::<syn::Type>()?;
        }
        content.parse::<Option<Token![,]>>()?;
        content.parse::<Token![|]>()?;
        let after = made(&content)?;
        content.parse::<Option<Token![,]>>()?;
        return whole(&content, after);
    }
    content.parse::<Expr>()?;
    content.parse::<Option<Token![,]>>()?;
    whole(&content, ())?;
    let mut modifiers = HashSet::new();
    let mut after = Vec::new();
    while input.parse::<Option<Token![.]>>()?.is_some() {
        let modifier = input.parse::<Ident>()?.to_string();
        let content;
        parenthesized!(content in input);
        match modifier.as_str() {
            "performance" => {
                content.parse::<Expr>()?;
                content.parse::<Option<Token![,]>>()?;
                whole(&content, ())?;
            }
            "parameters" if kind == "query" => parameters(&content)?,
            "after" => {
                let names = Punctuated::<Waits, Token![,]>::parse_terminated(&content)?;
                after.extend(names);
                if after.is_empty() {
                    return Err(content.error("after nothing"));
                }
            }
            _ => return Err(input.error("no modifier")),
        }
        if !modifiers.insert(modifier) {
            return Err(input.error("twice"));
        }
    }
    match kind.as_str() {
        "refresh" | "query" => Ok(after),
        _ => Err(input.error("no kind")),
    }
}

/// The node that the closure of an `each` makes: by itself, or the last of a block.
fn made(input: ParseStream<'_>) -> Result<Vec<Waits>> {
    if !input.peek(Brace) {
        return node(input, false);
    }
    let block;
    braced!(block in input);
    let tokens: Vec<TokenTree> = block.parse::<TokenStream>()?.into_iter().collect();
    let ends_statement = |token: &TokenTree| match token {
        TokenTree::Punct(end) => end.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let mut found = Err(block.error("no node"));
    for at in (0..tokens.len()).rev() {
        if found.is_ok() || !tokens[..at].last().is_none_or(ends_statement) {
            continue;
        }
        let stream = |tokens: &[TokenTree]| tokens.iter().cloned().collect::<TokenStream>();
        let mut statements = stream(&tokens[..at]);
        statements.extend(quote::quote!(let _;));
        if Block::parse_within.parse2(statements).is_ok() {
            let last_node = |input: ParseStream<'_>| node(input, false);
            found = last_node.parse2(stream(&tokens[at..]));
        }
    }
    found
}

fn parameters(content: ParseStream<'_>) -> Result<()> {
    let mut keys = HashSet::new();
    let mut any = false;
    while !content.is_empty() {
        any = true;
        if content.parse::<Option<Token![..]>>()?.is_some() {
            content.parse::<Expr>()?;
        } else {
            let key = match content.peek(LitStr) {
                true => content.parse::<LitStr>()?.value(),
                false => content.call(Ident::parse_any)?.unraw().to_string(),
            };
            content.parse::<Token![=]>()?;
            content.parse::<Expr>()?;
            if key.is_empty() || !keys.insert(key) {
                return Err(content.error("no key of its own"));
            }
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    match any {
        true => Ok(()),
        false => Err(content.error("no parameter")),
    }
}

fn whole<T>(input: ParseStream<'_>, value: T) -> Result<T> {
    match input.is_empty() {
        true => Ok(value),
        false => Err(input.error("more than there should be")),
    }
}

fn holds(items: &[Item]) -> bool {
    let mut nodes: HashMap<&str, (bool, &[Waits])> = HashMap::new();
    for item in items {
        if let Item::Node {
            name,
            is_group,
            after,
        } = item
            && nodes.insert(name, (*is_group, after)).is_some()
        {
            return false;
        }
    }
    let open = items.iter().any(|item| matches!(item, Item::Base(_)));
    let is_base = |on: &str| {
        items
            .iter()
            .any(|item| matches!(item, Item::Base(base) if base == on))
    };
    let well_named = nodes.iter().all(|(name, (_, after))| {
        let once = after.iter().enumerate().all(|(at, on)| {
            after[..at].iter().all(|before| {
                let is_same = match (&before.index, &on.index) {
                    (Some(before), Some(index)) => {
                        before == index && syn::parse_str::<LitInt>(index).is_ok()
                    }
                    _ => true,
                };
                before.on != on.on || !is_same
            })
        });
        let declared = |on: &Waits| match nodes.get(on.on.as_str()) {
            _ if on.on.starts_with("..") => is_base(&on.on[2..]),
            Some((is_group, _)) => *is_group || on.index.is_none(),
            None => open,
        };
        once && after.iter().all(|on| on.on != *name && declared(on))
    });
    let mut done: HashSet<&str> = HashSet::new();
    for _ in &nodes {
        let ready = nodes.iter().filter(|(_, (_, after))| {
            let mut own = after.iter().map(|on| on.on.as_str());
            own.all(|on| done.contains(on) || !nodes.contains_key(on))
        });
        let ready: Vec<&str> = ready.map(|(name, _)| *name).collect();
        done.extend(ready);
    }
    well_named && done.len() == nodes.len()
}
