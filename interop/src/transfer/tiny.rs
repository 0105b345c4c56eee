//! Few bytes of a strided host array, between it and a run of device memory: sorted straight into, or out of, a slot of the
//! engine, or long rows by one pitched copy. Nothing is planned but the loop on the host, which else takes as long as the copy.

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::staging::{Stores, Until};
use cuda_safe::{MemoryKind, StreamRef};

use super::calls::{self, wait_for_own};
use super::hint;
use super::packed::{engine, run, until, until_from};
use super::rows;
use crate::error::Result;
use crate::host::{HostView, HostViewMut};
use crate::layout::HostCopy;
use crate::view::{CudaView, CudaViewMut};

/// Rows of as many bytes are best left to the runtime's pitched copy: to the device always, which has read them when the call
/// returns, and back where the device writes them by itself.
const LONG_RUN: usize = 512;

/// Copies to the device; false if that is to be done another way.
///
/// # Errors
/// Shapes that differ, and CUDA's own.
pub(super) fn write(host: &HostView<'_>, device: &CudaViewMut<'_>, stream: StreamRef<'_>) -> Result<bool> {
    let memory = device.memory();
    let Some((to, bytes)) = run(device.layout(), memory) else { return Ok(false) };
    let Some(engine) = engine(memory, stream)? else { return Ok(false) };
    if bytes > engine.small() || until(memory, stream) == Until::Done {
        return Ok(false);
    }
    let sort = HostCopy::new(device.layout(), &host.shaped_like(device.shape())?)?;
    wait_for_own(stream, memory.stream)?;
    let (from, offset) = (host.base(), device.layout().offset());
    if sort.width() >= LONG_RUN {
        let Some(row) = sort.only_row() else { return Ok(false) };
        // What is not the host's own memory is read by then, too, if this waits for the device.
        let until = until_from(Until::Staged, stream, from, None)?;
        let (dst, src) =
            (to.wrapping_byte_offset(row.destination - offset), from.wrapping_offset(row.source));
        let pitches = (row.destination_stride.unsigned_abs(), row.source_stride.unsigned_abs());
        let direction = Direction::HostToDevice;
        let block = calls::rows(dst, src.cast(), (sort.width(), row.count), pitches, direction);
        // SAFETY: both arrays lie inside memory that is borrowed for this call; for what comes later, see below.
        unsafe { copy::on_legacy_2d(stream.device(), &block) }?;
        return calls::settle_until(stream, direction, until).map(|()| true);
    }
    // SAFETY: the host array lies inside memory that is borrowed for this call; the device array is one run of as many bytes,
    // which lie in the slot as they lie there.
    let fill =
        |slot: *mut u8| unsafe { rows::copy(&sort, slot.wrapping_offset(-offset), from, Stores::Ordinary) };
    // SAFETY: each byte of the run is filled. The device memory is borrowed for this call; what uses it later, or frees it,
    // comes after its own stream, which this is, or waits for the device.
    Ok(unsafe { engine.upload_small_with(stream, to, bytes, fill) }?)
}

/// Copies to the host; false if that is to be done another way.
///
/// # Errors
/// As [`write`].
pub(super) fn read(device: &CudaView<'_>, host: &HostViewMut<'_>, stream: StreamRef<'_>) -> Result<bool> {
    let memory = device.memory();
    let Some((from, bytes)) = run(device.layout(), memory) else { return Ok(false) };
    let Some(engine) = engine(memory, stream)? else { return Ok(false) };
    if bytes > engine.small() {
        return Ok(false);
    }
    let sort = HostCopy::new(&host.shaped_like(device.shape())?, device.layout())?;
    if sort.width() >= LONG_RUN && hint::kind(stream.device(), host.base())? != MemoryKind::Unregistered {
        return Ok(false);
    }
    wait_for_own(stream, memory.stream)?;
    let (to, offset) = (host.base(), device.layout().offset());
    // SAFETY: the host array lies inside memory that is borrowed for this call, for writing; the device array is one run of as
    // many bytes, which lie in the slot as they lie there.
    let empty =
        |slot: *const u8| unsafe { rows::copy(&sort, to, slot.wrapping_offset(-offset), Stores::Ordinary) };
    // SAFETY: the device array lies inside memory that is borrowed for this call.
    Ok(unsafe { engine.download_small_with(stream, from, bytes, empty) }?)
}
