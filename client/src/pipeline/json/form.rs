//! The form of a pipeline's JSON: which fields there are and of which type, every deviation with its path.
//! Values are looked at as they are written, level by level, so that digits stay exact and nothing nests too deep.

use std::fmt;

use dune_api::types::Performance;
use dune_pipeline_graph::names::{list, nearest};
use dune_pipeline_graph::{At, Name, Node, Target};
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::{NodeSpec, query, refresh};
use super::{JsonFault, KEPT};

/// What could be read of a text.
pub(super) struct Read {
    /// None where there is no list of nodes.
    pub(super) nodes: Option<Nodes>,
    /// With the node each is about, by its index.
    pub(super) faults: Vec<(Option<usize>, JsonFault)>,
    /// How many faults were counted and not kept.
    pub(super) others: usize,
}

#[derive(Default)]
pub(super) struct Nodes {
    /// For the graph's rules, with what could not be read left open.
    pub(super) graph: Vec<Node>,
    /// The same for building; complete where there are no faults.
    pub(super) specs: Vec<(Name, NodeSpec)>,
    /// Then nobody knows whether a dependency is dangling.
    pub(super) some_lack_ids: bool,
}

/// All that is to be read of a text, unless it is not JSON at all.
pub(super) fn read(text: &str) -> Result<Read, JsonFault> {
    let document: &RawValue = serde_json::from_str(text).map_err(|error| JsonFault::NotJson {
        line: error.line(),
        column: error.column(),
        why: without_place(&error),
    })?;
    let mut reader = Reader::default();
    let nodes = reader.document(document);
    Ok(Read {
        nodes,
        faults: reader.faults,
        others: reader.others,
    })
}

/// serde_json's sentence ends in the place, which is told apart.
fn without_place(error: &serde_json::Error) -> String {
    let told = error.to_string();
    match told.rsplit_once(" at line ") {
        Some((why, _)) => why.to_owned(),
        None => told,
    }
}

type Fields<'a> = Vec<(String, &'a RawValue)>;

#[derive(Default)]
struct Reader {
    /// The node that is being read.
    node: Option<usize>,
    faults: Vec<(Option<usize>, JsonFault)>,
    others: usize,
}

impl Reader {
    fn fault(&mut self, path: String, why: impl Into<String>, help: Option<String>) {
        if self.faults.len() == KEPT {
            self.others += 1;
            return;
        }
        let why = why.into();
        self.faults
            .push((self.node, JsonFault::Form { path, why, help }));
    }

    fn document(&mut self, document: &RawValue) -> Option<Nodes> {
        let fields = self.object(document, "")?;
        if !has(&fields, "pipeline") && has(&fields, "nodes") {
            return self.pipeline(&fields, "");
        }
        let mut pipeline = None;
        for (key, value) in self.known(
            &fields,
            "",
            &["pipeline", "query_id", "performance", "query_parameters"],
        ) {
            match key {
                "pipeline" => pipeline = Some(value),
                _ if is_null(value) => {}
                _ => self.fault(
                    key.to_owned(),
                    "is for a request that leaves the pipeline to Dune",
                    Some("start that with `Dune::execute_lineage(query(<id>))`".to_owned()),
                ),
            }
        }
        let Some(pipeline) = pipeline.filter(|value| !is_null(value)) else {
            self.missing("", "pipeline", "an object with a list of `nodes`");
            return None;
        };
        let fields = self.object(pipeline, "pipeline")?;
        self.pipeline(&fields, "pipeline")
    }

    fn pipeline(&mut self, fields: &Fields<'_>, path: &str) -> Option<Nodes> {
        let known = self.known(fields, path, &["nodes"]);
        let Some((_, list)) = known.first() else {
            self.missing(path, "nodes", "a list");
            return None;
        };
        let path = join(path, "nodes");
        let list = self.list(list, &path)?;
        let mut nodes = Nodes::default();
        for (i, node) in list.into_iter().enumerate() {
            self.node = Some(i);
            let (node, spec) =
                self.node(node, &format!("{path}[{i}]"), i, &mut nodes.some_lack_ids);
            nodes
                .specs
                .extend(spec.map(|spec| (node.name.value.clone(), spec)));
            nodes.graph.push(node);
        }
        self.node = None;
        Some(nodes)
    }

    fn node(
        &mut self,
        node: &RawValue,
        path: &str,
        index: usize,
        lacks_id: &mut bool,
    ) -> (Node, Option<NodeSpec>) {
        // What a node without an id is called, which no id is.
        let mut read = Node::new(format!("nodes[{index}]"));
        let mut specs = Vec::new();
        let mut id = None;
        let fields = self.object(node, path);
        let is_object = fields.is_some();
        let fields = fields.unwrap_or_default();
        let known = [
            "id",
            "dependencies",
            "materialized_view_refresh",
            "query_execution",
        ];
        let known = self.known(&fields, path, &known);
        let given = |name: &str| {
            known
                .iter()
                .find(|(key, value)| *key == name && !is_null(value))
        };
        if let Some((_, value)) = given("id") {
            id = self.whole(value, &join(path, "id"));
        } else if is_object {
            self.missing(path, "id", "a whole number from 1 on");
        }
        match id {
            Some(id) => read.name.value = Name::Id(id),
            None => *lacks_id = true,
        }
        if let Some((_, value)) = given("dependencies") {
            let path = join(path, "dependencies");
            for (i, on) in self
                .list(value, &path)
                .unwrap_or_default()
                .into_iter()
                .enumerate()
            {
                let on = self.whole(on, &format!("{path}[{i}]"));
                read.dependencies
                    .extend(on.map(|on| At::from(Name::Id(on))));
            }
        }
        if let Some((_, value)) = given("materialized_view_refresh") {
            specs.push(self.refresh(value, &join(path, "materialized_view_refresh"), &mut read));
        }
        if let Some((_, value)) = given("query_execution") {
            specs.push(self.query(value, &join(path, "query_execution"), &mut read));
        }
        if !is_object {
            // That it is no node has been told; that it does nothing follows.
            read.targets.push(Target::Query { id: None }.into());
        }
        let spec = match specs.pop().flatten() {
            Some(NodeSpec::Refresh(spec)) => Some(spec.after(read.dependencies.clone()).into()),
            Some(NodeSpec::Query(spec)) => Some(spec.after(read.dependencies.clone()).into()),
            None => None,
        };
        (read, spec)
    }

    fn refresh(&mut self, value: &RawValue, path: &str, node: &mut Node) -> Option<NodeSpec> {
        let fields = self.object(value, path);
        let is_object = fields.is_some();
        let fields = fields.unwrap_or_default();
        let (mut view, mut tier) = (None, None);
        let mut told = !is_object;
        for (key, value) in self.known(&fields, path, &["name", "performance"]) {
            match key {
                "name" => {
                    told = true;
                    view = self.text(value, &join(path, key), "");
                }
                _ => tier = self.tier(value, &join(path, key)),
            }
        }
        if !told {
            self.missing(path, "name", "the name of a view");
        }
        node.targets
            .push(Target::Refresh { view: view.clone() }.into());
        let spec = refresh(view?);
        Some(spec.performance(tier).into())
    }

    fn query(&mut self, value: &RawValue, path: &str, node: &mut Node) -> Option<NodeSpec> {
        let fields = self.object(value, path);
        let is_object = fields.is_some();
        let fields = fields.unwrap_or_default();
        let (mut id, mut tier, mut parameters) = (None, None, Vec::new());
        let mut told = !is_object;
        for (key, value) in self.known(
            &fields,
            path,
            &["query_id", "performance", "query_parameters"],
        ) {
            match key {
                "query_id" => {
                    told = true;
                    id = self.whole(value, &join(path, key));
                }
                "performance" => tier = self.tier(value, &join(path, key)),
                _ if is_null(value) => {}
                _ => parameters = self.parameters(value, &join(path, key), node),
            }
        }
        if !told {
            self.missing(path, "query_id", "a whole number from 1 on");
        }
        node.targets.push(Target::Query { id }.into());
        let spec = query(id?).parameters(parameters);
        Some(spec.performance(tier).into())
    }

    fn parameters(
        &mut self,
        value: &RawValue,
        path: &str,
        node: &mut Node,
    ) -> Vec<(String, String)> {
        let mut read = Vec::new();
        for (key, value) in self.object(value, path).unwrap_or_default() {
            node.parameters.push(At::from(key.as_str()));
            let number = kind(value) == "a number";
            let text = if number {
                Some(value.get().to_owned())
            } else {
                let path = join(path, &key);
                self.text(value, &path, " or a number")
            };
            read.extend(text.map(|text| (key, text)));
        }
        read
    }

    fn tier(&mut self, value: &RawValue, path: &str) -> Option<Performance> {
        if is_null(value) {
            return None;
        }
        let name = self.text(value, path, "")?;
        let tier = name.parse().ok();
        if tier.is_none() {
            let name: String = name.chars().take(60).collect();
            self.fault(
                path.to_owned(),
                format!("is {name:?}, which is no tier in Dune's documents"),
                None,
            );
        }
        tier
    }

    fn text(&mut self, value: &RawValue, path: &str, or: &str) -> Option<String> {
        if kind(value) != "a text" {
            self.misfit(value, path, &format!("a text{or}"));
            return None;
        }
        self.parsed(serde_json::from_str(value.get()), path)
    }

    fn whole(&mut self, value: &RawValue, path: &str) -> Option<i128> {
        let digits = value.get();
        if kind(value) != "a number" {
            self.misfit(value, path, "a whole number");
            return None;
        }
        if digits.contains(['.', 'e', 'E']) {
            self.fault(path.to_owned(), "is no whole number", None);
            return None;
        }
        // Beyond this type is beyond every id too: the graph's rules say so.
        let beyond = if digits.starts_with('-') {
            i128::MIN
        } else {
            i128::MAX
        };
        Some(digits.parse().unwrap_or(beyond))
    }

    fn list<'a>(&mut self, value: &'a RawValue, path: &str) -> Option<Vec<&'a RawValue>> {
        if kind(value) != "a list" {
            self.misfit(value, path, "a list");
            return None;
        }
        self.parsed(serde_json::from_str(value.get()), path)
    }

    fn object<'a>(&mut self, value: &'a RawValue, path: &str) -> Option<Fields<'a>> {
        if kind(value) != "an object" {
            self.misfit(value, path, "an object");
            return None;
        }
        let mut deserializer = serde_json::Deserializer::from_str(value.get());
        self.parsed(deserializer.deserialize_map(InOrder), path)
    }

    /// The text as a whole is JSON; what a part of it can still hold is half of a surrogate pair.
    fn parsed<T>(&mut self, parsed: Result<T, serde_json::Error>, path: &str) -> Option<T> {
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let why = format!("cannot be read: {}", without_place(&error));
                self.fault(named(path), why, None);
                None
            }
        }
    }

    /// The fields that Dune's document knows, each once; the others are told.
    fn known<'a, 'f>(
        &mut self,
        fields: &'f Fields<'a>,
        path: &str,
        known: &[&'static str],
    ) -> Vec<(&'static str, &'a RawValue)> {
        let mut found: Vec<(&'static str, &'a RawValue)> = Vec::new();
        for (key, value) in fields {
            match known.iter().find(|known| *known == key) {
                Some(&known) if found.iter().any(|(key, _)| *key == known) => {
                    self.fault(join(path, key), "is given twice", None);
                }
                Some(known) => found.push((known, value)),
                None => {
                    let help = match nearest(key, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("the fields here are {}", list(known)),
                    };
                    self.fault(join(path, key), "is unknown", Some(help));
                }
            }
        }
        found
    }

    fn missing(&mut self, path: &str, field: &str, what: &str) {
        self.fault(
            join(path, field),
            format!("is missing; it must be {what}"),
            None,
        );
    }

    fn misfit(&mut self, value: &RawValue, path: &str, what: &str) {
        self.fault(
            named(path),
            format!("is {}; it must be {what}", kind(value)),
            None,
        );
    }
}

fn has(fields: &Fields<'_>, name: &str) -> bool {
    fields.iter().any(|(key, _)| key == name)
}

fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "a truth value",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// A field that is no plain word stands in brackets, cut where it is long.
fn join(path: &str, field: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if field.is_empty() || field.len() > 60 || !field.chars().all(plain) {
        let field: String = field.chars().take(60).collect();
        format!("{path}[{field:?}]")
    } else if path.is_empty() {
        field.to_owned()
    } else {
        format!("{path}.{field}")
    }
}

fn named(path: &str) -> String {
    if path.is_empty() { "$" } else { path }.to_owned()
}

/// An object's fields as they are written, also those that are there twice.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(fields)
    }
}
