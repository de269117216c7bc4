//! The merged document that the passes work on, and which file each part of it came from.
//! After the first pass every parameter, body and response stands in its operation.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use indexmap::IndexMap;
use openapiv3::{Components, OpenAPI, PathItem, ReferenceOr, Schema};

/// An HTTP method that a path item can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// GET
    Get,
    /// PUT
    Put,
    /// POST
    Post,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
    /// HEAD
    Head,
    /// PATCH
    Patch,
    /// TRACE
    Trace,
}

impl Method {
    /// Every method, in OpenAPI's order.
    pub const ALL: [Self; 8] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Options,
        Self::Head,
        Self::Patch,
        Self::Trace,
    ];

    /// The method as HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }

    pub(crate) fn of(self, item: &PathItem) -> Option<&openapiv3::Operation> {
        match self {
            Self::Get => item.get.as_ref(),
            Self::Put => item.put.as_ref(),
            Self::Post => item.post.as_ref(),
            Self::Delete => item.delete.as_ref(),
            Self::Options => item.options.as_ref(),
            Self::Head => item.head.as_ref(),
            Self::Patch => item.patch.as_ref(),
            Self::Trace => item.trace.as_ref(),
        }
    }

    pub(crate) fn slot(self, item: &mut PathItem) -> &mut Option<openapiv3::Operation> {
        match self {
            Self::Get => &mut item.get,
            Self::Put => &mut item.put,
            Self::Post => &mut item.post,
            Self::Delete => &mut item.delete,
            Self::Options => &mut item.options,
            Self::Head => &mut item.head,
            Self::Patch => &mut item.patch,
            Self::Trace => &mut item.trace,
        }
    }
}

/// The name of an operation: method and path, written `GET /v1/queries`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Operation {
    /// The path as the document writes it, `/v1/query/{query_id}/results`.
    pub path: String,
    /// The method.
    pub method: Method,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)
    }
}

impl FromStr for Operation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no operation: write a method and a path, `GET /v1/..`");
        let (method, path) = text.split_once(' ').ok_or_else(wrong)?;
        let method = Method::ALL
            .into_iter()
            .find(|m| m.as_str() == method)
            .ok_or_else(wrong)?;
        if !path.starts_with('/') {
            return Err(wrong());
        }
        Ok(Self {
            path: path.to_owned(),
            method,
        })
    }
}

/// What remains of a name in every spelling: its letters and digits, small. Names that are equal so
/// may be one name in Rust.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// A name as Rust writes types: `query_id` is `QueryId`.
pub(crate) fn pascal(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| {
            let mut chars = word.chars();
            chars
                .next()
                .map(|c| c.to_ascii_uppercase().to_string() + chars.as_str())
        })
        .collect()
}

/// One document, and where each operation and schema of it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The document.
    pub api: OpenAPI,
    /// The file each operation came from.
    pub operation_files: BTreeMap<Operation, String>,
    /// The file each schema came from, by the schema's present name.
    pub schema_files: BTreeMap<String, String>,
}

impl Spec {
    /// The operations the document holds, sorted by path.
    #[must_use]
    pub fn operations(&self) -> Vec<(Operation, &openapiv3::Operation)> {
        let mut found = Vec::new();
        for (path, item) in &self.api.paths.paths {
            let ReferenceOr::Item(item) = item else {
                continue;
            };
            for method in Method::ALL {
                if let Some(operation) = method.of(item) {
                    found.push((
                        Operation {
                            path: path.clone(),
                            method,
                        },
                        operation,
                    ));
                }
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    /// The operation of that name.
    pub(crate) fn operation_mut(&mut self, name: &Operation) -> Option<&mut openapiv3::Operation> {
        match self.api.paths.paths.get_mut(&name.path)? {
            ReferenceOr::Item(item) => name.method.slot(item).as_mut(),
            ReferenceOr::Reference { .. } => None,
        }
    }

    /// Every operation, to be changed, in document order.
    pub(crate) fn for_each_operation(
        &mut self,
        mut change: impl FnMut(&Operation, &mut openapiv3::Operation),
    ) {
        for (path, item) in &mut self.api.paths.paths {
            let ReferenceOr::Item(item) = item else {
                continue;
            };
            for method in Method::ALL {
                if let Some(operation) = method.slot(item) {
                    change(
                        &Operation {
                            path: path.clone(),
                            method,
                        },
                        operation,
                    );
                }
            }
        }
    }

    /// The named schemas.
    #[must_use]
    pub fn schemas(&self) -> &IndexMap<String, ReferenceOr<Schema>> {
        static NONE: std::sync::LazyLock<IndexMap<String, ReferenceOr<Schema>>> =
            std::sync::LazyLock::new(IndexMap::new);
        self.api
            .components
            .as_ref()
            .map_or(&NONE, |components| &components.schemas)
    }

    /// The schema whose name is this one in Rust's spelling.
    pub(crate) fn schema_like(&self, name: &str) -> Option<&str> {
        let wanted = plain(name);
        self.schemas()
            .keys()
            .map(String::as_str)
            .find(|known| plain(known) == wanted)
    }

    pub(crate) fn schemas_mut(&mut self) -> &mut IndexMap<String, ReferenceOr<Schema>> {
        &mut self
            .api
            .components
            .get_or_insert_with(Components::default)
            .schemas
    }

    /// The file an operation came from, or a word for "none of them".
    #[must_use]
    pub fn file_of(&self, operation: &Operation) -> &str {
        self.operation_files
            .get(operation)
            .map_or("(made by the overlay)", String::as_str)
    }

    /// The file a schema came from, or a word for "none of them".
    #[must_use]
    pub fn file_of_schema(&self, name: &str) -> &str {
        self.schema_files
            .get(name)
            .map_or("(made by the overlay)", String::as_str)
    }
}

impl Spec {
    /// A document and the file it came from.
    pub(crate) fn of(file: &str, api: OpenAPI) -> Self {
        let mut spec = Self {
            api,
            operation_files: BTreeMap::new(),
            schema_files: BTreeMap::new(),
        };
        let operations: Vec<_> = spec
            .operations()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        spec.operation_files = operations
            .into_iter()
            .map(|o| (o, file.to_owned()))
            .collect();
        let schemas: Vec<_> = spec.schemas().keys().cloned().collect();
        spec.schema_files = schemas.into_iter().map(|s| (s, file.to_owned())).collect();
        spec
    }

    /// A file of which the document was made.
    pub(crate) fn any_file(&self) -> String {
        let mut files = self
            .operation_files
            .values()
            .chain(self.schema_files.values());
        files.next().cloned().unwrap_or_default()
    }
}

impl TryFrom<String> for Operation {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
