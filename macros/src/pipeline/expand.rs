//! Writes the pipeline as Rust: calls of small typed functions with the user's own tokens as arguments, each once, so
//! that rustc judges the types where they were written, and a struct with the label of every node as a field.

use super::syntax::{Called, Known, Name, Node, Parameter, Pipeline, Work};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use std::collections::HashSet;
use syn::ext::IdentExt;

/// The statements that make the pipeline, its value at the end. `root` is the path of the client crate. Variables of theirs
/// are seen by nobody else: `Span::mixed_site()` gives them the hygiene of `macro_rules!`.
pub(crate) fn expand(pipeline: &Pipeline, ids: &[i64], root: &TokenStream) -> TokenStream {
    let nodes = pipeline
        .nodes
        .iter()
        .filter_map(|node| declaration(node, root));
    let labels = labels(pipeline, ids, root);
    let span = Span::mixed_site();
    quote_spanned! {span=>
        let mut nodes = #root::__private::Nodes::new();
        #(#nodes)*
        nodes.assemble(#labels)
    }
}

/// One node for the run-time half; `None` where there is too little of it, which was reported.
fn declaration(node: &Node, root: &TokenStream) -> Option<TokenStream> {
    let kind = node.kinds.first()?;
    let target = kind.target.as_ref()?;
    let name = name(&node.name, root);
    let word = &kind.word;
    let value = match (&target.known, kind.work) {
        // Without a suffix, rustc would take a number for an `i32` and refuse the larger ids.
        (
            Known::Integer {
                digits,
                suffixed: false,
            },
            Work::Query,
        ) => match digits.parse::<i64>() {
            Ok(id) => literal(Literal::i64_suffixed(id.max(0)), target.place.start),
            Err(_) => target.tokens.clone(),
        },
        _ => target.tokens.clone(),
    };
    let line = line(kind.place.line());
    let performance = node.performance.iter().filter_map(|performance| {
        let word = &performance.word;
        let tier = performance.tier.as_ref()?;
        let value = match &tier.known {
            Known::Word(variant) if is_upper(variant) => {
                quote!(#root::__private::Performance::#variant)
            }
            _ => tier.tokens.clone(),
        };
        Some(quote!(.#word(#value)))
    });
    let parameters = node.parameters.iter().map(|parameters| {
        let word = &parameters.word;
        let list = parameters
            .list
            .iter()
            .filter_map(|item| parameter(item, root));
        quote!(.#word([#(#list),*]))
    });
    let after = node.after.iter().map(|after| {
        let word = &after.word;
        let list = after.list.iter().map(|label| self::name(label, root));
        quote!(.#word([#(#list),*]))
    });
    let span = Span::mixed_site();
    Some(quote_spanned! {span=>
        nodes.push(#name, #line, #root::__private::#word(#value) #(#performance)* #(#parameters)* #(#after)*);
    })
}

fn parameter(parameter: &Parameter, root: &TokenStream) -> Option<TokenStream> {
    let value = parameter.value.as_ref()?;
    let key = &parameter.key;
    let line = line(parameter.place.line());
    let tokens = &value.tokens;
    let span = value.place.start;
    // Numbers are passed on as they were written: no type of Rust's rounds them or is too small for them.
    let value = match &value.known {
        Known::Integer {
            digits,
            suffixed: false,
        }
        | Known::Decimal(digits) => {
            quote_spanned!(span=> #root::__private::number(#digits))
        }
        _ => quote_spanned!(span=> #root::__private::value(#tokens)),
    };
    Some(quote!((#root::__private::key(#key, #line), #value)))
}

fn name(name: &Name, root: &TokenStream) -> TokenStream {
    let line = line(name.place.line());
    match &name.called {
        Called::Label(label) => {
            let label = label.unraw().to_string();
            quote!(#root::__private::label(#label, #line))
        }
        Called::Id(id) => quote!(#root::__private::id(#id, #line)),
    }
}

/// A block whose value makes the handles. No expression of the user's stands in it, so that no name in it can be mistaken
/// for one of theirs; the labels do, as fields where they are declared and where they are waited for.
fn labels(pipeline: &Pipeline, ids: &[i64], root: &TokenStream) -> TokenStream {
    let mut fields = TokenStream::new();
    let mut values = TokenStream::new();
    let mut declared = HashSet::new();
    for (node, id) in pipeline.nodes.iter().zip(ids) {
        let Called::Label(label) = &node.name.called else {
            continue;
        };
        // The second of one label is reported, and would here only be reported again.
        if !declared.insert(label.unraw().to_string()) {
            continue;
        }
        let docs = &node.docs;
        let (handle, method) = match node.work() {
            Some(Work::Refresh) => ("RefreshNode", "refresh"),
            Some(Work::Query) | None => ("QueryNode", "query"),
        };
        let handle = Ident::new(handle, Span::mixed_site());
        let method = Ident::new(method, Span::mixed_site());
        fields.extend(quote!(#(#docs)* pub #label: #root::__private::#handle,));
        values.extend(quote!(#label: nodes.#method(#id),));
    }
    let waited_for = pipeline
        .nodes
        .iter()
        .flat_map(|node| &node.after)
        .flat_map(|after| &after.list)
        .filter_map(|name| match &name.called {
            Called::Label(label) => Some(label),
            Called::Id(_) => None,
        });
    let span = Span::mixed_site();
    quote_spanned! {span=>
        {
            #[allow(dead_code, missing_docs, non_snake_case, unreachable_pub)]
            pub struct Labels { #fields }
            impl ::core::clone::Clone for Labels {
                fn clone(&self) -> Self {
                    *self
                }
            }
            impl ::core::marker::Copy for Labels {}
            // Never called: it ties each label in an `.after(..)` to the field it means, for editors to follow.
            #[allow(dead_code)]
            fn after(labels: &Labels) {
                #(let _ = labels.#waited_for;)*
            }
            |nodes: #root::__private::Handles| Labels { #values }
        }
    }
}

/// A variant of the generated enum is called by its bare name; all else is an expression, a constant by its path.
fn is_upper(word: &Ident) -> bool {
    word.to_string().starts_with(char::is_uppercase)
}

fn line(line: Option<usize>) -> Literal {
    Literal::usize_unsuffixed(line.unwrap_or(0))
}

fn literal(mut literal: Literal, span: Span) -> TokenStream {
    literal.set_span(span);
    literal.into_token_stream()
}
