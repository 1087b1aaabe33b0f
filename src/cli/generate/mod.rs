//! What is made from the definition of the arguments: completions for six shells and the man pages.
//!
//! Copies are kept in `completions/` and `man/`; a test compares them with what this makes.

mod completions;
mod manual;
mod nushell;
mod sections;

use clap_complete::Shell;

use super::args::{self, Generate};
pub(super) use sections::{Block, Section, of as sections};

impl Generate {
    /// The text of it, always with a line end at the end.
    pub fn text(self) -> String {
        let command = args::command();
        match self {
            Self::CompleteBash => completions::script(Shell::Bash, command),
            Self::CompleteZsh => completions::script(Shell::Zsh, command),
            Self::CompleteFish => completions::script(Shell::Fish, command),
            Self::CompletePowershell => completions::script(Shell::PowerShell, command),
            Self::CompleteElvish => completions::script(Shell::Elvish, command),
            Self::CompleteNushell => nushell::script(&command, completions::methods_told()),
            Self::Man => manual::page(command, None),
            Self::ManRequest => manual::page(command, Some("request")),
            Self::ManServe => manual::page(command, Some("serve")),
        }
    }
}
