//! A local Dune: its API over an embedded SQL engine and a folder of files.

pub mod engine;
