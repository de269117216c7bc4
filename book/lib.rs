//! The manual of dune-pipeline: `cargo test` compiles and runs what its chapters show as right, and `tests/` holds the rest of it true.
//! What is marked `rust` is tested here. What is marked `rs` looks the same and is not, for mdBook fills it in from a file that has tests of its own.

/// A chapter, whose examples are doc tests.
macro_rules! chapter {
    ($($name:ident = $file:literal;)*) => {$(
        #[cfg(doctest)]
        #[doc = include_str!(concat!("src/", $file))]
        mod $name {}
    )*};
}

chapter! {
    start = "start.md";
    language = "language.md";
    rules = "rules.md";
    rules_dependencies = "rules/dependencies.md";
    rules_names = "rules/names.md";
    rules_kinds = "rules/kinds.md";
    rules_targets = "rules/targets.md";
    rules_modifiers = "rules/modifiers.md";
    rules_parameters = "rules/parameters.md";
    rules_composition = "rules/composition.md";
    rules_writing = "rules/writing.md";
    rules_types = "rules/types.md";
    rules_run_time = "rules/run_time.md";
    parameters = "parameters.md";
    composition = "composition.md";
    warnings = "warnings.md";
    drawings = "drawings.md";
    editor = "editor.md";
    running = "running.md";
    executions = "executions.md";
    rows = "rows.md";
    api = "api.md";
    patience = "patience.md";
    errors = "errors.md";
    command = "command.md";
    five = "five.md";
    testing = "testing.md";
}
