//! A pipeline read back from the JSON of Dune's API, with everything that is wrong with the text in one go: its form by
//! path, its graph by the graph's own rules and in its words.

mod form;

use std::fmt;

use dune_pipeline_graph::{self as graph, Rule};

use super::{Pipeline, PipelineFault};

/// How many faults are kept; of the others only the number.
const KEPT: usize = 100;

/// A text that is not the JSON of a pipeline, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidJson {
    faults: Vec<JsonFault>,
    others: usize,
}

impl InvalidJson {
    fn of(mut faults: Vec<JsonFault>, others: usize) -> Self {
        let others = others + faults.len().saturating_sub(KEPT);
        faults.truncate(KEPT);
        Self { faults, others }
    }

    /// The faults, node by node; at least one, and of many the first hundred.
    pub fn faults(&self) -> &[JsonFault] {
        &self.faults
    }

    /// How many more there are.
    pub fn others(&self) -> usize {
        self.others
    }
}

impl fmt::Display for InvalidJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.faults.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{fault}")?;
        }
        match self.others {
            0 => Ok(()),
            others => write!(f, "\n\nand {others} more"),
        }
    }
}

impl std::error::Error for InvalidJson {}

/// One thing that is wrong with the JSON of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// The text is not JSON. Correct it at the place told; nothing else of it was judged.
    #[error("not JSON at line {line}, column {column}: {why}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1; 0 where the line ends too early.
        column: usize,
        /// What the parser says.
        why: String,
    },
    /// A value has another form than Dune's document gives it, is missing, or is unknown to it. Write it as told.
    #[error("`{path}` {why}{}", help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default())]
    Form {
        /// Where it is: `pipeline.nodes[3].dependencies[0]`.
        path: String,
        /// What is wrong with it, as the rest of a sentence.
        why: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// The pipeline breaks a rule of pipelines.
    #[error("{0}")]
    Rule(PipelineFault),
}

impl Pipeline {
    /// Reads a pipeline from the JSON of Dune's API: the body of a request as [`to_json`](Pipeline::to_json) writes it,
    /// or the pipeline in it alone, `{"nodes": [..]}`. Its nodes have ids and no labels. Numbers among the parameters
    /// become text with the digits they are written with.
    ///
    /// ```
    /// use dune_pipeline::Pipeline;
    ///
    /// let daily = Pipeline::from_json(r#"{"pipeline": {"nodes": [
    ///     {"id": 1, "materialized_view_refresh": {"name": "dune.acme.result_dex_daily"}},
    ///     {"id": 2, "dependencies": [1], "query_execution": {"query_id": 3101}}
    /// ]}}"#)?;
    /// assert_eq!(daily.to_string(), "1     refresh dune.acme.result_dex_daily\n└─ 2  query 3101");
    ///
    /// let refused = Pipeline::from_json(r#"{"nodes": [{"id": 1, "dependencies": ["2"], "query_execution": {"query_id": 0}}]}"#);
    /// assert_eq!(
    ///     refused.unwrap_err().to_string(),
    ///     "`nodes[0].dependencies[0]` is a text; it must be a whole number\n\n\
    ///      `0` cannot be the id of a query\nnote: ids start at 1\n\
    ///      help: a query's id is the number in its address, `dune.com/queries/<id>`"
    /// );
    /// # Ok::<(), dune_pipeline::InvalidJson>(())
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with the text.
    pub fn from_json(text: &str) -> Result<Pipeline, InvalidJson> {
        let read = form::read(text).map_err(|fault| InvalidJson::of(vec![fault], 0))?;
        let mut faults = read.faults;
        if let Some(nodes) = &read.nodes {
            let broken = graph::check(&nodes.graph).err();
            let follows =
                |rule: &Rule| nodes.some_lack_ids && matches!(rule, Rule::Dangling { .. });
            for fault in broken.into_iter().flatten() {
                if follows(&fault.rule) {
                    continue;
                }
                let node = fault.place.map(|place| place.node);
                let name = node.and_then(|node| nodes.graph.get(node));
                let name = name.map(|node| node.name.value.to_string());
                let told = JsonFault::Rule(PipelineFault::of_graph(&fault, name));
                faults.push((node, told));
            }
        }
        faults.sort_by_key(|(node, _)| *node);
        let faults: Vec<JsonFault> = faults.into_iter().map(|(_, fault)| fault).collect();
        match read.nodes {
            Some(nodes) if faults.is_empty() && read.others == 0 => {
                let mut pipeline = Pipeline::builder();
                for (name, spec) in nodes.specs {
                    pipeline.node(name, spec);
                }
                let of_rules = |faults: &[PipelineFault]| {
                    faults.iter().cloned().map(JsonFault::Rule).collect()
                };
                pipeline
                    .build()
                    .map_err(|invalid| InvalidJson::of(of_rules(invalid.faults()), 0))
            }
            _ => Err(InvalidJson::of(faults, read.others)),
        }
    }
}
