//! `pipeline!` itself, and with it the reference of its language.

/// Declares a pipeline on Dune, checked while compiling.
///
/// ```
/// use dune_pipeline::pipeline;
///
/// let chain = "ethereum";
/// let daily = pipeline![
///     volume = refresh("dune.acme.result_dex_daily").performance(Large),
///     takers = refresh("dune.acme.result_dex_taker_first_seen"),
///     share = query(3101)
///         .parameters(blockchain = chain, min_volume_usd = 40_000)
///         .after(volume),
///     trend = query(3103).after(volume, takers),
/// ];
/// # daily.check().unwrap();
/// ```
///
/// It is an expression, a [`Pipeline`](crate::Pipeline) with a field for each label: `daily.share` is a
/// [`QueryNode`](crate::QueryNode), whose rows a run can be asked for, `daily.volume` a
/// [`RefreshNode`](crate::RefreshNode), which returns none.
///
/// # The language
///
/// A pipeline is a list of nodes with commas between them, in brackets or parentheses, so that rustfmt formats it. A node
/// is a label, `=`, its kind, and what modifies it.
///
/// | | |
/// |---|---|
/// | `label = ..` | An identifier. Nodes with labels get the lowest free ids in the order written. `///` comments before it document the handle |
/// | `3 = ..` | A whole number is a label and the node's id in one. Such a node has no field: [`daily.query(3)`](crate::Pipeline::query) and [`daily.refresh(3)`](crate::Pipeline::refresh) give its handle |
/// | `refresh(view)` | Refreshes the materialized view of this name, [any text](crate::ViewName) |
/// | `query(id)` | Executes the saved query of this id, [any whole number](crate::QueryId) |
/// | `.performance(Large)` | The tier to run on. A bare name that starts with a capital is a variant of [`Performance`](crate::Performance), anything else an expression: `tier`, `config.tier`, `self::NIGHTLY`; an [`Option`](crate::Tier) that is `None` leaves it to Dune |
/// | `.parameters(key = value, ..)` | Values for a query's parameters, each [what Dune takes](crate::ParameterValue). A key that is no identifier stands in quotes: `"min volume" = 5` |
/// | `.parameters(.., ..map)` | Values whose keys are known at run time only: from a map, or a list of [pairs](crate::NamedParameter), among the written ones or alone |
/// | `.after(label, ..)` | The nodes to wait for, by label or number |
/// | `.after(label[i], ..)` | One node of an `each` or `in_turn` to wait for, by any `usize`, counted from 0 |
/// | `.after(..base)` | All nodes of a pipeline that is taken in, called by the variable behind its `..` |
/// | `label = each(items, \|item\| query(id)..)` | A node for each item of a list, a range, any iterator, or of an `Option`. The label is that of [all of them, in order](crate::NodeGroup), and `.after(label)` waits for all |
/// | `label = in_turn(items, \|item\| query(id)..)` | The same, and each of these nodes waits for the one before it |
/// | `..base` | All nodes of another pipeline, or of a reference to one |
///
/// Modifiers stand in any order, each at most once. View, id, tier and value may be any expression; it is evaluated where the
/// macro stands, once, in the order written, so that `?`, `.await` and the names in scope mean what they mean there.
///
/// # A node for each item, a node that may not be there
///
/// ```
/// use dune_pipeline::{QueryNodes, pipeline};
///
/// let chains = ["ethereum", "base", "solana"];
/// let token: Option<&str> = None;
/// let daily = pipeline![
///     volume = refresh("dune.acme.result_dex_daily"),
///     share = each(chains, |chain| {
///         query(3101).parameters(blockchain = chain).after(volume)
///     }),
///     extra = each(token, |token| query(3102).parameters(token = token)),
///     ranking = query(3105).after(share, extra),
/// ];
/// let shares: &QueryNodes = &daily.share;
/// assert_eq!((shares.len(), daily.extra.len()), (3, 0));
/// assert_eq!(daily.query("share[1]")?, shares.get(1).unwrap());
/// # Ok::<(), dune_pipeline::NoSuchNode>(())
/// ```
///
/// The nodes of `share` are named `share[0]`, `share[1]` and so on, where a status, a message or a drawing names one.
/// [`run.rows_of_each(&daily.share)`](crate::Run::rows_of_each) gives the rows of all. Where there are no items there is no
/// node, and who comes after it does not wait for it: `ranking` waits for three nodes above.
///
/// The closure is written as one and runs as the body of a loop: `?` and `.await` in it mean what they mean around the macro.
/// Statements may stand before the node, in braces. What modifies the nodes stands in the closure, nothing behind `each(..)`;
/// an `each` in another is one `each` over pairs. `return` leaves the function, as `?` does; `break` and `continue` are refused.
///
/// `in_turn` is written like `each`, and each of its nodes also waits for the one before it: where one fails, those after it do
/// not run. A backfill is `day = in_turn(days, |day| query(3108).parameters(day = day))`.
///
/// # A pipeline in another
///
/// ```
/// use dune_pipeline::{Pipeline, QueryNode, RefreshNode, pipeline};
///
/// struct Common {
///     volume: RefreshNode,
///     share: QueryNode,
/// }
///
/// fn common(chain: &str) -> Pipeline<Common> {
///     let common = pipeline![
///         volume = refresh("dune.acme.result_dex_daily"),
///         share = query(3101).parameters(blockchain = chain).after(volume),
///     ];
///     common.map_labels(|labels| Common {
///         volume: labels.volume,
///         share: labels.share,
///     })
/// }
///
/// let daily = pipeline![..common("base"), trend = query(3103).after(volume, share)];
/// assert_eq!(daily.share, daily.query("share")?);
/// # daily.check().unwrap();
/// # Ok::<(), dune_pipeline::NoSuchNode>(())
/// ```
///
/// Nodes of a base with labels get new ids by the same rule, ids that are numbers stay. Its labels are reached as fields of
/// the whole, those of the first `..` where there are several, and all by [`daily.query("share")`](crate::Pipeline::query).
/// Such handles are of the whole; the base's own go on naming nodes of its own runs, and no others.
/// [`map_labels`](crate::Pipeline::map_labels) gives the labels a type with a name, for a function to return.
///
/// With a `..` in it the macro cannot know every label: that one is missing, or there twice, is told when the pipeline is
/// built, in the same words, and of what came in at the line of its `..`.
///
/// # What does not compile
///
/// Everything that is wrong is told in one go, each at its own place. What is not literal, such as the name of a view in a
/// variable, is judged when the pipeline is built, by the same rules and in the same words; it comes out of
/// [`check`](crate::Pipeline::check) and of executing it, before anything is sent.
///
/// ```text
/// error: dependency cycle: `prices` -> `report` -> `volume` -> `prices`
///        = note: `prices` waits for `report` (line 8)
///        = note: `report` waits for `volume` (line 10)
///        = note: `volume` waits for `prices` (line 9)
///        = help: remove one of these dependencies
///  --> fail/cycle.rs:9:59
///   |
/// 9 |         volume = refresh("dune.acme.result_volume").after(prices),
///   |                                                           ^^^^^^
/// ```
///
/// | mistake | what is said |
/// |---|---|
/// | nodes that wait for each other | the whole ring in order, and the line of each dependency in it |
/// | `.after` of what is not declared | the label that was probably meant, else those there are |
/// | a label or an id twice | where the first is |
/// | both `refresh` and `query` in one node, or one label declared as both | both places |
/// | neither | that there are these two |
/// | a node after itself; a node after another twice | the node |
/// | a view refreshed by two nodes | both, for the second repeats the work of the first |
/// | parameters of a refresh; a modifier that is unknown, repeated or without value | what this kind of node takes |
/// | a parameter twice | its key, and both places |
/// | a name that no view has, a number that no query or node has | the rule, and how one looks |
/// | no node at all | how to write one |
/// | an `each` or `in_turn` without items or closure, in another, or with something behind it | how to write one |
/// | `.after(label[i])` where the label is that of one node; `.after(label[])` | how one of several is named |
/// | nothing behind `..` | what stands there |
/// | `.after(..base)` where `..base` is not taken in | that, and what to write |
///
/// Types are rustc's to judge, where they were written: `.performance(Huge)` is ``no variant named `Huge` found for enum `Performance` ``,
/// a parameter of a type that Dune does not take, rows of a refresh and a number for a view are said to be that.
#[macro_export]
macro_rules! pipeline {
    ($($nodes:tt)*) => {
        $crate::__private::pipeline! { $crate; $($nodes)* }
    };
}
