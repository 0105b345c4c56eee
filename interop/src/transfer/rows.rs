//! What moves elements in host memory, as a [`HostCopy`] lists them: transposed matrices in blocks, all else in one loop
//! over rows of runs.

use std::ptr;

use cuda_safe::memory::staging::Stores;

use crate::layout::{HostCopy, Row};
use crate::transfer::{channels, turn};

/// Copies every run of the plan. Common widths are known when the loop is compiled. Streaming stores are for copies whose
/// result nobody reads soon on this core.
///
/// # Safety
/// Each run that the plan reads, counted from `source`, is readable, each that it writes, counted from `destination`, is
/// writable, and what is read is not written.
pub(super) unsafe fn copy(plan: &HostCopy, destination: *mut u8, source: *const u8, stores: Stores) {
    let width = plan.width();
    if let Some((matrix, first)) = plan.matrix() {
        let (blocks, pixels) = (turn::suits(&matrix, width), channels::suits(&matrix, width));
        if blocks || pixels {
            let turn = if blocks { turn::copy } else { channels::copy };
            for start in plan.starts() {
                let to = destination.wrapping_offset(start.destination + first.destination);
                let from = source.wrapping_offset(start.source + first.source);
                // SAFETY: the caller's promise, of the runs in this matrix.
                unsafe { turn(&matrix, width, to, from, stores) };
            }
            return;
        }
    }
    plan.for_each(|row| {
        // SAFETY: the caller's promise, of this row; the width is that of the plan.
        let run = |width| unsafe { copy_row(row, width, destination, source) };
        match width {
            1 => run(1),
            2 => run(2),
            3 => run(3),
            4 => run(4),
            8 => run(8),
            16 => run(16),
            _ => run(width),
        }
    });
}

/// # Safety
/// As [`copy`], for the runs of this row, which are `width` bytes wide.
#[inline(always)]
unsafe fn copy_row(row: Row, width: usize, destination: *mut u8, source: *const u8) {
    let mut to = destination.wrapping_offset(row.destination);
    let mut from = source.wrapping_offset(row.source);
    for _ in 0..row.count {
        // SAFETY: the caller's promise, of this run.
        unsafe { ptr::copy_nonoverlapping(from, to, width) };
        // Past the last run nothing is read or written.
        to = to.wrapping_offset(row.destination_stride);
        from = from.wrapping_offset(row.source_stride);
    }
}
