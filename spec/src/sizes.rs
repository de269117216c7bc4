//! The conventional names of T-shirt sizes. A generator that knows no sizes makes `Xlarge` of
//! `xlarge`; people write `XLarge`, and a tier that a page adds must have that name at once.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Item, ItemEnum, Type};

use crate::surface::renamed;

/// Variants to rename, by enum: from the generator's name to the conventional one.
type Renames = BTreeMap<String, BTreeMap<String, String>>;

/// Renames the variants that are sizes, where they are declared and wherever they are named.
///
/// # Errors
/// A size's name is taken by another variant.
pub(crate) fn rename(file: &mut syn::File) -> Result<(), String> {
    let mut renames = Renames::new();
    collect(&file.items, &mut renames)?;
    if renames.is_empty() {
        return Ok(());
    }
    apply(&mut file.items, &renames)
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

fn apply(items: &mut [Item], renames: &Renames) -> Result<(), String> {
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, items)) = &mut module.content {
                    apply(items, renames)?;
                }
            }
            Item::Enum(item) => {
                let Some(names) = renames.get(&item.ident.to_string()) else {
                    continue;
                };
                for variant in &mut item.variants {
                    if let Some(name) = names.get(&variant.ident.to_string()) {
                        variant.ident = Ident::new(name, variant.ident.span());
                    }
                }
            }
            other => {
                let of = match other {
                    Item::Impl(item) => last_ident(&item.self_ty),
                    _ => None,
                };
                let tokens = in_paths(other.to_token_stream(), of.as_deref(), renames);
                *other = syn::parse2(tokens).map_err(|e| e.to_string())?;
            }
        }
    }
    Ok(())
}

fn last_ident(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// Renames `Tier::Xlarge`, and `Self::Xlarge` in an `impl` of `Tier`, also inside of macros.
fn in_paths(tokens: TokenStream, of: Option<&str>, renames: &Renames) -> TokenStream {
    let mut before: Option<String> = None;
    let mut colons = 0;
    let rename = |token: TokenTree| match token {
        TokenTree::Ident(ident) => {
            let word = ident.to_string();
            let owner = before.take().filter(|_| colons == 2);
            let names = owner.as_ref().and_then(|owner| renames.get(owner));
            let name = names.and_then(|names| names.get(&word));
            before = if word == "Self" {
                of.map(str::to_owned)
            } else {
                Some(word)
            };
            colons = 0;
            TokenTree::Ident(name.map_or(ident.clone(), |name| Ident::new(name, ident.span())))
        }
        TokenTree::Punct(punct) if punct.as_char() == ':' => {
            colons += 1;
            TokenTree::Punct(punct)
        }
        TokenTree::Group(group) => {
            (before, colons) = (None, 0);
            let inner = in_paths(group.stream(), of, renames);
            let mut renamed = Group::new(group.delimiter(), inner);
            renamed.set_span(group.span());
            TokenTree::Group(renamed)
        }
        other @ (TokenTree::Punct(_) | TokenTree::Literal(_)) => {
            (before, colons) = (None, 0);
            other
        }
    };
    tokens.into_iter().map(rename).collect()
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::{conventional, rename};

    #[test]
    fn sizes_have_the_names_that_people_write() {
        for (value, name) in [
            ("xlarge", "XLarge"),
            ("x-large", "XLarge"),
            ("XLARGE", "XLarge"),
            ("xsmall", "XSmall"),
            ("xxlarge", "XXLarge"),
            ("2xlarge", "X2Large"),
            ("2x-large", "X2Large"),
            ("16xlarge", "X16Large"),
        ] {
            assert_eq!(conventional(value).as_deref(), Some(name), "{value}");
        }
    }

    #[test]
    fn what_is_no_size_with_an_x_keeps_its_name() {
        for value in [
            "", "small", "large", "extra", "axlarge", "2large", "2xxlarge", "xlarger", "é",
        ] {
            assert_eq!(conventional(value), None, "{value}");
        }
    }

    #[test]
    fn a_size_is_renamed_wherever_its_variant_is_named_and_nowhere_else() {
        let tokens = quote! {
            pub mod types {
                pub struct Xlarge { pub Xlarge: String }
                pub enum Tier {
                    #[serde(rename = "large")]
                    Large,
                    #[serde(rename = "xlarge")]
                    Xlarge,
                }
                impl ::std::fmt::Display for Tier {
                    fn fmt(&self) -> &str { match *self { Self::Large => "large", Self::Xlarge => "xlarge" } }
                }
                pub enum Other {
                    #[serde(rename = "xlarger")]
                    Xlarge,
                }
                impl Other { fn f() -> Self { Self::Xlarge } }
                impl ::std::convert::From<Tier> for Other {
                    fn from(tier: Tier) -> Self { match tier { Tier::Xlarge => Self::Xlarge, _ => Other::Xlarge } }
                }
            }
            fn default() -> types::Tier { types::Tier::Xlarge }
        };
        let expected = quote! {
            pub mod types {
                pub struct Xlarge { pub Xlarge: String }
                pub enum Tier {
                    #[serde(rename = "large")]
                    Large,
                    #[serde(rename = "xlarge")]
                    XLarge,
                }
                impl ::std::fmt::Display for Tier {
                    fn fmt(&self) -> &str { match *self { Self::Large => "large", Self::XLarge => "xlarge" } }
                }
                pub enum Other {
                    #[serde(rename = "xlarger")]
                    Xlarge,
                }
                impl Other { fn f() -> Self { Self::Xlarge } }
                impl ::std::convert::From<Tier> for Other {
                    fn from(tier: Tier) -> Self { match tier { Tier::XLarge => Self::Xlarge, _ => Other::Xlarge } }
                }
            }
            fn default() -> types::Tier { types::Tier::XLarge }
        };
        let mut file: syn::File = syn::parse2(tokens).unwrap();
        rename(&mut file).unwrap();
        assert_eq!(file.to_token_stream().to_string(), expected.to_string());
    }

    #[test]
    fn two_values_of_one_conventional_name_are_refused() {
        let tokens = quote! {
            pub enum Tier {
                #[serde(rename = "xlarge")]
                Xlarge,
                #[serde(rename = "x-large")]
                XLarge,
            }
        };
        let mut file: syn::File = syn::parse2(tokens).unwrap();
        let said = rename(&mut file).unwrap_err();
        assert!(
            said.contains("`Tier` has two variants that are called `XLarge`"),
            "{said}"
        );
    }
}
