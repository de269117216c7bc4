//! The `pipeline!` macro of `dune-pipeline`.
