//! The command `dune-pipeline`.
fn main() {}
