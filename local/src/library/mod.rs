//! The queries and views there are: those of the manifest, which only change with its files, and
//! those made over the API, which are kept beside the workspace's state.

mod records;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

pub use self::records::RecordsError;
use self::records::{QueryRecord, Records, ViewRecord};
use crate::engine::TableName;
use crate::parameters::Parameter;
use crate::workspace::Workspace;

/// The first id of a query that is made over the API. A manifest's ids are usually smaller.
const FIRST_ID: i64 = 1_000_001;

/// Where a query or a view was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In the manifest.
    Manifest {
        /// The file of the query's SQL.
        file: String,
        /// The line of the manifest.
        line: usize,
    },
    /// Over the API.
    Api,
}

/// A saved query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SavedQuery {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Parameter>,
    /// Goes up by one with every change.
    pub(crate) version: i64,
    pub(crate) is_private: bool,
    pub(crate) is_archived: bool,
    pub(crate) is_temp: bool,
    pub(crate) origin: Origin,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl SavedQuery {
    /// A query with nothing but its id and SQL.
    pub(crate) fn new(id: i64, sql: String) -> Self {
        let now = Utc::now();
        Self {
            id,
            name: String::new(),
            description: String::new(),
            tags: Vec::new(),
            sql,
            parameters: Vec::new(),
            version: 1,
            is_private: false,
            is_archived: false,
            is_temp: false,
            origin: Origin::Api,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A materialized view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SavedView {
    pub(crate) name: TableName,
    /// The query whose rows it holds.
    pub(crate) query: i64,
    pub(crate) is_private: bool,
    pub(crate) origin: Origin,
}

/// All queries and views of a workspace.
#[derive(Debug)]
pub(crate) struct Library {
    team: String,
    tables: HashSet<TableName>,
    file: Option<PathBuf>,
    shelves: RwLock<Shelves>,
}

#[derive(Debug, Clone, Default)]
struct Shelves {
    queries: BTreeMap<i64, Arc<SavedQuery>>,
    views: BTreeMap<TableName, Arc<SavedView>>,
}

impl Library {
    /// The queries and views of a workspace, without any made over the API.
    pub(crate) fn new(workspace: &Workspace) -> Self {
        let mut shelves = Shelves::default();
        for query in &workspace.queries {
            shelves.queries.insert(query.id, Arc::new(query.clone()));
        }
        for view in &workspace.views {
            shelves
                .views
                .insert(view.name.clone(), Arc::new(view.clone()));
        }
        Self {
            team: workspace.team.to_lowercase(),
            tables: workspace
                .tables
                .iter()
                .map(|table| table.name.clone())
                .collect(),
            file: None,
            shelves: RwLock::new(shelves),
        }
    }

    /// Adds what was made over the API and is kept in `file`, and keeps there what will be made.
    pub(crate) fn with_records(mut self, file: PathBuf) -> Result<Self, RecordsError> {
        let records = Records::read(&file)?;
        {
            let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
            for record in records.queries {
                let id = record.id;
                if shelves
                    .queries
                    .insert(id, Arc::new(record.into()))
                    .is_some()
                {
                    return Err(RecordsError::QueryTwice { file, id });
                }
            }
            for record in records.views {
                let view = SavedView::try_from(record).map_err(|name| RecordsError::Content {
                    file: file.clone(),
                    message: format!("`{name}` cannot be the name of a view"),
                })?;
                let name = view.name.clone();
                if shelves.views.insert(name.clone(), Arc::new(view)).is_some() {
                    return Err(RecordsError::ViewTwice { file, name });
                }
            }
        }
        self.file = Some(file);
        Ok(self)
    }

    /// The namespace that views belong to, in lower case.
    pub(crate) fn team(&self) -> &str {
        &self.team
    }

    pub(crate) fn is_table(&self, name: &TableName) -> bool {
        self.tables.contains(name)
    }

    pub(crate) fn query(&self, id: i64) -> Option<Arc<SavedQuery>> {
        self.read().queries.get(&id).cloned()
    }

    pub(crate) fn view(&self, name: &TableName) -> Option<Arc<SavedView>> {
        self.read().views.get(name).cloned()
    }

    /// Every query, by id.
    pub(crate) fn queries(&self) -> Vec<Arc<SavedQuery>> {
        self.read().queries.values().cloned().collect()
    }

    /// Every view, by name.
    pub(crate) fn views(&self) -> Vec<Arc<SavedView>> {
        self.read().views.values().cloned().collect()
    }

    /// Saves a new query under an id of its own, which it returns.
    pub(crate) fn create(&self, make: impl FnOnce(i64) -> SavedQuery) -> Result<i64, RecordsError> {
        self.change(|shelves| {
            let last = shelves.queries.keys().next_back().copied().unwrap_or(0);
            let id = FIRST_ID.max(last + 1);
            shelves.queries.insert(id, Arc::new(make(id)));
            id
        })
    }

    /// Changes a query that was made over the API. The next version of it is saved.
    pub(crate) fn update(
        &self,
        query: &SavedQuery,
        edit: impl FnOnce(&mut SavedQuery),
    ) -> Result<(), RecordsError> {
        self.change(|shelves| {
            let current = shelves.queries.get(&query.id);
            let mut next = current.map_or_else(|| query.clone(), |known| (**known).clone());
            edit(&mut next);
            next.version += 1;
            next.updated_at = Utc::now();
            shelves.queries.insert(next.id, Arc::new(next));
        })
    }

    /// Saves a view, in the place of one of that name.
    pub(crate) fn put_view(&self, view: SavedView) -> Result<(), RecordsError> {
        self.change(|shelves| {
            shelves.views.insert(view.name.clone(), Arc::new(view));
        })
    }

    /// Forgets a view.
    pub(crate) fn remove_view(&self, name: &TableName) -> Result<(), RecordsError> {
        self.change(|shelves| {
            shelves.views.remove(name);
        })
    }

    /// Changes a copy, keeps it on disk, and only then lets everybody see it.
    fn change<T>(&self, change: impl FnOnce(&mut Shelves) -> T) -> Result<T, RecordsError> {
        let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = shelves.clone();
        let changed = change(&mut next);
        if let Some(file) = &self.file {
            let api = |origin: &Origin| *origin == Origin::Api;
            let queries = next.queries.values().filter(|query| api(&query.origin));
            let views = next.views.values().filter(|view| api(&view.origin));
            let records = Records {
                queries: queries.map(|query| QueryRecord::from(&**query)).collect(),
                views: views.map(|view| ViewRecord::from(&**view)).collect(),
            };
            records.write(file)?;
        }
        *shelves = next;
        Ok(changed)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Shelves> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a view as text has it: `dune.<team>.result_<name>`, parts in double quotes or not,
/// or the last part alone, which then is `team`'s.
pub(crate) fn view_name(team: &str, text: &str) -> Option<TableName> {
    dune_pipeline_graph::check_view(text).ok()?;
    let mut quoted = false;
    let parts: Vec<&str> = text
        .split(|c| {
            quoted ^= c == '"';
            c == '.' && !quoted
        })
        .map(|part| part.trim_matches('"'))
        .collect();
    let name = match parts.as_slice() {
        [name] => TableName::new(["dune", team, name]),
        parts => TableName::new(parts),
    };
    let name = name.ok()?;
    let good = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    match name.parts() {
        [catalog, team, last]
            if catalog == "dune"
                && last.starts_with("result_")
                && last.len() + team.len() < 180
                && team.chars().chain(last.chars()).all(good) =>
        {
            Some(name)
        }
        _ => None,
    }
}
