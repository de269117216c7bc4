//! What became of a node: its end as a value, with Dune's text and place, or whom it was not run for.

use std::fmt;

use super::State;

/// What became of a node that has ended, or will not run any more; [`NodeStatus::outcome`](super::NodeStatus::outcome)
/// gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<'s> {
    /// It is done.
    Completed,
    /// It is done, and Dune cut its result because it is too large.
    Partial,
    /// It was run and failed.
    Failed {
        /// Dune's text.
        message: Option<&'s str>,
        /// Where in the SQL, if the text says so.
        position: Option<Position>,
    },
    /// Somebody cancelled it.
    Cancelled,
    /// Its result is no longer kept.
    Expired,
    /// It was not run and will not be.
    NotRun {
        /// The ids of those of its dependencies that did not complete. Empty where the pipeline is not at hand (see
        /// [`Run::attach`](super::Run::attach)), or where no dependency is the reason.
        because_of: &'s [i64],
    },
}

/// A place in the SQL of a query. Both numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The column, in characters.
    pub column: u64,
}

/// The end of a node, from what is known of it.
pub(super) fn outcome<'s>(
    state: &State,
    ran: bool,
    message: Option<&'s str>,
    because_of: &'s [i64],
    over: bool,
) -> Option<Outcome<'s>> {
    let not_run = Outcome::NotRun { because_of };
    match state {
        State::Completed => Some(Outcome::Completed),
        State::CompletedPartial => Some(Outcome::Partial),
        _ if !ran && over && !because_of.is_empty() => Some(not_run),
        State::Failed => Some(Outcome::Failed {
            message,
            position: message.and_then(Position::in_text),
        }),
        State::Cancelled => Some(Outcome::Cancelled),
        State::Expired => Some(Outcome::Expired),
        State::Pending | State::Executing | State::Other(_) => (!ran && over).then_some(not_run),
    }
}

impl Position {
    /// The place that a text names as Trino does: `line 1:8: Column 'x' cannot be resolved`.
    fn in_text(text: &str) -> Option<Position> {
        let mut rest = text;
        loop {
            let (before, after) = rest.split_once("line ")?;
            let of_a_word = before.ends_with(|letter: char| letter.is_alphanumeric());
            if let Some(position) = Position::at_start(after)
                && !of_a_word
            {
                return Some(position);
            }
            rest = after;
        }
    }

    fn at_start(text: &str) -> Option<Position> {
        let (line, rest) = text.split_once(':')?;
        let end = rest.find(|letter: char| !letter.is_ascii_digit());
        let column = rest.get(..end.unwrap_or(rest.len()))?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(line) {
            return None;
        }
        Some(Position {
            line: line.parse().ok()?,
            column: column.parse().ok()?,
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_mistake_is_found_in_trinos_text_and_in_no_other() {
        let at = |line, column| Some(Position { line, column });
        for (text, position) in [
            ("line 1:8: Column 'x' cannot be resolved", at(1, 8)),
            ("Query failed: line 12:103: mismatched input", at(12, 103)),
            ("no line here, line 2:7", at(2, 7)),
            ("deadline 1:8: passed", None),
            ("line one:8", None),
            ("line 1", None),
            ("line 1:", None),
            ("line +1:8", None),
            ("line 99999999999999999999999:1", None),
            ("baseline 3:4, line 5:6", at(5, 6)),
            ("", None),
        ] {
            assert_eq!(Position::in_text(text), position, "{text}");
        }
    }
}
