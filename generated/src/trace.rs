//! What `tracing` is told of a request: one span for each time it is sent. Whoever sends it opens the span with what it
//! is for; the hooks, through which every request goes, add what it is.

use progenitor_client::OperationInfo;
use reqwest::{Request, StatusCode};
use tracing::field::Empty;
use tracing::{Span, debug_span};

use crate::key::ApiKey;

/// The target of the span, for filters.
const TARGET: &str = "dune_pipeline::request";

/// The name of the span.
const NAME: &str = "request";

/// What a request is for, as far as that is known before it is sent. No text of it may hold the key.
#[derive(Debug, Clone, Copy)]
pub struct Purpose<'p> {
    /// What it does, in words.
    pub purpose: &'p str,
    /// The run of a pipeline that it is about.
    pub run: Option<&'p str>,
    /// The node of that run.
    pub node: Option<&'p str>,
    /// The execution it is about.
    pub execution: Option<&'p str>,
    /// How often it is sent with this time, from 1 on.
    pub attempt: u32,
}

impl Purpose<'_> {
    /// The span of one attempt, to be entered while it goes on: `request`, of the target `dune_pipeline::request`, at the
    /// level `DEBUG`. Its last field, `elapsed_ms`, is for whoever opens it.
    #[must_use]
    pub fn span(&self) -> Span {
        debug_span!(
            target: TARGET,
            NAME,
            purpose = self.purpose,
            run = self.run,
            node = self.node,
            execution = self.execution,
            attempt = self.attempt,
            operation = Empty,
            method = Empty,
            path = Empty,
            status = Empty,
            elapsed_ms = Empty,
        )
    }
}

/// Adds what a request is. Of its address only the path: a query string is the caller's, and may hold anything.
pub(crate) fn sent(request: &Request, operation: &OperationInfo, key: &ApiKey) {
    if let Some(span) = current() {
        span.record("operation", operation.operation_id);
        span.record("method", request.method().as_str());
        span.record("path", &*key.redact(request.url().path()));
    }
}

/// Adds how it was answered.
pub(crate) fn answered(status: StatusCode) {
    if let Some(span) = current() {
        span.record("status", status.as_u16());
    }
}

/// The span that was opened for the request, and no other one: it may be filtered out, and the current span is then one
/// of the caller's own.
fn current() -> Option<Span> {
    let span = Span::current();
    let metadata = span.metadata()?;
    (metadata.target() == TARGET && metadata.name() == NAME).then_some(span)
}
