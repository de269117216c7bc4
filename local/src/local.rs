//! A local Dune from its start to its end: the workspace is read, its tables attached, its views
//! filled where they never were, and then it is served.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::check;
use crate::engine::{DataFusionEngine, Engine, Settings};
use crate::executions::{Executions, Limits};
use crate::library::{Library, Origin, RecordsError};
use crate::pipelines::Pipelines;
use crate::server::{self, App};
use crate::state::{StateError, StateFolder};
use crate::statement::{LineageError, rings};
use crate::uploads::{Uploads, UploadsError};
use crate::versions::Eras;
use crate::views::{Views, ViewsError};
use crate::workspace::{self, Faults, MANIFEST, Tables};

/// How long open connections may take to end when the server stops.
const GOODBYE: Duration = Duration::from_secs(5);

/// A Dune of one's own over a folder of files, served on this machine.
///
/// It stops when it is dropped; [`shutdown`](Self::shutdown) also waits until it has.
pub struct LocalDune {
    app: Arc<App>,
    warnings: Faults,
    stop: CancellationToken,
    serving: Option<JoinHandle<()>>,
    _state: StateFolder,
}

impl LocalDune {
    /// Serves the workspace in `folder` on a free port of this machine, with a key of its own.
    ///
    /// # Errors
    /// Everything that is wrong with the workspace, or what keeps the server from starting.
    pub async fn start(folder: impl AsRef<Path>) -> Result<Self, StartError> {
        Self::builder(folder).start().await
    }

    /// The same with other settings.
    pub fn builder(folder: impl AsRef<Path>) -> LocalDuneBuilder {
        let parallel = std::thread::available_parallelism().map_or(1, usize::from);
        LocalDuneBuilder {
            folder: folder.as_ref().to_owned(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            api_key: None,
            state_folder: None,
            engine: None,
            parallel: parallel.max(4),
        }
    }

    /// The address, as `http://127.0.0.1:PORT`: what Dune's clients take as base URL.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// The key that requests have to carry.
    pub fn api_key(&self) -> &str {
        &self.app.key
    }

    /// What is wrong with queries and views. It does not keep the rest from working; what is
    /// listed here fails when it runs, with the same text.
    pub fn warnings(&self) -> &Faults {
        &self.warnings
    }

    /// Waits until the server ends by itself, which it only does when its socket fails.
    pub async fn serve(&mut self) {
        if let Some(serving) = &mut self.serving {
            // The server's task has nothing to panic with; an end is an end.
            let _ = serving.await;
            self.serving = None;
        }
    }

    /// Cancels what runs, closes the connections and frees the workspace for another server.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        self.app.executions.stop().await;
        self.app.uploads.stop().await;
        if let Some(serving) = self.serving.take() {
            let abort = serving.abort_handle();
            if tokio::time::timeout(GOODBYE, serving).await.is_err() {
                abort.abort();
            }
        }
    }
}

impl Drop for LocalDune {
    fn drop(&mut self) {
        self.stop.cancel();
        self.app.executions.cancel_all();
        self.app.uploads.close();
    }
}

impl fmt::Debug for LocalDune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalDune")
            .field("base_url", &self.app.base_url)
            .finish_non_exhaustive()
    }
}

/// The settings of a [`LocalDune`].
#[must_use]
pub struct LocalDuneBuilder {
    folder: PathBuf,
    address: IpAddr,
    port: u16,
    api_key: Option<String>,
    state_folder: Option<PathBuf>,
    engine: Option<Arc<dyn Engine>>,
    parallel: usize,
}

impl LocalDuneBuilder {
    /// The port to listen on; a free one unless this is called.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The address to listen on; `127.0.0.1` unless this is called. Who can reach it and has the
    /// key can read the whole workspace.
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// The key that requests have to carry; a random one unless this is called.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Where the views' rows are kept; the folder `.dune` in the workspace unless this is called.
    pub fn state_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.state_folder = Some(folder.into());
        self
    }

    /// The engine that answers the SQL; DataFusion unless this is called.
    pub fn engine(mut self, engine: Arc<dyn Engine>) -> Self {
        self.engine = Some(engine);
        self
    }

    /// How many executions run at the same time, and how many nodes of one pipeline; the number of
    /// this machine's cores, at least 4, unless this is called.
    pub fn parallel(mut self, executions: usize) -> Self {
        self.parallel = executions.max(1);
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// Everything that is wrong with the workspace, or what keeps the server from starting.
    pub async fn start(self) -> Result<LocalDune, StartError> {
        let key = match self.api_key {
            Some(key) if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                return Err(StartError::Key);
            }
            Some(key) => key,
            None => random_key(),
        };
        let engine = match self.engine {
            Some(engine) => engine,
            None => {
                let engine = DataFusionEngine::new(&Settings::default());
                Arc::new(engine.map_err(StartError::Engine)?)
            }
        };
        let (workspace, mut faults) = workspace::load(&self.folder);
        let Some(workspace) = workspace else {
            return Err(StartError::Workspace(faults));
        };
        let library = Library::new(&workspace);
        tell_rings(&library, &mut faults);
        let tables = match Tables::attach(&*engine, workspace.tables).await {
            Ok(tables) if faults.is_empty() => tables,
            Ok(_) => return Err(StartError::Workspace(faults)),
            Err(others) => {
                faults.append(others);
                return Err(StartError::Workspace(faults));
            }
        };
        let state = StateFolder::open(&self.folder, self.state_folder)?;
        let library = Arc::new(library.with_records(state.records())?);
        let eras = Arc::new(Eras::default());
        let views = Views::new(state.views(), Arc::clone(&engine), Arc::clone(&eras))?;
        let views = Arc::new(views);
        let uploads = Uploads::open(state.uploads(), Arc::clone(&engine), &library, eras).await?;
        let limits = Limits {
            parallel: self.parallel,
            result_bytes: 1 << 30,
            kept_bytes: 4 << 30,
            kept: 100_000,
        };
        let tables = Arc::new(tables);
        let executions = Executions::new(
            Arc::clone(&engine),
            Arc::clone(&tables),
            Arc::clone(&views),
            state.folder().to_owned(),
            limits,
        );
        let pipelines = Pipelines::new(executions.clone(), self.parallel);
        check::fill(&library, &views, &pipelines).await?;
        let warnings = check::queries(&library, &views, &*engine).await;

        let address = SocketAddr::new(self.address, self.port);
        let failed = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let mut bound = listener.local_addr().map_err(failed)?;
        if bound.ip().is_unspecified() {
            bound.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let app = Arc::new(App {
            key,
            base_url: format!("http://{bound}"),
            library,
            tables,
            views,
            uploads: Arc::new(uploads),
            executions,
            pipelines,
            state_folder: state.folder().to_owned(),
        });
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let router = server::router(Arc::clone(&app));
        let serving = tokio::spawn(async move {
            // axum's server ends only when it is asked to.
            let _ = axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await;
        });
        Ok(LocalDune {
            app,
            warnings,
            stop,
            serving: Some(serving),
            _state: state,
        })
    }
}

impl fmt::Debug for LocalDuneBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalDuneBuilder")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// Why a local Dune does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The workspace has faults. All are listed, each with its remedy.
    #[error("the workspace has {} fault{}:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, .0)]
    Workspace(Faults),
    /// The key is empty or has characters that a header cannot carry. Choose letters and digits.
    #[error("the API key must be of visible ASCII characters, at least one")]
    Key,
    /// The folder of the server's own files cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The queries and views that were made over the API cannot be read.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The rows of the views cannot be read.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// The uploaded tables cannot be read.
    #[error(transparent)]
    Uploads(#[from] UploadsError),
    /// The address cannot be listened on. Choose another port, or none for a free one.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The engine has no threads to run on. Stop other programs, or raise the limit.
    #[error("the engine cannot start: {0}")]
    Engine(std::io::Error),
}

/// Views that read each other can never be filled: nothing starts.
fn tell_rings(library: &Library, faults: &mut Faults) {
    for ring in rings(library) {
        let first = ring.first().and_then(|name| library.view(name));
        let line = first.and_then(|view| match view.origin {
            Origin::Manifest { line, .. } => Some(line),
            Origin::Api => None,
        });
        let message = LineageError::Ring(ring).to_string();
        faults.add(
            MANIFEST,
            line,
            message,
            "let one of their queries read tables instead",
        );
    }
}

fn random_key() -> String {
    let bytes: [u8; 16] = rand::random();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("local-{hex}")
}
