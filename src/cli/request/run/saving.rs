//! Files that content is saved in: what they are called, and what they may take the place of.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, CWD, RenameFlags, access, renameat_with};
use tempfile::NamedTempFile;

use crate::cli::request::layout::Saving;
use crate::client::{Error, Kind, reason};

/// The mode of a file that others may read, as far as the user's mask lets them.
pub(crate) const READABLE: u32 = 0o666;

/// Writes a text to a file, made anew or added to.
///
/// # Errors
/// `Kind::Write`.
pub(crate) fn to_file(path: &Path, appends: bool, bytes: &[u8]) -> Result<(), Error> {
    let opened = if appends { OpenOptions::new().append(true).create(true).open(path) } else { anew(path, READABLE) };
    opened.and_then(|mut file| file.write_all(bytes)).map_err(|error| cannot_write(path, &error))
}

/// Opens a file to be written from its beginning, and empties it. One that is not there is made, for whom the mode says.
///
/// It is emptied through a descriptor of its own. With one for both, ext4 sends the content to the disk as soon as the file is
/// closed, and who empties the file again before it is there waits for it: milliseconds.
///
/// # Errors
/// Those of the system.
pub(crate) fn anew(path: &Path, mode: u32) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(mode).open(path)?;
    // What is no plain file has nothing to empty, and a pipe would lose its reader.
    if file.metadata()?.is_file() {
        OpenOptions::new().write(true).truncate(true).open(path)?;
    }
    Ok(file)
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
    let opened = match (appends, is_servers_name) {
        (true, _) => OpenOptions::new().append(true).create(true).open(path),
        (false, true) => File::create_new(path),
        (false, false) => anew(path, READABLE),
    };
    opened.map(|file| (file, path.to_owned())).map_err(|error| cannot_write(path, &error))
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
/// no plain file, like a link or a device, is written to as it is, and one that holds just that is left alone.
///
/// # Errors
/// Those of the system.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // However large the old one is, it is read only where it could be the same.
    let is_alike = |old: std::fs::Metadata| old.is_file() && old.len() == bytes.len() as u64;
    if std::fs::symlink_metadata(path).is_ok_and(is_alike) && std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    match written_beside(path, bytes)? {
        Some(new) => new.persist(path).map(drop).map_err(|error| error.error),
        None => Ok(()),
    }
}

/// Does the same for what is a record of one run, and leaves it to the system when that comes to the disk: the two files
/// exchange their names, and the old one goes. One that is renamed over another is sent to the disk by ext4 at once, for which
/// the next run would wait.
///
/// # Errors
/// Those of the system.
pub(crate) fn write_record(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(new) = written_beside(path, bytes)? else { return Ok(()) };
    match renameat_with(CWD, new.path(), CWD, path, RenameFlags::EXCHANGE) {
        // Under the name beside it is the old one now, which is removed with that.
        Ok(()) => Ok(()),
        // There is no old one, or the file system exchanges no names.
        Err(_) => new.persist(path).map(drop).map_err(|error| error.error),
    }
}

/// The file that shall take the place of another, unless that was no plain file and is written to.
fn written_beside(path: &Path, bytes: &[u8]) -> io::Result<Option<NamedTempFile>> {
    let Some(mut new) = beside(path)? else { return std::fs::write(path, bytes).map(|()| None) };
    new.write_all(bytes)?;
    if let Ok(old) = std::fs::symlink_metadata(path) {
        new.as_file().set_permissions(old.permissions())?;
    }
    Ok(Some(new))
}

/// Whether [`write_whole`] could write to that file now, as far as that is known before there is something to write. No file
/// is made for it: to make one, and another soon after it is gone, takes ext4 longer each time, a tenth of a millisecond.
///
/// # Errors
/// Those of the system.
pub(crate) fn may_write_whole(path: &Path) -> io::Result<()> {
    match folder_beside(path) {
        Some(folder) => Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?),
        None => OpenOptions::new().write(true).open(path).map(drop),
    }
}

/// A file for what shall take the place of another; `None` if that is no plain file.
fn beside(path: &Path) -> io::Result<Option<NamedTempFile>> {
    folder_beside(path).map(NamedTempFile::new_in).transpose()
}

/// The folder in which a file can be made to take the place of that one; `None` if that is no plain file.
fn folder_beside(path: &Path) -> Option<&Path> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => return None,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return None,
        _ => {}
    }
    Some(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

/// The failure to write to that file.
pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(error)))
}
