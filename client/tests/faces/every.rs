//! Every method of the client that asks Dune for something, each with something to ask for.

use std::pin::Pin;

use dune_pipeline::{
    ColumnType, CsvUpload, DatasetFilter, Dune, Error, MaterializedViewDefinition, NewQuery,
    NewTable, Pipeline, QueryChange, TableRows, UsageDays, query, refresh,
};
use futures_util::TryStreamExt as _;
use serde_json::Value;

use crate::EXECUTION;

/// A method by its name, called.
pub(crate) type Face = (&'static str, fn(&Dune) -> Called<'_>);

type Called<'d> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'd>>;

const VIEW: &str = "dune.acme.result_dex_daily";

macro_rules! faces {
    ($($name:literal => |$dune:ident| $call:expr,)*) => {
        &[$({
            fn call($dune: &Dune) -> Called<'_> {
                Box::pin(async move { $call.await.map(drop) })
            }
            ($name, call)
        },)*]
    };
}

pub(crate) const FACES: &[Face] = faces![
    "execute" => |dune| dune.execute(&share()),
    "execute_lineage" => |dune| dune.execute_lineage(query(3101)),
    "execute_query_pipeline" => |dune| dune.execute_query_pipeline(query(3101)),
    "query_pipeline" => |dune| dune.query_pipeline(query(3101)),
    "Run::status" => |dune| dune.run(EXECUTION)?.status(),
    "execute_query" => |dune| dune.execute_query(query(3101)),
    "execute_sql" => |dune| dune.execute_sql("select 1"),
    "Execution::status" => |dune| dune.execution(EXECUTION)?.status(),
    "Execution::cancel" => |dune| dune.execution(EXECUTION)?.cancel(),
    "Execution::rows" => |dune| dune.execution(EXECUTION)?.rows::<Value>(),
    "Execution::results, csv" => |dune| {
        dune.execution(EXECUTION)?.results().csv().try_collect::<Vec<_>>()
    },
    "latest_results" => |dune| dune.latest_results(query(3101))?.rows::<Value>(),
    "latest_results, csv" => |dune| {
        dune.latest_results(query(3101))?.csv().try_collect::<Vec<_>>()
    },
    "endpoint_results" => |dune| dune.endpoint_results("acme", "share"),
    "list_queries" => |dune| dune.list_queries().all(),
    "get_query" => |dune| dune.get_query(3101),
    "create_query" => |dune| dune.create_query(&NewQuery::new("share", "select 1")),
    "update_query" => |dune| dune.update_query(3101, &QueryChange::new().name("share")),
    "archive_query" => |dune| dune.archive_query(3101),
    "unarchive_query" => |dune| dune.unarchive_query(3101),
    "make_query_private" => |dune| dune.make_query_private(3101),
    "make_query_public" => |dune| dune.make_query_public(3101),
    "list_materialized_views" => |dune| dune.list_materialized_views().all(),
    "get_materialized_view" => |dune| dune.get_materialized_view(VIEW),
    "upsert_materialized_view" => |dune| dune.upsert_materialized_view(&view()),
    "refresh_materialized_view" => |dune| dune.refresh_materialized_view(refresh(VIEW)),
    "delete_materialized_view" => |dune| dune.delete_materialized_view(VIEW),
    "list_uploads" => |dune| dune.list_uploads().all(),
    "create_table" => |dune| dune.create_table(&prices()),
    "insert_rows" => |dune| dune.insert_rows("acme", "prices", TableRows::csv("day\n")),
    "upload_csv" => |dune| dune.upload_csv(&CsvUpload::new("prices", "day\n")),
    "clear_table" => |dune| dune.clear_table("acme", "prices"),
    "delete_table" => |dune| dune.delete_table("acme", "prices"),
    "list_datasets" => |dune| dune.list_datasets(DatasetFilter::default()).all(),
    "get_dataset" => |dune| dune.get_dataset("dex.trades"),
    "get_usage" => |dune| dune.get_usage(UsageDays::default()),
];

fn share() -> Pipeline {
    let mut pipeline = Pipeline::builder();
    pipeline.node("share", query(3101));
    pipeline.build().unwrap()
}

fn view() -> MaterializedViewDefinition {
    MaterializedViewDefinition::new("result_dex_daily", 3101)
}

fn prices() -> NewTable {
    NewTable::new("acme", "prices").column("day", ColumnType::Date)
}
