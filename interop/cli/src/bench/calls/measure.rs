//! One process's part: every call and every allocation, by C and by this project.

use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::time::Duration;

use cuda_safe::cuda_sys::cudart::{cudaError_t, cudaMemcpyKind};
use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::pinned;
use cuda_safe::{Device, DeviceMemory, Event, MemoryPool, PinnedMemory, PointerAttributes, Stream};
use serde::{Deserialize, Serialize};

use super::raw::{self, Raw, Source, present};
use super::turns::{Compared, compare};
use crate::bench::line::Line;
use crate::exit::Failure;

/// What one process is told.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Job {
    /// Milliseconds for each call.
    pub(super) slice_ms: u64,
    /// Which of the processes it is: another one begins with another call.
    pub(super) number: usize,
    /// Nothing larger is allocated.
    pub(super) most_bytes: usize,
}

/// One figure of one process, in nanoseconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Measured {
    pub(super) name: String,
    /// Of an allocation.
    pub(super) allocation: Option<(Kind, usize)>,
    pub(super) c: f64,
    pub(super) ours: f64,
    pub(super) added: f64,
}

/// Where memory comes from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Device,
    Pool,
    Pinned,
    /// Where nothing is kept.
    PinnedCold,
}

/// The names of the calls, in the order of the report.
pub(super) const CALLS: [&str; 8] = [
    "cudaGetDevice",
    "cudaSetDevice",
    "cudaStreamQuery",
    "cudaEventRecord",
    "cudaEventQuery",
    "cudaPointerGetAttributes",
    "cudaMemcpyAsync, 4 KiB pinned",
    "cudaMemsetAsync, 4 KiB",
];

/// What is allocated and freed.
pub(super) const ALLOCATIONS: [(Kind, usize); 7] = [
    (Kind::Device, 4 << 10),
    (Kind::Device, 64 << 20),
    (Kind::Pool, 4 << 10),
    (Kind::Pool, 1 << 20),
    (Kind::Pool, 64 << 20),
    (Kind::Pinned, 1 << 20),
    (Kind::PinnedCold, 1 << 30),
];

const BYTES: usize = 4096;

/// Does the job, and tells every line to `say`.
pub(super) fn run(
    device: Device,
    job: Job,
    say: &mut dyn FnMut(Line<Measured>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let bench = Bench::new(device, Duration::from_millis(job.slice_ms))?;
    let allocations: Vec<_> = ALLOCATIONS.into_iter().filter(|(_, bytes)| *bytes <= job.most_bytes).collect();
    let all = CALLS.len() + allocations.len();
    for index in 0..all {
        let index = (index + job.number * all / 5) % all;
        let (name, allocation, Compared { c, ours, added }) = match CALLS.get(index) {
            Some(&name) => (name.to_owned(), None, bench.call(name)?),
            None => {
                let (kind, bytes) = allocations[index - CALLS.len()];
                (String::new(), Some((kind, bytes)), bench.allocation(kind, bytes)?)
            }
        };
        say(Line::Measured(Measured { name, allocation, c, ours, added }))?;
        say(Line::Done)?;
    }
    Ok(())
}

/// What the calls are about.
struct Bench {
    device: Device,
    slice: Duration,
    stream: Stream,
    event: Event,
    memory: DeviceMemory<u8>,
    pinned: PinnedMemory<u8>,
    pool: MemoryPool,
}

impl Bench {
    fn new(device: Device, slice: Duration) -> Result<Self, Failure> {
        let ordinal = c_int::try_from(device.ordinal()).map_err(Failure::failed)?;
        // SAFETY: the ordinal is the device's.
        check(unsafe { device.runtime().cudaSetDevice(ordinal) }.map_err(Failure::failed)?)?;
        let make = || -> cuda_safe::Result<Self> {
            let pool = MemoryPool::new(device)?;
            pool.set_release_threshold(1 << 30)?;
            Ok(Self {
                device,
                slice,
                stream: Stream::new(device)?,
                event: Event::new(device)?,
                memory: DeviceMemory::zeroed(device, BYTES)?,
                pinned: PinnedMemory::zeroed(device, BYTES)?,
                pool,
            })
        };
        make().map_err(Failure::failed)
    }

    fn call(&self, name: &str) -> Result<Compared, Failure> {
        let (runtime, table) = (self.device.runtime(), self.device.runtime().table());
        let (stream, handle, mark) = (self.stream.as_ref(), self.stream.as_raw(), self.event.as_raw());
        let (target, source) =
            (self.memory.as_ptr().cast::<c_void>().cast_mut(), self.pinned.as_ptr().cast());
        let ordinal = c_int::try_from(self.device.ordinal()).map_err(Failure::failed)?;
        let kind = cudaMemcpyKind::cudaMemcpyHostToDevice;
        macro_rules! raw {
            ($function:ident($($argument:expr),*)) => {{
                let function = present(table.$function, stringify!($function))?;
                // SAFETY: the arguments are those that the other side passes.
                Box::new(move || unsafe { function($($argument),*) }) as Raw
            }};
        }
        let mut current = 0;
        let slot = &raw mut current;
        let is_done =
            |status: Result<cudaError_t, _>| status.is_ok_and(|code| code == cudaError_t::cudaSuccess);
        let (batch, c, mut ours): (usize, Raw, Box<dyn FnMut() -> bool + '_>) = match name {
            "cudaGetDevice" => (
                500,
                raw!(cudaGetDevice(black_box(slot))),
                // SAFETY: the pointer is to a live integer.
                Box::new(move || is_done(unsafe { runtime.cudaGetDevice(black_box(slot)) })),
            ),
            "cudaSetDevice" => (
                500,
                raw!(cudaSetDevice(black_box(ordinal))),
                // SAFETY: the ordinal is the device's.
                Box::new(move || is_done(unsafe { runtime.cudaSetDevice(black_box(ordinal)) })),
            ),
            "cudaStreamQuery" => {
                (200, raw!(cudaStreamQuery(handle)), Box::new(move || stream.query().is_ok()))
            }
            "cudaEventRecord" => (
                100,
                raw!(cudaEventRecord(mark, handle)),
                Box::new(move || self.event.record(stream).is_ok()),
            ),
            "cudaEventQuery" => {
                (200, raw!(cudaEventQuery(mark)), Box::new(move || self.event.query().is_ok()))
            }
            "cudaPointerGetAttributes" => (
                200,
                raw::pointer_attributes(self.device, target)?,
                Box::new(move || PointerAttributes::of(runtime, black_box(target)).is_ok()),
            ),
            "cudaMemcpyAsync, 4 KiB pinned" => (
                50,
                raw!(cudaMemcpyAsync(target, source, BYTES, kind, handle)),
                // SAFETY: both hold the bytes and outlive the stream's work, which is waited for between batches.
                Box::new(move || unsafe {
                    copy::enqueue(stream, target, source, BYTES, Direction::HostToDevice).is_ok()
                }),
            ),
            _ => (
                50,
                raw!(cudaMemsetAsync(target, 0, BYTES, handle)),
                // SAFETY: as above.
                Box::new(move || unsafe { copy::enqueue_fill(stream, target, 0, BYTES).is_ok() }),
            ),
        };
        self.compared(batch, c, &mut *ours)
    }

    fn allocation(&self, kind: Kind, bytes: usize) -> Result<Compared, Failure> {
        let (device, pool, stream) = (self.device, &self.pool, &self.stream);
        let source = match kind {
            Kind::Device => Source::Device,
            Kind::Pool => Source::Pool(pool.as_raw(), stream.as_raw()),
            Kind::Pinned | Kind::PinnedCold => Source::Pinned,
        };
        let mut ours = || match kind {
            Kind::Device => {
                DeviceMemory::<u8>::new(device, bytes).map(|memory| drop(black_box(memory))).is_ok()
            }
            Kind::Pool => DeviceMemory::<u8>::from_pool(pool, stream, bytes)
                .map(|memory| drop(black_box(memory)))
                .is_ok(),
            Kind::Pinned => {
                PinnedMemory::<u8>::new(device, bytes).map(|memory| drop(black_box(memory))).is_ok()
            }
            Kind::PinnedCold => {
                let made =
                    PinnedMemory::<u8>::new(device, bytes).map(|memory| drop(black_box(memory))).is_ok();
                pinned::trim();
                made
            }
        };
        let batch = match kind {
            Kind::Pool => 50,
            Kind::Device | Kind::Pinned => 5,
            Kind::PinnedCold => 1,
        };
        self.compared(batch, raw::allocation(device, source, bytes)?, &mut ours)
    }

    /// Compares both sides; one that fails ends the program, for its time means nothing.
    fn compared(
        &self,
        batch: usize,
        mut c: Raw,
        ours: &mut dyn FnMut() -> bool,
    ) -> Result<Compared, Failure> {
        let (mut status, mut done, mut synchronized) = (cudaError_t::cudaSuccess, true, Ok(()));
        let compared = compare(
            self.slice,
            batch,
            &mut || {
                let code = c();
                // A stream that is still busy is an answer.
                if code != cudaError_t::cudaSuccess && code != cudaError_t::cudaErrorNotReady {
                    status = code;
                }
            },
            &mut || done &= ours(),
            &mut || synchronized = self.stream.synchronize(),
        );
        check(status)?;
        synchronized.map_err(Failure::failed)?;
        if done { Ok(compared) } else { Err(Failure::failed("a call that was measured failed")) }
    }
}

fn check(status: cudaError_t) -> Result<(), Failure> {
    match status {
        cudaError_t::cudaSuccess => Ok(()),
        code => {
            Err(Failure::failed(format_args!("a call that was measured failed with CUDA's error {}", code.0)))
        }
    }
}
