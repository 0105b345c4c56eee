//! One copy, by each method that this program has.

use std::ffi::{c_int, c_void};

use cuda_safe::cuda_sys::cudart::{cudaError_t, cudaMemcpyKind};
use cuda_safe::{Device, PinnedMemory};
use interop::{CudaBuffer, DType, HostView, HostViewMut, Layout, memcpy_d2h, memcpy_h2d};

use super::case::{Case, Direction, Memory, Method, PITCH, ROW};
use super::clock::{Clock, Took};
use crate::exit::Failure;

/// Host memory that all cases share, so that it was used before.
pub(super) struct Host {
    pageable: Vec<u8>,
    pinned: Option<PinnedMemory<u8>>,
    packed: Vec<u8>,
}

/// A case with its memory on both sides.
pub(super) struct Copies<'a> {
    case: Case,
    buffer: CudaBuffer,
    host: &'a mut Host,
    layout: Layout,
}

impl Host {
    /// Enough for these cases.
    pub(super) fn new(device: Device, cases: &[Case]) -> Result<Self, Failure> {
        let most = |memory: Memory, bytes: fn(&Case) -> usize| {
            cases.iter().filter(|case| case.memory == memory).map(bytes).max().unwrap_or(0)
        };
        let pageable = most(Memory::Pageable, |case| case.bytes)
            .max(most(Memory::Rows, |case| case.rows() * PITCH))
            .max(most(Memory::Transposed, |case| case.bytes));
        let pinned = match most(Memory::Pinned, |case| case.bytes) {
            0 => None,
            bytes => Some(PinnedMemory::zeroed(device, bytes).map_err(Failure::failed)?),
        };
        // Not zero, for which no page would be touched.
        Ok(Self {
            pageable: vec![1; pageable],
            pinned,
            packed: vec![1; most(Memory::Transposed, |case| case.bytes)],
        })
    }
}

impl<'a> Copies<'a> {
    pub(super) fn new(device: Device, case: Case, host: &'a mut Host) -> Result<Self, Failure> {
        let side = case.side();
        let (shape, dtype): (&[usize], _) = match case.memory {
            Memory::Rows => (&[case.rows(), ROW], DType::U8),
            Memory::Transposed => (&[side, side], DType::F32),
            _ => (&[case.bytes], DType::U8),
        };
        let size = dtype.size();
        let layout = match case.memory {
            // Both fit: the memory was allocated for them.
            Memory::Rows => Layout::strided(shape, &[PITCH as isize, 1], 0, size),
            Memory::Transposed => Layout::strided(shape, &[4, 4 * side as isize], 0, size),
            _ => Layout::contiguous(shape, size),
        };
        let buffer = CudaBuffer::new(device, shape, dtype).map_err(Failure::failed)?;
        Ok(Self { case, buffer, host, layout: layout.map_err(Failure::failed)? })
    }

    /// One copy.
    pub(super) fn once(&mut self, method: Method) -> Result<Took, Failure> {
        let mut fresh = match (self.case.memory, self.case.direction) {
            (Memory::Fresh, Direction::ToDevice) => vec![0; self.case.bytes],
            (Memory::Fresh, Direction::ToHost) => Vec::with_capacity(self.case.bytes),
            _ => Vec::new(),
        };
        let host: *mut u8 = match (self.case.memory, &mut self.host.pinned) {
            (Memory::Fresh, _) => fresh.as_mut_ptr(),
            (Memory::Pinned, Some(pinned)) => pinned.as_mut_ptr(),
            _ => self.host.pageable.as_mut_ptr(),
        };
        match method {
            Method::Ours => self.ours(host),
            _ => self.plain(host),
        }
    }

    fn ours(&mut self, host: *mut u8) -> Result<Took, Failure> {
        let (layout, dtype) = (self.layout.clone(), self.buffer.dtype());
        match self.case.direction {
            Direction::ToDevice => {
                // SAFETY: the layout lies inside the host memory, which nobody writes until this returns.
                let view = unsafe { HostView::from_raw(host, layout, dtype) }.map_err(Failure::failed)?;
                let clock = Clock::start();
                memcpy_h2d(&view, &mut self.buffer).map_err(Failure::failed)?;
                self.arrived(clock)
            }
            Direction::ToHost => {
                // SAFETY: the layout lies inside the host memory, which nobody else uses until this returns.
                let view = unsafe { HostViewMut::from_raw(host, layout, dtype) }.map_err(Failure::failed)?;
                let clock = Clock::start();
                memcpy_d2h(&self.buffer, view).map_err(Failure::failed)?;
                Ok(clock.stop())
            }
        }
    }

    fn plain(&mut self, host: *mut u8) -> Result<Took, Failure> {
        let runtime = self.buffer.device().runtime();
        let case = self.case;
        if case.memory == Memory::Transposed {
            return self.packed();
        }
        let (dst, src, kind) = self.sides(host);
        let (dst_pitch, src_pitch) = match case.direction {
            Direction::ToDevice => (ROW, PITCH),
            Direction::ToHost => (PITCH, ROW),
        };
        let clock = Clock::start();
        let status = if case.memory == Memory::Rows {
            // SAFETY: both sides have so many rows, and nobody else uses them until this returns.
            unsafe { runtime.cudaMemcpy2D(dst, dst_pitch, src, src_pitch, ROW, case.rows(), kind) }
        } else {
            // SAFETY: both sides have so many bytes, and nobody else uses them until this returns.
            unsafe { runtime.cudaMemcpy(dst, src, case.bytes, kind) }
        };
        checked(status)?;
        self.arrived(clock)
    }

    /// Waits until the device has what a call has sent: `cudaMemcpy` returns earlier where it sends little, and so does
    /// `memcpy_h2d`.
    fn arrived(&self, mut clock: Clock) -> Result<Took, Failure> {
        if self.case.direction == Direction::ToDevice {
            clock.returned();
            self.buffer.stream().synchronize().map_err(Failure::failed)?;
        }
        Ok(clock.stop())
    }

    /// The matrix by way of packed memory, which a loop fills or empties.
    fn packed(&mut self) -> Result<Took, Failure> {
        let runtime = self.buffer.device().runtime();
        let Case { direction, bytes, .. } = self.case;
        let side = self.case.side();
        let clock = Clock::start();
        if direction == Direction::ToDevice {
            transpose(&self.host.pageable[..bytes], &mut self.host.packed[..bytes], side);
        }
        let packed = self.host.packed.as_mut_ptr();
        let (dst, src, kind) = self.sides(packed);
        // SAFETY: both sides have so many bytes, and nobody else uses them until this returns.
        checked(unsafe { runtime.cudaMemcpy(dst, src, bytes, kind) })?;
        if direction == Direction::ToHost {
            transpose(&self.host.packed[..bytes], &mut self.host.pageable[..bytes], side);
        }
        self.arrived(clock)
    }

    fn sides(&self, host: *mut u8) -> (*mut c_void, *const c_void, cudaMemcpyKind) {
        let inside = std::ptr::with_exposed_provenance_mut::<c_void>(self.buffer.address());
        match self.case.direction {
            Direction::ToDevice => (inside, host.cast(), cudaMemcpyKind::cudaMemcpyHostToDevice),
            Direction::ToHost => (host.cast(), inside, cudaMemcpyKind::cudaMemcpyDeviceToHost),
        }
    }
}

/// Makes the device the thread's own, for calls that take no device.
pub(super) fn use_device(device: Device) -> Result<(), Failure> {
    let ordinal = c_int::try_from(device.ordinal()).map_err(Failure::failed)?;
    // SAFETY: the runtime counted the ordinal.
    checked(unsafe { device.runtime().cudaSetDevice(ordinal) })
}

pub(super) fn checked<E: std::fmt::Display>(status: Result<cudaError_t, E>) -> Result<(), Failure> {
    match status {
        Ok(cudaError_t::cudaSuccess) => Ok(()),
        Ok(code) => Err(Failure::failed(format_args!("a copy failed with CUDA's error {}", code.0))),
        Err(error) => Err(Failure::failed(error)),
    }
}

/// The loop that people write.
fn transpose(from: &[u8], to: &mut [u8], side: usize) {
    for (row, line) in to.chunks_exact_mut(4 * side).enumerate() {
        for (column, element) in line.chunks_exact_mut(4).enumerate() {
            let at = 4 * (column * side + row);
            element.copy_from_slice(&from[at..at + 4]);
        }
    }
}
