//! `dune-pipeline graph`: draws a pipeline, one in a JSON file or the one that Dune builds for a query.

use std::path::PathBuf;

use clap::{ArgGroup, ValueEnum};

use crate::error::CommandError;
use crate::key;
use crate::output;
use crate::source::{self, QueryArguments, TierArgument};

/// What to draw, and as what.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("what").required(true).args(["file", "query"]))]
pub(crate) struct GraphArguments {
    /// A pipeline as JSON, as Dune's API takes it; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    query: QueryArguments,
    #[command(flatten)]
    tier: TierArgument,
    /// As what it is drawn
    #[arg(long, short, value_enum, value_name = "FORM", default_value_t = Form::Tree)]
    format: Form,
    /// Write it to this file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A tree for terminals
    Tree,
    /// A flowchart in Mermaid, as GitHub draws it
    Mermaid,
    /// Graphviz's DOT
    Dot,
    /// A picture
    Svg,
    /// The body of a request, as `run` takes it
    Json,
}

pub(crate) async fn run(arguments: GraphArguments) -> Result<(), CommandError> {
    let query = arguments.tier.of(arguments.query.spec());
    let pipeline = match (&arguments.file, query) {
        (Some(file), _) => source::pipeline(file)?,
        (None, Some(query)) => key::dune()?.query_pipeline(query).await?,
        (None, None) => {
            return Err(CommandError::Usage(
                "name a file, or a query with --query".to_owned(),
            ));
        }
    };
    let mut drawn = match arguments.format {
        Form::Tree => pipeline.to_string(),
        Form::Mermaid => pipeline.to_mermaid()?,
        Form::Dot => pipeline.to_dot()?,
        Form::Svg => pipeline.to_svg()?,
        Form::Json => pipeline.to_json()?,
    };
    if !drawn.ends_with('\n') {
        drawn.push('\n');
    }
    output::write(arguments.output.as_deref(), drawn.as_bytes())
}
