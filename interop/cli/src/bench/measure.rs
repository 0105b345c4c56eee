//! One process's part: every case once, in an order that is its own.

use std::time::Instant;

use cuda_safe::memory::copy::{self, Direction as Way};
use cuda_safe::memory::staging::{self, Settings};
use cuda_safe::{Device, PinnedMemory};
use interop::{CudaBuffer, DType, Error, HostView, HostViewMut, Layout, memcpy_d2h, memcpy_h2d};
use serde::{Deserialize, Serialize};

use super::case::{Case, Direction, Extent, Memory, Method, all};

/// A row of padded memory holds so many bytes of so many: 8K RGB in 32 KiB.
const ROW: (usize, usize) = (23_040, 32_768);
/// Copies before those that count: the engine compares both ways at sizes that it does not know yet.
const WARM_UP: usize = 16;

/// The bandwidth of a case in one process.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Measured {
    pub(super) case: Case,
    /// Gigabytes (of 10^9 bytes) a second, the median of some copies.
    pub(super) gigabytes_per_second: f64,
}

/// Measures every case; `round` says with which to begin. `progress` is told how many are done.
pub(super) fn measure(
    device: Device,
    extent: Extent,
    round: usize,
    mut progress: impl FnMut(usize, usize),
) -> Result<Vec<Measured>, Error> {
    let mut cases = all(extent);
    let count = cases.len();
    cases.rotate_left(round * count / 5 % count);
    let mut memory = HostMemory::new(device, extent.most_bytes)?;
    let mut measured = Vec::with_capacity(count);
    for (index, case) in cases.into_iter().enumerate() {
        progress(index, count);
        measured.push(Measured { case, gigabytes_per_second: bandwidth(device, &case, &mut memory)? });
    }
    progress(count, count);
    staging::configure(Settings::from_environment()?)?;
    Ok(measured)
}

/// Host memory that all cases share, so that it is used before and as large.
struct HostMemory {
    pageable: Vec<u8>,
    pinned: PinnedMemory<u8>,
}

impl HostMemory {
    fn new(device: Device, bytes: usize) -> Result<Self, Error> {
        // Padding makes it longer.
        let padded = bytes.div_ceil(ROW.0) * ROW.1;
        Ok(Self {
            pageable: (0..padded).map(|at| (at >> 3) as u8).collect(),
            pinned: PinnedMemory::zeroed(device, bytes)?,
        })
    }
}

fn bandwidth(device: Device, case: &Case, memory: &mut HostMemory) -> Result<f64, Error> {
    let settings = match case.method {
        Method::Engine => Settings::from_environment()?,
        Method::Threads(threads) => Settings { threads: Some(threads), ..Settings::default() },
        Method::Plain => Settings { enabled: false, ..Settings::default() },
    };
    let shared = staging::shared(device)?;
    if *shared.settings() != settings {
        drop(shared);
        staging::configure(settings)?;
    }
    let rows = case.bytes.div_ceil(ROW.0);
    let strided = case.memory == Memory::Strided;
    let shape: &[usize] = if strided { &[rows, ROW.0] } else { &[case.bytes] };
    let mut buffer = CudaBuffer::new(device, shape, DType::U8)?;
    let runs = if case.bytes <= 1 << 20 {
        41
    } else if case.bytes <= 64 << 20 {
        11
    } else {
        3
    };
    let warm_up = if case.bytes < 16 << 20 { WARM_UP } else { 1 };
    let mut times = Vec::with_capacity(runs);
    for run in 0..warm_up + runs {
        let took = once(case, &mut buffer, memory)?;
        if run >= warm_up {
            times.push(took);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(buffer.layout().size_bytes() as f64 / times[times.len() / 2] / 1e9)
}

/// Seconds of one copy.
fn once(case: &Case, buffer: &mut CudaBuffer, memory: &mut HostMemory) -> Result<f64, Error> {
    let bytes = case.bytes;
    let begun;
    match (case.direction, case.memory) {
        (Direction::ToDevice, Memory::Strided) => {
            let host = HostView::rows(&memory.pageable[..], buffer.shape(), ROW.1)?;
            begun = Instant::now();
            memcpy_h2d(&host, &mut *buffer)?;
        }
        (Direction::ToHost, Memory::Strided) => {
            let host = HostViewMut::rows(&mut memory.pageable[..], buffer.shape(), ROW.1)?;
            begun = Instant::now();
            memcpy_d2h(&*buffer, host)?;
        }
        (Direction::ToHost, Memory::Fresh) => {
            let mut fresh: Vec<u8> = Vec::with_capacity(bytes);
            let layout = Layout::contiguous(&[bytes], 1)?;
            // SAFETY: the vector has that capacity, lives until the copy is done, and the view is only written.
            let host = unsafe { HostViewMut::from_raw(fresh.as_mut_ptr(), layout, DType::U8) }?;
            begun = Instant::now();
            memcpy_d2h(&*buffer, host)?;
        }
        (Direction::ToDevice, Memory::Pageable | Memory::Fresh) if case.method != Method::Plain => {
            begun = Instant::now();
            memcpy_h2d(&memory.pageable[..bytes], &mut *buffer)?;
        }
        (Direction::ToHost, Memory::Pageable) if case.method != Method::Plain => {
            begun = Instant::now();
            memcpy_d2h(&*buffer, &mut memory.pageable[..bytes])?;
        }
        (direction, kind) => {
            let host: *mut u8 = if kind == Memory::Pinned {
                memory.pinned.as_mut_ptr()
            } else {
                memory.pageable.as_mut_ptr()
            };
            let inside = std::ptr::with_exposed_provenance_mut::<u8>(buffer.address());
            let (dst, src, way) = match direction {
                Direction::ToDevice => (inside, host.cast_const(), Way::HostToDevice),
                Direction::ToHost => (host, inside.cast_const(), Way::DeviceToHost),
            };
            begun = Instant::now();
            // SAFETY: both blocks have so many bytes, and are borrowed until the copy is done.
            unsafe { copy::blocking(buffer.stream().as_ref(), dst.cast(), src.cast(), bytes, way) }?;
        }
    }
    Ok(begun.elapsed().as_secs_f64())
}
