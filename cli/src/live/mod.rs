//! What is shown of a run while it goes on: on a terminal a tree that moves, in a pipe a line for each change, for programs
//! a JSON object a line. Whoever follows a run tells it what happens and need not know which of them it is.

mod layout;
mod lines;
pub(crate) mod paint;
mod record;
pub(crate) mod scene;
mod screen;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod tree;

use std::io::{self, Write as _};
use std::time::Duration;

use dune_pipeline::RunStatus;

use self::layout::Frame;
use self::scene::Scene;
use self::screen::Screen;
use self::tree::Row;
use crate::cost::Cost;
use crate::report::Shape;
use crate::terminal::{self, Size};

/// How often a frame is drawn although nothing happened: what turns should turn, and seconds pass.
pub(crate) const PACE: Duration = Duration::from_millis(120);

/// Where a terminal does not say how large it is.
const USUAL: Size = Size {
    columns: 80,
    rows: 24,
};

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// A tree that is drawn again and again.
    Tree,
    /// A line for each change.
    Lines,
    /// A JSON object for each change.
    Json,
}

impl How {
    /// As standard output allows it.
    pub(crate) fn of(json: bool) -> How {
        match (json, terminal::draws()) {
            (true, _) => How::Json,
            (false, true) => How::Tree,
            (false, false) => How::Lines,
        }
    }
}

/// A run that is being shown.
#[derive(Debug)]
pub(crate) struct Live {
    how: How,
    shape: Shape,
    scene: Scene,
    screen: Screen,
    rows: Vec<Row>,
    turn: usize,
    trouble: Option<String>,
    doing: Option<String>,
    hint: &'static str,
    since: &'static str,
}

impl Live {
    /// Begins with a run; `hint` says what a key does, `since` what the time beside the run's state is.
    pub(crate) fn new(
        how: How,
        shape: Shape,
        run: &str,
        hint: &'static str,
        since: &'static str,
    ) -> Live {
        Live {
            how,
            shape,
            scene: Scene::new(run),
            screen: Screen::new(),
            rows: Vec::new(),
            turn: 0,
            trouble: None,
            doing: None,
            hint,
            since,
        }
    }

    /// Whether it has to be told that time passes.
    pub(crate) fn moves(&self) -> bool {
        self.how == How::Tree
    }

    /// What Dune says, which it says after all where there was trouble.
    pub(crate) fn status(&mut self, status: RunStatus) -> io::Result<()> {
        let again = self.trouble.take().is_some();
        let shape = |status: &RunStatus| -> Vec<(i64, Vec<i64>)> {
            let nodes = status.nodes().iter();
            nodes
                .map(|node| (node.id(), node.dependencies().to_vec()))
                .collect()
        };
        let before = self.scene.status().map(shape);
        if before.as_ref() != Some(&shape(&status)) {
            self.rows = tree::rows(&status);
        }
        let first = before.is_none();
        let run_before = self.scene.status().map(|status| status.state().clone());
        let changes = self.scene.update(status);
        let out = &mut io::stdout();
        match self.how {
            How::Tree => {
                drop(changes);
                self.draw(true)
            }
            How::Lines => {
                let changed = lines::changes(&changes, first);
                lines::write(&self.scene, again, &changed, out)
            }
            How::Json => {
                let changed = record::changes(&changes, self.shape);
                record::write(&self.scene, run_before.as_ref(), &changed, out)
            }
        }
    }

    /// Why nothing new is known. The run is not touched by it.
    pub(crate) fn trouble(&mut self, text: &str) -> io::Result<()> {
        let same = self.trouble.as_deref() == Some(text);
        self.trouble = Some(text.to_owned());
        match same && !self.moves() {
            true => Ok(()),
            false => self.say(text),
        }
    }

    /// What is being done about the run from here. Unlike a trouble it is over when it is done, and not when Dune answers.
    pub(crate) fn doing(&mut self, text: &str) -> io::Result<()> {
        self.doing = Some(text.to_owned());
        self.say(text)
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        match self.how {
            How::Tree => self.draw(true),
            // What is no change of the run is no data.
            How::Lines | How::Json => writeln!(io::stderr(), "{}", text::line(text)),
        }
    }

    /// What an execution of a node took and cost, as Dune says it.
    pub(crate) fn cost(&mut self, node: i64, cost: Cost) -> io::Result<()> {
        self.scene.cost(node, cost);
        match self.how {
            How::Tree => self.draw(true),
            How::Lines | How::Json => Ok(()),
        }
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self) -> io::Result<()> {
        self.turn = self.turn.wrapping_add(1);
        match self.how {
            How::Tree => self.draw(true),
            How::Lines | How::Json => Ok(()),
        }
    }

    /// Leaves on the terminal, or in the pipe, how it stood at last.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        (self.trouble, self.doing) = (None, None);
        let out = &mut io::stdout();
        match self.how {
            How::Tree => self.draw(false),
            How::Lines => lines::sum(&self.scene, out),
            How::Json => record::sum(&self.scene, self.shape, out),
        }
    }

    /// A frame; bounded by the terminal where another will be drawn over it.
    fn draw(&mut self, bounded: bool) -> io::Result<()> {
        let size = terminal::size().unwrap_or(USUAL);
        let frame = Frame {
            turn: self.turn,
            notice: self.doing.as_deref().or(self.trouble.as_deref()),
            // A key that cancels does something else by then.
            hint: (bounded && self.doing.is_none()).then_some(self.hint),
            since: Some(self.since),
        };
        let room = match bounded {
            // The last row is the cursor's.
            true => size.rows.saturating_sub(1),
            false => usize::MAX,
        };
        let lines = layout::lines(&self.scene, &self.rows, Size { rows: room, ..size }, frame);
        self.screen.draw(&lines, size)
    }
}

/// How a run stands, once: what the live view would show, for a terminal or a pipe.
pub(crate) fn still(status: RunStatus, costs: &[(i64, Cost)]) -> String {
    let rows = tree::rows(&status);
    let mut scene = Scene::new(status.run_id());
    drop(scene.update(status));
    for (node, cost) in costs {
        scene.cost(*node, *cost);
    }
    let columns = terminal::size().map_or(usize::MAX, |size| size.columns);
    let size = Size {
        columns,
        rows: usize::MAX,
    };
    let lines = layout::still(&scene, &rows, size).into_iter();
    lines.map(|line| format!("{line}\n")).collect()
}
