//! Nothing here: `tests/editor` shows pipelines to rust-analyzer and asks what an editor asks. It is a package of its own
//! because it must not wait for the SQL engine that others of `tests/` link.
