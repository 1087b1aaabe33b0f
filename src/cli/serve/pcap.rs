//! `serve --pcap`: where the capture goes, and what is told of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::error::ServeError;
use crate::cli::args::ServeArgs;
use crate::print::{Terminal, line};
use crate::server::{CaptureConfig, CaptureNews};

/// The program that makes the capture.
const PROGRAM: &str = concat!("httpkit ", env!("CARGO_PKG_VERSION"));

/// What a capture begins with.
const MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// Whether the capture goes to standard output, so that nothing else may.
pub(super) fn takes_output(args: &ServeArgs) -> bool {
    args.pcap.as_deref().is_some_and(is_output)
}

fn is_output(path: &Path) -> bool {
    path == Path::new("-")
}

/// The capture that was asked for, if any.
///
/// # Errors
/// The file cannot be made, or it is something else; or a limit was given and no file.
pub(super) fn capture(args: &ServeArgs, terminal: &Terminal) -> Result<Option<CaptureConfig>, ServeError> {
    let Some(path) = &args.pcap else {
        let reason = "'--max-pcap' limits the capture of '--pcap FILE', which is missing";
        return if args.is_given("max-pcap") { Err(ServeError::Usage(reason.to_owned())) } else { Ok(None) };
    };
    if is_output(path) && terminal.output.is_terminal {
        let reason = "a capture is binary: --pcap - needs a pipe or a file as standard output";
        return Err(ServeError::Usage(reason.to_owned()));
    }
    let writer: Box<dyn Write + Send> = match is_output(path) {
        true => Box::new(terminal.output.share()),
        false => Box::new(create(path).map_err(|source| ServeError::Capture { path: path.clone(), source })?),
    };
    let (mut error, name, most) = (terminal.error.share(), line(&path.to_string_lossy()), args.max_pcap.0 as u64);
    let told = move |news: CaptureNews| {
        let news = match news {
            CaptureNews::Failed(reason) => format!("it cannot be written ({reason}), and ends here"),
            CaptureNews::Full => format!("it has its {most} bytes (--max-pcap), and ends here"),
            CaptureNews::LeavesOut => "its reader does not keep up, packets are left out".to_owned(),
        };
        let said = format!("httpkit: warning: capture '{name}': {news}; serving goes on\n");
        // In one piece, as the log goes to the same place; what cannot be told does not keep the server from serving.
        let _ = error.write_all(said.as_bytes());
    };
    Ok(Some(CaptureConfig { writer, most, program: PROGRAM, told: Box::new(told) }))
}

/// A file for this user alone. What is there already is written over only if it is a capture: the name of a data file may
/// be a slip.
fn create(path: &Path) -> io::Result<File> {
    let other = |reason: &str| io::Error::new(io::ErrorKind::AlreadyExists, reason.to_owned());
    if let Ok(there) = std::fs::metadata(path) {
        if !there.is_file() {
            return Err(other("expected a file, or '-' for standard output"));
        }
        let mut magic = [0; 4];
        if there.len() > 0 && (File::open(path)?.read_exact(&mut magic).is_err() || magic != MAGIC) {
            return Err(other("the file is there already and is no capture"));
        }
    }
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}
