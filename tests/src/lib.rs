//! What spans the crates of dune-pipeline: end to end.
