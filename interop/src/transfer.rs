//! Copies between arrays: any layout on either side.
//!
//! Each function checks shapes and element types first and touches nothing if they differ. Then it takes as few runtime
//! calls as the two layouts allow, on the stream of the device array or on one that is given, and **returns when the
//! copy is done**. So host memory is free again, and other streams see the result.
//!
//! Large copies between the host and a device go through the engine of [`cuda_safe::memory::staging`], which moves pageable
//! memory at the speed of page-locked memory and packs or unpacks strided host arrays on the way.
//!
//! An array without elements needs no call. A destination that overlaps itself (a stride of 0, say) is refused, since
//! what it would hold is not defined.

mod route;
mod rows;
mod staged;

use std::ffi::c_void;

use cuda_safe::memory::copy::{self, Copy2d, Copy3d, Direction};
use cuda_safe::{Stream, StreamRef};

use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::layout::{CopyCall, CopyPlan, Offsets};
use crate::owner::MemoryKind;
use crate::view::{CudaView, CudaViewMut};
use route::{Route, Through};

/// Copies a host array to the device.
///
/// The host side is a slice, which takes the shape of the device array, or a [`HostView`] or an `ndarray` array, whose
/// shape must be the same.
///
/// ```
/// use interop::{CudaBuffer, DType, HostView, memcpy_d2h, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut buffer = CudaBuffer::new(device, &[2, 3], DType::F32)?;
/// memcpy_h2d(&[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0], &mut buffer)?;
/// // From an array of another order: the shape (2, 3), column by column.
/// let columns = HostView::new(&[1.0f32, 4.0, 2.0, 5.0, 3.0, 6.0], &[3, 2])?.transpose();
/// memcpy_h2d(&columns, &mut buffer)?;
/// # let mut back = [0.0f32; 6];
/// # memcpy_d2h(&buffer, &mut back)?;
/// # assert_eq!(back, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Errors
/// Shapes or element types that differ, a read-only or self-overlapping destination: nothing has been touched then.
/// CUDA's own.
#[doc(alias = "cudaMemcpy")]
pub fn memcpy_h2d<'h, 'd>(
    host: impl TryInto<HostView<'h>, Error: Into<Error>>,
    device: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
) -> Result<()> {
    let (host, device) = (host.try_into().map_err(Into::into)?, device.try_into().map_err(Into::into)?);
    write(&host, &device, device.stream().as_ref())
}

/// [`memcpy_h2d`] on a stream of choice, after the work that the device array's own stream has now.
///
/// # Errors
/// As there, and a stream of another runtime.
pub fn memcpy_h2d_on<'h, 'd>(
    stream: &Stream,
    host: impl TryInto<HostView<'h>, Error: Into<Error>>,
    device: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
) -> Result<()> {
    let (host, device) = (host.try_into().map_err(Into::into)?, device.try_into().map_err(Into::into)?);
    write(&host, &device, stream.as_ref())
}

/// Copies a device array to the host.
///
/// ```
/// use interop::{CudaBuffer, DType, memcpy_d2h, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut buffer = CudaBuffer::new(device, &[2, 3], DType::U8)?;
/// memcpy_h2d(b"abcdef", &mut buffer)?;
/// let mut out = [0u8; 6];
/// memcpy_d2h(buffer.view().flip(1)?.transpose(), &mut out)?;
/// assert_eq!(&out, b"cfbead");
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Errors
/// Shapes or element types that differ, a self-overlapping destination: nothing has been touched then. CUDA's own.
#[doc(alias = "cudaMemcpy")]
pub fn memcpy_d2h<'h, 'd>(
    device: impl TryInto<CudaView<'d>, Error: Into<Error>>,
    host: impl TryInto<HostViewMut<'h>, Error: Into<Error>>,
) -> Result<()> {
    let (device, host) = (device.try_into().map_err(Into::into)?, host.try_into().map_err(Into::into)?);
    read(&device, &host, device.stream().as_ref())
}

/// [`memcpy_d2h`] on a stream of choice, after the work that the device array's own stream has now.
///
/// # Errors
/// As there, and a stream of another runtime.
pub fn memcpy_d2h_on<'h, 'd>(
    stream: &Stream,
    device: impl TryInto<CudaView<'d>, Error: Into<Error>>,
    host: impl TryInto<HostViewMut<'h>, Error: Into<Error>>,
) -> Result<()> {
    let (device, host) = (device.try_into().map_err(Into::into)?, host.try_into().map_err(Into::into)?);
    read(&device, &host, stream.as_ref())
}

/// Copies a device array to another one, of the same device or (through unified addresses) of another.
///
/// Between packed arrays this is one call. Otherwise it takes pitched copies, one for each set of equal rows: fast for
/// rows of some hundred bytes, slow for single elements (a transpose moves each element as a row of its own).
///
/// ```
/// use interop::{CudaBuffer, DType, memcpy_d2d, memcpy_d2h, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut image = CudaBuffer::new(device, &[2, 3], DType::U8)?;
/// memcpy_h2d(b"abcdef", &mut image)?;
/// let mut column = CudaBuffer::new(device, &[2], DType::U8)?;
/// memcpy_d2d(image.view().index(1, 2)?, &mut column)?;
/// # let mut out = [0u8; 2];
/// # memcpy_d2h(&column, &mut out)?;
/// # assert_eq!(&out, b"cf");
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Errors
/// Shapes or element types that differ, a read-only or self-overlapping destination, two arrays that overlap: nothing
/// has been touched then. CUDA's own.
#[doc(alias = "cudaMemcpy")]
pub fn memcpy_d2d<'s, 'd>(
    source: impl TryInto<CudaView<'s>, Error: Into<Error>>,
    destination: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
) -> Result<()> {
    let source = source.try_into().map_err(Into::into)?;
    let destination = destination.try_into().map_err(Into::into)?;
    move_within(&source, &destination, destination.stream().as_ref())
}

/// [`memcpy_d2d`] on a stream of choice, after the work that the streams of both arrays have now.
///
/// # Errors
/// As there, and a stream of another runtime.
pub fn memcpy_d2d_on<'s, 'd>(
    stream: &Stream,
    source: impl TryInto<CudaView<'s>, Error: Into<Error>>,
    destination: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
) -> Result<()> {
    let source = source.try_into().map_err(Into::into)?;
    let destination = destination.try_into().map_err(Into::into)?;
    move_within(&source, &destination, stream.as_ref())
}

fn write(host: &HostView<'_>, device: &CudaViewMut<'_>, stream: StreamRef<'_>) -> Result<()> {
    check_dtype(device.dtype(), host.dtype(), host.carries(device.dtype()))?;
    let host_layout = host.shaped_like(device.shape())?;
    let route = Route::write(device.layout(), &host_layout)?;
    let (to, from) = (pointer(device.memory().base), host.base());
    if device.layout().is_empty() {
        return Ok(());
    }
    wait_for_own(stream, device.stream())?;
    if device.memory().kind == MemoryKind::Device
        // SAFETY: both layouts lie inside their memory, which is borrowed for this call.
        && unsafe { staged::upload(stream, device.layout(), to, &host_layout, from) }?
    {
        return Ok(());
    }
    let direction = towards_device(device.memory().kind);
    match route {
        // SAFETY: both layouts lie inside their memory, which is borrowed for this call.
        Route::Direct(plan) => unsafe { run(stream, &plan, to, from.cast(), direction) },
        Route::Staged(through) => {
            let Through { staging, sort } = *through;
            let mut buffer = staging_buffer(staging.bytes())?;
            // SAFETY: the host layout lies inside memory that is borrowed; the staging's, inside the buffer.
            unsafe { rows::copy(&sort, buffer.as_mut_ptr(), from) };
            // SAFETY: as above for the device side; the buffer outlives the copy, which is done on return.
            unsafe { run(stream, staging.plan(), to, buffer.as_ptr().cast(), direction) }
        }
    }
}

fn read(device: &CudaView<'_>, host: &HostViewMut<'_>, stream: StreamRef<'_>) -> Result<()> {
    check_dtype(host.dtype(), device.dtype(), host.carries(device.dtype()))?;
    let host_layout = host.shaped_like(device.shape())?;
    let route = Route::read(&host_layout, device.layout())?;
    let (to, from) = (host.base(), pointer(device.memory().base));
    if device.layout().is_empty() {
        return Ok(());
    }
    wait_for_own(stream, device.stream())?;
    if device.memory().kind == MemoryKind::Device
        // SAFETY: both layouts lie inside their memory, which is borrowed for this call.
        && unsafe { staged::download(stream, device.layout(), from, &host_layout, to) }?
    {
        return Ok(());
    }
    let direction = towards_host(device.memory().kind);
    match route {
        // SAFETY: both layouts lie inside their memory, which is borrowed for this call.
        Route::Direct(plan) => unsafe { run(stream, &plan, to.cast(), from, direction) },
        Route::Staged(through) => {
            let Through { staging, sort } = *through;
            let mut buffer = staging_buffer(staging.bytes())?;
            // SAFETY: the device layout, gaps included, lies inside one allocation; the buffer outlives the copy.
            unsafe { run(stream, staging.plan(), buffer.as_mut_ptr().cast(), from, direction) }?;
            // SAFETY: the host layout lies inside memory that is borrowed for writing; the staging's, in the buffer.
            unsafe { rows::copy(&sort, to, buffer.as_ptr()) };
            Ok(())
        }
    }
}

fn move_within(source: &CudaView<'_>, destination: &CudaViewMut<'_>, stream: StreamRef<'_>) -> Result<()> {
    check_dtype(destination.dtype(), source.dtype(), destination.dtype() == source.dtype())?;
    let plan = CopyPlan::new(destination.layout(), source.layout())?;
    let (to, from) = (destination.memory(), source.memory());
    // Addresses of one process are closer than half of all numbers.
    let distance = to.base.wrapping_sub(from.base) as isize;
    if source.layout().overlap(destination.layout(), distance).is_possible() {
        return Err(Error::Overlap);
    }
    if plan.calls() == 0 {
        return Ok(());
    }
    wait_for_own(stream, from.stream)?;
    wait_for_own(stream, to.stream)?;
    let both_on_device = to.kind == MemoryKind::Device && from.kind == MemoryKind::Device;
    let direction = if both_on_device { Direction::DeviceToDevice } else { Direction::Inferred };
    // SAFETY: both layouts lie inside their memory, which is borrowed for this call, and do not overlap.
    unsafe { run(stream, &plan, pointer(to.base), pointer(from.base), direction) }
}

/// Orders the copy after what is pending on an array, if it is not on the array's own stream anyway.
fn wait_for_own(stream: StreamRef<'_>, own: &Stream) -> Result<()> {
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
unsafe fn run(
    stream: StreamRef<'_>,
    plan: &CopyPlan,
    to: *mut c_void,
    from: *const c_void,
    direction: Direction,
) -> Result<()> {
    let mut left = plan.calls();
    for Offsets { destination, source } in plan.offsets() {
        left -= 1;
        let wait = left == 0 || direction != Direction::DeviceToDevice;
        let (dst, src) = (to.wrapping_byte_offset(destination), from.wrapping_byte_offset(source));
        // SAFETY: the caller's promise.
        let issued = unsafe { issue(stream, plan.call(), dst, src, direction, wait) };
        if issued.is_err() {
            // The failure of the call is what is told.
            let _ = stream.synchronize();
            return issued;
        }
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
            let rows = if wait { copy::blocking_2d } else { copy::enqueue_2d };
            let block = Copy2d {
                dst,
                dst_pitch: destination_pitch,
                src,
                src_pitch: source_pitch,
                width_bytes: width,
                height,
                direction,
            };
            // SAFETY: the caller's promise.
            unsafe { rows(stream, &block) }?;
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

fn check_dtype(to: DType, from: DType, agree: bool) -> Result<()> {
    if agree { Ok(()) } else { Err(Error::DTypeMismatch { to, from }) }
}

/// Room for `bytes`, of which only the address is used; nothing is read that was not written.
fn staging_buffer(bytes: usize) -> Result<Vec<u8>> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(bytes).map_err(|_| Error::HostMemory { bytes })?;
    Ok(buffer)
}

fn towards_device(kind: MemoryKind) -> Direction {
    match kind {
        MemoryKind::Device => Direction::HostToDevice,
        MemoryKind::Pinned => Direction::HostToHost,
        MemoryKind::Managed => Direction::Inferred,
    }
}

fn towards_host(kind: MemoryKind) -> Direction {
    match kind {
        MemoryKind::Device => Direction::DeviceToHost,
        MemoryKind::Pinned => Direction::HostToHost,
        MemoryKind::Managed => Direction::Inferred,
    }
}

fn pointer(address: usize) -> *mut c_void {
    std::ptr::with_exposed_provenance_mut(address)
}
