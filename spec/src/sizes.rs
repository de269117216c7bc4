//! The conventional names of T-shirt sizes. A generator that knows no sizes makes `Xlarge` of
//! `xlarge`; people write `XLarge`, and a tier that a page adds must have that name at once.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use syn::{Item, ItemEnum};

use crate::surface::renamed;

/// Variants to rename, by enum: from the generator's name to the conventional one.
type Renames = BTreeMap<String, BTreeMap<String, String>>;

/// Renames the variants that are sizes, where they are declared and wherever they are used.
///
/// # Errors
/// The tokens are no Rust, or a size's name is taken by another variant.
pub(crate) fn rename(tokens: TokenStream) -> Result<TokenStream, String> {
    let file: syn::File = syn::parse2(tokens.clone()).map_err(|e| e.to_string())?;
    let mut renames = Renames::new();
    collect(&file.items, &mut renames)?;
    if renames.is_empty() {
        return Ok(tokens);
    }
    Ok(apply(tokens, &renames, &mut Context::default()))
}

/// The conventional name of a size: `xlarge` and `x-large` are `XLarge`, `2xlarge` is `X2Large`, as
/// the names of Snowflake's warehouses are. `None` for what is no size with an `x` before it.
pub(crate) fn conventional(value: &str) -> Option<String> {
    let small: String = value
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let (size, name) = [("small", "Small"), ("medium", "Medium"), ("large", "Large")]
        .into_iter()
        .find(|(size, _)| small.ends_with(size))?;
    let before = small.strip_suffix(size)?;
    let digits = before.trim_end_matches('x');
    let exes = before.len() - digits.len();
    match (digits, exes) {
        (_, 0) => None,
        ("", _) => Some("X".repeat(exes) + name),
        (n, 1) if n.bytes().all(|b| b.is_ascii_digit()) => Some(format!("X{n}{name}")),
        _ => None,
    }
}

fn collect(items: &[Item], renames: &mut Renames) -> Result<(), String> {
    for item in items {
        match item {
            Item::Mod(module) => {
                let inner = module.content.as_ref().map_or(&[][..], |(_, items)| items);
                collect(inner, renames)?;
            }
            Item::Enum(item) => collect_enum(item, renames)?,
            _ => {}
        }
    }
    Ok(())
}

fn collect_enum(item: &ItemEnum, renames: &mut Renames) -> Result<(), String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut changed = BTreeMap::new();
    for variant in &item.variants {
        let name = variant.ident.to_string();
        let value = renamed(&variant.attrs).unwrap_or_else(|| name.clone());
        let wanted = conventional(&value).unwrap_or_else(|| name.clone());
        if !names.insert(wanted.clone()) {
            return Err(format!(
                "`{}` has two variants that are called `{wanted}`",
                item.ident
            ));
        }
        if wanted != name {
            changed.insert(name, wanted);
        }
    }
    if !changed.is_empty() {
        renames.insert(item.ident.to_string(), changed);
    }
    Ok(())
}

/// What the tokens just read say about where we are.
#[derive(Default)]
struct Context {
    /// The enum whose declaration or `impl` the next braces belong to.
    head: Option<String>,
    /// The enum whose `impl` we are in: what `Self` means.
    of: Option<String>,
}

fn apply(tokens: TokenStream, renames: &Renames, context: &mut Context) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut path: Option<String> = None;
    let mut colons = 0;
    let mut declares = false;
    let mut in_impl = false;
    for token in tokens {
        let token = match token {
            TokenTree::Ident(ident) => {
                let word = ident.to_string();
                match word.as_str() {
                    "enum" => declares = true,
                    "impl" => {
                        in_impl = true;
                        context.head = None;
                    }
                    _ if renames.contains_key(&word) && (declares || in_impl) => {
                        context.head = Some(word.clone());
                    }
                    _ => {}
                }
                let renamed = match (&path, colons) {
                    (Some(of), 2) => renames.get(of).and_then(|names| names.get(&word)),
                    _ => None,
                };
                let ident = renamed.map_or(ident.clone(), |name| Ident::new(name, ident.span()));
                path = if word == "Self" {
                    context.of.clone()
                } else {
                    Some(word)
                };
                colons = 0;
                TokenTree::Ident(ident)
            }
            TokenTree::Punct(punct) => {
                if punct.as_char() == ':' {
                    colons += 1;
                } else {
                    (path, colons) = (None, 0);
                }
                TokenTree::Punct(punct)
            }
            TokenTree::Group(group) => {
                let braces = group.delimiter() == proc_macro2::Delimiter::Brace;
                let head = if braces { context.head.take() } else { None };
                let inner = match &head {
                    Some(of) if declares => variants(group.stream(), &renames[of]),
                    _ => {
                        let of = if in_impl && braces {
                            head
                        } else {
                            context.of.clone()
                        };
                        apply(group.stream(), renames, &mut Context { head: None, of })
                    }
                };
                if braces {
                    (declares, in_impl) = (false, false);
                }
                (path, colons) = (None, 0);
                let mut renamed = Group::new(group.delimiter(), inner);
                renamed.set_span(group.span());
                TokenTree::Group(renamed)
            }
            literal @ TokenTree::Literal(_) => {
                (path, colons) = (None, 0);
                literal
            }
        };
        out.push(token);
    }
    out.into_iter().collect()
}

/// The variants of a declaration: its names stand alone, its attributes stay as they are.
fn variants(tokens: TokenStream, names: &BTreeMap<String, String>) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) => match names.get(&ident.to_string()) {
                Some(name) => TokenTree::Ident(Ident::new(name, ident.span())),
                None => TokenTree::Ident(ident),
            },
            other => other,
        })
        .collect()
}
