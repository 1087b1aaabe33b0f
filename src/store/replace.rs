//! A new content in the place of a file: written under a temporary name, with all that the file had besides its
//! content, and exchanged with it.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::Path;

use bstr::ByteSlice;
use rustix::fs::{CWD, RenameFlags, XattrFlags, fgetxattr, flistxattr, fsetxattr, renameat_with};
use rustix::io::Errno;
use tempfile::{NamedTempFile, TempPath};
use xxhash_rust::xxh3::Xxh3;

use super::file::{Identity, Stamp, folder, sync_folder};
use crate::document::state::Document;

/// Names of temporary files for a file begin and end like this.
fn temporary_name(path: &Path) -> (String, &'static str) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    (format!(".{name}.httpkit-"), ".tmp")
}

/// Whether a name is that of a temporary file for some file.
pub(crate) fn is_temporary(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.starts_with(b".") && name.ends_with(b".tmp") && name.contains_str(".httpkit-")
}

/// Removes what a run that was killed left behind of a file. Only whoever holds it may do so.
pub(crate) fn clean(path: &Path) {
    let (prefix, suffix) = temporary_name(path);
    let Ok(entries) = fs::read_dir(folder(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && name.starts_with(&prefix) && name.ends_with(suffix) {
            // What cannot be removed does no harm but for the space it takes.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A new content for a file, complete and under a temporary name in its folder.
pub(crate) struct Prepared {
    temporary: NamedTempFile,
    pub(crate) identity: Identity,
    /// The number of the file that it is, which it keeps when it gets to its place.
    pub(crate) inode: u64,
}

/// Why no content could be prepared.
#[derive(Debug)]
pub(crate) enum Unprepared {
    /// The operating system refused.
    Io(io::Error),
    /// A new file cannot have what the old one has: its owner, its group, its access list, its attributes.
    Unlike,
}

impl From<io::Error> for Unprepared {
    fn from(error: io::Error) -> Unprepared {
        Unprepared::Io(error)
    }
}

/// Writes `document` to a temporary file in the folder of `path`, gives it what the file `old` has besides its content,
/// and syncs it if asked to.
pub(crate) fn prepare(path: &Path, old: &File, document: &Document, sync: bool) -> Result<Prepared, Unprepared> {
    let mut hash = Xxh3::new();
    let mut length = 0;
    let temporary = temporary(path)?;
    let mut writer = BufWriter::with_capacity(256 << 10, temporary.as_file());
    let mut failure = None;
    document.pieces(&mut |owner, start, end| {
        let piece = &owner[start..end];
        hash.update(piece);
        length += piece.len() as u64;
        if failure.is_none() {
            failure = writer.write_all(piece).err();
        }
    });
    if let Some(error) = failure {
        return Err(error.into());
    }
    writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    liken(temporary.as_file(), old).map_err(|_| Unprepared::Unlike)?;
    if sync {
        temporary.as_file().sync_all()?;
    }
    let inode = temporary.as_file().metadata()?.ino();
    Ok(Prepared { temporary, identity: Identity { length, hash: hash.digest() }, inode })
}

fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let (prefix, suffix) = temporary_name(path);
    tempfile::Builder::new().prefix(&prefix).suffix(suffix).tempfile_in(folder(path))
}

/// Gives a new file owner, group, mode, access lists and further attributes of the old one.
fn liken(file: &File, old: &File) -> io::Result<()> {
    let (before, now) = (old.metadata()?, file.metadata()?);
    if (before.uid(), before.gid()) != (now.uid(), now.gid()) {
        fchown(file, Some(before.uid()), Some(before.gid()))?;
    }
    file.set_permissions(before.permissions())?;
    // Last, as the group's bits of a mode are the mask of an access list.
    let given = attributes(file)?;
    for (name, value) in attributes(old)? {
        if !given.contains(&(name.clone(), value.clone())) {
            fsetxattr(file, name.as_slice(), &value, XattrFlags::empty())?;
        }
    }
    Ok(())
}

/// The extended attributes of a file, access lists among them; none where the file system has none.
fn attributes(file: &File) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    // The kernel's limits of a list and of a value.
    const LONGEST: usize = 64 << 10;
    let mut names = vec![0_u8; LONGEST];
    let length = match flistxattr(file, names.as_mut_slice()) {
        Ok(length) => length,
        Err(Errno::NOTSUP) => 0,
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0_u8; LONGEST];
        let length = fgetxattr(file, name, value.as_mut_slice())?;
        value.truncate(length);
        found.push((name.to_vec(), value));
    }
    Ok(found)
}

/// Why a prepared content did not get to its place.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The file is as it was.
    Before(io::Error),
    /// The file is as it was, and no rename will ever replace it: something is mounted there.
    Fixed(io::Error),
    /// Somebody changed the file: it is as they left it.
    Changed,
    /// The file has the new content, but whether it will after a loss of power is not known.
    After(io::Error, File, Stamp),
}

impl Prepared {
    /// The file that it will be.
    pub(crate) fn file(&self) -> &File {
        self.temporary.as_file()
    }

    /// Puts it in the place of the file at `path`, if that still is what has the stamp `expected`. Gives the new file,
    /// held, and its stamp.
    pub(crate) fn replace(
        self,
        path: &Path,
        expected: Stamp,
        is_untouched: &mut dyn FnMut() -> bool,
        sync: bool,
    ) -> Result<(File, Stamp), Stopped> {
        match self.temporary.as_file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Stopped::Before(io::ErrorKind::ResourceBusy.into())),
            Err(TryLockError::Error(error)) => return Err(Stopped::Before(error)),
        }
        let there = fs::metadata(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Stopped::Changed,
            _ => Stopped::Before(error),
        })?;
        if Stamp::of(&there) != expected {
            return Err(Stopped::Changed);
        }
        // What was prepared for long may lack what the owner has changed since besides the content.
        let ready = self.temporary.as_file().metadata().map_err(Stopped::Before)?;
        if (there.uid(), there.gid()) != (ready.uid(), ready.gid()) {
            return Err(Stopped::Changed);
        }
        if there.mode() != ready.mode() {
            self.temporary.as_file().set_permissions(there.permissions()).map_err(Stopped::Before)?;
        }
        let (file, name) = self.temporary.into_parts();
        exchange(path, name, self.inode, &mut |stamp| stamp.is_unwritten(&expected) && is_untouched())?;
        let stamp = file.metadata().map(|metadata| Stamp::of(&metadata)).map_err(Stopped::Before)?;
        if sync && let Err(error) = sync_folder(path) {
            return Err(Stopped::After(error, file, stamp));
        }
        Ok((file, stamp))
    }
}

/// Gives the name `path` to the file under the temporary name, and that name to the file that was at `path`, which is
/// looked at once more then. So an edit in the last moment cannot be buried: it is put back.
fn exchange(path: &Path, name: TempPath, ours: u64, is_known: &mut dyn FnMut(&Stamp) -> bool) -> Result<(), Stopped> {
    let swap = || renameat_with(CWD, &*name, CWD, path, RenameFlags::EXCHANGE);
    match swap() {
        Ok(()) => {}
        // Not every file system can exchange two names; there the moment between look and rename stays.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            return name.persist(path).map_err(|error| stopped(error.error));
        }
        Err(Errno::NOENT) => return Err(Stopped::Changed),
        Err(error) => return Err(stopped(error.into())),
    }
    if Stamp::at(&name).ok().flatten().is_some_and(|stamp| is_known(&stamp)) {
        return Ok(());
    }
    // What was replaced is not what is known: it gets its name back. If the owner has put a further file in the place of
    // ours meanwhile, that one is the newest and gets the name.
    swap().map_err(|error| stopped(error.into()))?;
    if !matches!(Stamp::at(&name), Ok(Some(stamp)) if stamp.inode() == ours) {
        swap().map_err(|error| stopped(error.into()))?;
    }
    Err(Stopped::Changed)
}

fn stopped(error: io::Error) -> Stopped {
    match error.kind() {
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => Stopped::Fixed(error),
        _ => Stopped::Before(error),
    }
}

/// Writes `content` under `path` by way of a temporary file of mode 0600, durably if asked to.
pub(crate) fn replace_bytes(path: &Path, content: &[u8], sync: bool) -> io::Result<File> {
    let temporary = temporary(path)?;
    temporary.as_file().write_all(content)?;
    if sync {
        temporary.as_file().sync_all()?;
    }
    let file = temporary.persist(path).map_err(|error| error.error)?;
    if sync {
        sync_folder(path)?;
    }
    Ok(file)
}
