//! Why `serve` cannot serve.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::client::reason;
use crate::print::line;
use crate::store::{CloseError, OpenError};

/// Each is one line; the process ends with status 1, or with 2 where the command line itself is wrong.
#[derive(Debug)]
pub(super) enum ServeError {
    /// An option's value does not make sense.
    Usage(String),
    /// The data cannot be opened.
    Data(OpenError),
    /// What was acknowledged cannot be brought into the file at the end.
    Kept(CloseError),
    /// The archive cannot be read, or is none.
    Archive(String),
    /// The data is nothing that the dialect could serve.
    Unfit { dialect: &'static str, need: &'static str },
    /// The address cannot be listened on.
    Listen { host: String, port: u16, holder: Option<(String, u32)>, source: io::Error },
    /// The URL cannot be told on standard output.
    Output(io::Error),
    /// The capture cannot be made.
    Capture { path: PathBuf, source: io::Error },
    /// The server itself failed.
    Server(io::Error),
}

impl ServeError {
    pub(super) fn is_usage(&self) -> bool {
        matches!(self, ServeError::Usage(_))
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeError::Usage(what) | ServeError::Archive(what) => f.write_str(what),
            ServeError::Data(OpenError::Io { path, action, error }) => {
                write!(f, "cannot {action} '{}': {}", path.display(), reason(error))
            }
            ServeError::Data(source) => source.fmt(f),
            ServeError::Kept(CloseError { path, error, journal }) => {
                write!(f, "cannot write '{}': {}", path.display(), reason(error))?;
                let Some(journal) = journal else { return Ok(()) };
                write!(f, "; nothing is lost: the changes are in '{}'", journal.display())
            }
            ServeError::Unfit { dialect, need } => {
                write!(f, "the dialect '{dialect}' serves {need}, and the data is something else")
            }
            ServeError::Listen { host, port, holder, source } if source.kind() == io::ErrorKind::AddrInUse => {
                let by = holder.as_ref().map(|(name, number)| format!(" by '{}' (process {number})", line(name)));
                write!(f, "port {port} of '{host}' is taken{}; '--port 0' takes a free one", by.unwrap_or_default())
            }
            ServeError::Listen { host, port, source, .. } => {
                write!(f, "cannot listen on '{host}' port {port}: {}", reason(source))
            }
            ServeError::Output(source) => write!(f, "cannot write to standard output: {}", reason(source)),
            ServeError::Capture { path, source } => {
                write!(f, "cannot write the capture '{}': {}", line(&path.to_string_lossy()), reason(source))
            }
            ServeError::Server(source) => write!(f, "the server failed: {}", reason(source)),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ServeError::Usage(_) | ServeError::Archive(_) | ServeError::Unfit { .. } => None,
            ServeError::Data(source) => Some(source),
            ServeError::Kept(source) => Some(source),
            ServeError::Listen { source, .. }
            | ServeError::Capture { source, .. }
            | ServeError::Output(source)
            | ServeError::Server(source) => Some(source),
        }
    }
}

impl From<OpenError> for ServeError {
    fn from(source: OpenError) -> ServeError {
        ServeError::Data(source)
    }
}
