//! A workspace in a folder that goes when the test ends, and a local Dune over it.

use std::path::Path;
use std::sync::Arc;

use dune_local::LocalDune;
use tempfile::TempDir;

use crate::engine::Scripted;

pub(crate) const TEAM: &str = "team = \"acme\"\n";

pub(crate) struct Workspace {
    folder: TempDir,
    manifest: String,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for inner in ["queries", "tables"] {
            std::fs::create_dir(folder.path().join(inner)).unwrap();
        }
        Self {
            folder,
            manifest: TEAM.to_owned(),
        }
    }

    /// With a table of one column whose file holds this.
    pub(crate) fn table(self, name: &str, rows: &str) -> Self {
        self.table_with(name, rows, "x = \"varchar\"")
    }

    /// With a table of these columns whose file holds this.
    pub(crate) fn table_with(mut self, name: &str, rows: &str, columns: &str) -> Self {
        self.write(&format!("tables/{name}.csv"), rows);
        self.manifest += &format!(
            "[[tables]]\nname = \"{name}\"\nfile = \"tables/{name}.csv\"\ncolumns = {{ {columns} }}\n"
        );
        self
    }

    /// With a saved query.
    pub(crate) fn query(self, id: u64, sql: &str) -> Self {
        self.query_with(id, sql, "")
    }

    /// With a saved query and more lines of the manifest.
    pub(crate) fn query_with(mut self, id: u64, sql: &str, more: &str) -> Self {
        self.write(&format!("queries/{id}.sql"), sql);
        self.manifest += &format!("[[queries]]\nid = {id}\nfile = \"queries/{id}.sql\"\n{more}\n");
        self
    }

    /// With a view `dune.acme.result_<name>`.
    pub(crate) fn view(mut self, name: &str, query: u64) -> Self {
        self.manifest +=
            &format!("[[views]]\nname = \"dune.acme.result_{name}\"\nquery = {query}\n");
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.path().join(file), text).unwrap();
    }

    pub(crate) fn write_manifest(&self) {
        self.write("dune.toml", &self.manifest);
    }

    pub(crate) async fn serve(&self) -> LocalDune {
        self.serve_with(Arc::new(Scripted::default())).await
    }

    pub(crate) async fn serve_with(&self, engine: Arc<Scripted>) -> LocalDune {
        self.write_manifest();
        LocalDune::builder(self.path())
            .engine(engine)
            .parallel(8)
            .start()
            .await
            .unwrap()
    }
}
