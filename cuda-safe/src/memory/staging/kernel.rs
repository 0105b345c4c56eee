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
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    if stores == Stores::Streaming && std::arch::is_x86_feature_detected!("avx") {
        // SAFETY: AVX was detected; the rest is the caller's promise.
        return unsafe { x86::stream(from, to, len) };
    }
    let _ = stores;
    // SAFETY: the caller's promise.
    unsafe { to.copy_from_nonoverlapping(from, len) };
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _MM_HINT_T1, _mm_prefetch, _mm_sfence, _mm256_loadu_si256, _mm256_stream_si256,
    };

    /// Bytes of a store, and what it must be aligned to.
    const WORD: usize = size_of::<__m256i>();
    const LINE: usize = 64;
    /// How far ahead the source is asked for: a page, which the processor's own prefetching does not cross. Into the
    /// second-level cache, for the first has too few places for lines on their way.
    const AHEAD: usize = 4096;

    /// # Safety
    /// As [`copy`](super::copy), on a processor with AVX.
    #[target_feature(enable = "avx")]
    pub(super) unsafe fn stream(from: *const u8, to: *mut u8, len: usize) {
        let head = to.align_offset(LINE).min(len);
        let body = (len - head) / LINE * LINE;
        // SAFETY: the first bytes of both blocks.
        unsafe { to.copy_from_nonoverlapping(from, head) };
        for at in (head..head + body).step_by(LINE) {
            let (from, to) = (from.wrapping_add(at), to.wrapping_add(at));
            // A hint, for any address.
            _mm_prefetch::<_MM_HINT_T1>(from.wrapping_add(AHEAD).cast());
            // SAFETY: the line lies inside the source.
            let low = unsafe { _mm256_loadu_si256(from.cast()) };
            // SAFETY: as above.
            let high = unsafe { _mm256_loadu_si256(from.wrapping_add(WORD).cast()) };
            // SAFETY: the line lies inside the destination and is aligned.
            unsafe { _mm256_stream_si256(to.cast(), low) };
            // SAFETY: as above.
            unsafe { _mm256_stream_si256(to.wrapping_add(WORD).cast(), high) };
        }
        // Streaming stores are not ordered with what follows, such as telling a device or another core of the data.
        _mm_sfence();
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
}
