//! What memory the process may still take, where the system limits it (`ulimit -v`, `ulimit -d`).
//!
//! An allocation that fails ends the process, whoever needs the memory and whoever has taken it. So what a peer can make
//! large asks here before, and is refused while there is time to say so. Without a limit nothing is looked at.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Resource, getrlimit};

/// Code, libraries and what else takes addresses without being data.
const FIXED: usize = 16 << 20;

/// This part of the limit is left for what is too small to be asked for.
const SMALL_PART: usize = 8;

/// The limits, and how much of what they leave is promised already.
struct Limited {
    addresses: Option<usize>,
    data: Option<usize>,
    status: File,
    promised: AtomicUsize,
}

/// Memory that is promised to a piece of work until this is dropped.
#[derive(Debug)]
pub struct Promise {
    bytes: usize,
}

/// How many bytes the process may have, if that is limited.
pub fn limit() -> Option<usize> {
    limited().map(Limited::limit)
}

/// Promises so many bytes to work that is about to need them; `None`: they are not there.
pub fn promise(bytes: usize) -> Option<Promise> {
    // What needs nothing goes on, whatever others were promised.
    let Some(limited) = limited().filter(|_| bytes > 0) else { return Some(Promise { bytes: 0 }) };
    let before = limited.promised.fetch_add(bytes, Ordering::Relaxed);
    let promise = Promise { bytes };
    (limited.free() >= before.saturating_add(bytes)).then_some(promise)
}

/// Whether work that is under way may go on, and take so many bytes more.
pub fn has_room(bytes: usize) -> bool {
    limited().is_none_or(|limited| limited.free() >= bytes)
}

impl Drop for Promise {
    fn drop(&mut self) {
        if let Some(limited) = limited().filter(|_| self.bytes > 0) {
            limited.promised.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

fn limited() -> Option<&'static Limited> {
    static LIMITED: OnceLock<Option<Limited>> = OnceLock::new();
    LIMITED.get_or_init(Limited::of_this_process).as_ref()
}

impl Limited {
    fn of_this_process() -> Option<Limited> {
        let of = |resource| getrlimit(resource).current.and_then(|bytes| usize::try_from(bytes).ok());
        let (addresses, data) = (of(Resource::As), of(Resource::Data));
        if addresses.is_none() && data.is_none() {
            return None;
        }
        // Where the system does not tell what is taken, nothing can be foreseen.
        let status = File::open("/proc/self/status").ok()?;
        Some(Limited { addresses, data, status, promised: AtomicUsize::new(0) })
    }

    fn limit(&self) -> usize {
        self.addresses.into_iter().chain(self.data).min().unwrap_or(usize::MAX)
    }

    /// How much is left for what asks.
    fn free(&self) -> usize {
        let mut text = [0; 2048];
        let Ok(length) = self.status.read_at(&mut text, 0) else { return usize::MAX };
        let taken = TakenMemory::read(&text[..length]);
        let left = |limit: Option<usize>, taken: usize| limit.map(|limit| limit.saturating_sub(taken));
        let left = left(self.addresses, taken.addresses()).into_iter().chain(left(self.data, taken.data)).min();
        left.unwrap_or(usize::MAX).saturating_sub(self.limit() / SMALL_PART)
    }
}

/// What the process has taken, in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
struct TakenMemory {
    size: usize,
    data: usize,
}

impl TakenMemory {
    /// Reads proc_pid_status(5).
    fn read(status: &[u8]) -> TakenMemory {
        let mut taken = TakenMemory::default();
        for line in status.split(|byte| *byte == b'\n') {
            let place = match line.get(..7) {
                Some(b"VmSize:") => &mut taken.size,
                Some(b"VmData:") => &mut taken.data,
                _ => continue,
            };
            let number = str::from_utf8(&line[7..]).ok().and_then(|text| text.split_whitespace().next()?.parse().ok());
            *place = number.map_or(0, |kibibytes: usize| kibibytes << 10);
        }
        taken
    }

    /// The addresses that are as good as gone. The allocator takes 64 MiB of them for each thread and fills them little
    /// by little; what is not filled can be used, but not for everything.
    fn addresses(&self) -> usize {
        let filled = self.data + FIXED;
        filled.max(filled.midpoint(self.size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_read_from_the_status() {
        let status = b"Name:\thttpkit\nVmPeak:\t  500 kB\nVmSize:\t  400 kB\nVmData:\t   100 kB\nThreads:\t7\n";
        assert_eq!(TakenMemory::read(status), TakenMemory { size: 400 << 10, data: 100 << 10 });
        assert_eq!(TakenMemory::read(b"VmSize:\nVmData: x kB"), TakenMemory::default());
        let taken = TakenMemory { size: 400 << 20, data: 84 << 20 };
        assert_eq!(taken.addresses(), 250 << 20, "half of what the allocator holds unfilled counts");
        let taken = TakenMemory { size: 50 << 20, data: 84 << 20 };
        assert_eq!(taken.addresses(), 100 << 20);
    }

    #[test]
    fn a_promise_is_kept_until_it_is_dropped() {
        let status = file_of(b"VmSize: 102400 kB\nVmData: 86016 kB\n");
        let limited = Limited { addresses: Some(800 << 20), data: None, status, promised: AtomicUsize::new(0) };
        assert_eq!(limited.free(), 600 << 20);
        let limited = Limited { addresses: Some(800 << 20), data: Some(400 << 20), ..limited };
        assert_eq!((limited.limit(), limited.free()), (400 << 20, 266 << 20));
    }

    fn file_of(text: &[u8]) -> File {
        let path = std::env::temp_dir().join(format!("httpkit-memory-{}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let file = File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        file
    }
}
