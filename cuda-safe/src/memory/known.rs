//! Host memory that this crate has page-locked, which it knows of without asking the runtime.
//!
//! Asking takes longer than all else that is done about a small copy. Whoever asks here holds a borrow of the memory: if it lies
//! in a range that is page-locked now, it stays so until the borrow ends, for the range's owner outlives it.
//!
//! A thread keeps the last answer. Ranges come and go seldom (blocks that are kept for their next owner stay), and each time
//! the version changes, which makes all answers old.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use cuda_sys::Runtime;

use crate::device::Device;
use crate::error::Result;
use crate::memory::attributes::{MemoryKind, PointerAttributes};
use crate::release;

/// A range by its first address: its length, and the address of the runtime (they live forever) that has it page-locked.
type Ranges = BTreeMap<usize, (usize, usize)>;

static RANGES: RwLock<Ranges> = RwLock::new(BTreeMap::new());

/// Changed under the lock. Whoever is handed memory synchronises with the thread that has made it or freed it, and so sees the
/// version of that change or a later one. No other memory is read by it, so it needs no order of its own.
static VERSION: AtomicU64 = AtomicU64::new(1);

#[derive(Clone, Copy)]
struct Answer {
    version: u64,
    runtime: usize,
    start: usize,
    len: usize,
    is_locked: bool,
}

thread_local! {
    /// Version 0 there never was.
    static LAST: Cell<Answer> =
        const { Cell::new(Answer { version: 0, runtime: 0, start: 0, len: 0, is_locked: false }) };
}

impl MemoryKind {
    /// The kind of host memory that the caller borrows, from this address on. The runtime is asked only if it is not
    /// [known](Self::is_known_page_locked).
    ///
    /// ```
    /// use cuda_safe::{MemoryKind, PinnedMemory};
    ///
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let frame = PinnedMemory::<u8>::zeroed(device, 4096)?;
    /// assert_eq!(MemoryKind::of_host(device, &raw const frame[100])?, MemoryKind::Host);
    /// assert_eq!(MemoryKind::of_host(device, &raw const device)?, MemoryKind::Unregistered);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaPointerGetAttributes")]
    #[inline]
    pub fn of_host<T>(device: Device, pointer: *const T) -> Result<Self> {
        if Self::is_known_page_locked(device, pointer) {
            return Ok(Self::Host);
        }
        Ok(PointerAttributes::of(device.runtime(), pointer)?.kind)
    }

    /// Whether this crate has page-locked the host memory that the caller borrows, from this address on: as
    /// [`PinnedMemory`](super::PinnedMemory), or [`Registered`](super::Registered). Nothing is asked. Of memory that nobody keeps the
    /// answer may be out of date.
    #[inline]
    pub fn is_known_page_locked<T>(device: Device, pointer: *const T) -> bool {
        let (runtime, address, last) = (identity(device.runtime()), pointer.addr(), LAST.get());
        if last.version == VERSION.load(Relaxed)
            && last.runtime == runtime
            && address.wrapping_sub(last.start) < last.len
        {
            return last.is_locked;
        }
        look_up(runtime, address)
    }
}

#[cold]
#[inline(never)]
fn look_up(runtime: usize, address: usize) -> bool {
    // In a forked child the lock may be as another thread of the parent held it.
    if release::barrier().is_some() {
        return false;
    }
    let ranges = RANGES.read().unwrap_or_else(PoisonError::into_inner);
    let before = ranges.range(..=address).next_back().map(|(&start, &(len, of))| (start, len, of));
    let (start, len, is_locked) = match before {
        Some((start, len, of)) if address - start < len => (start, len, of == runtime),
        // Between two ranges, or beside all of them.
        before => {
            let start = before.map_or(0, |(start, len, _)| start + len);
            let end = ranges.range(address..).next().map_or(usize::MAX, |(&next, _)| next);
            (start, end - start, false)
        }
    };
    LAST.set(Answer { version: VERSION.load(Relaxed), runtime, start, len, is_locked });
    is_locked
}

/// A range has become page-locked.
pub(super) fn enter(runtime: &'static Runtime, start: usize, len: usize) {
    let mut ranges = locked();
    ranges.insert(start, (len, identity(runtime)));
    VERSION.fetch_add(1, Relaxed);
}

/// A range will not be page-locked any longer; before it is handed back.
pub(super) fn leave(start: usize) {
    // In a forked child the lock may be as another thread of the parent held it.
    if release::barrier().is_some() {
        return;
    }
    let mut ranges = locked();
    ranges.remove(&start);
    VERSION.fetch_add(1, Relaxed);
}

fn locked() -> RwLockWriteGuard<'static, Ranges> {
    RANGES.write().unwrap_or_else(PoisonError::into_inner)
}

fn identity(runtime: &'static Runtime) -> usize {
    std::ptr::from_ref(runtime).addr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::pinned::{PinnedFlags, PinnedMemory};
    use crate::memory::registered::Registered;

    fn is_known(device: Device, address: usize) -> bool {
        MemoryKind::is_known_page_locked(device, std::ptr::without_provenance::<u8>(address))
    }

    #[test]
    fn memory_is_known_from_its_first_byte_to_its_last_and_as_long_as_it_is_page_locked() {
        // A runtime that no other test has.
        let runtime = cuda_emulator::runtime_without(cuda_emulator::Flavour::Cuda13, &["cudaMemset"]);
        let device = Device::new(runtime, 0).unwrap();
        let known = |address: usize| is_known(device, address);
        let memory = PinnedMemory::<u8>::with_flags(device, 5000, PinnedFlags::MAPPED).unwrap();
        let start = memory.as_ptr().addr();
        for (address, expected) in
            [(start, true), (start + 4999, true), (start - 1, false), (start + 5000, false)]
        {
            // Once looked up, once remembered.
            assert_eq!([known(address), known(address)], [expected; 2], "{}", address.wrapping_sub(start));
        }
        let other = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda12), 0).unwrap();
        for _ in 0..2 {
            assert!(!is_known(other, start));
            assert!(known(start));
        }
        memory.close().unwrap();
        assert!(!known(start));
    }

    #[test]
    fn an_answer_holds_for_what_lies_between_two_ranges_and_no_further() {
        let runtime = cuda_emulator::runtime_without(cuda_emulator::Flavour::Cuda13, &["cudaMemset"]);
        let device = Device::new(runtime, 0).unwrap();
        let mut memory = vec![0u8; 400];
        let start = memory.as_ptr().addr();
        let known = |at: usize| is_known(device, start + at);
        let expected = |at: usize| (100..200).contains(&at) || (250..300).contains(&at);
        let (_, later) = memory.split_at_mut(100);
        let (first, later) = later.split_at_mut(150);
        Registered::scope(device, &mut first[..100], |_| {
            Registered::scope(device, &mut later[..50], |_| {
                for at in 0..400 {
                    for next in [0, 99, 100, 199, 200, 249, 250, 299, 300, 399] {
                        // What is remembered of one address must not mislead about another one.
                        assert_eq!((known(at), known(next)), (expected(at), expected(next)), "{at}, {next}");
                    }
                }
            })
        })
        .unwrap()
        .unwrap();
        assert!((0..400).all(|at| !known(at)));
    }

    #[test]
    fn registered_memory_is_known_until_it_is_given_back() {
        let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0).unwrap();
        let known = |slice: &[u8]| is_known(device, slice.as_ptr().addr());
        let vector = vec![0u8; 4096];
        assert!(!known(&vector));
        let registered = Registered::new(device, vector).unwrap();
        assert!(known(&registered));
        let mut vector = registered.into_vec().unwrap();
        assert!(!known(&vector));
        assert!(Registered::scope(device, &mut vector, |vector| known(vector)).unwrap());
        assert!(!known(&vector));
    }
}
