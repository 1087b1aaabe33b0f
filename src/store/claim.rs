//! The name of a file, held by one server. A lock on the file itself goes with the file when its owner saves it anew;
//! so a name that the kernel keeps, and lets go of when the process ends, stands for the name in the folder.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::file::folder;

/// A name that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim(#[allow(dead_code, reason = "it is held, not read")] Option<UnixListener>);

impl Claim {
    /// Claims the name of the file at the real path `path`; `None` if another server has it. Where the kernel has no such
    /// names nobody is kept away by this.
    pub(crate) fn of(path: &Path) -> Option<Claim> {
        let Ok(metadata) = folder(path).metadata() else { return Some(Claim(None)) };
        let name = xxh3_128(path.file_name().unwrap_or_default().as_bytes());
        let name = format!("httpkit-file:{:x}:{:x}:{name:x}", metadata.dev(), metadata.ino());
        let bound = SocketAddr::from_abstract_name(name).and_then(|address| UnixListener::bind_addr(&address));
        match bound {
            Ok(listener) => Some(Claim(Some(listener))),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => None,
            Err(_) => Some(Claim(None)),
        }
    }
}
