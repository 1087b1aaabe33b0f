//! Why `serve` cannot serve.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::client::reason;
use crate::print::line;
use crate::store::OpenError;

/// Each is one line; the process ends with status 1, or with 2 where the command line itself is wrong.
#[derive(Debug)]
pub(super) enum ServeError {
    /// An option's value does not make sense.
    Usage(String),
    /// The data cannot be opened.
    Data(OpenError),
    /// What was acknowledged cannot be brought into the file at the end. It is kept beside it.
    Kept(OpenError),
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
            ServeError::Data(source) => said(source, f),
            ServeError::Kept(source) => {
                said(source, f)?;
                f.write_str("; nothing is lost: the changes are in the journal beside it, which the next start reads")
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

fn said(source: &OpenError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match source {
        OpenError::Io { path, action, error } => write!(f, "cannot {action} '{}': {}", path.display(), reason(error)),
        source => write!(f, "{source}"),
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ServeError::Usage(_) | ServeError::Archive(_) | ServeError::Unfit { .. } => None,
            ServeError::Data(source) | ServeError::Kept(source) => Some(source),
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
