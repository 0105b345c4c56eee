//! How the bytes of a copy are cut into pieces, which threads claim in order.
//!
//! All pieces are alike but for some small ones at one end. An upload begins with them: the link has nothing to carry until
//! the first piece is staged. A download ends with them: the link has carried everything while the last pieces are still
//! copied.

use std::ops::Range;

/// Pieces are multiples of this many bytes where nothing else decides.
pub(super) const PAGE: usize = 4096;
/// Pieces that are counted from the end begin at multiples of this many bytes, where grains do not decide and their sizes
/// allow it.
const LINE: u32 = 64;

/// How the bytes are cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cuts {
    pub(super) bytes: usize,
    /// Bytes of a piece that is not a small one.
    piece: usize,
    /// A piece is copied in chunks of so many bytes.
    pub(super) chunk: usize,
    /// How many small pieces there are of which size.
    small: [(usize, usize); 2],
    /// If they are the last ones: all pieces but the last are multiples of so many bytes.
    small_last: Option<usize>,
}

impl Cuts {
    /// Pieces that are chunks, all alike.
    pub(super) fn even(bytes: usize, chunk: usize) -> Self {
        Self { bytes, piece: chunk, chunk, small: [(0, 0); 2], small_last: None }
    }

    /// Pieces of several chunks, the first of which is smaller.
    pub(super) fn after_first(bytes: usize, first: usize, piece: usize, chunk: usize) -> Self {
        Self { bytes, piece, chunk, small: [(1, first), (0, 0)], small_last: None }
    }

    /// Even ones for `threads`, with a piece of a quarter and one of half the size for each: the first of an upload, the last
    /// of a download. The others are as many for each thread too, and smaller than before by as much. Whole `grains`; as they
    /// were if a quarter has none.
    pub(super) fn graded(self, threads: usize, grain: usize, small_last: bool) -> Self {
        let full = self.pieces().div_ceil(threads);
        let quarters = (4 * full + 3).saturating_mul(threads);
        let unit = if grain > 1 { grain } else { PAGE };
        let piece = self.bytes.saturating_mul(4).div_ceil(quarters).next_multiple_of(unit).min(self.piece);
        let [quarter, half] = [4, 2].map(|parts| piece / parts / grain * grain);
        if quarter == 0 || self.bytes < piece {
            return self;
        }
        let step =
            if grain > 1 { grain } else { 1 << (quarter | half | piece | LINE as usize).trailing_zeros() };
        let small = [(threads, quarter), (threads, half)];
        Self { piece, chunk: piece, small, small_last: small_last.then_some(step), ..self }
    }

    /// A piece, by its number.
    pub(super) fn piece(&self, index: usize) -> Option<Range<usize>> {
        let (start, end) = (self.start(index), self.start(index.saturating_add(1)));
        (start < end).then_some(start..end)
    }

    /// Where a piece begins; the end for those past the last.
    pub(super) fn start(&self, index: usize) -> usize {
        if self.small_last.is_none() {
            return self.first(index);
        }
        match self.pieces().checked_sub(index) {
            None | Some(0) => self.bytes,
            Some(left) => self.whole() - self.first(left).min(self.whole()),
        }
    }

    /// The bytes without those that only the last piece has.
    fn whole(&self) -> usize {
        self.bytes - self.bytes % self.small_last.unwrap_or(1)
    }

    /// Bytes of so many pieces, counted from the end that has the small ones.
    fn first(&self, pieces: usize) -> usize {
        let (mut at, mut left) = (0, pieces);
        for (count, size) in self.small {
            at += left.min(count) * size;
            left = left.saturating_sub(count);
        }
        left.saturating_mul(self.piece).saturating_add(at).min(self.bytes)
    }

    /// How many pieces there are.
    pub(super) fn pieces(&self) -> usize {
        let (mut pieces, mut left) = (0, self.whole());
        for (count, size) in self.small.into_iter().filter(|&(count, _)| count > 0) {
            pieces += left.div_ceil(size).min(count);
            left = left.saturating_sub(count * size);
        }
        pieces + left.div_ceil(self.piece)
    }

    /// Whether every piece is one chunk.
    pub(super) fn are_chunks(&self) -> bool {
        self.piece == self.chunk
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(cuts: &Cuts) -> Vec<usize> {
        (0..cuts.pieces()).map(|index| cuts.piece(index).unwrap().len()).collect()
    }

    #[test]
    fn pieces_cover_every_byte_once() {
        let small = [0, 1, 9, 10, 11, 25, 30, 31, 64, 200, 201].map(|bytes| (bytes, 10));
        let large = [65_536, 100_000, 100_001, 1_000_003, 8 << 20].map(|bytes| (bytes, 64 << 10));
        for (bytes, piece) in small.into_iter().chain(large) {
            let even = Cuts::even(bytes, piece);
            let all = [1, 4, 10].map(|first| Cuts::after_first(bytes, first, piece, piece / 2));
            let graded =
                [(1, 1, false), (3, 1, true), (2, 2, false), (2, 2, true), (4, 3, true), (5, 2500, true)]
                    .map(|(threads, grain, last)| even.graded(threads, grain, last));
            for cuts in [even].into_iter().chain(all).chain(graded) {
                let pieces: Vec<_> = (0..).map_while(|index| cuts.piece(index)).collect();
                assert_eq!(pieces.len(), cuts.pieces(), "{cuts:?}");
                let mut at = 0;
                for piece in pieces {
                    assert_eq!(piece.start, at);
                    assert!(!piece.is_empty() && piece.len() <= cuts.piece, "{cuts:?}");
                    at = piece.end;
                }
                assert_eq!((at, cuts.start(usize::MAX)), (bytes, bytes), "{cuts:?}");
            }
        }
    }

    #[test]
    fn small_pieces_lie_at_the_end_that_was_asked_for() {
        let graded = |last| lengths(&Cuts::even(70, 16).graded(2, 2, last));
        assert_eq!(graded(false), [2, 2, 4, 4, 10, 10, 10, 10, 10, 8]);
        assert_eq!(graded(true), [8, 10, 10, 10, 10, 10, 4, 4, 2, 2]);
        // Rows that are longer than a small piece stay as they are.
        assert_eq!(Cuts::even(64, 16).graded(2, 5, true).pieces(), 4);
    }

    #[test]
    fn each_thread_has_as_much_as_the_others_and_pieces_begin_at_lines() {
        for bytes in [16usize << 20, (16 << 20) + 1, 100_000_001, 10_438_568] {
            for (threads, last) in [(8, false), (8, true), (12, false), (12, true)] {
                let chunk = bytes.div_ceil(3 * threads).next_multiple_of(PAGE);
                let cuts = Cuts::even(bytes, chunk).graded(threads, 1, last);
                // A quarter, a half and three whole ones each; the last of the whole ones may be cut short.
                assert_eq!(cuts.pieces(), 5 * threads, "{cuts:?}");
                assert!(4 * bytes > (cuts.piece - PAGE) * 15 * threads, "{cuts:?}");
                assert!((0..cuts.pieces()).all(|index| cuts.start(index).is_multiple_of(64)), "{cuts:?}");
            }
        }
    }
}
