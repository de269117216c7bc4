//! `completions`: the script of each shell, and what a shell that has loaded it makes of Tab.
//! Of a shell that is not here only the script is looked at, and the test says so.

use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use predicates::str::contains;

use crate::person::Person;
use crate::tmux::Terminal;

#[test]
fn there_is_a_script_for_each_shell_and_an_unknown_one_is_wrong_use() {
    let person = Person::alone();
    for (shell, loads) in [
        ("bash", "complete -F _dune__pipeline"),
        ("zsh", "#compdef dune-pipeline"),
        ("fish", "complete -c dune-pipeline"),
        ("elvish", "edit:completion:arg-completer[dune-pipeline]"),
        (
            "powershell",
            "Register-ArgumentCompleter -Native -CommandName 'dune-pipeline'",
        ),
    ] {
        person
            .does(format!("completions {shell}"))
            .success()
            .stderr("")
            .stdout(contains(loads))
            .stdout(contains("upsert"))
            .stdout(contains("allow-partial"));
    }
    person
        .does("completions tcsh")
        .code(2)
        .stdout("")
        .stderr(contains("bash, elvish, fish, powershell, zsh"));
    println!("the script of PowerShell was made and not loaded");
}

#[test]
fn bash_completes() {
    let Some(bash) = Shell::starts("bash", "bash --norc --noprofile -i") else {
        return;
    };
    bash.loads("source <(dune-pipeline completions bash)");
    bash.completes("dune-pipeline stat", "dune-pipeline status");
    bash.completes(
        "dune-pipeline results --allow",
        "dune-pipeline results --allow-partial",
    );
    bash.completes("dune-pipeline views up", "dune-pipeline views upsert");
    bash.completes(
        "dune-pipeline graph --format merm",
        "dune-pipeline graph --format mermaid",
    );
    bash.completes("dune-pipeline check dai", "dune-pipeline check daily.json");
}

#[test]
fn zsh_completes() {
    let Some(zsh) = Shell::starts("zsh", "zsh -f -i") else {
        return;
    };
    zsh.loads("mkdir f && dune-pipeline completions zsh > f/_dune-pipeline");
    zsh.loads("fpath=(~/f $fpath); autoload -U compinit; compinit -u");
    zsh.completes("dune-pipeline stat", "dune-pipeline status");
    zsh.completes(
        "dune-pipeline results --allow",
        "dune-pipeline results --allow-partial",
    );
    zsh.completes("dune-pipeline views up", "dune-pipeline views upsert");
    zsh.completes(
        "dune-pipeline graph --format merm",
        "dune-pipeline graph --format mermaid",
    );
    zsh.completes("dune-pipeline check dai", "dune-pipeline check daily.json");
}

#[test]
fn fish_completes() {
    let Some(fish) = Shell::starts("fish", "fish") else {
        return;
    };
    // What it suggests by itself, from files and from what was typed before, is not asked for here.
    fish.loads("set -g fish_autosuggestion_enabled 0");
    fish.loads("mkdir -p ~/.config/fish/completions");
    fish.loads("dune-pipeline completions fish > ~/.config/fish/completions/dune-pipeline.fish");
    fish.completes("dune-pipeline stat", "dune-pipeline status");
    fish.completes(
        "dune-pipeline results --allow",
        "dune-pipeline results --allow-partial",
    );
    fish.completes("dune-pipeline views up", "dune-pipeline views upsert");
    fish.completes(
        "dune-pipeline graph --format merm",
        "dune-pipeline graph --format mermaid",
    );
    fish.completes("dune-pipeline check dai", "dune-pipeline check daily.json");
}

#[test]
fn elvish_completes() {
    let Some(elvish) = Shell::starts("elvish", "elvish -norc") else {
        return;
    };
    elvish.loads("eval (dune-pipeline completions elvish | slurp)");
    elvish.completes("dune-pipeline stat", "dune-pipeline status");
    elvish.completes(
        "dune-pipeline results --allow",
        "dune-pipeline results --allow-partial",
    );
    elvish.completes("dune-pipeline views up", "dune-pipeline views upsert");
}

/// A shell in a terminal, in whose path the command is.
struct Shell {
    terminal: Terminal,
    _person: Person,
}

impl Shell {
    /// `None` where there is no such shell.
    fn starts(shell: &str, line: &str) -> Option<Shell> {
        // Whatever it makes of that, it is there.
        if Command::new(shell).arg("--version").output().is_err() {
            println!("there is no {shell} here, so its script was made and not loaded");
            return None;
        }
        let person = Person::alone();
        person.file("daily.json", "");
        let folder = cargo_bin!("dune-pipeline").parent().unwrap();
        let script = format!("PATH='{}':$PATH exec {line}", folder.display());
        let terminal = Terminal::that_runs(&person, &script, (100, 24), [])?;
        Some(Shell {
            terminal,
            _person: person,
        })
    }

    /// Types a line, and waits until it is done and the shell asks for the next.
    fn loads(&self, line: &str) {
        self.terminal.types(&format!("{line}; echo and' 'now"));
        self.terminal.press("Enter");
        self.terminal.until(|screen| {
            let mut after = screen.rsplit("and now\n");
            after.next().is_some_and(|prompt| !prompt.is_empty()) && after.next().is_some()
        });
        self.terminal.types("clear");
        self.terminal.press("Enter");
        let gone = |screen: &str| !screen.contains("and now") && !screen.contains("clear");
        let asks = |screen: &str| gone(screen) && !screen.is_empty();
        self.terminal.until(asks);
    }

    /// Types this and presses Tab, whereupon that stands there. The line is taken back.
    fn completes(&self, typed: &str, completed: &str) {
        self.terminal.types(typed);
        self.terminal.until(|screen| screen.contains(typed));
        self.terminal.press("Tab");
        self.terminal.until(|screen| screen.contains(completed));
        self.terminal.press("C-u");
        self.terminal.until(|screen| !screen.contains(typed));
    }
}
