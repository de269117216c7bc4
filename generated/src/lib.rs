//! The low-level client of Dune's API, generated from its published documents.

#[allow(
    missing_docs,
    unreachable_pub,
    unused_imports,
    clippy::all,
    clippy::unwrap_used
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

pub use generated::{ByteStream, Client, ClientInfo, Error, ResponseValue, types};

impl progenitor_client::ClientHooks<()> for Client {}
