//! Merges and normalises the documents in `spec/`, and writes the client they describe to `OUT_DIR`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// In the repository, seen from here. Given to cargo as it is, so that it holds in every clone.
const SPEC: &str = "../spec";

fn main() -> ExitCode {
    // Packaged alone, this crate has the documents of the `dune-spec` it was built with.
    let in_repository = Path::new(SPEC).join(dune_spec::PAGES).is_dir();
    let spec = if in_repository {
        PathBuf::from(SPEC)
    } else {
        dune_spec::folder()
    };
    // The code of `dune-spec` is a build dependency: cargo itself reruns this when it changes.
    for file in [dune_spec::PAGES, dune_spec::OVERLAY] {
        println!("cargo:rerun-if-changed={}", spec.join(file).display());
    }
    println!("cargo:rerun-if-changed=build.rs");
    match generate(&spec).and_then(|code| write(&code)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("no client can be generated from the documents in `spec/`\n{problem}");
            ExitCode::FAILURE
        }
    }
}

fn generate(spec: &Path) -> Result<String, String> {
    let outcome = dune_spec::load(spec).map_err(|faults| faults.to_string())?;
    let document = outcome.document().map_err(|faults| faults.to_string())?;
    let client = dune_spec::Generated::of(document).map_err(|e| e.to_string())?;
    Ok(client.code())
}

fn write(code: &str) -> Result<(), String> {
    let folder = env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?;
    let file = Path::new(&folder).join("client.rs");
    fs::write(&file, code).map_err(|e| format!("`{}` cannot be written: {e}", file.display()))
}
