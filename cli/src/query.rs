//! `dune-pipeline query`: the saved queries of an account, with their SQL in files.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use dune_pipeline::{Dune, NewQuery, Query, QueryChange, QueryOverview};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::live::text::line;
use crate::{key, output, report, source, table};

/// What to do with queries.
#[derive(Debug, Subcommand)]
pub(crate) enum QueryCommand {
    /// List them, the newest first
    List(List),
    /// Show one: what it is called, its parameters, its SQL
    Get(Get),
    /// Save the SQL of a file as a new query, and print its id
    Create(Create),
    /// Change what is given, and nothing else
    Update(Update),
    /// Take one out of use
    Archive(Which),
    /// Take one back into use
    Unarchive(Which),
    /// Show one to its owner alone
    Private(Which),
    /// Show one to everybody
    Public(Which),
}

/// How many, and in which form.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: u64,
    /// Write one JSON list
    #[arg(long)]
    json: bool,
}

/// Which query, and in which form.
#[derive(Debug, Args)]
pub(crate) struct Get {
    #[command(flatten)]
    which: Which,
    /// Write its SQL and nothing else
    #[arg(long, conflicts_with = "json")]
    sql: bool,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

/// A query by its id.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The id of the query: the number in its address, dune.com/queries/<ID>
    #[arg(value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
}

/// A query that is not there yet.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Its SQL; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it is called
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// A tag; may be given several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Show it to its owner alone
    #[arg(long)]
    private: bool,
    /// Write one JSON object
    #[arg(long)]
    json: bool,
}

/// What is to be another about a query.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["file", "name", "description", "tag"]))]
pub(crate) struct Update {
    #[command(flatten)]
    which: Which,
    /// Its SQL; `-` reads it from standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// What it is called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// A tag, instead of those it has; may be given several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
}

pub(crate) async fn run(command: QueryCommand) -> Result<(), CommandError> {
    match command {
        QueryCommand::List(arguments) => list(&key::dune()?, &arguments).await,
        QueryCommand::Get(arguments) => {
            let query = key::dune()?.get_query(arguments.which.id).await?;
            show(&query, &arguments)
        }
        QueryCommand::Create(arguments) => create(arguments).await,
        QueryCommand::Update(arguments) => update(arguments).await,
        QueryCommand::Archive(which) => Ok(key::dune()?.archive_query(which.id).await?),
        QueryCommand::Unarchive(which) => Ok(key::dune()?.unarchive_query(which.id).await?),
        QueryCommand::Private(which) => Ok(key::dune()?.make_query_private(which.id).await?),
        QueryCommand::Public(which) => Ok(key::dune()?.make_query_public(which.id).await?),
    }
}

async fn list(dune: &Dune, arguments: &List) -> Result<(), CommandError> {
    let queries = dune.list_queries().limit(arguments.limit).all().await?;
    if arguments.json {
        let queries: Vec<Value> = queries.iter().map(overview).collect();
        return report::print(&Value::Array(queries)).map_err(CommandError::Output);
    }
    let row = |query: QueryOverview| {
        let updated = query.updated_at.map(|time| time.to_string());
        vec![
            query.id.to_string(),
            query.name,
            query.owner.unwrap_or_default(),
            updated.unwrap_or_default(),
        ]
    };
    let rows = queries.into_iter().map(row).collect();
    output::write(
        None,
        table::list(&["id", "name", "owner", "changed"], rows).as_bytes(),
    )
}

fn overview(query: &QueryOverview) -> Value {
    json!({
        "id": query.id,
        "name": query.name,
        "description": query.description,
        "owner": query.owner,
        "tags": query.tags,
        "created_at": query.created_at.as_ref().map(ToString::to_string),
        "updated_at": query.updated_at.as_ref().map(ToString::to_string),
    })
}

fn show(query: &Query, arguments: &Get) -> Result<(), CommandError> {
    if arguments.json {
        return report::print(&whole(query)).map_err(CommandError::Output);
    }
    let mut text = String::new();
    if !arguments.sql {
        let marks = [
            ("private", query.is_private),
            ("archived", query.is_archived),
            ("unsaved", query.is_unsaved),
            ("temporary", query.is_temp),
        ];
        let marks: Vec<&str> = marks
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(mark, _)| mark)
            .collect();
        // As comments, so that what is written is still the SQL.
        let mut say = |what: &str, value: &str| {
            // Nothing in them ends a comment, or steers a terminal.
            for line in value.lines().map(line).filter(|line| !line.is_empty()) {
                text.push_str(&format!("-- {what}: {line}\n"));
            }
        };
        say("query", &format!("{} {}", query.query_id, query.name));
        say("about", &query.description);
        say("owner", query.owner.as_deref().unwrap_or_default());
        say("tags", &query.tags.join(", "));
        say("is", &marks.join(", "));
        for parameter in &query.parameters {
            let mut about = format!("{} ({})", parameter.key(), parameter.kind());
            if let Some(default) = parameter.default_value() {
                about.push_str(&format!(" = {default}"));
            }
            if !parameter.options().is_empty() {
                about.push_str(&format!(", one of {}", parameter.options().join(", ")));
            }
            say("parameter", &about);
        }
        text.push('\n');
    }
    text.push_str(&query.query_sql);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    output::write(None, text.as_bytes())
}

fn whole(query: &Query) -> Value {
    let parameters = query.parameters.iter().map(|parameter| {
        json!({
            "key": parameter.key(),
            "type": parameter.kind().as_str(),
            "value": parameter.default_value(),
            "enumOptions": parameter.options(),
        })
    });
    json!({
        "query_id": query.query_id,
        "name": query.name,
        "description": query.description,
        "query_sql": query.query_sql,
        "parameters": parameters.collect::<Vec<_>>(),
        "tags": query.tags,
        "owner": query.owner,
        "version": query.version,
        "query_engine": query.query_engine,
        "is_private": query.is_private,
        "is_archived": query.is_archived,
        "is_unsaved": query.is_unsaved,
        "is_temp": query.is_temp,
    })
}

async fn create(arguments: Create) -> Result<(), CommandError> {
    let (_, sql) = source::read(&arguments.file)?;
    let mut new = NewQuery::new(arguments.name, sql).tags(arguments.tag);
    if let Some(description) = arguments.description {
        new = new.description(description);
    }
    if arguments.private {
        new = new.is_private(true);
    }
    let id = key::dune()?.create_query(&new).await?;
    let text = match arguments.json {
        true => format!("{}\n", json!({"query_id": id})),
        false => format!("{id}\n"),
    };
    output::write(None, text.as_bytes())
}

async fn update(arguments: Update) -> Result<(), CommandError> {
    let mut change = QueryChange::new();
    if let Some(file) = &arguments.file {
        change = change.query_sql(source::read(file)?.1);
    }
    if let Some(name) = arguments.name {
        change = change.name(name);
    }
    if let Some(description) = arguments.description {
        change = change.description(description);
    }
    if !arguments.tag.is_empty() {
        change = change.tags(arguments.tag);
    }
    Ok(key::dune()?
        .update_query(arguments.which.id, &change)
        .await?)
}
