//! A server that is killed while it writes a view or an uploaded table: the old rows answer afterwards.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dune_local::LocalDune;

use crate::engine::Scripted;
use crate::wire::{ended, get, post, send, start};
use crate::workspace::Workspace;

const FOLDER: &str = "DUNE_LOCAL_TEST_FOLDER";

/// The other process: a server on the folder that it is told, which refreshes its view and never
/// comes to the end of it. Without a folder it is nothing.
#[tokio::test]
async fn the_process_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let engine = Scripted {
        hang: Some(folder.join("half-written")),
        ..Scripted::default()
    };
    let local = LocalDune::builder(&folder)
        .engine(Arc::new(engine))
        .start()
        .await
        .unwrap();
    post(&local, "/materialized-views/result_a/refresh", "").await;
    insert(&local, "new rows").await;
    std::future::pending::<()>().await;
}

async fn insert(local: &LocalDune, rows: &str) {
    let headers = format!(
        "Host: x\r\nX-Dune-Api-Key: {}\r\nContent-Type: text/csv\r\n",
        local.api_key()
    );
    send(local, "POST /api/v1/uploads/acme/t/insert", &headers, rows).await;
}

/// Runs a server on the workspace until it has written half a file, and kills it.
async fn kill_half_way(workspace: &Workspace) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["killed::the_process_to_be_killed", "--exact"])
        .env(FOLDER, workspace.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !workspace.path().join("half-written").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it does not begin to write"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn the_old_view_answers_after_a_kill_and_nothing_is_left_over() {
    let workspace = Workspace::new()
        .table("t", "old rows")
        .query(1, "copy(t)")
        .view("a", 1);
    workspace.serve().await.shutdown().await;
    workspace.write("tables/t.csv", "new rows");

    kill_half_way(&workspace).await;
    let folder = workspace.path().join(".dune/views/dune.acme.result_a");
    assert_eq!(
        count(&folder),
        3,
        "the pointer, the old version and half of the new one"
    );

    let local = workspace.serve().await;
    let id = start(
        &local,
        "/sql/execute",
        r#"{"sql":"copy(dune.acme.result_a)"}"#,
    )
    .await;
    ended(&local, &id).await;
    let results = get(&local, &format!("/execution/{id}/results"))
        .await
        .json();
    assert_eq!(results["result"]["rows"][0]["text"], "old rows");
    assert_eq!(count(&folder), 2, "the half is gone");
}

#[tokio::test]
async fn the_old_rows_of_an_uploaded_table_answer_after_a_kill_and_nothing_is_left_over() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let body = r#"{"namespace":"acme","table_name":"t","schema":[{"name":"a","type":"bigint"}]}"#;
    assert_eq!(post(&local, "/uploads", body).await.status, 200);
    insert(&local, "old rows").await;
    local.shutdown().await;

    kill_half_way(&workspace).await;
    let uploads = workspace.path().join(".dune/uploads");
    let folder = uploads.join("dune.acme.t");
    assert_eq!(
        count(&folder),
        3,
        "the record, the old version and half of the new one"
    );
    assert_eq!(count(&uploads), 2, "the table and what was received");

    let local = workspace.serve().await;
    let id = start(&local, "/sql/execute", r#"{"sql":"copy(dune.acme.t)"}"#).await;
    ended(&local, &id).await;
    let results = get(&local, &format!("/execution/{id}/results"))
        .await
        .json();
    assert_eq!(results["result"]["rows"][0]["text"], "old rows");
    assert_eq!(
        (count(&folder), count(&uploads)),
        (2, 1),
        "the halves are gone"
    );
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}
