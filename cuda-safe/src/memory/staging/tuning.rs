//! How a copy is cut: from its size, the settings and what was measured of the machine.

use crate::memory::copy::Direction;
use crate::memory::staging::cuts::{Cuts, PAGE};
use crate::memory::staging::kernel::Stores;
use crate::memory::staging::settings::Shape;

/// Slots that a ring has at least, so that one can be on its way while others wait or are copied. A download looks ahead,
/// so it needs one more.
pub(super) const UPLOAD_SLOTS: usize = 3;
pub(super) const DOWNLOAD_SLOTS: usize = 4;
/// More chunks than this in one lane keep the threads that empty it waiting for each other.
const MOST_LANDINGS: usize = 4;
/// An upload that fills its rings so often finds them in the cache of the core that fills them.
const FILLS_TO_BE_CACHED: usize = 4;
/// Copies of a batch: more keep the device waiting.
const COPIES_A_CHUNK: usize = 64;
/// Threads that give batches to the driver: more hinder each other.
const COPYING_THREADS: usize = 8;
/// Chunks are multiples of this many bytes where nothing else decides.
const GRANULE: usize = 64 << 10;

/// What was measured, or given, for both directions.
///
/// ```
/// use cuda_safe::Device;
/// use cuda_safe::memory::staging::{Engine, Settings, Stores, Tuning, Way};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let way = Way { threads: 2, least_chunk: 64 << 10, most_chunk: 1 << 20, stores: Stores::Streaming };
/// let tuning = Tuning { upload: way, download: Way { threads: 4, ..way } };
/// let engine = Engine::with_tuning(device, Settings::default(), tuning)?;
/// assert_eq!(engine.report().tuning, Some(tuning));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// From host to device.
    pub upload: Way,
    /// From device to host.
    pub download: Way,
}

/// What was measured of one direction of the link, or given.
///
/// ```
/// use cuda_safe::memory::staging::{Stores, Way};
///
/// let way = Way { threads: 8, least_chunk: 256 << 10, most_chunk: 2 << 20, stores: Stores::Streaming };
/// assert!(way.least_chunk <= way.most_chunk);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
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
    /// The chunks are far from the smallest, so there is room for some smaller ones.
    has_large_chunks: bool,
    pub(super) threads: usize,
    pub(super) stores: Stores,
}

impl Tuning {
    /// Middle values, for a device on which nothing could be measured.
    pub(super) fn unmeasured(threads: usize) -> Self {
        let way = Way { threads, least_chunk: 256 << 10, most_chunk: 2 << 20, stores: Stores::Streaming };
        Self { upload: way, download: way }
    }

    /// The same with so many threads.
    pub(super) fn with_threads(self, threads: usize) -> Self {
        Self { upload: Way { threads, ..self.upload }, download: Way { threads, ..self.download } }
    }
}

impl Way {
    /// What suits a `link` of so many bytes a second, where a copy costs `overhead` seconds beside its bytes and each
    /// thread copies `core` bytes a second.
    pub(super) fn from_measured(link: f64, overhead: f64, core: f64, most_threads: usize) -> Self {
        // As integers the bounds hold, whatever was measured.
        let threads = ((link / core).ceil() as usize).clamp(1, most_threads);
        // A chunk that takes twice as long as its overhead, to the nearest power of two.
        let bytes = (2.0 * link * overhead / std::f64::consts::SQRT_2) as usize;
        let least_chunk = bytes.clamp(GRANULE, 1 << 20).next_power_of_two();
        Self { threads, least_chunk, most_chunk: 8 * least_chunk, stores: Stores::Streaming }
    }

    /// Cuts `bytes` into chunks: two for each thread if that makes them neither too small nor too large, so that the
    /// first are on their way while the last are copied. Large ones are about as many for each thread.
    pub(super) fn plan(
        &self,
        bytes: usize,
        chunk: Option<usize>,
        grain: usize,
        shape: Shape,
        slots: usize,
    ) -> Plan {
        let threads = self.threads.clamp(1, shape.lanes);
        let slot = shape.ring_bytes / slots / GRANULE * GRANULE;
        let most = self.most_chunk.min(slot).max(self.least_chunk).min(shape.ring_bytes);
        let share = (bytes / (2 * threads)).next_multiple_of(GRANULE);
        let is_given = chunk.is_some();
        let chunk = chunk.unwrap_or(share.clamp(self.least_chunk.min(most), most)).min(shape.ring_bytes);
        let is_large = |chunk: usize| !is_given && chunk / 2 >= self.least_chunk;
        let chunk = if is_large(chunk) {
            let pieces = bytes.div_ceil(chunk).next_multiple_of(threads);
            bytes.div_ceil(pieces).next_multiple_of(PAGE)
        } else {
            chunk
        };
        // Whole rows, if a few fit; a row longer than a chunk is cut anyway.
        let chunk = if grain <= chunk { chunk / grain * grain } else { chunk };
        let cuts = Cuts::even(bytes, chunk);
        let threads = threads.min(cuts.pieces()).max(1);
        Plan { cuts, has_large_chunks: is_large(chunk), threads, stores: self.stores }
    }
}

impl Plan {
    /// Whether the slots of one lane hold everything.
    pub(super) fn fits_one_lane(&self, shape: Shape) -> bool {
        let cuts = self.cuts;
        cuts.are_chunks() && cuts.pieces() <= (shape.ring_bytes / cuts.chunk).min(MOST_LANDINGS)
    }

    /// An upload writes the rings. Streaming stores do not care where they were used last; ordinary ones do, but spare
    /// the memory a write and a read where the ring stays in a cache.
    pub(super) fn for_upload(mut self, shape: Shape) -> Self {
        if self.cuts.bytes / self.threads >= FILLS_TO_BE_CACHED * shape.ring_bytes {
            self.stores = Stores::Ordinary;
        }
        self
    }

    /// Some smaller pieces for each thread, of whole `grains`, where the link or the threads would wait for large ones: the
    /// first of an upload, the last of a download.
    pub(super) fn graded(mut self, grain: usize, direction: Direction) -> Self {
        if self.has_large_chunks {
            self.cuts = self.cuts.graded(self.threads, grain, direction == Direction::DeviceToHost);
        }
        self
    }

    /// For work that costs a thread more than copying: gathering and scattering.
    pub(super) fn with_all_threads(mut self, shape: Shape) -> Self {
        self.threads = shape.lanes.min(self.cuts.pieces()).max(1);
        self
    }

    /// For a device side of so many copies: a chunk of few of them, so that the device begins soon; and few threads, as
    /// every copy takes the driver's lock.
    pub(super) fn for_copies(mut self, copies: usize) -> Self {
        if copies > COPIES_A_CHUNK {
            let Cuts { bytes, chunk, .. } = self.cuts;
            let few = (bytes / copies * COPIES_A_CHUNK).next_multiple_of(GRANULE).min(chunk);
            self.cuts = Cuts::even(bytes, few);
            self.threads = self.threads.min(COPYING_THREADS);
        }
        self
    }

    /// Claims whole large pages, so that no two threads fault the same one, and writes them with ordinary stores: the
    /// kernel has just cleared them, so they are in the cache.
    /// All threads take part: it is the kernel that is waited for.
    pub(super) fn by_large_pages(mut self, address: usize, page: usize, shape: Shape) -> Self {
        let chunk = (self.cuts.chunk.max(1).next_power_of_two() / 2).clamp(1, page / 2);
        self.cuts = Cuts::after_first(self.cuts.bytes, page - address % page, page, chunk);
        self.stores = Stores::Ordinary;
        self.with_all_threads(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAY: Way =
        Way { threads: 8, least_chunk: 128 << 10, most_chunk: 1 << 20, stores: Stores::Ordinary };
    const SHAPE: Shape = Shape { lanes: 12, ring_bytes: 5 << 20 };

    #[test]
    fn a_fast_link_wants_many_threads_and_large_chunks() {
        let fast = Way::from_measured(55e9, 2.5e-6, 6.5e9, 12);
        assert_eq!((fast.threads, fast.least_chunk, fast.most_chunk), (9, 256 << 10, 2 << 20));
        let slow = Way::from_measured(6e9, 5e-6, 6e9, 12);
        assert_eq!((slow.threads, slow.least_chunk), (1, 64 << 10));
        let absurd = Way::from_measured(f64::INFINITY, 1.0, 1e-9, 4);
        assert_eq!((absurd.threads, absurd.least_chunk), (4, 1 << 20));
    }

    #[test]
    fn chunks_grow_with_the_copy_within_bounds() {
        let chunk = |bytes| WAY.plan(bytes, None, 1, SHAPE, 4).cuts.chunk;
        assert_eq!(chunk(1), 128 << 10);
        assert_eq!(chunk(8 << 20), 512 << 10);
        assert_eq!(chunk(1 << 30), 1 << 20);
        assert_eq!(WAY.plan(1 << 30, Some(300_000), 1, SHAPE, 4).cuts.chunk, 300_000);
    }

    #[test]
    fn large_chunks_are_as_many_for_each_thread_with_small_ones_at_the_end_that_waits() {
        let way = Way { most_chunk: 3 << 20, ..WAY };
        let plan = |bytes| way.plan(bytes, None, 1, SHAPE, 4);
        assert_eq!((plan(64 << 20).cuts.pieces() % 8, plan(64 << 20).threads), (0, 8));
        let ends = |direction| {
            let cuts = plan(64 << 20).graded(1, direction).cuts;
            let length = |index: usize| cuts.piece(index).unwrap().len();
            (cuts.pieces() % 8, length(0) * 4 == cuts.chunk, length(cuts.pieces() - 1) * 4 == cuts.chunk)
        };
        assert_eq!(ends(Direction::HostToDevice), (0, true, false));
        assert_eq!(ends(Direction::DeviceToHost), (0, false, true));
        // Small copies have no room for smaller pieces, and what was given is kept.
        let alike = |plan: Plan| plan.graded(1, Direction::HostToDevice).cuts.pieces() == plan.cuts.pieces();
        assert!(alike(plan(1 << 20)) && alike(way.plan(64 << 20, Some(1 << 20), 1, SHAPE, 4)));
        let never = Way { least_chunk: usize::MAX, ..way };
        assert!(alike(never.plan(64 << 20, None, 1, SHAPE, 4)));
    }

    #[test]
    fn no_more_threads_than_pieces_or_lanes() {
        let threads = |bytes, lanes| WAY.plan(bytes, None, 1, Shape { lanes, ..SHAPE }, 4).threads;
        let few = [threads(1, 12), threads(256 << 10, 12), threads(1 << 30, 12), threads(1 << 30, 2)];
        assert_eq!(few, [1, 2, 8, 2]);
    }

    #[test]
    fn rows_stay_whole_where_they_fit() {
        assert_eq!(WAY.plan(1 << 30, None, 23_040, SHAPE, 4).cuts.chunk % 23_040, 0);
        assert_eq!(WAY.plan(1 << 30, None, 3 << 20, SHAPE, 4).cuts.chunk, 1 << 20);
    }
}
