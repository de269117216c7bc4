//! Dune's OpenAPI documents: loaded page by page, merged, and normalised into one document that
//! [progenitor](https://docs.rs/progenitor) turns into a client without loss.
//!
//! The way through: [`Page`]s are loaded, [`normalise`] merges them and runs the named passes with
//! the [`Overlay`] of what the documents leave out, and the [`Outcome`] holds the document, what
//! each pass did, and every [`Fault`]. [`Outcome::document`] gives the document out only if there
//! is no fault.

mod diff;
mod fault;
#[cfg(feature = "generate")]
mod generate;
mod load;
mod merge;
mod overlay;
mod passes;
mod report;
#[cfg(feature = "generate")]
mod sizes;
mod spec;
#[cfg(feature = "generate")]
mod surface;
mod walk;

pub use diff::{Change, diff};
pub use fault::{Fault, Faults, Place};
#[cfg(feature = "generate")]
pub use generate::{GenerateError, Generated};
pub use load::Page;
pub use overlay::Overlay;
pub use passes::{Coverage, Outcome, normalise};
pub use report::{PassReport, Report};
pub use spec::{Method, Operation, Spec};

use std::path::{Path, PathBuf};

/// The folder of this crate, which holds the bundled [`pages`](pages_dir) and the
/// [overlay](overlay_file), as it was when the crate was compiled.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the bundled pages, one endpoint a page, in files as Dune publishes them.
#[must_use]
pub fn pages_dir() -> PathBuf {
    folder().join(PAGES)
}

/// The bundled overlay: what Dune's documents leave out, each entry with its reason.
#[must_use]
pub fn overlay_file() -> PathBuf {
    folder().join(OVERLAY)
}

/// Where the pages stand in the crate's folder.
pub const PAGES: &str = "pages";

/// Where the overlay stands in the crate's folder.
pub const OVERLAY: &str = "overlay.toml";

/// Loads the pages and the overlay of a folder that is laid out as this crate's is, and normalises
/// them as the whole API.
///
/// # Errors
/// Every fault in the files themselves; those of what they become together are in the [`Outcome`].
pub fn load(folder: &Path) -> Result<Outcome, Faults> {
    let pages = Page::load_folder(&folder.join(PAGES))?;
    let overlay = Overlay::load(&folder.join(OVERLAY))?;
    Ok(normalise(pages, &overlay, Coverage::Whole))
}

/// Loads and normalises the bundled pages with the bundled overlay.
///
/// # Errors
/// As for [`load`].
pub fn bundled() -> Result<Outcome, Faults> {
    load(&folder())
}
