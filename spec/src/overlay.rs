//! The overlay: what Dune's documents leave out or get wrong, as data, each entry with its reason.
//! Schemas are named as the passes shorten them (`Pipeline`, not `models.Pipeline`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use openapiv3::{ReferenceOr, Schema};
use serde::Deserialize;
use serde_json::Value;

use crate::fault::{Fault, Faults, Place};
use crate::spec::Operation;

/// The overlay file, read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Overlay {
    /// The name faults give it.
    #[serde(skip)]
    pub(crate) file: String,
    pub(crate) errors: Errors,
    #[serde(default)]
    pub(crate) credentials: Vec<Credential>,
    #[serde(default)]
    pub(crate) operation_ids: Vec<OperationIds>,
    #[serde(default)]
    pub(crate) parameters: Vec<ParameterEntry>,
    #[serde(default)]
    pub(crate) bodies: Vec<Body>,
    #[serde(default)]
    pub(crate) schemas: Vec<NewSchema>,
    #[serde(default)]
    pub(crate) fields: Vec<Field>,
    #[serde(default)]
    pub(crate) enums: Vec<Enumeration>,
    #[serde(default)]
    pub(crate) optional: Vec<Optional>,
    #[serde(default)]
    pub(crate) required: Vec<Required>,
}

/// The one schema that every 4xx and 5xx body becomes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) reason: String,
}

/// A parameter that carries the key. The connection sends the key, the operations do not take it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    pub(crate) r#in: String,
    pub(crate) name: String,
    pub(crate) reason: String,
}

/// Names for operations.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationIds {
    pub(crate) ids: BTreeMap<Operation, String>,
    pub(crate) reason: String,
}

/// A parameter that is dropped, or whose type is another than documented.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParameterEntry {
    pub(crate) operations: Vec<Operation>,
    pub(crate) r#in: String,
    pub(crate) name: String,
    pub(crate) change: ParameterChange,
    pub(crate) reason: String,
}

/// What becomes of a parameter.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ParameterChange {
    /// It is not there.
    Drop,
    /// It has this schema.
    Schema(Box<Shape>),
}

/// A request body that the document lacks, or has with another media type or schema.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Body {
    pub(crate) operation: Operation,
    pub(crate) media_type: String,
    pub(crate) schema: Shape,
    pub(crate) description: String,
    pub(crate) reason: String,
}

/// A schema that no document has.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSchema {
    pub(crate) name: String,
    pub(crate) schema: Shape,
    /// The operations it is for: without them it is of no use.
    pub(crate) operations: Vec<Operation>,
    pub(crate) reason: String,
}

/// Fields that a schema lacks, or has with another type.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) schema: String,
    #[serde(default)]
    pub(crate) add: BTreeMap<String, Shape>,
    #[serde(default)]
    pub(crate) replace: BTreeMap<String, Shape>,
    pub(crate) reason: String,
}

/// Enumerations of one property name that are one type, whatever values each place lists.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Enumeration {
    pub(crate) property: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) resolution: Resolution,
    pub(crate) reason: String,
}

/// How places that list different values become one enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Resolution {
    /// Every value that any place lists, in the order they are met.
    Union,
}

/// Fields that the document requires and the API does not.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Optional {
    pub(crate) schema: String,
    pub(crate) fields: Vec<String>,
    pub(crate) reason: String,
}

/// Fields that are always there, with the type each has: the client counts on both.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Required {
    /// Schema, field, type (`integer`, `string`, .. or a schema's name).
    pub(crate) fields: BTreeMap<String, BTreeMap<String, String>>,
    pub(crate) reason: String,
}

/// A schema written in the overlay, in OpenAPI's words.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct Shape(pub(crate) ReferenceOr<Schema>);

impl TryFrom<Value> for Shape {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        serde_json::from_value(value.clone())
            .map(Self)
            .map_err(|e| format!("`{value}` is no schema: {e}"))
    }
}

impl Overlay {
    /// Reads the overlay from a file.
    ///
    /// # Errors
    /// The file cannot be read, or what [`Overlay::parse`] finds.
    pub fn load(path: &Path) -> Result<Self, Faults> {
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(path).map_err(|e| {
            let problem = format!("`{}` cannot be read: {e}", path.display());
            Fault::new(&file, Place::Document, problem, "check the path")
        })?;
        Self::parse(&file, &text)
    }

    /// Reads the overlay from TOML text; `file` is the name that faults give it.
    ///
    /// # Errors
    /// It is no TOML, holds a key that means nothing, or an entry without a reason.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let mut overlay: Self = toml::from_str(text).map_err(|e| {
            let remedy = "see the entries that are there, and `spec/README.md`";
            Fault::new(
                file,
                Place::Document,
                e.to_string().trim_end().to_owned(),
                remedy,
            )
        })?;
        file.clone_into(&mut overlay.file);
        let unreasoned: Vec<_> = overlay
            .reasons()
            .into_iter()
            .filter(|(_, reason)| reason.trim().is_empty())
            .map(|(entry, _)| {
                let problem = "has no reason";
                Fault::new(
                    file,
                    Place::Overlay(entry),
                    problem,
                    "say in `reason` why it is needed",
                )
            })
            .collect();
        Faults::of(unreasoned).map_or(Ok(overlay), Err)
    }

    fn reasons(&self) -> Vec<(String, &str)> {
        let mut all = vec![("[errors]".to_owned(), self.errors.reason.as_str())];
        all.extend(
            self.credentials
                .iter()
                .map(|c| (c.label(), c.reason.as_str())),
        );
        all.extend(
            self.operation_ids
                .iter()
                .map(|o| ("[[operation-ids]]".to_owned(), o.reason.as_str())),
        );
        all.extend(
            self.parameters
                .iter()
                .map(|p| (p.label(), p.reason.as_str())),
        );
        all.extend(self.bodies.iter().map(|b| (b.label(), b.reason.as_str())));
        all.extend(self.schemas.iter().map(|s| (s.label(), s.reason.as_str())));
        all.extend(self.fields.iter().map(|f| (f.label(), f.reason.as_str())));
        all.extend(self.enums.iter().map(|e| (e.label(), e.reason.as_str())));
        all.extend(self.optional.iter().map(|o| (o.label(), o.reason.as_str())));
        all.extend(
            self.required
                .iter()
                .map(|r| ("[[required]]".to_owned(), r.reason.as_str())),
        );
        all
    }

    /// The enumeration that a property of this name becomes, if the overlay names one.
    pub(crate) fn enumeration(&self, property: &str) -> Option<&Enumeration> {
        self.enums.iter().find(|e| e.property == property)
    }
}

impl Credential {
    pub(crate) fn label(&self) -> String {
        format!("[[credentials]] {} `{}`", self.r#in, self.name)
    }
}

impl ParameterEntry {
    pub(crate) fn label(&self) -> String {
        format!("[[parameters]] {} `{}`", self.r#in, self.name)
    }
}

impl Body {
    pub(crate) fn label(&self) -> String {
        format!("[[bodies]] `{}`", self.operation)
    }
}

impl NewSchema {
    pub(crate) fn label(&self) -> String {
        format!("[[schemas]] `{}`", self.name)
    }
}

impl Field {
    pub(crate) fn label(&self) -> String {
        format!("[[fields]] `{}`", self.schema)
    }
}

impl Enumeration {
    pub(crate) fn label(&self) -> String {
        format!("[[enums]] `{}`", self.property)
    }
}

impl Optional {
    pub(crate) fn label(&self) -> String {
        format!("[[optional]] `{}`", self.schema)
    }
}
