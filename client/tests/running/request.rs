//! A request as a server gets it, read off its connection by as much of HTTP/1.1 as is needed for that.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// What a server was sent.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    /// The next request of a connection; `None` where that ends before it does.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            let mut chunk = [0; 4096];
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            }
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ');
        let mut request = Request {
            method: words.next()?.to_owned(),
            target: words.next()?.to_owned(),
            headers: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: String::new(),
        };
        let length = request
            .header("content-length")
            .map_or(0, |text| text.parse().unwrap());
        let mut body = bytes.split_off(end + 4);
        while body.len() < length {
            let mut chunk = [0; 4096];
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => body.extend_from_slice(&chunk[..count]),
            }
        }
        request.body = String::from_utf8(body).unwrap();
        Some(request)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}
