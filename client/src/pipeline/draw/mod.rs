//! A pipeline as a drawing: what is to be seen of it, made once and independent of how pipelines are kept, and the four
//! forms that it takes: a tree for terminals, Mermaid, DOT, SVG.

mod dot;
mod forest;
mod member;
mod mermaid;
mod svg;
mod text;
mod tree;

use std::collections::HashMap;
use std::fmt;

use dune_pipeline_graph::Name;
use dune_pipeline_graph::names::list;

use super::{InvalidPipeline, NodeView, Pipeline};
use text::word;

/// How many parameters a box shows before it only counts the others.
const SHOWN: usize = 8;

/// The nodes of a pipeline, each after those it waits for.
pub(super) struct Drawing {
    nodes: Vec<Node>,
}

/// What is to be seen of a node. Every text is printable and on one line.
struct Node {
    /// Its id in the pipeline's JSON: positive, and no other node's.
    id: i64,
    name: String,
    kind: Kind,
    /// What it does: `refresh dune.acme.result_dex_daily`, `query 3101`.
    task: String,
    tier: Option<String>,
    /// Keys and values, in the order in which they are sent.
    parameters: Vec<(String, String)>,
    /// The nodes it waits for, by their place in the drawing, in the order written.
    after: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Refresh,
    Query,
}

impl Drawing {
    /// Of nodes in an order to run them in.
    pub(super) fn new(nodes: &[NodeView<'_>]) -> Self {
        let ids = nodes.iter().map(|node| node.body.id);
        let places = ids.zip(0..).collect();
        let nodes = nodes.iter().map(|node| Node::new(*node, &places));
        Self {
            nodes: nodes.collect(),
        }
    }

    /// What a node waits for, in words, with three members of a group or more that stand side by side as one.
    fn after(&self, node: &Node) -> Vec<String> {
        let names = node.after.iter().filter_map(|&on| self.nodes.get(on));
        text::ranges(names.map(|node| node.name.as_str()))
    }

    /// All there is to say of a node, in pieces between which a line may break.
    fn sentence(&self, node: &Node, with_after: bool) -> Vec<String> {
        let tier = node.tier.iter().map(|tier| format!("on {tier}"));
        let parameters = node.parameters.iter();
        let parameters = parameters.map(|(key, value)| format!("{key} = {value}"));
        let mut pieces = vec![node.task.clone()];
        pieces.extend(tier);
        pieces.extend(text::enclosed("(", parameters.collect(), ")"));
        if with_after {
            pieces.extend(text::enclosed("after ", self.after(node), ""));
        }
        pieces
    }
}

impl Node {
    fn new(view: NodeView<'_>, places: &HashMap<i64, usize>) -> Self {
        let node = view.body;
        let (kind, task, tier, parameters) =
            match (&node.materialized_view_refresh, &node.query_execution) {
                (Some(refresh), _) => (
                    Kind::Refresh,
                    format!("refresh {}", text::view(&refresh.name)),
                    refresh.performance,
                    None,
                ),
                (None, Some(query)) => (
                    Kind::Query,
                    format!("query {}", query.query_id),
                    query.performance,
                    Some(&query.query_parameters),
                ),
                (None, None) => (Kind::Query, "nothing".to_owned(), None, None),
            };
        let parameters = parameters.into_iter().flatten();
        let on = |id: &i64| places.get(id).copied();
        Self {
            id: node.id,
            name: word(&raw(view.name)),
            kind,
            task,
            tier: tier.map(|tier| tier.to_string()),
            parameters: parameters
                .map(|(key, value)| (word(key), text::value(value)))
                .collect(),
            after: node.dependencies.iter().filter_map(on).collect(),
        }
    }

    /// What stands in its box, a line each.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.name.clone(), self.task.clone()];
        lines.extend(self.tier.iter().map(|tier| format!("on {tier}")));
        let parameters = self.parameters.iter().take(SHOWN);
        lines.extend(parameters.map(|(key, value)| format!("{key} = {value}")));
        match self.parameters.len().saturating_sub(SHOWN) {
            0 => {}
            1 => lines.push("and 1 other".to_owned()),
            others => lines.push(format!("and {others} others")),
        }
        lines
    }
}

impl<L> Pipeline<L> {
    /// The pipeline as a flowchart in [Mermaid](https://mermaid.js.org), which GitHub and many wikis draw. By itself Mermaid
    /// draws up to 500 dependencies and 50,000 characters; [`to_dot`](Self::to_dot) and [`to_svg`](Self::to_svg) know no bound.
    ///
    /// ```
    /// let daily = dune_pipeline::pipeline![
    ///     volume = refresh("dune.acme.result_dex_daily").performance(Large),
    ///     trend = query(3103).after(volume),
    /// ];
    /// assert_eq!(
    ///     daily.to_mermaid()?,
    ///     r#"flowchart LR
    ///     n1[("volume
    /// refresh dune.acme.result_dex_daily
    /// on large")]
    ///     n2["trend
    /// query 3103"]
    ///     n1 --> n2
    /// "#
    /// );
    /// # Ok::<(), dune_pipeline::InvalidPipeline>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn to_mermaid(&self) -> Result<String, InvalidPipeline> {
        Ok(mermaid::draw(&self.drawing()?))
    }

    /// The pipeline in the DOT language of [Graphviz](https://graphviz.org), which draws it at any size: `dot -Tsvg`.
    ///
    /// ```
    /// let daily = dune_pipeline::pipeline![
    ///     volume = refresh("dune.acme.result_dex_daily"),
    ///     trend = query(3103).after(volume),
    /// ];
    /// let dot = daily.to_dot()?;
    /// assert!(dot.starts_with("digraph pipeline {"));
    /// assert!(dot.contains("n1 -> n2;"));
    /// # Ok::<(), dune_pipeline::InvalidPipeline>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn to_dot(&self) -> Result<String, InvalidPipeline> {
        Ok(dot::draw(&self.drawing()?))
    }

    /// The pipeline as a picture: an SVG document of its own, without scripts, fonts or anything else from outside, for a light
    /// or a dark background. The nodes that wait for none stand at the left, and each of the others right of those it waits for.
    ///
    /// ```
    /// let daily = dune_pipeline::pipeline![
    ///     volume = refresh("dune.acme.result_dex_daily"),
    ///     trend = query(3103).after(volume),
    /// ];
    /// let svg = daily.to_svg()?;
    /// assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    /// assert!(svg.contains("<title>trend: query 3103 after volume</title>"));
    /// # Ok::<(), dune_pipeline::InvalidPipeline>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn to_svg(&self) -> Result<String, InvalidPipeline> {
        Ok(svg::draw(&self.drawing()?))
    }

    fn drawing(&self) -> Result<Drawing, InvalidPipeline> {
        Ok(Drawing::new(&self.nodes_in_order()?))
    }
}

/// As it was written: what cannot be shown is escaped here, and not twice.
fn raw(name: &Name) -> String {
    match name {
        Name::Label(label) => label.clone(),
        Name::Id(id) => id.to_string(),
    }
}

/// A tree in an order to run it in: a node stands under the one it waits for. A node that waits for several stands after
/// all of them, at the level where they come together, and says for which. A pipeline that breaks rules shows its faults.
///
/// ```
/// let chain = "ethereum";
/// let daily = dune_pipeline::pipeline![
///     volume = refresh("dune.acme.result_dex_daily").performance(Large),
///     takers = refresh("dune.acme.result_dex_taker_first_seen"),
///     share = query(3101)
///         .parameters(blockchain = chain, min_volume_usd = 40_000)
///         .after(volume),
///     trend = query(3103).after(volume, takers),
/// ];
/// assert_eq!(
///     daily.to_string(),
///     "\
/// volume    refresh dune.acme.result_dex_daily on large
/// └─ share  query 3101 (blockchain = ethereum, min_volume_usd = 40000)
/// takers    refresh dune.acme.result_dex_taker_first_seen
/// trend     query 3103 after volume, takers"
/// );
/// ```
impl<L> fmt::Display for Pipeline<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.drawing() {
            Ok(drawing) => tree::draw(&drawing, f),
            Err(invalid) => invalid.fmt(f),
        }
    }
}

/// One line: how many nodes, what they are called, and how many faults where there are any.
impl<L> fmt::Debug for Pipeline<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        };
        let names = || {
            self.content
                .draft
                .nodes
                .iter()
                .map(|node| word(&raw(&node.name.value)))
        };
        write!(f, "Pipeline({}", counted(names().count(), "node"))?;
        if let Err(invalid) = self.request() {
            write!(f, ", {}", counted(invalid.faults().len(), "fault"))?;
        }
        match names().next() {
            Some(_) => write!(f, ": {})", list(names())),
            None => write!(f, ")"),
        }
    }
}
