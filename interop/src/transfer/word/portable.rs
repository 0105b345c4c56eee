//! In plain Rust, from which compilers make what the machine has.

/// Aligned as a register is.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub(in crate::transfer) struct Word([u8; super::WORD]);

#[cfg(any(miri, not(target_arch = "x86_64")))]
pub(in crate::transfer) const ZERO: Word = Word([0; super::WORD]);

/// The elements of `W` bytes, at most 8, of both words in turn.
#[inline(always)]
pub(in crate::transfer) fn zip<const W: usize>(a: Word, b: Word) -> (Word, Word) {
    let at = |index: usize| {
        let (element, byte) = (index / W, index % W);
        let from = if element % 2 == 0 { a } else { b };
        from.0[element / 2 * W + byte]
    };
    (Word(std::array::from_fn(at)), Word(std::array::from_fn(|index| at(super::WORD + index))))
}

/// Nothing is asked for.
#[cfg(any(miri, not(target_arch = "x86_64")))]
pub(in crate::transfer) fn prefetch(_: *const u8) {}

/// Writes as any other store does.
///
/// # Safety
/// `to` is writable for a word and aligned to its size.
#[cfg(any(miri, not(target_arch = "x86_64")))]
pub(in crate::transfer) unsafe fn stream(to: *mut Word, word: Word) {
    // SAFETY: the caller's promise.
    unsafe { to.write(word) };
}

/// Ordinary stores need none.
#[cfg(any(miri, not(target_arch = "x86_64")))]
pub(in crate::transfer) fn fence() {}
