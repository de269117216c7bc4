//! The server: it plays what an exchange says, request by request, and keeps count of what it was sent and of what that
//! has begun. Whatever it says in words holds the key.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::KEY;
use crate::plan::{Ask, Exchange, Play};
use crate::request::Request;

/// What a server did in an exchange.
#[derive(Debug, Clone, Default)]
pub(crate) struct Count {
    /// How many requests came.
    pub(crate) requests: usize,
    /// How often it has begun, or may have begun, what it was asked for.
    pub(crate) begun: usize,
    /// How often it answered well.
    pub(crate) answered: usize,
}

/// A server, or the part of it that one client sees.
#[derive(Clone)]
pub(crate) struct Server {
    stage: Arc<Mutex<Stage>>,
    elsewhere: String,
}

struct Stage {
    exchange: Option<Exchange>,
    plays: VecDeque<Play>,
    count: Count,
}

impl Server {
    pub(crate) fn new(elsewhere: String) -> Server {
        Server {
            stage: Arc::new(Mutex::new(Stage {
                exchange: None,
                plays: VecDeque::new(),
                count: Count::default(),
            })),
            elsewhere,
        }
    }

    /// Takes the connections of a listener.
    pub(crate) fn serve(&self, listener: TcpListener) -> AbortHandle {
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.connection(stream).await });
            }
        })
        .abort_handle()
    }

    /// From now on everything that comes belongs to this exchange.
    pub(crate) fn begin(&self, exchange: &Exchange) {
        let mut stage = self.stage.lock().unwrap();
        stage.plays = exchange.plays.iter().copied().collect();
        stage.exchange = Some(exchange.clone());
        stage.count = Count::default();
    }

    /// What came so far.
    pub(crate) fn count(&self) -> Count {
        self.stage.lock().unwrap().count.clone()
    }

    /// Counts, unless the client has gone on to another exchange by now.
    fn count_for(&self, exchange: &Exchange, count: impl FnOnce(&mut Count)) {
        let mut stage = self.stage.lock().unwrap();
        let current = stage.exchange.as_ref().map(|exchange| exchange.number);
        if current == Some(exchange.number) {
            count(&mut stage.count);
        }
    }

    async fn connection(&self, mut stream: TcpStream) {
        loop {
            if !matches!(stream.peek(&mut [0]).await, Ok(1..)) {
                return;
            }
            let (exchange, play) = {
                let mut stage = self.stage.lock().unwrap();
                let play = stage.plays.pop_front().unwrap_or(Play::Well);
                stage.count.requests += 1;
                (stage.exchange.clone().unwrap(), play)
            };
            if play == Play::ResetUnread {
                return reset(&stream);
            }
            let Some(request) = Request::read(&mut stream).await else {
                return;
            };
            check(exchange.ask, &request);
            if play.has_begun() {
                self.count_for(&exchange, |count| count.begun += 1);
            }
            if !self.play(play, &exchange, &mut stream).await {
                return;
            }
        }
    }

    /// Answers, or does not; gives whether the connection goes on.
    async fn play(&self, play: Play, exchange: &Exchange, stream: &mut TcpStream) -> bool {
        let said = format!("you sent x-dune-api-key: {KEY}");
        let error = json!({ "error": said }).to_string();
        let page = format!("<html><h1>{said}</h1></html>");
        let well = well(exchange, &said).to_string();
        let length = well.len();
        let answer = match play {
            Play::Well | Play::Late | Play::Dripping => {
                if play == Play::Late {
                    sleep(Duration::from_millis(20)).await;
                }
                let answer = answer(200, "", &well);
                let step = match play {
                    Play::Dripping => answer.len().div_ceil(10),
                    _ => answer.len(),
                };
                let mut whole = true;
                for (number, part) in answer.as_bytes().chunks(step).enumerate() {
                    if number > 0 {
                        sleep(Duration::from_millis(1)).await;
                    }
                    whole &= stream.write_all(part).await.is_ok();
                }
                if whole {
                    self.count_for(exchange, |count| count.answered += 1);
                }
                return whole;
            }
            Play::ResetUnread | Play::ResetRead => {
                reset(stream);
                return false;
            }
            Play::HangUp => return false,
            Play::Silent => {
                let _ = stream.peek(&mut [0]).await;
                return false;
            }
            Play::Cut => head(200, &format!("content-length: {}\r\n", length + 9)) + &well,
            Play::ShortLength => head(200, "content-length: 7\r\n") + &well,
            Play::MadLength => head(200, "content-length: soon\r\n") + &well,
            Play::TwoLengths => {
                let lengths = format!("content-length: {length}\r\ncontent-length: 7\r\n");
                head(200, &lengths) + &well
            }
            Play::Error(503) => answer(503, "retry-after: 0\r\n", &error),
            Play::Error(status) => answer(status, "", &error),
            Play::Page(status) => answer(status, "content-type: text/html\r\n", &page),
            Play::OtherType(which) => answer(200, "", &other_type(exchange.ask, which, &said)),
            Play::Limited(None) => answer(429, "", &error),
            Play::Limited(Some(time)) => answer(429, &format!("retry-after: {time}\r\n"), &error),
            Play::Redirect(status) => {
                let place = format!("location: {}/{KEY}\r\n", self.elsewhere);
                answer(status, &place, "")
            }
        };
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        false
    }
}

/// Ends a connection so that the other side sees a reset.
fn reset(stream: &TcpStream) {
    stream.set_zero_linger().unwrap();
}

fn head(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}\r\n")
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let headers = format!("content-length: {}\r\n{headers}", body.len());
    head(status, &headers) + body
}

/// Whether a request is what the exchange is about, and has the key where it belongs.
fn check(ask: Ask, request: &Request) {
    let path = match ask {
        Ask::StartPipeline | Ask::StartLineage => "/api/v1/pipelines/execute",
        Ask::StartQueryPipeline => "/api/v1/query/1/pipeline/execute",
        Ask::ExecuteQuery => "/api/v1/query/1/execute",
        Ask::ExecuteSql => "/api/v1/sql/execute",
        Ask::RunStatus => "/api/v1/pipelines/executions/",
        Ask::ExecutionStatus | Ask::Cancel | Ask::Rows => "/api/v1/execution/",
    };
    assert!(request.target.starts_with(path), "{ask:?}: {request:?}");
    assert_eq!(request.header("x-dune-api-key"), Some(KEY));
    assert!(!request.target.contains(KEY));
    let post = ask.starts() || ask == Ask::Cancel;
    assert_eq!(request.method, if post { "POST" } else { "GET" });
    assert_eq!(request.body.is_empty(), !ask.starts());
}

/// Dune's answer.
fn well(exchange: &Exchange, said: &str) -> Value {
    let id = exchange.id();
    match exchange.ask {
        Ask::StartPipeline | Ask::StartLineage | Ask::StartQueryPipeline => {
            json!({ "pipeline_execution_id": id })
        }
        Ask::ExecuteQuery | Ask::ExecuteSql => {
            json!({ "execution_id": id, "state": "QUERY_STATE_PENDING" })
        }
        Ask::RunStatus => json!({"status": "executing", "error": said, "node_executions": [
            {"id": 1, "query_execution_status":
                {"status": "failed", "query_id": 1, "execution_id": "01A", "error": said}},
        ]}),
        Ask::ExecutionStatus => json!({
            "execution_id": id, "query_id": 1, "is_execution_finished": true,
            "state": "QUERY_STATE_FAILED", "submitted_at": "2024-12-20T11:04:18.724658237Z",
            "error": {"type": "FAILED_TYPE_EXECUTION_FAILED", "message": said},
        }),
        Ask::Cancel => json!({ "success": true }),
        Ask::Rows => json!({
            "execution_id": id, "query_id": 1, "is_execution_finished": true,
            "state": "QUERY_STATE_COMPLETED",
            "result": {"rows": [{"n": 1}, {"n": 2}, {"n": 3}], "metadata": {
                "column_names": ["n"], "column_types": ["integer"], "row_count": 3, "total_row_count": 3,
            }},
        }),
    }
}

/// JSON that is of another type than Dune documents: as a whole, in the field that matters, or without it.
fn other_type(ask: Ask, which: u64, said: &str) -> String {
    let field = match ask {
        Ask::StartPipeline | Ask::StartLineage | Ask::StartQueryPipeline => "pipeline_execution_id",
        Ask::ExecuteQuery | Ask::ExecuteSql => "execution_id",
        Ask::RunStatus => "status",
        Ask::ExecutionStatus | Ask::Rows => "state",
        Ask::Cancel => "success",
    };
    let body = match which {
        0 => json!([said]),
        1 => json!({ field: { "of": said } }),
        _ => json!({ "told": said }),
    };
    body.to_string()
}

/// Where redirects lead, and nobody may come.
pub(crate) struct Elsewhere {
    url: String,
    visits: Arc<AtomicUsize>,
}

impl Elsewhere {
    pub(crate) async fn start() -> Elsewhere {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let visits = Arc::new(AtomicUsize::new(0));
        let seen = visits.clone();
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        });
        Elsewhere { url, visits }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}
