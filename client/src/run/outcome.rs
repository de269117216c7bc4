//! What became of a node: its end as a value, with Dune's text and place, or whom it was not run for.

use super::State;
use crate::execution::QueryError;

/// What became of a node that has ended, or will not run any more; [`NodeStatus::outcome`](super::NodeStatus::outcome)
/// gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<'s> {
    /// It is done.
    Completed,
    /// It is done, and Dune cut its result because it is too large.
    Partial,
    /// It failed: Dune's text if there is one, and where in the SQL if that says so. The status of the execution has more:
    /// see [`Run::executions`](super::Run::executions).
    Failed(Option<&'s QueryError>),
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

/// The end of a node, from what is known of it.
pub(super) fn outcome<'s>(
    state: &State,
    ran: bool,
    error: Option<&'s QueryError>,
    because_of: &'s [i64],
    over: bool,
) -> Option<Outcome<'s>> {
    let not_run = Outcome::NotRun { because_of };
    match state {
        State::Completed => Some(Outcome::Completed),
        State::CompletedPartial => Some(Outcome::Partial),
        _ if !ran && over && !because_of.is_empty() => Some(not_run),
        State::Failed => Some(Outcome::Failed(error)),
        State::Cancelled => Some(Outcome::Cancelled),
        State::Expired => Some(Outcome::Expired),
        State::Pending | State::Executing | State::Other(_) => (!ran && over).then_some(not_run),
    }
}

/// What Dune says of a node, which is a text alone. Where it names a place as Trino does, that is it:
/// `line 1:8: Column 'x' cannot be resolved`.
pub(super) fn placed(text: String) -> QueryError {
    let (line, column) = place(&text).unzip();
    QueryError::new(None, Some(text), line, column)
}

fn place(text: &str) -> Option<(i64, i64)> {
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once("line ")?;
        let inside_a_word = before.ends_with(|letter: char| letter.is_alphanumeric());
        match place_at_start(after) {
            Some(place) if !inside_a_word => return Some(place),
            _ => rest = after,
        }
    }
}

fn place_at_start(text: &str) -> Option<(i64, i64)> {
    let (line, rest) = text.split_once(':')?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit());
    let column = rest.get(..end.unwrap_or(rest.len()))?;
    match line.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Some((line.parse().ok()?, column.parse().ok()?)),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_mistake_is_found_in_trinos_text_and_in_no_other() {
        for (text, found) in [
            ("line 1:8: Column 'x' cannot be resolved", Some((1, 8))),
            (
                "Query failed: line 12:103: mismatched input",
                Some((12, 103)),
            ),
            ("no line here, line 2:7", Some((2, 7))),
            ("deadline 1:8: passed", None),
            ("line one:8", None),
            ("line 1", None),
            ("line 1:", None),
            ("line +1:8", None),
            ("line 99999999999999999999999:1", None),
            ("baseline 3:4, line 5:6", Some((5, 6))),
            ("", None),
        ] {
            assert_eq!(place(text), found, "{text}");
        }
    }
}
