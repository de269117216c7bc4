//! A real terminal, of tmux's making. Where there is no tmux, tests that need one say so and do nothing.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

use crate::person::{Person, SET_BY_SHELLS, Typed};

pub(crate) struct Terminal {
    folder: tempfile::TempDir,
}

impl Terminal {
    /// One in which a command of ours runs, and after it a line with its exit code and how the terminal is set.
    pub(crate) fn of<'e>(
        person: &Person,
        typed: impl Typed,
        size: (u16, u16),
        more: impl IntoIterator<Item = (&'e str, &'e str)>,
    ) -> Option<Terminal> {
        let mut line = format!("'{}'", cargo_bin!("dune-pipeline").display());
        for word in typed.words() {
            line.push_str(&format!(" '{word}'"));
        }
        let script = format!("{line}; echo \"exit=$?\"; stty -a; exec sleep 600");
        Terminal::that_runs(person, &script, size, more)
    }

    /// One of so many columns and rows in which a shell does this, in the person's home and environment.
    pub(crate) fn that_runs<'e>(
        person: &Person,
        script: &str,
        (columns, rows): (u16, u16),
        more: impl IntoIterator<Item = (&'e str, &'e str)>,
    ) -> Option<Terminal> {
        if Command::new("tmux").arg("-V").output().is_err() {
            println!("there is no tmux here, so nothing was tested");
            return None;
        }
        let terminal = Terminal {
            folder: tempfile::tempdir().unwrap(),
        };
        let mut tmux = terminal.tmux();
        tmux.args(["-f", "/dev/null", "new-session", "-d"]);
        tmux.args(["-x", &columns.to_string(), "-y", &rows.to_string()]);
        for variable in SET_BY_SHELLS {
            tmux.env_remove(variable);
        }
        tmux.envs(person.environment())
            .envs(more)
            .env("LC_ALL", "C.UTF-8")
            .arg(script)
            .current_dir(person.home());
        let started = tmux.output().unwrap();
        assert!(
            started.status.success(),
            "{}",
            String::from_utf8_lossy(&started.stderr)
        );
        Some(terminal)
    }

    fn tmux(&self) -> Command {
        let mut tmux = Command::new("tmux");
        tmux.arg("-u")
            .arg("-S")
            .arg(self.folder.path().join("socket"));
        tmux
    }

    /// Has tmux do this.
    pub(crate) fn does(&self, arguments: &[&str]) -> String {
        let output = self.tmux().args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// What stands there, without the blank lines below.
    pub(crate) fn screen(&self) -> String {
        self.does(&["capture-pane", "-p"]).trim_end().to_owned()
    }

    /// A key by its name.
    pub(crate) fn press(&self, key: &str) {
        self.does(&["send-keys", key]);
    }

    /// Letter by letter.
    pub(crate) fn types(&self, text: &str) {
        self.does(&["send-keys", "-l", text]);
    }

    /// What stands there as soon as it is this.
    pub(crate) fn until(&self, come: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let screen = self.screen();
            if come(&screen) {
                return screen;
            }
            assert!(Instant::now() < end, "it has not come:\n{screen}");
            thread::sleep(Duration::from_millis(40));
        }
    }

    pub(crate) fn cursor_is_visible(&self) -> bool {
        let flag = self.does(&["display-message", "-p", "#{cursor_flag}"]);
        flag.trim() == "1"
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.tmux().arg("kill-server").output());
    }
}
