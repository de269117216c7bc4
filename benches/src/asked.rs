//! What the command line of a comparison asks for: `[TURNS] [NAME..]`.

use std::env;

/// How many turns, and of whom.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The turns, where a number comes first.
    pub turns: Option<usize>,
    only: Vec<String>,
}

impl Asked {
    /// Reads the arguments of this process.
    pub fn from_args() -> Asked {
        // `cargo bench` adds `--bench`.
        let arguments = env::args().skip(1).filter(|arg| arg != "--bench");
        let mut arguments = arguments.peekable();
        let turns = arguments.peek().and_then(|turns| turns.parse().ok());
        if turns.is_some() {
            arguments.next();
        }
        Asked {
            turns,
            only: arguments.collect(),
        }
    }

    /// Whether this one is meant: all are where none is named.
    pub fn includes(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}
