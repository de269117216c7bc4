//! The values a query runs with: what the caller gives over what the query declares.

use serde_json::Value;

use super::Parameter;

/// What a caller gives, as JSON.
pub(crate) type Given = serde_json::Map<String, Value>;

/// Why the values of a caller are refused. The texts are Dune's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ParameterError {
    /// The query declares no parameters of these names.
    #[error("unknown parameters ({})", .0.join(", "))]
    Unknown(Vec<String>),
    /// A value is not of the parameter's type, or not among its options.
    #[error("query parameter {key} has invalid value {value} for type {kind}")]
    Invalid {
        /// The parameter's key.
        key: String,
        /// The value that was given.
        value: String,
        /// The type it should be of.
        kind: &'static str,
    },
}

/// Key and text of every parameter of a query, in the order declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Values(Vec<(String, String)>);

impl Values {
    /// Judges what is given and fills up with the defaults.
    pub(crate) fn new(declared: &[Parameter], given: &Given) -> Result<Self, ParameterError> {
        let unknown: Vec<String> = given
            .keys()
            .filter(|key| !declared.iter().any(|parameter| parameter.key == **key))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            return Err(ParameterError::Unknown(unknown));
        }
        let mut values = Vec::with_capacity(declared.len());
        for parameter in declared {
            let text = match given.get(&parameter.key) {
                Some(value) => accept(parameter, value)?,
                None => parameter.default_text(),
            };
            values.push((parameter.key.clone(), text));
        }
        Ok(Self(values))
    }

    /// The values of a statement that declares nothing, as raw SQL does: all that is given.
    pub(crate) fn free(given: &Given) -> Result<Self, ParameterError> {
        let text = |(key, value): (&String, &Value)| {
            let text = plain(value).or_else(|| many(value));
            let text = text.ok_or_else(|| invalid(key, value, "text"))?;
            Ok((key.clone(), text))
        };
        given.iter().map(text).collect::<Result<_, _>>().map(Self)
    }

    /// The text of a parameter.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let known = self.0.iter().find(|(known, _)| known == key);
        known.map(|(_, text)| text.as_str())
    }
}

fn accept(parameter: &Parameter, value: &Value) -> Result<String, ParameterError> {
    let kind = parameter.kind.name();
    let refuse = || invalid(&parameter.key, value, kind);
    if let Value::Array(items) = value {
        if !parameter.multiselect {
            return Err(refuse());
        }
        let texts: Option<Vec<String>> = items.iter().map(plain).collect();
        let texts = texts.ok_or_else(refuse)?;
        return match texts.iter().find(|text| !parameter.takes(text)) {
            Some(text) => Err(invalid(&parameter.key, &Value::String(text.clone()), kind)),
            None => Ok(texts.join(",")),
        };
    }
    let text = plain(value).ok_or_else(refuse)?;
    if parameter.takes(&text) {
        Ok(text)
    } else {
        Err(refuse())
    }
}

/// A scalar as the text that goes into the SQL.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn many(value: &Value) -> Option<String> {
    let texts: Option<Vec<String>> = value.as_array()?.iter().map(plain).collect();
    texts.map(|texts| texts.join(","))
}

fn invalid(key: &str, value: &Value, kind: &'static str) -> ParameterError {
    ParameterError::Invalid {
        key: key.to_owned(),
        value: plain(value).unwrap_or_else(|| value.to_string()),
        kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Kind;
    use serde_json::json;

    fn declared() -> Vec<Parameter> {
        let one = |key: &str, kind, default: &str| Parameter {
            key: key.to_owned(),
            kind,
            defaults: Some(vec![default.to_owned()]),
            options: Vec::new(),
            multiselect: false,
            freeform: false,
            description: String::new(),
        };
        let mut chain = one("chain", Kind::Enum, "ethereum");
        chain.options = vec!["ethereum".into(), "polygon".into()];
        let mut chains = chain.clone();
        chains.key = "chains".into();
        chains.multiselect = true;
        vec![
            chain,
            chains,
            one("min", Kind::Number, "5"),
            one("since", Kind::Datetime, "2024-01-01 00:00:00"),
        ]
    }

    fn values(given: Value) -> Result<Values, ParameterError> {
        Values::new(&declared(), given.as_object().unwrap())
    }

    #[test]
    fn what_is_not_given_takes_its_default() {
        let values = values(json!({"min": 22, "chains": ["ethereum", "polygon"]})).unwrap();
        assert_eq!(values.get("chain"), Some("ethereum"));
        assert_eq!(values.get("min"), Some("22"));
        assert_eq!(values.get("chains"), Some("ethereum,polygon"));
        assert_eq!(values.get("since"), Some("2024-01-01 00:00:00"));
    }

    #[test]
    fn an_unknown_key_is_refused_in_dunes_words() {
        let error = values(json!({"nope": ""})).unwrap_err();
        assert_eq!(error.to_string(), "unknown parameters (nope)");
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused_in_dunes_words() {
        for (given, text) in [
            (
                json!({"chain": "fantom"}),
                "query parameter chain has invalid value fantom for type enum",
            ),
            (
                json!({"min": "many"}),
                "query parameter min has invalid value many for type number",
            ),
            (
                json!({"since": "soon"}),
                "query parameter since has invalid value soon for type datetime",
            ),
            (
                json!({"chain": ["ethereum"]}),
                "query parameter chain has invalid value [\"ethereum\"] for type enum",
            ),
            (
                json!({"chain": null}),
                "query parameter chain has invalid value null for type enum",
            ),
        ] {
            assert_eq!(values(given).unwrap_err().to_string(), text);
        }
    }
}
