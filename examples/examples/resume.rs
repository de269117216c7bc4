//! A program that may be killed at any moment and starts nothing twice: a file says what it is about to do before it does it,
//! and who runs next goes by the file.
//!
//! `cargo run --example resume` starts itself against a local Dune, kills itself as `kill -9` does, and starts itself again.
//! `cargo run --example resume -- FILE` is the program alone, with the file to go by and a key in `DUNE_API_KEY`.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, fs, io};

use dune_local::LocalDune;
use dune_pipeline::{Dune, OnDeadline, Pipeline, QueryNode, Run, pipeline};
use dune_pipeline_examples::{Workspace, finish};
use serde::Deserialize;

/// The market on a day.
#[derive(Debug, Deserialize)]
pub(crate) struct Day {
    pub(crate) day: String,
    pub(crate) volume_usd: f64,
}

/// In the file while a run is being started; afterwards its id stands there.
const STARTING: &str = "starting";

/// How long this process stays for it.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// The same pipeline for whoever starts it and whoever takes it up.
fn daily() -> Pipeline<QueryNode> {
    pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        trend = query(3103).after(volume, takers),
    ]
    .map_labels(|labels| labels.trend)
}

/// The trend, of the run that stands in the file, or of a new one. The file is gone when the rows are here.
pub(crate) async fn trend(dune: &Dune, file: &Path) -> Result<Vec<Day>, Box<dyn Error>> {
    let daily = daily();
    let run = match read(file)? {
        None => start(dune, &daily, file).await?,
        Some(text) if text == STARTING => return Err(in_doubt(file).into()),
        Some(id) => {
            eprintln!("run {id} is taken up");
            dune.run(id)?.attach(&daily)?
        }
    };
    // Left at the deadline, for whoever runs next takes it up.
    let waiting = run.wait().deadline(PATIENCE).on_deadline(OnDeadline::Leave);
    match waiting.await {
        Ok(_) => {}
        Err(error @ dune_pipeline::Error::Failed(_)) => {
            // It is over. The next run is a new one.
            fs::remove_file(file)?;
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    }
    let rows = run.rows(*daily).await?;
    fs::remove_file(file)?;
    Ok(rows)
}

/// Starts a run, with a file that never says less than what may have happened.
async fn start<L>(dune: &Dune, daily: &Pipeline<L>, file: &Path) -> Result<Run, Box<dyn Error>> {
    write(file, STARTING)?;
    match dune.execute(daily).await {
        Ok(run) => {
            write(file, run.id())?;
            eprintln!("run {} is started", run.id());
            Ok(run)
        }
        Err(error) => {
            // Where Dune may have begun all the same, the file goes on saying so.
            if !error.may_have_started() {
                fs::remove_file(file)?;
            }
            Err(error.into())
        }
    }
}

fn in_doubt(file: &Path) -> String {
    format!(
        "a run may have been started whose id nobody knows: look at the executions in Dune, then write the id into {file}, \
         or remove the file if there is none",
        file = file.display()
    )
}

fn read(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The whole text or what was there before, also when the power goes: written beside the file, then put in its place.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(file)?;
    fs::File::open(folder)?.sync_all()
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(match env::args_os().nth(1) {
        Some(file) => program(Path::new(&file)).await,
        None => killed_once().await,
    })
}

pub(crate) async fn program(file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let days = trend(&Dune::from_env()?, file).await?;
    let last = days.last().ok_or("there are no trades")?;
    println!("{}: {:.2} USD", last.day, last.volume_usd);
    Ok(ExitCode::SUCCESS)
}

/// Runs the program twice on a local Dune: the first is killed as soon as its run has an id.
async fn killed_once() -> Result<ExitCode, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let workspace = Workspace::create(folder.path().join("workspace"), 30)?;
    let local = LocalDune::start(workspace.folder()).await?;
    let file = folder.path().join("run");

    let mut first = itself(&local, &file)?;
    while read(&file)?.is_none_or(|text| text == STARTING) && first.try_wait()?.is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    first.kill()?;
    println!("the first ended: {}", first.wait()?);

    let mut second = itself(&local, &file)?;
    let ended = loop {
        match second.try_wait()? {
            Some(ended) => break ended,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    println!("the second ended: {ended}");
    local.shutdown().await;
    match ended.success() {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

fn itself(local: &LocalDune, file: &Path) -> io::Result<Child> {
    Command::new(env::current_exe()?)
        .arg(file)
        .env("DUNE_API_BASE_URL", local.base_url())
        .env("DUNE_API_KEY", local.api_key())
        .stdin(Stdio::null())
        .spawn()
}
