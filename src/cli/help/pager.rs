//! The program that shows long texts a screen at a time.

use std::io::Write;
use std::process::{Command, Stdio};

/// Shows a text through `$PAGER`, else `less`, and waits for its end. Gives whether that was done: where there is no pager,
/// or `PAGER` is `cat`, it is not.
pub(super) fn show(text: &str, setting: &dyn Fn(&str) -> Option<String>) -> bool {
    let mut command = match setting("PAGER").as_deref() {
        Some("cat") => return false,
        Some(named) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", named]);
            shell
        }
        None => Command::new("less"),
    };
    // As git does: what fits a screen is shown and that is all, colours stay, nothing is cleared at the end.
    if setting("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who leaves the pager early has seen enough.
        let _ = input.write_all(text.as_bytes());
    }
    // 127 and 126: the shell found no such program, or may not run it.
    child.wait().is_ok_and(|status| !matches!(status.code(), Some(126 | 127)))
}
