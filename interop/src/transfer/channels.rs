//! Channels taken apart in host memory: pixels of few elements to one plane for each channel.
//!
//! It is a transpose whose rows are too short for blocks. Some pixels that fill two words for each channel are read at
//! once. Interleaving the first half of the words with the second moves element `i` of `n` to `2 i` modulo `n - 1`, so as
//! many times as make the number of pixels a power of two move the first element of each pixel together, then the second.

use cuda_safe::memory::staging::Stores;

use crate::layout::Matrix;
use crate::transfer::word::{self, WORD, Word};

/// Whether the matrix is one of whole pixels of 2 to 4 channels, and enough of them.
pub(super) fn suits(matrix: &Matrix, width: usize) -> bool {
    let few = matches!(width, 1 | 2 | 4 | 8) && (2..=4).contains(&matrix.columns);
    few && matrix.source_pitch == (matrix.columns * width) as isize && matrix.rows >= 8 * WORD / width
}

/// Copies elements of `width` bytes of a matrix that [suits]. Streaming stores are visible to every other core and device
/// when this returns.
///
/// # Safety
/// Each element of the source, counted from `from`, is readable, each of the destination, counted from `to`, is
/// writable, and what is read is not written.
pub(super) unsafe fn copy(matrix: &Matrix, width: usize, to: *mut u8, from: *const u8, stores: Stores) {
    macro_rules! by_channels {
        ($width:literal) => {
            match matrix.columns {
                // SAFETY: the caller's promise.
                2 => unsafe { split::<$width, 4>(matrix, to, from, stores) },
                // SAFETY: as above.
                3 => unsafe { split::<$width, 6>(matrix, to, from, stores) },
                // SAFETY: as above.
                _ => unsafe { split::<$width, 8>(matrix, to, from, stores) },
            }
        };
    }
    match width {
        1 => by_channels!(1),
        2 => by_channels!(2),
        4 => by_channels!(4),
        _ => by_channels!(8),
    }
}

/// # Safety
/// As [`copy`], for elements of `W` bytes and half as many channels as `N`.
unsafe fn split<const W: usize, const N: usize>(
    matrix: &Matrix,
    to: *mut u8,
    from: *const u8,
    stores: Stores,
) {
    let (channels, at_once) = (N / 2, 2 * WORD / W);
    let pitch = matrix.destination_pitch;
    let aligned = pitch % WORD as isize == 0 && to.addr().is_multiple_of(W);
    let streaming = stores == Stores::Streaming && aligned;
    // Streaming stores need whole words.
    let first = if streaming { to.addr().wrapping_neg() % WORD / W } else { 0 };
    let pixel = |row: usize| {
        for channel in 0..channels {
            let to = to.wrapping_offset(channel as isize * pitch).wrapping_add(row * W);
            let from = from.wrapping_add((row * channels + channel) * W);
            // SAFETY: an element of the matrix on either side.
            unsafe { from.copy_to_nonoverlapping(to, W) };
        }
    };
    let blocks = (matrix.rows - first) / at_once;
    (0..first).for_each(pixel);
    for row in (0..blocks).map(|block| first + block * at_once) {
        // SAFETY: so many pixels of the matrix, which lie together.
        let mut words = unsafe { from.wrapping_add(row * channels * W).cast::<[Word; N]>().read_unaligned() };
        for _ in 0..at_once.ilog2() {
            let before = words;
            for at in 0..channels {
                (words[2 * at], words[2 * at + 1]) = word::zip::<W>(before[at], before[at + channels]);
            }
        }
        for (channel, &[low, high]) in words.as_chunks::<2>().0.iter().enumerate() {
            let to = to.wrapping_offset(channel as isize * pitch).wrapping_add(row * W).cast::<Word>();
            if streaming {
                // SAFETY: as many elements of a channel as a word has, aligned by what came first and the pitch.
                unsafe { word::stream(to, low) };
                // SAFETY: as above, the next ones.
                unsafe { word::stream(to.wrapping_add(1), high) };
            } else {
                // SAFETY: as many elements of a channel as two words have.
                unsafe { to.cast::<[Word; 2]>().write_unaligned([low, high]) };
            }
        }
    }
    (first + blocks * at_once..matrix.rows).for_each(pixel);
    if streaming {
        word::fence();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_taken_apart_and_nothing_else_is_written() {
        for width in [1, 2, 4, 8] {
            for columns in 2..=4 {
                for rows in [8 * WORD / width, 131, 200, 1000] {
                    for (gap, shift, stores) in [
                        (0, 0, Stores::Ordinary),
                        (64, 3, Stores::Streaming),
                        (16, width, Stores::Streaming),
                        (5, 8, Stores::Streaming),
                    ] {
                        let pitch = (rows * width).next_multiple_of(16) + gap;
                        let (destination_pitch, source_pitch) = (pitch as isize, (columns * width) as isize);
                        let matrix = Matrix { rows, columns, destination_pitch, source_pitch };
                        assert!(suits(&matrix, width));
                        let source: Vec<u8> =
                            (0..rows * columns * width + 1).map(|at| (at * 31 + at / 256) as u8).collect();
                        let mut out = vec![0xee; columns * pitch + 100];
                        let mut expected = out.clone();
                        for row in 0..rows {
                            for column in 0..columns {
                                let to = shift + column * pitch + row * width;
                                let from = 1 + (row * columns + column) * width;
                                expected[to..to + width].copy_from_slice(&source[from..from + width]);
                            }
                        }
                        let (to, from) = (out[shift..].as_mut_ptr(), source[1..].as_ptr());
                        // SAFETY: all elements lie inside the two vectors.
                        unsafe { copy(&matrix, width, to, from, stores) };
                        assert!(out == expected, "{matrix:?} of {width} bytes, {shift}, {stores:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn pixels_with_gaps_and_many_channels_are_left_to_others() {
        let matrix =
            |columns, source_pitch| Matrix { rows: 1000, columns, destination_pitch: 1000, source_pitch };
        assert!(suits(&matrix(3, 3), 1) && suits(&matrix(4, 16), 4));
        assert!(!suits(&matrix(3, 4), 1) && !suits(&matrix(5, 5), 1) && !suits(&matrix(3, 36), 12));
    }
}
