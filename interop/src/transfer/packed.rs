//! Copies whose two sides are each one run of bytes in the same order, as most are: nothing has to be planned.
//!
//! Tiny ones go through the slots of the engine (see [`Engine::upload_small`]), others the way that it finds best. An upload
//! returns before the device memory is written where later users of that memory come after it as they do after `cudaMemcpy`,
//! which may return as early: memory that was allocated here, on the legacy default stream, for which every blocking stream
//! waits. It is freed in that order too, or by a call that waits for the device. Of any other stream nobody would know what to
//! wait for, and memory of somebody else may be let go at any time: these uploads are waited for.
//!
//! Memory that was page-locked here needs no engine below two mebibytes, for all that one asks takes some percent of such a copy: on
//! the legacy stream what does not go through a slot goes by `cudaMemcpy` alone, from half a mebibyte on with care for the captures
//! of other threads.

use std::ffi::c_void;

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::staging::{self, Engine, HostBytes, HostBytesMut, Place, Transfer, Until};
use cuda_safe::{Device, MemoryKind as HostKind, StreamRef};

use super::calls::{pointer, towards_device, towards_host, wait_for_own};
use super::hint;
use super::progress::Progress;
use super::staged::begun;
use crate::error::Result;
use crate::host::{HostView, HostViewMut};
use crate::layout::Layout;
use crate::owner::{MemoryKind, Owner};
use crate::view::{CudaView, CudaViewMut, Memory};

/// From here on the engine knows what is fastest; below, it is the plain call.
const FROM: usize = 64 << 10;
/// From here on page-locked memory goes by the engine too, which leaves it to the plain call.
const BY_ENGINE: usize = 2 << 20;
/// Fewer bytes are copied by the bare call, which while some thread captures a stream in the global mode is forbidden and spoils the
/// capture. What prevents that takes more than a hundredth of such a copy.
const BESIDE_CAPTURES: usize = 512 << 10;
/// So few bytes are put into a slot in less time than it takes the device to fetch them, even from page-locked memory.
const GLANCE: usize = 16 << 10;

/// Copies to the device, if both sides are one run; false if they are not.
///
/// # Errors
/// CUDA's own.
#[inline]
pub(super) fn write(
    host: &HostView<'_>,
    device: &CudaViewMut<'_>,
    stream: StreamRef<'_>,
    progress: &mut Progress<'_>,
) -> Result<bool> {
    let memory = device.memory();
    let Some((to, bytes)) = run(device.layout(), memory) else { return Ok(false) };
    let Some(from) = host.run_of(device.shape(), bytes) else { return Ok(false) };
    wait_for_own(stream, memory.stream)?;
    let (mut until, mut kind) = (until(memory, stream), None);
    if bytes > GLANCE && needs_no_engine(stream, from, bytes, progress) {
        kind = Some(HostKind::Host);
    } else if let Some(engine) = engine(memory, stream)? {
        if bytes <= engine.small() && until == Until::Staged {
            if bytes > GLANCE {
                kind = Some(hint::ask(stream.device(), from)?);
            }
            // Page-locked memory that is not tiny is fetched by the device itself.
            if matches!(kind, None | Some(HostKind::Unregistered))
                // SAFETY: both runs lie inside memory that is borrowed for this call. What uses the device memory later
                // here, or frees it, comes after its own stream, which this is, or waits for the device.
                && unsafe { engine.upload_small(stream, to, from, bytes) }?
            {
                return Ok(true);
            }
        } else if bytes >= FROM {
            let transfer = Transfer::new(stream, Place::Run { base: to }, bytes).until(until);
            // SAFETY: both runs lie inside memory that is borrowed for this call; for what comes later, see above.
            if begun(unsafe { engine.upload(progress.of(transfer), &HostBytes::new(from)) })? {
                return Ok(true);
            }
        }
    } else {
        // Without an engine a copy is done on return.
        until = Until::Done;
    }
    let direction = towards_device(memory.kind);
    if stream.is_legacy() {
        // SAFETY: as above.
        unsafe { one_call(bytes)(stream.device(), to, from.cast(), bytes, direction) }?;
        end_of_upload(until, stream, from, kind)?;
    } else {
        // SAFETY: as above.
        unsafe { copy::blocking(stream, to, from.cast(), bytes, direction) }?;
    }
    Ok(true)
}

/// Copies to the host, if both sides are one run; false if they are not.
///
/// # Errors
/// CUDA's own.
#[inline]
pub(super) fn read(
    device: &CudaView<'_>,
    host: &HostViewMut<'_>,
    stream: StreamRef<'_>,
    progress: &mut Progress<'_>,
) -> Result<bool> {
    let memory = device.memory();
    let Some((from, bytes)) = run(device.layout(), memory) else { return Ok(false) };
    let Some(to) = host.run_of(device.shape(), bytes) else { return Ok(false) };
    wait_for_own(stream, memory.stream)?;
    if needs_no_engine(stream, to, bytes, progress) {
        // The device writes it by itself.
    } else if let Some(engine) = engine(memory, stream)? {
        if bytes <= engine.small() {
            if hint::kind(stream.device(), to)? == HostKind::Unregistered
                // SAFETY: both runs lie inside memory that is borrowed for this call.
                && unsafe { engine.download_small(stream, from, to, bytes) }?
            {
                return Ok(true);
            }
        } else if bytes >= FROM {
            let transfer = Transfer::new(stream, Place::Run { base: from }, bytes);
            // SAFETY: as above.
            if begun(unsafe { engine.download(progress.of(transfer), &HostBytesMut::new(to)) })? {
                return Ok(true);
            }
        }
    }
    let direction = towards_host(memory.kind);
    if stream.is_legacy() {
        // SAFETY: as above.
        unsafe { one_call(bytes)(stream.device(), to.cast(), from, bytes, direction) }?;
        if direction != Direction::DeviceToHost {
            // Of what the runtime takes for a copy within the host or the device nobody says that it is done.
            stream.settle()?;
        }
    } else {
        // SAFETY: as above.
        unsafe { copy::blocking(stream, to.cast(), from, bytes, direction) }?;
    }
    Ok(true)
}

/// Whether the device reaches the host memory by itself, as is known without a question; somebody who wants to be told of the progress
/// is told by the engine.
#[inline]
fn needs_no_engine(stream: StreamRef<'_>, host: *const u8, bytes: usize, progress: &Progress<'_>) -> bool {
    bytes < BY_ENGINE && HostKind::is_known_page_locked(stream.device(), host) && progress.0.is_none()
}

type OneCall = unsafe fn(Device, *mut c_void, *const c_void, usize, Direction) -> cuda_safe::Result<()>;

/// The copy on the legacy stream that waits itself.
fn one_call(bytes: usize) -> OneCall {
    if bytes < BESIDE_CAPTURES { copy::on_legacy } else { copy::on_legacy_beside_captures }
}

/// Where the bytes of an array are, and how many, if they are one run and there are any.
pub(super) fn run(layout: &Layout, memory: Memory<'_>) -> Option<(*mut c_void, usize)> {
    let bytes = layout.run_bytes()?;
    // Inside the memory, as every offset of a layout over it.
    Some((pointer(memory.base.wrapping_add_signed(layout.offset())), bytes))
}

/// The engine for memory that copies are staged to and from.
pub(super) fn engine(memory: Memory<'_>, stream: StreamRef<'_>) -> Result<Option<std::sync::Arc<Engine>>> {
    if memory.kind != MemoryKind::Device {
        return Ok(None);
    }
    let engine = staging::shared(stream.device())?;
    Ok(engine.settings().enabled.then_some(engine))
}

/// When an upload returns that an engine is asked for first; without one it is done on return.
pub(super) fn until_by_engine(memory: Memory<'_>, stream: StreamRef<'_>) -> Result<Until> {
    let done = engine(memory, stream)?.is_none();
    Ok(if done { Until::Done } else { until(memory, stream) })
}

/// After an upload by the call that waits itself, whose copy may be under way: waits for it, if that is wanted, or if it may still be
/// read from `host`. Only of pageable and of page-locked memory is it promised that it has been read then (of managed memory, say,
/// it is not). What memory it is is asked while the device is at work, and what cannot be learned is waited for.
pub(super) fn end_of_upload(
    until: Until,
    stream: StreamRef<'_>,
    host: *const u8,
    kind: Option<HostKind>,
) -> Result<()> {
    let is_read = || {
        let kind = kind.or_else(|| hint::ask(stream.device(), host).ok());
        kind.is_some_and(HostKind::is_read_on_return)
    };
    if until == Until::Staged && is_read() { Ok(()) } else { Ok(stream.settle()?) }
}

/// When an upload in the order of `stream` returns.
pub(super) fn until(memory: Memory<'_>, stream: StreamRef<'_>) -> Until {
    if is_ordered(memory, stream) { Until::Staged } else { Until::Done }
}

/// Whether everybody who uses or frees the memory later comes after the work that the stream has now, or is used to wait.
fn is_ordered(memory: Memory<'_>, stream: StreamRef<'_>) -> bool {
    let allocated_here = memory.owner.is_some_and(|owner| matches!(**owner, Owner::Device(_)));
    allocated_here && stream.is_legacy() && stream == memory.stream.as_ref()
}

/// Page-locked memory is written by the device itself, without a slot.
pub(super) fn is_pageable(device: Device, host: *const u8) -> Result<bool> {
    Ok(hint::ask(device, host)? == HostKind::Unregistered)
}
