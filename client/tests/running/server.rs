//! A server that answers as it is told to: well, badly, in part or not at all. It speaks just enough HTTP/1.1, one
//! request a connection, and keeps what it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

#[path = "request.rs"]
mod request;
pub(crate) use self::request::Request;

impl Request {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A value of the query string.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(&format!("http://host{}", self.target)).unwrap();
        let mut pairs = url.query_pairs();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

/// What a server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answers.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// Answers with a body that is said to be packed by gzip, and so long.
    #[cfg(feature = "gzip")]
    Packed(u16, Vec<u8>, usize),
    /// Answers with a body that is announced longer than it is, and hangs up.
    Cut(u16, String),
    /// Answers as if the connection could be used again, and hangs up a moment later.
    Fickle(String),
    /// Hangs up without a word.
    HangUp,
    /// Says nothing and keeps the connection.
    Silence,
}

impl Reply {
    pub(crate) fn json(body: Value) -> Reply {
        Reply::with_status(200, body)
    }

    pub(crate) fn with_status(status: u16, body: Value) -> Reply {
        let headers = vec![("content-type", "application/json".to_owned())];
        Reply::Whole(status, headers, body.to_string())
    }

    pub(crate) fn error(status: u16, text: &str) -> Reply {
        Reply::with_status(status, serde_json::json!({ "error": text }))
    }

    pub(crate) fn html(status: u16, body: &str) -> Reply {
        let headers = vec![("content-type", "text/html".to_owned())];
        Reply::Whole(status, headers, body.to_owned())
    }

    pub(crate) fn with_body(self, body: String) -> Reply {
        match self {
            Reply::Whole(status, headers, _) => Reply::Whole(status, headers, body),
            other => other,
        }
    }

    pub(crate) fn header(self, name: &'static str, value: &str) -> Reply {
        match self {
            Reply::Whole(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Reply::Whole(status, headers, body)
            }
            other => other,
        }
    }
}

/// A server on a port of its own; it ends with the value.
pub(crate) struct Server {
    url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers every request by what this says, which also gets how many came before.
    pub(crate) async fn start(
        reply: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Server::on(listener, reply)
    }

    /// Answers one request after the other by these, and all further ones by the last.
    pub(crate) async fn replies(replies: impl IntoIterator<Item = Reply>) -> Server {
        let replies: Vec<_> = replies.into_iter().collect();
        Server::start(move |before, _| replies[before.min(replies.len() - 1)].clone()).await
    }

    pub(crate) fn on(
        listener: TcpListener,
        reply: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let reply = Arc::new(reply);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, seen.clone(), reply.clone()));
            }
        });
        Server {
            url,
            requests,
            task,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Goes away: whoever comes is refused.
    pub(crate) async fn stop(&self) {
        self.task.abort();
        while !self.task.is_finished() {
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// All it was sent so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves one connection: one request and its answer.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    seen: Arc<Mutex<Vec<Request>>>,
    reply: Arc<impl Fn(usize, &Request) -> Reply>,
) {
    let Some(request) = Request::read(&mut stream).await else {
        return;
    };
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    let (status, headers, body, announced) = match reply(before, &request) {
        Reply::Whole(status, headers, body) => {
            let length = body.len();
            (status, headers, body.into_bytes(), length)
        }
        #[cfg(feature = "gzip")]
        Reply::Packed(status, body, length) => {
            let headers = vec![("content-encoding", "gzip".to_owned())];
            (status, headers, body, length)
        }
        Reply::Cut(status, body) => {
            let length = body.len() + 100;
            (status, Vec::new(), body.into_bytes(), length)
        }
        Reply::Fickle(body) => {
            let length = body.len();
            let answer = format!("HTTP/1.1 200 X\r\ncontent-length: {length}\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
            sleep(Duration::from_millis(20)).await;
            return;
        }
        Reply::HangUp => return,
        Reply::Silence => {
            let _ = stream.read(&mut [0]).await;
            return;
        }
    };
    let mut head =
        format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {announced}\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let mut answer = format!("{head}\r\n").into_bytes();
    answer.extend_from_slice(&body);
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}
