//! Destination pages that nobody has touched yet.
//!
//! The kernel gives a page when it is first written, which costs more than the copy. Pages of 2 MiB instead of 4 KiB
//! make that several times cheaper, and threads that write different ones take the faults in parallel. Only whole large
//! pages inside the array are advised; nothing is written, and memory that is there already is left as it is.

use std::ops::Range;

/// Size and alignment of a large page.
pub(super) const LARGE_PAGE: usize = 2 << 20;

/// Fewer large pages than this are not worth a call.
const WORTHWHILE: usize = 2;

/// Asks the kernel for large pages if the memory looks untouched; tells whether it did.
pub(super) fn prepare(base: *mut u8, bytes: usize) -> bool {
    let inner = interior(base.addr(), bytes);
    inner.len() >= WORTHWHILE * LARGE_PAGE && untouched(base.with_addr(inner.start), inner.len()) && {
        advise(base.with_addr(inner.start), inner.len())
    }
}

/// The whole large pages among `bytes` from `address` on.
fn interior(address: usize, bytes: usize) -> Range<usize> {
    let end = address.saturating_add(bytes) / LARGE_PAGE * LARGE_PAGE;
    let start = address.checked_next_multiple_of(LARGE_PAGE).unwrap_or(end);
    start..end.max(start)
}

/// Whether any of a few pages, spread over the block, is not in memory.
#[cfg(target_os = "linux")]
fn untouched(base: *mut u8, bytes: usize) -> bool {
    const SAMPLES: usize = 4;
    (0..SAMPLES).any(|sample| {
        let at = bytes / SAMPLES * sample / LARGE_PAGE * LARGE_PAGE;
        let mut resident = 0u8;
        // SAFETY: the address is that of a page of the array, the answer for one byte is one byte.
        let asked = unsafe { libc::mincore(base.wrapping_add(at).cast(), 1, &raw mut resident) };
        asked == 0 && resident & 1 == 0
    })
}

#[cfg(target_os = "linux")]
fn advise(base: *mut u8, bytes: usize) -> bool {
    // SAFETY: the pages lie inside the array; the advice changes their size, never their contents. A kernel that has
    // no large pages refuses, which is as good as not asking.
    unsafe { libc::madvise(base.cast(), bytes, libc::MADV_HUGEPAGE) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn untouched(_base: *mut u8, _bytes: usize) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn advise(_base: *mut u8, _bytes: usize) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_large_pages_are_advised() {
        let page = LARGE_PAGE;
        for (address, bytes, expected) in [
            (page, page, page..2 * page),
            (page + 1, page, 2 * page..2 * page),
            (page - 1, page + 1, page..2 * page),
            (page + 4096, 3 * page, 2 * page..4 * page),
            (page + 4096, 10, 2 * page..2 * page),
        ] {
            let inner = interior(address, bytes);
            assert_eq!(inner, expected);
            assert!(inner.is_empty() || (inner.start >= address && inner.end <= address + bytes));
        }
    }

    #[test]
    fn small_blocks_are_left_alone() {
        let mut small = vec![1u8; 4096];
        assert!(!prepare(small.as_mut_ptr(), small.len()));
        assert_eq!(small, vec![1u8; 4096]);
    }
}
