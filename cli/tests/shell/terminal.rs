//! The command in a real terminal: what stands on the screen while a run goes on, and afterwards.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::fake::{Answer, Fake, KEY};
use crate::person::Person;
use crate::tmux::Terminal;
use crate::{COMPLETED, PIPELINE, RUN, dune, standing};

const GOING: [&str; 4] = ["completed", "executing", "pending", "pending"];

fn going() -> Fake {
    Fake::new(dune(vec![standing("executing", GOING)]))
}

#[test]
fn a_run_is_a_tree_that_moves_and_stays_when_it_has_ended() {
    let fake = going();
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let Some(terminal) = Terminal::of(&person, "run daily.json --wait", (100, 24), []) else {
        return;
    };
    let screen = terminal.until(|screen| screen.contains("0.25 credits\n"));
    let lines: Vec<&str> = screen.lines().collect();
    assert_eq!(lines[0], RUN);
    assert!(
        lines[1].starts_with(&format!("run {RUN}  executing  ")),
        "{screen}"
    );
    assert!(
        lines[2].starts_with("✓ 1     refresh dune.acme.result_dex_daily "),
        "{screen}"
    );
    assert!(
        lines[2].ends_with("completed  12.3s  0.25 credits"),
        "{screen}"
    );
    assert!(
        lines[3].contains(" 2     refresh dune.acme.result_dex_taker_first_seen ")
            && lines[3].contains("executing"),
        "{screen}"
    );
    assert!(
        lines[4].starts_with("· 3     query 3103") && lines[4].ends_with("after 2"),
        "{screen}"
    );
    assert!(
        lines[5].starts_with("└─ · 4  query 3101") && lines[5].ends_with("after 3"),
        "{screen}"
    );
    assert!(lines[6].ends_with("Ctrl-C cancels the run"), "{screen}");
    terminal.until(|later| later.lines().nth(3) != Some(lines[3]));

    fake.now(dune(vec![standing("completed", COMPLETED)]));
    let screen = terminal.until(|screen| screen.contains("exit=0"));
    let lines: Vec<&str> = screen.lines().collect();
    assert!(
        lines[1].starts_with(&format!("run {RUN}  completed  ")),
        "{screen}"
    );
    assert!(
        lines[2..6].iter().all(|line| line.contains('✓')),
        "{screen}"
    );
    assert_eq!(
        &lines[6..8],
        ["4 of 4 completed, 1.00 credits", "exit=0"],
        "{screen}"
    );
    assert!(terminal.cursor_is_visible());
}

#[test]
fn a_terminal_that_becomes_narrow_shows_what_there_is_room_for() {
    let fake = going();
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let Some(terminal) = Terminal::of(&person, "run daily.json --wait", (120, 24), []) else {
        return;
    };
    terminal.until(|screen| screen.contains("0.25 credits\n"));
    for columns in ["60", "34", "18", "100"] {
        terminal.does(&["resize-window", "-x", columns, "-y", "24"]);
        let wide = columns == "100";
        // A terminal that is resized in the middle of a frame may keep a part of the one before it, above.
        let last = |screen: &str| {
            let begins = screen.rfind("run 01JRUN").unwrap_or_default();
            screen[begins..].to_owned()
        };
        let screen = terminal.until(|screen| {
            let frame = last(screen);
            // What the terminal itself has broken reaches its last column.
            let room = columns.parse().unwrap();
            let fits = frame.lines().all(|line| line.chars().count() < room);
            fits && frame.matches("of 4").count() == 1
                && frame.contains("Ctrl-C") == (columns != "18" && columns != "34")
        });
        let frame = last(&screen);
        let lines: Vec<&str> = frame.lines().collect();
        assert_eq!(lines.len(), 6, "{columns}: {screen}");
        assert!(lines[1].starts_with("✓ 1"), "{columns}: {screen}");
        assert!(lines[4].starts_with("└─ · 4"), "{columns}: {screen}");
        assert_eq!(
            frame.contains("result_dex_taker_first_seen"),
            wide,
            "{columns}: {screen}"
        );
    }
    fake.now(dune(vec![standing("completed", COMPLETED)]));
    terminal.until(|screen| screen.contains("exit=0"));
    assert!(terminal.cursor_is_visible());
}

#[test]
fn a_pipeline_that_is_higher_than_the_terminal_shows_what_runs_and_counts_the_rest() {
    let nodes: Vec<Value> = (1..=60)
        .map(|id| json!({"id": id, "query_execution": {"query_id": id}}))
        .collect();
    let pipeline = json!({"nodes": nodes}).to_string();
    let stands = |running: i64| {
        let nodes = (1..=60).map(|id| {
            let state = if id < running { "completed" } else if id == running { "executing" } else { "pending" };
            json!({"id": id, "query_execution_status": {"query_id": id, "status": state, "execution_id": format!("01E{id}")}})
        });
        json!({"status": "executing", "node_executions": nodes.collect::<Vec<_>>()})
    };
    let fake = Fake::new(dune(vec![stands(30)]));
    let person = Person::at(&fake);
    person.file("many.json", &pipeline);
    let Some(terminal) = Terminal::of(&person, "run many.json --wait", (80, 12), []) else {
        return;
    };
    let screen = terminal.until(|screen| screen.contains("more: "));
    assert!(screen.contains(" 30  query 30 "), "{screen}");
    assert!(
        screen.contains("… and 52 more: 29 completed, 23 pending"),
        "{screen}"
    );
    assert_eq!(screen.matches(&format!("run {RUN}")).count(), 1, "{screen}");
    thread::sleep(Duration::from_millis(600));
    assert_eq!(
        terminal.screen().matches("more: ").count(),
        1,
        "{}",
        terminal.screen()
    );
    fake.now(dune(vec![stands(31)]));
    terminal.until(|screen| {
        screen.contains(" 31  query 31 ") && screen.contains("30 completed, 22 pending")
    });
}

#[test]
fn ctrl_c_on_a_terminal_cancels_and_gives_the_terminal_back() {
    let going = standing("executing", GOING);
    let over = standing("failed", ["completed", "cancelled", "skipped", "skipped"]);
    let (mut before, mut after) = (dune(vec![going]), dune(vec![over]));
    let mut cancelled = false;
    let fake = Fake::new(move |request| {
        cancelled |= request.what.ends_with("/cancel");
        match request.what.as_str() {
            "POST /v1/execution/01EXECUTION2/cancel" => {
                Answer::Json(200, r#"{"success":true}"#.to_owned())
            }
            _ if cancelled => after(request),
            _ => before(request),
        }
    });
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let Some(terminal) = Terminal::of(&person, "run daily.json --wait", (100, 30), []) else {
        return;
    };
    terminal.until(|screen| screen.contains("0.25 credits\n"));
    terminal.press("C-c");
    let screen = terminal.until(|screen| screen.contains("exit="));
    assert!(screen.contains("exit=130"), "{screen}");
    assert!(screen.contains("⊘ 2     refresh"), "{screen}");
    assert!(
        screen.contains(&format!("interrupted: run {RUN} was cancelled")),
        "{screen}"
    );
    assert!(
        screen.contains(" was cancelled\n") && screen.contains(" never started"),
        "{screen}"
    );
    let (before, _) = screen.split_once("exit=").unwrap();
    assert!(!before.contains("^C"), "{screen}");
    assert!(terminal.cursor_is_visible());
}

#[test]
fn ctrl_c_twice_leaves_at_once() {
    let mut stands = dune(vec![standing("executing", GOING)]);
    let fake = Fake::new(move |request| match request.what.ends_with("/cancel") {
        true => Answer::Silence(Duration::from_secs(60)),
        false => stands(request),
    });
    let person = Person::at(&fake);
    person.file("daily.json", PIPELINE);
    let Some(terminal) = Terminal::of(&person, "run daily.json --wait", (100, 30), []) else {
        return;
    };
    terminal.until(|screen| screen.contains("0.25 credits\n"));
    terminal.press("C-c");
    terminal.until(|screen| screen.contains("Ctrl-C once more leaves at once"));
    terminal.press("C-c");
    let screen = terminal.until(|screen| screen.contains("exit=130"));
    assert!(
        screen.contains(&format!("left while cancelling: run {RUN} may go on")),
        "{screen}"
    );
    assert!(terminal.cursor_is_visible());
}

#[test]
fn what_is_typed_meanwhile_leaves_nothing_in_the_tree() {
    let fake = going();
    let person = Person::at(&fake);
    let Some(terminal) = Terminal::of(&person, format!("watch {RUN}"), (100, 24), []) else {
        return;
    };
    terminal.until(|screen| screen.contains("0.25 credits\n"));
    for _ in 0..3 {
        terminal.types("x");
        thread::sleep(Duration::from_millis(300));
    }
    fake.now(dune(vec![standing("completed", COMPLETED)]));
    let screen = terminal.until(|screen| screen.contains("exit=0"));
    assert_eq!(screen.matches(&format!("run {RUN}")).count(), 1, "{screen}");
    assert!(screen.starts_with(&format!("run {RUN}")), "{screen}");
}

#[test]
fn colours_are_there_unless_no_color_is_set() {
    for (no_color, coloured) in [(None, true), (Some(("NO_COLOR", "1")), false)] {
        let fake = going();
        let person = Person::at(&fake);
        let Some(terminal) = Terminal::of(&person, format!("watch {RUN}"), (100, 24), no_color)
        else {
            return;
        };
        terminal.until(|screen| screen.contains("0.25 credits\n"));
        let painted = terminal.does(&["capture-pane", "-p", "-e"]);
        assert_eq!(painted.contains("\x1b[32m✓"), coloured, "{painted:?}");
        assert_eq!(painted.contains("\x1b["), coloured, "{painted:?}");
    }
}

#[test]
fn a_network_that_is_lost_is_told_below_the_tree() {
    let fake = going();
    let person = Person::at(&fake);
    let Some(terminal) = Terminal::of(&person, format!("watch {RUN}"), (100, 24), []) else {
        return;
    };
    terminal.until(|screen| screen.contains("0.25 credits\n"));
    // It began in 2025, says Dune.
    terminal.until(|screen| {
        screen
            .lines()
            .any(|line| line.contains("executing  ") && line.contains("h "))
    });
    fake.now(|_| Answer::Nothing);
    let screen = terminal.until(|screen| screen.contains("no answer, still asking: "));
    assert!(screen.contains("· 3  query 3103"), "{screen}");
    fake.now(dune(vec![standing("completed", COMPLETED)]));
    let screen = terminal.until(|screen| screen.contains("exit=0"));
    assert!(!screen.contains("no answer"), "{screen}");
}

#[test]
fn a_key_that_is_typed_is_not_shown_and_the_terminal_shows_what_is_typed_afterwards() {
    let fake = Fake::new(|_| Answer::Json(200, r#"{"billing_periods":[]}"#.to_owned()));
    let person = Person::at(&fake).without_key();
    let Some(terminal) = Terminal::of(&person, "login", (100, 24), []) else {
        return;
    };
    terminal.until(|screen| screen.contains("API key (not shown):"));
    terminal.types(KEY);
    terminal.press("Enter");
    let screen = terminal.until(|screen| screen.contains("exit=0"));
    assert!(!screen.contains(KEY), "{screen}");
    terminal.until(|screen| screen.contains(" echo "));
    assert!(person.key_file().exists());
    // With Ctrl-C too.
    let Some(terminal) = Terminal::of(&person, "login", (100, 24), []) else {
        return;
    };
    terminal.until(|screen| screen.contains("API key (not shown):"));
    terminal.press("C-c");
    terminal.until(|screen| screen.contains("exit=130") && screen.contains(" echo "));
}
