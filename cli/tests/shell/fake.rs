//! A Dune that says what a test wants it to say, over real sockets, and keeps what it was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The key that it knows.
pub(crate) const KEY: &str = "a-key-that-nobody-should-see";

/// What it is asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `GET /v1/..`, without what is behind a question mark.
    pub(crate) what: String,
    pub(crate) key: Option<String>,
    pub(crate) body: String,
}

/// What it does about it.
pub(crate) enum Answer {
    /// This status and this JSON.
    Json(u16, String),
    /// It hangs up without a word.
    Nothing,
    /// It takes so long, and hangs up.
    Silence(Duration),
}

type Answers = Box<dyn FnMut(&Request) -> Answer + Send>;

pub(crate) struct Fake {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Fake {
    pub(crate) fn new(answers: impl FnMut(&Request) -> Answer + Send + 'static) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let fake = Fake {
            url: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            answers: Arc::new(Mutex::new(Box::new(answers))),
        };
        let (asked, answers) = (fake.asked.clone(), fake.answers.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (asked, answers) = (asked.clone(), answers.clone());
                thread::spawn(move || serve(stream.unwrap(), &asked, &answers));
            }
        });
        fake
    }

    /// From now on it says something else.
    pub(crate) fn now(&self, answers: impl FnMut(&Request) -> Answer + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// All that it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    /// How often it was asked this.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.asked()
            .iter()
            .filter(|request| request.what == what)
            .count()
    }
}

fn serve(stream: TcpStream, asked: &Mutex<Vec<Request>>, answers: &Mutex<Answers>) {
    let Some(request) = read(&stream) else { return };
    asked.lock().unwrap().push(request.clone());
    let answer = match &request.key {
        Some(key) if key == KEY => (answers.lock().unwrap())(&request),
        _ => Answer::Json(401, r#"{"error":"invalid API Key"}"#.to_owned()),
    };
    match answer {
        Answer::Json(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            // Whoever asked may have gone.
            drop((&stream).write_all((head + &body).as_bytes()));
        }
        Answer::Nothing => {}
        Answer::Silence(time) => thread::sleep(time),
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?, words.next()?);
    let path = path.split('?').next()?.trim_start_matches("/api");
    let what = format!("{method} {path}");
    let (mut key, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-dune-api-key" => key = Some(value.to_owned()),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    Some(Request { what, key, body })
}
