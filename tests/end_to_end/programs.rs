//! The programs in `examples/`, run as they are against a local Dune over HTTP; what they answer is added up a second time
//! from the file of trades, without any SQL.

#[path = "../../examples/examples/alert.rs"]
#[allow(
    dead_code,
    clippy::print_stdout,
    reason = "a program, of which only the pipeline is run here"
)]
mod alert;
#[path = "../../examples/examples/desk.rs"]
#[allow(
    dead_code,
    clippy::print_stdout,
    reason = "a program, of which only the pipeline is run here"
)]
mod desk;

mod ledger;
mod shared;
