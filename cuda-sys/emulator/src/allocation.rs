//! One allocation: what the emulator knows about a block of memory that CUDA tracks.
//!
//! Stream-ordered memory has two times. In program order, a block is usable from the allocating call to the freeing call;
//! on the device, it is alive from the moment the stream reaches the allocation to the moment it reaches the free. A block
//! carries both: `id` is the allocation that program order sees, `live` the one that the device has reached. An operation
//! remembers the `id` it was issued with and fails unless that is the live one when it runs.

use crate::address_space::HostPages;
use crate::leak::LeakKind;
use crate::leak::Site;

/// How memory was allocated, and so how it must be freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Device,
    /// From the pool with this number.
    Pooled(u64),
    Pinned,
    Registered,
    Managed,
}

impl Kind {
    /// The name under which a leak is reported.
    pub(crate) fn leak(self) -> LeakKind {
        match self {
            Self::Device => LeakKind::Device,
            Self::Pooled(_) => LeakKind::Pool,
            Self::Pinned => LeakKind::Pinned,
            Self::Registered => LeakKind::Registered,
            Self::Managed => LeakKind::Managed,
        }
    }
}

/// Where managed memory should be, as told by `cudaMemAdvise` and `cudaMemPrefetchAsync`: -1 is the host, -2 nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Advice {
    pub(crate) read_mostly: bool,
    pub(crate) preferred: i32,
    pub(crate) prefetched: i32,
    /// One bit a device, and one for the host.
    pub(crate) accessed_by: u128,
}

impl Default for Advice {
    fn default() -> Self {
        Self { read_mostly: false, preferred: -2, prefetched: -2, accessed_by: 0 }
    }
}

/// A block of tracked memory.
pub(crate) struct Allocation {
    pub(crate) start: usize,
    /// The size asked for: nothing beyond it may be touched.
    pub(crate) size: usize,
    /// What it takes from its device's arena, in bytes; 0 for host memory.
    pub(crate) block: usize,
    pub(crate) kind: Kind,
    pub(crate) device: usize,
    /// `cudaHostAlloc`'s or `cudaHostRegister`'s flags.
    pub(crate) flags: u32,
    pub(crate) id: u64,
    pub(crate) live: Option<u64>,
    /// The stream in which its free was issued.
    pub(crate) freed_by: Option<u64>,
    pub(crate) advice: Advice,
    pub(crate) site: Option<Site>,
    /// The host memory itself, where the emulator owns it.
    #[expect(dead_code, reason = "held so that it is unmapped when the allocation goes")]
    pub(crate) pages: Option<HostPages>,
}

impl Allocation {
    /// The first address after it.
    pub(crate) fn end(&self) -> usize {
        self.start + self.size
    }
}
