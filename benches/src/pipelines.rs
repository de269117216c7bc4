//! The pipelines that are measured, as Rust: in the language of `pipeline!`, and as a careful person would write the same
//! request by hand, with the types generated from Dune's documents.

/// The nodes of a pipeline as `pipeline!` takes them: every second one refreshes a view, the others are queries with
/// parameters, after up to two nodes before them. They read a variable `chain`.
pub fn nodes(size: u32) -> String {
    let node = |i: u32| match i % 2 {
        0 => format!("node_{i} = refresh(\"dune.acme.result_{i}\").performance(Large),\n"),
        _ => format!(
            "node_{i} = query({}).parameters(blockchain = chain, min_volume_usd = 40_000).after({}),\n",
            query(i),
            list(after(i), |on| format!("node_{on}"))
        ),
    };
    (0..size).map(node).collect()
}

/// A block that declares these nodes with `pipeline!`, takes a handle, and gives [`DECLARED`].
pub fn declared(size: u32) -> String {
    format!(
        "let daily = dune_pipeline::pipeline![\n{}];\n\
         let first = daily.node_0.id();\n\
         (daily.into_erased(), first)\n",
        nodes(size)
    )
}

/// The type of what [`declared`] gives.
pub const DECLARED: &str = "(dune_pipeline::Pipeline, i64)";

/// A block that makes the same request with the generated types, the ids of its nodes as a struct, and gives [`BY_HAND`].
pub fn by_hand(size: u32) -> String {
    let each = |text: &dyn Fn(u32) -> String| (0..size).map(text).collect::<String>();
    format!(
        "use dune_api::types::*;\n\
         #[derive(Clone, Copy)]\n\
         #[allow(dead_code)]\n\
         struct Ids {{\n{}}}\n\
         let ids = Ids {{\n{}}};\n\
         let nodes = vec![\n{}];\n\
         let request = ExecutePipelineRequest {{\n\
             pipeline: Some(Pipeline {{ nodes }}),\n\
             query_id: None,\n\
             performance: None,\n\
             query_parameters: Default::default(),\n\
         }};\n\
         (request, ids.node_0)\n",
        each(&|i| format!("node_{i}: i64,\n")),
        each(&|i| format!("node_{i}: {},\n", i + 1)),
        each(&node_by_hand),
    )
}

/// The type of what [`by_hand`] gives.
pub const BY_HAND: &str = "(dune_api::types::ExecutePipelineRequest, i64)";

fn node_by_hand(i: u32) -> String {
    let work = match i % 2 {
        0 => format!(
            "materialized_view_refresh: Some(PipelineMaterializedViewRefreshNode {{\n\
                 name: \"dune.acme.result_{i}\".to_owned(),\n\
                 performance: Some(Performance::Large),\n\
             }}),\n\
             query_execution: None,\n"
        ),
        _ => format!(
            "materialized_view_refresh: None,\n\
             query_execution: Some(PipelineQueryExecutionNode {{\n\
                 query_id: {},\n\
                 performance: None,\n\
                 query_parameters: [\n\
                     (\"blockchain\".to_owned(), chain.into()),\n\
                     (\"min_volume_usd\".to_owned(), \"40000\".into()),\n\
                 ].into_iter().collect(),\n\
             }}),\n",
            query(i)
        ),
    };
    format!(
        "PipelineNode {{ id: ids.node_{i}, dependencies: vec![{}],\n{work}}},\n",
        list(after(i), |on| format!("ids.node_{on}"))
    )
}

fn query(i: u32) -> u32 {
    3_000 + i
}

/// What a query waits for; a refresh waits for nothing.
fn after(i: u32) -> Vec<u32> {
    match i % 2 {
        0 => Vec::new(),
        _ if i > 2 => vec![i - 1, i / 2],
        _ => vec![i - 1],
    }
}

fn list(nodes: Vec<u32>, name: impl Fn(u32) -> String) -> String {
    let names: Vec<String> = nodes.into_iter().map(name).collect();
    names.join(", ")
}
