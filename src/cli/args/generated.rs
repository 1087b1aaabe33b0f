//! What is made from the definitions of the arguments.

use super::definition::Named;

/// What `--generate` can print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generate {
    /// Completions for bash, to be sourced.
    CompleteBash,
    /// Completions for zsh, a file for a folder of `$fpath`.
    CompleteZsh,
    /// Completions for fish.
    CompleteFish,
    /// Completions for PowerShell, to be sourced from the profile.
    CompletePowershell,
    /// Completions for elvish.
    CompleteElvish,
    /// Completions for nushell, a file for its autoload folder.
    CompleteNushell,
    /// The page httpkit(1).
    Man,
    /// The page httpkit-request(1).
    ManRequest,
    /// The page httpkit-serve(1).
    ManServe,
}

impl Named for Generate {
    const NAMED: &'static [(Generate, &'static str, &'static str)] = &[
        (Generate::CompleteBash, "complete-bash", "Completions for bash, to be sourced"),
        (Generate::CompleteZsh, "complete-zsh", "Completions for zsh, a file for a folder on fpath"),
        (Generate::CompleteFish, "complete-fish", "Completions for fish"),
        (
            Generate::CompletePowershell,
            "complete-powershell",
            "Completions for PowerShell, to be sourced from the profile",
        ),
        (Generate::CompleteElvish, "complete-elvish", "Completions for elvish"),
        (
            Generate::CompleteNushell,
            "complete-nushell",
            "Completions for nushell, a file for a folder of $nu.user-autoload-dirs",
        ),
        (Generate::Man, "man", "The page httpkit(1)"),
        (Generate::ManRequest, "man-request", "The page httpkit-request(1)"),
        (Generate::ManServe, "man-serve", "The page httpkit-serve(1)"),
    ];
}
