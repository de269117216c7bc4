//! The command `dune-spec`: what the documents hold and whether they can be generated from.
#![expect(clippy::print_stdout, reason = "printing is what this command is for")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match dune_spec::bundled() {
        Ok(outcome) => {
            println!("{}", outcome.report);
            match outcome.faults() {
                None => ExitCode::SUCCESS,
                Some(faults) => {
                    eprintln!("{faults}");
                    ExitCode::FAILURE
                }
            }
        }
        Err(faults) => {
            eprintln!("{faults}");
            ExitCode::FAILURE
        }
    }
}
