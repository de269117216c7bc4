//! The same client for programs without `async` (feature `blocking`): the same names, and calls that return when they are
//! done.
//!
//! ```no_run
//! use dune_pipeline::{blocking::Dune, pipeline};
//!
//! #[derive(serde::Deserialize)]
//! struct Trend {
//!     day: String,
//!     volume_usd: f64,
//! }
//!
//! # fn main() -> Result<(), dune_pipeline::Error> {
//! let daily = pipeline![
//!     volume = refresh("dune.acme.result_dex_daily"),
//!     trend = query(3103).after(volume),
//! ];
//!
//! let run = Dune::from_env()?.execute(&daily)?;
//! run.wait()?;
//! for day in run.rows::<Trend>(daily.trend)? {
//!     println!("{} {:.2} USD", day.day, day.volume_usd);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Pipelines, statuses, rows and errors are the types of the crate itself. A client has one thread of its own, which tends
//! its connections; it ends with the last clone of the client and of what came from it.
//!
//! Inside an async program use the async client: on a thread of a tokio runtime each call here is refused with
//! [`Error::InsideRuntime`](crate::Error::InsideRuntime), for it would hold up everything else on that thread.

mod account;
mod dune;
mod events;
mod execution;
mod list;
mod materialized_views;
mod queries;
mod rows;
mod run;
mod runtime;
mod uploads;

pub use self::dune::Dune;
pub use self::events::Events;
pub use self::execution::Execution;
pub use self::list::List;
pub use self::materialized_views::UpsertedMaterializedView;
pub use self::rows::{Pages, Results};
pub use self::run::Run;
