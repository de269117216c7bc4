//! Writes the struct that has the label of every node as a field, and how it is filled with handles.

use super::expand::Writer;
use super::syntax::{Called, Item, Node, Pipeline, Work};
use dune_pipeline_graph::Firsts;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

impl Writer {
    /// A block whose value makes the handles. No expression of the user's stands in it, so that no name in it can be
    /// mistaken for one of theirs; the labels do, as fields.
    pub(super) fn labels(&self, pipeline: &Pipeline) -> TokenStream {
        let root = &self.root;
        let mut fields = TokenStream::new();
        let mut values = TokenStream::new();
        let mut declared = Firsts::default();
        let mut has_groups = false;
        for (item, node) in pipeline.items.iter().enumerate() {
            let Item::Node(node) = node else { continue };
            has_groups |= node.each.is_some();
            let Called::Label(label) = &node.name.called else {
                continue;
            };
            // The second of one label is reported, and would here only be reported again.
            if declared.text(node.name.to_string(), item) != item {
                continue;
            }
            let docs = &node.docs;
            let (handle, method) = handle(node, self.own);
            // The user's word where it stands, in the macro's own context: what lints have against names and fields that nobody
            // uses is then not said of it, and needs no `allow`, which a crate may have forbidden.
            let mut field = label.clone();
            field.set_span(label.span().resolved_at(self.own));
            quote!(#docs pub #field: #root::__private::#handle,).to_tokens(&mut fields);
            quote_spanned!(self.own=> #label: handles.#method(#item),).to_tokens(&mut values);
        }
        if pipeline.first_base().is_some() {
            return self.labels_over_a_base(&fields, &values);
        }
        // Groups are no `Copy`. Written out, the rest costs the compiler less than derives.
        let (derive, copy) = if has_groups {
            let derive = quote_spanned!(self.own=> #[derive(::core::clone::Clone)]);
            (derive, TokenStream::new())
        } else {
            let copy = quote_spanned! {self.own=>
                // For lints it is what it could be, a derive: the pedantic ones of clippy ask for that.
                #[automatically_derived]
                impl ::core::clone::Clone for Labels {
                    fn clone(&self) -> Self {
                        *self
                    }
                }
                impl ::core::marker::Copy for Labels {}
            };
            (TokenStream::new(), copy)
        };
        quote_spanned! {self.own=>
            {
                #derive
                pub struct Labels { #fields }
                #copy
                |handles: #root::__private::Handles<'_>| Labels { #values }
            }
        }
    }

    /// The same, and what is no label here is looked for among those of the first pipeline that comes in.
    fn labels_over_a_base(&self, fields: &TokenStream, values: &TokenStream) -> TokenStream {
        let root = &self.root;
        let deref = deref(&quote_spanned!(self.own=> &self.__labels_of_base), self.own);
        quote_spanned! {self.own=>
            {
                #[derive(::core::clone::Clone)]
                pub struct Labels<Base> { #fields __labels_of_base: Base }
                #deref
                move |handles: #root::__private::Handles<'_>| Labels { #values __labels_of_base: included.labels(handles) }
            }
        }
    }
}

/// The type of a node's handle, and what makes one of `Handles`.
pub(super) fn handle(node: &Node, own: Span) -> (Ident, Ident) {
    let is_refresh = node.work() == Some(Work::Refresh);
    let (handle, method) = match (is_refresh, &node.each) {
        (true, None) => ("RefreshNode", "refresh"),
        (true, Some(_)) => ("RefreshNodes", "refreshes"),
        (false, None) => ("QueryNode", "query"),
        (false, Some(_)) => ("QueryNodes", "queries"),
    };
    (Ident::new(handle, own), Ident::new(method, own))
}

/// What is no label is looked for among those of the base.
pub(super) fn deref(base: &TokenStream, own: Span) -> TokenStream {
    quote_spanned! {own=>
        impl<Base> ::core::ops::Deref for Labels<Base> {
            type Target = Base;
            fn deref(&self) -> &Base {
                #base
            }
        }
    }
}
