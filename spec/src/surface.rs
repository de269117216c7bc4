//! The public surface of a generated client, one line for each thing a program can name: operations
//! with their arguments, types with their fields and values. A change of it is a change for users.

use quote::ToTokens;
use syn::{
    Attribute, Fields, FnArg, GenericArgument, ImplItem, Item, ItemEnum, ItemStruct, Meta, Pat,
    PathArguments, ReturnType, Type, Visibility,
};

/// The surface as text, sorted by name.
pub(crate) fn surface(file: &syn::File) -> String {
    let mut operations = Vec::new();
    let mut types = Vec::new();
    for item in &file.items {
        match item {
            Item::Impl(item) if item.trait_.is_none() => {
                operations.extend(item.items.iter().filter_map(operation));
            }
            Item::Mod(module) if module.ident == "types" => {
                for item in module.content.iter().flat_map(|(_, items)| items) {
                    match item {
                        Item::Struct(item) => types.push(of_struct(item)),
                        Item::Enum(item) => types.push(of_enum(item)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    operations.sort();
    types.sort();
    format!(
        "operations\n\n{}\ntypes\n\n{}",
        operations.concat(),
        types.concat()
    )
}

/// A type or method that is declared twice, which would be an error far from its cause.
pub(crate) fn name_twice(file: &syn::File) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    for item in &file.items {
        let names: Vec<String> = match item {
            Item::Impl(item) if item.trait_.is_none() => {
                let functions = item.items.iter().filter_map(|item| match item {
                    ImplItem::Fn(function) => Some(format!("fn {}", function.sig.ident)),
                    _ => None,
                });
                functions.collect()
            }
            Item::Mod(module) => {
                let items = module.content.iter().flat_map(|(_, items)| items);
                let types = items.filter_map(|item| match item {
                    Item::Struct(item) => Some(format!("{}::{}", module.ident, item.ident)),
                    Item::Enum(item) => Some(format!("{}::{}", module.ident, item.ident)),
                    Item::Type(item) => Some(format!("{}::{}", module.ident, item.ident)),
                    _ => None,
                });
                types.collect()
            }
            _ => Vec::new(),
        };
        for name in names {
            if !seen.insert(name.clone()) {
                return Some(name);
            }
        }
    }
    None
}

fn operation(item: &ImplItem) -> Option<String> {
    let ImplItem::Fn(function) = item else {
        return None;
    };
    let (sent, path) = docs(&function.attrs)
        .lines()
        .find_map(|line| {
            line.trim()
                .strip_prefix("Sends a `")?
                .split_once("` request to `")
        })
        .map(|(method, path)| (method.to_owned(), path.trim_end_matches('`').to_owned()))?;
    let arguments: Vec<String> = function
        .sig
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(name) => Some(format!("    {}: {}\n", name.ident, plain(&typed.ty))),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
        .collect();
    let answer = match &function.sig.output {
        ReturnType::Type(_, answer) => answers(answer),
        ReturnType::Default => String::new(),
    };
    let name = &function.sig.ident;
    Some(format!(
        "{name}: {sent} {path}\n{}    -> {answer}\n",
        arguments.concat()
    ))
}

/// Of `Result<ResponseValue<A>, Error<B>>`, `A or B`.
fn answers(result: &Type) -> String {
    let parts: Vec<String> = arguments(result)
        .into_iter()
        .map(|part| arguments(&part).first().map_or_else(|| plain(&part), plain))
        .collect();
    parts.join(" or ")
}

/// The type arguments of the last part of a path.
fn arguments(of: &Type) -> Vec<Type> {
    let Type::Path(path) = of else {
        return Vec::new();
    };
    match path.path.segments.last().map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(list)) => list
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(inner) => Some(inner.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn of_struct(item: &ItemStruct) -> String {
    let mut text = format!("struct {}: {}\n", item.ident, derives(&item.attrs));
    match &item.fields {
        Fields::Named(fields) => {
            for field in fields.named.iter().filter(|field| is_public(&field.vis)) {
                let name = field
                    .ident
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let sent = renamed(&field.attrs)
                    .map(|n| format!(" = \"{n}\""))
                    .unwrap_or_default();
                text.push_str(&format!("    {name}{sent}: {}\n", plain(&field.ty)));
            }
        }
        Fields::Unnamed(fields) => {
            for field in fields.unnamed.iter().filter(|field| is_public(&field.vis)) {
                text.push_str(&format!("    {}\n", plain(&field.ty)));
            }
        }
        Fields::Unit => {}
    }
    text
}

fn of_enum(item: &ItemEnum) -> String {
    let mut text = format!("enum {}: {}\n", item.ident, derives(&item.attrs));
    for variant in &item.variants {
        let sent = renamed(&variant.attrs).unwrap_or_else(|| variant.ident.to_string());
        text.push_str(&format!("    {} = \"{sent}\"\n", variant.ident));
    }
    text
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The traits that are derived, without their paths.
fn derives(attributes: &[Attribute]) -> String {
    let mut names = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("derive")) {
        // What does not parse as a list of traits derives nothing we could name.
        let _ = attribute.parse_nested_meta(|meta| {
            names.extend(meta.path.segments.last().map(|last| last.ident.to_string()));
            Ok(())
        });
    }
    names.sort();
    names.join(" ")
}

/// The name of `#[serde(rename = "name")]`.
pub(crate) fn renamed(attributes: &[Attribute]) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        // Other words of serde's are no concern of ours, so that not to parse them is no fault.
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value()?.parse::<syn::LitStr>()?;
            if meta.path.is_ident("rename") {
                found = Some(value.value());
            }
            Ok(())
        });
    }
    found
}

fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// A type as people write it, without the paths of the standard library.
fn plain(of: &Type) -> String {
    let text = of.to_token_stream().to_string();
    let text = text.replace(' ', "").replace(",", ", ").replace("&'a", "&");
    let text = text
        .replace("dyn", "dyn ")
        .replace("::serde_json::", "serde_json::");
    [
        "::std::option::",
        "::std::vec::",
        "::std::string::",
        "::std::boxed::",
        "::std::collections::",
    ]
    .iter()
    .fold(text, |text, path| text.replace(path, ""))
}
