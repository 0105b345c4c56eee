//! A copy that would go through a host buffer goes directly when the host has no room for one.

mod support;

use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use interop::{CudaBuffer, DType, memcpy_d2h, memcpy_h2d};

/// Refuses allocations of one size.
struct Scarce;

static REFUSED: AtomicUsize = AtomicUsize::new(usize::MAX);
static REFUSALS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: what is not refused with null goes to the system's allocator, both ways.
unsafe impl GlobalAlloc for Scarce {
    unsafe fn alloc(&self, block: Block) -> *mut u8 {
        if block.size() == REFUSED.load(Ordering::Relaxed) {
            REFUSALS.fetch_add(1, Ordering::Relaxed);
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(block) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, block: Block) {
        // SAFETY: the caller's promise, of a pointer that came from there.
        unsafe { System.dealloc(pointer, block) }
    }
}

#[global_allocator]
static SCARCE: Scarce = Scarce;

#[test]
fn mirrored_images_arrive_both_ways() {
    const BYTES: usize = 61 * 47 * 3;
    // The transfer engine packs uploads into memory of its own.
    cuda_safe::memory::staging::configure("off".parse().unwrap()).unwrap();
    for device in support::devices() {
        let image = support::ramp(BYTES);
        let mut buffer = CudaBuffer::new(device, &[61, 47, 3], DType::U8).unwrap();
        let (mut mirrored, mut plain) = (vec![0u8; BYTES], vec![0u8; BYTES]);
        let before = REFUSALS.load(Ordering::Relaxed);
        REFUSED.store(BYTES, Ordering::Relaxed);
        let up = memcpy_h2d(&image, buffer.view_mut().unwrap().flip(1).unwrap());
        let down = memcpy_d2h(&buffer, &mut mirrored);
        let back = memcpy_d2h(buffer.view().flip(1).unwrap(), &mut plain);
        REFUSED.store(usize::MAX, Ordering::Relaxed);
        up.and(down).and(back).unwrap();
        assert!(REFUSALS.load(Ordering::Relaxed) >= before + 2, "nothing wanted a buffer");
        assert_eq!(plain, image);
        assert_eq!(&mirrored[46 * 3..47 * 3], &image[..3]);
    }
}
