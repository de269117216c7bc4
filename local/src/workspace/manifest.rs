//! `dune.toml` as it is written: the tables, queries and views of a workspace with the lines they
//! stand on. What can be judged without opening another file is judged here.

use toml::de::{DeTable, DeValue};

use super::faults::Faults;
use super::section::{Lined, Section, Source};
use crate::parameters::{Kind, Parameter};

/// The name of the file that makes a folder a workspace.
pub const MANIFEST: &str = "dune.toml";

/// The manifest, read.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) team: Lined<String>,
    pub(super) tables: Vec<TableEntry>,
    pub(super) queries: Vec<QueryEntry>,
    pub(super) views: Vec<ViewEntry>,
}

/// `[[tables]]`: a table and the file that holds its rows.
#[derive(Debug)]
pub(super) struct TableEntry {
    pub(super) name: Lined<String>,
    pub(super) file: Lined<String>,
    /// Name and Trino type of the columns declared, in the order written.
    pub(super) columns: Vec<(Lined<String>, String)>,
}

/// `[[queries]]`: a saved query and the file that holds its SQL.
#[derive(Debug)]
pub(super) struct QueryEntry {
    pub(super) id: Lined<i64>,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) file: Lined<String>,
    pub(super) parameters: Vec<Lined<Parameter>>,
}

/// `[[views]]`: a materialized view and the query it holds the rows of.
#[derive(Debug)]
pub(super) struct ViewEntry {
    pub(super) name: Lined<String>,
    pub(super) query: Lined<i64>,
}

/// Reads the manifest's text. Entries that are too broken to be named are left out; each has its
/// fault.
pub(super) fn read(text: &str, faults: &mut Faults) -> Option<Manifest> {
    let source = Source::new(MANIFEST, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        source.fault(faults, span, format!("not TOML: {}", error.message()), "");
    }
    if !errors.is_empty() {
        return None;
    }
    let mut root = Section::new(&source, "the manifest", 0..0, document.get_ref());
    let team = team(&mut root, faults);
    let tables = root
        .sections("tables", "a table", faults)
        .into_iter()
        .filter_map(|section| table(section, faults))
        .collect();
    let queries = root
        .sections("queries", "a query", faults)
        .into_iter()
        .filter_map(|section| query(section, faults))
        .collect();
    let views = root
        .sections("views", "a view", faults)
        .into_iter()
        .filter_map(|section| view(section, faults))
        .collect();
    root.finish(faults);
    Some(Manifest {
        team: team?,
        tables,
        queries,
        views,
    })
}

fn team(root: &mut Section<'_>, faults: &mut Faults) -> Option<Lined<String>> {
    let team = root.required_text("team", "\"acme\"", faults)?;
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if team.value.is_empty() || team.value.len() > 64 || !team.value.chars().all(good) {
        faults.add(
            MANIFEST,
            team.line,
            format!("the team `{}` cannot be part of a name", team.value),
            "a team is letters, digits, `_` and `-`, as in `dune.acme.result_daily`",
        );
        return None;
    }
    Some(team)
}

fn table(mut section: Section<'_>, faults: &mut Faults) -> Option<TableEntry> {
    let name = section.required_text("name", "\"dex.trades\"", faults);
    let file = section.required_text("file", "\"tables/trades.csv\"", faults);
    let columns = columns(&mut section, faults);
    section.finish(faults);
    let (name, file) = (name?, file?);
    let parts = name.value.split('.');
    if parts.clone().count() > 3
        || parts
            .clone()
            .any(|part| part.trim() != part || part.is_empty())
    {
        faults.add(
            MANIFEST,
            name.line,
            format!("`{}` cannot be the name of a table", name.value),
            "a table's name has one to three parts with dots between them, as in `dex.trades`",
        );
    }
    Some(TableEntry {
        name,
        file,
        columns,
    })
}

fn columns(section: &mut Section<'_>, faults: &mut Faults) -> Vec<(Lined<String>, String)> {
    let Some(value) = section.value("columns") else {
        return Vec::new();
    };
    let DeValue::Table(table) = value.get_ref() else {
        section.wrong_kind("columns", value, "a table of names and types", faults);
        return Vec::new();
    };
    let mut columns: Vec<_> = table.iter().collect();
    columns.sort_by_key(|(name, _)| name.span().start);
    let mut read = Vec::new();
    for (name, kind) in columns {
        match kind.get_ref() {
            DeValue::String(text) => {
                let name = section.lined(kind, name.get_ref().clone().into_owned());
                read.push((name, text.clone().into_owned()));
            }
            _ => section.wrong_kind("columns", kind, "a table of names and types", faults),
        }
    }
    read
}

fn query(mut section: Section<'_>, faults: &mut Faults) -> Option<QueryEntry> {
    let id = section.required_id("id", "3101", faults);
    let file = section.required_text("file", "\"queries/share.sql\"", faults);
    let name = section.text("name", faults);
    let description = section.text("description", faults);
    let tags = section.texts("tags", faults);
    let mut parameters: Vec<Lined<Parameter>> = Vec::new();
    for inner in section.sections("parameters", "a parameter", faults) {
        let Some(parameter) = parameter(inner, faults) else {
            continue;
        };
        let key = &parameter.value.key;
        match parameters.iter().find(|known| known.value.key == *key) {
            Some(first) => faults.add(
                MANIFEST,
                parameter.line,
                format!("the parameter `{key}` is declared twice"),
                format!("the first is on line {}: remove one of them", first.line),
            ),
            None => parameters.push(parameter),
        }
    }
    section.finish(faults);
    let (id, file) = (id?, file?);
    Some(QueryEntry {
        name: name.map_or_else(|| format!("Query {}", id.value), |name| name.value),
        id,
        description: description.map_or_else(String::new, |text| text.value),
        tags,
        file,
        parameters,
    })
}

fn parameter(mut section: Section<'_>, faults: &mut Faults) -> Option<Lined<Parameter>> {
    let line = section.line();
    let key = section.required_text("key", "\"blockchain\"", faults);
    let kind = section.required_text("type", "\"text\"", faults);
    let defaults = defaults(&mut section, faults);
    let options = section.texts("options", faults);
    let multiselect = section.flag("multiselect", faults);
    let freeform = section.flag("freeform", faults);
    let description = section.text("description", faults);
    section.finish(faults);
    let (key, kind) = (key?, kind?);
    let Some(known) = Kind::named(&kind.value) else {
        faults.add(
            MANIFEST,
            kind.line,
            format!("`{}` is no type of a parameter", kind.value),
            "the types are `text`, `number`, `datetime` and `enum`",
        );
        return None;
    };
    let parameter = Parameter {
        key: key.value,
        kind: known,
        defaults,
        options,
        multiselect,
        freeform,
        description: description.map_or_else(String::new, |text| text.value),
    };
    if let Err(fault) = parameter.check() {
        faults.add(MANIFEST, line, fault.message, fault.remedy);
        return None;
    }
    Some(Lined {
        value: parameter,
        line,
    })
}

/// A default is a text or a number, or a list of them where several values may be chosen.
fn defaults(section: &mut Section<'_>, faults: &mut Faults) -> Option<Vec<String>> {
    let value = section.value("default")?;
    let one = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        _ => None,
    };
    let read = match value.get_ref() {
        DeValue::Array(items) => items.iter().map(|item| one(item.get_ref())).collect(),
        single => one(single).map(|text| vec![text]),
    };
    if read.is_none() {
        section.wrong_kind(
            "default",
            value,
            "a text, a number or a list of them",
            faults,
        );
    }
    read
}

fn view(mut section: Section<'_>, faults: &mut Faults) -> Option<ViewEntry> {
    let name = section.required_text("name", "\"dune.acme.result_daily\"", faults);
    let query = section.required_id("query", "3101", faults);
    section.finish(faults);
    Some(ViewEntry {
        name: name?,
        query: query?,
    })
}
