//! The tree for terminals: every node once, in an order to run them in, with what it does.
//! Its size grows with nodes plus dependencies: indentation has an end, after which a branch goes on at the margin.

use std::fmt::{self, Write};

use super::text::width;
use super::{Drawing, forest};

/// How many levels are indented before a branch goes on at the margin.
const LEVELS: usize = 12;
/// Lines break before this column.
const COLUMNS: usize = 100;
/// What the nodes do stands in one column, except beside names that reach beyond this one.
const WIDEST_NAME: usize = 44;

/// Without a line break at its end.
pub(super) fn draw(drawing: &Drawing, out: &mut dyn Write) -> fmt::Result {
    let lines = lines(drawing);
    let head = |line: &Line| width(&line.branch) + width(&drawing.nodes[line.node].name);
    let heads = lines.iter().map(head);
    let column = 2 + heads.filter(|&head| head <= WIDEST_NAME).max().unwrap_or(0);
    for (i, line) in lines.iter().enumerate() {
        let node = &drawing.nodes[line.node];
        let gap = if i == 0 { "" } else { "\n" };
        write!(out, "{gap}{}{}", line.branch, node.name)?;
        let mut at = head(line).max(column - 2);
        let padding = at - head(line) + 1;
        write!(out, "{:padding$}", "")?;
        at += 1;
        for (j, piece) in drawing.sentence(node, line.says_after).iter().enumerate() {
            let width = width(piece);
            if j > 0 && at + 1 + width > COLUMNS {
                let indented = (column + 2).saturating_sub(self::width(&line.below));
                write!(out, "\n{}{:indented$}{piece}", line.below, "")?;
                at = column + 2 + width;
            } else {
                write!(out, " {piece}")?;
                at += 1 + width;
            }
        }
    }
    Ok(())
}

struct Line {
    node: usize,
    /// What stands before its name.
    branch: String,
    /// What stands there in the next line, if its text is broken.
    below: String,
    /// Whether it says what it waits for: not where it can be seen, which is where that is the one node it stands under.
    says_after: bool,
}

/// A node whose turn is to come.
struct Next {
    node: usize,
    /// How far it is indented; those at level 0 stand at the margin.
    level: usize,
    /// What stands before it for the nodes it stands under.
    bars: String,
    last: bool,
    /// The line of the node that it stands under.
    under: Option<usize>,
}

fn lines(drawing: &Drawing) -> Vec<Line> {
    let mut roots = Vec::new();
    let mut children = vec![Vec::new(); drawing.nodes.len()];
    for (node, parent) in forest::parents(drawing).into_iter().enumerate() {
        match parent {
            Some(parent) => children[parent].push(node),
            None => roots.push(node),
        }
    }
    let mut lines = Vec::with_capacity(drawing.nodes.len());
    let mut margin = 0;
    let mut stack = Vec::new();
    push(&mut stack, &roots, 0, String::new(), None);
    while let Some(next) = stack.pop() {
        let here = lines.len();
        if next.level == 0 && next.under.is_some() {
            // From here on the lines that lead to what was above can no longer be followed.
            margin = here;
        }
        let under_is_cut_off = next.under.is_some_and(|under| under < margin);
        let (corner, bar) = match (next.level, next.last) {
            (0, _) => ("", ""),
            (_, false) => ("├─ ", "│  "),
            (_, true) => ("└─ ", "   "),
        };
        let bars = format!("{}{bar}", next.bars);
        let under_it = &children[next.node];
        let level = (next.level + 1) % LEVELS;
        let continues = !under_it.is_empty() && level > 0;
        lines.push(Line {
            node: next.node,
            branch: format!("{}{corner}", next.bars),
            below: format!("{bars}{}", if continues { "│" } else { "" }),
            says_after: drawing.nodes[next.node].after.len() > 1 || under_is_cut_off,
        });
        let bars = if level == 0 { String::new() } else { bars };
        push(&mut stack, under_it, level, bars, Some(here));
    }
    lines
}

/// The first of them on top.
fn push(stack: &mut Vec<Next>, nodes: &[usize], level: usize, bars: String, under: Option<usize>) {
    let last = nodes.len().saturating_sub(1);
    let next = nodes.iter().enumerate().rev().map(|(i, &node)| Next {
        node,
        level,
        bars: bars.clone(),
        last: i == last,
        under,
    });
    stack.extend(next);
}
