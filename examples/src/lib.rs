//! Pipelines to start from, and the workspace they run on.
