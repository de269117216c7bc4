//! What is fuzzed, as functions of bytes: each panics where something is wrong, and does nothing else. `main.rs` and the
//! targets in `libfuzzer/` feed them.

mod bytes;
mod graph;
mod pipeline;

pub use graph::graph;
pub use pipeline::pipeline;
