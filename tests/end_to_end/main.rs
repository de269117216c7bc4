//! From the macro to rows: `pipeline!`, the client, HTTP, the local Dune, SQL, and back.
//! One binary for all of them, because each one links the engine.

mod failures;
mod lineage;
mod rows;
mod sample;
mod stale;
mod wire;
