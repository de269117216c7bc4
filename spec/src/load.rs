//! Loads one document from a YAML or JSON file and makes sure that reading it lost nothing.
//! A document that is broken in several places has all of them named.

mod lost;
mod unique;

use std::fs;
use std::path::{Path, PathBuf};

use openapiv3::OpenAPI;
use serde_json::Value;

use self::unique::Unique;
use crate::fault::{Fault, Faults, Place};
use crate::spec::{Method, Operation};

/// The largest document read, in bytes: Dune's whole API is 150 kB.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The deepest nesting of values read. Walking a document recurses this deep and no deeper.
const MAX_DEPTH: usize = 64;

/// One document, under the name of the file it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The file's name, as faults give it.
    pub file: String,
    /// What the file holds.
    pub api: OpenAPI,
}

impl Page {
    /// Reads a document from a file; `.json` is JSON, everything else YAML (which holds JSON too).
    ///
    /// # Errors
    /// The file cannot be read, or what [`Page::parse`] finds in it.
    pub fn load(path: &Path) -> Result<Self, Faults> {
        Self::load_as(path.display().to_string(), path)
    }

    fn load_as(file: String, path: &Path) -> Result<Self, Faults> {
        match read(path) {
            Ok(text) => Self::parse(&file, &text),
            Err(problem) => {
                let remedy = "a document is a file of UTF-8 text";
                Err(Fault::new(file, Place::Document, problem, remedy).into())
            }
        }
    }

    /// Reads each of `files`.
    ///
    /// # Errors
    /// The faults of all files together.
    pub fn load_all(files: &[&Path]) -> Result<Vec<Self>, Faults> {
        all(files.iter().map(|path| Self::load(path)))
    }

    /// Reads every `.yaml`, `.yml` and `.json` file in `folder` and below, sorted by path. Faults
    /// name them by their path from where the folder is, `pages/usage/get-usage.yaml`.
    ///
    /// # Errors
    /// The faults of all files; a folder without any document is one.
    pub fn load_folder(folder: &Path) -> Result<Vec<Self>, Faults> {
        let fault = |problem: String, remedy: &str| {
            Fault::new(
                folder.display().to_string(),
                Place::Document,
                problem,
                remedy,
            )
        };
        let files = documents_in(folder)
            .map_err(|e| fault(format!("the folder cannot be read: {e}"), "check the path"))?;
        if files.is_empty() {
            let problem = "the folder holds no `.yaml` or `.json` file".to_owned();
            return Err(fault(problem, "put a document there").into());
        }
        let base = folder.parent().unwrap_or(folder);
        all(files.iter().map(|path| {
            let file = path
                .strip_prefix(base)
                .unwrap_or(path)
                .display()
                .to_string();
            Self::load_as(file, path)
        }))
    }

    /// Reads a document from text; `file` is the name that faults give, and its ending says JSON or
    /// YAML.
    ///
    /// # Errors
    /// Every part that is no OpenAPI 3.0, and every part that reading would lose.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let whole = |problem: String, remedy: &str| {
            Faults::from(Fault::new(file, Place::Document, problem, remedy))
        };
        let json = Path::new(file)
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let Unique(raw) = if json {
            serde_json::from_str(text)
                .map_err(|e| whole(format!("is no JSON: {e}"), "download it again"))?
        } else {
            serde_saphyr::from_str(text)
                .map_err(|e| whole(format!("is no YAML: {e}"), "download it again"))?
        };
        if depth_exceeds(&raw, MAX_DEPTH) {
            let problem = format!("is nested deeper than {MAX_DEPTH} levels");
            return Err(whole(problem, "no document of Dune's is; is this one?"));
        }
        let version = raw
            .get("openapi")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !version.starts_with("3.0.") {
            let problem = if raw.get("openapi").is_none() {
                "has no field `openapi`".to_owned()
            } else {
                format!("is of OpenAPI {version}, and only 3.0 can be generated from")
            };
            return Err(whole(problem, "publish or convert it as OpenAPI 3.0"));
        }
        let api: OpenAPI = serde_json::from_value(raw.clone())
            .map_err(|e| broken_parts(file, &raw, &e.to_string()))?;
        let lost = lost::parts(file, &raw, &api);
        Faults::of(lost).map_or_else(
            || {
                Ok(Self {
                    file: file.to_owned(),
                    api,
                })
            },
            Err,
        )
    }
}

/// All pages, or the faults of all that have some.
fn all(results: impl Iterator<Item = Result<Page, Faults>>) -> Result<Vec<Page>, Faults> {
    let mut pages = Vec::new();
    let mut faults = Vec::new();
    for result in results {
        match result {
            Ok(page) => pages.push(page),
            Err(more) => faults.extend(more.into_inner()),
        }
    }
    Faults::of(faults).map_or(Ok(pages), Err)
}

/// The text of a file that is one: reading a device or a pipe might never end.
fn read(path: &Path) -> Result<String, String> {
    let unreadable = |e: std::io::Error| format!("cannot be read: {e}");
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err("is no file".to_owned());
    }
    if about.len() > MAX_BYTES {
        let size = about.len();
        return Err(format!(
            "is {size} bytes long, and no more than {MAX_BYTES} are read"
        ));
    }
    fs::read_to_string(path).map_err(unreadable)
}

fn documents_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                todo.push(path);
            } else if path
                .extension()
                .is_some_and(|e| e == "yaml" || e == "yml" || e == "json")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn depth_exceeds(value: &Value, limit: usize) -> bool {
    if limit == 0 {
        return true;
    }
    match value {
        Value::Array(list) => list.iter().any(|inner| depth_exceeds(inner, limit - 1)),
        Value::Object(map) => map.values().any(|inner| depth_exceeds(inner, limit - 1)),
        _ => false,
    }
}

/// Names the operations and schemas that do not parse, for the parser's own message names no place.
fn broken_parts(file: &str, raw: &Value, message: &str) -> Faults {
    let remedy = "see the OpenAPI 3.0 specification for what may stand there";
    let mut faults = Vec::new();
    let objects = |value: Option<&Value>| {
        value
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
            .into_iter()
    };
    for (path, item) in objects(raw.get("paths")) {
        for method in Method::ALL {
            let key = method.as_str().to_ascii_lowercase();
            let Some(operation) = item.get(&key) else {
                continue;
            };
            if let Err(e) = serde_json::from_value::<openapiv3::Operation>(operation.clone()) {
                let place = Place::Operation(
                    Operation {
                        path: path.clone(),
                        method,
                    },
                    String::new(),
                );
                faults.push(Fault::new(file, place, e.to_string(), remedy));
            }
        }
    }
    for (name, schema) in objects(raw.pointer("/components/schemas")) {
        let parsed = serde_json::from_value::<openapiv3::ReferenceOr<openapiv3::Schema>>(schema);
        if let Err(e) = parsed {
            let place = Place::Schema(name, String::new());
            faults.push(Fault::new(file, place, e.to_string(), remedy));
        }
    }
    Faults::of(faults).unwrap_or_else(|| {
        Fault::new(
            file,
            Place::Document,
            format!("is no OpenAPI 3.0: {message}"),
            remedy,
        )
        .into()
    })
}
