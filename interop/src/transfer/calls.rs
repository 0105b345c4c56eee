//! The calls of a plan on a stream, waited for or only given to it.

use std::ffi::c_void;

use cuda_safe::memory::copy::{self, Copy2d, Copy3d, Direction};
use cuda_safe::memory::staging::Until;
use cuda_safe::{Stream, StreamRef};

use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::layout::{CopyCall, CopyPlan, Offsets};
use crate::owner::MemoryKind;
use crate::view::{CudaView, CudaViewMut};

/// Orders the copy after what is pending on an array, if it is not on the array's own stream anyway.
pub(super) fn wait_for_own(stream: StreamRef<'_>, own: &Stream) -> Result<()> {
    if stream != own.as_ref() {
        stream.wait_for(own.as_ref())?;
    }
    Ok(())
}

/// Issues the calls of a plan and returns when all of them are done, also if one of them fails.
///
/// Each call that touches host memory is waited for on its own, for only that wait vouches for the memory whatever
/// fails. Copies within devices are given to the stream together.
///
/// # Safety
/// Counted from `to` and `from`, everything that the plan writes and reads is valid until this returns, on the sides that
/// `direction` says.
pub(super) unsafe fn run(
    stream: StreamRef<'_>,
    plan: &CopyPlan,
    to: *mut c_void,
    from: *const c_void,
    direction: Direction,
) -> Result<()> {
    let (mut left, mut under_way) = (plan.calls(), false);
    for Offsets { destination, source } in plan.offsets() {
        left -= 1;
        let wait = left == 0 || direction != Direction::DeviceToDevice;
        let (dst, src) = (to.wrapping_byte_offset(destination), from.wrapping_byte_offset(source));
        // SAFETY: the caller's promise.
        let issued = unsafe { issue(stream, plan.call(), dst, src, direction, wait) };
        if let Err(error) = issued {
            // Calls may be running, on memory that is borrowed only until this returns. A capture that forbade the first
            // one may be this thread's own, for whose end it would wait in vain. The failure of the call is what is told.
            if under_way || !is_about_capture(&error) {
                let _ = stream.settle();
            }
            return Err(error);
        }
        under_way = !wait;
    }
    Ok(())
}

/// The same between host and device, but returns as `until` says. A single call on the legacy stream is the one that waits
/// itself.
///
/// # Safety
/// As [`run`]; what is under way then goes on with the device memory until the stream has done it.
pub(super) unsafe fn run_until(
    stream: StreamRef<'_>,
    plan: &CopyPlan,
    to: *mut c_void,
    from: *const c_void,
    direction: Direction,
    until: Until,
) -> Result<()> {
    let mut offsets = plan.offsets();
    let only = if plan.calls() == 1 && stream.is_legacy() { offsets.next() } else { None };
    let (call, Offsets { destination, source }) = match (plan.call(), only) {
        (call @ (CopyCall::Bytes { .. } | CopyCall::Rows { .. }), Some(offsets)) => (call, offsets),
        // SAFETY: the caller's promise.
        _ => return unsafe { run(stream, plan, to, from, direction) },
    };
    let (dst, src) = (to.wrapping_byte_offset(destination), from.wrapping_byte_offset(source));
    match call {
        CopyCall::Rows { width, height, destination_pitch, source_pitch } => {
            let rows = rows(dst, src, (width, height), (destination_pitch, source_pitch), direction);
            // SAFETY: the caller's promise.
            unsafe { copy::on_legacy_2d(stream.device(), &rows) }
        }
        // SAFETY: the caller's promise.
        call => unsafe { copy::on_legacy(stream.device(), dst, src, call.bytes(), direction) },
    }?;
    settle_until(stream, direction, until)
}

/// After a call on the legacy stream that waits itself: waits for what it may have left under way. What is not from the host's
/// own memory to a device may be, or is done already.
fn settle_until(stream: StreamRef<'_>, direction: Direction, until: Until) -> Result<()> {
    if direction != Direction::DeviceToHost && (until == Until::Done || direction != Direction::HostToDevice)
    {
        stream.settle()?;
    }
    Ok(())
}

/// Rows of a width and height, with a pitch on either side.
pub(super) fn rows(
    dst: *mut c_void,
    src: *const c_void,
    (width_bytes, height): (usize, usize),
    (dst_pitch, src_pitch): (usize, usize),
    direction: Direction,
) -> Copy2d {
    Copy2d { dst, dst_pitch, src, src_pitch, width_bytes, height, direction }
}

/// Whether a capture forbade the call, which has done nothing then.
fn is_about_capture(error: &Error) -> bool {
    matches!(error, Error::Cuda(error) if error.is_about_capture())
}

/// Gives the calls of a plan to the stream and waits for none of them. If one fails, those before it may be running.
///
/// # Safety
/// As [`run`], but until the stream has done the work.
pub(super) unsafe fn enqueue(
    stream: StreamRef<'_>,
    plan: &CopyPlan,
    to: *mut c_void,
    from: *const c_void,
    direction: Direction,
) -> Result<()> {
    for Offsets { destination, source } in plan.offsets() {
        let (dst, src) = (to.wrapping_byte_offset(destination), from.wrapping_byte_offset(source));
        // SAFETY: the caller's promise.
        unsafe { issue(stream, plan.call(), dst, src, direction, false) }?;
    }
    Ok(())
}

/// One call of a plan; waits for it, and for all before it, if `wait` is true.
///
/// # Safety
/// As [`run`], for this call, until it is done.
unsafe fn issue(
    stream: StreamRef<'_>,
    call: CopyCall,
    dst: *mut c_void,
    src: *const c_void,
    direction: Direction,
    wait: bool,
) -> Result<()> {
    match call {
        CopyCall::Bytes { len } => {
            let bytes = if wait { copy::blocking } else { copy::enqueue };
            // SAFETY: the caller's promise.
            unsafe { bytes(stream, dst, src, len, direction) }?;
        }
        CopyCall::Rows { width, height, destination_pitch, source_pitch } => {
            let copy = if wait { copy::blocking_2d } else { copy::enqueue_2d };
            let block = rows(dst, src, (width, height), (destination_pitch, source_pitch), direction);
            // SAFETY: the caller's promise.
            unsafe { copy(stream, &block) }?;
        }
        CopyCall::Planes {
            width,
            height,
            depth,
            destination_pitch,
            source_pitch,
            destination_rows,
            source_rows,
        } => {
            let planes = if wait { copy::blocking_3d } else { copy::enqueue_3d };
            let block = Copy3d {
                dst,
                dst_pitch: destination_pitch,
                dst_rows: destination_rows,
                src,
                src_pitch: source_pitch,
                src_rows: source_rows,
                width_bytes: width,
                height,
                depth,
                direction,
            };
            // SAFETY: the caller's promise.
            unsafe { planes(stream, &block) }?;
        }
    }
    Ok(())
}

pub(super) fn check_dtype(to: DType, from: DType, agree: bool) -> Result<()> {
    if agree { Ok(()) } else { Err(Error::DTypeMismatch { to, from }) }
}

pub(super) fn towards_device(kind: MemoryKind) -> Direction {
    match kind {
        MemoryKind::Device => Direction::HostToDevice,
        MemoryKind::Pinned => Direction::HostToHost,
        MemoryKind::Managed => Direction::Inferred,
    }
}

pub(super) fn towards_host(kind: MemoryKind) -> Direction {
    match kind {
        MemoryKind::Device => Direction::DeviceToHost,
        MemoryKind::Pinned => Direction::HostToHost,
        MemoryKind::Managed => Direction::Inferred,
    }
}

pub(super) fn pointer(address: usize) -> *mut c_void {
    std::ptr::with_exposed_provenance_mut(address)
}

pub(super) fn between(from: MemoryKind, to: MemoryKind) -> Direction {
    match (from, to) {
        (MemoryKind::Device, MemoryKind::Device) => Direction::DeviceToDevice,
        _ => Direction::Inferred,
    }
}

/// Refuses two arrays that may share bytes.
pub(super) fn check_overlap(source: &CudaView<'_>, destination: &CudaViewMut<'_>) -> Result<()> {
    // Addresses of one process are closer than half of all numbers.
    let distance = destination.memory().base.wrapping_sub(source.memory().base) as isize;
    match source.layout().overlap(destination.layout(), distance).is_possible() {
        true => Err(Error::Overlap),
        false => Ok(()),
    }
}
