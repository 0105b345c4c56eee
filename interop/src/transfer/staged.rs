//! Copies through the transfer engine: several threads pack or unpack host memory while the device moves what is packed.
//!
//! The packed order is that in which the device array has its elements, so the device's part is one run, or rows of one
//! pitch. The host array, whatever its layout, is gathered or scattered piece by piece in the same pass as the staging
//! copy. What does not fit this, or is too small to gain, goes another way; so does what the engine cannot begin.

use std::ffi::c_void;

use cuda_safe::memory::staging::{
    self, Engine, HostBytes, HostBytesMut, Place, Sink, Source, Transfer, Until,
};
use cuda_safe::{ErrorKind, MemoryKind, StreamRef};

use crate::error::Result;
use crate::layout::{CopyCall, CopyPlan, Layout, Offsets, Staging};
use crate::transfer::pieces::Pieces;
use crate::transfer::progress::Progress;
use crate::transfer::route::is_one_call_of_long_runs;

/// Fewer bytes gain nothing.
pub(super) const FROM: usize = 128 << 10;
/// Fewer bytes gain nothing if they have to be packed or unpacked: they always are then, and never compared with another
/// way. Fewer rows are well served by the runtime's pitched copy; short runs are packed in any case, on their way to the device
/// best straight into page-locked memory, if the settings leave some.
pub(super) const RUNS_FROM: usize = 512 << 10;
const UNPACKED_FROM: usize = 256 << 10;

/// Whether an upload may gain by the engine: not if it is a single call of a few long rows, which need not be looked at closer.
pub(super) fn may_gain(plan: &CopyPlan) -> bool {
    plan.bytes() >= RUNS_FROM || !is_one_call_of_long_runs(plan)
}

/// Copies a host array to a device array, if the engine suits, and returns as `until` says.
///
/// # Safety
/// Counted from `device_base` and `host_base`, both layouts lie inside their memory, the one writable by the device in the
/// order of `stream`, the other readable, until this returns; [`Until::Staged`] is for memory that nobody uses later but
/// after the work of the stream.
pub(super) unsafe fn upload(
    stream: StreamRef<'_>,
    device: &Layout,
    device_base: *mut c_void,
    host: &Layout,
    host_base: *const u8,
    until: Until,
    progress: &mut Progress<'_>,
) -> Result<bool> {
    let Some((place, packed)) = place(device_base, &Staging::write(device)?, device, true) else {
        return Ok(false);
    };
    let mut pieces = Pieces::new(&packed, host, host_base.cast_mut());
    let engine = staging::shared(stream.device())?;
    // Without memory for copies that their callers do alone, threads would have to be woken.
    let is_packed_alone = !pieces.has_long_runs() && engine.small() > 0;
    let from = if is_packed_alone { 0 } else { RUNS_FROM };
    if !engine_suits(&engine, &pieces, device.size_bytes(), from)? {
        return Ok(false);
    }
    let transfer = Transfer::new(stream, tiled(place, &mut pieces), device.size_bytes()).until(until);
    let run = pieces.contiguous().map(|base| HostBytes::new(base));
    let source = run.as_ref().map_or(&pieces as &dyn Source, |run| run);
    // SAFETY: the caller's promise.
    begun(unsafe { engine.upload(progress.of(transfer), source) })
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
    progress: &mut Progress<'_>,
) -> Result<bool> {
    if device.size_bytes() < FROM {
        return Ok(false);
    }
    let Some((place, packed)) = place(device_base, &Staging::read(device)?, device, false) else {
        return Ok(false);
    };
    let mut pieces = Pieces::new(&packed, host, host_base);
    let engine = staging::shared(stream.device())?;
    let from = if pieces.has_long_runs() { RUNS_FROM } else { UNPACKED_FROM };
    if !engine_suits(&engine, &pieces, device.size_bytes(), from)? {
        return Ok(false);
    }
    let transfer = Transfer::new(stream, tiled(place, &mut pieces), device.size_bytes());
    let run = pieces.contiguous().map(HostBytesMut::new);
    let sink = run.as_ref().map_or(&pieces as &dyn Sink, |run| run);
    // SAFETY: the caller's promise.
    begun(unsafe { engine.download(progress.of(transfer), sink) })
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
fn engine_suits(engine: &Engine, pieces: &Pieces, bytes: usize, strided_from: usize) -> Result<bool> {
    if !engine.settings().enabled {
        return Ok(false);
    }
    if pieces.contiguous().is_some() {
        return Ok(bytes >= FROM);
    }
    if bytes < strided_from {
        return Ok(false);
    }
    Ok(MemoryKind::of_host(engine.device(), pieces.first())? == MemoryKind::Unregistered)
}

/// Where the device array is, in packed order, if one call can tell; and the layout of its elements in that order.
pub(super) fn place(
    base: *mut c_void,
    staging: &Staging,
    device: &Layout,
    write: bool,
) -> Option<(Place<'static>, Layout)> {
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

/// The place of the device array with an order in which the host array has longer runs, if there is one.
fn tiled(place: Place<'static>, pieces: &mut Pieces) -> Place<'static> {
    match place {
        Place::Run { base } => pieces.tile().map_or(place, |tiling| Place::Tiles { base, tiling }),
        _ => place,
    }
}
