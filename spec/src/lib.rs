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

use std::path::PathBuf;

/// The folder of the bundled pages, one endpoint a page, in files as Dune publishes them.
#[must_use]
pub fn pages_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pages")
}

/// The bundled overlay: what Dune's documents leave out, each entry with its reason.
#[must_use]
pub fn overlay_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("overlay.toml")
}

/// Loads the bundled pages and normalises them with the bundled overlay.
///
/// # Errors
/// Every fault of the pages, of the overlay and of what they become together.
pub fn bundled() -> Result<Outcome, Faults> {
    let pages = Page::load_folder(&pages_dir())?;
    let overlay = Overlay::load(&overlay_file())?;
    Ok(normalise(pages, &overlay, Coverage::Whole))
}
