//! A local Dune: its API over an embedded SQL engine and a folder of files.

#![doc = include_str!("../README.md")]

mod check;
mod durable;
pub mod engine;
mod executions;
mod library;
mod local;
mod parameters;
mod pipelines;
mod server;
mod state;
mod statement;
mod uploads;
mod versions;
mod views;
mod workspace;

pub use self::library::RecordsError;
pub use self::local::{LocalDune, LocalDuneBuilder, StartError};
pub use self::state::StateError;
pub use self::uploads::UploadsError;
pub use self::views::ViewsError;
pub use self::workspace::{Fault, Faults, MANIFEST};
