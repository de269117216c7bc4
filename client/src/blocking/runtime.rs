//! What the calls of this module wait on: a tokio of their own, which goes on tending connections between two calls.
//! On a runtime that only runs within a call, a connection that was closed meanwhile would be found out too late.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::{Builder, Handle};

use crate::error::Error;

/// A runtime with one thread, for one client and all that comes from it. It ends with the last of them.
#[derive(Clone)]
pub(super) struct Runtime {
    shared: Arc<Owned>,
}

struct Owned {
    handle: Handle,
    /// Taken only to end it.
    runtime: Option<tokio::runtime::Runtime>,
}

impl Runtime {
    pub(super) fn start() -> Result<Runtime, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("dune-pipeline")
            .enable_all()
            .build()
            .map_err(Error::NoRuntime)?;
        Ok(Runtime {
            shared: Arc::new(Owned {
                handle: runtime.handle().clone(),
                runtime: Some(runtime),
            }),
        })
    }

    /// Waits on this thread until it is done.
    ///
    /// # Errors
    /// [`Error::InsideRuntime`] on a thread that belongs to a runtime already, which would stand still; else its own.
    pub(super) fn wait_for<T>(
        &self,
        future: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        if Handle::try_current().is_ok() {
            return Err(Error::InsideRuntime);
        }
        self.shared.handle.block_on(future)
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // Waiting for its thread would panic where the last client is dropped inside another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}
