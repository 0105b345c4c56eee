//! Copying bytes between host memory and the pinned ring, the one loop whose speed bounds everything else here.
//!
//! A core that copies with ordinary stores first reads each destination line from memory. Streaming stores skip that,
//! and leave the caches to others; they pay for blocks that nobody reads again soon on this core.

/// Which stores a copy uses.
///
/// ```
/// use cuda_safe::memory::staging::{Stores, copy_bytes};
///
/// let (from, mut to) = ([3u8; 1000], [0u8; 1000]);
/// // SAFETY: both have 1000 bytes.
/// unsafe { copy_bytes(from.as_ptr(), to.as_mut_ptr(), 1000, Stores::Streaming) };
/// assert_eq!(to, from);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stores {
    /// What `memcpy` of the C library does.
    #[default]
    Ordinary,
    /// Non-temporal stores where the processor has them (x86-64 with AVX), else as [`Ordinary`](Self::Ordinary).
    Streaming,
}

/// Copies `len` bytes in host memory: for sources and sinks that move long runs. Streaming stores are visible to every
/// other core and device when this returns.
///
/// # Safety
/// `from` is readable and `to` writable for `len` bytes, and they do not overlap.
#[inline]
pub unsafe fn copy(from: *const u8, to: *mut u8, len: usize, stores: Stores) {
    // SAFETY: the caller's promise.
    unsafe { copy_rows(from, to, &Rows { len, count: 1, from_pitch: 0, to_pitch: 0 }, stores) };
}

/// Runs of equal length at equal distances on each side.
///
/// ```
/// use cuda_safe::memory::staging::{Rows, Stores, copy_rows};
///
/// let (from, mut to) = (*b"abcdefghi", [0u8; 4]);
/// let rows = Rows { len: 2, count: 2, from_pitch: 3, to_pitch: 2 };
/// // SAFETY: all runs lie inside the two arrays.
/// unsafe { copy_rows(from.as_ptr(), to.as_mut_ptr(), &rows, Stores::Streaming) };
/// assert_eq!(&to, b"abde");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Bytes of each run.
    pub len: usize,
    /// Number of runs.
    pub count: usize,
    /// From one run read to the next, in bytes.
    pub from_pitch: isize,
    /// From one run written to the next, in bytes.
    pub to_pitch: isize,
}

/// As [`copy_bytes`](copy), for each of the runs; while the end of one is copied, the beginning of the next is fetched.
///
/// # Safety
/// Each run, counted from `from`, is readable, and counted from `to`, writable; none that is read is written.
#[inline]
pub unsafe fn copy_rows(from: *const u8, to: *mut u8, rows: &Rows, stores: Stores) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    if stores == Stores::Streaming && std::arch::is_x86_feature_detected!("avx") {
        // SAFETY: AVX was detected; the rest is the caller's promise.
        return unsafe { x86::stream(from, to, rows) };
    }
    let _ = stores;
    for at in 0..rows.count as isize {
        let (from, to) = (from.wrapping_offset(at * rows.from_pitch), to.wrapping_offset(at * rows.to_pitch));
        // SAFETY: the caller's promise, of this run.
        unsafe { to.copy_from_nonoverlapping(from, rows.len) };
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _MM_HINT_T1, _mm_prefetch, _mm_sfence, _mm256_loadu_si256, _mm256_stream_si256,
    };

    use super::Rows;

    /// Bytes of a store, and what it must be aligned to.
    const WORD: usize = size_of::<__m256i>();
    const LINE: usize = 64;
    /// How far ahead the source is asked for: a page, which the processor's own prefetching does not cross. Into the
    /// second-level cache, for the first has too few places for lines on their way.
    const AHEAD: usize = 4096;

    /// # Safety
    /// As [`copy_rows`](super::copy_rows), on a processor with AVX.
    #[target_feature(enable = "avx")]
    pub(super) unsafe fn stream(from: *const u8, to: *mut u8, rows: &Rows) {
        let Rows { len, count, from_pitch, to_pitch } = *rows;
        // Past the end of a run the next one is asked for; after the last run nothing is.
        let to_next = AHEAD as isize - len as isize + from_pitch;
        for row in 0..count {
            let from = from.wrapping_offset(row as isize * from_pitch);
            let to = to.wrapping_offset(row as isize * to_pitch);
            let past_end = if row + 1 < count { to_next } else { 0 };
            // SAFETY: the caller's promise, of this run.
            unsafe { stream_run(from, to, len, past_end) };
        }
        // Streaming stores are not ordered with what follows, such as telling a device or another core of the data.
        _mm_sfence();
    }

    /// # Safety
    /// As [`copy`](super::copy), on a processor with AVX.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn stream_run(from: *const u8, to: *mut u8, len: usize, past_end: isize) {
        let head = to.align_offset(LINE).min(len);
        let body = (len - head) / LINE * LINE;
        // SAFETY: the first bytes of both blocks.
        unsafe { to.copy_from_nonoverlapping(from, head) };
        for at in (head..head + body).step_by(LINE) {
            let ahead = if at + AHEAD < len { AHEAD as isize } else { past_end };
            let (from, to) = (from.wrapping_add(at), to.wrapping_add(at));
            // A hint, for any address.
            _mm_prefetch::<_MM_HINT_T1>(from.wrapping_offset(ahead).cast());
            // SAFETY: the line lies inside the source.
            let low = unsafe { _mm256_loadu_si256(from.cast()) };
            // SAFETY: as above.
            let high = unsafe { _mm256_loadu_si256(from.wrapping_add(WORD).cast()) };
            // SAFETY: the line lies inside the destination and is aligned.
            unsafe { _mm256_stream_si256(to.cast(), low) };
            // SAFETY: as above.
            unsafe { _mm256_stream_si256(to.wrapping_add(WORD).cast(), high) };
        }
        let done = head + body;
        // SAFETY: the last bytes of both blocks.
        unsafe { to.wrapping_add(done).copy_from_nonoverlapping(from.wrapping_add(done), len - done) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_no_other_is_copied() {
        let source: Vec<u8> = (0..2000u32).map(|at| (at * 7 + at / 256) as u8).collect();
        for stores in [Stores::Ordinary, Stores::Streaming] {
            for start in [0, 1, 31, 32, 33] {
                for len in [0, 1, 31, 127, 128, 129, 160, 1024, 1500] {
                    let mut out = vec![0xee; 2000];
                    // SAFETY: 33 + 1500 bytes lie inside both.
                    unsafe { copy(source[7..].as_ptr(), out[start..].as_mut_ptr(), len, stores) };
                    assert_eq!(out[start..start + len], source[7..7 + len]);
                    assert!(out[..start].iter().chain(&out[start + len..]).all(|&byte| byte == 0xee));
                }
            }
        }
    }
    #[test]
    fn every_run_and_nothing_between_is_copied() {
        let source: Vec<u8> = (0..200_000u32).map(|at| (at * 7 + at / 256) as u8).collect();
        for stores in [Stores::Ordinary, Stores::Streaming] {
            for len in [1, 100, 4000, 4096, 9000] {
                for (from_pitch, to_pitch) in [(len + 100, len), (len, len + 7), (len + 64, len + 64)] {
                    let rows = Rows {
                        len,
                        count: 9,
                        from_pitch: -(from_pitch as isize),
                        to_pitch: to_pitch as isize,
                    };
                    let mut out = vec![0xee; 9 * to_pitch];
                    let first = 8 * from_pitch;
                    // SAFETY: 9 rows lie inside both, the first of the source last.
                    unsafe { copy_rows(source[first..].as_ptr(), out.as_mut_ptr(), &rows, stores) };
                    for (row, out) in out.chunks(to_pitch).enumerate() {
                        let from = first - row * from_pitch;
                        assert_eq!(out[..len], source[from..from + len]);
                        assert!(out[len..].iter().all(|&byte| byte == 0xee));
                    }
                }
            }
        }
    }
}
