//! The public surface of the generated client: it is what the snapshot says, and it follows the
//! documents. The steps of `build.rs` are called here, so that documents can be changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what these do in a test is fail it"
)]

mod hostile;
mod published;
mod snapshot;
mod update;
