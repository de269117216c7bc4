//! Merges and normalises the documents in `spec/`, and writes the client they describe to `OUT_DIR`.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    // The code of `dune-spec` is a build dependency: cargo itself reruns this when it changes.
    println!(
        "cargo:rerun-if-changed={}",
        dune_spec::pages_dir().display()
    );
    println!(
        "cargo:rerun-if-changed={}",
        dune_spec::overlay_file().display()
    );
    println!("cargo:rerun-if-changed=build.rs");
    match generate().and_then(|code| write(&code)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("no client can be generated from the documents in `spec/`\n{problem}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<String, String> {
    let outcome = dune_spec::bundled().map_err(|faults| faults.to_string())?;
    let document = outcome.document().map_err(|faults| faults.to_string())?;
    let client = dune_spec::Generated::of(document).map_err(|e| e.to_string())?;
    Ok(client.code())
}

fn write(code: &str) -> Result<(), String> {
    let folder = env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?;
    let file = Path::new(&folder).join("client.rs");
    fs::write(&file, code).map_err(|e| format!("`{}` cannot be written: {e}", file.display()))
}
