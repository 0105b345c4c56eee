//! A look at the machine, once: how fast the link is, what a copy costs beside its bytes, how fast one core copies.
//!
//! It takes a few milliseconds. What follows from it is arithmetic: enough threads to keep the link busy, and chunks
//! that are not mostly overhead.

use std::time::Instant;

use crate::device::Device;
use crate::error::Result;
use crate::memory::copy::{Direction, enqueue};
use crate::memory::device::DeviceMemory;
use crate::memory::staging::kernel::{Stores, copy};
use crate::memory::staging::tuning::{Tuning, Way};
use crate::stream::StreamRef;

/// A block that crosses the link in one copy.
const BLOCK: usize = 2 << 20;
/// Blocks of a run that is timed.
const BLOCKS: usize = 4;
/// Small copies of a run that is timed.
const SMALL_COPIES: usize = 16;
/// A copy so small that its bytes cost nothing.
const SMALL: usize = 4 << 10;
/// Threads that copy at once slow each other down, and what they copy is seldom in a cache as it is here. This is a
/// guess; large copies find out.
const THREADS_FOR_ONE: f64 = 2.0;

/// What a link carries, in bytes a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    pub(super) up: u64,
    pub(super) down: u64,
}

/// Device memory to measure with.
pub(super) fn memory(device: Device, room: usize) -> Result<DeviceMemory<u8>> {
    DeviceMemory::new(device, BLOCK.min(room))
}

/// Measures the link of a device between `memory` and page-locked memory of as many bytes. Neither is freed here: that
/// waits for all that the device has to do, which may wait for this thread.
///
/// # Safety
/// Nobody else uses `outside`, which has the length of `memory`, or either memory until this returns.
pub(super) unsafe fn measure(
    stream: StreamRef<'_>,
    memory: &DeviceMemory<u8>,
    outside: *mut u8,
    most_threads: usize,
) -> Result<(Tuning, Links)> {
    let (inside, size) = (memory.as_ptr().cast_mut(), memory.len());
    let run = |copies: usize, bytes: usize, direction: Direction| {
        let (dst, src) =
            if direction == Direction::HostToDevice { (inside, outside) } else { (outside, inside) };
        best(|| {
            for _ in 0..copies {
                // SAFETY: both blocks have that many bytes; the stream is waited for below, and by `settle` on failure.
                unsafe { enqueue(stream, dst.cast(), src.cast(), bytes, direction) }?;
            }
            stream.synchronize()
        })
    };
    let measured = (|| {
        let block = (size * BLOCKS) as f64;
        let small = run(SMALL_COPIES, SMALL.min(size), Direction::HostToDevice)? / SMALL_COPIES as f64;
        let up = block / run(BLOCKS, size, Direction::HostToDevice)?;
        let down = block / run(BLOCKS, size, Direction::DeviceToHost)?;
        Ok((small, up, down))
    })();
    // Both blocks are somebody else's: nothing may be under way.
    let (overhead, up, down) = stream.settle().and(measured)?;
    let source = vec![1u8; size * BLOCKS];
    let staging = best(|| {
        for block in source.chunks_exact(size) {
            // SAFETY: the pinned block is as long, and no copy is under way.
            unsafe { copy(block.as_ptr(), outside, size, Stores::Streaming) };
        }
        Ok(())
    })?;
    let core = (size * BLOCKS) as f64 / staging;
    let way = |link: f64| Way::from_measured(link, overhead, core / THREADS_FOR_ONE, most_threads);
    let tuning = Tuning { upload: way(up), download: way(down) };
    Ok((tuning, Links { up: up as u64, down: down as u64 }))
}

/// The shortest of three runs, in seconds.
fn best(mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let begun = Instant::now();
        run()?;
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Ok(best.max(1e-9))
}
