//! Copies and fills of one run of bytes, and how a blocking call waits.
//!
//! They are enqueued while the stream's device is current, though the stream says which one is meant: the driver refuses a
//! copy between the host and memory of a pool while a device without access to that pool is current, and a fill likewise.

use std::ffi::{c_int, c_void};

use cuda_sys::cudart::cudaMemcpyKind;

use crate::call::call;
use crate::device::{Device, current};
use crate::error::Result;
use crate::relaxed::Relaxed;
use crate::release::UnderWay;
use crate::settle::may_have_started;
use crate::stream::StreamRef;

/// From where to where.
///
/// ```
/// use cuda_safe::{DeviceMemory, Stream, memory::copy::{self, Direction}};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let (stream, host) = (Stream::new(device)?, [1u8, 2, 3]);
/// let mut memory = DeviceMemory::<u8>::new(device, 3)?;
/// let (dst, src) = (memory.as_mut_ptr().cast(), host.as_ptr().cast());
/// // SAFETY: both hold three bytes and live until this returns.
/// unsafe { copy::blocking(stream.as_ref(), dst, src, 3, Direction::HostToDevice) }?;
/// assert_eq!(memory.to_vec()?, host);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ends are host memory.
    HostToHost,
    /// From the host to a device.
    HostToDevice,
    /// From a device to the host.
    DeviceToHost,
    /// Within a device, or between two of them.
    DeviceToDevice,
    /// The runtime looks both addresses up.
    #[default]
    Inferred,
}

/// Enqueues a copy of `bytes`.
///
/// # Safety
/// - `src` is readable and `dst` writable for `bytes`, on the side that `direction` says, and they do not overlap.
/// - Both stay valid, `src` unchanged and `dst` unused, until the stream has done the copy (pageable memory: until
///   the stream is synchronised).
/// - Memory of a pool is allocated, in stream order, before the copy.
///
/// # Errors
/// CUDA's own, also for earlier work of the stream.
#[doc(alias = "cudaMemcpyAsync")]
#[inline(always)]
pub unsafe fn enqueue(
    stream: StreamRef<'_>,
    dst: *mut c_void,
    src: *const c_void,
    bytes: usize,
    direction: Direction,
) -> Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    current!(
        stream.device(),
        // SAFETY: the caller vouches for both blocks until the copy is done; the stream is borrowed for the call.
        unsafe {
            call!(
                stream.runtime(),
                stream.device().subject().bytes(bytes),
                cudaMemcpyAsync(dst, src, bytes, direction.raw(), stream.as_raw())
            )
        }
    )
}

/// Enqueues a copy between two devices; it goes directly where [peer access](Device::enable_peer_access) is enabled,
/// through the host where not.
///
/// # Safety
/// As [`enqueue`]: `dst` is memory of `dst_device`, `src` of `src_device`.
///
/// # Errors
/// Devices of different runtimes, and CUDA's own.
#[doc(alias = "cudaMemcpyPeerAsync")]
pub unsafe fn enqueue_peer(
    stream: StreamRef<'_>,
    dst: *mut c_void,
    dst_device: Device,
    src: *const c_void,
    src_device: Device,
    bytes: usize,
) -> Result<()> {
    dst_device.same_runtime(&src_device, "copy between devices")?;
    dst_device.same_runtime(&stream.device(), "copy between devices")?;
    if bytes == 0 {
        return Ok(());
    }
    if dst_device == src_device {
        // SAFETY: as the caller vouches.
        return unsafe { enqueue(stream, dst, src, bytes, Direction::DeviceToDevice) };
    }
    let _current = stream.device().activate()?;
    let (dst_ordinal, src_ordinal): (c_int, c_int) = (dst_device.raw_ordinal(), src_device.raw_ordinal());
    // SAFETY: the caller vouches for both blocks until the copy is done; the stream is borrowed for the call.
    unsafe {
        call!(
            stream.runtime(),
            dst_device.subject().bytes(bytes),
            cudaMemcpyPeerAsync(dst, dst_ordinal, src, src_ordinal, bytes, stream.as_raw())
        )
    }
}

/// Enqueues the setting of `bytes` bytes to `byte`.
///
/// # Safety
/// As [`enqueue`], for `dst`.
///
/// # Errors
/// CUDA's own.
#[doc(alias = "cudaMemsetAsync")]
#[inline(always)]
pub unsafe fn enqueue_fill(stream: StreamRef<'_>, dst: *mut c_void, byte: u8, bytes: usize) -> Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    current!(
        stream.device(),
        // SAFETY: the caller vouches for the block until the work is done; the stream is borrowed for the call.
        unsafe {
            call!(
                stream.runtime(),
                stream.device().subject().bytes(bytes),
                cudaMemsetAsync(dst, c_int::from(byte), bytes, stream.as_raw())
            )
        }
    )
}

/// Copies `bytes` on the stream and waits for it.
///
/// # Safety
/// As [`enqueue`], until this returns.
///
/// # Errors
/// As [`enqueue`].
#[doc(alias = "cudaMemcpy")]
pub unsafe fn blocking(
    stream: StreamRef<'_>,
    dst: *mut c_void,
    src: *const c_void,
    bytes: usize,
    direction: Direction,
) -> Result<()> {
    // SAFETY: as the caller vouches.
    let enqueued = unsafe { enqueue(stream, dst, src, bytes, direction) };
    finish(stream, enqueued, bytes > 0)
}

/// Copies `bytes` in the order of the legacy default stream of a device, by the one call that waits itself: it is faster
/// than [`blocking`], which makes two. On return the host memory may be used again; a copy from pageable memory to the
/// device may still be under way, as after `cudaMemcpy`. CUDA forbids the call while a thread captures a stream in the global
/// mode, and that capture is spoilt. An exit of the process waits for it.
///
/// # Safety
/// As [`enqueue`]. After a copy to the device `dst` is left alone until that stream has come to it; for the rest the
/// promise ends on return.
///
/// # Errors
/// As [`enqueue`].
#[doc(alias = "cudaMemcpy")]
pub unsafe fn on_legacy(
    device: Device,
    dst: *mut c_void,
    src: *const c_void,
    bytes: usize,
    direction: Direction,
) -> Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    let _under_way = UnderWay::enter();
    let _current = device.activate()?;
    // SAFETY: the caller vouches for both blocks.
    let copied = unsafe {
        call!(device.runtime(), device.subject().bytes(bytes), cudaMemcpy(dst, src, bytes, direction.raw()))
    };
    // A refusal may be that of earlier work; nothing may be under way on return.
    if copied.is_ok() { copied } else { finish(StreamRef::legacy(device), copied, true) }
}

/// The same without harm to what any thread captures: in the relaxed mode, and where a capture forbids the legacy stream refused
/// before it is spoilt. It takes some hundred nanoseconds more.
///
/// # Safety
/// As [`on_legacy`].
///
/// # Errors
/// As there.
#[doc(alias = "cudaMemcpy")]
pub unsafe fn on_legacy_beside_captures(
    device: Device,
    dst: *mut c_void,
    src: *const c_void,
    bytes: usize,
    direction: Direction,
) -> Result<()> {
    let _under_way = UnderWay::enter();
    let _relaxed = Relaxed::enter(device.runtime());
    // Waiting for it would not end, either, if this thread captures.
    StreamRef::legacy(device).is_capturing()?;
    // SAFETY: the caller's promise.
    unsafe { on_legacy(device, dst, src, bytes, direction) }
}

/// Copies between devices on the stream and waits for it.
///
/// # Safety
/// As [`enqueue_peer`], until this returns.
///
/// # Errors
/// As [`enqueue_peer`].
#[doc(alias = "cudaMemcpyPeer")]
pub unsafe fn blocking_peer(
    stream: StreamRef<'_>,
    dst: *mut c_void,
    dst_device: Device,
    src: *const c_void,
    src_device: Device,
    bytes: usize,
) -> Result<()> {
    // SAFETY: as the caller vouches.
    let enqueued = unsafe { enqueue_peer(stream, dst, dst_device, src, src_device, bytes) };
    finish(stream, enqueued, bytes > 0)
}

/// Sets `bytes` bytes to `byte` on the stream and waits for it.
///
/// # Safety
/// As [`enqueue_fill`], until this returns.
///
/// # Errors
/// As [`enqueue_fill`].
#[doc(alias = "cudaMemset")]
pub unsafe fn blocking_fill(stream: StreamRef<'_>, dst: *mut c_void, byte: u8, bytes: usize) -> Result<()> {
    // SAFETY: as the caller vouches.
    let enqueued = unsafe { enqueue_fill(stream, dst, byte, bytes) };
    finish(stream, enqueued, bytes > 0)
}

/// Waits for what may have been enqueued. A copy that CUDA refused is waited for as well: the refusal may be that of
/// earlier work, and waiting is what makes returning safe.
pub(crate) fn finish(stream: StreamRef<'_>, enqueued: Result<()>, any_bytes: bool) -> Result<()> {
    match enqueued {
        Ok(()) if any_bytes => stream.settle(),
        Err(error) if may_have_started(&error) => stream.settle().and(Err(error)),
        other => other,
    }
}

impl Direction {
    pub(crate) fn raw(self) -> cudaMemcpyKind {
        match self {
            Self::HostToHost => cudaMemcpyKind::cudaMemcpyHostToHost,
            Self::HostToDevice => cudaMemcpyKind::cudaMemcpyHostToDevice,
            Self::DeviceToHost => cudaMemcpyKind::cudaMemcpyDeviceToHost,
            Self::DeviceToDevice => cudaMemcpyKind::cudaMemcpyDeviceToDevice,
            Self::Inferred => cudaMemcpyKind::cudaMemcpyDefault,
        }
    }
}
