//! rustc and cargo on crates that are written for the purpose, timed by what the processors spent on them: on a busy
//! machine a clock on the wall times the others.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::process::processor_of_children;

/// rustc, with the client and the generated types as a debug build of them has them.
#[derive(Debug)]
pub struct Compiler {
    externs: Vec<(&'static str, PathBuf)>,
    folder: PathBuf,
}

/// How far a crate is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// All is parsed and all macros in the bodies of its functions are expanded.
    Expanded,
    /// All types are checked.
    Checked,
    /// The code is there, as a debug build has it.
    Built,
}

impl Compiler {
    /// Builds the client in the dev profile, in the target folder that this program was built in.
    ///
    /// # Errors
    /// Cargo does not build it, or does not say where it is.
    pub fn new() -> io::Result<Self> {
        let built = Command::new(cargo())
            .args([
                "build",
                "--quiet",
                "--message-format=json",
                "-p",
                "dune-pipeline",
            ])
            .current_dir(workspace()?)
            .stderr(Stdio::inherit())
            .output()?;
        if !built.status.success() {
            return Err(io::Error::other("the client does not build"));
        }
        let messages = String::from_utf8_lossy(&built.stdout).into_owned();
        let mut externs = Vec::new();
        for name in ["dune_pipeline", "dune_api"] {
            let file = messages.lines().find_map(|line| library(line, name));
            let file = file.ok_or_else(|| io::Error::other(format!("cargo names no {name}")))?;
            externs.push((name, file));
        }
        let folder = scratch()?.join("crates");
        fs::create_dir_all(&folder)?;
        Ok(Self { externs, folder })
    }

    /// Compiles a crate of functions with these blocks, which read a variable `chain`, and says how much processor time it
    /// took.
    ///
    /// # Errors
    /// It does not compile, or cannot be written.
    pub fn compile(&self, it: &Crate, until: Until) -> io::Result<Duration> {
        let file = self.folder.join(format!("{}.rs", it.name));
        fs::write(&file, it.source(until))?;
        let emit = match until {
            Until::Expanded | Until::Checked => "--emit=metadata",
            Until::Built => "--emit=link",
        };
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc
            .args([
                "--edition=2024",
                "--crate-type=rlib",
                "-Cdebuginfo=2",
                "-Ccodegen-units=1",
                "--cap-lints=allow",
                emit,
            ])
            .arg("--out-dir")
            .arg(&self.folder);
        for (name, file) in &self.externs {
            rustc
                .arg("--extern")
                .arg(format!("{name}={}", file.display()));
        }
        if let Some(dependencies) = self.externs.first().and_then(|(_, file)| file.parent()) {
            // An artifact lies beside `deps`, or in it.
            rustc.arg("-L").arg(format!(
                "dependency={}",
                dependencies.join("deps").display()
            ));
            rustc
                .arg("-L")
                .arg(format!("dependency={}", dependencies.display()));
        }
        let (output, took) = timed(rustc.arg(&file))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let as_meant = match until {
            // One error a function, which is that of `concat!`.
            Until::Expanded => {
                let errors = said.lines().filter(|line| line.contains(": error"));
                let mut errors = errors.filter(|line| !line.contains("expected a literal"));
                said.lines().count() > it.blocks.len() && errors.next().is_none()
            }
            Until::Checked | Until::Built => output.status.success(),
        };
        match as_meant {
            true => Ok(took),
            false => Err(io::Error::other(format!(
                "{} does not compile:\n{said}",
                file.display()
            ))),
        }
    }
}

/// A crate to compile.
#[derive(Debug)]
pub struct Crate {
    /// Its name, and its file's.
    pub name: String,
    /// The type of each block.
    pub gives: &'static str,
    /// The bodies of its functions.
    pub blocks: Vec<String>,
}

impl Crate {
    /// What stops rustc behind the expansion: `concat!` has its argument expanded first, and then has no use for it.
    fn source(&self, until: Until) -> String {
        let function = |(i, block): (usize, &String)| match until {
            Until::Expanded => format!("pub fn f{i}(chain: &str) {{ concat!({{\n{block}}}); }}\n"),
            _ => format!("pub fn f{i}(chain: &str) -> {} {{\n{block}}}\n", self.gives),
        };
        self.blocks.iter().enumerate().map(function).collect()
    }
}

/// Builds this package from nothing in a target folder of its own, and says how much processor time it took. It is built
/// as cargo builds what comes from a registry: not incrementally.
///
/// # Errors
/// It does not build.
pub fn clean_build(manifest: &Path, package: &str, debug: DebugInfo) -> io::Result<Duration> {
    let target = tempfile::tempdir_in(scratch()?)?;
    let mut cargo = Command::new(cargo());
    cargo
        .args([
            "build",
            "--quiet",
            "--offline",
            "-p",
            package,
            "--manifest-path",
        ])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target.path())
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", debug.name());
    let (output, took) = timed(&mut cargo)?;
    match output.status.success() {
        true => Ok(took),
        false => Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )),
    }
}

/// Writes a procedural macro of nothing into an empty folder, on syn, quote and proc-macro2 in our versions, with our features: a yardstick
/// for what machines build. Gives its manifest; the package is called `bases`.
///
/// # Errors
/// It cannot be written, or the workspace does not name the three.
pub fn three_bases(folder: &Path) -> io::Result<PathBuf> {
    let root = workspace()?;
    let dependencies = fs::read_to_string(root.join("Cargo.toml"))?;
    let bases = ["syn = ", "quote = ", "proc-macro2 = "];
    let lines = dependencies
        .lines()
        .filter(|line| bases.iter().any(|base| line.starts_with(base)));
    let lines: Vec<&str> = lines.collect();
    if lines.len() != bases.len() {
        return Err(io::Error::other(
            "the workspace does not name the three crates, a line each",
        ));
    }
    let manifest = folder.join("Cargo.toml");
    let package = "[workspace]\n[package]\nname = \"bases\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
                   [lib]\nproc-macro = true\n[dependencies]\n";
    fs::write(&manifest, format!("{package}{}\n", lines.join("\n")))?;
    fs::create_dir(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(manifest)
}

/// How much a debugger is told of what is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DebugInfo {
    /// Nothing, as of macros.
    None,
    /// All, as of everything else that a debug build is made of.
    Full,
}

impl DebugInfo {
    fn name(self) -> &'static str {
        match self {
            DebugInfo::None => "none",
            DebugInfo::Full => "full",
        }
    }
}

/// The root of the workspace.
///
/// # Errors
/// This package stands in none.
pub fn workspace() -> io::Result<&'static Path> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.ok_or_else(|| io::Error::other("the benches stand in no workspace"))
}

/// A folder for what is written while measuring, within the target folder.
///
/// # Errors
/// It cannot be made.
pub fn scratch() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    // target/<profile>/deps/<program>
    let target = program.ancestors().nth(3);
    let folder = target
        .ok_or_else(|| io::Error::other("this program lies in no target folder"))?
        .join("costs");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The cargo that runs this program.
#[must_use]
pub fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The library of this name, where a message of cargo's tells of it.
fn library(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_it = message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
    let files = message["filenames"].as_array().filter(|_| is_it)?;
    let files = files.iter().filter_map(Value::as_str);
    files
        .into_iter()
        .find(|file| file.ends_with(".rlib"))
        .map(PathBuf::from)
}

fn timed(command: &mut Command) -> io::Result<(std::process::Output, Duration)> {
    let before = processor_of_children()?;
    let output = command.output()?;
    Ok((output, processor_of_children()?.saturating_sub(before)))
}
