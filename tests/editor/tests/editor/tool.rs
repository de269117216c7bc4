//! Finds rust-analyzer and the source of the standard library that it reads, or says how to get them.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Later ones want a newer compiler than the one in `rust-toolchain.toml`.
const VERSION: &str = "0.0.328";

/// `$RUST_ANALYZER`, else the one that `.ci/run` installs, else one on the path. A proxy of rustup's without the component
/// does not count: it has no version to tell.
///
/// # Panics
/// In CI there must be one, with what it needs.
pub(crate) fn rust_analyzer() -> Option<PathBuf> {
    let program = program()?;
    if has_std() {
        return Some(program);
    }
    missing(
        "it knows nothing of a standard library without its source; to get it: rustup component add rust-src",
    );
    None
}

fn program() -> Option<PathBuf> {
    // As in a shell, empty is as good as unset.
    let named = env::var_os("RUST_ANALYZER").filter(|named| !named.is_empty());
    if let Some(named) = named.map(PathBuf::from) {
        assert!(
            runs(&named),
            "RUST_ANALYZER={}: does not run",
            named.display()
        );
        return Some(named);
    }
    let tools = tools();
    let installed = tools.iter().map(|tools| tools.join("bin/rust-analyzer"));
    let found = installed
        .chain([PathBuf::from("rust-analyzer")])
        .find(|program| runs(program));
    if found.is_none() {
        let root = tools.map_or_else(|| "FOLDER".to_owned(), |tools| tools.display().to_string());
        missing(&format!(
            "there is no rust-analyzer; to get it: CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
             cargo install --locked ra_ap_rust-analyzer@{VERSION} --root {root}"
        ));
    }
    found
}

fn missing(how: &str) {
    let how = format!("the tests of the editor did not run: {how}\n");
    assert!(env::var("CI").as_deref() != Ok("true"), "{how}");
    // Not `println!`: what a test that passes prints so is not shown.
    io::stderr().write_all(how.as_bytes()).unwrap();
}

/// Whether cargo finds the standard library as rust-analyzer has it do: its source, and the crates that it is built of.
fn has_std() -> bool {
    let rustc = Command::new("rustc")
        .args(["--print", "sysroot"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let sysroot = String::from_utf8(rustc.stdout).unwrap();
    let manifest = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.toml");
    let metadata = Command::new("cargo")
        .args([
            "metadata",
            "--locked",
            "--format-version=1",
            "--manifest-path",
        ])
        .arg(manifest)
        .env("RUSTC_BOOTSTRAP", "1")
        .output();
    metadata.unwrap().status.success()
}

fn tools() -> Option<PathBuf> {
    let folder = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    Some(cache?.join("dune-pipeline/tools"))
}

fn runs(program: &Path) -> bool {
    let version = Command::new(program).arg("--version").output();
    version.is_ok_and(|version| version.status.success())
}
