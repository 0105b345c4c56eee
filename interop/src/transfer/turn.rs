//! Transposing in host memory: what lies together on one side is far apart on the other.
//!
//! The matrix is cut into blocks of one cache line by one cache line. The lines of a block are read whole into a buffer
//! that stays in the first-level cache, turned there in registers, and written whole. So no line is touched twice, however
//! many of them share a place in the cache, as lines at a distance of a power of two do; and stores that bypass the caches,
//! which want whole lines, can be used.

use std::ops::Range;

use cuda_safe::memory::staging::Stores;

use crate::layout::Matrix;
use crate::transfer::word::{self, WORD, Word};

/// Bytes of a cache line, the side of a block.
const LINE: usize = 64;
/// Bytes of a row of which most can be asked for early.
const LONG_ROW: usize = 1024;
/// Bytes of a matrix that the first-level cache holds together with its transpose: there it is of no matter where lines begin,
/// and the fewest blocks are best.
const SMALL: usize = 16 << 10;
/// Bytes from a block's part of a long row to what is asked for early.
const AHEAD: isize = 256;

/// Whether elements of `width` bytes can be turned, and enough of them to fill blocks.
pub(super) fn suits(matrix: &Matrix, width: usize) -> bool {
    matches!(width, 1 | 2 | 4 | 8 | 16) && matrix.rows.min(matrix.columns) >= LINE / width / 2
}

/// Copies elements of `width` bytes, one of those that [suit](suits). Streaming stores are used where whole
/// lines can be written, and are visible to every other core and device when this returns.
///
/// # Safety
/// Each element of the source, counted from `from`, is readable, each of the destination, counted from `to`, is
/// writable, and what is read is not written.
pub(super) unsafe fn copy(matrix: &Matrix, width: usize, to: *mut u8, from: *const u8, stores: Stores) {
    match width {
        // SAFETY: the caller's promise.
        1 => unsafe { blocks::<1, 64>(matrix, to, from, stores) },
        // SAFETY: as above.
        2 => unsafe { blocks::<2, 32>(matrix, to, from, stores) },
        // SAFETY: as above.
        4 => unsafe { blocks::<4, 16>(matrix, to, from, stores) },
        // SAFETY: as above.
        8 => unsafe { blocks::<8, 8>(matrix, to, from, stores) },
        // SAFETY: as above.
        _ => unsafe { blocks::<16, 4>(matrix, to, from, stores) },
    }
}

/// # Safety
/// As [`copy`], for elements of `W` bytes, of which a line has `SIDE`.
unsafe fn blocks<const W: usize, const SIDE: usize>(
    matrix: &Matrix,
    to: *mut u8,
    from: *const u8,
    stores: Stores,
) {
    const { assert!(W * SIDE == LINE) };
    let side = SIDE;
    let Matrix { destination_pitch: to_pitch, source_pitch: from_pitch, .. } = *matrix;
    let streaming =
        stores == Stores::Streaming && to_pitch % LINE as isize == 0 && to.addr().is_multiple_of(W);
    let is_small = !streaming && matrix.rows.saturating_mul(matrix.columns) <= SMALL / W;
    let first = |address, pitch| if is_small { side } else { to_next_line(address, pitch, W) };
    let rows = Cuts { len: matrix.rows, first: first(to, to_pitch), side };
    let columns = Cuts { len: matrix.columns, first: first(from, from_pitch), side };
    // The side that lies in more places is walked along its rows; if both lie in as many, that with the shorter rows.
    let reach = |pitch: isize, rows: usize| (pitch.unsigned_abs().saturating_mul(rows), rows);
    let along_source = reach(from_pitch, matrix.rows) >= reach(to_pitch, matrix.columns);
    // What is asked for early: further along long rows, else the rows of the next round.
    let ahead = match along_source {
        true if matrix.columns * W >= LONG_ROW => AHEAD,
        true => from_pitch.wrapping_mul(side as isize),
        false => LINE as isize,
    };
    let mut buffer =
        Buffer::<SIDE> { read: [[word::ZERO; LINE / WORD]; SIDE], turned: [[word::ZERO; LINE / WORD]; SIDE] };
    let mut block = |rows: Range<usize>, columns: Range<usize>| {
        let to = to.wrapping_add(rows.start * W).wrapping_offset(columns.start as isize * to_pitch);
        let from = from.wrapping_add(columns.start * W).wrapping_offset(rows.start as isize * from_pitch);
        let (rows, columns) = (rows.len(), columns.len());
        let is_whole = rows == side && columns == side;
        for (at, line) in buffer.read[..rows].iter_mut().enumerate() {
            let from = from.wrapping_offset(at as isize * from_pitch);
            word::prefetch(from.wrapping_offset(ahead));
            if is_whole {
                // SAFETY: a row of the block, which has a whole line of elements.
                *line = unsafe { from.cast::<Line>().read_unaligned() };
            } else {
                // SAFETY: a row of the block, which has so many elements, at most a line.
                unsafe { copy_part(from, line.as_mut_ptr().cast(), columns * W) };
            }
        }
        buffer.turn::<W>();
        for (at, line) in buffer.turned[..columns].iter().enumerate() {
            let to = to.wrapping_offset(at as isize * to_pitch);
            if !is_whole {
                // SAFETY: a row of the transposed block, which has so many elements, at most a line.
                unsafe { copy_part(line.as_ptr().cast(), to, rows * W) };
            } else if streaming {
                for (at, &word) in line.iter().enumerate() {
                    // SAFETY: inside a row of the transposed block, a whole line; the first cut made it begin one.
                    unsafe { word::stream(to.cast::<Word>().wrapping_add(at), word) };
                }
            } else {
                // SAFETY: a row of the transposed block, a whole line.
                unsafe { to.cast::<Line>().write_unaligned(*line) };
            }
        }
    };
    if along_source {
        rows.each(|rows| columns.each(|columns| block(rows.clone(), columns)));
    } else {
        columns.each(|columns| rows.each(|rows| block(rows, columns.clone())));
    }
    if streaming {
        word::fence();
    }
}

/// Copies a part of a line: whole words without a call.
///
/// # Safety
/// `from` is readable and `to` writable for so many bytes, and they do not overlap.
#[inline(always)]
unsafe fn copy_part(from: *const u8, to: *mut u8, bytes: usize) {
    if !bytes.is_multiple_of(WORD) {
        // SAFETY: the caller's promise.
        return unsafe { to.copy_from_nonoverlapping(from, bytes) };
    }
    for at in (0..bytes).step_by(WORD) {
        // SAFETY: inside what is readable.
        let word = unsafe { from.wrapping_add(at).cast::<Word>().read_unaligned() };
        // SAFETY: inside what is writable.
        unsafe { to.wrapping_add(at).cast::<Word>().write_unaligned(word) };
    }
}

/// A block has as many tiles in either direction, whatever the elements are.
type Line = [Word; LINE / WORD];

/// A block on its way: as many lines as a line has elements.
#[repr(align(64))]
struct Buffer<const SIDE: usize> {
    read: [Line; SIDE],
    turned: [Line; SIDE],
}

impl<const SIDE: usize> Buffer<SIDE> {
    #[inline(always)]
    fn turn<const W: usize>(&mut self) {
        match W {
            1 => self.turn_tiles::<1, 16>(),
            2 => self.turn_tiles::<2, 8>(),
            4 => self.turn_tiles::<4, 4>(),
            8 => self.turn_tiles::<8, 2>(),
            _ => self.turn_tiles::<16, 1>(),
        }
    }

    /// Turns tiles of `S` words of `S` elements. Interleaving the first half of the words with the second moves the
    /// highest bit of the element's number to the lowest of the word's, and the other way round; so after as many times
    /// as the numbers have bits they have changed places.
    #[inline(always)]
    fn turn_tiles<const W: usize, const S: usize>(&mut self) {
        for down in 0..LINE / WORD {
            for right in 0..LINE / WORD {
                let mut tile: [Word; S] = std::array::from_fn(|at| self.read[down * S + at][right]);
                for _ in 0..S.ilog2() {
                    let before = tile;
                    for at in 0..S / 2 {
                        (tile[2 * at], tile[2 * at + 1]) = word::zip::<W>(before[at], before[at + S / 2]);
                    }
                }
                for (at, word) in tile.into_iter().enumerate() {
                    self.turned[right * S + at][down] = word;
                }
            }
        }
    }
}

/// A length in pieces: the first so that the others begin at lines, the last what is left.
#[derive(Clone, Copy)]
struct Cuts {
    len: usize,
    first: usize,
    side: usize,
}

impl Cuts {
    #[inline(always)]
    fn each(self, mut piece: impl FnMut(Range<usize>)) {
        let (mut start, mut end) = (0, self.first);
        while start < self.len {
            piece(start..end.min(self.len));
            (start, end) = (end, end + self.side);
        }
    }
}

/// Elements until the next line begins in every row; a whole line of them if the rows differ in that.
fn to_next_line(address: *const u8, pitch: isize, width: usize) -> usize {
    let bytes = LINE - address.addr() % LINE;
    if pitch % LINE as isize == 0 && bytes.is_multiple_of(width) { bytes / width } else { LINE / width }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns a matrix between two places of larger blocks and compares every byte.
    fn check(width: usize, matrix: Matrix, shift: [usize; 2], stores: Stores) {
        let Matrix { rows, columns, destination_pitch, source_pitch } = matrix;
        let bytes = |steps: usize, pitch: isize, row: usize| (steps - 1) * pitch.unsigned_abs() + row * width;
        let (to_bytes, from_bytes) =
            (bytes(columns, destination_pitch, rows), bytes(rows, source_pitch, columns));
        let source: Vec<u8> = (0..from_bytes + 200).map(|at| (at * 31 + at / 256 * 7) as u8).collect();
        let mut out = vec![0xee; to_bytes + 200];
        // Where the first element is: at the far end of what goes backwards.
        let first = |shift: usize, steps: usize, pitch: isize| {
            shift + if pitch < 0 { (steps - 1) * pitch.unsigned_abs() } else { 0 }
        };
        let (to, from) = (first(shift[0], columns, destination_pitch), first(shift[1], rows, source_pitch));
        let mut expected = out.clone();
        for row in 0..rows {
            for column in 0..columns {
                let to = (to + row * width).wrapping_add_signed(column as isize * destination_pitch);
                let from = (from + column * width).wrapping_add_signed(row as isize * source_pitch);
                expected[to..to + width].copy_from_slice(&source[from..from + width]);
            }
        }
        let (to, from) = (out.as_mut_ptr().wrapping_add(to), source.as_ptr().wrapping_add(from));
        // SAFETY: both matrices lie inside their blocks, which have room on either side.
        unsafe { copy(&matrix, width, to, from, stores) };
        assert!(out == expected, "{matrix:?} of {width} bytes, {shift:?}, {stores:?}");
    }

    #[test]
    fn every_element_and_nothing_else_is_turned() {
        let lengths = if cfg!(miri) { &[5, 17][..] } else { &[1, 4, 15, 16, 17, 64, 65, 130] };
        for width in [1, 2, 4, 8, 16] {
            for &rows in lengths {
                for &columns in lengths {
                    for stores in [Stores::Ordinary, Stores::Streaming] {
                        // Rows that follow each other, and rows that all begin at the same place of a line.
                        let line = |len: usize| (len * width).next_multiple_of(LINE) as isize;
                        let tight = |len: usize| (len * width) as isize;
                        for [destination_pitch, source_pitch] in [
                            [tight(rows), tight(columns)],
                            [line(rows), line(columns)],
                            [line(rows) + 64, tight(columns) + 3],
                            [-line(rows), line(columns)],
                            [tight(rows) + 5, -tight(columns)],
                            [line(rows), 0],
                        ] {
                            let matrix = Matrix { rows, columns, destination_pitch, source_pitch };
                            check(width, matrix, [0, 0], stores);
                            check(width, matrix, [16, 48], stores);
                            check(width, matrix, [3, 1], stores);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn few_channels_and_odd_elements_are_left_to_the_plain_loop() {
        let matrix = |rows, columns| Matrix { rows, columns, destination_pitch: 0, source_pitch: 0 };
        assert!(suits(&matrix(8, 1000), 4) && suits(&matrix(1000, 32), 1));
        assert!(!suits(&matrix(3, 1000), 1) && !suits(&matrix(1000, 1000), 3));
    }
}
