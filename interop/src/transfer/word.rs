//! Sixteen bytes in a register, with what turning a matrix needs of them: on x86-64 by the instructions that every such
//! processor has, elsewhere in plain Rust.

#[cfg(any(test, miri, not(target_arch = "x86_64")))]
mod portable;
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod x86;

#[cfg(any(miri, not(target_arch = "x86_64")))]
pub(super) use portable::{Word, ZERO, fence, prefetch, stream, zip};
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(super) use x86::{Word, ZERO, fence, prefetch, stream, zip};

/// Bytes of a word.
pub(super) const WORD: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn words<const W: usize>() -> [[u8; WORD]; 2] {
        let (a, b) = (std::array::from_fn(|at| at as u8), std::array::from_fn(|at| 100 + at as u8));
        let zipped = zip::<W>(as_word(a), as_word(b));
        let portable = portable::zip::<W>(as_portable(a), as_portable(b));
        assert_eq!([as_bytes(zipped.0), as_bytes(zipped.1)], [as_bytes(portable.0), as_bytes(portable.1)]);
        [as_bytes(zipped.0), as_bytes(zipped.1)]
    }

    fn as_word(bytes: [u8; WORD]) -> Word {
        // SAFETY: both are 16 bytes, of any value.
        unsafe { std::mem::transmute(bytes) }
    }

    fn as_portable(bytes: [u8; WORD]) -> portable::Word {
        // SAFETY: as above.
        unsafe { std::mem::transmute(bytes) }
    }

    fn as_bytes<T>(word: T) -> [u8; WORD] {
        const { assert!(size_of::<T>() == WORD) };
        // SAFETY: both are 16 bytes, as was just made sure.
        unsafe { std::mem::transmute_copy(&word) }
    }

    #[test]
    fn elements_of_two_words_come_in_turn_by_either_way() {
        assert_eq!(words::<8>()[1], [8, 9, 10, 11, 12, 13, 14, 15, 108, 109, 110, 111, 112, 113, 114, 115]);
        assert_eq!(words::<4>()[0], [0, 1, 2, 3, 100, 101, 102, 103, 4, 5, 6, 7, 104, 105, 106, 107]);
        assert_eq!(words::<2>()[0], [0, 1, 100, 101, 2, 3, 102, 103, 4, 5, 104, 105, 6, 7, 106, 107]);
        assert_eq!(words::<1>()[1][..6], [8, 108, 9, 109, 10, 110]);
    }
}
