//! The low-level client of Dune's API, generated from its published documents.

mod base_url;
mod body;
mod connection;
mod hooks;
mod key;
mod length;
mod tls;
mod trace;
mod whole;

pub use reqwest;
pub use reqwest::Body;
pub use reqwest::StatusCode;
pub use reqwest::header::{HeaderMap, HeaderValue};

pub use self::base_url::{BaseUrl, BaseUrlError};
pub use self::connection::{ConnectError, ConnectOptions, Connection};
pub use self::generated::*;
pub use self::key::{ApiKey, ApiKeyError};
pub use self::length::is_too_long;
pub use self::tls::{RootCertificates, is_tls_failure};
pub use self::trace::Purpose;
pub use self::whole::Whole;

#[allow(
    missing_docs,
    unreachable_pub,
    rustdoc::all,
    clippy::all,
    clippy::unwrap_used,
    rust_2018_idioms
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
