//! Many small copies between scattered places of pageable memory and of the device, in one go.

use std::ffi::c_void;

use cuda_safe::Device;
use cuda_safe::cuda_sys::cudart::cudaMemcpyKind;
use cuda_safe::memory::copy::{Copies, Direction as Way};
use interop::{CudaBuffer, DType, HostView, HostViewMut, memcpy_d2h_batch, memcpy_h2d_batch};

use super::case::{Case, Direction, Method, PIECE};
use super::clock::{Clock, Took};
use super::copies::checked;
use crate::exit::Failure;

/// The pieces of a case: every second slot on both sides is used, each side in an order of its own, so that none touches
/// the one before.
pub(super) struct Pieces {
    case: Case,
    buffer: CudaBuffer,
    host: Vec<u8>,
    /// For each piece its slot on the host and on the device.
    slots: Vec<(usize, usize)>,
}

impl Pieces {
    pub(super) fn new(device: Device, case: Case) -> Result<Self, Failure> {
        let count = case.bytes / PIECE;
        // Multiplying by an odd number makes another order of a power of two.
        let slots = (0..count).map(|at| (2 * (at * 7919 % count), 2 * (at * 104_729 % count) + 1)).collect();
        let buffer = CudaBuffer::new(device, &[2 * count, PIECE], DType::U8).map_err(Failure::failed)?;
        Ok(Self { case, buffer, host: vec![1; 2 * case.bytes], slots })
    }

    /// All pieces once.
    pub(super) fn once(&mut self, method: Method) -> Result<Took, Failure> {
        match (method, self.case.direction) {
            (Method::Ours, Direction::ToDevice) => self.upload().map_err(Failure::failed),
            (Method::Ours, Direction::ToHost) => self.download().map_err(Failure::failed),
            (Method::Batch, _) => self.batch().map_err(Failure::failed),
            _ => self.each(),
        }
    }

    fn upload(&mut self) -> Result<Took, interop::Error> {
        let mut rows: Vec<_> = self.buffer.view_mut()?.split(0)?.map(Some).collect();
        let mut pairs = Vec::new();
        for &(host, device) in &self.slots {
            let source = HostView::new(&self.host[host * PIECE..][..PIECE], &[PIECE])?;
            pairs.extend(rows[device].take().map(|row| (source, row)));
        }
        let mut clock = Clock::start();
        memcpy_h2d_batch(pairs)?;
        clock.returned();
        self.buffer.stream().synchronize()?;
        Ok(clock.stop())
    }

    fn download(&mut self) -> Result<Took, interop::Error> {
        let mut rows: Vec<_> = self.host.chunks_exact_mut(PIECE).map(Some).collect();
        let mut pairs = Vec::new();
        for &(host, device) in &self.slots {
            let source = self.buffer.view().index(0, device as isize)?;
            if let Some(row) = rows[host].take() {
                pairs.push((source, HostViewMut::new(row, &[PIECE])?));
            }
        }
        let clock = Clock::start();
        memcpy_d2h_batch(pairs)?;
        Ok(clock.stop())
    }

    /// One call each, and one wait.
    fn each(&mut self) -> Result<Took, Failure> {
        let ends = self.ends();
        let stream = self.buffer.stream();
        let kind = match self.case.direction {
            Direction::ToDevice => cudaMemcpyKind::cudaMemcpyHostToDevice,
            Direction::ToHost => cudaMemcpyKind::cudaMemcpyDeviceToHost,
        };
        let clock = Clock::start();
        for (dst, src) in ends {
            let runtime = stream.device().runtime();
            // SAFETY: both pieces have so many bytes, and nobody else uses them until the stream was waited for.
            checked(unsafe { runtime.cudaMemcpyAsync(dst, src, PIECE, kind, stream.as_raw()) })?;
        }
        stream.synchronize().map_err(Failure::failed)?;
        Ok(clock.stop())
    }

    /// One call for all, and one wait.
    fn batch(&mut self) -> cuda_safe::Result<Took> {
        let mut copies = Copies::default();
        self.ends().into_iter().for_each(|(dst, src)| copies.push(dst, src, PIECE));
        let way = match self.case.direction {
            Direction::ToDevice => Way::HostToDevice,
            Direction::ToHost => Way::DeviceToHost,
        };
        // The legacy stream takes no batches.
        let stream = cuda_safe::Stream::new(self.buffer.device())?;
        let clock = Clock::start();
        // SAFETY: all pieces have so many bytes, and nobody else uses them until the stream was waited for.
        unsafe { copies.enqueue(stream.as_ref(), way) }?;
        stream.synchronize()?;
        Ok(clock.stop())
    }

    /// Where each piece goes and comes from.
    fn ends(&mut self) -> Vec<(*mut c_void, *const c_void)> {
        let inside = std::ptr::with_exposed_provenance_mut::<u8>(self.buffer.address());
        let outside = self.host.as_mut_ptr();
        let ends = |&(host, device): &(usize, usize)| {
            let (host, device) = (outside.wrapping_add(host * PIECE), inside.wrapping_add(device * PIECE));
            match self.case.direction {
                Direction::ToDevice => (device.cast(), host.cast_const().cast()),
                Direction::ToHost => (host.cast(), device.cast_const().cast()),
            }
        };
        self.slots.iter().map(ends).collect()
    }
}
