//! What is explained without any connection: a message from a file, and exit statuses.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use crate::cli::args::{RequestArgs, Word};
use crate::cli::exit;
use crate::cli::meaning::{MEANINGS, Meaning, tell};
use crate::cli::request::layout::{Layout, columns};
use crate::client::{Error, Kind, reason};
use crate::print::{Terminal, Tone, explained};
use crate::remark::{Around, explain};

/// Of a message so many bytes are looked at.
const MOST: usize = 16 << 20;

/// Explains what the arguments ask to be explained; `None` if that is nothing.
pub(super) fn run(groups: &[RequestArgs], terminal: &mut Terminal) -> Option<u8> {
    let asks = |args: &&RequestArgs| args.explain_message.is_some() || args.explain_exit;
    let args = groups.iter().find(asks)?;
    let layout = Layout::of(args, &terminal.setting());
    let done = match &args.explain_message {
        _ if groups.len() > 1 => Err(usage("--explain-message and --explain-exit do not go with '--next'")),
        Some(path) => message(path, args, &layout, terminal),
        None => exits(args, &layout, terminal),
    };
    Some(done.map_or_else(|error| super::fail(&error, &layout, terminal), |()| exit::SUCCESS))
}

fn usage(what: impl Into<String>) -> Error {
    Error::new(Kind::Usage, what)
}

/// `--explain-message`
fn message(path: &Path, args: &RequestArgs, layout: &Layout, terminal: &mut Terminal) -> Result<(), Error> {
    if !args.targets.is_empty() {
        return Err(usage("--explain-message sends nothing, and so takes no URL"));
    }
    let (bytes, is_cut) = read(path, &mut terminal.input)?;
    let page = layout.page(&terminal.output);
    let lines = explain(&bytes, &Around { is_cut, ..Around::default() });
    let mut shown = Vec::new();
    // Writing to a `Vec` does not fail.
    let _ = explained(&mut shown, &lines, page);
    if is_cut {
        let _ = writeln!(
            shown,
            "{}only the first {} MiB of the message were read",
            page.palette.paint(Tone::Faint, "* "),
            MOST >> 20
        );
    }
    write(&shown, terminal)
}

/// The first bytes of the file, and whether there are more.
fn read(path: &Path, input: &mut dyn Read) -> Result<(Vec<u8>, bool), Error> {
    let failed =
        |error: std::io::Error| Error::new(Kind::Read, format!("cannot read '{}': {}", path.display(), reason(&error)));
    let mut file;
    let source: &mut dyn Read = match path.as_os_str() == "-" {
        true => input,
        false => {
            file = File::open(path).map_err(failed)?;
            &mut file
        }
    };
    let mut bytes = Vec::new();
    source.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    let is_cut = bytes.len() > MOST;
    bytes.truncate(MOST);
    Ok((bytes, is_cut))
}

/// `--explain-exit`
fn exits(args: &RequestArgs, layout: &Layout, terminal: &mut Terminal) -> Result<(), Error> {
    let rows = match args.targets.as_slice() {
        [] => MEANINGS,
        [Word::Plain(number)] => std::slice::from_ref(meaning(number)?),
        _ => return Err(usage("--explain-exit takes one number, or none for all")),
    };
    let (palette, width) = (layout.palette(terminal.output.is_terminal), columns(&terminal.output));
    let told: Vec<String> = rows.iter().map(|row| tell(row, palette, width)).collect();
    write(told.join("\n").as_bytes(), terminal)
}

fn meaning(number: &str) -> Result<&'static Meaning, Error> {
    let status: u8 =
        number.parse().map_err(|_| usage(format!("'{number}' is no exit status: expected a number from 0 to 255")))?;
    MEANINGS.iter().find(|row| row.status == status).ok_or_else(|| {
        let numbers: Vec<String> = MEANINGS.iter().map(|row| row.status.to_string()).collect();
        usage(format!("no transfer ends with exit status {status}: expected one of {}", numbers.join(", ")))
    })
}

fn write(bytes: &[u8], terminal: &mut Terminal) -> Result<(), Error> {
    terminal.output.write_all(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Error::new(Kind::Closed, reason(&error)),
        _ => Error::new(Kind::Write, format!("cannot write: {}", reason(&error))),
    })
}
