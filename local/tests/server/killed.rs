//! A server that is killed while it writes a view: the old rows answer afterwards.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dune_local::LocalDune;

use crate::engine::Scripted;
use crate::wire::{ended, get, post, start};
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
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn the_old_view_answers_after_a_kill_and_nothing_is_left_over() {
    let workspace = Workspace::new()
        .table("t", "old rows")
        .query(1, "copy(t)")
        .view("a", 1);
    workspace.serve().await.shutdown().await;
    workspace.write("tables/t.csv", "new rows");

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

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}
