//! A server of rows that costs next to nothing: the rows of a page are made once, and every page is sent from them.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Outcome;
use super::trade::{COLUMNS, json};

/// Dune's limit for a page: values.
const DATAPOINTS: u64 = 250_000;

/// Serves until the process ends.
pub(crate) struct Server {
    url: String,
    page_bytes: u64,
}

/// The rows of the largest page, as JSON and separated by commas, and where each of them ends.
struct Stored {
    total: u64,
    rows: String,
    ends: Vec<usize>,
}

impl Server {
    pub(crate) fn start(total: u64) -> Outcome<Server> {
        let mut stored = Stored {
            total,
            rows: String::new(),
            ends: Vec::new(),
        };
        for n in 0..DATAPOINTS / COLUMNS.len() as u64 {
            if n > 0 {
                stored.rows.push(',');
            }
            stored.rows.push_str(&json(n));
            stored.ends.push(stored.rows.len());
        }
        let page_bytes = stored.rows.len() as u64;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}");
        let stored = Arc::new(stored);
        thread::spawn(move || {
            runtime.block_on(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    // A client that leaves is no failure of the server.
                    tokio::spawn(serve(stream, address, stored.clone()));
                }
            });
        });
        Ok(Server { url, page_bytes })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The size of the rows of a page, in bytes of JSON.
    pub(crate) fn page_bytes(&self) -> u64 {
        self.page_bytes
    }
}

/// Answers the requests of one connection, whatever they are, with the page they ask for.
async fn serve(stream: TcpStream, address: SocketAddr, stored: Arc<Stored>) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut target = String::new();
        if stream.read_line(&mut target).await? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 2 {
            line.clear();
        }
        let asked = |name: &str| {
            let (_, value) = target.split_once(name)?;
            let digits = value.find(|c: char| !c.is_ascii_digit())?;
            value.get(..digits)?.parse::<u64>().ok()
        };
        let offset = asked("offset=").unwrap_or(0).min(stored.total);
        let most = stored.ends.len() as u64;
        let count = asked("limit=").unwrap_or(most).min(most);
        let count = count.min(stored.total - offset);
        let end = match count {
            0 => 0,
            count => stored.ends.get(count as usize - 1).copied().unwrap_or(0),
        };
        let rows = stored.rows.get(..end).unwrap_or_default();
        let (head, tail) = around(address, offset, count, stored.total)?;
        let length = head.len() + rows.len() + tail.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{head}"
        );
        let stream = stream.get_mut();
        stream.write_all(answer.as_bytes()).await?;
        stream.write_all(rows.as_bytes()).await?;
        stream.write_all(tail.as_bytes()).await?;
    }
}

/// What stands before the rows, and after them.
fn around(address: SocketAddr, offset: u64, count: u64, total: u64) -> Outcome<(String, String)> {
    let head = "{\"execution_id\":\"01HR8AGD6CWGHGP1BN3Z1SJ4MD\",\"query_id\":3493826,\"is_execution_finished\":true,\
        \"state\":\"QUERY_STATE_COMPLETED\",\"submitted_at\":\"2024-03-05T22:07:22.828653Z\",\"result\":{\"rows\":[";
    let listed = |text: fn(&(&'static str, &'static str)) -> &'static str| {
        let texts: Vec<_> = COLUMNS
            .iter()
            .map(|column| format!("{:?}", text(column)))
            .collect();
        texts.join(",")
    };
    let mut tail = format!(
        "],\"metadata\":{{\"column_names\":[{}],\"column_types\":[{}],\"row_count\":{count},\"total_row_count\":{total}}}}}",
        listed(|column| column.0),
        listed(|column| column.1),
    );
    let next = offset + count;
    if next < total {
        write!(
            tail,
            ",\"next_uri\":\"http://{address}/api/v1/execution/01HR8AGD6CWGHGP1BN3Z1SJ4MD/results?limit=32000&offset={next}\",\
             \"next_offset\":{next}"
        )?;
    }
    tail.push('}');
    Ok((head.to_owned(), tail))
}
