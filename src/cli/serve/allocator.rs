//! How the memory of a limited process is allocated.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::memory;

/// How the allocator of glibc is set, mallopt(3): the first for this program to know that it has begun anew.
const SETTINGS: [(&str, &str); 2] = [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "1048576")];

/// Begins the program anew where the system limits its memory (`ulimit -v`, `ulimit -d`), so that the allocator uses it
/// well.
///
/// As it comes, it takes 64 MiB of addresses for each thread, which would fill most of a limit before anything is done,
/// and keeps large blocks that were freed. It reads how to do better at the start of a program only, from the
/// environment. Whoever has set that keeps it.
pub(super) fn use_memory_well() {
    let [(first, _), ..] = SETTINGS;
    if !cfg!(target_env = "gnu") || std::env::var_os(first).is_some() || memory::limit().is_none() {
        return;
    }
    let mut arguments = std::env::args_os();
    if let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) {
        // It returns only if that fails; then it goes on as it is.
        let _ = Command::new(program).arg0(name).args(arguments).envs(SETTINGS).exec();
    }
}
