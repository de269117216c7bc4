//! The command `dune-spec`: whether documents can be generated from, and what a newer one changes.
#![expect(clippy::print_stdout, reason = "printing is what this command is for")]

use std::path::Path;
use std::process::ExitCode;

use dune_spec::{Coverage, Faults, Outcome, Overlay, Page, bundled, diff, normalise, overlay_file};

const USAGE: &str = "\
usage: dune-spec check [FILE..]   what the bundled documents (or FILEs, which may hold a part of the
                                  API) hold, what each pass does to them, and every fault
       dune-spec diff NEW..       what NEW documents change: against the bundled pages that they stand in
                                  for, or against all, where they hold half of the API or more

exit status: 1 on a fault, and where a change breaks programs (diff); 2 for a wrong call; else 0";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let files: Vec<_> = arguments.collect();
    let files: Vec<&Path> = files.iter().map(Path::new).collect();
    let result = match (command.to_str(), files.as_slice()) {
        (Some("check"), files) => check(files),
        (Some("diff"), files @ [_, ..]) => compare(files),
        (Some("help" | "--help" | "-h"), _) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(faults) => {
            eprintln!("{faults}\n\n{} fault(s)", faults.iter().count());
            ExitCode::FAILURE
        }
    }
}

/// Whether the documents are free of faults.
fn check(files: &[&Path]) -> Result<bool, Faults> {
    let outcome = if files.is_empty() {
        bundled()?
    } else {
        given(files)?
    };
    for (operation, item) in outcome.merged.operations() {
        println!(
            "{operation}: {}",
            item.summary.as_deref().unwrap_or("(no summary)")
        );
    }
    println!("\n{}", outcome.report);
    outcome.document().map_err(Clone::clone)?;
    println!("no fault");
    Ok(true)
}

/// Whether the newer documents break nothing, and can be generated from.
fn compare(files: &[&Path]) -> Result<bool, Faults> {
    let old = bundled()?;
    let new = given(files)?;
    let changes = diff(&old.merged, &new.merged);
    for change in &changes {
        println!("{change}");
    }
    let breaking = changes.iter().filter(|change| change.breaks).count();
    println!(
        "{} change(s), {breaking} of which break programs",
        changes.len()
    );
    if let Some(faults) = new.faults() {
        println!("\nnothing can be generated from the new documents as they are:\n{faults}");
        return Ok(false);
    }
    Ok(breaking == 0)
}

fn given(files: &[&Path]) -> Result<Outcome, Faults> {
    let overlay = Overlay::load(&overlay_file())?;
    Ok(normalise(Page::load_all(files)?, &overlay, Coverage::Part))
}
