//! Memory from the operating system: what a device hands out, and what the host may touch.
//!
//! Device memory exists twice. The *reservation* is the range whose addresses programs get: nothing is mapped in it, so
//! host code that reads a device pointer faults. Its *shadow*, of the same size, holds the bytes; only the emulator reads
//! and writes it. Both stay until the process ends. Pinned and managed memory are ordinary pages, returned when dropped.

use std::io;
use std::ptr;

/// New memory is filled with this.
pub(crate) const UNINITIALISED: u8 = 0xCD;
/// Freed memory is filled with this.
pub(crate) const FREED: u8 = 0xDD;

/// Only this much at each end of a new large block is filled, so that its middle costs no host memory until it is written.
const FILLED_END: usize = 32 << 20;
/// Freed blocks above this size go back to the operating system and read as zero.
const KEPT: usize = 1 << 20;

/// The unit in which the operating system maps memory.
const PAGE: usize = 4096;

/// The addresses of one device and the bytes behind them.
pub(crate) struct Reservation {
    base: usize,
    shadow: usize,
    size: usize,
}

impl Reservation {
    /// Reserves `size` bytes of addresses twice.
    pub(crate) fn new(size: usize) -> io::Result<Self> {
        let base = map(size, libc::PROT_NONE)?;
        let shadow = map(size, libc::PROT_READ | libc::PROT_WRITE)?;
        Ok(Self { base, shadow, size })
    }

    /// The address that programs see for an offset into the device's range.
    pub(crate) fn address(&self, offset: usize) -> usize {
        self.base + offset
    }

    /// The offset of an address, if it lies in this range.
    pub(crate) fn offset(&self, address: usize) -> Option<usize> {
        address.checked_sub(self.base).filter(|&offset| offset < self.size)
    }

    /// Whether any of the `length` bytes from `address` on lie in this range.
    pub(crate) fn meets(&self, address: usize, length: usize) -> bool {
        address < self.base + self.size && self.base < address.saturating_add(length)
    }

    /// What must be added (wrapping) to an address of this range to get where its byte is kept.
    pub(crate) fn shadow_distance(&self) -> usize {
        self.shadow.wrapping_sub(self.base)
    }

    /// Fills a block that is handed out.
    pub(crate) fn fill_new(&self, offset: usize, size: usize) {
        if size <= 2 * FILLED_END {
            self.fill(offset, size, UNINITIALISED);
        } else {
            self.fill(offset, FILLED_END, UNINITIALISED);
            self.fill(offset + size - FILLED_END, FILLED_END, UNINITIALISED);
        }
    }

    /// Poisons a block that came back.
    pub(crate) fn fill_freed(&self, offset: usize, size: usize) {
        if size <= KEPT {
            self.fill(offset, size, FREED);
            return;
        }
        let (start, end) = (offset.next_multiple_of(PAGE), (offset + size) / PAGE * PAGE);
        self.fill(offset, start - offset, FREED);
        self.fill(end, offset + size - end, FREED);
        let pages = ptr::with_exposed_provenance_mut(self.shadow + start);
        // SAFETY: whole pages of the shadow mapping, which nothing but the emulator refers to.
        unsafe { libc::madvise(pages, end - start, libc::MADV_DONTNEED) };
    }

    fn fill(&self, offset: usize, size: usize, byte: u8) {
        debug_assert!(offset + size <= self.size, "a block lies within its range");
        let start = ptr::with_exposed_provenance_mut::<u8>(self.shadow + offset);
        // SAFETY: the arena gave out [offset, offset + size) within the shadow mapping, which is writable and never unmapped.
        unsafe { start.write_bytes(byte, size) };
    }
}

/// Pages that both the host and the devices use; unmapped when dropped, so that late uses by the host fault.
pub(crate) struct HostPages {
    start: usize,
    mapped: usize,
}

impl HostPages {
    /// `size` bytes, more than zero, filled like new device memory.
    pub(crate) fn new(size: usize) -> io::Result<Self> {
        let mapped = size.checked_next_multiple_of(PAGE).ok_or(io::ErrorKind::OutOfMemory)?;
        let start = map(mapped, libc::PROT_READ | libc::PROT_WRITE)?;
        let bytes = ptr::with_exposed_provenance_mut::<u8>(start);
        // SAFETY: the first bytes of a mapping of at least this size, made above.
        unsafe { bytes.write_bytes(UNINITIALISED, size.min(2 * FILLED_END)) };
        Ok(Self { start, mapped })
    }

    /// The address of the first byte.
    pub(crate) fn address(&self) -> usize {
        self.start
    }
}

impl Drop for HostPages {
    fn drop(&mut self) {
        // SAFETY: this mapping was made by `new` and is owned by `self`; the table of allocations no longer lists it.
        unsafe { libc::munmap(ptr::with_exposed_provenance_mut(self.start), self.mapped) };
    }
}

/// Maps fresh zeroed pages that cost host memory only once they are written to.
fn map(size: usize, protection: libc::c_int) -> io::Result<usize> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: an anonymous mapping at an address of the kernel's choice touches no existing memory.
    let address = unsafe { libc::mmap(ptr::null_mut(), size, protection, flags, -1, 0) };
    if address == libc::MAP_FAILED {
        Err(io::Error::last_os_error())
    } else {
        Ok(address.expose_provenance())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn byte(reservation: &Reservation, offset: usize) -> u8 {
        let address = reservation.address(offset).wrapping_add(reservation.shadow_distance());
        // SAFETY: the shadow of an offset within the reservation is readable.
        unsafe { ptr::with_exposed_provenance::<u8>(address).read() }
    }

    #[test]
    fn new_and_freed_blocks_are_filled() {
        let reservation = Reservation::new(1 << 20).unwrap();
        reservation.fill_new(512, 1024);
        assert_eq!(
            [511, 512, 1535, 1536].map(|at| byte(&reservation, at)),
            [0, UNINITIALISED, UNINITIALISED, 0]
        );
        reservation.fill_freed(512, 1024);
        assert_eq!([511, 512, 1535, 1536].map(|at| byte(&reservation, at)), [0, FREED, FREED, 0]);
    }

    #[test]
    fn large_freed_blocks_lose_their_bytes() {
        let reservation = Reservation::new(4 << 20).unwrap();
        let size = KEPT + 3 * 512;
        reservation.fill_new(512, size);
        reservation.fill_freed(512, size);
        assert!((512..512 + size).all(|at| matches!(byte(&reservation, at), 0 | FREED)));
    }

    #[test]
    fn addresses_map_to_offsets() {
        let reservation = Reservation::new(1 << 20).unwrap();
        assert_eq!(reservation.offset(reservation.address(77)), Some(77));
        assert_eq!(reservation.offset(reservation.address(0) - 1), None);
        assert_eq!(reservation.offset(reservation.address(1 << 20)), None);
        assert!(reservation.meets(reservation.address(0) - 1, 2));
        assert!(!reservation.meets(reservation.address(0) - 1, 1));
    }
}
