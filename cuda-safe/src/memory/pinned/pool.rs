//! Blocks without an owner, kept for the next one: one pool for the process.
//!
//! | a block is | from | until |
//! |---|---|---|
//! | used | it is handed out | its owner is dropped |
//! | ready | an owner is dropped that nobody outside knew of: every safe copy has ended then | it is handed out |
//! | resting | an owner is dropped whose address had left | every device was waited for |
//!
//! **Why blocks rest.** `cudaFreeHost` waits for the devices, and programs rely on it: they give a pinned array to an
//! asynchronous copy and drop it. A pool that handed such memory out again at once would let the next owner write what is
//! still being read. Which streams those copies are on is not known here, an event on the default stream tells nothing of
//! streams that do not follow it, so there is nothing to go by but the whole device. One wait is enough for all blocks
//! that rest at that time, so it pays to let several come together.
//!
//! What is kept is bounded, by bytes; what was kept longest goes first. Blocks go back to the device with which they were
//! made, for CUDA names that device when it is asked about the address. Nothing is waited for, made or freed under the
//! lock.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::c_int;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_sys::Runtime;

use crate::call::gate;
use crate::device::Device;
use crate::error::Result;
use crate::memory::pinned::block::{Block, PinnedOrigin};
use crate::memory::pinned::quiet;
use crate::memory::pinned::settings::Settings;
use crate::release;

/// Blocks are whole pages.
const PAGE: usize = 4 << 10;
/// A block is at most an eighth larger than what is asked for.
const STEPS: usize = 16;
/// Blocks of a size that rest together before it is waited for: as many as have so many bytes,
const RESTING_BYTES: usize = 8 << 20;
/// but not more than this.
const RESTING_BLOCKS: usize = 64;

static POOL: Mutex<Pool> = Mutex::new(Pool {
    settings: Settings::DEFAULT,
    shelves: BTreeMap::new(),
    clock: 0,
    stats: Stats { used_bytes: 0, kept_bytes: 0, resting_bytes: 0, allocated_instead: 0 },
});

struct Pool {
    settings: Settings,
    shelves: BTreeMap<Key, Shelf>,
    /// Counts the blocks that came back.
    clock: u64,
    stats: Stats,
}

/// Where a block belongs: the address of its runtime, the ordinal of its device, its bytes.
type Key = (usize, c_int, usize);

#[derive(Default)]
struct Shelf {
    ready: VecDeque<Kept>,
    resting: VecDeque<Kept>,
}

struct Kept {
    since: u64,
    block: Block,
}

/// What the pool holds.
///
/// ```
/// use cuda_safe::PinnedMemory;
/// use cuda_safe::memory::pinned;
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let frame = PinnedMemory::<u8>::new(device, 1 << 20)?;
/// assert_eq!(pinned::stats().used_bytes, 1 << 20);
/// drop(frame);
/// assert_eq!((pinned::stats().used_bytes, pinned::stats().kept_bytes), (0, 1 << 20));
/// assert_eq!(pinned::trim(), 1 << 20);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Bytes that have an owner, of memory that comes from the pool.
    pub used_bytes: usize,
    /// Bytes that are kept for the next owner.
    pub kept_bytes: usize,
    /// Those among the kept bytes that may be handed out only after a wait for the devices.
    pub resting_bytes: usize,
    /// Blocks that came from `cudaHostAlloc` because their pages could not be registered.
    pub allocated_instead: u64,
}

/// What [`configure`] said, or the default.
///
/// ```
/// # use cuda_safe::memory::pinned;
/// println!("at most {} bytes are kept", pinned::settings().keep);
/// ```
pub fn settings() -> Settings {
    if release::barrier().is_some() { Settings::DEFAULT } else { locked().settings }
}

/// Changes how page-locked memory is made from now on, and frees what is kept beyond the new limit.
///
/// # Errors
/// A forked child.
pub fn configure(settings: Settings) -> Result<()> {
    gate("pinned::configure")?;
    let mut pool = locked();
    pool.settings = settings;
    let excess = pool.evict(settings.keep);
    drop(pool);
    free_all(excess);
    Ok(())
}

/// What the pool holds now; nothing in a forked child.
pub fn stats() -> Stats {
    if release::barrier().is_some() { Stats::default() } else { locked().stats }
}

/// Frees all page-locked memory that has no owner, after a wait for the devices if some of it rests. Returns how many bytes
/// went back to the system.
///
/// ```
/// use cuda_safe::PinnedMemory;
/// use cuda_safe::memory::pinned;
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// drop(PinnedMemory::<u8>::zeroed(device, 5000)?);
/// assert_eq!(pinned::trim(), 8192);
/// assert_eq!(pinned::trim(), 0);
/// # Ok(())
/// # }
/// ```
pub fn trim() -> usize {
    if release::barrier().is_some() {
        return 0;
    }
    let all = locked().evict(0);
    free_all(all)
}

/// The bytes of the block for so many bytes, which are at most `isize::MAX` and not none.
pub(super) fn rounded(bytes: usize) -> usize {
    bytes.next_multiple_of((bytes.next_power_of_two() / STEPS).max(PAGE))
}

/// A block that is ready, if there is one; waits for nobody.
pub(super) fn take_ready(device: Device, bytes: usize) -> Option<Block> {
    // Where CUDA may not be called, making a block is what reports it.
    if !release::may_release(device.runtime()) {
        return None;
    }
    locked().take(key(device, bytes))
}

/// A block of `bytes`, which [`rounded`] gave; whether every byte of it is zero.
pub(super) fn take(device: Device, bytes: usize) -> Result<(Block, bool)> {
    // In a forked child the locks are as the parent left them.
    gate("cudaHostAlloc")?;
    if let Some(block) = take_ready(device, bytes).or_else(|| take_rested(device, bytes)) {
        return Ok((block, false));
    }
    let settings = settings();
    let mut made = Block::new(device, bytes, &settings);
    // What is kept for others may be what is missing.
    if made.as_ref().err().is_some_and(|error| error.is_out_of_memory()) && trim() > 0 {
        made = Block::new(device, bytes, &settings);
    }
    let block = made?;
    let mut pool = locked();
    pool.stats.used_bytes += bytes;
    pool.stats.allocated_instead += u64::from(matches!(block.origin(), PinnedOrigin::AllocatedAfter(_)));
    drop(pool);
    Ok((block, true))
}

/// A block for which it was waited, with all others that rest, if enough of its size do.
fn take_rested(device: Device, bytes: usize) -> Option<Block> {
    if !release::may_release(device.runtime()) {
        return None;
    }
    let key = key(device, bytes);
    let pool = locked();
    let together = (RESTING_BYTES / bytes).clamp(1, RESTING_BLOCKS);
    if pool.shelves.get(&key).is_none_or(|shelf| shelf.resting.len() < together) {
        return None;
    }
    let rested = pool.clock;
    drop(pool);
    // If waiting fails the blocks go on resting, and a new one is made.
    quiet::wait(device.runtime()).ok()?;
    let mut pool = locked();
    pool.wake(device.runtime(), rested);
    pool.take(key)
}

/// Takes a block back. `exported`: its address left, and work that nobody here knows of may still use it.
pub(super) fn give(block: Block, exported: bool) {
    let mut pool = locked();
    let Err(block) = pool.put(block, exported) else { return };
    let (bytes, keep) = (block.bytes(), pool.settings.keep);
    let excess = if bytes > keep {
        pool.stats.used_bytes -= bytes;
        vec![(block, exported)]
    } else {
        let excess = pool.evict(keep - bytes);
        // There is room now.
        let _kept = pool.put(block, exported);
        excess
    };
    drop(pool);
    free_all(excess);
}

/// Takes a block back if nothing has to be freed for it.
pub(super) fn give_if_room(block: Block, exported: bool) -> Result<(), Block> {
    locked().put(block, exported)
}

/// Frees a block that does not come back.
///
/// # Errors
/// CUDA's own. If the work of others cannot be waited for, the block is leaked.
pub(super) fn free(block: Block, exported: bool) -> Result<()> {
    gate("cudaFreeHost")?;
    locked().stats.used_bytes -= block.bytes();
    if exported && !block.free_waits() {
        quiet::wait(block.device().runtime())?;
    }
    block.free()
}

/// Frees blocks, waiting first if work of others may use them; returns the bytes that are free. What cannot be waited for
/// is leaked.
fn free_all(blocks: Vec<(Block, bool)>) -> usize {
    let mut quiet: Vec<(usize, bool)> = Vec::new();
    let mut freed = 0;
    for (block, exported) in blocks {
        let (runtime, bytes) = (block.device().runtime(), block.bytes());
        if !release::may_release(runtime) {
            continue;
        }
        if exported && !block.free_waits() {
            let known = quiet.iter().find(|known| known.0 == address(runtime)).map(|known| known.1);
            let is_quiet = known.unwrap_or_else(|| {
                let is_quiet = quiet::wait(runtime).is_ok();
                quiet.push((address(runtime), is_quiet));
                is_quiet
            });
            if !is_quiet {
                continue;
            }
        }
        // Nobody is there to be told of a failure; the memory is lost then.
        freed += if block.free().is_ok() { bytes } else { 0 };
    }
    freed
}

impl Pool {
    fn take(&mut self, key: Key) -> Option<Block> {
        // The one that came back last is the likeliest to be in a cache.
        let kept = self.shelves.get_mut(&key)?.ready.pop_back()?;
        self.stats.kept_bytes -= key.2;
        self.stats.used_bytes += key.2;
        Some(kept.block)
    }

    /// Puts a block on its shelf, if there is room for it beside the others.
    fn put(&mut self, block: Block, exported: bool) -> Result<(), Block> {
        let bytes = block.bytes();
        if self.stats.kept_bytes.checked_add(bytes).is_none_or(|sum| sum > self.settings.keep) {
            return Err(block);
        }
        self.clock += 1;
        self.stats.used_bytes -= bytes;
        self.stats.kept_bytes += bytes;
        self.stats.resting_bytes += if exported { bytes } else { 0 };
        let shelf = self.shelves.entry(key(block.device(), bytes)).or_default();
        let queue = if exported { &mut shelf.resting } else { &mut shelf.ready };
        queue.push_back(Kept { since: self.clock, block });
        Ok(())
    }

    /// Blocks of the runtime that rested by the time `until` are ready.
    fn wake(&mut self, runtime: &'static Runtime, until: u64) {
        let of_runtime = (address(runtime), c_int::MIN, 0)..=(address(runtime), c_int::MAX, usize::MAX);
        for (key, shelf) in self.shelves.range_mut(of_runtime) {
            while shelf.resting.front().is_some_and(|kept| kept.since <= until) {
                shelf.ready.extend(shelf.resting.pop_front());
                self.stats.resting_bytes -= key.2;
            }
        }
    }

    /// Takes out what was kept longest until at most `keep` bytes are left; and whether each was exported.
    fn evict(&mut self, keep: usize) -> Vec<(Block, bool)> {
        let mut out = Vec::new();
        while self.stats.kept_bytes > keep {
            let age = |shelf: &Shelf| {
                let ends = [shelf.ready.front(), shelf.resting.front()];
                ends.into_iter().flatten().map(|kept| kept.since).min()
            };
            let oldest = self.shelves.iter_mut().filter_map(|(key, shelf)| Some((age(shelf)?, key.2, shelf)));
            let Some((since, bytes, shelf)) = oldest.min_by_key(|(since, ..)| *since) else { break };
            let exported = shelf.resting.front().is_some_and(|kept| kept.since == since);
            let queue = if exported { &mut shelf.resting } else { &mut shelf.ready };
            out.extend(queue.pop_front().map(|kept| (kept.block, exported)));
            self.stats.kept_bytes -= bytes;
            self.stats.resting_bytes -= if exported { bytes } else { 0 };
        }
        self.shelves.retain(|_, shelf| !(shelf.ready.is_empty() && shelf.resting.is_empty()));
        out
    }
}

fn key(device: Device, bytes: usize) -> Key {
    (address(device.runtime()), device.raw_ordinal(), bytes)
}

fn address(runtime: &'static Runtime) -> usize {
    std::ptr::from_ref(runtime).addr()
}

fn locked() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_whole_pages_and_not_much_more_than_was_asked_for() {
        for (bytes, block) in [
            (1, 4096),
            (4096, 4096),
            (4097, 8192),
            (1 << 20, 1 << 20),
            ((1 << 20) + 1, (1 << 20) + (128 << 10)),
        ] {
            assert_eq!(rounded(bytes), block, "{bytes}");
        }
        for shift in 12..40 {
            for bytes in [(1usize << shift) + 1, (1 << shift) * 3 / 2 + 5, (1 << shift) - 1] {
                let block = rounded(bytes);
                assert!(block >= bytes && block.is_multiple_of(PAGE));
                assert!(block - bytes < PAGE.max(bytes / 8), "{bytes}: {block}");
                assert_eq!(rounded(block), block);
            }
        }
        assert!(rounded(isize::MAX as usize) > isize::MAX as usize);
    }
}
