//! A server of rows that costs next to nothing: the rows of a page are made once, and every page is sent from them. What
//! stands around them is all that Dune sends, for some clients insist on it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Outcome;
use super::trade::{COLUMNS, json};

/// An execution that has all rows, as every other one but [`ONE_ROW`].
pub const EXECUTION: &str = "01HR8AGD6CWGHGP1BN3Z1SJ4MD";

/// An execution that has one row.
pub const ONE_ROW: &str = "01HR8AGD6CWGHGP1BN3Z1SJ4M1";

/// Dune's limit for a page: values.
const DATAPOINTS: u64 = 250_000;

/// Serves until the process ends.
#[derive(Debug)]
pub struct Server {
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
    /// Serves so many rows on a free port of this machine.
    ///
    /// # Errors
    /// There is none.
    pub fn start(total: u64) -> Outcome<Server> {
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

    /// Its address, without a path.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The size of the rows of a page, in bytes of JSON.
    #[must_use]
    pub fn page_bytes(&self) -> u64 {
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
        let page = Page::of(&target, &stored);
        let end = match page.count {
            0 => 0,
            count => stored.ends.get(count as usize - 1).copied().unwrap_or(0),
        };
        let rows = stored.rows.get(..end).unwrap_or_default();
        let (head, tail) = page.around(address, rows)?;
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

/// A page that is asked for.
struct Page<'a> {
    execution: &'a str,
    /// How many rows the execution has.
    total: u64,
    limit: Option<u64>,
    offset: u64,
    /// How many rows the page has.
    count: u64,
}

impl Page<'_> {
    fn of<'a>(target: &'a str, stored: &Stored) -> Page<'a> {
        // A proxy is asked for a whole address.
        let execution = target.split_once("/execution/");
        let execution = execution.and_then(|(_, rest)| rest.split_once('/'));
        let execution = execution.map_or(EXECUTION, |(id, _)| id);
        let asked = |name: &str| {
            let (_, value) = target.split_once(name)?;
            let digits = value.find(|c: char| !c.is_ascii_digit())?;
            value.get(..digits)?.parse::<u64>().ok()
        };
        let total = match execution {
            ONE_ROW => 1,
            _ => stored.total,
        };
        let limit = asked("limit=");
        let offset = asked("offset=").unwrap_or(0).min(total);
        let most = stored.ends.len() as u64;
        let count = limit.unwrap_or(most).min(most).min(total - offset);
        Page {
            execution,
            total,
            limit,
            offset,
            count,
        }
    }

    /// What stands before the rows, and after them.
    fn around(&self, address: SocketAddr, rows: &str) -> Outcome<(String, String)> {
        let Page {
            execution,
            total,
            count,
            ..
        } = self;
        let head = format!(
            "{{\"execution_id\":\"{execution}\",\"query_id\":3493826,\"is_execution_finished\":true,\
             \"state\":\"QUERY_STATE_COMPLETED\",\"submitted_at\":\"2024-03-05T22:07:22.828653Z\",\
             \"expires_at\":\"2024-06-03T22:07:53.36647Z\",\"execution_started_at\":\"2024-03-05T22:07:24.013663281Z\",\
             \"execution_ended_at\":\"2024-03-05T22:07:53.366469062Z\",\"result\":{{\"rows\":["
        );
        let listed = |text: fn(&(&'static str, &'static str)) -> &'static str| {
            let texts: Vec<_> = COLUMNS
                .iter()
                .map(|column| format!("{:?}", text(column)))
                .collect();
            texts.join(",")
        };
        let bytes = rows.len() as u64;
        let mut tail = format!(
            "],\"metadata\":{{\"column_names\":[{}],\"column_types\":[{}],\"row_count\":{count},\
             \"result_set_bytes\":{bytes},\"total_row_count\":{total},\"total_result_set_bytes\":{},\
             \"datapoint_count\":{},\"pending_time_millis\":1185,\"execution_time_millis\":29352}}}}",
            listed(|column| column.0),
            listed(|column| column.1),
            bytes / count.max(&1) * total,
            count * COLUMNS.len() as u64,
        );
        let next = self.offset + count;
        if next < *total {
            let limit = self.limit.map(|limit| format!("limit={limit}&"));
            let limit = limit.unwrap_or_default();
            write!(
                tail,
                ",\"next_uri\":\"http://{address}/api/v1/execution/{execution}/results?{limit}offset={next}\",\
                 \"next_offset\":{next}"
            )?;
        }
        tail.push('}');
        Ok((head, tail))
    }
}
