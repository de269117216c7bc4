//! The command against a local Dune that it serves itself: real SQL, real rows, and every subcommand that reads or changes
//! something there.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

mod account;
#[path = "../person/mod.rs"]
mod person;
mod queries;
mod results;
mod runs;
mod serve;
mod views;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

use person::{Person, Said as _, Typed};

const MANIFEST: &str = r#"team = "acme"

[[tables]]
name = "dex.trades"
file = "trades.csv"
columns = { blockchain = "varchar", usd = "double", n = "decimal(38,0)" }

[[queries]]
id = 1
name = "Volume of each chain"
file = "volume.sql"

[[queries]]
id = 2
name = "One chain"
description = "What one chain carries"
file = "chain.sql"

[[queries.parameters]]
key = "chain"
type = "enum"
default = "base"
options = ["base", "ethereum"]

[[queries]]
id = 3
name = "Broken"
file = "broken.sql"

[[views]]
name = "dune.acme.result_volume"
query = 1
"#;

const CHAIN: &str =
    "select blockchain, usd, n from dune.acme.result_volume where blockchain = '{{chain}}'\n";

const FILES: [(&str, &str); 5] = [
    ("dune.toml", MANIFEST),
    (
        "trades.csv",
        "blockchain,usd,n\nbase,1.5,1\nethereum,10.25,12345678901234567890123456789012345678\nbase,2,3\n",
    ),
    (
        "volume.sql",
        "select blockchain, sum(usd) as usd, max(n) as n from dex.trades group by 1\n",
    ),
    ("chain.sql", CHAIN),
    ("broken.sql", "select nonsense from dex.trades\n"),
];

/// A folder with these files.
fn workspace(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// A workspace that is served, until it is dropped.
struct Served {
    serve: Child,
    url: String,
    key: String,
}

impl Served {
    fn at(folder: &Path) -> Served {
        let mut serve = Command::new(cargo_bin!("dune-pipeline"))
            .arg("serve")
            .arg(folder)
            .env_remove("DUNE_API_KEY")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(serve.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let mut exported = |name: &str| {
            let begins = format!("export {name}=");
            lines
                .find_map(|line| line.strip_prefix(&begins).map(str::to_owned))
                .unwrap()
        };
        Served {
            url: exported("DUNE_API_BASE_URL"),
            key: exported("DUNE_API_KEY"),
            serve,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.serve.kill());
        drop(self.serve.wait());
    }
}

/// A person with the address and the key of a workspace that is served.
struct Local {
    person: Person,
    served: Served,
    _folder: TempDir,
}

impl Local {
    fn start() -> Local {
        let folder = workspace(&FILES);
        let served = Served::at(folder.path());
        Local {
            person: Person::new(Some(&served.url), &served.key),
            served,
            _folder: folder,
        }
    }

    /// What it writes where all goes well.
    fn gives(&self, typed: impl Typed) -> String {
        self.does(typed).success().stderr("").out().to_owned()
    }

    /// The same, where that is JSON.
    fn json(&self, typed: impl Typed) -> Value {
        self.does(typed).success().stderr("").json()
    }
}

impl Deref for Local {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.person
    }
}
