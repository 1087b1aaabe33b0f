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

/// The failure to write to that file.
pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(error)))
}
