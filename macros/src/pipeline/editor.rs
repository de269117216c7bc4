//! Writes the pipeline for an editor: nothing of it runs, so it only says of each of the user's tokens what it means. All
//! of it is there in one order whatever is missing or wrong, and the errors come last: rust-analyzer asks once more with
//! a name where the cursor is, and looks in both answers at the same place.

use super::arguments::{UNFINISHED, begins_with_capital, is_keyword};
use super::expand::array;
use super::labels::{deref, handle};
use super::place::ByRank;
use super::syntax::{
    Base, Called, Each, Expression, Item, Kind, Known, Node, Parameters, Performance, Pipeline,
};
use dune_pipeline_graph::Firsts;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// The expression that a macro call stands for, with the errors of the report in it.
pub(crate) fn expand(pipeline: &Pipeline, root: TokenStream, errors: ByRank) -> TokenStream {
    let writer = Writer {
        root,
        own: Span::mixed_site(),
    };
    let root = &writer.root;
    let mut items = TokenStream::new();
    for item in &pipeline.items {
        let item = match item {
            Item::Node(node) => Some(writer.node(node)),
            Item::Base(base) => writer.base(base, pipeline),
        };
        item.to_tokens(&mut items);
    }
    let labels = writer.labels(pipeline);
    quote_spanned! {writer.own=> {
        let mut nodes = #root::__private::Nodes::new();
        #items
        let pipeline = nodes.assemble(#labels);
        #errors
        pipeline
    }}
}

struct Writer {
    /// The path of the client crate.
    root: TokenStream,
    /// The span of all that the user did not write.
    own: Span,
}

impl Writer {
    /// Its kind, and what follows in the order written.
    fn node(&self, node: &Node) -> TokenStream {
        let made = match node.kinds.first() {
            Some(kind) => self.made(node, kind),
            None => self.no_kind(node),
        };
        match &node.each {
            Some(each) => self.each(each, &made),
            None => made,
        }
    }

    /// A word among those that begin a node, so that these are offered; also where there is none yet.
    fn no_kind(&self, node: &Node) -> TokenStream {
        let root = &self.root;
        let typed = node.no_kind.clone().filter(|word| !is_keyword(word));
        let word = typed.unwrap_or_else(|| Ident::new(UNFINISHED, self.own));
        quote_spanned!(self.own=> let _ = #root::__private::editor::kinds::#word;)
    }

    fn made(&self, node: &Node, kind: &Kind) -> TokenStream {
        let root = &self.root;
        let word = &kind.word;
        let target = kind.target.as_ref().map(|target| &target.tokens);
        let mut modifiers = ByRank::default();
        if let Some(performance) = &node.performance {
            let word = &performance.word;
            let tier = self.tier(performance.tier.as_ref());
            modifiers.add(performance.place.rank, quote!(.#word(#tier)));
        }
        if let Some(parameters) = &node.parameters {
            let word = &parameters.word;
            let values = array(&self.parameters(parameters));
            modifiers.add(parameters.place.rank, quote!(.#word(#values)));
        }
        if let Some(after) = &node.after {
            let word = &after.word;
            modifiers.add(after.place.rank, quote!(.#word()));
        }
        for unknown in &node.unknown {
            let mut word = unknown.word.clone();
            if is_keyword(&word) {
                word = Ident::new(UNFINISHED, word.span());
            }
            modifiers.add(unknown.place.rank, quote!(.#word));
        }
        let mut made =
            quote_spanned!(self.own=> let _ = #root::__private::editor::#word(#target) #modifiers;);
        for name in node.waits_for() {
            if let Some(index) = &name.index {
                let index = &index.tokens;
                quote_spanned!(self.own=> let _: usize = #index;).to_tokens(&mut made);
            }
        }
        for base in node.waits_for_bases() {
            let word = &base.word;
            quote_spanned!(self.own=> let _ = &#word;).to_tokens(&mut made);
        }
        made
    }

    fn each(&self, each: &Each, made: &TokenStream) -> TokenStream {
        let root = &self.root;
        let items = each.items.as_ref().map(|items| &items.tokens);
        let statements = &each.statements;
        let item = each.item.as_ref();
        let item = item.map(|item| quote_spanned!(self.own=> let #item = item;));
        quote_spanned!(self.own=> for item in #root::__private::items(#items) { #item #statements #made })
    }

    /// The first is the one whose labels are fields here.
    fn base(&self, base: &Base, pipeline: &Pipeline) -> Option<TokenStream> {
        let root = &self.root;
        let value = &base.pipeline.as_ref()?.tokens;
        let is_first = pipeline
            .first_base()
            .is_some_and(|first| std::ptr::eq(first, base));
        let name = Ident::new(if is_first { "included" } else { "_other" }, self.own);
        Some(
            quote_spanned!(self.own=> let #name = #root::__private::base(&mut nodes, #value, "", 0);),
        )
    }

    /// A name that begins with a capital is a tier. What begins otherwise may be a variable, or a tier yet to be typed.
    fn tier(&self, tier: Option<&Expression>) -> TokenStream {
        let root = &self.root;
        let performance = quote_spanned!(self.own=> #root::__private::Performance);
        match tier.map(|tier| &tier.known) {
            Some(Known::Word(tier)) if begins_with_capital(tier) => {
                quote_spanned!(self.own=> #performance::#tier {})
            }
            Some(Known::Word(_)) | None => {
                let tier = tier.map(|tier| &tier.tokens);
                quote_spanned!(self.own=> { use #performance::*; #tier })
            }
            Some(_) => tier.map(|tier| tier.tokens.clone()).unwrap_or_default(),
        }
    }

    /// The values and maps, in the order written.
    fn parameters(&self, parameters: &Parameters) -> Vec<TokenStream> {
        let root = &self.root;
        let mut next = 0;
        let mut values = Vec::with_capacity(parameters.list.len());
        for at in 0..=parameters.list.len() {
            while let Some(map) = parameters.maps.get(next)
                && map.at == at
            {
                next += 1;
                let map = &map.map.tokens;
                values.push(quote_spanned!(self.own=> #root::__private::editor::map(#map)));
            }
            if let Some(parameter) = parameters.list.get(at)
                && let Some(value) = &parameter.value
            {
                let value = &value.tokens;
                values.push(quote_spanned!(self.own=> #root::__private::value(#value)));
            }
        }
        values
    }

    /// A block whose value makes the handles. No expression of the user's stands in it, so that no name in it can be
    /// mistaken for one of theirs; the labels do, as fields where they are declared and where they are waited for.
    fn labels(&self, pipeline: &Pipeline) -> TokenStream {
        let root = &self.root;
        let mut fields = TokenStream::new();
        let mut values = TokenStream::new();
        let mut declared = Firsts::default();
        let nodes = pipeline.nodes();
        for (at, node) in nodes.iter().enumerate() {
            let Called::Label(label) = &node.name.called else {
                continue;
            };
            // The second of one label is reported, and would here only be reported again.
            if declared.text(node.name.to_string(), at) != at {
                continue;
            }
            let (handle, method) = handle(node, self.own);
            let summary = summary(node);
            let docs = &node.docs;
            quote_spanned!(self.own=> #[doc = #summary] #docs pub #label: #root::__private::#handle,)
                .to_tokens(&mut fields);
            let own_label = own(label, self.own);
            quote_spanned!(self.own=> #own_label: handles.#method(0),).to_tokens(&mut values);
        }
        let mut waits = TokenStream::new();
        for node in &nodes {
            self.waits(node, &declared).to_tokens(&mut waits);
        }
        // Nothing runs, so that the labels below these need not be kept anywhere.
        let generics = pipeline
            .first_base()
            .map(|_| quote_spanned!(self.own=> <Base>));
        let below = pipeline.first_base().map(|_| {
            let deref = deref(&quote_spanned!(self.own=> loop {}), self.own);
            quote_spanned! {self.own=>
                #deref
                fn over<Base>(
                    _: #root::__private::Included<Base>,
                    labels: impl Fn(#root::__private::Handles<'_>) -> Labels<Base>,
                ) -> impl Fn(#root::__private::Handles<'_>) -> Labels<Base> {
                    labels
                }
            }
        });
        let closure = quote_spanned! {self.own=> |handles: #root::__private::Handles<'_>| Labels { #values } };
        let made = match &below {
            Some(_) => quote_spanned!(self.own=> over(included, #closure)),
            None => closure,
        };
        quote_spanned! {self.own=>
            {
                // Before the struct, whose comments hold text of the user's: see `waits`.
                fn after #generics (labels: Labels #generics, never: !) {
                    #waits
                }
                #[derive(::core::clone::Clone)]
                pub struct Labels #generics { #fields }
                #below
                #made
            }
        }
    }

    /// The labels of an `.after(..)` as fields of the struct of all labels: what could stand beside them is what is not
    /// there yet, and not the node itself. For one that is not declared the field is switched off, in as many characters as
    /// switch it on: it may be the name that rust-analyzer tries. Where it tries one and there is none, it finds the struct
    /// around it at that place, which therefore ends later and names the same fields.
    fn waits(&self, node: &Node, declared: &Firsts<'_>) -> Option<TokenStream> {
        let after = node.after.as_ref()?;
        let is_declared = |label: &str| declared.of_text(label).is_some();
        let mut named = Firsts::default();
        let itself = match &node.name.called {
            Called::Label(label) if is_declared(&node.name.to_string()) => {
                named.text(node.name.to_string(), usize::MAX);
                let label = own(label, self.own);
                Some(quote_spanned!(self.own=> #label:))
            }
            _ => None,
        };
        let mut fields = TokenStream::new();
        let mut again = TokenStream::new();
        for (at, name) in after.list.iter().enumerate() {
            let Called::Label(label) = &name.called else {
                continue;
            };
            let is_field = is_declared(&name.to_string()) && named.text(name.to_string(), at) == at;
            let switch = Ident::new(if is_field { "all" } else { "any" }, self.own);
            quote_spanned!(self.own=> #[cfg(#switch())] #label: never,).to_tokens(&mut fields);
            if is_field {
                let label = own(label, self.own);
                quote_spanned!(self.own=> #label: never,).to_tokens(&mut again);
            }
        }
        let never = itself
            .as_ref()
            .map(|itself| quote_spanned!(self.own=> #itself never,));
        let fields = quote_spanned!(self.own=> {
            let _ = Labels { #never #fields ..labels };
            let _ = labels;
            let _ = labels;
            labels
        });
        Some(match itself {
            Some(itself) => quote_spanned!(self.own=>
                let _ = Labels { #itself { #fields; never }, #again ..labels };
            ),
            None => quote_spanned!(self.own=> let _ = Labels { ..#fields };),
        })
    }
}

/// The same name, but not the user's token.
fn own(label: &Ident, span: Span) -> Ident {
    let mut label = label.clone();
    label.set_span(span);
    label
}

/// What a node does and after which, for whoever points at its label.
fn summary(node: &Node) -> String {
    let mut text = match node.kinds.first() {
        Some(kind) => {
            let target = kind.target.as_ref().map(|target| target.tokens.to_string());
            let each = node.each.as_ref().map_or("", |_| "for each item ");
            format!("{each}`{}({})`", kind.word, target.unwrap_or_default())
        }
        None => "A node whose kind is still to be written".to_owned(),
    };
    if let Some(Performance {
        tier: Some(tier), ..
    }) = &node.performance
    {
        text += &format!(" on `{}`", tier.tokens);
    }
    for (index, label) in node.waits_for().iter().enumerate() {
        text += if index == 0 { " after " } else { ", " };
        text += &format!("`{label}`");
    }
    for (index, base) in node.waits_for_bases().iter().enumerate() {
        let is_first = index == 0 && node.waits_for().is_empty();
        text += if is_first { " after " } else { ", " };
        text += &format!("`..{}`", base.word);
    }
    text
}
