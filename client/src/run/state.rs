//! The states of runs and nodes. Dune's documents name them in one place as `completed` and in another as
//! `QUERY_STATE_COMPLETED`, spell one of them in two ways, and list none of a pipeline's failures: all of that is read,
//! and what is in no document is carried as it came.

use std::fmt;

/// How a run, or a node of it, stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It waits: for its dependencies, or for a slot.
    Pending,
    /// It runs.
    Executing,
    /// It is done.
    Completed,
    /// It is done, and its result was cut because it is too large.
    CompletedPartial,
    /// It failed; Dune's text is beside it.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// Its result is no longer kept.
    Expired,
    /// A state that the documents do not name, as it came. It counts as going on.
    Other(String),
}

impl State {
    /// Reads a state in any of the spellings that Dune uses.
    #[must_use]
    pub fn parse(text: &str) -> State {
        const PREFIX: &str = "QUERY_STATE_";
        let word = text.trim().to_ascii_uppercase();
        match word.strip_prefix(PREFIX).unwrap_or(&word) {
            "PENDING" => State::Pending,
            "EXECUTING" => State::Executing,
            "COMPLETED" => State::Completed,
            "COMPLETED_PARTIAL" => State::CompletedPartial,
            "FAILED" => State::Failed,
            "CANCELLED" | "CANCELED" => State::Cancelled,
            "EXPIRED" => State::Expired,
            _ => State::Other(text.to_owned()),
        }
    }

    /// What messages call it: a word of ours for those that have one, and else the text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            State::Pending => "pending",
            State::Executing => "executing",
            State::Completed => "completed",
            State::CompletedPartial => "completed in part",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
            State::Other(text) if text.is_empty() => "in no named state",
            State::Other(text) => text,
        }
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            State::Completed | State::CompletedPartial => true,
            State::Failed | State::Cancelled | State::Expired => true,
            State::Pending | State::Executing | State::Other(_) => false,
        }
    }

    /// Whether it is done and there is a result, maybe a partial one.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, State::Completed | State::CompletedPartial)
    }

    /// The end of a sentence about what came to this end.
    pub(crate) fn ended(&self) -> String {
        match self {
            State::Failed => "failed".to_owned(),
            State::Cancelled => "was cancelled".to_owned(),
            State::Expired => "expired".to_owned(),
            State::Pending | State::Executing => format!("was still {self}"),
            other => format!("ended as {other}"),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_state_is_read() {
        for (text, state) in [
            ("pending", State::Pending),
            ("Executing", State::Executing),
            ("QUERY_STATE_COMPLETED", State::Completed),
            ("query_state_completed_partial", State::CompletedPartial),
            ("QUERY_STATE_CANCELED", State::Cancelled),
            ("cancelled", State::Cancelled),
            (" FAILED ", State::Failed),
            ("expired", State::Expired),
        ] {
            assert_eq!(State::parse(text), state, "{text}");
        }
    }

    #[test]
    fn a_state_that_nobody_documented_is_carried_as_it_came() {
        let state = State::parse("QUERY_STATE_Paused");
        assert_eq!(state, State::Other("QUERY_STATE_Paused".to_owned()));
        assert_eq!(state.to_string(), "QUERY_STATE_Paused");
        assert!(!state.is_final());
    }
}
