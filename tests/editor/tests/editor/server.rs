//! A language server's other end: JSON-RPC over its standard input and output, as far as these tests go.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Nothing that is asked takes so long; loading a project on a busy machine may.
const PATIENCE: Duration = Duration::from_secs(240);

pub(crate) struct Server {
    input: ChildStdin,
    messages: Receiver<Value>,
    asked: u64,
    quiescent: bool,
    // Its input is closed when the tests end, and with that it ends too.
    _process: Child,
}

impl Server {
    pub(crate) fn start(command: &mut Command, folder: &Path) -> Self {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = process.stdout.take().unwrap();
        let (sender, messages) = channel();
        thread::spawn(move || read(BufReader::new(output), &sender));
        let mut server = Self {
            input: process.stdin.take().unwrap(),
            messages,
            asked: 0,
            quiescent: false,
            _process: process,
        };
        server.ask(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": uri(folder),
                "initializationOptions": settings(),
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "workspace": { "configuration": true },
                    "textDocument": {
                        "completion": {},
                        "diagnostic": {},
                        "hover": { "contentFormat": ["markdown"] },
                        "rename": { "prepareSupport": true },
                    },
                },
            }),
        );
        server.tell("initialized", json!({}));
        server
    }

    /// Sends a request and gives its result.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(json!({ "id": id, "method": method, "params": params }));
        loop {
            let mut message = self.next();
            if message["id"] == id && message["method"].is_null() {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
        }
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({ "method": method, "params": params }));
    }

    /// Waits until the project is loaded, its build scripts have run and its macros are built.
    pub(crate) fn wait_until_quiescent(&mut self) {
        while !self.quiescent {
            self.next();
        }
    }

    /// The next message; what the server asks meanwhile is answered.
    fn next(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE);
        let message = message.expect("rust-analyzer ended or is silent");
        if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
            let items = message["params"]["items"].as_array().map_or(0, Vec::len);
            let result = match method {
                "workspace/configuration" => Value::from(vec![settings(); items]),
                _ => Value::Null,
            };
            let answer = json!({ "id": id, "result": result });
            self.send(answer);
        }
        if message["method"] == "experimental/serverStatus" {
            let status = &message["params"];
            assert_ne!(status["health"], "error", "{status}");
            self.quiescent = status["quiescent"] == true;
        }
        message
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = "2.0".into();
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// What is measured is the macro: no check by cargo on saving, and nothing but what is in scope.
fn settings() -> Value {
    json!({
        "checkOnSave": false,
        "cachePriming": { "enable": false },
        "completion": { "autoimport": { "enable": false }, "autoself": { "enable": false } },
    })
}

fn read(mut output: impl BufRead, messages: &Sender<Value>) {
    let deadline = Instant::now() + PATIENCE * 10;
    while Instant::now() < deadline {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if output.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        if output.read_exact(&mut body).is_err() {
            return;
        }
        if messages
            .send(serde_json::from_slice(&body).unwrap())
            .is_err()
        {
            return;
        }
    }
}
