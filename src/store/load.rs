//! Opening a file: it is held, read and understood, and what a crash has left beside it is brought in.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;

use super::claim::Claim;
use super::file::{self, Birth, Identity, Stamp};
use super::in_place::{self, Recovered};
use super::journal::{self, Journal};
use super::merge::{Replayed, replayed};
use super::open::{Notice, OpenError, Options, format};
use super::replace;
use super::replay::{self, Fit, Found, Replay};
use super::storage::{Loaded, Storage};
use super::writing::SMALL;
use crate::document::View;
use crate::document::state::{Document, Format, Reading};

/// Files longer than this are worth showing progress for.
const LONG: usize = 8 << 20;

/// How long a file that somebody is writing is waited for.
const WAIT: Duration = Duration::from_secs(2);

/// A file that is served from now on.
pub(crate) struct Opened {
    pub(crate) path: PathBuf,
    pub(crate) document: Document,
    pub(crate) storage: Storage,
    pub(crate) modified: SystemTime,
}

/// How a file is read.
pub(crate) fn reading(options: &Options, format: Format, stem: Option<String>) -> Reading {
    Reading { rule: Arc::new(options.keys.clone()), format, types: options.types, encoding: options.encoding, stem }
}

/// Opens, holds and reads a file.
///
/// # Errors
/// It is missing, malformed, no regular file, held by another server or cannot be read; what stands beside it cannot be
/// brought together with it.
pub(crate) fn open(
    shown: PathBuf,
    stem: Option<String>,
    options: &Options,
    notice: &mut dyn FnMut(Notice),
) -> Result<Opened, OpenError> {
    let started = Instant::now();
    let foreign = || OpenError::Foreign { path: shown.clone() };
    // By its name alone: nothing is made that could not be served.
    format(&shown, b"").ok_or_else(foreign)?;
    if options.create && !shown.exists() {
        file::create(&shown).map_err(|error| OpenError::io(&shown, "create", error))?;
        notice(Notice::Created { path: shown.clone() });
    }
    let path = file::real(&shown)?;
    let claim = Claim::of(&path).ok_or_else(|| OpenError::Locked { path: shown.clone() })?;
    let held = file::hold(&path).map_err(|error| match error {
        OpenError::Locked { .. } => OpenError::Locked { path: shown.clone() },
        other => other,
    })?;
    let writes = options.save && !options.read_only && options.encoding.is_none();
    if writes {
        replace::clean(&path);
        replace::clean(&journal::journal_path(&path));
        replace::clean(&in_place::copy_path(&path));
        complete(&shown, &path, notice)?;
    }
    let (text, stamp) = settled(&shown, &held)?;
    let reading = reading(options, format(&path, &text).ok_or_else(foreign)?, stem.clone());
    let (identity, before) = parse(&shown, text, &reading, notice)?;
    let journal = take_journal(&shown, &path, (identity, Birth::of(&held)), before.clone(), writes, notice)?;
    let modified = held.metadata().and_then(|metadata| metadata.modified()).unwrap_or_else(|_| SystemTime::now());
    // A file may say that it was changed tomorrow; an answer may not (RFC 9110 8.8.2.1).
    let modified = modified.clamp(SystemTime::UNIX_EPOCH, SystemTime::now().max(SystemTime::UNIX_EPOCH));
    let document = journal.document;
    notice(loaded(&shown, stem, &document, started.elapsed()));
    let storage = Storage::new(Loaded {
        shown: std::path::absolute(&shown).unwrap_or_else(|_| path.clone()),
        path,
        reading,
        policy: (writes, options.sync),
        held,
        claim,
        stamp,
        identity,
        journal: journal.journal.map(|journal| (journal, before)),
        is_name_taken: journal.is_name_taken,
    });
    Ok(Opened { path: storage.shown.clone(), document, storage, modified })
}

/// The content of a file that nobody is writing.
fn settled(shown: &Path, held: &std::fs::File) -> Result<(Bytes, Stamp), OpenError> {
    let started = Instant::now();
    loop {
        match file::read(held).map_err(|error| OpenError::io(shown, "read", error))? {
            Some(read) => return Ok(read),
            None if started.elapsed() < WAIT => std::thread::yield_now(),
            None => return Err(OpenError::io(shown, "read", std::io::Error::other("another program is writing it"))),
        }
    }
}

/// Completes what a crash has left half written.
fn complete(shown: &Path, path: &Path, notice: &mut dyn FnMut(Notice)) -> Result<(), OpenError> {
    match in_place::recover(path).map_err(|error| OpenError::io(shown, "recover", error))? {
        Recovered::Nothing => {}
        Recovered::Completed => notice(Notice::Warning {
            path: shown.to_owned(),
            text: "it was half written when the program ended, and is completed now".to_owned(),
        }),
    }
    Ok(())
}

/// Reads the document, and hashes the text meanwhile on another core if it is long.
fn parse(
    shown: &Path,
    text: Bytes,
    reading: &Reading,
    notice: &mut dyn FnMut(Notice),
) -> Result<(Identity, Document), OpenError> {
    let total = text.len();
    let mut warnings = Vec::new();
    let mut progress = |done: usize| {
        if total > LONG {
            notice(Notice::Loading { path: shown.to_owned(), done, total });
        }
    };
    let (identity, document) = std::thread::scope(|scope| {
        let identity = (total as u64 > SMALL).then(|| scope.spawn(|| Identity::of(&text)));
        let document = Document::read(text.clone(), reading, &mut warnings, &mut progress);
        let identity = identity.and_then(|thread| thread.join().ok()).unwrap_or_else(|| Identity::of(&text));
        (identity, document)
    });
    let document = document.map_err(|error| OpenError::Syntax { path: shown.to_owned(), error })?;
    for text in warnings {
        notice(Notice::Warning { path: shown.to_owned(), text });
    }
    Ok((identity, document))
}

/// The document with the changes of its journal.
struct LoadedDocument {
    document: Document,
    journal: Option<Journal>,
    /// Something that is not ours has the journal's name.
    is_name_taken: bool,
}

fn take_journal(
    shown: &Path,
    path: &Path,
    (identity, birth): (Identity, Birth),
    document: Document,
    writes: bool,
    notice: &mut dyn FnMut(Notice),
) -> Result<LoadedDocument, OpenError> {
    let name = journal::journal_path(path);
    let mut warn = |text: String| notice(Notice::Warning { path: shown.to_owned(), text });
    let failed = |action| {
        let name = name.clone();
        move |error| OpenError::io(&name, action, error)
    };
    let without = |document, is_name_taken| Ok(LoadedDocument { document, journal: None, is_name_taken });
    let replay = match replay::find(path, identity, birth).map_err(failed("read"))? {
        Found::Nothing => return without(document, false),
        Found::Foreign(why) => {
            warn(format!("'{}' is left alone, as {why}; each write replaces the whole file instead", name.display()));
            return without(document, true);
        }
        Found::Journal(replay) => replay,
    };
    let Replay { changes, fit, length, torn } = replay;
    if torn > 0 {
        warn(format!("dropped {torn} bytes at the end of '{}': a change that was never acknowledged", name.display()));
    }
    if fit == Fit::Other && !changes.is_empty() {
        return Err(OpenError::Unrelated { path: shown.to_owned(), journal: name, changes: changes.len() });
    }
    if fit != Fit::Fits || length == 0 {
        if fit == Fit::Over {
            warn(format!("'{}' is of no use any more: all its changes are in the file", name.display()));
        }
        if writes {
            std::fs::remove_file(&name).map_err(failed("remove"))?;
        }
        return without(document, false);
    }
    let Replayed { document, made } = replayed(document, &changes);
    if made < changes.len() {
        let what = format!("{} of its {} changes do not fit the file", changes.len() - made, changes.len());
        return Err(failed("use")(std::io::Error::other(what)));
    }
    if made > 0 {
        notice(Notice::Replayed { path: shown.to_owned(), changes: made });
    }
    let journal = if writes { Some(Journal::resume(path, length).map_err(failed("write"))?) } else { None };
    Ok(LoadedDocument { document, journal, is_name_taken: false })
}

/// A document with more members than this is not looked through for collections.
const TOLD: usize = 1000;

/// What is told of a document that is ready.
fn loaded(path: &Path, stem: Option<String>, document: &Document, duration: Duration) -> Notice {
    let view = View { mounts: vec![document.clone()], mounted: false, modified: SystemTime::UNIX_EPOCH };
    let root = view.root();
    let is_collection = root.is_collection();
    let looked_through = !is_collection && root.len() <= TOLD;
    let members = root.children().filter(|_| looked_through).filter(|(_, node)| node.is_collection());
    let collections = members.map(|(name, node)| (name.into_owned(), node.len())).collect();
    Notice::Loaded { path: path.to_path_buf(), stem, count: root.len(), is_collection, collections, duration }
}
