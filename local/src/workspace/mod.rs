//! A workspace: a folder with a manifest, the files of its tables and the SQL of its queries.
//! Reading it reports everything that is wrong at once.

mod attach;
mod faults;
mod manifest;
mod paths;
mod section;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub(crate) use self::attach::{Described, Tables};
pub use self::faults::{Fault, Faults};
pub use self::manifest::MANIFEST;

use self::manifest::{Manifest, QueryEntry, TableEntry, ViewEntry};
use dune_pipeline_graph::names;

use crate::engine::{Column, FileFormat, TableName, TableSource};
use crate::library::{Origin, SavedQuery, SavedView};

/// SQL of more than this is no query: the file is something else.
const MAX_SQL_BYTES: u64 = 1 << 20;

/// A workspace whose manifest holds together. Its tables are not read yet.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) team: String,
    pub(crate) tables: Vec<Table>,
    pub(crate) queries: Vec<SavedQuery>,
    pub(crate) views: Vec<SavedView>,
}

/// A table of the manifest.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: TableName,
    pub(crate) source: TableSource,
    /// The file as the manifest names it.
    pub(crate) file: String,
    /// The line of the manifest that names the file.
    pub(crate) line: usize,
}

/// Reads the workspace in `folder`, as far as it can be read, and what is wrong with it.
pub(crate) fn load(folder: &Path) -> (Option<Workspace>, Faults) {
    let mut faults = Faults::default();
    (read(folder, &mut faults), faults)
}

fn read(folder: &Path, faults: &mut Faults) -> Option<Workspace> {
    let root = match folder.canonicalize() {
        Ok(root) => root,
        Err(error) => {
            let message = format!("the folder cannot be opened: {error}");
            faults.add(folder.display().to_string(), None, message, "");
            return None;
        }
    };
    let text = match std::fs::read_to_string(root.join(MANIFEST)) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the manifest cannot be read: {error}");
            let remedy = "a workspace is a folder with a `dune.toml`";
            faults.add(MANIFEST, None, message, remedy);
            return None;
        }
    };
    let manifest = manifest::read(&text, faults)?;
    let views = views(&manifest, faults);
    Some(Workspace {
        tables: tables(&root, &manifest.tables, faults),
        queries: queries(&root, &manifest.queries, faults),
        views,
        team: manifest.team.value,
    })
}

fn tables(root: &Path, entries: &[TableEntry], faults: &mut Faults) -> Vec<Table> {
    let mut seen: HashMap<TableName, usize> = HashMap::new();
    let mut tables = Vec::new();
    for entry in entries {
        let line = entry.name.line;
        // What cannot be a name was said when the manifest was read.
        let Ok(name) = entry.name.value.parse::<TableName>() else {
            continue;
        };
        if let Some(first) = seen.insert(name.clone(), line) {
            faults.add(
                MANIFEST,
                line,
                format!("the table `{name}` is declared twice"),
                format!("the first is on line {first}: remove one of them"),
            );
        }
        let Some(file) = file(root, &entry.file.value, entry.file.line, faults) else {
            continue;
        };
        let format = match extension(&entry.file.value).as_str() {
            "csv" => FileFormat::Csv,
            "parquet" => FileFormat::Parquet,
            _ => {
                faults.add(
                    MANIFEST,
                    entry.file.line,
                    format!("the format of `{}` is not known", entry.file.value),
                    "a table's file ends in `.csv` or `.parquet`",
                );
                continue;
            }
        };
        let columns: Vec<Column> = entry
            .columns
            .iter()
            .map(|(name, data_type)| Column::new(&name.value, data_type))
            .collect();
        if columns.is_empty() && format == FileFormat::Csv {
            faults.add(
                MANIFEST,
                entry.file.line,
                format!("the CSV table `{name}` declares no columns"),
                "add `columns = { block_time = \"timestamp(3)\", .. }`: a CSV file does not say its types",
            );
            continue;
        }
        tables.push(Table {
            name,
            source: TableSource {
                file,
                format,
                columns: (!columns.is_empty()).then_some(columns),
            },
            file: entry.file.value.clone(),
            line: entry.file.line,
        });
    }
    tables
}

fn queries(root: &Path, entries: &[QueryEntry], faults: &mut Faults) -> Vec<SavedQuery> {
    let mut seen: HashMap<i64, usize> = HashMap::new();
    let mut queries = Vec::new();
    for entry in entries {
        let id = entry.id.value;
        if let Some(first) = seen.insert(id, entry.id.line) {
            faults.add(
                MANIFEST,
                entry.id.line,
                format!("the query {id} is declared twice"),
                format!("the first is on line {first}: give this one an id of its own"),
            );
        }
        let named = &entry.file;
        let Some(path) = file(root, &named.value, named.line, faults) else {
            continue;
        };
        if extension(&named.value) != "sql" {
            faults.add(
                MANIFEST,
                named.line,
                format!("`{}` is not a file of SQL", named.value),
                "the file of a query ends in `.sql`",
            );
            continue;
        }
        match sql(&path) {
            Ok(sql) => queries.push(SavedQuery {
                name: entry.name.clone(),
                description: entry.description.clone(),
                tags: entry.tags.clone(),
                parameters: entry.parameters.iter().map(|p| p.value.clone()).collect(),
                origin: Origin::Manifest {
                    file: named.value.clone(),
                    line: entry.id.line,
                },
                ..SavedQuery::new(id, sql)
            }),
            Err(message) => faults.add(named.value.clone(), None, message, ""),
        }
    }
    queries
}

fn sql(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path)
        .map_err(|error| error.to_string())?
        .len();
    if size > MAX_SQL_BYTES {
        return Err(format!("{size} bytes are too many for a query"));
    }
    std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

fn views(manifest: &Manifest, faults: &mut Faults) -> Vec<SavedView> {
    let mut seen: HashMap<TableName, usize> = HashMap::new();
    let mut views = Vec::new();
    for entry in &manifest.views {
        let Some(name) = name_of_view(manifest, entry, faults) else {
            continue;
        };
        if let Some(first) = seen.insert(name.clone(), entry.name.line) {
            faults.add(
                MANIFEST,
                entry.name.line,
                format!("the view `{name}` is declared twice"),
                format!("the first is on line {first}: remove one of them"),
            );
        }
        views.extend(view(manifest, entry, name, faults));
    }
    views
}

fn name_of_view(manifest: &Manifest, entry: &ViewEntry, faults: &mut Faults) -> Option<TableName> {
    let (team, written) = (&manifest.team.value, &entry.name.value);
    let name = crate::library::view_name(team, written);
    let ours = |name: &TableName| name.parts().get(1) == Some(&team.to_lowercase());
    let Some(name) = name.filter(ours) else {
        faults.add(
            MANIFEST,
            entry.name.line,
            format!("`{written}` cannot be the name of a view here"),
            format!("the views of this workspace are called `dune.{team}.result_<name>`"),
        );
        return None;
    };
    let same = |table: &&TableEntry| table.name.value.parse::<TableName>().as_ref() == Ok(&name);
    if let Some(table) = manifest.tables.iter().find(same) {
        faults.add(
            MANIFEST,
            entry.name.line,
            format!("`{name}` is a table on line {}", table.name.line),
            "give the view a name of its own",
        );
    }
    Some(name)
}

fn view(
    manifest: &Manifest,
    entry: &ViewEntry,
    name: TableName,
    faults: &mut Faults,
) -> Option<SavedView> {
    let query = entry.query.value;
    let Some(its) = manifest
        .queries
        .iter()
        .find(|known| known.id.value == query)
    else {
        let known = if manifest.queries.is_empty() {
            "the manifest declares no queries".to_owned()
        } else {
            let ids = manifest.queries.iter().map(|query| query.id.value);
            format!("the queries are {}", names::list(ids))
        };
        faults.add(
            MANIFEST,
            entry.query.line,
            format!("the view `{name}` holds the rows of query {query}, and there is none"),
            known,
        );
        return None;
    };
    Some(SavedView {
        name,
        query,
        origin: Origin::Manifest {
            file: its.file.value.clone(),
            line: entry.name.line,
        },
        is_private: false,
    })
}

/// The real path of a file that the manifest names, or a fault.
fn file(root: &Path, named: &str, line: usize, faults: &mut Faults) -> Option<PathBuf> {
    match paths::inside(root, named) {
        Ok(path) => Some(path),
        Err(fault) => {
            faults.add(MANIFEST, line, fault.to_string(), fault.remedy());
            None
        }
    }
}

fn extension(file: &str) -> String {
    let extension = Path::new(file).extension().unwrap_or_default();
    extension.to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests;
