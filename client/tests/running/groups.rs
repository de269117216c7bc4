//! The rows of an `each`: one list a node, in the order of its items, and none of another pipeline's.

use dune_pipeline::{Error, QueryNodes, Run, State, pipeline};
use serde_json::{Value, json};

use crate::rows::Numbered;
use crate::server::{Reply, Request, Server};
use crate::{RUN, dune};

/// A run of one refresh and a query for each chain, whose execution `01<chain>` has as many rows as the chain's name has letters.
async fn server(state_of_base: &'static str) -> Server {
    Server::start(
        move |_, request| match request.target.contains("/results") {
            true => rows(request),
            false => {
                let share = |id: i64, chain: &str, state: &str| {
                    let error = (state == "failed").then_some("no such column");
                    json!({"id": id, "query_execution_status": {
                        "query_id": 3101, "status": state, "execution_id": format!("01{chain}"), "error": error,
                    }})
                };
                Reply::json(json!({"status": "completed", "node_executions": [
                    {"id": 1, "materialized_view_refresh_status": {"name": "mv_1", "status": "completed"}},
                    share(2, "ethereum", "completed"),
                    share(3, "base", state_of_base),
                    share(4, "bnb", "completed"),
                ]}))
            }
        },
    )
    .await
}

fn rows(request: &Request) -> Reply {
    let execution = request
        .target
        .split('/')
        .find(|part| part.starts_with("01"));
    let chain = execution.unwrap().trim_start_matches("01");
    let rows: Vec<Value> = (0..chain.len()).map(|n| json!({"n": n})).collect();
    Reply::json(json!({
        "execution_id": execution, "is_execution_finished": true, "state": "QUERY_STATE_COMPLETED",
        "result": {"rows": rows, "metadata": {"total_row_count": chain.len()}},
    }))
}

fn shares(server: &Server) -> (Run, QueryNodes) {
    let daily = pipeline![
        volume = refresh("mv_1"),
        share = each(["ethereum", "base", "bnb"], |chain| query(3101)
            .parameters(blockchain = chain)
            .after(volume)),
    ];
    let run = dune(server.url()).run(RUN).unwrap().attach(&daily).unwrap();
    (run, daily.share.clone())
}

#[tokio::test]
async fn rows_of_each_are_one_list_a_node_in_order() {
    let server = server("completed").await;
    let (run, share) = shares(&server);
    run.wait().await.unwrap();
    let all: Vec<Vec<Numbered>> = run.rows_of_each(&share).await.unwrap();
    let counts: Vec<usize> = all.iter().map(Vec::len).collect();
    assert_eq!(counts, [8, 4, 3]);
    assert_eq!(all[1][3].n, 3);
    let one: Vec<Numbered> = run.rows(share.get(2).unwrap()).await.unwrap();
    assert_eq!(one.len(), 3);
    let backwards: Vec<_> = share.iter().rev().collect();
    let some: Vec<Vec<Numbered>> = run.rows_of_each(backwards).await.unwrap();
    assert_eq!(some.iter().map(Vec::len).collect::<Vec<_>>(), [3, 4, 8]);
    let status = server.requests();
    let status = status
        .iter()
        .filter(|read| read.target.ends_with("/status"));
    assert_eq!(
        status.count(),
        1,
        "a run that was waited for is not asked again"
    );
}

#[tokio::test]
async fn a_member_of_a_group_is_told_with_its_item() {
    let server = server("failed").await;
    let (run, share) = shares(&server);
    let error = run.rows_of_each::<Numbered>(&share).await.unwrap_err();
    assert!(matches!(error, Error::NodeFailed { .. }), "{error}");
    assert_eq!(error.node(), Some("`share[1]` (blockchain = base)"));
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN}: node `share[1]` (blockchain = base) failed (it waited for `volume`): no such column"
        )
    );
    let status = run.status().await.unwrap();
    assert_eq!(
        status.node_by_label("share[1]").map(|node| node.id()),
        Some(3)
    );
}

#[tokio::test]
async fn a_status_and_a_failed_run_say_which_items_they_speak_of() {
    let server = server("failed").await;
    let (run, _) = shares(&server);
    let error = run.wait().await.unwrap_err();
    let failed = "`share[1]` (blockchain = base) failed";
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN} ended as completed\n  node {failed} (it waited for `volume`): no such column"
        )
    );
    let status = run.status().await.unwrap();
    assert_eq!(
        status.to_string(),
        format!(
            "run {RUN} completed\n  `volume` completed\n  `share[0]` (blockchain = ethereum) completed\n  \
             {failed}: no such column\n  `share[2]` (blockchain = bnb) completed"
        )
    );
    assert_eq!(status.nodes()[2].label(), Some("share[1]"));
}

#[tokio::test]
async fn what_was_not_run_for_a_member_says_for_which_item() {
    let daily = pipeline![
        views = each(
            ["dune.acme.result_a", "dune.acme.result_b"],
            |view| refresh(view)
        ),
        top = query(3105).after(views),
    ];
    let view = |id: i64, status: &str, view: &str| {
        json!({"id": id, "materialized_view_refresh_status": {
            "name": view, "status": status, "execution_id": format!("01{id}"),
        }})
    };
    let top = json!({"id": 3, "query_execution_status": {"query_id": 3105, "status": "failed"}});
    let server = Server::replies([Reply::json(json!({"status": "failed", "node_executions": [
        view(1, "completed", "dune.acme.result_a"), view(2, "failed", "dune.acme.result_b"), top,
    ]}))])
    .await;
    let run = dune(server.url()).run(RUN).unwrap().attach(&daily).unwrap();
    let error = run.rows::<Numbered>(daily.top).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("run {RUN}: node `top` was not run because `views[1]` (dune.acme.result_b) failed")
    );
}

#[tokio::test]
async fn the_rows_of_what_completed_can_be_read_when_a_member_failed() {
    let server = server("failed").await;
    let (run, share) = shares(&server);
    run.wait().await.unwrap_err();
    let mut read = Vec::new();
    for node in &share {
        match run.rows::<Numbered>(node).await {
            Ok(rows) => read.push(rows.len()),
            Err(error) => assert_eq!(error.node(), Some("`share[1]` (blockchain = base)")),
        }
    }
    assert_eq!(read, [8, 3]);
}

#[tokio::test]
async fn a_status_gives_the_nodes_of_a_group_in_order() {
    let server = server("executing").await;
    let (run, share) = shares(&server);
    let status = run.status().await.unwrap();
    let nodes = status.nodes_of(&share);
    assert_eq!(nodes.len(), 3);
    let states: Vec<_> = nodes.map(|node| node.unwrap().state().clone()).collect();
    assert_eq!(
        states,
        [State::Completed, State::Executing, State::Completed]
    );
    let last = status.nodes_of(&share).next_back().flatten();
    assert_eq!(last, share.get(2).and_then(|node| status.node(node)));
    let (_, other) = shares(&server);
    assert!(status.nodes_of(&other).all(|node| node.is_none()));

    let views = pipeline![
        volume = each(["mv_1", "mv_2"], |view| refresh(view)),
        share = each([(); 3], |()| query(3101).after(volume)),
    ];
    let server = Server::replies([Reply::json(
        json!({"status": "executing", "node_executions": [
            {"id": 2, "materialized_view_refresh_status": {"name": "mv_2", "status": "executing"}},
        ]}),
    )])
    .await;
    let run = dune(server.url()).run(RUN).unwrap().attach(&views).unwrap();
    let status = run.status().await.unwrap();
    let listed: Vec<_> = status
        .nodes_of(&views.volume)
        .map(|node| node.is_some())
        .collect();
    assert_eq!(
        listed,
        [false, true],
        "one item a member, also where Dune lists no node"
    );
}

#[tokio::test]
async fn a_group_of_another_pipeline_is_refused_before_anything_is_asked() {
    let server = server("completed").await;
    let (run, _) = shares(&server);
    let (_, other) = shares(&server);
    let error = run.rows_of_each::<Numbered>(&other).await.unwrap_err();
    assert!(matches!(error, Error::ForeignNode { .. }), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn handles_of_a_base_are_foreign_in_a_run_of_the_whole() {
    let server = server("completed").await;
    let base = pipeline![
        volume = refresh("mv_1"),
        ethereum = query(3101).after(volume)
    ];
    let whole = pipeline![
        ..&base,
        base = query(3101).after(volume),
        bnb = query(3101).after(volume),
    ];
    let run = dune(server.url()).run(RUN).unwrap().attach(&whole).unwrap();
    let own: Vec<Numbered> = run.rows(whole.ethereum).await.unwrap();
    assert_eq!(own.len(), 8);
    let error = run.rows::<Numbered>(base.ethereum).await.unwrap_err();
    assert!(matches!(error, Error::ForeignNode { .. }), "{error}");
}

#[tokio::test]
async fn an_empty_group_has_no_rows() {
    let server = server("completed").await;
    let daily = pipeline![
        share = query(3101),
        extra = each(None::<&str>, |token| query(3102).parameters(token = token)),
    ];
    let run = dune(server.url()).run(RUN).unwrap().attach(&daily).unwrap();
    let none: Vec<Vec<Numbered>> = run.rows_of_each(&daily.extra).await.unwrap();
    assert!(none.is_empty() && server.requests().is_empty());
}
