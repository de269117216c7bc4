//! The sentences about broken rules: what is wrong, why, what to do.
//! The same ones come out of the compiler, of the client's builder and of the local server's answers.

use std::fmt;

use crate::names::{Listed, OneLine};
use crate::{Edge, Fault, Faults, Kind, Name, Rule, ViewFault};

impl Rule {
    /// One line: what is wrong, in the names of whoever wrote it.
    pub fn headline(&self) -> String {
        match self {
            Rule::Empty => "this pipeline has no nodes".into(),
            Rule::EmptyLabel => "the label of this node is empty".into(),
            Rule::NodeId { id } => format!("`{id}` cannot be the id of a node"),
            Rule::DeclaredTwice {
                name: Name::Label(label),
                ..
            } => format!("two nodes are named `{}`", OneLine(label)),
            Rule::DeclaredTwice {
                name: Name::Id(id), ..
            } => format!("two nodes have the id `{id}`"),
            Rule::NoKind { node } => format!("node `{node}` has no kind"),
            Rule::TwoKinds {
                node,
                first: (first, _),
                second: (second, _),
            } => match (first, second) {
                (Kind::Refresh, Kind::Refresh) => format!("node `{node}` refreshes two views"),
                (Kind::Query, Kind::Query) => format!("node `{node}` runs two queries"),
                _ => format!("node `{node}` is both a query and a refresh of a view"),
            },
            Rule::ViewName {
                fault: ViewFault::Empty,
                ..
            } => "the name of this view is empty".into(),
            Rule::ViewName { view, .. } => {
                format!("`{}` cannot be the name of a view", OneLine(view))
            }
            Rule::QueryId { id } => format!("`{id}` cannot be the id of a query"),
            Rule::RefreshedTwice { view, .. } => format!("`{view}` is refreshed twice"),
            Rule::EmptyKey => "the key of this parameter is empty".into(),
            Rule::ParameterTwice { key, .. } => {
                format!("parameter `{}` is given twice", OneLine(key))
            }
            Rule::Dangling {
                name: Name::Label(label),
                ..
            } => format!("no node named `{}` in this pipeline", OneLine(label)),
            Rule::Dangling {
                name: Name::Id(id), ..
            } => format!("no node with the id `{id}` in this pipeline"),
            Rule::NoMember {
                group,
                index,
                members,
            } => {
                let members = match members {
                    0 => "no members".to_owned(),
                    1 => "1 member".to_owned(),
                    members => format!("{members} members"),
                };
                format!("`{group}` has {members}: there is no `{group}[{index}]`")
            }
            Rule::NoGroup { node } => format!("`{node}` is one node and has no members"),
            Rule::DependsOnItself { node } => format!("node `{node}` depends on itself"),
            Rule::DependsTwice { node, on, .. } => format!("node `{node}` depends on `{on}` twice"),
            Rule::Cycle { ring } => format!("dependency cycle: {}", Ring(ring)),
        }
    }

    /// Why, one line each, with the lines of the source where they are known.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        match self {
            Rule::TwoKinds {
                node,
                first,
                second,
            } if first.1 != second.1 => {
                for (kind, line) in [first, second] {
                    let does = match kind {
                        Kind::Refresh => "refreshes a view",
                        Kind::Query => "runs a query",
                    };
                    notes.push(format!("`{node}` {does}{}", OnLine(*line)));
                }
            }
            Rule::Cycle { ring } => {
                for (step, edge) in ring.iter().enumerate() {
                    let on = &ring[(step + 1) % ring.len()].name;
                    let line = OnLine(edge.line);
                    notes.push(format!("`{}` waits for `{on}`{line}", edge.name));
                }
            }
            _ => {
                if let Some(note) = self.note() {
                    notes.push(note);
                }
            }
        }
        notes
    }

    /// Why, where one line tells it.
    fn note(&self) -> Option<String> {
        let note = match self {
            Rule::Empty => "there is nothing to run".into(),
            Rule::EmptyLabel => "a node is waited for, and told of, by its label".into(),
            Rule::NoKind { .. } => "nothing says what it is to do".into(),
            Rule::EmptyKey => "a parameter is set by its key".into(),
            Rule::DependsOnItself { .. } => "it would wait for its own end, and never begin".into(),
            Rule::DeclaredTwice {
                first, line: None, ..
            } => format!("the first of them is number {} of the nodes", first + 1),
            Rule::DeclaredTwice {
                line: Some(line), ..
            } => format!("the first of them is on line {line}"),
            Rule::TwoKinds { .. } => "a node is one step of a run, with one status".into(),
            Rule::ViewName { fault, .. } => match fault {
                ViewFault::Empty => "a view is refreshed by its name".into(),
                ViewFault::Blanks => "there are blanks or control characters in it".into(),
                ViewFault::Parts(parts) => {
                    format!("it has {parts} parts, and a view's name has one or three")
                }
                ViewFault::EmptyPart => "one of its parts is empty".into(),
                ViewFault::Quotes => "a quote in it does not enclose a whole part".into(),
            },
            Rule::NodeId { id } | Rule::QueryId { id } if *id > 0 => {
                format!("the largest id there can be is {}", i64::MAX)
            }
            Rule::NodeId { .. } | Rule::QueryId { .. } => "ids start at 1".into(),
            Rule::RefreshedTwice { by, line, .. } => {
                format!("node `{by}` already refreshes it{}", OnLine(*line))
            }
            Rule::ParameterTwice {
                line: Some(line), ..
            } => format!("it is first given on line {line}"),
            Rule::Dangling {
                nearest: Some(nearest),
                line: Some(line),
                ..
            } => format!("`{nearest}` is declared on line {line}"),
            Rule::Dangling {
                nearest: None,
                declared,
                ..
            } => match (declared.shown.as_slice(), declared.others) {
                ([only], 0) => format!("its only node is `{only}`"),
                (shown, others) => format!("its nodes are {}", Listed { shown, others }),
            },
            Rule::NoMember { members: 0, .. } => {
                "where there are no items there are no nodes".into()
            }
            Rule::NoMember {
                group, members: 1, ..
            } => format!("it is `{group}[0]`"),
            Rule::NoMember { group, members, .. } => {
                let last = members.saturating_sub(1);
                format!("they are `{group}[0]` to `{group}[{last}]`")
            }
            Rule::NoGroup { .. } => "what `each` or `in_turn` declares has members".into(),
            Rule::DependsTwice { on, line, .. } => match line {
                Some(line) => format!("`{on}` is first named on line {line}"),
                None => "waiting once is enough".into(),
            },
            Rule::ParameterTwice { line: None, .. }
            | Rule::Dangling { line: None, .. }
            | Rule::Cycle { .. } => return None,
        };
        Some(note)
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Rule::Empty => "add a node: `volume = refresh(\"dune.<team>.result_<name>\")` or `share = query(<id>)`".into(),
            Rule::EmptyLabel => "give it a name that the nodes after it can call it by".into(),
            Rule::NodeId { .. } => "number the nodes from 1 on, or give them labels and leave the ids to us".into(),
            Rule::DeclaredTwice { name: Name::Label(_), .. } => "give one of them another label".into(),
            Rule::DeclaredTwice { name: Name::Id(_), .. } => "give one of them another id".into(),
            Rule::NoKind { .. } => "a node is one of two kinds: `refresh(view)` or `query(id)`".into(),
            Rule::TwoKinds { .. } => "a node does one thing: make it two and join them with `.after(..)`".into(),
            Rule::ViewName { .. } => "write it like `dune.<team>.result_<name>`".into(),
            Rule::QueryId { .. } => "a query's id is the number in its address, `dune.com/queries/<id>`".into(),
            Rule::RefreshedTwice { by, .. } => format!("refresh it once and depend on that node: `.after({by})`"),
            Rule::EmptyKey => "name the parameter as the query's SQL does between `{{` and `}}`".into(),
            Rule::ParameterTwice { .. } => "a parameter has one value: keep one of them".into(),
            Rule::Dangling { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Rule::Dangling { name, .. } => format!("declare `{name}`, or do not wait for it"),
            Rule::NoMember { group, .. } => format!("wait for one that there is, or for all of them: `.after({group})`"),
            Rule::NoGroup { node } => format!("wait for it by its name alone: `.after({node})`"),
            Rule::DependsOnItself { node } => format!("remove `{node}` from its own dependencies"),
            Rule::DependsTwice { .. } => "name it once".into(),
            Rule::Cycle { .. } => "remove one of these dependencies".into(),
        };
        Some(help)
    }
}

/// The headline, then a line for each note and for the help.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        for note in self.notes() {
            write!(f, "\nnote: {note}")?;
        }
        match self.help() {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Rule {}

/// The broken rule's [`Display`](fmt::Display): the place is the caller's to show.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule.fmt(f)
    }
}

impl std::error::Error for Fault {}

/// One fault after the other, an empty line between them.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// ` (line 4)` behind what is written there, and nothing where there are no lines.
struct OnLine(Option<usize>);

impl fmt::Display for OnLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(line) => write!(f, " (line {line})"),
            None => Ok(()),
        }
    }
}

/// Every node of a ring in order, and the first once more.
struct Ring<'a>(&'a [Edge]);

impl fmt::Display for Ring<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for edge in self.0 {
            write!(f, "`{}` -> ", edge.name)?;
        }
        match self.0.first() {
            Some(first) => write!(f, "`{}`", first.name),
            None => Ok(()),
        }
    }
}
