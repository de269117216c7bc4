//! The parameters that a saved query declares: one of Dune's four kinds each, with its default and what there is to choose
//! from.

use std::fmt;

use dune_api::types;

use crate::pipeline::{InvalidPipeline, Parameter, ParameterValue, query};

/// A parameter of a saved query: a `{{key}}` in its SQL, of one of Dune's four kinds, with the value that is used where none
/// is given.
///
/// ```
/// use dune_pipeline::QueryParameter;
///
/// let parameters = [
///     QueryParameter::text("token", "WETH").description("the symbol, in capitals"),
///     QueryParameter::number("min_volume_usd", 40_000),
///     QueryParameter::datetime("since", "2026-01-31 00:00:00"),
///     QueryParameter::choice("blockchain", "base", ["base", "ethereum"]),
/// ];
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryParameter {
    key: String,
    kind: ParameterKind,
    default: Parameter,
    defaults: Vec<String>,
    options: Vec<String>,
    options_from: Option<OptionsFrom>,
    is_multiselect: bool,
    is_freeform_allowed: bool,
    description: String,
}

/// The kind of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterKind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A date and time, `YYYY-MM-DD hh:mm:ss` in UTC.
    Datetime,
    /// One of some choices, or several.
    Enum,
    /// A kind that the documents do not name, as it came.
    Other(String),
}

/// The result that choices are read from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OptionsFrom {
    /// The query.
    pub query_id: Option<i64>,
    /// The column of its result.
    pub column_name: String,
}

impl QueryParameter {
    /// A text; also one for hex digits or a part of a name. `None` is no default.
    pub fn text(key: impl Into<String>, default: impl ParameterValue) -> QueryParameter {
        QueryParameter::new(key, ParameterKind::Text, default)
    }

    /// A number. `None` is no default.
    pub fn number(key: impl Into<String>, default: impl ParameterValue) -> QueryParameter {
        QueryParameter::new(key, ParameterKind::Number, default)
    }

    /// A date and time: one of `chrono`, `jiff` or `time`, with the feature of that name, or text like `2026-01-31 00:00:00`, in UTC.
    /// `None` is no default.
    pub fn datetime(key: impl Into<String>, default: impl ParameterValue) -> QueryParameter {
        QueryParameter::new(key, ParameterKind::Datetime, default)
    }

    /// One of these choices (Dune's kind `enum`), of which the default is one.
    pub fn choice(
        key: impl Into<String>,
        default: impl ParameterValue,
        options: impl IntoIterator<Item = impl Into<String>>,
    ) -> QueryParameter {
        QueryParameter {
            options: options.into_iter().map(Into::into).collect(),
            ..QueryParameter::new(key, ParameterKind::Enum, default)
        }
    }

    fn new(
        key: impl Into<String>,
        kind: ParameterKind,
        default: impl ParameterValue,
    ) -> QueryParameter {
        QueryParameter {
            key: key.into(),
            kind,
            default: default.to_parameter(),
            defaults: Vec::new(),
            options: Vec::new(),
            options_from: None,
            is_multiselect: false,
            is_freeform_allowed: false,
            description: String::new(),
        }
    }

    /// Lets several choices be taken (`isMultiselect`); these are taken where none is given.
    #[must_use]
    pub fn multiselect(mut self, defaults: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.is_multiselect = true;
        self.defaults = defaults.into_iter().map(Into::into).collect();
        self
    }

    /// Lets values be given that are none of the choices (`isFreeformAllowed`).
    #[must_use]
    pub fn freeform(mut self) -> Self {
        self.is_freeform_allowed = true;
        self
    }

    /// Reads the choices from a column of another query's result (`enumFromResults`).
    #[must_use]
    pub fn options_from(mut self, query_id: i64, column_name: impl Into<String>) -> Self {
        self.options_from = Some(OptionsFrom {
            query_id: Some(query_id),
            column_name: column_name.into(),
        });
        self
    }

    /// Says what it is for.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }

    /// Its name, which the SQL has in double braces.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &ParameterKind {
        &self.kind
    }

    /// The value that is used where none is given, as text.
    #[must_use]
    pub fn default_value(&self) -> Option<&str> {
        self.default.as_text()
    }

    /// The values that are used where none is given, where several may be taken.
    #[must_use]
    pub fn default_values(&self) -> &[String] {
        &self.defaults
    }

    /// The choices of an `enum`.
    #[must_use]
    pub fn options(&self) -> &[String] {
        &self.options
    }

    /// Where its choices come from, if it is another query's result.
    #[must_use]
    pub fn options_source(&self) -> Option<&OptionsFrom> {
        self.options_from.as_ref()
    }

    /// Whether several choices may be taken.
    #[must_use]
    pub fn is_multiselect(&self) -> bool {
        self.is_multiselect
    }

    /// Whether values beside the choices may be given.
    #[must_use]
    pub fn is_freeform_allowed(&self) -> bool {
        self.is_freeform_allowed
    }

    /// What it is for; empty where nobody said.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.description
    }

    pub(super) fn read(answer: types::ResponseParameter) -> QueryParameter {
        QueryParameter {
            key: answer.key,
            kind: ParameterKind::parse(&answer.type_),
            default: answer.value.to_parameter(),
            defaults: answer.values.unwrap_or_default(),
            options: answer.enum_options.unwrap_or_default(),
            options_from: answer.enum_from_results.map(|from| OptionsFrom {
                query_id: from.query_id,
                column_name: from.column_name.unwrap_or_default(),
            }),
            is_multiselect: answer.is_multiselect.unwrap_or_default(),
            is_freeform_allowed: answer.is_freeform_allowed.unwrap_or_default(),
            description: answer.description.unwrap_or_default(),
        }
    }

    /// As they are sent.
    ///
    /// # Errors
    /// Keys and defaults that break the rules for a query's parameters in a pipeline.
    pub(super) fn bodies(
        parameters: &[QueryParameter],
    ) -> Result<Vec<types::Parameter>, InvalidPipeline> {
        let given = parameters
            .iter()
            .map(|parameter| (parameter.key.clone(), parameter.default.clone()));
        // Any query will do: it is judged by what its parameters are.
        query(1).parameters(given).alone()?;
        Ok(parameters.iter().map(QueryParameter::body).collect())
    }

    fn body(&self) -> types::Parameter {
        types::Parameter {
            key: self.key.clone(),
            type_: self.kind.as_str().to_owned(),
            value: self.default_value().map(str::to_owned),
            values: self.defaults.clone(),
            enum_options: self.options.clone(),
            enum_from_results: self
                .options_from
                .as_ref()
                .map(|from| types::EnumFromResults {
                    query_id: from.query_id,
                    column_name: Some(from.column_name.clone()),
                }),
            // What is not so is not said, for then it is Dune's to choose.
            is_multiselect: self.is_multiselect.then_some(true),
            is_freeform_allowed: self.is_freeform_allowed.then_some(true),
            description: Some(self.description.clone()).filter(|text| !text.is_empty()),
        }
    }
}

impl ParameterKind {
    /// Reads Dune's word; some of its pages say `date` for what the others call `datetime`.
    #[must_use]
    pub fn parse(text: &str) -> ParameterKind {
        match text {
            "text" => ParameterKind::Text,
            "number" => ParameterKind::Number,
            "datetime" | "date" => ParameterKind::Datetime,
            "enum" => ParameterKind::Enum,
            other => ParameterKind::Other(other.to_owned()),
        }
    }

    /// Dune's word for it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            ParameterKind::Text => "text",
            ParameterKind::Number => "number",
            ParameterKind::Datetime => "datetime",
            ParameterKind::Enum => "enum",
            ParameterKind::Other(text) => text,
        }
    }
}

impl fmt::Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
