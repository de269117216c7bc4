//! Somebody at a shell, with a home of their own, and what comes of the commands that they type.
//! None of them may show the key, which is looked at after each.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::assert::{Assert, OutputAssertExt as _};
use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// Who types.
pub(crate) struct Person {
    home: tempfile::TempDir,
    dune: Option<String>,
    key: String,
    has_key: bool,
}

impl Person {
    /// With the address of a Dune and the key for it in the environment; without an address there is no key either.
    pub(crate) fn new(dune: Option<&str>, key: &str) -> Person {
        Person {
            home: tempfile::tempdir().unwrap(),
            dune: dune.map(str::to_owned),
            key: key.to_owned(),
            has_key: dune.is_some(),
        }
    }

    pub(crate) fn without_key(self) -> Person {
        let has_key = false;
        Person { has_key, ..self }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// A file of theirs, by its name.
    pub(crate) fn file(&self, name: &str, text: &str) {
        fs::write(self.home().join(name), text).unwrap();
    }

    /// What is in one.
    pub(crate) fn reads(&self, name: &str) -> String {
        fs::read_to_string(self.home().join(name)).unwrap()
    }

    /// What their shell has set.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("HOME", self.home().to_str().unwrap().to_owned())];
        all.extend(self.dune.clone().map(|url| ("DUNE_API_BASE_URL", url)));
        all.extend(self.has_key.then(|| ("DUNE_API_KEY", self.key.clone())));
        all
    }

    pub(crate) fn command(&self, typed: impl Typed) -> Command {
        let mut command = Command::new(cargo_bin!("dune-pipeline"));
        command.args(typed.words()).current_dir(self.home());
        for variable in SET_BY_SHELLS {
            command.env_remove(variable);
        }
        command.envs(self.environment());
        command
    }

    /// Types a command, with nothing in standard input.
    pub(crate) fn does(&self, typed: impl Typed) -> Assert {
        self.pipes("", typed)
    }

    /// The same with this in standard input.
    pub(crate) fn pipes(&self, input: &str, typed: impl Typed) -> Assert {
        let mut command = assert_cmd::Command::from_std(self.command(typed));
        self.judged(command.write_stdin(input).output().unwrap())
    }

    /// What came of a command, once it is clear that it shows no key.
    pub(crate) fn judged(&self, output: Output) -> Assert {
        let done = output.assert();
        for said in [done.out(), done.err()] {
            assert!(!said.contains(&self.key), "it shows the key: {said}");
        }
        done
    }
}

/// What whoever runs the tests may have set, and a person of theirs has not.
pub(crate) const SET_BY_SHELLS: [&str; 6] = [
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "DUNE_API_BASE_URL",
    "DUNE_API_KEY",
    "NO_COLOR",
    "XDG_CONFIG_HOME",
];

/// What stands behind the name of the command: a line, or words where one of them has blanks in it.
pub(crate) trait Typed {
    fn words(&self) -> Vec<String>;
}

impl Typed for &str {
    fn words(&self) -> Vec<String> {
        self.split_whitespace().map(str::to_owned).collect()
    }
}

impl Typed for String {
    fn words(&self) -> Vec<String> {
        self.as_str().words()
    }
}

impl<const N: usize> Typed for [&str; N] {
    fn words(&self) -> Vec<String> {
        self.map(str::to_owned).to_vec()
    }
}

/// What a command wrote.
pub(crate) trait Said {
    fn out(&self) -> &str;
    fn err(&self) -> &str;

    /// Standard output, where that is JSON.
    fn json(&self) -> Value {
        serde_json::from_str(self.out()).unwrap()
    }
}

impl Said for Assert {
    fn out(&self) -> &str {
        str::from_utf8(&self.get_output().stdout).unwrap()
    }

    fn err(&self) -> &str {
        str::from_utf8(&self.get_output().stderr).unwrap()
    }
}
