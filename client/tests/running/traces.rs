//! What the client tells `tracing`, kept: every span with its fields and every event, those of the crates below too.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// A span or an event.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    /// The name of the span, or the message of the event.
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) fields: BTreeMap<String, String>,
    /// The names of the spans around it, the outermost first.
    pub(crate) within: Vec<&'static str>,
    /// Whether it is a span that is over.
    pub(crate) closed: bool,
    id: Option<u64>,
}

/// What was told on this thread.
#[derive(Clone, Default)]
pub(crate) struct Traces {
    all: Arc<Mutex<Vec<Trace>>>,
}

impl Traces {
    /// Listens on this thread until the guard is dropped.
    pub(crate) fn listen() -> (Traces, DefaultGuard) {
        let traces = Traces::default();
        let subscriber = Registry::default().with(traces.clone());
        (traces, tracing::subscriber::set_default(subscriber))
    }

    /// The spans of that name that the client opened.
    pub(crate) fn spans(&self, name: &str) -> Vec<Trace> {
        self.own(name, true)
    }

    /// The events with that message that the client told.
    pub(crate) fn events(&self, message: &str) -> Vec<Trace> {
        self.own(message, false)
    }

    fn own(&self, name: &str, span: bool) -> Vec<Trace> {
        let all = self.all.lock().unwrap();
        let own = |trace: &&Trace| {
            trace.name == name
                && trace.target.starts_with("dune_pipeline")
                && trace.id.is_some() == span
        };
        all.iter().filter(own).cloned().collect()
    }

    /// Everything that was told.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for trace in self.all.lock().unwrap().iter() {
            writeln!(text, "{trace:?}").unwrap();
        }
        text
    }

    fn add(
        &self,
        metadata: &Metadata<'_>,
        id: Option<u64>,
        fields: Fields,
        within: Vec<&'static str>,
    ) {
        let mut fields = fields.0;
        let name = match id {
            Some(_) => metadata.name().to_owned(),
            None => fields.remove("message").unwrap_or_default(),
        };
        self.all.lock().unwrap().push(Trace {
            name,
            target: metadata.target().to_owned(),
            fields,
            within,
            closed: false,
            id,
        });
    }
}

impl Trace {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Traces {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let around = context.span_scope(id).into_iter();
        let around = around.flat_map(|scope| scope.from_root().map(|span| span.name()));
        let mut within: Vec<_> = around.collect();
        within.pop();
        self.add(attributes.metadata(), Some(id.into_u64()), fields, within);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let mut all = self.all.lock().unwrap();
        // Ids are used again once a span is closed.
        let mut latest = all.iter_mut().rev();
        let span = latest.find(|trace| trace.id == Some(id.into_u64()));
        span.unwrap().fields.extend(fields.0);
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut all = self.all.lock().unwrap();
        let mut latest = all.iter_mut().rev();
        let span = latest.find(|trace| trace.id == Some(id.into_u64()));
        span.unwrap().closed = true;
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = context.event_scope(event).into_iter();
        let around = around.flat_map(|scope| scope.from_root().map(|span| span.name()));
        self.add(event.metadata(), None, fields, around.collect());
    }
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}
