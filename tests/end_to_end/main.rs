//! From the macro to rows: `pipeline!`, the client, HTTP, the local Dune, SQL, and back.
//! One binary for all of them, because each one links the engine.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

mod blocking;
mod failures;
mod lineage;
mod programs;
mod rows;
mod sample;
mod stale;
mod uploads;
mod wire;
