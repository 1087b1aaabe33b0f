//! Files that content is saved in: what they are called, and what they may take the place of.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::client::{Error, Kind, reason};

/// How files are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Saving {
    pub(super) create_dirs: bool,
    pub(super) no_clobber: bool,
    pub(super) remove_on_error: bool,
    /// The file gets the time of `Last-Modified`.
    pub(super) remote_time: bool,
    pub(super) dump_header: Option<PathBuf>,
}

/// Writes a text to a file, made anew or added to.
///
/// # Errors
/// `Kind::Write`.
pub(super) fn to_file(path: &Path, appends: bool, octets: &[u8]) -> Result<(), Error> {
    let opened = OpenOptions::new().write(true).create(true).append(appends).truncate(!appends).open(path);
    opened.and_then(|mut file| file.write_all(octets)).map_err(|error| cannot_write(path, &error))
}

/// Makes the file for a content, and says what it is called in the end. A name that the server chose takes the place of
/// nothing.
///
/// # Errors
/// `Kind::Write`.
pub(super) fn create(
    path: &Path,
    saving: &Saving,
    appends: bool,
    is_servers_name: bool,
) -> Result<(File, PathBuf), Error> {
    if let (true, Some(folder)) = (saving.create_dirs, path.parent()) {
        std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
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
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Write, format!("cannot write '{}': {}", path.display(), reason(error)))
}

/// The last part of a name from the network: no folder, no way up, no control character.
pub(super) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|character| !character.is_control()).collect();
    if name.chars().all(|character| character == '.') { String::new() } else { name }
}

/// The file's name in `Content-Disposition` (RFC 6266), made safe. Like curl, it takes `filename` and not `filename*`.
pub(super) fn disposition_name(value: &str) -> Option<String> {
    let parameter = value.split(';').skip(1).find_map(|parameter| {
        let (key, text) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("filename").then(|| text.trim())
    })?;
    let name = match parameter.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => parameter,
    };
    Some(safe_name(name)).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_the_network_stay_in_the_folder() {
        for (value, expected) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("attachment; FileName=x.bin; size=3", Some("x.bin")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"..\\\\..\\\\evil\"", Some("evil")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"/\"", None),
            ("attachment", None),
        ] {
            assert_eq!(disposition_name(value).as_deref(), expected, "{value}");
        }
        assert_eq!(safe_name("a\x1b[1m\nb"), "a[1mb");
    }
}
