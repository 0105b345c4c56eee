//! Copies and fills, flat, 2D, 3D and between devices.

use std::ffi::{c_int, c_void};
use std::ptr;

use cuda_sys::cudart::{
    cudaArray_t, cudaExtent, cudaMemcpy3DParms, cudaMemcpy3DPeerParms, cudaMemcpyKind, cudaPitchedPtr,
    cudaPos, cudaStream_t,
};

use super::argument::given;
use super::call::c_functions;
use crate::copy::{Timing, transfer};
use crate::emulator;
use crate::fill::fill;
use crate::lock::read;
use crate::memory::Space;
use crate::outcome::{Code, Outcome};
use crate::shape::{MAX_PITCH, Placed, Shape};

const LEGACY: cudaStream_t = ptr::null_mut();

c_functions! { both:
    fn cudaMemcpy(dst: *mut c_void, src: *const c_void, count: usize, kind: cudaMemcpyKind) {
        // SAFETY: passed on as it came.
        unsafe { copy_1d(dst, src, count, kind, LEGACY, Timing::Blocking) }
    }

    fn cudaMemcpyAsync(
        dst: *mut c_void,
        src: *const c_void,
        count: usize,
        kind: cudaMemcpyKind,
        stream: cudaStream_t,
    ) {
        // SAFETY: passed on as it came.
        unsafe { copy_1d(dst, src, count, kind, stream, Timing::Enqueued) }
    }

    fn cudaMemcpy2D(
        dst: *mut c_void,
        dpitch: usize,
        src: *const c_void,
        spitch: usize,
        width: usize,
        height: usize,
        kind: cudaMemcpyKind,
    ) {
        // SAFETY: passed on as it came.
        unsafe { copy_2d((dst, dpitch), (src, spitch), (width, height), kind, LEGACY, Timing::Blocking) }
    }

    fn cudaMemcpy2DAsync(
        dst: *mut c_void,
        dpitch: usize,
        src: *const c_void,
        spitch: usize,
        width: usize,
        height: usize,
        kind: cudaMemcpyKind,
        stream: cudaStream_t,
    ) {
        // SAFETY: passed on as it came.
        unsafe { copy_2d((dst, dpitch), (src, spitch), (width, height), kind, stream, Timing::Enqueued) }
    }

    fn cudaMemcpy3D(p: *const cudaMemcpy3DParms) {
        // SAFETY: passed on as it came.
        unsafe { copy_3d(p, LEGACY, Timing::Blocking) }
    }

    fn cudaMemcpy3DAsync(p: *const cudaMemcpy3DParms, stream: cudaStream_t) {
        // SAFETY: passed on as it came.
        unsafe { copy_3d(p, stream, Timing::Enqueued) }
    }

    fn cudaMemcpyPeer(dst: *mut c_void, dstDevice: c_int, src: *const c_void, srcDevice: c_int, count: usize) {
        serialise(dstDevice, srcDevice)?;
        peer((dst, dstDevice), (src, srcDevice), Shape::row(count), LEGACY)?;
        serialise(dstDevice, srcDevice)
    }

    fn cudaMemcpyPeerAsync(
        dst: *mut c_void,
        dstDevice: c_int,
        src: *const c_void,
        srcDevice: c_int,
        count: usize,
        stream: cudaStream_t,
    ) {
        peer((dst, dstDevice), (src, srcDevice), Shape::row(count), stream)
    }

    fn cudaMemcpy3DPeer(p: *const cudaMemcpy3DPeerParms) {
        given(p)?;
        // SAFETY: not null, so valid by C's contract.
        let p = unsafe { p.read() };
        serialise(p.dstDevice, p.srcDevice)?;
        peer_3d(&p, LEGACY)?;
        serialise(p.dstDevice, p.srcDevice)
    }

    fn cudaMemcpy3DPeerAsync(p: *const cudaMemcpy3DPeerParms, stream: cudaStream_t) {
        given(p)?;
        // SAFETY: not null, so valid by C's contract.
        peer_3d(&unsafe { p.read() }, stream)
    }

    fn cudaMemset(devPtr: *mut c_void, value: c_int, count: usize) {
        set(flat(devPtr, count), Shape::row(count), value, LEGACY, true)
    }

    fn cudaMemsetAsync(devPtr: *mut c_void, value: c_int, count: usize, stream: cudaStream_t) {
        set(flat(devPtr, count), Shape::row(count), value, stream, false)
    }

    fn cudaMemset2D(devPtr: *mut c_void, pitch: usize, value: c_int, width: usize, height: usize) {
        let (to, shape) = rectangle(devPtr, pitch, width, height)?;
        set(to, shape, value, LEGACY, true)
    }

    fn cudaMemset2DAsync(
        devPtr: *mut c_void,
        pitch: usize,
        value: c_int,
        width: usize,
        height: usize,
        stream: cudaStream_t,
    ) {
        let (to, shape) = rectangle(devPtr, pitch, width, height)?;
        set(to, shape, value, stream, false)
    }

    fn cudaMemset3D(pitchedDevPtr: cudaPitchedPtr, value: c_int, extent: cudaExtent) {
        let (to, shape) = cuboid(&pitchedDevPtr, extent)?;
        set(to, shape, value, LEGACY, true)
    }

    fn cudaMemset3DAsync(pitchedDevPtr: cudaPitchedPtr, value: c_int, extent: cudaExtent, stream: cudaStream_t) {
        let (to, shape) = cuboid(&pitchedDevPtr, extent)?;
        set(to, shape, value, stream, false)
    }
}

fn flat<T>(pointer: *const T, count: usize) -> Placed {
    Placed { address: pointer.expose_provenance(), row: count, slice: count }
}

/// # Safety
///
/// As `cudaMemcpyAsync`.
unsafe fn copy_1d(
    dst: *mut c_void,
    src: *const c_void,
    count: usize,
    kind: cudaMemcpyKind,
    stream: cudaStream_t,
    timing: Timing,
) -> Outcome {
    let emulator = emulator::get()?;
    let (stream, device) = emulator.stream(stream)?;
    let on = (&stream, device);
    // SAFETY: the caller's promise.
    unsafe { transfer(emulator, on, flat(dst, count), flat(src, count), Shape::row(count), kind, timing) }
}

/// # Safety
///
/// As `cudaMemcpy2DAsync`.
unsafe fn copy_2d(
    (dst, dpitch): (*mut c_void, usize),
    (src, spitch): (*const c_void, usize),
    (width, height): (usize, usize),
    kind: cudaMemcpyKind,
    stream: cudaStream_t,
    timing: Timing,
) -> Outcome {
    let wrong = |pitch: usize| width > pitch || pitch > MAX_PITCH;
    if wrong(dpitch) || wrong(spitch) {
        return Err(Code::cudaErrorInvalidPitchValue);
    }
    let emulator = emulator::get()?;
    let (stream, device) = emulator.stream(stream)?;
    let to = Placed { address: dst.expose_provenance(), row: dpitch, slice: 0 };
    let from = Placed { address: src.expose_provenance(), row: spitch, slice: 0 };
    let shape = Shape { width, height, depth: 1 };
    // SAFETY: the caller's promise.
    unsafe { transfer(emulator, (&stream, device), to, from, shape, kind, timing) }
}

/// # Safety
///
/// `parameters` is null or valid, and describes a copy as `cudaMemcpy3DAsync` wants it.
unsafe fn copy_3d(parameters: *const cudaMemcpy3DParms, stream: cudaStream_t, timing: Timing) -> Outcome {
    given(parameters)?;
    // SAFETY: not null, so valid by the caller's promise.
    let p = unsafe { parameters.read() };
    let shape = shape_of(p.extent);
    without_arrays([p.dstArray, p.srcArray])?;
    let to = corner(&p.dstPtr, p.dstPos, shape)?;
    let from = corner(&p.srcPtr, p.srcPos, shape)?;
    let emulator = emulator::get()?;
    let (stream, device) = emulator.stream(stream)?;
    // SAFETY: the caller's promise.
    unsafe { transfer(emulator, (&stream, device), to, from, shape, p.kind, timing) }
}

fn shape_of(extent: cudaExtent) -> Shape {
    Shape { width: extent.width, height: extent.height, depth: extent.depth }
}

/// Refuses arrays, which are not emulated.
fn without_arrays(arrays: [cudaArray_t; 2]) -> Outcome {
    if arrays.iter().all(|array| array.is_null()) { Ok(()) } else { Err(Code::cudaErrorNotSupported) }
}

/// Where the box begins in pitched memory. Without arrays, positions and widths are in bytes.
fn corner(pitched: &cudaPitchedPtr, at: cudaPos, shape: Shape) -> Outcome<Placed> {
    let right = at.x.checked_add(shape.width).ok_or(Code::cudaErrorInvalidValue)?;
    if right > pitched.pitch || pitched.pitch > MAX_PITCH {
        return Err(Code::cudaErrorInvalidPitchValue);
    }
    let below = at.y.checked_add(shape.height).ok_or(Code::cudaErrorInvalidValue)?;
    if below > pitched.ysize && shape.depth > 1 {
        return Err(Code::cudaErrorInvalidValue);
    }
    let slice = pitched.pitch.checked_mul(pitched.ysize).ok_or(Code::cudaErrorInvalidValue)?;
    let offset = || at.z.checked_mul(slice)?.checked_add(at.y.checked_mul(pitched.pitch)?)?.checked_add(at.x);
    let start = offset().and_then(|offset| pitched.ptr.expose_provenance().checked_add(offset));
    Ok(Placed { address: start.ok_or(Code::cudaErrorInvalidValue)?, row: pitched.pitch, slice })
}

fn rectangle(start: *mut c_void, pitch: usize, width: usize, height: usize) -> Outcome<(Placed, Shape)> {
    if width > pitch && height > 1 {
        return Err(Code::cudaErrorInvalidValue);
    }
    let to = Placed { address: start.expose_provenance(), row: pitch, slice: 0 };
    Ok((to, Shape { width, height, depth: 1 }))
}

fn cuboid(pitched: &cudaPitchedPtr, extent: cudaExtent) -> Outcome<(Placed, Shape)> {
    let shape = shape_of(extent);
    let to = corner(pitched, cudaPos::default(), shape).map_err(|_| Code::cudaErrorInvalidValue)?;
    Ok((to, shape))
}

fn set(to: Placed, shape: Shape, value: c_int, stream: cudaStream_t, waits: bool) -> Outcome {
    let emulator = emulator::get()?;
    let (stream, device) = emulator.stream(stream)?;
    // Only the low byte counts, as in C.
    fill(emulator, (&stream, device), to, shape, value.to_le_bytes()[0], waits)
}

/// Waits for both devices and for the current one: a copy between devices runs alone.
fn serialise(first: c_int, second: c_int) -> Outcome {
    let emulator = emulator::get()?;
    let (current, _) = emulator.current()?;
    for device in [emulator.device(first)?.0, emulator.device(second)?.0, current] {
        emulator.synchronise(device)?;
    }
    Ok(())
}

fn peer(
    dst: (*mut c_void, c_int),
    src: (*const c_void, c_int),
    shape: Shape,
    stream: cudaStream_t,
) -> Outcome {
    between((flat(dst.0, shape.width), dst.1), (flat(src.0, shape.width), src.1), shape, stream)
}

fn peer_3d(p: &cudaMemcpy3DPeerParms, stream: cudaStream_t) -> Outcome {
    let shape = shape_of(p.extent);
    without_arrays([p.dstArray, p.srcArray])?;
    let to = corner(&p.dstPtr, p.dstPos, shape)?;
    let from = corner(&p.srcPtr, p.srcPos, shape)?;
    between((to, p.dstDevice), (from, p.srcDevice), shape, stream)
}

/// Copies device memory between devices that are named, and that must be the ones the memory is on.
fn between(to: (Placed, c_int), from: (Placed, c_int), shape: Shape, stream: cudaStream_t) -> Outcome {
    let emulator = emulator::get()?;
    let (stream, device) = emulator.stream(stream)?;
    for (placed, named) in [to, from] {
        let (named, _) = emulator.device(named)?;
        if shape.is_empty() {
            continue;
        }
        let located = read(&emulator.memory).locate(placed.address, placed.span(shape)?)?;
        let elsewhere = located.space == Space::Device && located.device != named;
        if located.space == Space::Pageable || elsewhere {
            return Err(Code::cudaErrorInvalidValue);
        }
    }
    let kind = cudaMemcpyKind::cudaMemcpyDeviceToDevice;
    // SAFETY: no side is pageable; tracked memory is checked again when the copy runs.
    unsafe { transfer(emulator, (&stream, device), to.0, from.0, shape, kind, Timing::Enqueued) }
}
