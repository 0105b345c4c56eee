//! Copies between arrays: any layout on either side.
//!
//! Each function checks shapes and element types first and touches nothing if they differ. Then it takes as few runtime
//! calls as the two layouts allow, in the order of the stream of the device array or of one that is given: work that is
//! pending there is done first, and later work sees the result. **It returns when the host memory may be used again**, read
//! after a copy to the host, changed after a copy to the device.
//!
//! A copy is done then, with one exception: a copy from the host to an array of our own on the legacy default stream may still be
//! under way, as after `cudaMemcpy`. All later work of that stream comes after it, that of every blocking stream too, and so
//! does what is done with the array here, by its exports (which name its stream) and by freeing it. Whoever uses the bare
//! [address](CudaView::address) on a non-blocking stream makes that one wait, as for any work. If the device fails in such a
//! copy, a later call tells.
//!
//! So safe code is never left with borrowed memory that a copy still uses. Copies that overlap with other work are `unsafe`,
//! since the caller has to keep both arrays until the stream is done: [`enqueue_h2d`], [`enqueue_d2h`], [`enqueue_d2d`].
//! (Memory that is owned rather than borrowed overlaps without `unsafe` by the scopes and the pending copies of
//! [`cuda_safe`].)
//!
//! Large copies between the host and a device go through the engine of [`cuda_safe::memory::staging`], which moves pageable
//! memory at the speed of page-locked memory and packs or unpacks strided host arrays on the way.
//!
//! While some thread captures a stream in the global mode, which is the default, CUDA forbids the plain `cudaMemcpy`, and the
//! capture is spoilt. What the engine does, and copies of half a mebibyte or more that need no packing, are made in the relaxed
//! mode; others may be the bare call.
//!
//! Many small arrays go together: [`memcpy_h2d_batch`], [`memcpy_d2h_batch`].
//!
//! An array without elements needs no call. A destination that overlaps itself (a stride of 0, say) is refused, since
//! what it would hold is not defined.

mod batch;
mod calls;
mod channels;
mod enqueue;
mod hint;
mod options;
mod packed;
mod pieces;
mod progress;
mod route;
mod rows;
mod staged;
mod turn;
mod unplanned;
mod word;

use cuda_safe::memory::staging::{Stores, Until};
use cuda_safe::{Stream, StreamRef};

use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::layout::CopyPlan;
use crate::owner::MemoryKind;
use crate::view::{CudaView, CudaViewMut};
pub use batch::{memcpy_d2h_batch, memcpy_h2d_batch};
use calls::{
    between, check_dtype, check_overlap, pointer, run, run_until, towards_device, towards_host, wait_for_own,
};
pub use enqueue::{enqueue_d2d, enqueue_d2h, enqueue_h2d};
pub use options::{CopyOptions, memcpy_d2h_with, memcpy_h2d_with};
use progress::Progress;
use route::{Route, Through};

/// Copies a host array to the device, and returns when the host array may be changed again.
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
    let host = host.try_into().map_err(Into::into)?;
    let device = device.try_into().map_err(Into::into)?;
    write(&host, &device, device.stream().as_ref(), &mut Progress::default())
}

/// [`memcpy_h2d`] on a stream of choice, after the work that the device array's own stream has now.
/// On another stream than the legacy one it returns when the copy is done; [`enqueue_h2d`] does not wait.
///
/// # Errors
/// As there, and a stream of another runtime.
pub fn memcpy_h2d_on<'h, 'd>(
    stream: &Stream,
    host: impl TryInto<HostView<'h>, Error: Into<Error>>,
    device: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
) -> Result<()> {
    let host = host.try_into().map_err(Into::into)?;
    let device = device.try_into().map_err(Into::into)?;
    write(&host, &device, stream.as_ref(), &mut Progress::default())
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
    let device = device.try_into().map_err(Into::into)?;
    let host = host.try_into().map_err(Into::into)?;
    read(&device, &host, device.stream().as_ref(), &mut Progress::default())
}

/// [`memcpy_d2h`] on a stream of choice, after the work that the device array's own stream has now.
/// Returns when the copy is done, as the arrays are only borrowed; [`enqueue_d2h`] does not wait.
///
/// # Errors
/// As there, and a stream of another runtime.
pub fn memcpy_d2h_on<'h, 'd>(
    stream: &Stream,
    device: impl TryInto<CudaView<'d>, Error: Into<Error>>,
    host: impl TryInto<HostViewMut<'h>, Error: Into<Error>>,
) -> Result<()> {
    let device = device.try_into().map_err(Into::into)?;
    let host = host.try_into().map_err(Into::into)?;
    read(&device, &host, stream.as_ref(), &mut Progress::default())
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
/// Returns when the copy is done, as the arrays are only borrowed; [`enqueue_d2d`] does not wait.
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

fn write(
    host: &HostView<'_>,
    device: &CudaViewMut<'_>,
    stream: StreamRef<'_>,
    progress: &mut Progress<'_>,
) -> Result<()> {
    check_dtype(device.dtype(), host.dtype(), host.carries(device.dtype()))?;
    if packed::write(host, device, stream, progress)? || unplanned::write(host, device, stream)? {
        return Ok(());
    }
    let host_layout = host.shaped_like(device.shape())?;
    let plan = CopyPlan::new(device.layout(), &host_layout)?;
    let (to, from) = (pointer(device.memory().base), host.base());
    if device.layout().is_empty() {
        return Ok(());
    }
    wait_for_own(stream, device.stream())?;
    let until = packed::until_by_engine(device.memory(), stream)?;
    if device.memory().kind == MemoryKind::Device
        && staged::may_gain(&plan)
        // SAFETY: both layouts lie inside their memory, which is borrowed for this call; `until` knows who comes later.
        && unsafe { staged::upload(stream, device.layout(), to, &host_layout, from, until, progress) }?
    {
        return Ok(());
    }
    let direction = towards_device(device.memory().kind);
    match Route::write(plan, device.layout(), &host_layout)? {
        Route::Direct(plan) => {
            // SAFETY: both layouts lie inside their memory, which is borrowed for this call.
            unsafe { run_until(stream, &plan, to, from.cast(), direction, until) }?;
            match until {
                Until::Done => Ok(()),
                Until::Staged => {
                    let first = from.wrapping_offset(host_layout.offset());
                    packed::end_of_upload(until, stream, first, None)
                }
            }
        }
        Route::Staged(through, direct) => {
            let Through { staging, sort } = *through;
            let Some(mut buffer) = staging_buffer(staging.bytes()) else {
                // SAFETY: as for the direct route.
                return unsafe { run(stream, &direct, to, from.cast(), direction) };
            };
            // SAFETY: the host layout lies inside memory that is borrowed; the staging's, inside the buffer.
            unsafe { rows::copy(&sort, buffer.as_mut_ptr(), from, Stores::Ordinary) };
            // SAFETY: as above for the device side; the buffer, which is pageable, has been read on return.
            unsafe { run_until(stream, staging.plan(), to, buffer.as_ptr().cast(), direction, until) }
        }
    }
}

fn read(
    device: &CudaView<'_>,
    host: &HostViewMut<'_>,
    stream: StreamRef<'_>,
    progress: &mut Progress<'_>,
) -> Result<()> {
    check_dtype(host.dtype(), device.dtype(), host.carries(device.dtype()))?;
    if packed::read(device, host, stream, progress)? || unplanned::read(device, host, stream)? {
        return Ok(());
    }
    let host_layout = host.shaped_like(device.shape())?;
    let plan = CopyPlan::new(&host_layout, device.layout())?;
    let (to, from) = (host.base(), pointer(device.memory().base));
    if device.layout().is_empty() {
        return Ok(());
    }
    wait_for_own(stream, device.stream())?;
    if device.memory().kind == MemoryKind::Device
        // SAFETY: both layouts lie inside their memory, which is borrowed for this call.
        && unsafe { staged::download(stream, device.layout(), from, &host_layout, to, progress) }?
    {
        return Ok(());
    }
    let (direction, until) = (towards_host(device.memory().kind), Until::Done);
    match Route::read(plan, &host_layout, device.layout())? {
        // SAFETY: both layouts lie inside their memory, which is borrowed for this call.
        Route::Direct(plan) => unsafe { run_until(stream, &plan, to.cast(), from, direction, until) },
        Route::Staged(through, direct) => {
            let Through { staging, sort } = *through;
            let Some(mut buffer) = staging_buffer(staging.bytes()) else {
                // SAFETY: as for the direct route.
                return unsafe { run(stream, &direct, to.cast(), from, direction) };
            };
            // SAFETY: the device layout, gaps included, lies inside one allocation; the buffer outlives the copy.
            unsafe { run_until(stream, staging.plan(), buffer.as_mut_ptr().cast(), from, direction, until) }?;
            // SAFETY: the host layout lies inside memory that is borrowed for writing; the staging's, in the buffer.
            unsafe { rows::copy(&sort, to, buffer.as_ptr(), Stores::Ordinary) };
            Ok(())
        }
    }
}

fn move_within(source: &CudaView<'_>, destination: &CudaViewMut<'_>, stream: StreamRef<'_>) -> Result<()> {
    check_dtype(destination.dtype(), source.dtype(), destination.dtype() == source.dtype())?;
    let plan = CopyPlan::new(destination.layout(), source.layout())?;
    check_overlap(source, destination)?;
    let (to, from) = (destination.memory(), source.memory());
    if plan.calls() == 0 {
        return Ok(());
    }
    wait_for_own(stream, from.stream)?;
    wait_for_own(stream, to.stream)?;
    let direction = between(from.kind, to.kind);
    // SAFETY: both layouts lie inside their memory, which is borrowed for this call, and do not overlap.
    unsafe { run(stream, &plan, pointer(to.base), pointer(from.base), direction) }
}

/// Room for `bytes`, of which only the address is used; nothing is read that was not written. None if the host has none.
fn staging_buffer(bytes: usize) -> Option<Vec<u8>> {
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(bytes).ok()?;
    Some(buffer)
}
