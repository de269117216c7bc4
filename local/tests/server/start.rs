//! Starting on a workspace: what is listed, what starts all the same, what does not.

use std::sync::Arc;

use dune_local::{LocalDune, StartError};

use crate::engine::Scripted;
use crate::wire::{ended, start};
use crate::workspace::Workspace;

async fn refused(workspace: &Workspace) -> StartError {
    workspace.write_manifest();
    let builder = LocalDune::builder(workspace.path()).engine(Arc::new(Scripted::default()));
    builder.start().await.unwrap_err()
}

#[tokio::test]
async fn the_manifest_the_tables_and_the_rings_are_listed_together() {
    let workspace = Workspace::new()
        .table("bad", "x\nbroken")
        .query(1, "from dune.acme.result_b")
        .query(2, "from dune.acme.result_a")
        .view("a", 1)
        .view("b", 2)
        .view("c", 9);
    let error = refused(&workspace).await;
    assert_eq!(
        error.to_string(),
        "the workspace has 3 faults:\n\
         dune.toml:15: these views read each other in a ring: `dune.acme.result_a` -> `dune.acme.result_b` -> \
         `dune.acme.result_a`\n  help: let one of their queries read tables instead\n\
         dune.toml:22: the view `dune.acme.result_c` holds the rows of query 9, and there is none\n  \
         help: the queries are `1`, `2`\n\
         tables/bad.csv:2: column `x`: `x\\nbroken` is no bigint\n  \
         help: mend the cell, or declare another type for the column"
    );
    assert!(
        !workspace.path().join(".dune").exists(),
        "nothing has started"
    );
}

#[tokio::test]
async fn wrong_sql_is_a_warning_and_fails_with_the_same_text_when_it_runs() {
    let workspace = Workspace::new()
        .query(1, "fail(Column 'x' cannot be resolved)")
        .query(2, "rows(1)\nwhere {{gone}}")
        .query(3, "rows(1)")
        .query(4, "rows(1) 'open");
    let local = workspace.serve().await;
    let warnings: Vec<_> = local.warnings().iter().cloned().collect();
    assert_eq!(warnings.len(), 3, "{}", local.warnings());
    for (warning, (file, line, id)) in warnings.iter().zip([
        ("queries/1.sql", 1, 1),
        ("queries/2.sql", 2, 2),
        ("queries/4.sql", 1, 4),
    ]) {
        assert_eq!((warning.file.as_str(), warning.line), (file, Some(line)));
        let place = warning
            .column
            .map_or_else(String::new, |column| format!("line {line}:{column}: "));
        let execution = start(&local, &format!("/query/{id}/execute"), "").await;
        let status = ended(&local, &execution).await;
        let message = status["error"]["message"].as_str().unwrap();
        assert_eq!(
            message,
            format!("{place}{} [Execution ID: {execution}]", warning.message)
        );
    }
    let execution = start(&local, "/query/3/execute", "").await;
    assert_eq!(
        ended(&local, &execution).await["state"],
        "QUERY_STATE_COMPLETED"
    );
}

#[tokio::test]
async fn a_view_that_cannot_be_filled_does_not_stop_the_rest() {
    let workspace = Workspace::new()
        .query(1, "fail(no)")
        .query(2, "rows(1)")
        .view("a", 1)
        .view("b", 2);
    let local = workspace.serve().await;
    assert_eq!(local.warnings().len(), 1);
    let execution = start(
        &local,
        "/sql/execute",
        r#"{"sql":"copy(dune.acme.result_b)"}"#,
    )
    .await;
    assert_eq!(
        ended(&local, &execution).await["state"],
        "QUERY_STATE_COMPLETED"
    );
}

#[tokio::test]
async fn a_second_server_on_one_workspace_is_refused() {
    let workspace = Workspace::new();
    let first = workspace.serve().await;
    let error = refused(&workspace).await;
    assert!(
        error
            .to_string()
            .contains("another server runs on this workspace"),
        "{error}"
    );
    first.shutdown().await;
    workspace.serve().await.shutdown().await;
}

#[tokio::test]
async fn settings_are_obeyed_or_refused() {
    let workspace = Workspace::new();
    workspace.write_manifest();
    let state = tempfile::tempdir().unwrap();
    let builder = || LocalDune::builder(workspace.path()).engine(Arc::new(Scripted::default()));
    let local = builder()
        .api_key("mine")
        .state_folder(state.path())
        .start()
        .await
        .unwrap();
    assert_eq!(local.api_key(), "mine");
    assert!(!workspace.path().join(".dune").exists());
    for key in ["", "two words", "naïve"] {
        assert!(
            matches!(builder().api_key(key).start().await, Err(StartError::Key)),
            "{key}"
        );
    }
    let taken = local
        .base_url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let error = builder().port(taken).start().await.unwrap_err();
    assert!(
        error.to_string().contains("cannot be listened on"),
        "{error}"
    );
    let other = builder().start().await.unwrap();
    assert_ne!(local.api_key(), other.api_key(), "keys are random");
    assert!(other.base_url().starts_with("http://127.0.0.1:"));
}
