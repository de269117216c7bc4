//! What an editor is shown of the nodes in `pipeline!`: the words of the language, and no others. Nothing here runs; a
//! compiler is given the functions in `node.rs` instead.

use super::named::NamedParameter;
use super::parameter::Parameter;
use super::target::{QueryId, Tier, ViewName};

/// `refresh(view)`: refreshes a materialized view, given by its full name, `dune.<team>.result_<name>`.
pub fn refresh<V: ViewName>(_view: V) -> Refresh {
    Refresh(())
}

/// `query(id)`: executes a saved query, given by its id: the number in its address, `dune.com/queries/<id>`.
pub fn query<Q: QueryId>(_id: Q) -> Query {
    Query(())
}

/// The words that a node begins with.
pub mod kinds {
    pub use super::{query, refresh};

    use crate::pipeline::group::Items;

    /// `each(items, |item| query(id)..)`: a node for each item.
    pub fn each<T>(_items: impl Items<T>, _node: impl FnMut(T)) {}

    /// `in_turn(items, |item| query(id)..)`: a node for each item, each after the one before it.
    pub fn in_turn<T>(_items: impl Items<T>, _node: impl FnMut(T)) {}
}

/// `..map` among parameters: those that are known at run time.
pub fn map<P: NamedParameter>(_map: impl IntoIterator<Item = P>) -> Parameter {
    Parameter::text("")
}

/// A node of `pipeline!` that refreshes a view.
#[derive(Debug)]
pub struct Refresh(());

/// A node of `pipeline!` that executes a query.
#[derive(Debug)]
pub struct Query(());

impl Refresh {
    /// `.performance(tier)`: the tier of Dune's engine that it runs on. Dune chooses where none is given, or `None`.
    #[must_use]
    pub fn performance<T: Tier>(self, _tier: T) -> Self {
        self
    }

    /// `.after(label, ..)`: the nodes that it waits for.
    #[must_use]
    pub fn after(self) -> Self {
        self
    }
}

impl Query {
    /// `.performance(tier)`: the tier of Dune's engine that it runs on. Dune chooses where none is given, or `None`.
    #[must_use]
    pub fn performance<T: Tier>(self, _tier: T) -> Self {
        self
    }

    /// `.parameters(key = value, ..)`: values for the query's parameters; those without take the values saved with the query.
    #[must_use]
    pub fn parameters<const N: usize>(self, _parameters: [Parameter; N]) -> Self {
        self
    }

    /// `.after(label, ..)`: the nodes that it waits for.
    #[must_use]
    pub fn after(self) -> Self {
        self
    }
}
