//! Pipelines that are put together at run time: from a configuration, in a loop, of parts that are not known before.

use dune_pipeline_graph::{At, Name};

use super::draft::Draft;
use super::fault::InvalidPipeline;
use super::node::NodeSpec;
use super::{Content, Pipeline};

/// Collects nodes and makes a [`Pipeline`] of them, by the rules of `pipeline!` and with its words.
///
/// ```
/// use dune_pipeline::{Performance, Pipeline, query, refresh};
///
/// let mut builder = Pipeline::builder();
/// builder.node("volume", refresh("dune.acme.result_dex_daily").performance(Performance::Large));
/// for chain in ["ethereum", "base"] {
///     builder.node(chain, query(3101).parameter("blockchain", chain).after(["volume"]));
/// }
/// let daily = builder.build()?;
/// let base = daily.query("base")?;
/// # let _ = base;
///
/// let refused = builder.node("late", query(3103).after(["volum"])).build().unwrap_err();
/// assert_eq!(refused.to_string(), "no node named `volum` in this pipeline\nhelp: did you mean `volume`?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PipelineBuilder {
    draft: Draft,
}

impl PipelineBuilder {
    /// Adds a node: by a label, with which others wait for it and which gives it the lowest id that is free, or by
    /// the id itself, a number from 1 on.
    pub fn node(&mut self, name: impl Into<Name>, node: impl Into<NodeSpec>) -> &mut Self {
        let name = At {
            value: name.into(),
            line: None,
        };
        self.draft.node(name, None, node.into());
        self
    }

    /// Adds a node for each item, as `each` does in `pipeline!`. Who waits for the label waits for all of them; they are
    /// named `share[0]`, `share[1]` and so on. For no item there is no node, and nobody waits.
    ///
    /// ```
    /// use dune_pipeline::{Pipeline, query};
    ///
    /// let chains = ["ethereum", "base"];
    /// let daily = Pipeline::builder()
    ///     .each("share", chains, |chain| query(3101).parameter("blockchain", chain))
    ///     .node("ranking", query(3105).after(["share"]))
    ///     .build()?;
    /// assert_eq!(daily.queries("share")?.len(), 2);
    /// assert_eq!(daily.query("share[1]")?.id(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn each<I, N>(
        &mut self,
        label: impl Into<String>,
        items: I,
        node: impl FnMut(I::Item) -> N,
    ) -> &mut Self
    where
        I: IntoIterator,
        N: Into<NodeSpec>,
    {
        self.draft.each(Name::Label(label.into()).into(), false);
        self.members(items, node)
    }

    /// Adds a node for each item, as [`each`](Self::each) does, and each of them also waits for the one before it: where one
    /// fails, those after it do not run. Who waits for the label waits for the last, and so for all.
    ///
    /// ```
    /// use dune_pipeline::{Pipeline, query};
    ///
    /// let backfill = Pipeline::builder()
    ///     .in_turn("day", 1..=30, |day| query(3108).parameter("day", day))
    ///     .build()?;
    /// assert_eq!(backfill.queries("day")?.len(), 30);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_turn<I, N>(
        &mut self,
        label: impl Into<String>,
        items: I,
        node: impl FnMut(I::Item) -> N,
    ) -> &mut Self
    where
        I: IntoIterator,
        N: Into<NodeSpec>,
    {
        self.draft.each(Name::Label(label.into()).into(), true);
        self.members(items, node)
    }

    /// The nodes of the group that was begun last.
    fn members<I, N>(&mut self, items: I, mut node: impl FnMut(I::Item) -> N) -> &mut Self
    where
        I: IntoIterator,
        N: Into<NodeSpec>,
    {
        for item in items {
            self.draft.member(None, node(item).into());
        }
        self
    }

    /// Adds all nodes of another pipeline, as `..base` does in `pipeline!`: its labels get new ids here, and those of
    /// its handles that are needed are asked for anew. What is wrong with it is wrong with the whole. A node waits for
    /// all of it by [`last_nodes`](Pipeline::last_nodes).
    ///
    /// ```
    /// use dune_pipeline::{Pipeline, pipeline, query};
    ///
    /// let common = pipeline![volume = refresh("dune.acme.result_dex_daily")];
    /// let daily = Pipeline::builder()
    ///     .node("trend", query(3103).after(["volume"]))
    ///     .include(&common)
    ///     .build()?;
    /// assert_eq!(daily.refresh("volume")?.id(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn include<L>(&mut self, base: &Pipeline<L>) -> &mut Self {
        self.draft.include(&base.content, None);
        self
    }

    /// The pipeline of the nodes so far.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn build(&self) -> Result<Pipeline, InvalidPipeline> {
        let pipeline = Pipeline::unlabelled(Content::new(self.draft.clone()));
        pipeline.check()?;
        Ok(pipeline)
    }
}
