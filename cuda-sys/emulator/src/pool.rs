//! One memory pool: how much of its device's memory it holds and how much of that is in use. Arithmetic only.
//!
//! A pool reserves memory from its device in chunks. What is freed stays reserved until the next synchronisation, which
//! gives back everything above the release threshold, as CUDA's pools do.

use std::collections::BTreeMap;

/// Pools reserve memory in multiples of this.
const CHUNK: u64 = 2 << 20;

/// The rights that the owner device of a pool always has: `cudaMemAccessFlagsProtReadWrite`.
pub(crate) const READ_WRITE: u32 = 3;

/// A pool of one device.
pub(crate) struct Pool {
    pub(crate) device: usize,
    /// The pool that CUDA made; it cannot be destroyed.
    pub(crate) default: bool,
    /// Destroyed by the program; it lives on while memory of it does.
    pub(crate) destroyed: bool,
    pub(crate) used: u64,
    pub(crate) used_high: u64,
    pub(crate) reserved: u64,
    pub(crate) reserved_high: u64,
    pub(crate) release_threshold: u64,
    /// 0 is no limit but the device's.
    pub(crate) max_size: u64,
    /// The three reuse policies, by their attribute's number less one.
    pub(crate) reuse: [i32; 3],
    /// `cudaMemAccessFlags` of the devices other than the owner.
    access: BTreeMap<usize, u32>,
    /// Blocks whose free was issued but not reached: (stream, block size, address).
    pub(crate) freed: Vec<(u64, usize, usize)>,
}

impl Pool {
    /// An empty pool.
    pub(crate) fn new(device: usize, default: bool, max_size: u64) -> Self {
        Self {
            device,
            default,
            destroyed: false,
            used: 0,
            used_high: 0,
            reserved: 0,
            reserved_high: 0,
            release_threshold: 0,
            max_size,
            reuse: [1; 3],
            access: BTreeMap::new(),
            freed: Vec::new(),
        }
    }

    /// How many bytes the pool must reserve in addition before `bytes` more are used; none if its limit forbids it.
    pub(crate) fn missing(&self, bytes: u64) -> Option<u64> {
        let wanted = self.used.checked_add(bytes)?;
        if self.max_size != 0 && wanted > self.max_size {
            return None;
        }
        Some(wanted.checked_next_multiple_of(CHUNK)?.saturating_sub(self.reserved))
    }

    /// Takes `bytes` into use, after `reserved` more were reserved for it.
    pub(crate) fn take(&mut self, bytes: u64, reserved: u64) {
        self.used += bytes;
        self.reserved += reserved;
        self.used_high = self.used_high.max(self.used);
        self.reserved_high = self.reserved_high.max(self.reserved);
    }

    /// Gives `bytes` back to the pool.
    pub(crate) fn give_back(&mut self, bytes: u64) {
        self.used -= bytes;
    }

    /// What the pool would give back to its device if it had to keep `keep` bytes.
    pub(crate) fn surplus(&self, keep: u64) -> u64 {
        let kept = self.used.max(keep).checked_next_multiple_of(CHUNK).unwrap_or(u64::MAX);
        self.reserved.saturating_sub(kept)
    }

    /// Gives the surplus over `keep` bytes back to the device and says how much that is.
    pub(crate) fn trim(&mut self, keep: u64) -> u64 {
        let surplus = self.surplus(keep);
        self.reserved -= surplus;
        surplus
    }

    /// What `device` may do with the pool's memory, as `cudaMemAccessFlags`.
    pub(crate) fn access(&self, device: usize) -> u32 {
        if device == self.device { READ_WRITE } else { self.access.get(&device).copied().unwrap_or(0) }
    }

    /// Sets it.
    pub(crate) fn set_access(&mut self, device: usize, flags: u32) {
        self.access.insert(device, flags);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(pool: &mut Pool, bytes: u64) {
        let missing = pool.missing(bytes).unwrap();
        pool.take(bytes, missing);
    }

    #[test]
    fn freed_memory_stays_reserved_until_it_is_trimmed() {
        let mut pool = Pool::new(0, false, 0);
        take(&mut pool, 3 << 20);
        assert_eq!((pool.used, pool.reserved), (3 << 20, 4 << 20));
        pool.give_back(3 << 20);
        assert_eq!((pool.used, pool.reserved), (0, 4 << 20));
        assert_eq!(pool.missing(4 << 20), Some(0));
        assert_eq!(pool.trim(1), 2 << 20);
        assert_eq!(pool.trim(0), 2 << 20);
        assert_eq!((pool.used_high, pool.reserved_high), (3 << 20, 4 << 20));
    }

    #[test]
    fn a_limit_is_kept() {
        let mut pool = Pool::new(0, false, 4096);
        take(&mut pool, 4096);
        assert_eq!(pool.missing(1), None);
        pool.give_back(1);
        assert_eq!(pool.missing(1), Some(0));
    }
}
