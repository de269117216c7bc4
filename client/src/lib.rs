//! Declare pipelines on Dune in Rust, checked at compile time, and run them.
