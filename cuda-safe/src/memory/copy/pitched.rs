//! Copies of rows, and of slices of rows, between two pitched blocks.
//!
//! A single row is one plain copy and a single slice one copy of rows, so neither is refused for a pitch that is not
//! used, or that is larger than the device's largest (`cudaDevAttrMaxPitch`).

use std::ffi::c_void;

use cuda_sys::cudart::{cudaExtent, cudaMemcpy3DParms, cudaPitchedPtr, cudaPos};

use crate::call::call;
use crate::device::Device;
use crate::error::{ErrorKind, Result};
use crate::memory::copy::linear::{Direction, enqueue, finish};
use crate::release::UnderWay;
use crate::stream::StreamRef;

/// Rows copied between two pitched blocks; all sizes in bytes.
///
/// ```
/// use cuda_safe::{DeviceMemory, Stream, memory::copy::{self, Copy2d, Direction}};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let picture: Vec<u8> = (0..12).collect();
/// let (stream, mut memory) = (Stream::new(device)?, DeviceMemory::<u8>::new(device, 6)?);
/// let left_half = Copy2d {
///     dst: memory.as_mut_ptr().cast(),
///     dst_pitch: 2,
///     src: picture.as_ptr().cast(),
///     src_pitch: 4,
///     width_bytes: 2,
///     height: 3,
///     direction: Direction::HostToDevice,
/// };
/// // SAFETY: the last byte read is 9 of 12, the last one written 5 of 6, and both live until this returns.
/// unsafe { copy::blocking_2d(stream.as_ref(), &left_half) }?;
/// assert_eq!(memory.to_vec()?, [0, 1, 4, 5, 8, 9]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Copy2d {
    /// First byte of the first destination row.
    pub dst: *mut c_void,
    /// Bytes from one destination row to the next.
    pub dst_pitch: usize,
    /// First byte of the first source row.
    pub src: *const c_void,
    /// Bytes from one source row to the next.
    pub src_pitch: usize,
    /// Bytes of a row that are copied.
    pub width_bytes: usize,
    /// Rows.
    pub height: usize,
    /// From where to where.
    pub direction: Direction,
}

/// Slices of rows copied between two pitched blocks; all sizes in bytes.
///
/// ```
/// use cuda_safe::{DeviceMemory, Stream, memory::copy::{self, Copy3d, Direction}};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let volume: Vec<u8> = (0..24).collect(); // 2 slices of 3 rows of 4
/// let (stream, mut memory) = (Stream::new(device)?, DeviceMemory::<u8>::new(device, 8)?);
/// let corner = Copy3d {
///     dst: memory.as_mut_ptr().cast(),
///     dst_pitch: 2,
///     dst_rows: 2,
///     src: volume.as_ptr().cast(),
///     src_pitch: 4,
///     src_rows: 3,
///     width_bytes: 2,
///     height: 2,
///     depth: 2,
///     direction: Direction::HostToDevice,
/// };
/// // SAFETY: the last byte read is 17 of 24, the last one written 7 of 8, and both live until this returns.
/// unsafe { copy::blocking_3d(stream.as_ref(), &corner) }?;
/// assert_eq!(memory.to_vec()?, [0, 1, 4, 5, 12, 13, 16, 17]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Copy3d {
    /// First byte of the first destination row.
    pub dst: *mut c_void,
    /// Bytes from one destination row to the next.
    pub dst_pitch: usize,
    /// Destination rows from one slice to the next.
    pub dst_rows: usize,
    /// First byte of the first source row.
    pub src: *const c_void,
    /// Bytes from one source row to the next.
    pub src_pitch: usize,
    /// Source rows from one slice to the next.
    pub src_rows: usize,
    /// Bytes of a row that are copied.
    pub width_bytes: usize,
    /// Rows of a slice that are copied.
    pub height: usize,
    /// Slices.
    pub depth: usize,
    /// From where to where.
    pub direction: Direction,
}

impl Copy2d {
    pub(crate) fn any_bytes(&self) -> bool {
        self.width_bytes > 0 && self.height > 0
    }
}

/// Enqueues a copy of rows.
///
/// # Safety
/// As [`enqueue`], for every row.
///
/// # Errors
/// Rows longer than their pitch, spans that overflow, and CUDA's own.
#[doc(alias = "cudaMemcpy2DAsync")]
pub unsafe fn enqueue_2d(stream: StreamRef<'_>, copy: &Copy2d) -> Result<()> {
    if !copy.any_bytes() {
        return Ok(());
    }
    if copy.height == 1 {
        // SAFETY: as the caller vouches; one row is one block, whatever the pitches.
        return unsafe { enqueue(stream, copy.dst, copy.src, copy.width_bytes, copy.direction) };
    }
    check_rows("destination", copy.height, copy.width_bytes, copy.dst_pitch)?;
    check_rows("source", copy.height, copy.width_bytes, copy.src_pitch)?;
    let _current = stream.device().activate()?;
    // SAFETY: the caller vouches for every row until the copy is done; rows fit their pitch as checked above.
    unsafe {
        call!(
            stream.runtime(),
            stream.device().subject().bytes(copy.width_bytes.saturating_mul(copy.height)),
            cudaMemcpy2DAsync(
                copy.dst,
                copy.dst_pitch,
                copy.src,
                copy.src_pitch,
                copy.width_bytes,
                copy.height,
                copy.direction.raw(),
                stream.as_raw()
            )
        )
    }
}

/// Enqueues a copy of slices of rows.
///
/// # Safety
/// As [`enqueue`], for every row.
///
/// # Errors
/// Rows longer than their pitch, slices with more rows than there are between two of them, spans that overflow, and
/// CUDA's own.
#[doc(alias = "cudaMemcpy3DAsync")]
pub unsafe fn enqueue_3d(stream: StreamRef<'_>, copy: &Copy3d) -> Result<()> {
    if copy.width_bytes == 0 || copy.height == 0 || copy.depth == 0 {
        return Ok(());
    }
    if copy.depth == 1 {
        let slice = Copy2d {
            dst: copy.dst,
            dst_pitch: copy.dst_pitch,
            src: copy.src,
            src_pitch: copy.src_pitch,
            width_bytes: copy.width_bytes,
            height: copy.height,
            direction: copy.direction,
        };
        // SAFETY: as the caller vouches; one slice is one block of rows.
        return unsafe { enqueue_2d(stream, &slice) };
    }
    check_slices("destination", copy, copy.dst_pitch, copy.dst_rows)?;
    check_slices("source", copy, copy.src_pitch, copy.src_rows)?;
    let origin = cudaPos { x: 0, y: 0, z: 0 };
    let block = |pointer, pitch, rows| cudaPitchedPtr { ptr: pointer, pitch, xsize: pitch, ysize: rows };
    let parameters = cudaMemcpy3DParms {
        srcArray: std::ptr::null_mut(),
        srcPos: origin,
        srcPtr: block(copy.src.cast_mut(), copy.src_pitch, copy.src_rows),
        dstArray: std::ptr::null_mut(),
        dstPos: origin,
        dstPtr: block(copy.dst, copy.dst_pitch, copy.dst_rows),
        extent: cudaExtent { width: copy.width_bytes, height: copy.height, depth: copy.depth },
        kind: copy.direction.raw(),
    };
    let bytes = copy.width_bytes.saturating_mul(copy.height).saturating_mul(copy.depth);
    let _current = stream.device().activate()?;
    // SAFETY: the caller vouches for every row until the copy is done; rows and slices fit as checked above.
    unsafe {
        call!(
            stream.runtime(),
            stream.device().subject().bytes(bytes),
            cudaMemcpy3DAsync(&raw const parameters, stream.as_raw())
        )
    }
}

/// Copies rows on the stream and waits for it.
///
/// # Safety
/// As [`enqueue_2d`], until this returns.
///
/// # Errors
/// As [`enqueue_2d`].
#[doc(alias = "cudaMemcpy2D")]
pub unsafe fn blocking_2d(stream: StreamRef<'_>, copy: &Copy2d) -> Result<()> {
    // SAFETY: as the caller vouches.
    let enqueued = unsafe { enqueue_2d(stream, copy) };
    finish(stream, enqueued, copy.any_bytes())
}

/// Copies rows in the order of the legacy default stream of a device, by the one call that waits itself. On return the host
/// memory may be used again, as after [`on_legacy`](super::on_legacy).
///
/// # Safety
/// As there, for the rows.
///
/// # Errors
/// As [`enqueue_2d`].
#[doc(alias = "cudaMemcpy2D")]
pub unsafe fn on_legacy_2d(device: Device, copy: &Copy2d) -> Result<()> {
    if !copy.any_bytes() {
        return Ok(());
    }
    check_rows("destination", copy.height, copy.width_bytes, copy.dst_pitch)?;
    check_rows("source", copy.height, copy.width_bytes, copy.src_pitch)?;
    let _under_way = UnderWay::enter();
    let _current = device.activate()?;
    // SAFETY: the caller vouches for every row; rows fit as checked above.
    let copied = unsafe {
        call!(
            device.runtime(),
            device.subject().bytes(copy.width_bytes.saturating_mul(copy.height)),
            cudaMemcpy2D(
                copy.dst,
                copy.dst_pitch,
                copy.src,
                copy.src_pitch,
                copy.width_bytes,
                copy.height,
                copy.direction.raw()
            )
        )
    };
    // A refusal may be that of earlier work; nothing may be under way on return.
    if copied.is_ok() { copied } else { finish(StreamRef::legacy(device), copied, true) }
}

/// Copies slices of rows on the stream and waits for it.
///
/// # Safety
/// As [`enqueue_3d`], until this returns.
///
/// # Errors
/// As [`enqueue_3d`].
#[doc(alias = "cudaMemcpy3D")]
pub unsafe fn blocking_3d(stream: StreamRef<'_>, copy: &Copy3d) -> Result<()> {
    // SAFETY: as the caller vouches.
    let enqueued = unsafe { enqueue_3d(stream, copy) };
    finish(stream, enqueued, copy.width_bytes > 0 && copy.height > 0 && copy.depth > 0)
}

/// Refuses rows that overlap the next one, and blocks whose last byte has no address.
fn check_rows(side: &'static str, rows: usize, width: usize, pitch: usize) -> Result<()> {
    let end = (rows - 1).checked_mul(pitch).and_then(|start| start.checked_add(width));
    if end.is_some() && width <= pitch {
        return Ok(());
    }
    Err(ErrorKind::RowsOutOfBounds {
        operation: "copy of rows",
        side,
        rows,
        width,
        pitch,
        len: usize::MAX,
        unit: "bytes",
    }
    .into())
}

fn check_slices(side: &'static str, copy: &Copy3d, pitch: usize, rows: usize) -> Result<()> {
    let all_rows = (copy.depth - 1).checked_mul(rows).and_then(|start| start.checked_add(copy.height));
    match all_rows {
        Some(all_rows) if copy.height <= rows => check_rows(side, all_rows, copy.width_bytes, pitch),
        _ => Err(ErrorKind::RowsOutOfBounds {
            operation: "copy of slices",
            side,
            rows: copy.height,
            width: copy.width_bytes,
            pitch,
            len: rows,
            unit: "rows",
        }
        .into()),
    }
}
