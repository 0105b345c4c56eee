//! A look at the machine, once: how fast the link is, what a copy costs beside its bytes, how fast one core copies.
//!
//! It takes a few milliseconds. What follows from it is arithmetic: enough threads to keep the link busy, and chunks
//! that are not mostly overhead.

use std::time::Instant;

use crate::device::Device;
use crate::error::Result;
use crate::memory::copy::{Direction, enqueue};
use crate::memory::device::DeviceMemory;
use crate::memory::pinned::{PinnedFlags, PinnedMemory};
use crate::memory::staging::kernel::{Stores, copy};
use crate::memory::staging::tuning::{Tuning, Way};
use crate::stream::{Stream, StreamOptions};

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

/// Measures the link of a device.
pub(super) fn measure(device: Device, most_threads: usize) -> Result<(Tuning, Links)> {
    let stream = Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() })?;
    let memory = DeviceMemory::<u8>::new(device, BLOCK)?;
    let mut pinned = PinnedMemory::<u8>::apart(device, BLOCK, PinnedFlags::default())?;
    let (inside, outside) = (memory.as_ptr().cast_mut(), pinned.as_mut_ptr());
    let run = |copies: usize, bytes: usize, direction: Direction| {
        let (dst, src) =
            if direction == Direction::HostToDevice { (inside, outside) } else { (outside, inside) };
        best(|| {
            for _ in 0..copies {
                // SAFETY: both blocks have that many bytes; the stream is waited for below, and by `settle` on failure.
                unsafe { enqueue(stream.as_ref(), dst.cast(), src.cast(), bytes, direction) }?;
            }
            stream.synchronize()
        })
    };
    let measured = (|| {
        let block = (BLOCK * BLOCKS) as f64;
        let small = run(SMALL_COPIES, SMALL, Direction::HostToDevice)? / SMALL_COPIES as f64;
        let up = block / run(BLOCKS, BLOCK, Direction::HostToDevice)?;
        let down = block / run(BLOCKS, BLOCK, Direction::DeviceToHost)?;
        Ok((small, up, down))
    })();
    // Both blocks go out of scope: nothing may be under way.
    let (overhead, up, down) = stream.as_ref().settle().and(measured)?;
    let source = vec![1u8; BLOCK * BLOCKS];
    let staging = best(|| {
        for block in source.chunks_exact(BLOCK) {
            // SAFETY: the pinned block is as long, and no copy is under way.
            unsafe { copy(block.as_ptr(), outside, BLOCK, Stores::Streaming) };
        }
        Ok(())
    })?;
    let core = (BLOCK * BLOCKS) as f64 / staging;
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
