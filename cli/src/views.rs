//! `dune-pipeline views`: the materialized views of an account.

use clap::{Args, Subcommand};
use dune_pipeline::{Dune, Execution, MaterializedViewDefinition, Performance, refresh};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::interrupt::Interrupts;
use crate::live::text::{line, padded};
use crate::{key, output, report, source, table};

/// What to do with views.
#[derive(Debug, Subcommand)]
pub(crate) enum ViewsCommand {
    /// List them
    List(List),
    /// Show one
    Get(Get),
    /// Make one of a query, or change the one of that name, and fill it
    Upsert(Upsert),
    /// Fill one anew
    Refresh(Refresh),
    /// Delete one
    Delete(Which),
}

/// How many, and in which form.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// At most so many
    #[arg(long, value_name = "COUNT")]
    limit: Option<u64>,
    /// Write one JSON list
    #[arg(long)]
    json: bool,
}

/// A view by its name.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The name of the view: dune.<team>.result_<name>
    #[arg(value_name = "VIEW")]
    name: String,
}

/// Which view, and in which form.
#[derive(Debug, Args)]
pub(crate) struct Get {
    #[command(flatten)]
    which: Which,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

/// What a view is to be.
#[derive(Debug, Args)]
pub(crate) struct Upsert {
    #[command(flatten)]
    which: Which,
    /// The query whose rows it holds
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    query: i64,
    /// When it is filled anew, as five fields of cron
    #[arg(long, value_name = "FIELDS")]
    cron: Option<String>,
    /// Show it to its owner alone
    #[arg(long)]
    private: bool,
    #[command(flatten)]
    filling: Filling,
}

/// Which view, and whether to wait.
#[derive(Debug, Args)]
pub(crate) struct Refresh {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    filling: Filling,
}

/// How a view is filled.
#[derive(Debug, Args)]
struct Filling {
    /// The tier of Dune's engine to run on; Dune chooses unless given
    #[arg(long, value_name = "TIER", value_parser = source::performance)]
    performance: Option<Performance>,
    /// Wait until it is filled
    #[arg(long, short)]
    wait: bool,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(command: ViewsCommand) -> Result<(), CommandError> {
    match command {
        ViewsCommand::List(arguments) => list(&key::dune()?, &arguments).await,
        ViewsCommand::Get(arguments) => get(&key::dune()?, &arguments).await,
        ViewsCommand::Upsert(arguments) => upsert(arguments).await,
        ViewsCommand::Refresh(arguments) => {
            let dune = key::dune()?;
            let view = refresh(&arguments.which.name).performance(arguments.filling.performance);
            let execution = dune.refresh_materialized_view(view).await?;
            filled(&execution, &arguments.filling).await
        }
        ViewsCommand::Delete(which) => {
            let dune = key::dune()?;
            Ok(dune.delete_materialized_view(&which.name).await?)
        }
    }
}

async fn list(dune: &Dune, arguments: &List) -> Result<(), CommandError> {
    let mut views = dune.list_materialized_views();
    if let Some(limit) = arguments.limit {
        views = views.limit(limit);
    }
    let views = views.all().await?;
    if arguments.json {
        let views = views.iter().map(|view| {
            json!({
                "sql_id": view.sql_id,
                "id": view.id,
                "query_id": view.query_id,
                "is_private": view.is_private,
                "table_size_bytes": view.table_size_bytes,
            })
        });
        return report::print(&views.collect()).map_err(CommandError::Output);
    }
    let rows = views.into_iter().map(|view| {
        vec![
            view.sql_id,
            view.query_id.to_string(),
            view.table_size_bytes.map(output::size).unwrap_or_default(),
            if view.is_private { "private" } else { "" }.to_owned(),
        ]
    });
    let text = table::list(&["view", "query", "size", "seen by"], rows.collect());
    output::write(None, text.as_bytes())
}

async fn get(dune: &Dune, arguments: &Get) -> Result<(), CommandError> {
    let view = dune.get_materialized_view(&arguments.which.name).await?;
    if arguments.json {
        let view = json!({
            "sql_id": view.sql_id,
            "id": view.id,
            "query_id": view.query_id,
            "is_private": view.is_private,
            "table_size_bytes": view.table_size_bytes,
            "owner_team_id": view.owner_team_id,
            "owner_user_id": view.owner_user_id,
            "last_execution_ids": view.last_execution_ids,
        });
        return report::print(&view).map_err(CommandError::Output);
    }
    let private = if view.is_private { "yes" } else { "no" };
    let mut rows = vec![
        ["view", &view.sql_id].map(line),
        ["query".to_owned(), view.query_id.to_string()],
        ["private", private].map(line),
    ];
    let size = view.table_size_bytes.map(output::size);
    rows.extend(size.map(|size| ["size".to_owned(), size]));
    let last = view.last_execution_ids.iter();
    rows.extend(last.map(|id| ["execution", id.as_str()].map(line)));
    let text: String = rows
        .iter()
        .map(|[name, value]| format!("{}{value}\n", padded(name, 11)))
        .collect();
    output::write(None, text.as_bytes())
}

async fn upsert(arguments: Upsert) -> Result<(), CommandError> {
    let mut view = MaterializedViewDefinition::new(&arguments.which.name, arguments.query);
    if let Some(cron) = arguments.cron {
        view = view.cron_expression(cron);
    }
    if let Some(tier) = arguments.filling.performance {
        view = view.performance(tier);
    }
    if arguments.private {
        view = view.is_private(true);
    }
    let made = key::dune()?.upsert_materialized_view(&view).await?;
    filled(&made.execution, &arguments.filling).await
}

/// The id of the execution that fills the view, and what comes of it where that is waited for.
async fn filled(execution: &Execution, how: &Filling) -> Result<(), CommandError> {
    let text = match how.json {
        true => format!("{}\n", json!({"execution_id": execution.id()})),
        false => format!("{}\n", execution.id()),
    };
    output::write(None, text.as_bytes())?;
    if !how.wait {
        return Ok(());
    }
    let mut interrupts = Interrupts::listen().map_err(CommandError::Signal)?;
    tokio::select! {
        () = interrupts.next() => {
            let cancelled = execution.cancel().await?;
            let became = if cancelled { "was cancelled" } else { "had ended" };
            output::tell(&format!("interrupted: execution {} {became}", execution.id()));
            Err(CommandError::Told(Exit::Interrupted))
        }
        status = execution.wait() => {
            let status = status?;
            let value: Option<Value> = how.json.then(|| {
                json!({"execution_id": execution.id(), "state": report::state(status.state()), "credits": status.credits()})
            });
            let text = match value {
                Some(value) => format!("{value}\n"),
                None => format!("{}\n", report::word(status.state())),
            };
            output::write(None, text.as_bytes())
        }
    }
}
