//! Memory for bytes on their way between a file and a socket.

use std::ops::{Deref, DerefMut};

/// What processors move between memory and cache at a time.
const CACHE_LINE: usize = 64;

/// Bytes that begin at a cache line. The kernel copies into these more than twice as fast as into what an allocator
/// gives for a large vector, which is 16 bytes behind one.
#[derive(Debug)]
pub(super) struct Buffer {
    memory: Vec<u8>,
    skip: usize,
}

impl Buffer {
    /// So many zero bytes.
    pub(super) fn new(length: usize) -> Buffer {
        let mut memory = vec![0; length + CACHE_LINE];
        let skip = memory.as_ptr().align_offset(CACHE_LINE).min(CACHE_LINE);
        memory.truncate(skip + length);
        Buffer { memory, skip }
    }

    /// Makes it longer, by zero bytes.
    pub(super) fn grow(&mut self, length: usize) {
        let mut longer = Buffer::new(length.max(self.len()));
        longer[..self.len()].copy_from_slice(self);
        *self = longer;
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory[self.skip..]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.skip..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_begins_at_a_cache_line_and_keeps_its_bytes() {
        let mut buffer = Buffer::new(10);
        for length in [10, 11, 1000, 300_000, 5] {
            buffer[9] = 7;
            buffer.grow(length);
            assert_eq!(buffer.as_ptr().addr() % CACHE_LINE, 0);
            assert_eq!((buffer.len() >= length, buffer[9]), (true, 7));
        }
        assert_eq!(buffer.len(), 300_000);
    }
}
