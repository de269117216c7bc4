//! Writes the pipeline as Rust: calls of small typed functions with the user's own tokens as arguments, each once, so
//! that rustc judges the types where they were written, and a struct with the label of every node as a field.

use super::arguments::begins_with_capital;
use super::place::ByRank;
use super::syntax::{
    Base, Called, Expression, Item, Known, Name, Node, Parameter, Parameters, Pipeline, Work,
};
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

/// The expression that a macro call stands for, with the errors of the report in it.
pub(crate) fn expand(pipeline: &Pipeline, root: TokenStream, errors: ByRank) -> TokenStream {
    let writer = Writer {
        root,
        own: Span::mixed_site(),
    };
    writer.block(pipeline, errors)
}

pub(super) struct Writer {
    /// The path of the client crate.
    pub(super) root: TokenStream,
    /// The span of names that nobody else is to see: it gives variables the hygiene of `macro_rules!`.
    pub(super) own: Span,
}

impl Writer {
    fn block(&self, pipeline: &Pipeline, mut errors: ByRank) -> TokenStream {
        let root = &self.root;
        let first_base = pipeline.first_base();
        let mut nodes = TokenStream::new();
        for item in &pipeline.items {
            let item = match item {
                Item::Node(node) => self.node(node, pipeline),
                Item::Base(base) => {
                    let is_first = first_base.is_some_and(|first| std::ptr::eq(first, base));
                    self.base(base, is_first)
                }
            };
            item.to_tokens(&mut nodes);
        }
        // rustc would go on and complain of handles that are not there. What an error stands for has no type to complain
        // about, so one stands for the value.
        let value = match errors.pop() {
            Some(last) => last,
            None => {
                let labels = self.labels(pipeline);
                quote_spanned!(self.own=> nodes.assemble(#labels))
            }
        };
        quote_spanned! {self.own=> {
            let mut nodes = #root::__private::Nodes::new();
            #nodes
            #errors
            #value
        }}
    }

    /// One node for the run-time half; `None` where there is too little of it, which was reported.
    fn node(&self, node: &Node, pipeline: &Pipeline) -> Option<TokenStream> {
        let made = self.made(node)?;
        let mut waits = TokenStream::new();
        for base in node.waits_for_bases() {
            let item = pipeline.base_called(&base.word)?;
            let line = line(base.place.line());
            quote_spanned!(self.own=> nodes.after_all_of(#item, #line);).to_tokens(&mut waits);
        }
        let name = self.name(&node.name);
        let line = line(node.kinds.first()?.place.line());
        let Some(each) = &node.each else {
            return Some(quote_spanned!(self.own=> nodes.push(#name, #line, #made); #waits));
        };
        let items = each.items.as_ref()?;
        let item = each.item.as_ref()?;
        let statements = &each.statements;
        // What begins a group is called as the user's word for it.
        let begin = Ident::new(&each.word.to_string(), self.own);
        let function = self.path(items.place.start);
        let tokens = &items.tokens;
        let items = quote_spanned!(items.place.start=> #function::items(#tokens));
        // A closure is what the user sees, so no `break` or `continue` of theirs may mean the loop: rustc refuses one that would
        // leave a block with a label.
        Some(quote_spanned! {self.own=>
            nodes.#begin(#name);
            for item in #items {
                '_each: {
                    let #item = item;
                    #statements
                    nodes.member(#line, #made);
                    #waits
                }
            }
        })
    }

    /// The value of one node, without its name.
    fn made(&self, node: &Node) -> Option<TokenStream> {
        let kind = node.kinds.first()?;
        let target = kind.target.as_ref()?;
        let word = &kind.word;
        // At the user's word: what rustc has to say of the call is then said there.
        let function = self.path(word.span());
        let value = match kind.work {
            Work::Query => query_id(target),
            Work::Refresh => target.tokens.clone(),
        };
        // In the order written, for the user's expressions are evaluated in it.
        let mut modifiers = ByRank::default();
        if let Some(performance) = &node.performance
            && let Some(tier) = &performance.tier
        {
            let word = &performance.word;
            let tier = self.tier(tier);
            modifiers.add(performance.place.rank, quote!(.#word(#tier)));
        }
        if let Some(parameters) = &node.parameters {
            modifiers.add(parameters.place.rank, self.parameters(parameters));
        }
        if let Some(after) = &node.after
            && !after.list.is_empty()
        {
            let word = &after.word;
            let mut list = Vec::with_capacity(after.list.len());
            for name in &after.list {
                list.push(self.dependency(name));
            }
            let list = array(&list);
            modifiers.add(after.place.rank, quote!(.#word(#list)));
        }
        Some(quote_spanned! {self.own=>
            #function::#word(#value) #modifiers
        })
    }

    /// The nodes of another pipeline. Those of the first are reached as fields, which its labels are kept for.
    fn base(&self, base: &Base, is_first: bool) -> Option<TokenStream> {
        let pipeline = base.pipeline.as_ref()?;
        let line = line(base.place.line());
        let tokens = &pipeline.tokens;
        let function = self.path(pipeline.place.start);
        let word = base.word.as_ref().map(Ident::to_string).unwrap_or_default();
        let nodes = Ident::new("nodes", self.own);
        let value = quote_spanned!(pipeline.place.start=> #function::base(&mut #nodes, #tokens, #word, #line));
        let keep = is_first.then(|| quote_spanned!(self.own=> let included =));
        Some(quote_spanned!(self.own=> #keep #value;))
    }

    /// A variant of the generated enum by its bare name; all else is an expression. With braces rustc says of a variant
    /// that is not there that there is none, and suggests no methods.
    fn tier(&self, tier: &Expression) -> TokenStream {
        let root = &self.root;
        match &tier.known {
            Known::Word(variant) if begins_with_capital(variant) => {
                quote!(#root::__private::Performance::#variant {})
            }
            _ => tier.tokens.clone(),
        }
    }

    /// Those that are written in a list, and maps between them, in the order written.
    fn parameters(&self, parameters: &Parameters) -> TokenStream {
        let mut from = 0;
        let mut parts = Vec::with_capacity(1);
        for map in &parameters.maps {
            let before = parameters.list.get(from..map.at).unwrap_or_default();
            if !before.is_empty() {
                parts.push(self.written(before));
            }
            from = map.at;
            let line = line(map.place.line());
            let tokens = &map.map.tokens;
            let function = self.path(map.map.place.start);
            parts.push(quote_spanned!(map.map.place.start=> #function::map(#tokens, #line)));
        }
        let rest = parameters.list.get(from..).unwrap_or_default();
        if !rest.is_empty() || parts.is_empty() {
            parts.push(self.written(rest));
        }
        // The user's word stands for the first of them alone: what rustc has to say of that call it then says once.
        let mut calls = TokenStream::new();
        let mut word = parameters.word.clone();
        for part in &parts {
            quote!(.#word(#part)).to_tokens(&mut calls);
            word = Ident::new("parameters", self.own);
        }
        calls
    }

    fn written(&self, list: &[Parameter]) -> TokenStream {
        let mut written = Vec::with_capacity(list.len());
        for parameter in list {
            if let Some(parameter) = self.parameter(parameter) {
                written.push(parameter);
            }
        }
        array(&written)
    }

    fn parameter(&self, parameter: &Parameter) -> Option<TokenStream> {
        let root = &self.root;
        let value = parameter.value.as_ref()?;
        let key = &parameter.key;
        let line = line(parameter.place.line());
        let function = self.path(value.place.start);
        // Numbers are passed on as they were written: no type of Rust's rounds them or is too small for them.
        let value = match &value.known {
            Known::Integer {
                digits,
                suffixed: false,
            }
            | Known::Decimal(digits) => quote!(#root::__private::number(#digits)),
            _ => {
                let tokens = &value.tokens;
                quote_spanned!(value.place.start=> #function::value(#tokens))
            }
        };
        Some(quote!((#root::__private::Key(#key, #line), #value)))
    }

    /// A node that is waited for, or one of a group.
    fn dependency(&self, name: &Name) -> TokenStream {
        let (Called::Label(label), Some(index)) = (&name.called, &name.index) else {
            return self.name(name);
        };
        let line = line(name.place.line());
        let label = label.unraw().to_string();
        let tokens = &index.tokens;
        let function = self.path(index.place.start);
        quote_spanned!(index.place.start=> #function::member(#label, #tokens, #line))
    }

    fn name(&self, name: &Name) -> TokenStream {
        let root = &self.root;
        let line = line(name.place.line());
        match &name.called {
            Called::Label(label) => {
                let label = label.unraw().to_string();
                quote!(#root::__private::Written::Label(#label, #line))
            }
            Called::Id(id) => quote!(#root::__private::Written::Id(#id, #line)),
        }
    }

    /// The module that generated code names, said at a place of the user's. Its names mean what they meant.
    fn path(&self, place: Span) -> TokenStream {
        let mut root: Vec<TokenTree> = self.root.clone().into_iter().collect();
        for token in &mut root {
            token.set_span(place.resolved_at(token.span()));
        }
        let root: TokenStream = root.into_iter().collect();
        quote_spanned!(place.resolved_at(self.own)=> #root::__private)
    }
}

/// The id of a query. Without a suffix, rustc would take a number for an `i32` and refuse the larger ones; one that is
/// too large for any id is reported, and one too large for any of Rust's types is rustc's to refuse.
fn query_id(target: &Expression) -> TokenStream {
    match &target.known {
        Known::Integer {
            digits,
            suffixed: false,
        } => match digits.parse::<i128>() {
            Ok(id) => {
                let id = i64::try_from(id).unwrap_or_default().max(0);
                let mut literal = Literal::i64_suffixed(id);
                literal.set_span(target.place.start);
                literal.into_token_stream()
            }
            Err(_) => target.tokens.clone(),
        },
        _ => target.tokens.clone(),
    }
}

/// `[one, other]`
pub(super) fn array(items: &[TokenStream]) -> TokenStream {
    quote!([#(#items),*])
}

fn line(line: Option<usize>) -> Literal {
    Literal::usize_unsuffixed(line.unwrap_or(0))
}
