//! `cudaMemcpyBatchAsync`: many copies in one call. The majors pass the same batch with different signatures.

use std::ffi::c_void;

use cuda_sys::cudart::{cudaMemcpyKind, cudaMemcpySrcAccessOrder, cudaStream_t};

use super::argument::array;
use crate::copy::{Plan, Timing};
use crate::emulator;
use crate::lock::read;
use crate::outcome::{Code, Outcome};
use crate::shape::{Placed, Shape};

/// A batch as C passes it.
pub(super) struct Batch {
    pub(super) to: *const *mut c_void,
    pub(super) from: *const *const c_void,
    pub(super) sizes: *const usize,
    pub(super) count: usize,
    /// When the sources may be read, one for each group of copies, and the first copy of each group.
    pub(super) orders: Vec<cudaMemcpySrcAccessOrder>,
    pub(super) groups: *const usize,
}

impl Batch {
    /// Checks all copies, then issues them. If one is wrong, nothing is issued and its index is given.
    ///
    /// # Safety
    ///
    /// The arrays have the lengths that C's contract says, and the copies are valid as for `cudaMemcpyAsync`.
    pub(super) unsafe fn issue(&self, stream: cudaStream_t) -> Result<(), (Code, Option<usize>)> {
        let whole = |code: Code| (code, None);
        // SAFETY: the caller's promise.
        let to = unsafe { array(self.to, self.count) }.map_err(whole)?;
        // SAFETY: the caller's promise.
        let from = unsafe { array(self.from, self.count) }.map_err(whole)?;
        // SAFETY: the caller's promise.
        let sizes = unsafe { array(self.sizes, self.count) }.map_err(whole)?;
        // SAFETY: the caller's promise.
        let groups = unsafe { array(self.groups, self.orders.len()) }.map_err(whole)?;
        let increasing = groups.windows(2).all(|pair| pair[0] < pair[1]);
        let covers = groups.first() == Some(&0) && groups.last().is_some_and(|&last| last < self.count);
        // The legacy stream does not take batches.
        if !increasing || !covers || matches!(stream.addr(), 0 | 1) {
            return Err(whole(Code::cudaErrorInvalidValue));
        }
        let timings =
            self.orders.iter().map(|&order| timing(order)).collect::<Outcome<Vec<_>>>().map_err(whole)?;
        let emulator = emulator::get().map_err(whole)?;
        let (stream, device) = emulator.stream(stream).map_err(whole)?;
        let mut plans = Vec::with_capacity(self.count);
        let copies = to.iter().zip(from).zip(sizes).enumerate();
        for (index, ((to, from), &size)) in copies {
            let wrong = |code: Code| (code, Some(index));
            let place = |address| Placed { address, row: size, slice: size };
            let (to, from) = (place(to.expose_provenance()), place(from.expose_provenance()));
            let (kind, shape) = (cudaMemcpyKind::cudaMemcpyDefault, Shape::row(size));
            let plan = Plan::new(&read(&emulator.memory), to, from, shape, kind).map_err(wrong)?;
            // A batch has no empty copies.
            plans.push(plan.ok_or(wrong(Code::cudaErrorInvalidValue))?);
        }
        for (index, plan) in plans.into_iter().enumerate() {
            let group = groups.partition_point(|&first| first <= index) - 1;
            // SAFETY: the caller's promise.
            unsafe { plan.issue(emulator, (&stream, device), timings[group]) }.map_err(whole)?;
        }
        Ok(())
    }
}

fn timing(order: cudaMemcpySrcAccessOrder) -> Outcome<Timing> {
    match order {
        cudaMemcpySrcAccessOrder::cudaMemcpySrcAccessOrderStream
        | cudaMemcpySrcAccessOrder::cudaMemcpySrcAccessOrderAny => Ok(Timing::Enqueued),
        cudaMemcpySrcAccessOrder::cudaMemcpySrcAccessOrderDuringApiCall => Ok(Timing::SourceAtOnce),
        _ => Err(Code::cudaErrorInvalidValue),
    }
}
