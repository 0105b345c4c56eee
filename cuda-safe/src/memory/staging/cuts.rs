//! How the bytes of a copy are cut into pieces, which threads claim in order.
//!
//! All pieces are alike but for some small ones at one end. An upload begins with them: the link has nothing to carry until
//! the first piece is staged. A download ends with them: the link has carried everything while the last pieces are still
//! copied.

use std::ops::Range;

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
    /// Whether they are the last ones.
    small_last: bool,
}

impl Cuts {
    /// Pieces that are chunks, all alike.
    pub(super) fn even(bytes: usize, chunk: usize) -> Self {
        Self { bytes, piece: chunk, chunk, small: [(0, 0); 2], small_last: false }
    }

    /// Pieces of several chunks, the first of which is smaller.
    pub(super) fn after_first(bytes: usize, first: usize, piece: usize, chunk: usize) -> Self {
        Self { bytes, piece, chunk, small: [(1, first), (0, 0)], small_last: false }
    }

    /// The same with `count` pieces of a quarter and as many of half the size, whole `grains` if a few fit.
    pub(super) fn graded(self, count: usize, grain: usize, small_last: bool) -> Self {
        let part = |parts: usize| (self.piece / parts / grain * grain).max(1);
        let small = if grain <= self.piece / 4 { [(count, part(4)), (count, part(2))] } else { self.small };
        Self { small, small_last, ..self }
    }

    /// A piece, by its number.
    pub(super) fn piece(&self, index: usize) -> Option<Range<usize>> {
        let (start, end) = (self.start(index), self.start(index.saturating_add(1)));
        (start < end).then_some(start..end)
    }

    /// Where a piece begins; the end for those past the last.
    pub(super) fn start(&self, index: usize) -> usize {
        if self.small_last {
            self.bytes - self.first(self.pieces().saturating_sub(index))
        } else {
            self.first(index)
        }
    }

    /// Bytes of so many pieces, counted from the end with the small ones.
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
        let (mut pieces, mut left) = (0, self.bytes);
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

    #[test]
    fn pieces_cover_every_byte_once() {
        for bytes in [0, 1, 9, 10, 11, 25, 30, 31, 64, 200, 201] {
            let even = Cuts::even(bytes, 10);
            let all = [1, 4, 10].map(|first| Cuts::after_first(bytes, first, 10, 5));
            let graded = [(1, 1, false), (3, 1, true), (2, 2, false), (2, 2, true), (4, 3, true)]
                .map(|(count, grain, last)| even.graded(count, grain, last));
            for cuts in [even].into_iter().chain(all).chain(graded) {
                let pieces: Vec<_> = (0..).map_while(|index| cuts.piece(index)).collect();
                assert_eq!(pieces.len(), cuts.pieces(), "{cuts:?}");
                let mut at = 0;
                for piece in pieces {
                    assert_eq!(piece.start, at);
                    assert!(!piece.is_empty() && piece.len() <= 10);
                    at = piece.end;
                }
                assert_eq!((at, cuts.start(usize::MAX)), (bytes, bytes), "{cuts:?}");
            }
        }
    }

    #[test]
    fn small_pieces_lie_at_the_end_that_was_asked_for() {
        let lengths = |last| {
            let cuts = Cuts::even(70, 16).graded(2, 2, last);
            (0..cuts.pieces()).map(|index| cuts.piece(index).unwrap().len()).collect::<Vec<_>>()
        };
        assert_eq!(lengths(false), [4, 4, 8, 8, 16, 16, 14]);
        assert_eq!(lengths(true), [14, 16, 16, 8, 8, 4, 4]);
        // Rows that are longer than a small piece stay as they are.
        assert_eq!(Cuts::even(64, 16).graded(2, 5, true).pieces(), 4);
    }
}
