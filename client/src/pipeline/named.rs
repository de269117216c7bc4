//! Parameters with their keys, as maps and lists of pairs give them.

use dune_pipeline_graph::At;

use super::parameter::{Parameter, ParameterValue};

/// A key and a value, owned or borrowed: what the maps and lists hold that can be handed over as a query's parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no parameter: a parameter is a pair of key and value",
    label = "parameters come from a map or a list of pairs",
    note = "`HashMap<String, String>`, `BTreeMap<&str, u64>`, `Vec<(String, String)>` and references to them hold parameters"
)]
pub trait NamedParameter: sealed::Named {}

pub(super) mod sealed {
    use super::{At, Parameter};

    pub trait Named {
        fn into_named(self) -> (At<String>, Parameter);
    }
}

impl<K: Into<At<String>>, V: ParameterValue> NamedParameter for (K, V) {}
impl<K: Into<At<String>>, V: ParameterValue> sealed::Named for (K, V) {
    fn into_named(self) -> (At<String>, Parameter) {
        (self.0.into(), self.1.to_parameter())
    }
}

impl<K: Into<At<String>> + Clone, V: ParameterValue> NamedParameter for &(K, V) {}
impl<K: Into<At<String>> + Clone, V: ParameterValue> sealed::Named for &(K, V) {
    fn into_named(self) -> (At<String>, Parameter) {
        (self.0.clone().into(), self.1.to_parameter())
    }
}

/// What can stand behind `..` in `.parameters(..)`, for parameters of this type.
// The type is a parameter, for by an associated one rustc would tell of the same mistake several times.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no map of parameters",
    label = "`..` takes parameters from a map",
    note = "it is a `HashMap` or `BTreeMap`, a list of pairs of key and value, or a reference to one"
)]
pub trait ParameterMap<P> {
    /// All of them, each as if its key were written on this line.
    fn on_line(self, line: Option<usize>) -> Vec<(At<String>, Parameter)>;
}

impl<M> ParameterMap<M::Item> for M
where
    M: IntoIterator<Item: NamedParameter>,
{
    fn on_line(self, line: Option<usize>) -> Vec<(At<String>, Parameter)> {
        let named = self.into_iter().map(sealed::Named::into_named);
        let on_line = |(At { value, .. }, parameter)| (At { value, line }, parameter);
        named.map(on_line).collect()
    }
}
