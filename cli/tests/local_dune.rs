//! The command against a local Dune that it serves itself: real SQL, real rows, and every subcommand that reads or changes
//! something there.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail like a test")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

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
    (
        "chain.sql",
        "select blockchain, usd, n from dune.acme.result_volume where blockchain = '{{chain}}'\n",
    ),
    ("broken.sql", "select nonsense from dex.trades\n"),
];

/// A workspace that is served, and a person who has its address and key.
struct Local {
    folder: tempfile::TempDir,
    serve: Child,
    url: String,
    key: String,
}

/// Exit code, standard output, standard error.
type Done = (Option<i32>, String, String);

impl Local {
    fn start() -> Local {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in FILES {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let mut serve = Command::new(env!("CARGO_BIN_EXE_dune-pipeline"))
            .arg("serve")
            .arg(folder.path())
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
        Local {
            url: exported("DUNE_API_BASE_URL"),
            key: exported("DUNE_API_KEY"),
            folder,
            serve,
        }
    }

    fn home(&self) -> &Path {
        self.folder.path()
    }

    fn does(&self, arguments: &[&str]) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dune-pipeline"));
        let output = command
            .args(arguments)
            .current_dir(self.home())
            .env_remove("XDG_CONFIG_HOME")
            .env("HOME", self.home())
            .env("DUNE_API_BASE_URL", &self.url)
            .env("DUNE_API_KEY", &self.key)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(
            !out.contains(&self.key) && !err.contains(&self.key),
            "it shows the key: {out}{err}"
        );
        (output.status.code(), out, err)
    }

    /// What it writes where all goes well.
    fn gives(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.does(arguments);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{arguments:?}: {out}");
        out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.gives(arguments)).unwrap()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        drop(self.serve.kill());
        drop(self.serve.wait());
    }
}

#[test]
fn a_query_is_run_over_its_views_and_its_rows_are_read_in_every_form() {
    let local = Local::start();
    let run = local.gives(&[
        "run",
        "--query",
        "2",
        "--parameter",
        "chain=ethereum",
        "--wait",
    ]);
    let id = run.lines().next().unwrap();
    assert!(
        run.contains("refresh dune.acme.result_volume: completed"),
        "{run}"
    );
    assert!(
        run.ends_with("2 of 2 nodes completed, 0 credits\n"),
        "{run}"
    );

    assert_eq!(
        local.gives(&["results", id]),
        "blockchain    usd                                       n\n\
         ──────────  ─────  ──────────────────────────────────────\n\
         ethereum    10.25  12345678901234567890123456789012345678\n\
         1 row\n"
    );
    let csv = "blockchain,usd,n\nethereum,10.25,12345678901234567890123456789012345678\n";
    assert_eq!(
        local.gives(&["results", id, "--query", "2", "--format", "csv"]),
        csv
    );
    let rows = local.json(&["results", id, "--json"]);
    assert_eq!(
        rows,
        json!([{"blockchain": "ethereum", "usd": 10.25, "n": "12345678901234567890123456789012345678"}])
    );

    // The latest of the query, of these values; and the one execution.
    assert_eq!(
        local.gives(&[
            "results",
            "--query",
            "2",
            "--parameter",
            "chain=ethereum",
            "-f",
            "csv"
        ]),
        csv
    );
    let status = local.json(&["status", id, "--query", "2", "--json"]);
    let execution = status["nodes"][1]["execution_id"].as_str().unwrap();
    assert_eq!(status["nodes"][1]["dependencies"], json!([1]));
    assert_eq!(
        local.gives(&["results", "--execution", execution, "-f", "csv"]),
        csv
    );

    assert_eq!(local.gives(&["results", id, "-o", "chain.csv"]), "");
    assert_eq!(
        fs::read_to_string(local.home().join("chain.csv")).unwrap(),
        csv
    );

    assert_eq!(local.gives(&["results", id, "-o", "chain.parquet"]), "");
    let parquet = fs::read(local.home().join("chain.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    let (code, _, err) = local.does(&["results", id, "-f", "parquet"]);
    assert_eq!(code, Some(2), "{err}");

    let (code, out, err) = local.does(&["results", id, "--node", "1"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(
        err.contains("refreshes a view and has no rows; its queries are 2 (query 2)"),
        "{err}"
    );
}

#[test]
fn of_a_result_only_what_is_asked_for_is_read() {
    let local = Local::start();
    local.gives(&["run", "--query", "1", "--wait"]);
    let latest =
        |more: &[&str]| local.gives(&[&["results", "--query", "1", "-f", "csv"], more].concat());
    assert_eq!(
        latest(&["--sort-by", "usd desc", "--columns", "blockchain"]),
        "blockchain\nethereum\nbase\n"
    );
    assert_eq!(
        latest(&["--filter", "usd < 5", "--columns", "blockchain,usd"]),
        "blockchain,usd\nbase,3.5\n"
    );
    assert_eq!(
        latest(&[
            "--sort-by",
            "blockchain",
            "--offset",
            "1",
            "--columns",
            "blockchain"
        ]),
        "blockchain\nethereum\n"
    );
    let table = local.gives(&[
        "results",
        "--query",
        "1",
        "--limit",
        "1",
        "--sort-by",
        "usd",
        "--columns",
        "usd",
    ]);
    assert!(table.starts_with("usd\n───\n3.5\n"), "{table}");
    // What was asked for and cannot be leaves the file as it was.
    fs::write(local.home().join("kept.json"), "before").unwrap();
    let (code, _, err) = local.does(&[
        "results",
        "--query",
        "1",
        "--filter",
        "nonsense > 1",
        "-o",
        "kept.json",
    ]);
    assert_eq!(code, Some(1), "{err}");
    assert_eq!(
        fs::read_to_string(local.home().join("kept.json")).unwrap(),
        "before"
    );
}

#[test]
fn what_fails_is_told_in_the_words_of_the_engine_and_a_run_that_ended_cannot_be_cancelled() {
    let local = Local::start();
    let pipeline = r#"{"nodes": [{"id": 1, "query_execution": {"query_id": 3}}, {"id": 2, "dependencies": [1], "query_execution": {"query_id": 1}}]}"#;
    fs::write(local.home().join("broken.json"), pipeline).unwrap();
    let (code, out, err) = local.does(&["run", "broken.json", "--wait"]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("Column 'nonsense' cannot be resolved"),
        "{err}"
    );
    assert!(err.contains("`2` was not run because `1` failed"), "{err}");
    let id = out.lines().next().unwrap();
    let (code, out, err) = local.does(&["watch", id, "--pipeline", "broken.json"]);
    assert_eq!(code, Some(1), "{out}{err}");
    let (code, out, err) = local.does(&["cancel", id]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("there was nothing to cancel"), "{out}");
    let (code, _, err) = local.does(&["results", id, "--node", "2"]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("no rows yet of node `2`") || err.contains("node"),
        "{err}"
    );
    let (code, _, err) = local.does(&["run", "--query", "77"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("Query not found"), "{err}");
}

#[test]
fn the_pipeline_of_a_query_is_drawn() {
    let local = Local::start();
    assert_eq!(
        local.gives(&["graph", "--query", "2", "--parameter", "chain=base"]),
        "1     refresh dune.acme.result_volume on medium\n└─ 2  query 2 on medium (chain = base)\n"
    );
    let json = local.gives(&["graph", "--query", "2", "-f", "json"]);
    fs::write(local.home().join("two.json"), json).unwrap();
    assert!(
        local
            .gives(&["check", "two.json"])
            .starts_with("two.json: no faults\n")
    );
    assert!(
        local
            .gives(&["run", "two.json", "--wait"])
            .contains("2 of 2 nodes completed")
    );
}

#[test]
fn queries_are_listed_read_saved_changed_and_archived() {
    let local = Local::start();
    let list = local.gives(&["query", "list"]);
    assert!(
        list.contains("Volume of each chain") && list.contains("Broken"),
        "{list}"
    );
    assert_eq!(
        local
            .json(&["query", "list", "--limit", "2", "--json"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let shown = local.gives(&["query", "get", "2"]);
    assert!(shown.contains("-- query: 2 One chain\n"), "{shown}");
    assert!(
        shown.contains("-- parameter: chain (enum) = base, one of base, ethereum\n"),
        "{shown}"
    );
    assert_eq!(local.gives(&["query", "get", "2", "--sql"]), FILES[3].1);

    fs::write(local.home().join("new.sql"), "select 1 as one\n").unwrap();
    let id = local.gives(&[
        "query",
        "create",
        "new.sql",
        "--name",
        "New",
        "--tag",
        "a",
        "--private",
    ]);
    let id = id.trim();
    fs::write(local.home().join("new.sql"), "select 2 as two\n").unwrap();
    assert_eq!(
        local.gives(&[
            "query",
            "update",
            id,
            "new.sql",
            "--description",
            "two of it"
        ]),
        ""
    );
    let query = local.json(&["query", "get", id, "--json"]);
    assert_eq!(query["query_sql"], "select 2 as two\n");
    assert_eq!(
        (&query["name"], &query["description"]),
        (&json!("New"), &json!("two of it"))
    );
    assert_eq!(
        (&query["tags"], &query["is_private"]),
        (&json!(["a"]), &json!(true))
    );
    assert_eq!(local.gives(&["query", "public", id]), "");
    assert_eq!(local.gives(&["query", "archive", id]), "");
    let query = local.json(&["query", "get", id, "--json"]);
    assert_eq!(
        (&query["is_private"], &query["is_archived"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(local.gives(&["query", "unarchive", id]), "");
    assert_eq!(local.gives(&["query", "private", id]), "");

    let (code, _, err) = local.does(&["query", "update", id]);
    assert_eq!(code, Some(2), "{err}");
    let (code, _, err) = local.does(&["query", "update", "1", "new.sql"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("volume.sql"), "{err}");
}

#[test]
fn views_are_listed_read_made_filled_and_deleted() {
    let local = Local::start();
    assert!(
        local
            .gives(&["views", "list"])
            .contains("dune.acme.result_volume")
    );
    let view = local.json(&["views", "get", "dune.acme.result_volume", "--json"]);
    assert_eq!(
        (&view["sql_id"], &view["query_id"]),
        (&json!("dune.acme.result_volume"), &json!(1))
    );
    let refreshed = local.gives(&["views", "refresh", "dune.acme.result_volume", "--wait"]);
    assert!(
        refreshed.starts_with("01") && refreshed.ends_with("\ncompleted\n"),
        "{refreshed}"
    );
    let made = local.gives(&[
        "views",
        "upsert",
        "dune.acme.result_two",
        "--query",
        "1",
        "--wait",
    ]);
    assert!(made.ends_with("\ncompleted\n"), "{made}");
    assert_eq!(
        local
            .json(&["views", "list", "--json"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        local.gives(&["views", "delete", "dune.acme.result_two"]),
        ""
    );
    let (code, _, err) = local.does(&["views", "get", "dune.acme.result_two"]);
    assert_eq!(code, Some(1), "{err}");
}

#[test]
fn usage_and_login_ask_for_what_the_account_has_used() {
    let local = Local::start();
    let text = local.gives(&["usage"]);
    assert!(
        text.contains("credits used") && text.contains("stored: "),
        "{text}"
    );
    assert!(local.json(&["usage", "--json"])["billing_periods"][0]["credits_used"].is_number());
    let (code, _, err) = local.does(&["usage", "--from", "yesterday"]);
    assert_eq!(code, Some(2), "{err}");
    let key = local.home().join("key.txt");
    fs::write(&key, &local.key).unwrap();
    let login = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dune-pipeline"));
        command
            .arg("login")
            .env("HOME", local.home())
            .env("DUNE_API_BASE_URL", url);
        command
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("DUNE_API_KEY");
        command
            .stdin(fs::File::open(&key).unwrap())
            .output()
            .unwrap()
    };
    assert!(login(&local.url).status.success());
    fs::write(&key, "not-the-key").unwrap();
    let refused = login(&local.url);
    assert_eq!(refused.status.code(), Some(1));
}
