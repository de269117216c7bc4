//! Stopping a query in the middle of a join.
//!
//! DataFusion's tasks stop where they give way. A join that finds few pairs among many does not, for minutes: its
//! condition is where it can be told.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, NestedLoopJoinExec, NestedLoopJoinExecBuilder, SortMergeJoinExec,
};

use super::native;
use crate::engine::SqlError;

/// Whether nobody waits for the query any more.
pub(super) type Cancelled = Arc<AtomicBool>;

/// Makes the joins of one query stop when it is cancelled: between batches, and inside their conditions.
#[derive(Debug)]
pub(super) struct WatchJoins(pub(super) Cancelled);

impl PhysicalOptimizerRule for WatchJoins {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let mut watched = node.clone();
            let any: &dyn ExecutionPlan = node.as_ref();
            if let Some(join) = any.downcast_ref::<NestedLoopJoinExec>()
                && let Some(filter) = join.filter()
            {
                let condition = Watch {
                    inner: filter.expression().clone(),
                    cancelled: self.0.clone(),
                };
                let filter = JoinFilter::new(
                    Arc::new(condition),
                    filter.column_indices().to_vec(),
                    filter.schema().clone(),
                );
                watched = Arc::new(
                    NestedLoopJoinExecBuilder::from(join)
                        .with_filter(Some(filter))
                        .build()?,
                );
            }
            let joins = any.is::<CrossJoinExec>()
                || any.is::<HashJoinExec>()
                || any.is::<NestedLoopJoinExec>()
                || any.is::<SortMergeJoinExec>();
            Ok(if joins {
                Transformed::yes(Arc::new(CooperativeExec::new(watched)) as _)
            } else {
                Transformed::no(node)
            })
        })
        .map(|found| found.data)
    }

    fn name(&self) -> &'static str {
        "watch_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// A condition that fails once the query is cancelled.
struct Watch {
    inner: Arc<dyn PhysicalExpr>,
    cancelled: Cancelled,
}

impl PhysicalExpr for Watch {
    fn data_type(&self, schema: &Schema) -> Result<DataType> {
        self.inner.data_type(schema)
    }

    fn nullable(&self, schema: &Schema) -> Result<bool> {
        self.inner.nullable(schema)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(native::failure(SqlError::new(
                "USER_CANCELED",
                "Query was canceled",
            )));
        }
        self.inner.evaluate(batch)
    }

    fn return_field(&self, schema: &Schema) -> Result<FieldRef> {
        self.inner.return_field(schema)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.inner]
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let inner = children
            .into_iter()
            .next()
            .unwrap_or_else(|| self.inner.clone());
        Ok(Arc::new(Self {
            inner,
            cancelled: self.cancelled.clone(),
        }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt_sql(f)
    }
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl PartialEq for Watch {
    fn eq(&self, other: &Self) -> bool {
        self.inner.eq(&other.inner)
    }
}

impl Eq for Watch {}

impl Hash for Watch {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}
