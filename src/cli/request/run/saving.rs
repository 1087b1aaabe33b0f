//! Files that content is saved in: what they are called, and what they may take the place of.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::request::layout::Saving;
use crate::client::{Error, Kind, reason};

/// Writes a text to a file, made anew or added to.
///
/// # Errors
/// `Kind::Write`.
pub(crate) fn to_file(path: &Path, appends: bool, octets: &[u8]) -> Result<(), Error> {
    let opened = OpenOptions::new().write(true).create(true).append(appends).truncate(!appends).open(path);
    opened.and_then(|mut file| file.write_all(octets)).map_err(|error| cannot_write(path, &error))
}

/// Makes a file, or leaves what it holds, before anything is written to it.
///
/// # Errors
/// `Kind::Write`.
pub(crate) fn to_new_file(path: &Path, creates_dirs: bool, keeps: bool) -> Result<(), Error> {
    if creates_dirs {
        create_folder(path)?;
    }
    to_file(path, keeps, b"")
}

fn create_folder(path: &Path) -> Result<(), Error> {
    let Some(folder) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))
}

/// Makes the file for a content, and says what it is called in the end. A name that the server chose takes the place of
/// nothing.
///
/// # Errors
/// `Kind::Write`.
pub(crate) fn create(
    path: &Path,
    saving: &Saving,
    appends: bool,
    is_servers_name: bool,
) -> Result<(File, PathBuf), Error> {
    if saving.create_dirs {
        create_folder(path)?;
    }
    if saving.no_clobber && !appends {
        return create_beside(path);
    }
    let mut options = OpenOptions::new();
    match (appends, is_servers_name) {
        (true, _) => options.append(true).create(true),
        (false, true) => options.write(true).create_new(true),
        (false, false) => options.write(true).create(true).truncate(true),
    };
    options.open(path).map(|file| (file, path.to_owned())).map_err(|error| cannot_write(path, &error))
}

/// Makes a file of that name, or of that name and a number if it is there.
fn create_beside(path: &Path) -> Result<(File, PathBuf), Error> {
    let numbered = |number: u32| match number {
        0 => path.to_owned(),
        number => PathBuf::from(format!("{}.{number}", path.display())),
    };
    for candidate in (0..=100).map(numbered) {
        match File::create_new(&candidate) {
            Ok(file) => return Ok((file, candidate)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot_write(&candidate, &error)),
        }
    }
    let what = format!("cannot write '{}': it is there, and a hundred more", path.display());
    Err(Error::new(Kind::Write, what))
}

/// Writes a file: whole beside the old one, then in its place, so that a full disk costs nobody what is there. What is
/// no plain file, like a link or a device, is written to as it is.
///
/// # Errors
/// Those of the system.
pub(crate) fn write_whole(path: &Path, octets: &[u8]) -> io::Result<()> {
    let Some(mut new) = beside(path)? else { return std::fs::write(path, octets) };
    new.write_all(octets)?;
    if let Ok(old) = std::fs::symlink_metadata(path) {
        new.as_file().set_permissions(old.permissions())?;
    }
    new.persist(path).map(drop).map_err(|error| error.error)
}

/// Whether [`write_whole`] could write to that file now, as far as that is known before there is something to write.
///
/// # Errors
/// Those of the system.
pub(crate) fn may_write_whole(path: &Path) -> io::Result<()> {
    match beside(path)? {
        Some(_) => Ok(()),
        None => OpenOptions::new().write(true).open(path).map(drop),
    }
}

/// A file for what shall take the place of another; `None` if that is no plain file.
fn beside(path: &Path) -> io::Result<Option<tempfile::NamedTempFile>> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Ok(None),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Ok(None),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::NamedTempFile::new_in(folder).map(Some)
}

/// The failure to write to that file.
pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(error)))
}
