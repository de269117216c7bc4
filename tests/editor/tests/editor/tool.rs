//! Finds rust-analyzer, or says how to get it.

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
/// In CI there must be one.
pub(crate) fn rust_analyzer() -> Option<PathBuf> {
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
        let how = format!(
            "the tests of the editor did not run, for there is no rust-analyzer; to get it: CARGO_PROFILE_RELEASE_LTO=off \
             CARGO_PROFILE_RELEASE_OPT_LEVEL=1 cargo install --locked ra_ap_rust-analyzer@{VERSION} --root {root}"
        );
        assert!(env::var("CI").as_deref() != Ok("true"), "{how}");
        // Not `println!`: what a test that passes prints so is not shown.
        io::stderr()
            .write_all(format!("{how}\n").as_bytes())
            .unwrap();
    }
    found
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
