//! Runs that are taken up by their id, in `status`, `watch` and `cancel`: what the arguments have in common.

use std::path::PathBuf;

use dune_pipeline::{Dune, Run};

use crate::error::CommandError;
use crate::key;
use crate::report::Shape;
use crate::source::{self, QueryArguments};

/// A run, and the pipeline that it is a run of if that is at hand.
#[derive(Debug, clap::Args)]
pub(crate) struct TakenUp {
    /// The id of the run, as `dune-pipeline run` printed it
    #[arg(value_name = "RUN")]
    id: String,
    /// The pipeline that was run, as JSON: then it is known which node waits for which
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    pipeline: Option<PathBuf>,
    #[command(flatten)]
    query: QueryArguments,
}

impl TakenUp {
    /// Whether it is known which node waits for which.
    pub(crate) fn shape(&self) -> Shape {
        Shape::known_if(self.pipeline.is_some() || self.query.query.is_some())
    }

    /// The client and the run. Nothing of the run is asked yet.
    pub(crate) async fn take(&self) -> Result<(Dune, Run), CommandError> {
        let pipeline = self.pipeline.as_deref().map(source::pipeline).transpose()?;
        let dune = key::dune()?;
        let run = dune.run(self.id.as_str())?;
        let pipeline = match (pipeline, self.query.spec()) {
            (None, Some(query)) => Some(dune.query_pipeline(query).await?),
            (pipeline, _) => pipeline,
        };
        let run = match pipeline {
            Some(pipeline) => run.attach(&pipeline)?,
            None => run,
        };
        Ok((dune, run))
    }
}
