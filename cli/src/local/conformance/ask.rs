//! Statements over HTTP, as any client of Dune's asks them: start, poll, read all pages.
//! A row is an object there: of columns that share a name only the last arrives.

use std::fmt;
use std::time::{Duration, Instant};

use dune_api::{ApiKey, BaseUrl, Client, ClientInfo as _, ConnectOptions, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::case::{Answer, Column, Outcome, Refusal};
use super::kind::Kind;

const KEY: &str = "X-Dune-Api-Key";

/// Where a local Dune says Trino's name of an error. Dune's own bodies have no room for it.
const ERROR_NAME: &str = "x-dune-local-error";

/// A statement that takes longer is given up: none of the records needs a second on a Trino.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the server could not be asked at all. What it refuses is an [`Outcome`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum AskError {
    /// The address or the key are not what one sends to.
    #[error("{0}")]
    Connect(String),
    /// Nothing came back, or it broke off.
    #[error("the local Dune does not answer: {0}")]
    Http(#[from] reqwest::Error),
    /// What came back is not what Dune's API answers.
    #[error("{call} answered {status}, which is no answer of Dune's: {body}")]
    Body {
        /// The request.
        call: &'static str,
        /// Its status.
        status: StatusCode,
        /// The start of the body, or what is wrong with it.
        body: String,
    },
    /// The pages do not add up to what the first of them told.
    #[error("{read} rows were read of {told}")]
    Pages {
        /// The rows that there are.
        told: usize,
        /// The rows on all pages.
        read: usize,
    },
}

/// A Dune to ask.
pub(crate) struct Dune {
    client: Client,
    key: String,
}

#[derive(Deserialize)]
struct Started {
    execution_id: String,
}

#[derive(Deserialize)]
struct Results {
    state: String,
    is_execution_finished: bool,
    error: Option<Failure>,
    #[serde(skip)]
    error_name: Option<String>,
    result: Option<Page>,
    next_uri: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    message: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    rows: Vec<Map<String, Value>>,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    column_names: Vec<String>,
    column_types: Vec<String>,
    total_row_count: usize,
}

impl Dune {
    pub(crate) fn new(base_url: &str, key: &str) -> Result<Dune, AskError> {
        let connect = |error: &dyn fmt::Display| AskError::Connect(error.to_string());
        let base = BaseUrl::parse(base_url).map_err(|error| connect(&error))?;
        let api_key = ApiKey::new(key).map_err(|error| connect(&error))?;
        let client = Client::connect(base, api_key, &ConnectOptions::default())
            .map_err(|error| connect(&error))?;
        Ok(Dune {
            client,
            key: key.to_owned(),
        })
    }

    /// Asks one statement and reads all of its answer.
    pub(crate) async fn ask(&self, sql: &str) -> Result<Outcome, AskError> {
        let start = self.client.client().post(self.uri("sql/execute"));
        let start = start.header(KEY, &self.key).json(&json!({"sql": sql}));
        let Started { execution_id } = body("POST /v1/sql/execute", start.send().await?).await?;
        let Some(ended) = self.end_of(&execution_id).await? else {
            let message = format!("no answer in {} s", PATIENCE.as_secs());
            let error = Refusal::new("EXCEEDED_TIME_LIMIT", message);
            return Ok(Outcome::Refused { error });
        };
        match ended.result {
            Some(page) => Ok(Outcome::Answered(
                self.all_pages(page, ended.next_uri).await?,
            )),
            None => Ok(Outcome::Refused {
                error: refusal(ended),
            }),
        }
    }

    /// The first page of an execution that has ended; none where that took too long and it was cancelled.
    async fn end_of(&self, execution: &str) -> Result<Option<Results>, AskError> {
        let results = self.uri(&format!("execution/{execution}/results"));
        let begin = Instant::now();
        let mut pause = Duration::from_millis(1);
        while begin.elapsed() < PATIENCE {
            let results = self.results(&results).await?;
            if results.is_execution_finished {
                return Ok(Some(results));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
        let cancel = self.uri(&format!("execution/{execution}/cancel"));
        let cancel = self.client.client().post(cancel).header(KEY, &self.key);
        cancel.send().await?;
        Ok(None)
    }

    async fn all_pages(&self, first: Page, next: Option<String>) -> Result<Answer, AskError> {
        let Metadata {
            column_names,
            column_types,
            total_row_count,
        } = first.metadata;
        let mut rows = first.rows;
        let mut next = next;
        while let Some(uri) = next {
            let page = self.results(&uri).await?;
            rows.extend(page.result.into_iter().flat_map(|page| page.rows));
            next = page.next_uri;
        }
        if rows.len() != total_row_count {
            return Err(AskError::Pages {
                told: total_row_count,
                read: rows.len(),
            });
        }
        let kinds: Vec<Kind> = column_types.iter().map(|kind| Kind::parse(kind)).collect();
        let encode = |row: Map<String, Value>| {
            let value = |name: &String| row.get(name).cloned().unwrap_or_default();
            let values = column_names.iter().map(value).zip(&kinds);
            values.map(|(value, kind)| kind.encode(value)).collect()
        };
        let rows = rows.into_iter().map(encode).collect();
        let columns = column_names.into_iter().zip(column_types);
        let columns = columns.map(|(name, kind)| Column { name, kind }).collect();
        Ok(Answer { columns, rows })
    }

    async fn results(&self, uri: &str) -> Result<Results, AskError> {
        let read = self.client.client().get(uri).header(KEY, &self.key);
        let answer = read.send().await?;
        let name = answer
            .headers()
            .get(ERROR_NAME)
            .and_then(|name| name.to_str().ok());
        let name = name.map(str::to_owned);
        let results: Results = body("GET /v1/execution/{id}/results", answer).await?;
        Ok(Results {
            error_name: name,
            ..results
        })
    }

    fn uri(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.client.baseurl())
    }
}

async fn body<T: DeserializeOwned>(
    call: &'static str,
    answer: reqwest::Response,
) -> Result<T, AskError> {
    let status = answer.status();
    let text = answer.text().await?;
    let body = |body: String| AskError::Body { call, status, body };
    if status.is_success() {
        serde_json::from_str(&text).map_err(|error| body(error.to_string()))
    } else {
        Err(body(text.chars().take(200).collect()))
    }
}

fn refusal(ended: Results) -> Refusal {
    let message = ended.error.and_then(|error| error.message);
    let message = message.unwrap_or_else(|| format!("ended as {}", ended.state));
    // Dune adds the execution's id, which says nothing about the statement.
    let message = message.split(" [Execution ID: ").next().unwrap_or_default();
    let name = ended.error_name.as_deref().unwrap_or("UNNAMED");
    Refusal::new(name, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_without_the_execution() {
        let failed = |text: &str, name: Option<&str>| Results {
            error_name: name.map(str::to_owned),
            ..serde_json::from_str(text).unwrap()
        };
        let text = r#"{"state": "QUERY_STATE_FAILED", "is_execution_finished": true, "error": {"type": "FAILED_TYPE_EXECUTION_FAILED",
            "message": "line 1:8: Column 'x' cannot be resolved [Execution ID: 01]", "metadata": {"line": 1, "column": 8}}}"#;
        assert_eq!(
            refusal(failed(text, Some("COLUMN_NOT_FOUND"))),
            Refusal::new(
                "COLUMN_NOT_FOUND",
                "line 1:8: Column 'x' cannot be resolved"
            )
        );
        let text = r#"{"state": "QUERY_STATE_CANCELLED", "is_execution_finished": true}"#;
        assert_eq!(
            refusal(failed(text, None)),
            Refusal::new("UNNAMED", "ended as QUERY_STATE_CANCELLED")
        );
    }
}
