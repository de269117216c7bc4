//! `dune-pipeline completions`: a script that lets a shell complete subcommands, options and their values.
//! It is made of the same description of the arguments that `--help` is made of.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::error::CommandError;
use crate::{Arguments, output};

/// For which shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Where each shell finds it:
  bash        in ~/.bashrc: source <(dune-pipeline completions bash)
  zsh         dune-pipeline completions zsh > ~/.zfunc/_dune-pipeline
              and in ~/.zshrc, before compinit: fpath=(~/.zfunc $fpath)
  fish        dune-pipeline completions fish > ~/.config/fish/completions/dune-pipeline.fish
  elvish      in ~/.config/elvish/rc.elv: eval (dune-pipeline completions elvish | slurp)
  powershell  in the file that $PROFILE names:
              dune-pipeline completions powershell | Out-String | Invoke-Expression")]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(arguments: &CompletionsArguments) -> Result<(), CommandError> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    // In memory first: the generator panics where whoever reads has gone.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    if arguments.shell == Shell::Bash {
        script = with_one_spelling(&String::from_utf8_lossy(&script)).into_bytes();
    }
    output::write(None, &script)
}

/// The hyphen in the name of this command is written in two ways in what clap_complete makes for bash, which then finds the
/// options of no subcommand: <https://github.com/clap-rs/clap/issues/6421>.
fn with_one_spelling(script: &str) -> String {
    script.replace("dune__subcmd__pipeline", "dune__pipeline")
}
