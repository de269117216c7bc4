//! 1,000,000 rows of 12 columns, read by our client, by other crates and by Dune's Python SDK from one server.
//!
//! `cargo bench --manifest-path benches/other_clients/Cargo.toml --bench rows [TURNS] [CLIENT..]`

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dune_pipeline_benches::asked::Asked;
use dune_pipeline_benches::compiler::{cargo, scratch};
use dune_pipeline_benches::rows::{self, Outcome, ROWS, Server, TURNS, Way};
use serde_json::Value;

/// The clients, and what each of them gives and does not do.
const CLIENTS: [(&str, &str); 6] = [
    ("ours", "typed rows, one by one"),
    ("ours-listed", "typed rows, all in one list"),
    (
        "duners",
        "typed rows, page by page; no page size, no address, a connection a page",
    ),
    ("dnapi", "maps of values; the caller asks for each page"),
    (
        "arrakis",
        "maps of values; the caller asks for each page and counts rows, no `next_offset`",
    ),
    ("python", "the SDK: dicts; the caller asks for each page"),
];

fn main() -> Outcome<()> {
    let asked = Asked::from_args();
    let server = Server::start(ROWS)?;
    let mut ways = Vec::new();
    for (name, what) in CLIENTS {
        if asked.includes(name) {
            ways.push(Way {
                name: name.to_owned(),
                what: what.to_owned(),
                command: command(name, &server)?,
            });
        }
    }
    rows::compare(&server, ROWS, asked.turns.unwrap_or(TURNS), ways)
}

/// What starts a process that reads with this client.
fn command(client: &str, server: &Server) -> Outcome<Command> {
    Ok(match client {
        "ours" => Command::new(build("ours", "dune-pipeline", None)?),
        "ours-listed" => {
            let mut command = Command::new(build("ours", "dune-pipeline", None)?);
            command.arg("listed");
            command
        }
        "duners" => {
            let without_tls = duners_without_tls()?;
            let mut command = Command::new(build("duners", "duners", Some(&without_tls))?);
            command
                .env("http_proxy", server.url())
                .env("HTTP_PROXY", server.url());
            command
        }
        "python" => {
            let mut command = Command::new(python()?);
            command.arg(here().join("python/sdk.py"));
            command
        }
        other => Command::new(build(other, other, None)?),
    })
}

/// Builds the program that reads with one client, and no other client; from another source, if there is one.
fn build(program: &str, feature: &str, source: Option<&Path>) -> Outcome<PathBuf> {
    let target = scratch()?;
    let target = target.parent().ok_or("the target folder is gone")?;
    let mut command = cargo_here("build");
    command
        .args([
            "--quiet",
            "--release",
            "--bin",
            program,
            "--features",
            feature,
        ])
        .arg("--target-dir")
        .arg(target);
    if let Some(source) = source {
        // Unlike a patch it leaves the lock file as it is.
        command.args(["--config", &format!("paths=[{source:?}]")]);
    }
    done(&mut command)?;
    Ok(target.join("release").join(program))
}

/// A copy of the source of `duners`, in which one constant has another value: its address cannot be set, and is one with TLS.
/// What is left is an address to which requests go through a proxy, and that is the server.
fn duners_without_tls() -> Outcome<PathBuf> {
    const ADDRESS: &str = "\"https://api.dune.com/api/v1\"";
    let metadata = cargo_here("metadata")
        .args(["--format-version", "1", "--features", "duners"])
        .output()?;
    let metadata: Value = serde_json::from_slice(&metadata.stdout)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let duners = packages.find(|package| package["name"] == "duners");
    let manifest = duners.and_then(|package| package["manifest_path"].as_str());
    let manifest = Path::new(manifest.ok_or("cargo does not know where `duners` is")?);
    let source = manifest.with_file_name("src");

    let copy = scratch()?.join("duners");
    fs::create_dir_all(copy.join("src"))?;
    // The target folder may be in this workspace, of which it is no part.
    let manifest = fs::read_to_string(manifest)? + "\n[workspace]\n";
    fs::write(copy.join("Cargo.toml"), manifest)?;
    let mut changed = 0;
    for file in fs::read_dir(source)? {
        let file = file?;
        let text = fs::read_to_string(file.path())?;
        changed += text.matches(ADDRESS).count();
        let text = text.replace(ADDRESS, &ADDRESS.replace("https", "http"));
        fs::write(copy.join("src").join(file.file_name()), text)?;
    }
    match changed {
        1 => Ok(copy),
        _ => Err(format!("{changed} places of `duners` hold its address").into()),
    }
}

/// The Python of a virtual environment that has the SDK.
fn python() -> Outcome<PathBuf> {
    let environment = scratch()?.join("python");
    let python = environment.join("bin/python");
    if !python.exists() {
        done(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(&environment),
        )?;
    }
    let requirements = here().join("python/requirements.txt");
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ];
    done(Command::new(&python).args(install).arg(requirements))?;
    Ok(python)
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cargo_here(subcommand: &str) -> Command {
    let mut command = Command::new(cargo());
    // What cargo tells this program of its own package, some build scripts would take for a change of theirs.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    command
        .args([subcommand, "--locked", "--manifest-path"])
        .arg(here().join("Cargo.toml"));
    command
}

fn done(command: &mut Command) -> Result<(), Box<dyn Error + Send + Sync>> {
    match command.status()?.success() {
        true => Ok(()),
        false => Err(format!("{command:?} failed").into()),
    }
}
