//! The rules of a pipeline graph, once: names, kinds, dependencies, cycles, order.
//! The macro asks them while compiling, the client's builder at run time, and the local server of the JSON it is sent.
//!
//! ```
//! use dune_pipeline_graph::{At, Name, Node, Target, check};
//!
//! let volume = Node::new("volume").target(Target::refresh("dune.acme.result_volume"));
//! let trend = Node::new("trend").target(Target::query(3103)).after("volume");
//! let plan = check(&[volume, trend]).unwrap();
//! assert_eq!(plan.ids, [1, 2]);
//! assert_eq!(plan.order, [0, 1]);
//!
//! let lonely = Node::new("trend").target(Target::query(3103)).after(At::on_line("volum", 7));
//! assert_eq!(
//!     check(&[lonely]).unwrap_err().to_string(),
//!     "no node named `volum` in this pipeline\nnote: its only node is `trend`\nhelp: declare `volum`, or do not wait for it",
//! );
//! ```
//!
//! Every fault of a pipeline is found in one go, and none that only follows from another: a dependency on a node that is not
//! there is not also a cycle, a name that stands for two nodes makes no noise beyond that. The work grows with nodes plus
//! dependencies, whatever their shape, and nothing here recurses: a chain of a million nodes is as good as one of ten.

mod check;
mod cycles;
mod fault;
mod firsts;
pub mod names;
mod node;
mod values;
mod words;

pub use check::{Plan, check, check_with_groups};
pub use fault::{Declared, Edge, Fault, Faults, Kind, Part, Place, Rule};
pub use firsts::Firsts;
pub use node::{At, Group, Name, Node, Target};
pub use values::{ViewFault, check_node_id, check_query_id, check_view};
