//! The local Dune over real sockets, as its clients meet it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say what went wrong by stopping"
)]

mod api;
mod datasets;
mod engine;
mod executions;
mod killed;
mod pipelines;
mod real;
mod results;
mod start;
mod uploads;
mod usage;
mod views;
mod walk;
mod wide;
mod wire;
mod workspace;
