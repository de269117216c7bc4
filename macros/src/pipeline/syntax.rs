//! The syntax tree of `pipeline!`: what was written, where, and in the user's own tokens.

use super::place::Place;
use proc_macro2::{Ident, TokenStream};

/// All items that could be read, in the order written.
#[derive(Default)]
pub(crate) struct Pipeline {
    pub(crate) items: Vec<Item>,
    /// Set when a node was dropped because it has no label that could be read: others may well mean it.
    pub(crate) lost_a_label: bool,
}

pub(crate) enum Item {
    Node(Box<Node>),
    Base(Base),
}

/// `..pipeline`
pub(crate) struct Base {
    pub(crate) place: Place,
    /// The variable that holds it, where it is one or a reference to one: the name by which others wait for all of it.
    pub(crate) word: Option<Ident>,
    /// `None` when it is missing or no expression, which was said.
    pub(crate) pipeline: Option<Expression>,
}

/// `label = kind(target).modifier(..)..`, or `label = each(items, |item| kind(target).modifier(..)..)`
pub(crate) struct Node {
    /// `/// ..` before the label, which documents the handle.
    pub(crate) docs: TokenStream,
    pub(crate) name: Name,
    /// Set where it stands for a node for each item.
    pub(crate) each: Option<Each>,
    /// One in a right pipeline.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) performance: Option<Performance>,
    pub(crate) parameters: Option<Parameters>,
    pub(crate) after: Option<After>,
    /// `.word` that is no modifier, which was said: perhaps one is being typed.
    pub(crate) unknown: Vec<Unknown>,
    /// A word in the place of its kind that is none, which was said: perhaps one is being typed.
    pub(crate) no_kind: Option<Ident>,
    /// Set where nothing stands behind its label, not even `=`: perhaps it is none.
    pub(crate) bare: bool,
    /// Set when its kind could not be read and this was said: that it has none is then no second mistake.
    pub(crate) broken: bool,
}

/// `each(items, |item| { statements; .. })` or `in_turn(..)`, around what makes the node.
pub(crate) struct Each {
    pub(crate) word: Ident,
    /// What it goes through. `None` when it is missing or no expression, which was said.
    pub(crate) items: Option<Expression>,
    /// The pattern of an item, and its type if one is written. `None` when there is none, which was said.
    pub(crate) item: Option<TokenStream>,
    /// What is done for each item before its node is made.
    pub(crate) statements: TokenStream,
}

/// How a node is called, where it is declared and where others wait for it.
pub(crate) struct Name {
    pub(crate) place: Place,
    pub(crate) called: Called,
    /// `[index]` behind it, where a node waits for one of several.
    pub(crate) index: Option<Expression>,
}

pub(crate) enum Called {
    Label(Ident),
    Id(i64),
}

/// `refresh(view)` or `query(id)`.
pub(crate) struct Kind {
    pub(crate) word: Ident,
    pub(crate) place: Place,
    pub(crate) work: Work,
    /// `None` when it is missing, which was said.
    pub(crate) target: Option<Expression>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Refresh,
    Query,
}

/// `.performance(tier)`
pub(crate) struct Performance {
    pub(crate) word: Ident,
    pub(crate) place: Place,
    pub(crate) tier: Option<Expression>,
}

/// `.parameters(key = value, ..)`
pub(crate) struct Parameters {
    pub(crate) word: Ident,
    pub(crate) place: Place,
    pub(crate) list: Vec<Parameter>,
    /// What is given at run time.
    pub(crate) maps: Vec<Map>,
}

/// `..map` among parameters.
pub(crate) struct Map {
    /// How many parameters are written before it.
    pub(crate) at: usize,
    pub(crate) place: Place,
    pub(crate) map: Expression,
}

pub(crate) struct Parameter {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Option<Expression>,
}

/// `.after(label, ..)`
pub(crate) struct After {
    pub(crate) word: Ident,
    pub(crate) place: Place,
    pub(crate) list: Vec<Name>,
    pub(crate) bases: Vec<Whole>,
}

/// `..base` among labels: all nodes of a pipeline that is taken in.
pub(crate) struct Whole {
    pub(crate) word: Ident,
    pub(crate) place: Place,
}

/// `.word`
pub(crate) struct Unknown {
    pub(crate) word: Ident,
    pub(crate) place: Place,
}

/// Any Rust expression: its tokens are passed through as they came, and looked into only for what is literal.
pub(crate) struct Expression {
    pub(crate) place: Place,
    pub(crate) tokens: TokenStream,
    pub(crate) known: Known,
}

/// What a macro can know of an expression.
pub(crate) enum Known {
    Text(String),
    /// A whole number in decimal digits, at any size; with a suffix its type is rustc's to check.
    Integer {
        digits: String,
        suffixed: bool,
    },
    /// A decimal number without suffix, as it was written.
    Decimal(String),
    /// One identifier.
    Word(Ident),
    /// Something to be evaluated.
    Nothing,
}

impl Pipeline {
    pub(crate) fn nodes(&self) -> Vec<&Node> {
        let mut nodes = Vec::with_capacity(self.items.len());
        for item in &self.items {
            if let Item::Node(node) = item {
                nodes.push(&**node);
            }
        }
        nodes
    }

    pub(crate) fn has_base(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Base(_)))
    }

    /// The item that takes the pipeline of this name in.
    pub(crate) fn base_called(&self, word: &Ident) -> Option<usize> {
        self.items
            .iter()
            .position(|item| matches!(item, Item::Base(base) if base.word.as_ref() == Some(word)))
    }

    /// The pipeline whose labels are reached as fields.
    pub(crate) fn first_base(&self) -> Option<&Base> {
        for item in &self.items {
            if let Item::Base(base) = item
                && base.pipeline.is_some()
            {
                return Some(base);
            }
        }
        None
    }
}

impl Node {
    /// Those that are written, without what is in maps.
    pub(crate) fn parameters(&self) -> &[Parameter] {
        match &self.parameters {
            Some(parameters) => &parameters.list,
            None => &[],
        }
    }

    pub(crate) fn waits_for(&self) -> &[Name] {
        match &self.after {
            Some(after) => &after.list,
            None => &[],
        }
    }

    /// The pipelines it waits for all of.
    pub(crate) fn waits_for_bases(&self) -> &[Whole] {
        match &self.after {
            Some(after) => &after.bases,
            None => &[],
        }
    }

    /// The one kind that counts, also where a second was written.
    pub(crate) fn work(&self) -> Option<Work> {
        self.kinds.first().map(|kind| kind.work)
    }
}

impl Work {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Query => "query",
        }
    }
}
