//! Every operation of Dune's documents has a face: a method that sends its request. All faces are called, what arrives is
//! written down, and an operation that was not asked for is named.

use std::collections::{BTreeMap, BTreeSet};

use dune_pipeline::{
    ColumnType, CsvUpload, DatasetFilter, Error, MaterializedViewDefinition, NewQuery, NewTable,
    Pipeline, QueryChange, TableRows, UsageDays, query, refresh,
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use crate::server::{Reply, Request, Server};
use crate::{EXECUTION, dune};

/// What is had in another way than by its own operation, the face by which it is, and why.
const IN_ANOTHER_WAY: [(&str, &str, &str); 1] = [(
    "GET /v1/query/{query_id}/results/csv",
    "latest_results, csv",
    "the latest execution is asked for first, and the CSV is that of the execution: so all its pages are of the same one",
)];

/// One answer that has the fields of all.
fn anything(request: &Request) -> Reply {
    let path = request.target.split('?').next().unwrap_or_default();
    if path.ends_with("/results/csv") {
        let headers = vec![("content-type", "text/csv".to_owned())];
        return Reply::Whole(200, headers, "day\n1\n".to_owned());
    }
    let node = json!({"id": 1, "dependencies": [], "query_execution": {"query_id": 3101}});
    Reply::json(json!({
        "pipeline_execution_id": EXECUTION, "execution_id": EXECUTION, "status": "completed", "success": true,
        "state": "QUERY_STATE_COMPLETED", "is_execution_finished": true, "pipeline": {"nodes": [node]},
        "query_id": 3101, "name": "dune.acme.result_dex_daily", "query_sql": "select 1",
        "sql_id": "dune.acme.result_dex_daily",
        "result": {"rows": [{"day": 1}], "metadata": {"total_row_count": 1, "column_names": ["day"]}},
    }))
}

/// The operation whose method and path a request has, of those in this list: `GET /v1/query/{query_id}`.
fn operation_of<'o>(request: &Request, operations: &'o BTreeSet<String>) -> Option<&'o String> {
    let path = request.target.split('?').next()?.strip_prefix("/api")?;
    let parts: Vec<_> = path.split('/').collect();
    let fits = |operation: &&String| {
        let (method, template) = operation.split_once(' ').unwrap();
        let template: Vec<_> = template.split('/').collect();
        method == request.method
            && template.len() == parts.len()
            && template
                .iter()
                .zip(&parts)
                .all(|(expected, part)| expected.starts_with('{') || expected == part)
    };
    // Of `/v1/uploads/csv` and `/v1/uploads/{name}` the first is meant.
    let fitting = operations.iter().filter(fits);
    fitting.min_by_key(|operation| operation.matches('{').count())
}

fn documented() -> BTreeSet<String> {
    let outcome = dune_spec::bundled().unwrap();
    let operations = outcome.merged.operations();
    let names = operations
        .iter()
        .map(|(operation, _)| operation.to_string());
    names.collect()
}

/// What the faces asked for.
struct Calls<'o> {
    server: Server,
    operations: &'o BTreeSet<String>,
    asked: BTreeMap<&'o String, BTreeSet<&'static str>>,
    before: usize,
}

impl Calls<'_> {
    /// Calls one, and writes down which operations it asks for. What is in no document is an error.
    async fn face<T>(&mut self, name: &'static str, call: impl Future<Output = Result<T, Error>>) {
        if let Err(error) = call.await {
            panic!("{name}: {error}");
        }
        let requests = self.server.requests();
        assert!(requests.len() > self.before, "{name} asks for nothing");
        for request in &requests[self.before..] {
            let Some(operation) = operation_of(request, self.operations) else {
                panic!("{name} asks for what is in no document: {request:?}");
            };
            self.asked.entry(operation).or_default().insert(name);
        }
        self.before = requests.len();
    }
}

/// Calls every face, and gives the operations that none of them asked for.
async fn faceless(operations: &BTreeSet<String>) -> Vec<&String> {
    const VIEW: &str = "dune.acme.result_dex_daily";
    let server = Server::start(|_, request| anything(request)).await;
    let dune = dune(&server);
    let mut calls = Calls {
        server,
        operations,
        asked: BTreeMap::new(),
        before: 0,
    };
    let pipeline = Pipeline::builder()
        .node("share", query(3101))
        .build()
        .unwrap();
    let run = dune.run(EXECUTION).unwrap();
    let execution = dune.execution(EXECUTION).unwrap();
    let latest = || dune.latest_results(query(3101)).unwrap();
    let new_query = NewQuery::new("share", "select 1");
    let change = QueryChange::new().name("share");
    let view = MaterializedViewDefinition::new("result_dex_daily", 3101);
    let table = NewTable::new("acme", "prices").column("day", ColumnType::Date);
    let rows = TableRows::csv("day\n");
    let csv = CsvUpload::new("prices", "day\n");

    calls.face("execute", dune.execute(&pipeline)).await;
    calls
        .face(
            "execute_query_pipeline",
            dune.execute_query_pipeline(query(3101)),
        )
        .await;
    calls
        .face("query_pipeline", dune.query_pipeline(query(3101)))
        .await;
    calls.face("Run::status", run.status()).await;
    calls
        .face("execute_query", dune.execute_query(query(3101)))
        .await;
    calls
        .face("execute_sql", dune.execute_sql("select 1"))
        .await;
    calls.face("Execution::status", execution.status()).await;
    calls.face("Execution::cancel", execution.cancel()).await;
    calls
        .face("Execution::rows", execution.rows::<Value>())
        .await;
    calls
        .face(
            "Execution::results, csv",
            execution.results().csv().try_collect::<Vec<_>>(),
        )
        .await;
    calls.face("latest_results", latest().rows::<Value>()).await;
    calls
        .face(
            "latest_results, csv",
            latest().csv().try_collect::<Vec<_>>(),
        )
        .await;
    calls
        .face("endpoint_results", dune.endpoint_results("acme", "share"))
        .await;
    calls.face("list_queries", dune.list_queries().all()).await;
    calls.face("get_query", dune.get_query(3101)).await;
    calls
        .face("create_query", dune.create_query(&new_query))
        .await;
    calls
        .face("update_query", dune.update_query(3101, &change))
        .await;
    calls.face("archive_query", dune.archive_query(3101)).await;
    calls
        .face("unarchive_query", dune.unarchive_query(3101))
        .await;
    calls
        .face("make_query_private", dune.make_query_private(3101))
        .await;
    calls
        .face("make_query_public", dune.make_query_public(3101))
        .await;
    calls
        .face(
            "list_materialized_views",
            dune.list_materialized_views().all(),
        )
        .await;
    calls
        .face("get_materialized_view", dune.get_materialized_view(VIEW))
        .await;
    calls
        .face(
            "upsert_materialized_view",
            dune.upsert_materialized_view(&view),
        )
        .await;
    calls
        .face(
            "refresh_materialized_view",
            dune.refresh_materialized_view(refresh(VIEW)),
        )
        .await;
    calls
        .face(
            "delete_materialized_view",
            dune.delete_materialized_view(VIEW),
        )
        .await;
    calls.face("list_uploads", dune.list_uploads().all()).await;
    calls.face("create_table", dune.create_table(&table)).await;
    calls
        .face("insert_rows", dune.insert_rows("acme", "prices", rows))
        .await;
    calls.face("upload_csv", dune.upload_csv(&csv)).await;
    calls
        .face("clear_table", dune.clear_table("acme", "prices"))
        .await;
    calls
        .face("delete_table", dune.delete_table("acme", "prices"))
        .await;
    calls
        .face(
            "list_datasets",
            dune.list_datasets(DatasetFilter::default()).all(),
        )
        .await;
    calls
        .face("get_dataset", dune.get_dataset("dex.trades"))
        .await;
    calls
        .face("get_usage", dune.get_usage(UsageDays::default()))
        .await;

    let mut asked = calls.asked;
    for (operation, face, why) in IN_ANOTHER_WAY {
        let operation = operations.get(operation).unwrap();
        let called = asked.values().any(|faces| faces.contains(face));
        assert!(
            called,
            "{operation} is had by {face}, which is not called: {why}"
        );
        let own = asked.insert(operation, BTreeSet::from([face]));
        assert_eq!(
            own, None,
            "{operation} has a face of its own: take it off the list"
        );
    }
    let has_none = |operation: &&String| !asked.contains_key(operation);
    operations.iter().filter(has_none).collect()
}

#[tokio::test]
async fn every_operation_of_the_documents_has_a_face() {
    let operations = documented();
    let faceless = faceless(&operations).await;
    assert!(
        faceless.is_empty(),
        "no method of the client sends {faceless:#?}: give each a face, and call it in `faces`"
    );
    assert!(operations.len() >= 35, "{operations:#?}");
}

#[tokio::test]
async fn an_operation_that_a_new_page_adds_is_missed() {
    let mut operations = documented();
    operations.insert("GET /v1/query/{query_id}/visualizations".to_owned());
    operations.insert("PUT /v1/usage".to_owned());
    assert_eq!(
        faceless(&operations).await,
        ["GET /v1/query/{query_id}/visualizations", "PUT /v1/usage"]
    );
}
