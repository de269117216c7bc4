//! What the live view shows in so many columns and rows: a line for the run, one for each node, one for the sum.
//! What there is no room for is cut where it matters least, and what is left out is counted.

use std::collections::BTreeMap;

use dune_pipeline::{NodeStatus, RunStatus, State};

use super::paint::{Line, Style};
use super::scene::{Scene, credits, task, title, waits, word};
use super::text::{cut, cut_inside, line, width};
use super::tree::Row;
use crate::span;
use crate::terminal::Size;

/// What turns while something runs.
const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const GAP: usize = 2;
/// As much of them as one would like to see while there is room.
const GOOD_TASK: usize = 24;
const GOOD_NOTE: usize = 30;
/// Below these a column says nothing any more, and is left out.
const LEAST_TASK: usize = 12;
const LEAST_NOTE: usize = 10;

/// What is drawn besides the nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'f> {
    /// Counts the frames, and turns what turns.
    pub(crate) turn: usize,
    /// What is being done about the run, or why nothing new is known, such as a network that is away.
    pub(crate) notice: Option<&'f str>,
    /// What a key does.
    pub(crate) hint: Option<&'f str>,
    /// What stands before the time since it is followed; nothing is told of that where it was only asked for once.
    pub(crate) since: Option<&'f str>,
}

/// All of it, of a run that was only asked for once.
pub(crate) fn still(scene: &Scene, rows: &[Row], size: Size) -> Vec<Line> {
    let frame = Frame {
        turn: 0,
        notice: None,
        hint: None,
        since: None,
    };
    lines(scene, rows, size, frame)
}

/// All of it, at most as wide as the terminal, and at most as high where `rows` are bounded.
pub(crate) fn lines(scene: &Scene, rows: &[Row], size: Size, frame: Frame<'_>) -> Vec<Line> {
    // A line that reaches the last column would wrap on some terminals.
    let columns = size.columns.saturating_sub(1);
    let mut all = vec![head(scene, frame)];
    if let Some(status) = scene.status() {
        let around = 2 + usize::from(frame.notice.is_some());
        let room = size.rows.saturating_sub(around).max(1);
        let (shown, left_out) = choose(status, rows, room);
        all.extend(nodes(scene, status, &shown, columns, frame.turn));
        all.extend(left_out);
        all.push(sum(scene, status, frame));
    }
    if let Some(notice) = frame.notice {
        let mut said = Line::default();
        said.push(line(notice), Style::Doubtful);
        all.push(said);
    }
    all.into_iter().map(|line| line.cut(columns)).collect()
}

fn head(scene: &Scene, frame: Frame<'_>) -> Line {
    let mut head = Line::default();
    head.push(format!("run {}", line(scene.run())), Style::Bold);
    head.push("  ", Style::Plain);
    match scene.status() {
        Some(status) => head.push(word(status.state()), style(status.state())),
        None => head.push(spinner(frame.turn), Style::Busy),
    }
    if let Some(since) = frame.since {
        let time = span::show(scene.watched());
        head.push(format!("  {since}{time}"), Style::Plain);
    }
    head
}

fn sum(scene: &Scene, status: &RunStatus, frame: Frame<'_>) -> Line {
    let nodes = status.nodes();
    let done = nodes
        .iter()
        .filter(|node| node.state().is_success())
        .count();
    let mut sum = Line::default();
    sum.push(format!("{done} of {} completed", nodes.len()), Style::Plain);
    let lost = nodes
        .iter()
        .filter(|node| node.state().is_final() && !node.state().is_success());
    match lost.count() {
        0 => {}
        lost => sum.push(format!(", {lost} not"), Style::Bad),
    }
    if let Some(paid) = scene.credits() {
        sum.push(format!(", {}", credits(paid)), Style::Plain);
    }
    if let Some(hint) = frame.hint.filter(|_| !status.is_final()) {
        sum.push(format!("  {hint}"), Style::Dim);
    }
    sum
}

/// The rows there is room for, in their order, and a line that counts the others by state. What runs or failed is shown before
/// what waits, and that before what is done.
fn choose<'r>(status: &RunStatus, rows: &'r [Row], room: usize) -> (Vec<&'r Row>, Option<Line>) {
    if rows.len() <= room {
        return (rows.iter().collect(), None);
    }
    let state = |row: &Row| status.nodes().get(row.node).map(NodeStatus::state);
    let rank = |row: &Row| match state(row) {
        Some(State::Executing | State::Other(_)) => 0,
        Some(State::Failed | State::Cancelled | State::Expired) => 1,
        Some(State::Pending) => 2,
        _ => 3,
    };
    let mut places: Vec<usize> = (0..rows.len()).collect();
    places.sort_by_key(|&place| rows.get(place).map(&rank));
    let (shown, hidden) = places.split_at(room.saturating_sub(1).min(places.len()));
    let mut shown = shown.to_vec();
    shown.sort_unstable();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for state in hidden.iter().filter_map(|&place| state(rows.get(place)?)) {
        *counts.entry(word(state)).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let mut left_out = Line::default();
    left_out.push(
        format!("… and {} more: {}", hidden.len(), counts.join(", ")),
        Style::Dim,
    );
    (
        shown
            .into_iter()
            .filter_map(|place| rows.get(place))
            .collect(),
        Some(left_out),
    )
}

/// The texts of a node, column by column.
struct Cells {
    branch: String,
    glyph: &'static str,
    title: String,
    task: String,
    state: String,
    style: Style,
    time: String,
    note: String,
    note_style: Style,
}

fn nodes(
    scene: &Scene,
    status: &RunStatus,
    rows: &[&Row],
    columns: usize,
    turn: usize,
) -> Vec<Line> {
    let nodes = rows.iter().filter_map(|row| {
        let node = status.nodes().get(row.node)?;
        Some(cells(scene, status, node, row, turn))
    });
    let cells: Vec<Cells> = nodes.collect();
    let widest = |text: &dyn Fn(&Cells) -> usize| cells.iter().map(text).max().unwrap_or(0);
    let mut widths = Widths {
        head: widest(&|cells| width(&cells.branch) + 2 + width(&cells.title)),
        task: widest(&|cells| width(&cells.task)),
        state: widest(&|cells| width(&cells.state)),
        time: widest(&|cells| width(&cells.time)),
        note: widest(&|cells| width(&cells.note)),
    };
    widths.fit(columns);
    cells.into_iter().map(|cells| widths.line(cells)).collect()
}

fn cells(scene: &Scene, status: &RunStatus, node: &NodeStatus, row: &Row, turn: usize) -> Cells {
    let state = node.state();
    let (note, note_style) = match (node.error(), waits(status, node), scene.credits_of(node)) {
        (_, Some(waits), _) => (waits, Style::Dim),
        (Some(error), None, _) => (line(error), Style::Bad),
        (None, None, Some(paid)) => (credits(paid), Style::Plain),
        (None, None, None) => (String::new(), Style::Plain),
    };
    Cells {
        branch: row.branch.clone(),
        glyph: glyph(state, turn),
        title: title(node),
        task: task(node),
        state: word(state),
        style: style(state),
        time: scene.time_of(node).map(span::show).unwrap_or_default(),
        note,
        note_style,
    }
}

/// How wide each column is; 0 for one that is left out.
#[derive(Debug, Clone, Copy)]
struct Widths {
    head: usize,
    task: usize,
    state: usize,
    time: usize,
    note: usize,
}

/// What can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Note,
    State,
    Time,
    Task,
}

impl Widths {
    /// Takes away what there is no room for: first of the notes, then of what the nodes do, then the words of the states,
    /// which the signs say too, and the times.
    fn fit(&mut self, columns: usize) {
        shrink(self.over(columns), &mut self.note, GOOD_NOTE);
        shrink(self.over(columns), &mut self.task, GOOD_TASK);
        shrink(self.over(columns), &mut self.note, LEAST_NOTE);
        for column in [Column::Note, Column::State, Column::Time, Column::Task] {
            if column == Column::Time {
                shrink(self.over(columns), &mut self.task, LEAST_TASK);
            }
            if self.over(columns) > 0 {
                *self.column(column) = 0;
            }
        }
        self.head = self.head.min(columns);
    }

    fn column(&mut self, column: Column) -> &mut usize {
        match column {
            Column::Note => &mut self.note,
            Column::State => &mut self.state,
            Column::Time => &mut self.time,
            Column::Task => &mut self.task,
        }
    }

    /// How many columns too many.
    fn over(&self, columns: usize) -> usize {
        let all = [self.head, self.task, self.state, self.time, self.note];
        let used = all.iter().filter(|width| **width > 0);
        let used = used
            .fold(0, |sum, width| sum + width + GAP)
            .saturating_sub(GAP);
        used.saturating_sub(columns)
    }

    fn line(&self, cells: Cells) -> Line {
        let title = cut(&cells.title, self.head.saturating_sub(2));
        let branch = cut(&cells.branch, self.head.saturating_sub(2 + width(&title)));
        let mut line = Line::default();
        line.push(branch, Style::Dim);
        line.push(cells.glyph, cells.style);
        line.push(" ", Style::Plain);
        line.push(title, Style::Plain);
        // Where the next column begins; nothing is written up to there but before a text.
        let mut at = self.head + GAP;
        let columns = [
            (self.task, cut_inside(&cells.task, self.task), Style::Dim),
            (self.state, cut(&cells.state, self.state), cells.style),
            (
                self.time,
                to_the_right(&cells.time, self.time),
                Style::Plain,
            ),
            (self.note, cut(&cells.note, self.note), cells.note_style),
        ];
        for (width, text, style) in columns {
            if width == 0 {
                continue;
            }
            if !text.is_empty() {
                let blanks = at.saturating_sub(line.width());
                line.push(" ".repeat(blanks), Style::Plain);
                line.push(text, style);
            }
            at += width + GAP;
        }
        line
    }
}

fn to_the_right(text: &str, columns: usize) -> String {
    match columns.checked_sub(width(text)) {
        Some(blanks) if !text.is_empty() => format!("{:blanks$}{text}", ""),
        _ => String::new(),
    }
}

/// Takes away as much as there is too much, down to a bound.
fn shrink(over: usize, column: &mut usize, least: usize) {
    *column = column.saturating_sub(over).max(least.min(*column));
}

fn glyph(state: &State, turn: usize) -> &'static str {
    match state {
        State::Pending => "·",
        State::Completed => "✓",
        State::CompletedPartial => "◐",
        State::Failed => "✗",
        State::Cancelled | State::Expired => "⊘",
        _ => spinner(turn),
    }
}

fn spinner(turn: usize) -> &'static str {
    SPINNER.get(turn % SPINNER.len()).copied().unwrap_or("*")
}

fn style(state: &State) -> Style {
    match state {
        State::Pending => Style::Dim,
        State::Executing => Style::Busy,
        State::Completed => Style::Good,
        State::Failed => Style::Bad,
        _ => Style::Doubtful,
    }
}
