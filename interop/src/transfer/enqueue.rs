//! Copies that are given to a stream and not waited for.
//!
//! They check what `memcpy_*` checks and order themselves after the work that the arrays' own streams have. From then on the
//! caller has both arrays to keep: the functions take views, whose borrows end when the functions return, long before the
//! copy does. There is no host buffer on the way, for nobody would be there to free it, so a copy between host and device
//! must be one that a single call does (packed arrays, crops, boxes); between device arrays any layouts will do.

use cuda_safe::Stream;

use super::calls::{
    between, check_dtype, check_overlap, enqueue, pointer, towards_device, towards_host, wait_for_own,
};
use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::layout::{CopyPlan, Layout};
use crate::view::{CudaView, CudaViewMut};

/// Gives a copy from the host to the device to `stream`, after the work that the device array's own stream has now.
///
/// It overlaps with other work only if the host memory is page-locked ([`cuda_safe::PinnedMemory`],
/// [`cuda_safe::Registered`]); from ordinary memory CUDA may take what it needs before this returns.
///
/// ```
/// use cuda_safe::{PinnedMemory, Stream};
/// use interop::{CudaBuffer, DType, enqueue_d2h, enqueue_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let mut frame = PinnedMemory::<u8>::zeroed(device, 6)?;
/// frame.copy_from_slice(b"abcdef");
/// let mut back = PinnedMemory::<u8>::zeroed(device, 6)?;
/// let mut buffer = CudaBuffer::new(device, &[2, 3], DType::U8)?;
/// // SAFETY: the stream is waited for below, before anybody touches or drops one of the three.
/// unsafe { enqueue_h2d(&stream, &frame[..], &mut buffer) }?;
/// // SAFETY: as above.
/// unsafe { enqueue_d2h(&stream, &buffer, &mut back[..]) }?;
/// stream.as_ref().settle()?;
/// assert_eq!(&back[..], b"abcdef");
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Safety
/// Until the stream has done the copy, both arrays stay allocated, nobody writes the host array, and nobody uses the device
/// array but in the order of `stream`. That holds after an error of CUDA too.
///
/// # Errors
/// As [`memcpy_h2d`](super::memcpy_h2d), and [`Error::NotOneCall`]: nothing has been enqueued then. CUDA's own.
#[doc(alias = "cudaMemcpyAsync")]
pub unsafe fn enqueue_h2d<'h, 'd>(
    stream: &Stream,
    host: impl TryInto<HostView<'h>, Error: Into<Error>>,
    device: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
) -> Result<()> {
    let (host, device) = (host.try_into().map_err(Into::into)?, device.try_into().map_err(Into::into)?);
    check_dtype(device.dtype(), host.dtype(), host.carries(device.dtype()))?;
    let plan = one_call(device.layout(), &host.shaped_like(device.shape())?)?;
    if plan.calls() == 0 {
        return Ok(());
    }
    let (stream, memory) = (stream.as_ref(), device.memory());
    wait_for_own(stream, memory.stream)?;
    // SAFETY: both layouts lie inside their memory, which the caller keeps.
    unsafe { enqueue(stream, &plan, pointer(memory.base), host.base().cast(), towards_device(memory.kind)) }
}

/// Gives a copy from the device to the host to `stream`, after the work that the device array's own stream has now.
///
/// It overlaps with other work only if the host memory is page-locked; to ordinary memory CUDA may copy before this
/// returns. An example is at [`enqueue_h2d`].
///
/// # Safety
/// Until the stream has done the copy, both arrays stay allocated, nobody reads or writes the host array, and nobody writes
/// the device array but in the order of `stream`. That holds after an error of CUDA too.
///
/// # Errors
/// As [`memcpy_d2h`](super::memcpy_d2h), and [`Error::NotOneCall`]: nothing has been enqueued then. CUDA's own.
#[doc(alias = "cudaMemcpyAsync")]
pub unsafe fn enqueue_d2h<'h, 'd>(
    stream: &Stream,
    device: impl TryInto<CudaView<'d>, Error: Into<Error>>,
    host: impl TryInto<HostViewMut<'h>, Error: Into<Error>>,
) -> Result<()> {
    let (device, host) = (device.try_into().map_err(Into::into)?, host.try_into().map_err(Into::into)?);
    check_dtype(host.dtype(), device.dtype(), host.carries(device.dtype()))?;
    let plan = one_call(&host.shaped_like(device.shape())?, device.layout())?;
    if plan.calls() == 0 {
        return Ok(());
    }
    let (stream, memory) = (stream.as_ref(), device.memory());
    wait_for_own(stream, memory.stream)?;
    // SAFETY: both layouts lie inside their memory, which the caller keeps.
    unsafe { enqueue(stream, &plan, host.base().cast(), pointer(memory.base), towards_host(memory.kind)) }
}

/// Gives a copy between device arrays to `stream`, after the work that the streams of both have now. Any layouts will do.
///
/// ```
/// use interop::{CudaBuffer, DType, enqueue_d2d, memcpy_d2h, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut image = CudaBuffer::new(device, &[2, 3], DType::U8)?;
/// memcpy_h2d(b"abcdef", &mut image)?;
/// let mut turned = CudaBuffer::new(device, &[3, 2], DType::U8)?;
/// let stream = cuda_safe::Stream::new(device)?;
/// // SAFETY: the stream is waited for before anybody touches or drops one of the two.
/// unsafe { enqueue_d2d(&stream, image.view().transpose(), &mut turned) }?;
/// stream.as_ref().settle()?;
/// let mut back = [0u8; 6];
/// memcpy_d2h(&turned, &mut back)?;
/// assert_eq!(&back, b"adbecf");
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Safety
/// Until the stream has done the copy, both arrays stay allocated, and nobody writes the source or uses the destination but
/// in the order of `stream`. That holds after an error of CUDA too.
///
/// # Errors
/// As [`memcpy_d2d`](super::memcpy_d2d); what it refuses has not been enqueued. CUDA's own.
#[doc(alias = "cudaMemcpyAsync")]
pub unsafe fn enqueue_d2d<'s, 'd>(
    stream: &Stream,
    source: impl TryInto<CudaView<'s>, Error: Into<Error>>,
    destination: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
) -> Result<()> {
    let source = source.try_into().map_err(Into::into)?;
    let destination = destination.try_into().map_err(Into::into)?;
    check_dtype(destination.dtype(), source.dtype(), destination.dtype() == source.dtype())?;
    let plan = CopyPlan::new(destination.layout(), source.layout())?;
    check_overlap(&source, &destination)?;
    if plan.calls() == 0 {
        return Ok(());
    }
    let (stream, from, to) = (stream.as_ref(), source.memory(), destination.memory());
    wait_for_own(stream, from.stream)?;
    wait_for_own(stream, to.stream)?;
    // SAFETY: both layouts lie inside their memory, which the caller keeps, and do not overlap.
    unsafe { enqueue(stream, &plan, pointer(to.base), pointer(from.base), between(from.kind, to.kind)) }
}

/// The plan of a copy that takes one call, or none.
fn one_call(destination: &Layout, source: &Layout) -> Result<CopyPlan> {
    let plan = CopyPlan::new(destination, source)?;
    match plan.calls() {
        0 | 1 => Ok(plan),
        calls => Err(Error::NotOneCall { calls }),
    }
}
