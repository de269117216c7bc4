//! The sample workspace with a local Dune over it and a client of it, in a folder that goes when the test ends.

use std::fs;
use std::path::Path;

use dune_local::LocalDune;
use dune_pipeline::Dune;
use dune_pipeline_examples::Workspace;
use tempfile::TempDir;

pub(crate) struct Sample {
    pub(crate) dune: Dune,
    pub(crate) local: LocalDune,
    pub(crate) workspace: Workspace,
    _folder: TempDir,
}

impl Sample {
    /// The workspace with the trades of the first `days` days, served.
    pub(crate) async fn with_days(days: u32) -> Sample {
        Sample::with_days_and(days, &[]).await
    }

    /// The same, with queries added to it: id and SQL.
    pub(crate) async fn with_days_and(days: u32, queries: &[(i64, &str)]) -> Sample {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::create(folder.path(), days).unwrap();
        let manifest = workspace.folder().join("dune.toml");
        let mut text = fs::read_to_string(&manifest).unwrap();
        for (id, sql) in queries {
            let file = format!("queries/{id}.sql");
            fs::write(workspace.folder().join(&file), sql).unwrap();
            text +=
                &format!("\n[[queries]]\nid = {id}\nname = \"Query {id}\"\nfile = \"{file}\"\n");
        }
        fs::write(&manifest, text).unwrap();
        let (local, dune) = served(workspace.folder()).await;
        Sample {
            dune,
            local,
            workspace,
            _folder: folder,
        }
    }

    /// The same folder served anew: what was changed in its files counts.
    pub(crate) async fn restarted(self) -> Sample {
        self.local.shutdown().await;
        let (local, dune) = served(self.workspace.folder()).await;
        Sample {
            dune,
            local,
            ..self
        }
    }
}

// ANCHOR: server
/// A local Dune over the folder, and a client of it.
async fn served(folder: &Path) -> (LocalDune, Dune) {
    let local = LocalDune::start(folder).await.unwrap();
    let dune = client(&local);
    (local, dune)
}

/// A client as another process would have it: it shares nothing with any other.
pub(crate) fn client(local: &LocalDune) -> Dune {
    Dune::builder()
        .base_url(local.base_url())
        .api_key(local.api_key())
        .build()
        .unwrap()
}
// ANCHOR_END: server
