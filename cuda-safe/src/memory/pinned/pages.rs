//! Pages from the operating system, all of them there when they are handed over.
//!
//! The kernel gives a page when it is first touched, and that is most of what page-locked memory costs. Pages of 2 MiB
//! are asked for, and several threads touch at once. A child of `fork` does not have the pages at all: they would else be
//! shared until either side writes, and the process that writes first gets others, which the device knows nothing of.

use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Size and alignment of a large page.
const LARGE_PAGE: usize = 2 << 20;
/// The smallest page there is.
const PAGE: usize = 4 << 10;
/// A thread takes longer to start than to touch fewer bytes.
const WORTH_A_THREAD: usize = 4 << 20;
/// Parts for each thread, for not all of them are equally fast.
const PARTS: usize = 4;

/// Readable and writable pages of zeros, given back when dropped.
pub(super) struct Pages {
    base: NonNull<u8>,
    bytes: usize,
}

// SAFETY: it owns plain memory.
unsafe impl Send for Pages {}
// SAFETY: as above; nothing reads or writes it through `&self` but `touch`, which leaves it as it is.
unsafe impl Sync for Pages {}

impl Pages {
    /// `bytes`, a positive number of whole pages, touched by at most so many threads. If there is a large page among them
    /// they are aligned to one.
    pub(super) fn new(bytes: usize, threads: usize) -> io::Result<Self> {
        let alignment = if bytes < LARGE_PAGE { PAGE } else { LARGE_PAGE };
        let more = alignment - PAGE;
        let whole = bytes.checked_add(more).ok_or(io::ErrorKind::OutOfMemory)?;
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, wherever there is room.
        let mapped = unsafe { libc::mmap(std::ptr::null_mut(), whole, access, kind, -1, 0) };
        if mapped == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let before = mapped.addr().next_multiple_of(alignment) - mapped.addr();
        let base = mapped.wrapping_byte_add(before);
        unmap(mapped, before);
        unmap(base.wrapping_byte_add(bytes), more - before);
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        let pages = Self { base, bytes };
        pages.advise();
        pages.touch(threads);
        Ok(pages)
    }

    pub(super) fn base(&self) -> NonNull<u8> {
        self.base
    }

    fn advise(&self) {
        // A kernel without large pages refuses, which is as good as not asking; it uses none where there is no room for one.
        // SAFETY: the advice is about this mapping and leaves its contents as they are.
        unsafe { libc::madvise(self.base.as_ptr().cast(), self.bytes, libc::MADV_HUGEPAGE) };
        // SAFETY: as above.
        unsafe { libc::madvise(self.base.as_ptr().cast(), self.bytes, libc::MADV_DONTFORK) };
    }

    fn touch(&self, threads: usize) {
        let threads = threads.min(self.bytes / WORTH_A_THREAD).max(1);
        let part = (self.bytes / (threads * PARTS)).next_multiple_of(LARGE_PAGE);
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let start = next.fetch_add(part, Ordering::Relaxed);
                if start >= self.bytes {
                    return;
                }
                for at in (start..self.bytes.min(start.saturating_add(part))).step_by(PAGE) {
                    // SAFETY: inside the mapping, whose bytes nobody else has seen yet; no two threads take one part.
                    unsafe { self.base.as_ptr().wrapping_add(at).write_volatile(0) };
                }
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                // Where the system gives no more threads, those that run do the work.
                let Ok(_helper) = thread::Builder::new().spawn_scoped(scope, work) else { break };
            }
            work();
        });
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        unmap(self.base.as_ptr().cast(), self.bytes);
    }
}

/// Gives back pages that `mmap` gave and nobody uses.
fn unmap(base: *mut libc::c_void, bytes: usize) {
    if bytes > 0 {
        // SAFETY: whole pages of a mapping of this file, whose owner is going or never had them. It cannot fail for
        // such pages, but for want of kernel memory: then they are leaked.
        unsafe { libc::munmap(base, bytes) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_aligned_zero_and_there() {
        for (bytes, threads) in [
            (PAGE, 1),
            (LARGE_PAGE - PAGE, 2),
            (LARGE_PAGE, 1),
            (LARGE_PAGE + PAGE, 4),
            (9 << 20, 12),
            (33 << 20, 3),
        ] {
            let pages = Pages::new(bytes, threads).unwrap();
            let alignment = if bytes < LARGE_PAGE { PAGE } else { LARGE_PAGE };
            assert!(pages.base().addr().get().is_multiple_of(alignment));
            let mut resident = vec![0u8; bytes / PAGE];
            let base = pages.base().as_ptr();
            // SAFETY: the mapping has as many pages as the answer has bytes.
            assert_eq!(unsafe { libc::mincore(base.cast(), bytes, resident.as_mut_ptr()) }, 0);
            assert!(resident.iter().all(|page| page & 1 == 1), "{bytes} bytes, {threads} threads");
            // SAFETY: the mapping holds `bytes`, zeroed by the kernel.
            assert!(unsafe { std::slice::from_raw_parts(base, bytes) }.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn more_than_there_is_room_for_is_an_error() {
        assert!(Pages::new(usize::MAX / PAGE * PAGE, 1).is_err());
        assert!(Pages::new(1 << 62, 1).is_err());
    }
}
