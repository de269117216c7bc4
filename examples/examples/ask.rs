//! One query, with parameters from the command line, after the views that it is to find fresh. Its rows come as lines with
//! tabs, under a line with the names of the columns.
//!
//! `cargo run --example ask -- 3101 blockchain=base min_volume_usd=1000000 --after dune.acme.result_dex_daily --tier large`

use std::error::Error;
use std::process::ExitCode;

use dune_pipeline::{Dune, Performance, pipeline};
use dune_pipeline_examples::{Session, finish};
use serde_json::{Map, Value};

const USAGE: &str = "give a query: ask QUERY [KEY=VALUE ..] [--after VIEW ..] [--tier TIER]";

/// What the command line asks for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Question {
    pub(crate) query: i64,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) views: Vec<String>,
    /// Dune chooses where none is given.
    pub(crate) tier: Option<Performance>,
}

impl Question {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut question = Self::default();
        let mut arguments = arguments.into_iter();
        let query = arguments.next().ok_or(USAGE)?;
        question.query = query
            .parse()
            .map_err(|_| format!("`{query}` is not the number of a query; {USAGE}"))?;
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.ok_or_else(|| format!("`{argument}` needs a value; {USAGE}"))
            };
            match argument.as_str() {
                "--after" => question.views.push(value()?),
                "--tier" => {
                    let tier = value()?;
                    let known = tier.parse();
                    question.tier = Some(known.map_err(|_| format!("no tier named `{tier}`"))?);
                }
                pair => match pair.split_once('=') {
                    Some((key, value)) => {
                        question.parameters.push((key.to_owned(), value.to_owned()))
                    }
                    None => return Err(format!("`{pair}` is no KEY=VALUE; {USAGE}")),
                },
            }
        }
        Ok(question)
    }
}

/// The answer: the names of the columns, and the rows.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Map<String, Value>>,
}

/// Refreshes the views, then asks.
pub(crate) async fn answer(
    dune: &Dune,
    question: Question,
) -> Result<Answer, dune_pipeline::Error> {
    let Question {
        query: id,
        parameters,
        views,
        tier,
    } = question;
    let ask = pipeline![
        views = each(views, |view| refresh(view)),
        answer = query(id)
            .performance(tier)
            .parameters(..parameters)
            .after(views),
    ];
    let run = dune.execute(&ask).await?;
    run.wait().await?;

    let mut pages = run.pages(ask.answer);
    let mut answer = Answer::default();
    while let Some(page) = pages.next().await? {
        let columns = page.columns().iter();
        answer.columns = columns.map(|column| column.name.clone()).collect();
        answer.rows.extend(page.into_rows());
    }
    Ok(answer)
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(print().await)
}

async fn print() -> Result<ExitCode, Box<dyn Error>> {
    let question = Question::read(std::env::args().skip(1))?;
    let session = Session::start().await?;
    let answer = answer(session.dune(), question).await?;
    session.end().await;

    println!("{}", answer.columns.join("\t"));
    for row in &answer.rows {
        let cell = |column: &String| match row.get(column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        };
        let cells: Vec<String> = answer.columns.iter().map(cell).collect();
        println!("{}", cells.join("\t"));
    }
    Ok(ExitCode::SUCCESS)
}
