//! The low-level client of Dune's API, generated from its published documents.
