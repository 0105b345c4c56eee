//! Copies through the transfer engine: several threads pack or unpack host memory while the device moves what is packed.
//!
//! The packed order is that in which the device array has its elements, so the device's part is one run, or rows of one
//! pitch. The host array, whatever its layout, is gathered or scattered piece by piece in the same pass as the staging
//! copy. What does not fit this, or is too small to gain, goes another way; so does what the engine cannot begin.

use std::ffi::c_void;
use std::ops::Range;

use cuda_safe::memory::staging::{
    self, Engine, HostBytes, HostBytesMut, Place, Sink, Source, Stores, Transfer, copy_bytes,
};
use cuda_safe::{ErrorKind, MemoryKind, PointerAttributes, StreamRef};
use smallvec::SmallVec;

use crate::error::Result;
use crate::layout::{CopyCall, HostCopy, Layout, Offsets, PairedAxis, Staging};
use crate::transfer::rows;

/// Fewer bytes gain nothing.
pub(super) const FROM: usize = 128 << 10;
/// Fewer bytes gain nothing if they have to be packed: they are always staged then, and never compared with another way.
const STRIDED_FROM: usize = 512 << 10;
/// Runs of as many bytes are copied as such, not element by element.
const LONG_RUN: usize = 512;
/// Pieces begin at a multiple of the longest rows that are not longer than this.
const LONGEST_GRAIN: usize = 128 << 10;

/// Copies a host array to a device array and returns when that is done, if the engine suits.
///
/// # Safety
/// Counted from `device_base` and `host_base`, both layouts lie inside their memory, the one writable by the device in the
/// order of `stream`, the other readable, until this returns.
pub(super) unsafe fn upload(
    stream: StreamRef<'_>,
    device: &Layout,
    device_base: *mut c_void,
    host: &Layout,
    host_base: *const u8,
) -> Result<bool> {
    if device.size_bytes() < FROM {
        return Ok(false);
    }
    let Some((place, packed)) = place(device_base, &Staging::write(device)?, device, true) else {
        return Ok(false);
    };
    let pieces = Pieces::new(&packed, host, host_base.cast_mut())?;
    let engine = staging::shared(stream.device())?;
    if !engine_suits(&engine, &pieces, device.size_bytes())? {
        return Ok(false);
    }
    let transfer = Transfer::new(stream, place, device.size_bytes());
    let run = pieces.contiguous().map(|base| HostBytes::new(base));
    let source = run.as_ref().map_or(&pieces as &dyn Source, |run| run);
    // SAFETY: the caller's promise.
    begun(unsafe { engine.upload(transfer, source) })
}

/// Copies a device array to a host array and returns when that is done, if the engine suits.
///
/// # Safety
/// As [`upload`], the other way round.
pub(super) unsafe fn download(
    stream: StreamRef<'_>,
    device: &Layout,
    device_base: *mut c_void,
    host: &Layout,
    host_base: *mut u8,
) -> Result<bool> {
    if device.size_bytes() < FROM {
        return Ok(false);
    }
    let Some((place, packed)) = place(device_base, &Staging::read(device)?, device, false) else {
        return Ok(false);
    };
    let pieces = Pieces::new(&packed, host, host_base)?;
    let engine = staging::shared(stream.device())?;
    if !engine_suits(&engine, &pieces, device.size_bytes())? {
        return Ok(false);
    }
    let transfer = Transfer::new(stream, place, device.size_bytes());
    let run = pieces.contiguous().map(HostBytesMut::new);
    let sink = run.as_ref().map_or(&pieces as &dyn Sink, |run| run);
    // SAFETY: the caller's promise.
    begun(unsafe { engine.download(transfer, sink) })
}

/// Whether the engine has copied. If it could not begin (no page-locked memory is left, say), nothing was touched, and
/// the copy goes the way that it goes without an engine.
pub(super) fn begun(outcome: cuda_safe::Result<()>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotBegun { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Strided host memory that the device reaches by itself needs no packing.
fn engine_suits(engine: &Engine, pieces: &Pieces, bytes: usize) -> Result<bool> {
    if !engine.settings().enabled {
        return Ok(false);
    }
    if pieces.contiguous().is_some() {
        return Ok(true);
    }
    if bytes < STRIDED_FROM {
        return Ok(false);
    }
    let first = PointerAttributes::of(engine.device().runtime(), pieces.base.cast_const())?;
    Ok(first.kind == MemoryKind::Unregistered)
}

/// Where the device array is, in packed order, if one call can tell; and the layout of its elements in that order.
fn place(base: *mut c_void, staging: &Staging, device: &Layout, write: bool) -> Option<(Place, Layout)> {
    let plan = staging.plan();
    // Elements that repeat themselves are in the packed order once, and on the host several times.
    if plan.calls() != 1 || staging.bytes() != device.size_bytes() {
        return None;
    }
    let Offsets { destination, source } = plan.offsets().next()?;
    let (inside, outside) = if write { (destination, source) } else { (source, destination) };
    let base = base.wrapping_byte_offset(inside);
    let place = match plan.call() {
        CopyCall::Bytes { .. } => Place::Run { base },
        CopyCall::Rows { width, destination_pitch, source_pitch, .. } => {
            let (pitch, packed_pitch) =
                if write { (destination_pitch, source_pitch) } else { (source_pitch, destination_pitch) };
            if packed_pitch != width || pitch < width {
                return None;
            }
            Place::Rows { base, width, pitch }
        }
        CopyCall::Planes { .. } => return None,
    };
    (outside == 0).then(|| (place, staging.layout().clone()))
}

/// A host array, cut by ranges of the packed order.
struct Pieces {
    /// The first element in packed order.
    base: *mut u8,
    itemsize: usize,
    /// In packed order, the last innermost.
    axes: SmallVec<[Axis; 6]>,
}

#[derive(Clone, Copy)]
struct Axis {
    len: usize,
    /// On the host, in bytes.
    stride: isize,
    /// In the packed order, in bytes.
    step: usize,
}

// SAFETY: whoever made it vouches for the memory on every thread.
unsafe impl Sync for Pieces {}

impl Pieces {
    /// `packed` and `host` have the same shape; `packed` has no gaps, and a host array to be written does not overlap
    /// itself.
    fn new(packed: &Layout, host: &Layout, host_base: *mut u8) -> Result<Self> {
        let mut offset = host.offset();
        let mut axes: SmallVec<[Axis; 6]> = SmallVec::new();
        for ((&len, &order), &stride) in packed.shape().iter().zip(packed.strides()).zip(host.strides()) {
            if len == 1 {
                continue;
            }
            // A packed order that runs backwards begins at the other end.
            if order < 0 {
                offset += (len as isize - 1) * stride;
            }
            let stride = if order < 0 { -stride } else { stride };
            axes.push(Axis { len, stride, step: order.unsigned_abs() });
        }
        axes.sort_by_key(|axis| std::cmp::Reverse(axis.step));
        Ok(Self { base: host_base.wrapping_offset(offset), itemsize: host.itemsize(), axes })
    }

    /// Where all bytes are, if they lie in the packed order.
    fn contiguous(&self) -> Option<*mut u8> {
        self.axes.iter().all(|axis| axis.stride == axis.step as isize).then_some(self.base)
    }

    /// The longest rows that pieces of some 100 KiB can be made of.
    fn best_grain(&self) -> usize {
        self.axes.iter().map(|axis| axis.step).find(|&step| step <= LONGEST_GRAIN).unwrap_or(self.itemsize)
    }

    /// Calls `copy` with boxes that make up a range of the array below `axis`, which begins at `host`: with the first
    /// axis of the box and its length (all further axes are whole), the host address and the distance from the range's
    /// start.
    fn boxes(
        &self,
        axis: usize,
        host: *mut u8,
        range: Range<usize>,
        packed: usize,
        copy: &mut dyn FnMut(Part<'_>, *mut u8, usize),
    ) {
        if range.is_empty() {
            return;
        }
        let Some(&Axis { stride, step, .. }) = self.axes.get(axis) else {
            // Part of an element.
            return copy(Part::Bytes(range.len()), host.wrapping_add(range.start), packed);
        };
        let at = |index: usize| host.wrapping_offset(index as isize * stride);
        let (whole_from, whole_to) = (range.start.div_ceil(step), range.end / step);
        if whole_from > whole_to {
            // Inside one row.
            let index = whole_to;
            let inner = range.start - index * step..range.end - index * step;
            return self.boxes(axis + 1, at(index), inner, packed, copy);
        }
        if range.start < whole_from * step {
            let index = whole_from - 1;
            self.boxes(axis + 1, at(index), range.start - index * step..step, packed, copy);
        }
        if whole_from < whole_to {
            let part = Part::Rows(whole_to - whole_from, &self.axes[axis..]);
            copy(part, at(whole_from), packed + whole_from * step - range.start);
        }
        if range.end > whole_to * step {
            let inner = 0..range.end - whole_to * step;
            self.boxes(axis + 1, at(whole_to), inner, packed + whole_to * step - range.start, copy);
        }
    }

    /// How a box is copied between the packed order and the host.
    fn plan(&self, rows: usize, axes: &[Axis], to_host: bool) -> HostCopy {
        let paired = axes.iter().enumerate().map(|(at, &Axis { len, stride, step })| {
            let len = if at == 0 { rows } else { len };
            let step = step as isize;
            let (destination, source) = if to_host { (stride, step) } else { (step, stride) };
            PairedAxis { len, destination, source }
        });
        HostCopy::of_box(self.itemsize, paired)
    }
}

/// What a box consists of.
enum Part<'a> {
    /// Some bytes of one element.
    Bytes(usize),
    /// So many steps of the first axis, all of the others.
    Rows(usize, &'a [Axis]),
}

/// Copies what a plan lists, long runs with the engine's stores.
///
/// # Safety
/// As [`rows::copy`].
unsafe fn run(plan: &HostCopy, to: *mut u8, from: *const u8, stores: Stores) {
    if plan.width() < LONG_RUN {
        // SAFETY: the caller's promise.
        return unsafe { rows::copy(plan, to, from) };
    }
    plan.for_each(|row| {
        for at in 0..row.count as isize {
            let to = to.wrapping_offset(row.destination + at * row.destination_stride);
            let from = from.wrapping_offset(row.source + at * row.source_stride);
            // SAFETY: the caller's promise, of this run.
            unsafe { copy_bytes(from, to, plan.width(), stores) };
        }
    });
}

// SAFETY: the boxes make up the range, and each is written whole.
unsafe impl Source for Pieces {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, stores: Stores) {
        self.boxes(0, self.base, range, 0, &mut |part, host, packed| {
            let to = to.wrapping_add(packed);
            match part {
                // SAFETY: the bytes lie inside an element of the array and inside the range.
                Part::Bytes(len) => unsafe { copy_bytes(host, to, len, Stores::Ordinary) },
                Part::Rows(rows, axes) => {
                    let plan = self.plan(rows, axes, false);
                    // SAFETY: the box lies inside the array and inside the range.
                    unsafe { run(&plan, to, host, stores) };
                }
            }
        });
    }

    fn grain(&self) -> usize {
        self.best_grain()
    }
}

// SAFETY: only elements of the range are written.
unsafe impl Sink for Pieces {
    unsafe fn write(&self, range: Range<usize>, from: *const u8, stores: Stores) {
        self.boxes(0, self.base, range, 0, &mut |part, host, packed| {
            let from = from.wrapping_add(packed);
            match part {
                // SAFETY: the bytes lie inside an element of the array and inside the range.
                Part::Bytes(len) => unsafe { copy_bytes(from, host, len, Stores::Ordinary) },
                Part::Rows(rows, axes) => {
                    let plan = self.plan(rows, axes, true);
                    // SAFETY: the box lies inside the array and inside the range.
                    unsafe { run(&plan, host, from, stores) };
                }
            }
        });
    }

    fn grain(&self) -> usize {
        self.best_grain()
    }
}
