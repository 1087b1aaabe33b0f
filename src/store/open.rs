//! What is to be served and how: sources, options, what is told on the way, and why it may fail.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::document::state::Format;
use crate::text::csv::CellTypes;
use crate::text::json::SyntaxError;
use crate::text::key::KeyRule;

/// Where the documents come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An empty JSON object that is saved nowhere.
    Memory,
    /// One file at the root; several, or a folder, each at `/STEM`.
    Files(Vec<PathBuf>),
}

/// How the documents are read and kept. The default is what the program does without options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which member or column holds the key.
    pub keys: KeyRule,
    /// Changes are saved in the file.
    pub save: bool,
    /// No change is made at all.
    pub read_only: bool,
    /// Changes keep to the kinds of values that the documents hold, as they were read.
    pub strict: bool,
    /// What a change waits for.
    pub sync: SyncPolicy,
    /// How CSV cells are shown.
    pub types: CellTypes,
    /// A file that does not exist is made.
    pub create: bool,
    /// What the files are written in, if not in UTF-8; they are only read then.
    pub encoding: Option<&'static encoding_rs::Encoding>,
}

/// How much a change waits for before it counts as made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncPolicy {
    /// Until it would survive a loss of power. Changes at the same time share the wait.
    #[default]
    Each,
    /// Until the operating system has it; it is on the disk at most a tenth of a second later.
    Batch,
    /// Until the operating system has it, which brings it to the disk when it likes.
    Off,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            keys: KeyRule::default(),
            save: true,
            read_only: false,
            strict: false,
            sync: SyncPolicy::default(),
            types: CellTypes::default(),
            create: false,
            encoding: None,
        }
    }
}

/// Something to tell the user while a store is opened, and of what owners do to their files after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A large file is being read: bytes so far, and in all.
    Loading {
        /// The file.
        path: PathBuf,
        /// Bytes that are done.
        done: usize,
        /// Bytes in all.
        total: usize,
    },
    /// A file is ready.
    Loaded {
        /// The file.
        path: PathBuf,
        /// Where it is mounted, if not at the root.
        stem: Option<String>,
        /// How many records or elements it holds, or if it is no collection, how many members.
        count: usize,
        /// What is counted are records.
        is_collection: bool,
        /// The collections in it by name, with the number of records of each; none if it is one itself.
        collections: Vec<(String, usize)>,
        /// How long it took.
        duration: Duration,
    },
    /// The file did not exist and was made.
    Created {
        /// The file.
        path: PathBuf,
    },
    /// Changes that were acknowledged but not in the file yet were taken from its journal.
    Replayed {
        /// The file.
        path: PathBuf,
        /// How many changes.
        changes: usize,
    },
    /// What its owner did to the file is served now.
    Reloaded {
        /// The file.
        path: PathBuf,
    },
    /// The file is malformed as it is now: what was read last is served on.
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        error: SyntaxError,
    },
    /// Something its owner should know.
    Warning {
        /// The file.
        path: PathBuf,
        /// What about it.
        text: String,
    },
}

/// Why the changes to a file are not in it after its store was closed.
#[derive(Debug)]
pub struct CloseError {
    /// The file.
    pub path: PathBuf,
    /// The operating system's word for it.
    pub error: io::Error,
    /// The journal that has what was acknowledged; without one the file was perhaps only not synced.
    pub journal: Option<PathBuf>,
}

impl fmt::Display for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write '{}': {}", self.path.display(), self.error)
    }
}

impl std::error::Error for CloseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Why a store could not be opened or closed.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// A named file does not exist.
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// A folder holds no data file, or no file was named.
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// The operating system refused something.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, in words that go after "cannot".
        action: &'static str,
        /// The operating system's word for it.
        error: io::Error,
    },
    /// A file is malformed.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        error: SyntaxError,
    },
    /// A file is of another kind than those that are served.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another program serves the file.
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// A journal holds changes to another content than the file has: the file was changed while nobody served it.
    Unrelated {
        /// The file.
        path: PathBuf,
        /// Its journal.
        journal: PathBuf,
        /// How many changes.
        changes: usize,
    },
    /// Two files would be mounted at the same place.
    EqualStems {
        /// The stem.
        stem: String,
        /// The files.
        paths: [PathBuf; 2],
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::NotFound { path } => {
                write!(f, "data file '{}': there is no such file (--create makes it)", path.display())
            }
            OpenError::Empty { path } => {
                write!(f, "'{}' holds no data file, expected *.json, *.csv, *.tsv, *.ndjson or *.jsonl", path.display())
            }
            OpenError::Io { path, action, error } => write!(f, "cannot {action} '{}': {error}", path.display()),
            OpenError::Syntax { path, error } => write!(f, "data file '{}', {error}", path.display()),
            OpenError::Foreign { path } => write!(
                f,
                "'{}' is a page or a document and no data, expected a JSON, JSON Lines, CSV or TSV file; '--static \
                 DIR' serves files as they are",
                path.display()
            ),
            OpenError::Locked { path } => {
                write!(f, "data file '{}' is served by another httpkit already", path.display())
            }
            OpenError::Unrelated { path, journal, changes } => write!(
                f,
                "data file '{}' was changed since '{}' was written, which holds {changes} saved changes to its earlier \
                 content; restore that content, or move the journal away to go on without them",
                path.display(),
                journal.display()
            ),
            OpenError::EqualStems { stem, paths: [one, other] } => {
                write!(f, "'{}' and '{}' would both be served at '/{stem}'", one.display(), other.display())
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::Io { error, .. } => Some(error),
            OpenError::Syntax { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl OpenError {
    /// An error of the operating system.
    pub(crate) fn io(path: &Path, action: &'static str, error: io::Error) -> OpenError {
        OpenError::Io { path: path.to_owned(), action, error }
    }
}

/// The files that `paths` name, and where each is mounted.
///
/// A file that has two names is served under the first that is no link; `notice` is told of the others.
///
/// # Errors
/// A folder cannot be listed or holds no data file, or two files have the same stem.
pub(crate) fn files(
    paths: &[PathBuf],
    notice: &mut dyn FnMut(Notice),
) -> Result<Vec<(PathBuf, Option<String>)>, OpenError> {
    if let [path] = paths
        && !path.is_dir()
    {
        return Ok(vec![(path.clone(), None)]);
    }
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(folder(path)?);
        } else {
            found.push(path.clone());
        }
    }
    let mut mounts: Vec<(PathBuf, Option<String>)> = Vec::new();
    for path in once_each(found, notice) {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some((other, _)) = mounts.iter().find(|(_, mounted)| mounted.as_ref() == Some(&stem)) {
            return Err(OpenError::EqualStems { stem, paths: [other.clone(), path] });
        }
        mounts.push((path, Some(stem)));
    }
    match mounts.is_empty() {
        true => Err(OpenError::Empty { path: paths.first().cloned().unwrap_or_default() }),
        false => Ok(mounts),
    }
}

/// Leaves out further names of a file that has one already.
fn once_each(mut found: Vec<PathBuf>, notice: &mut dyn FnMut(Notice)) -> Vec<PathBuf> {
    use std::os::unix::fs::MetadataExt;

    let number = |path: &Path| std::fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
    let mut known: Vec<((u64, u64), PathBuf)> = Vec::new();
    // Names that are no links go first.
    for path in found.iter().filter(|path| !path.is_symlink()).chain(found.iter().filter(|path| path.is_symlink())) {
        if let Some(number) = number(path).filter(|number| known.iter().all(|(other, _)| other != number)) {
            known.push((number, path.clone()));
        }
    }
    found.retain(|path| {
        let number = number(path);
        let other = known.iter().find(|(known, name)| Some(*known) == number && name != path);
        if let Some((_, name)) = other {
            let text = format!("it is the same file as '{}', and is served under that name only", name.display());
            notice(Notice::Warning { path: path.clone(), text });
        }
        other.is_none()
    });
    found
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, OpenError> {
    let entries = std::fs::read_dir(path).map_err(|error| OpenError::io(path, "list", error))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| OpenError::io(path, "list", error))?.path();
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let extension = entry.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        if !hidden
            && matches!(extension.as_deref(), Some("json" | "csv" | "tsv" | "ndjson" | "jsonl"))
            && entry.is_file()
        {
            found.push(entry);
        }
    }
    found.sort();
    if found.is_empty() { Err(OpenError::Empty { path: path.to_owned() }) } else { Ok(found) }
}

/// What the file holds: by its extension, else by its first byte that is not blank. `None`: no data, but what people read
/// or programs run.
pub(crate) fn format(path: &Path, text: &[u8]) -> Option<Format> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    Some(match extension.as_deref() {
        Some("html" | "htm" | "xhtml" | "xml" | "svg" | "md" | "js" | "css" | "yaml" | "yml" | "toml" | "pdf") => {
            return None;
        }
        Some("json") => Format::Json,
        Some("csv") => Format::Csv { tab: false },
        Some("tsv") => Format::Csv { tab: true },
        Some("ndjson" | "jsonl") => Format::Lines,
        _ => {
            let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
            match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
                Some(b'{' | b'[') | None => Format::Json,
                Some(b'<') => return None,
                Some(_) => Format::Csv { tab: false },
            }
        }
    })
}
