//! Less than half a mebibyte of a strided host array, between it and a run of device memory: long rows by one pitched copy; few bytes
//! sorted straight into, or out of, a slot of the engine. Nothing is planned but the loop on the host, which else takes as long as the copy.

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::staging::{Stores, Until};
use cuda_safe::{MemoryKind, StreamRef};

use super::calls::{self, wait_for_own};
use super::hint;
use super::packed::{end_of_upload, engine, run, until};
use super::route::LONG_ROW;
use super::rows;
use super::staged::RUNS_FROM;
use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::layout::{HostCopy, Layout, PackedRows};
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
    if bytes >= RUNS_FROM || until(memory, stream) == Until::Done {
        return Ok(false);
    }
    let Some(engine) = engine(memory, stream)? else { return Ok(false) };
    // The stream is the array's own, as `until` says: nothing is to be waited for.
    let (from, is_tiny) = (host.base(), bytes <= engine.small());
    if let Some(rows) = long_rows(host.layout(), device.shape(), is_tiny) {
        let src = from.wrapping_offset(host.layout().offset());
        let PackedRows { width, count, pitch } = rows;
        let direction = Direction::HostToDevice;
        let block = calls::rows(to, src.cast(), (width, count), (width, pitch), direction);
        // SAFETY: both arrays lie inside memory that is borrowed for this call; for what comes later, see below.
        unsafe { copy::on_legacy_2d(stream.device(), &block) }?;
        return end_of_upload(Until::Staged, stream, src, None).map(|()| true);
    }
    if !is_tiny {
        return Ok(false);
    }
    let sort = HostCopy::new(device.layout(), &host.shaped_like(device.shape())?)?;
    if sort.width() >= LONG_RUN {
        return Ok(false);
    }
    let offset = device.layout().offset();
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
    if bytes >= RUNS_FROM {
        return Ok(false);
    }
    let Some(engine) = engine(memory, stream)? else { return Ok(false) };
    let (to, is_tiny) = (host.base(), bytes <= engine.small());
    let first = to.wrapping_offset(host.layout().offset());
    let by_itself = || Ok::<_, Error>(hint::kind(stream.device(), first)? != MemoryKind::Unregistered);
    if let Some(rows) = long_rows(host.layout(), device.shape(), is_tiny)
        && stream.is_legacy()
        && (!is_tiny || by_itself()?)
    {
        wait_for_own(stream, memory.stream)?;
        let PackedRows { width, count, pitch } = rows;
        let direction = Direction::DeviceToHost;
        let block = calls::rows(first.cast(), from, (width, count), (pitch, width), direction);
        // SAFETY: both arrays lie inside memory that is borrowed for this call, which returns when the copy is done.
        return Ok(unsafe { copy::on_legacy_2d(stream.device(), &block) }.map(|()| true)?);
    }
    if !is_tiny {
        return Ok(false);
    }
    let sort = HostCopy::new(&host.shaped_like(device.shape())?, device.layout())?;
    if sort.width() >= LONG_RUN && by_itself()? {
        return Ok(false);
    }
    let offset = device.layout().offset();
    wait_for_own(stream, memory.stream)?;
    // SAFETY: the host array lies inside memory that is borrowed for this call, for writing; the device array is one run of as
    // many bytes, which lie in the slot as they lie there.
    let empty =
        |slot: *const u8| unsafe { rows::copy(&sort, to, slot.wrapping_offset(-offset), Stores::Ordinary) };
    // SAFETY: the device array lies inside memory that is borrowed for this call.
    Ok(unsafe { engine.download_small_with(stream, from, bytes, empty) }?)
}

/// The host array as rows that are best left to a pitched copy: longer than what goes through a slot or, where no slot is large
/// enough, than what is packed.
fn long_rows(host: &Layout, shape: &[usize], is_tiny: bool) -> Option<PackedRows> {
    let least = if is_tiny { LONG_RUN } else { LONG_ROW };
    (host.shape() == shape).then(|| host.packed_rows())?.filter(|rows| rows.width >= least)
}
