//! The client for programs without `async`, against a local Dune that has a runtime of its own.

use std::time::Duration;

use dune_local::LocalDune;
use dune_pipeline::{
    Error, MaterializedViewDefinition, NewQuery, blocking, pipeline, query, refresh,
};
use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::sample::Sample;

#[derive(Debug, Deserialize)]
struct Share {
    #[serde(rename = "project")]
    _project: String,
}

/// The sample, served, and a client of it that knows nothing of the server's runtime.
struct Served {
    runtime: Runtime,
    sample: Sample,
    dune: blocking::Dune,
}

fn client(local: &LocalDune) -> blocking::Dune {
    blocking::Dune::builder()
        .base_url(local.base_url())
        .api_key(local.api_key())
        .build_blocking()
        .unwrap()
}

fn served() -> Served {
    let runtime = Runtime::new().unwrap();
    let sample = runtime.block_on(Sample::with_days(3));
    let dune = client(&sample.local);
    Served {
        runtime,
        sample,
        dune,
    }
}

#[test]
fn a_program_without_async_runs_a_pipeline_and_reads_its_rows() {
    let served = served();
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).parameters(blockchain = "base").after(volume),
    ];
    let run = served.dune.execute(&daily).unwrap();
    let changes: Vec<String> = run
        .events()
        .map(|event| event.unwrap().to_string())
        .collect();
    assert!(changes.len() >= 3, "{changes:?}");
    let status = run
        .wait_with(|wait| wait.deadline(Duration::from_secs(60)))
        .unwrap();
    assert!(status.is_success());

    let whole: Vec<Share> = run.rows(daily.share).unwrap();
    assert!(!whole.is_empty());
    let one_by_one = run.results(daily.share).page_size(2).stream::<Share>();
    assert_eq!(one_by_one.map(Result::unwrap).count(), whole.len());
    let again = served.dune.run(run.id()).unwrap().attach(&daily).unwrap();
    assert_eq!(again.rows::<Share>(daily.share).unwrap().len(), whole.len());
    assert_eq!(run.executions().unwrap().nodes().count(), 2);
}

#[test]
fn queries_views_and_executions_are_there_too() {
    let Served { dune, .. } = &served();
    let one = dune.execute_sql("select 1 as one").unwrap();
    one.wait().unwrap();
    assert_eq!(one.rows::<serde_json::Value>().unwrap().len(), 1);

    let id = dune
        .create_query(&NewQuery::new("one", "select 1 as one"))
        .unwrap();
    let execution = dune.execute_query(query(id)).unwrap();
    execution.wait().unwrap();
    let latest = dune.latest_results(query(id)).unwrap();
    assert_eq!(latest.rows::<serde_json::Value>().unwrap().len(), 1);
    let listed = dune.list_queries().page_size(2).stream();
    assert!(listed.map(Result::unwrap).any(|query| query.id == id));

    let view = MaterializedViewDefinition::new("dune.acme.result_one", id);
    let made = dune.upsert_materialized_view(&view).unwrap();
    made.execution.wait().unwrap();
    let refreshed = dune.refresh_materialized_view(refresh(made.name)).unwrap();
    refreshed.wait().unwrap();
}

#[test]
fn a_call_inside_an_async_program_is_refused_and_not_a_panic() {
    let served = served();
    let dune = client(&served.sample.local);
    let refused = served.runtime.block_on(async move {
        let refused = dune.execute_sql("select 1");
        // The last of its kind: its thread ends here, inside the other runtime.
        drop(dune);
        refused
    });
    assert!(matches!(refused, Err(Error::InsideRuntime)), "{refused:?}");
}

#[test]
fn a_client_is_used_from_several_threads() {
    let Served { dune, .. } = &served();
    std::thread::scope(|scope| {
        for number in 0..4 {
            scope.spawn(move || {
                let sql = format!("select {number} as number");
                let execution = dune.execute_sql(sql.as_str()).unwrap();
                execution.wait().unwrap();
                let rows: Vec<serde_json::Value> = execution.rows().unwrap();
                assert_eq!(rows[0]["number"], number);
            });
        }
    });
}
