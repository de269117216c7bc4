//! Reading rows over real sockets, by whatever client: a server of a million of them, a type for them, and processes that
//! read them and measure it.

mod reading;
mod server;
mod trade;

use std::error::Error;

pub use self::reading::{Way, compare, read, told};
pub use self::server::{EXECUTION, ONE_ROW, Server};
pub use self::trade::Trade;

/// How many rows there are to read.
pub const ROWS: u64 = 1_000_000;

/// How often each way is gone.
pub const TURNS: usize = 3;

/// What came of something that may go wrong anywhere.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;
