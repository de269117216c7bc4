//! Every operation of Dune's documents has a face: a method that sends its request. All faces are called, what arrives is
//! written down, and an operation that was not asked for is named.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::every::FACES;
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

/// Calls every face, and gives the operations that none of them asked for. A request that is in no document is an error.
async fn faceless(operations: &BTreeSet<String>) -> Vec<&String> {
    let server = Server::start(|_, request| anything(request)).await;
    let dune = dune(&server);
    let mut asked: BTreeMap<&String, BTreeSet<&str>> = BTreeMap::new();
    let mut before = 0;
    for (name, call) in FACES {
        if let Err(error) = call(&dune).await {
            panic!("{name}: {error}");
        }
        let requests = server.requests();
        assert!(requests.len() > before, "{name} asks for nothing");
        for request in &requests[before..] {
            let Some(operation) = operation_of(request, operations) else {
                panic!("{name} asks for what is in no document: {request:?}");
            };
            asked.entry(operation).or_default().insert(name);
        }
        before = requests.len();
    }
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
        "no method of the client sends {faceless:#?}: give each a face, and call it in `every.rs`"
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
