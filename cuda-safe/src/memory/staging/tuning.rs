//! How a copy is cut: from its size, the settings and what was measured of the machine.

use crate::memory::staging::job::Cuts;
use crate::memory::staging::kernel::Stores;
use crate::memory::staging::lane::MAX_SLOTS;
use crate::memory::staging::settings::Shape;

/// Chunks are multiples of this many bytes where nothing else decides.
const GRANULE: usize = 64 << 10;

/// What was measured of one direction of the link, or given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Copies of fewer bytes are one plain call.
    pub from: usize,
    /// Threads that keep the link busy.
    pub threads: usize,
    /// The smallest chunk whose copy is not mostly overhead.
    pub least_chunk: usize,
    /// The largest chunk that is of use.
    pub most_chunk: usize,
    /// The stores of the staging copy.
    pub stores: Stores,
}

/// How one copy is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) cuts: Cuts,
    pub(super) threads: usize,
    pub(super) stores: Stores,
}

impl Way {
    /// Cuts `bytes` into chunks: two for each thread if that makes them neither too small nor too large, so that the
    /// first are on their way while the last are copied.
    pub(super) fn plan(&self, bytes: usize, chunk: Option<usize>, grain: usize, shape: Shape) -> Plan {
        let most = self.most_chunk.min(shape.ring_bytes);
        let share = (bytes / (2 * self.threads)).next_multiple_of(GRANULE);
        let chunk = chunk.unwrap_or(share.clamp(self.least_chunk.min(most), most)).min(shape.ring_bytes);
        // Whole rows, if a few fit; a row longer than a chunk is cut anyway.
        let chunk = if grain <= chunk { chunk / grain * grain } else { chunk };
        let cuts = Cuts { bytes, first: chunk, piece: chunk, chunk };
        let threads = self.threads.min(shape.lanes).min(cuts.pieces()).max(1);
        Plan { cuts, threads, stores: self.stores }
    }
}

impl Plan {
    /// Whether the slots of one lane hold everything.
    pub(super) fn fits_one_lane(&self, shape: Shape) -> bool {
        let cuts = self.cuts;
        cuts.piece == cuts.chunk && cuts.pieces() <= (shape.ring_bytes / cuts.chunk).min(MAX_SLOTS)
    }

    /// Claims whole large pages, so that no two threads fault the same one.
    pub(super) fn by_large_pages(mut self, address: usize, page: usize) -> Self {
        self.cuts.piece = page.max(self.cuts.chunk);
        self.cuts.first = page - address % page;
        self.threads = self.threads.min(self.cuts.pieces()).max(1);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAY: Way =
        Way { from: 0, threads: 8, least_chunk: 128 << 10, most_chunk: 1 << 20, stores: Stores::Ordinary };
    const SHAPE: Shape = Shape { lanes: 12, ring_bytes: 5 << 20 };

    #[test]
    fn chunks_grow_with_the_copy_within_bounds() {
        let chunk = |bytes| WAY.plan(bytes, None, 1, SHAPE).cuts.chunk;
        assert_eq!(chunk(1), 128 << 10);
        assert_eq!(chunk(8 << 20), 512 << 10);
        assert_eq!(chunk(1 << 30), 1 << 20);
        assert_eq!(WAY.plan(1 << 30, Some(300_000), 1, SHAPE).cuts.chunk, 300_000);
    }

    #[test]
    fn no_more_threads_than_pieces_or_lanes() {
        let threads = |bytes, lanes| WAY.plan(bytes, None, 1, Shape { lanes, ..SHAPE }).threads;
        assert_eq!((threads(1, 12), threads(256 << 10, 12), threads(1 << 30, 12), threads(1 << 30, 2)), (1, 2, 8, 2));
    }

    #[test]
    fn rows_stay_whole_where_they_fit() {
        assert_eq!(WAY.plan(1 << 30, None, 23_040, SHAPE).cuts.chunk % 23_040, 0);
        assert_eq!(WAY.plan(1 << 30, None, 3 << 20, SHAPE).cuts.chunk, 1 << 20);
    }
}
