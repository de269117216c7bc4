//! The programs in `examples/`, run as they are against a local Dune over HTTP; what they answer is added up a second time
//! from the file of trades, without any SQL.

/// A program of `examples/`, of which everything but `main` is run here.
macro_rules! program {
    ($name:ident, $path:literal) => {
        #[path = $path]
        #[allow(dead_code, clippy::print_stdout, reason = "only `main` prints")]
        mod $name;
    };
}
program!(alert, "../../examples/examples/alert.rs");
program!(ask, "../../examples/examples/ask.rs");
program!(backend, "../../examples/examples/backend.rs");
program!(backfill, "../../examples/examples/backfill.rs");
program!(dashboard, "../../examples/examples/dashboard.rs");
program!(desk, "../../examples/examples/desk.rs");
program!(nightly, "../../examples/examples/nightly.rs");
program!(oncall, "../../examples/examples/oncall.rs");
program!(resume, "../../examples/examples/resume.rs");
program!(tested, "../../examples/examples/tested.rs");
program!(to_parquet, "../../examples/examples/to_parquet.rs");

mod asking;
mod board;
mod days;
mod killed;
mod ledger;
mod morning;
mod night;
mod shared;
mod web;
mod whole;
