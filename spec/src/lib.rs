//! Dune's OpenAPI documents, merged and normalised for code generation.
