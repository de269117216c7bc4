//! What becomes of documents: read, merged, normalised, refused, compared.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what these do in a test is fail it"
)]

mod command;
mod differences;
mod hostile;
mod loading;
mod merging;
mod overlay;
mod passes;
mod published;
mod refusals;
mod small;
mod types;
