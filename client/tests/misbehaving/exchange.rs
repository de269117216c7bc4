//! One client and its server: what the client makes of each exchange, and whether that is what must come of it.

use std::error::Error as _;
use std::fmt::Debug;
use std::time::Duration;

use dune_pipeline::{Dune, DuneBuilder, Error, Pipeline, query, refresh};
use serde::Deserialize;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::sleep;

use crate::KEY;
use crate::plan::{Ask, Exchange, RETRIES, Verdict, Way};
use crate::server::{Count, Server};

/// Nobody waits for that long but on a machine that stands still.
const PATIENT: Duration = Duration::from_secs(30);

/// As long as a silent server is waited for.
const IMPATIENT: Duration = Duration::from_millis(150);

/// A client and its server, who meet again and again, on connections that are used again.
pub(crate) struct Worker {
    server: Server,
    url: String,
    dune: Dune,
    pipeline: Pipeline,
}

/// What came of an exchange.
pub(crate) struct Outcome {
    pub(crate) exchange: Exchange,
    pub(crate) requests: usize,
    pub(crate) begun: usize,
    /// What the client made of it, in a word.
    pub(crate) end: &'static str,
    /// Everything that the client gave, in every way it can be printed.
    pub(crate) printed: String,
    failures: Vec<String>,
}

/// What the client gave.
struct Given {
    /// The id in it, where there is one, or what else tells it from another answer.
    id: String,
    printed: String,
}

#[derive(Debug, Deserialize)]
struct Row {
    n: u8,
}

impl Worker {
    pub(crate) async fn start(elsewhere: String) -> Worker {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::new(elsewhere);
        server.serve(listener);
        let mut pipeline = Pipeline::builder();
        pipeline.node("volume", refresh("dune.acme.result_dex_daily"));
        pipeline.node("trend", query(3103).after(["volume"]));
        Worker {
            server,
            dune: client(&url).build().unwrap(),
            url,
            pipeline: pipeline.build().unwrap(),
        }
    }

    pub(crate) async fn work(self, exchanges: Vec<Exchange>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for exchange in exchanges {
            outcomes.push(self.exchange(exchange).await);
        }
        outcomes
    }

    async fn exchange(&self, exchange: Exchange) -> Outcome {
        self.server.begin(&exchange);
        let given = match exchange.way {
            Way::Open if exchange.is_silent() => {
                let dune = client(&self.url).read_timeout(IMPATIENT).build().unwrap();
                self.ask(&dune, &exchange).await
            }
            Way::Open => self.ask(&self.dune, &exchange).await,
            Way::Refused | Way::RefusedAtFirst => {
                // The port is taken, so that nobody else gets it, and nobody listens on it.
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
                let url = format!("http://{}", socket.local_addr().unwrap());
                match exchange.way {
                    Way::Refused => self.ask(&client(&url).build().unwrap(), &exchange).await,
                    _ => {
                        let server = self.server.clone();
                        let late = tokio::spawn(async move {
                            sleep(Duration::from_millis(15)).await;
                            server.serve(socket.listen(16).unwrap())
                        });
                        let dune = client(&url).retries(100).build().unwrap();
                        let given = self.ask(&dune, &exchange).await;
                        late.await.unwrap().abort();
                        given
                    }
                }
            }
        };
        Outcome::of(exchange, &given, self.server.count())
    }

    async fn ask(&self, dune: &Dune, exchange: &Exchange) -> Result<Given, Error> {
        let id = exchange.id();
        Ok(match exchange.ask {
            Ask::StartPipeline => {
                let run = dune.execute(&self.pipeline).await?;
                Given::new(run.id(), &run)
            }
            Ask::StartLineage => {
                let run = dune.execute_lineage(query(1)).await?;
                Given::new(run.id(), &run)
            }
            Ask::StartQueryPipeline => {
                let run = dune.execute_query_pipeline(query(1)).await?;
                Given::new(run.id(), &run)
            }
            Ask::ExecuteQuery => {
                let execution = dune.execute_query(query(1)).await?;
                Given::new(execution.id(), &execution)
            }
            Ask::ExecuteSql => {
                let execution = dune.execute_sql("select 1").await?;
                Given::new(execution.id(), &execution)
            }
            Ask::RunStatus => {
                let status = dune.run(id)?.status().await?;
                let shown = format!("{status}");
                Given::new(status.run_id(), &(&status, shown))
            }
            Ask::ExecutionStatus => {
                let status = dune.execution(id.as_str())?.status().await?;
                let shown = format!("{status}");
                Given::new(&id, &(&status, shown))
            }
            Ask::Cancel => {
                let cancelled = dune.execution(id.as_str())?.cancel().await?;
                assert!(cancelled);
                Given::new(&id, &cancelled)
            }
            Ask::Rows => {
                let rows: Vec<Row> = dune.execution(id.as_str())?.rows().await?;
                assert!(rows.iter().map(|row| row.n).eq([1, 2, 3]), "{rows:?}");
                Given::new(&id, &rows)
            }
        })
    }
}

/// A client that loses no time.
fn client(url: &str) -> DuneBuilder {
    Dune::builder()
        .api_key(KEY)
        .base_url(url)
        .connect_timeout(PATIENT)
        .read_timeout(PATIENT)
        .retries(u32::try_from(RETRIES).unwrap())
        .retry_delays(Duration::from_millis(1), Duration::from_millis(30))
}

impl Given {
    fn new(id: &str, value: &impl Debug) -> Given {
        Given {
            id: id.to_owned(),
            printed: format!("{value:?}\n{value:#?}"),
        }
    }
}

impl Outcome {
    fn of(exchange: Exchange, given: &Result<Given, Error>, count: Count) -> Outcome {
        let (requests, verdict) = exchange.verdict();
        let mut failures = Vec::new();
        let mut must = |holds: bool, what: &str| {
            if !holds {
                failures.push(what.to_owned());
            }
        };
        // A silent server is left after a time, and in that time a busy machine may not have answered a read either.
        let exact = !exchange.is_silent() || exchange.ask.starts();
        if exact {
            must(
                count.requests == requests,
                &format!("{requests} requests must arrive"),
            );
            must(
                came_to(given) == verdict,
                &format!("it must come to {verdict:?}"),
            );
        }
        if exchange.ask.starts() {
            must(count.begun <= 1, "it was begun more than once");
            must(
                count.answered == 0 || given.is_ok(),
                "the id that was given is lost",
            );
        }
        match given {
            Ok(given) => must(
                given.id == exchange.id(),
                "it must be the id that was given",
            ),
            Err(error) => {
                let starts = exchange.ask.starts();
                must(starts || !error.may_have_started(), "a read starts nothing");
                must(
                    !starts || count.begun == 0 || error.may_have_started(),
                    "it was begun, and the error does not say that it may be",
                );
                must(
                    !(error.is_retryable() && error.may_have_started()),
                    "what may have started is not to be tried again",
                );
                let tries = error.call().map(|call| call.attempts() as usize);
                let unreadable = matches!(error, Error::UnreadableAnswer { .. });
                must(
                    unreadable || tries.is_some_and(|tries| tries >= count.requests),
                    "the error must say how often it was tried",
                );
            }
        }
        let printed = match given {
            Ok(given) => given.printed.clone(),
            Err(error) => printed(error),
        };
        if !failures.is_empty() {
            failures.push(format!("{exchange:?}: {count:?}: {printed}"));
        }
        Outcome {
            requests: count.requests,
            begun: if exchange.ask.starts() {
                count.begun
            } else {
                0
            },
            end: word(came_to(given)),
            exchange,
            printed,
            failures,
        }
    }

    pub(crate) fn failure(&self) -> Option<String> {
        (!self.failures.is_empty()).then(|| self.failures.join("; "))
    }
}

/// An error in every way that it can be printed.
fn printed(error: &Error) -> String {
    let mut text = format!(
        "{error}\n{error:#}\n{error:?}\n{error:#?}\n{:?}",
        error.message()
    );
    let mut next = error.source();
    while let Some(error) = next {
        text += &format!("\n{error}\n{error:?}\n{error:#?}");
        next = error.source();
    }
    text
}

/// What the client made of it; of an error that none of the servers can cause, that it is unreachable.
fn came_to(given: &Result<Given, Error>) -> Verdict {
    match given {
        Ok(_) => Verdict::Answered,
        Err(Error::AnswerLost { .. }) => Verdict::Lost,
        Err(Error::Refused { status, .. }) => Verdict::Refused(status.as_u16()),
        Err(Error::RateLimited { .. }) => Verdict::Limited,
        Err(Error::Redirected { .. }) => Verdict::Redirected,
        Err(Error::UnreadableAnswer { .. }) => Verdict::Unreadable,
        Err(_) => Verdict::Unreachable,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Answered => "answered",
        Verdict::Unreachable => "unreachable",
        Verdict::Lost => "lost",
        Verdict::Refused(_) => "refused",
        Verdict::Limited => "limited",
        Verdict::Redirected => "redirected",
        Verdict::Unreadable => "unreadable",
    }
}
