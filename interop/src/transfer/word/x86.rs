//! By SSE2, which is part of x86-64.

use std::arch::x86_64::{
    __m128i, _MM_HINT_T1, _mm_prefetch, _mm_sfence, _mm_stream_si128, _mm_unpackhi_epi8, _mm_unpackhi_epi16,
    _mm_unpackhi_epi32, _mm_unpackhi_epi64, _mm_unpacklo_epi8, _mm_unpacklo_epi16, _mm_unpacklo_epi32,
    _mm_unpacklo_epi64,
};

pub(in crate::transfer) type Word = __m128i;

// SAFETY: any sixteen bytes are a word.
pub(in crate::transfer) const ZERO: Word = unsafe { std::mem::zeroed() };

/// The elements of `W` bytes, at most 8, of both words in turn.
#[inline(always)]
pub(in crate::transfer) fn zip<const W: usize>(a: Word, b: Word) -> (Word, Word) {
    macro_rules! halves {
        ($low:ident, $high:ident) => {{
            // SAFETY: every x86-64 has SSE2.
            let low = unsafe { $low(a, b) };
            // SAFETY: as above.
            (low, unsafe { $high(a, b) })
        }};
    }
    match W {
        1 => halves!(_mm_unpacklo_epi8, _mm_unpackhi_epi8),
        2 => halves!(_mm_unpacklo_epi16, _mm_unpackhi_epi16),
        4 => halves!(_mm_unpacklo_epi32, _mm_unpackhi_epi32),
        _ => halves!(_mm_unpacklo_epi64, _mm_unpackhi_epi64),
    }
}

/// Asks for the line at any address, into the second-level cache: the first has too few places for lines on their way.
#[inline(always)]
pub(in crate::transfer) fn prefetch(from: *const u8) {
    // SAFETY: every x86-64 has SSE; a hint may name any address.
    unsafe { _mm_prefetch::<_MM_HINT_T1>(from.cast()) };
}

/// Writes past the caches.
///
/// # Safety
/// `to` is writable for a word and aligned to its size.
#[inline(always)]
pub(in crate::transfer) unsafe fn stream(to: *mut Word, word: Word) {
    // SAFETY: the caller's promise.
    unsafe { _mm_stream_si128(to, word) };
}

/// Streaming stores are not ordered with what follows, such as telling a device or another core of the data.
pub(in crate::transfer) fn fence() {
    // SAFETY: every x86-64 has SSE.
    unsafe { _mm_sfence() };
}
