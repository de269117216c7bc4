//! What needs the SQL engine: a local Dune over a folder, and how near its answers are to Trino's.
//! The feature `local`, on by default, is this room.

pub(crate) mod conformance;
mod error;
pub(crate) mod serve;

pub(crate) use error::LocalError;
