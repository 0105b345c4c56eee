//! What a safe call costs beside the same call through a bare C function pointer.
//!
//! The raw side reads each pointer from memory, as a C program does that has opened the library. CUDA's functions leave little
//! in the caches, so what a call has to read costs nanoseconds that it does not cost beside functions that do nothing.
//!
//! A round times one batch of each side: the raw calls, the safe calls, and the raw calls once more by a loop of its own,
//! elsewhere in the program. They take turns in every order, so that whatever else the machine does meets all of them alike,
//! and each round is at another depth of the stack, for where its frames lie is worth some nanoseconds to CUDA and is not the
//! same on all sides. A call of CUDA takes some hundred nanoseconds more or less each time, so there are many short rounds.
//!
//! Where the loops, the program and the library lie is worth some nanoseconds more and stays the same for all rounds of a
//! process, so there are several [`processes`], which use loops at several places. The table has, in nanoseconds a call, the raw
//! side, and two differences within a round, each with the least and the most that one of these processes had: safe less raw is
//! what the safe call adds; raw less raw is what the place of the code alone does, so how far the other one can be trusted. It
//! has safe less raw twice: of the processes that were disturbed the least, and of all.
//!
//! What is timed is the usual case: one device, a stream of one's own, memory that is dropped by the thread that made it.
//!
//! There are two tables. The first is of the runtime: what its own functions do to caches and clocks is in it. The second is
//! of functions that do nothing, where only the way to them is left to be timed. No call here makes an atomic change to
//! memory that others may share, which would cost 5 to 6 ns each: memory of a pool keeps its stream alive by a count that the
//! thread kept from the last memory of that stream it freed. Allocating more memory on one stream than the thread has just
//! freed there costs one such change for each.
//!
//! `CUDA_TEST_RUNTIME` names the runtime as for the tests: `emulator12`, `emulator13` (the default), or the path of a
//! libcudart. It is a plain program. The emulator notes where each allocation was made, which takes longer the deeper the
//! call is: `CUDA_EMULATOR_BACKTRACES=0` keeps that out of the allocation rows.

mod nothing;
mod processes;
mod rounds;

use std::error::Error;
use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::path::Path;

use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::{VersionedTable, cudaError_t, cudaMemcpyKind, v12, v13};
use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::{Device, DeviceMemory, Event, MemoryPool, PinnedMemory, PointerAttributes, Stream};

use crate::rounds::{compare, compare_pairs};

const BYTES: usize = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    if !processes::is_one() {
        return processes::run();
    }
    match processes::place() {
        0 => tables::<0>(),
        1 => tables::<1>(),
        2 => tables::<2>(),
        3 => tables::<3>(),
        _ => tables::<4>(),
    }
}

/// Both tables, with the loops at this place.
fn tables<const PLACE: usize>() -> Result<(), Box<dyn Error>> {
    let runtime = runtime()?;
    table::<PLACE>(runtime, 1)?;
    table::<PLACE>(nothing::runtime(runtime.version()), 50)
}

/// Every row, with `batches` times as many calls in a batch as a real runtime needs.
fn table<const PLACE: usize>(runtime: &'static Runtime, batches: usize) -> Result<(), Box<dyn Error>> {
    let device = Device::new(runtime, 0)?;
    let ordinal = c_int::try_from(device.ordinal())?;
    // SAFETY: the ordinal is the device's.
    unsafe { runtime.cudaSetDevice(ordinal) }?;
    let table = runtime.table();
    let devices = Device::all_of(runtime)?.len();
    processes::title(&format!("{} on {device} of {devices}: {}", runtime.origin(), device.name()?));

    macro_rules! raw {
        ($function:ident($($argument:expr),*)) => {{
            present(&table.$function, stringify!($function))?;
            // SAFETY: the arguments are those that the safe side passes.
            move || assert_eq!(unsafe { pointer(&table.$function)($($argument),*) }, cudaError_t::cudaSuccess)
        }};
    }

    let stream = Stream::new(device)?;
    let (view, handle) = (stream.as_ref(), stream.as_raw());
    let event = &Event::new(device)?;
    let mark = event.as_raw();
    let mut memory = DeviceMemory::<u8>::zeroed(device, BYTES)?;
    let pinned = PinnedMemory::<u8>::zeroed(device, BYTES)?;
    let (target, source) = (memory.as_mut_ptr().cast::<c_void>(), pinned.as_ptr().cast::<c_void>());
    let synchronize = || stream.synchronize().expect("the stream works");

    compare::<PLACE>(
        "cudaStreamQuery",
        20 * batches,
        raw!(cudaStreamQuery(handle)),
        move || assert!(view.query().is_ok()),
        || (),
    );
    compare::<PLACE>(
        "cudaEventRecord",
        20 * batches,
        raw!(cudaEventRecord(mark, handle)),
        move || assert!(event.record(view).is_ok()),
        synchronize,
    );
    let kind = cudaMemcpyKind::cudaMemcpyHostToDevice;
    compare::<PLACE>(
        "cudaMemcpyAsync 4 KiB, pinned",
        10 * batches,
        raw!(cudaMemcpyAsync(target, source, BYTES, kind, handle)),
        move || {
            // SAFETY: both blocks hold the bytes and outlive the stream's work, which is waited for between rounds.
            let enqueued = unsafe { copy::enqueue(view, target, source, BYTES, Direction::HostToDevice) };
            assert!(enqueued.is_ok());
        },
        synchronize,
    );
    compare::<PLACE>(
        "cudaMemsetAsync 4 KiB",
        10 * batches,
        raw!(cudaMemsetAsync(target, 0, BYTES, handle)),
        move || {
            // SAFETY: as above.
            assert!(unsafe { copy::enqueue_fill(view, target, 0, BYTES) }.is_ok());
        },
        synchronize,
    );
    macro_rules! compare_attributes {
        ($table:ident, $major:ident) => {{
            present(&$table.cudaPointerGetAttributes, "cudaPointerGetAttributes")?;
            let table = &$table;
            let raw = move || {
                let mut slot = MaybeUninit::<$major::cudaPointerAttributes>::uninit();
                let get = pointer(&table.cudaPointerGetAttributes);
                // SAFETY: the slot is this major's.
                let code = unsafe { get(slot.as_mut_ptr(), black_box(target)) };
                assert_eq!(code, cudaError_t::cudaSuccess);
                black_box(&slot);
            };
            let safe = move || {
                let found = PointerAttributes::of(runtime, black_box(target));
                black_box(&found.expect("any address may be asked about"));
            };
            compare::<PLACE>("cudaPointerGetAttributes", 50 * batches, raw, safe, || ());
        }};
    }
    match runtime.versioned_table() {
        VersionedTable::V12(table) => compare_attributes!(table, v12),
        VersionedTable::V13(table) => compare_attributes!(table, v13),
    }

    let pool = MemoryPool::default_of(device)?;
    pool.set_release_threshold(1 << 30)?;
    let raw_pool = pool.as_raw();
    present(&table.cudaMallocFromPoolAsync, "cudaMallocFromPoolAsync")?;
    present(&table.cudaFreeAsync, "cudaFreeAsync")?;
    let (pool, stream) = (&pool, &stream);
    compare_pairs::<PLACE>(
        "cudaMallocFromPoolAsync + cudaFreeAsync 1 MiB",
        10 * batches,
        move || {
            let mut address = std::ptr::null_mut();
            let allocate = pointer(&table.cudaMallocFromPoolAsync);
            // SAFETY: the pointer is to a live address.
            let code = unsafe { allocate(&raw mut address, 1 << 20, raw_pool, handle) };
            assert_eq!(code, cudaError_t::cudaSuccess);
            black_box(address);
            let free = pointer(&table.cudaFreeAsync);
            // SAFETY: it was just allocated on this stream.
            assert_eq!(unsafe { free(address, handle) }, cudaError_t::cudaSuccess);
        },
        move || {
            let memory = DeviceMemory::<u8>::from_pool(pool, stream, 1 << 20).expect("room");
            black_box(memory.as_ptr());
        },
        synchronize,
    );
    present(&table.cudaMalloc, "cudaMalloc")?;
    present(&table.cudaFree, "cudaFree")?;
    compare_pairs::<PLACE>(
        "cudaMalloc + cudaFree 1 MiB",
        4 * batches,
        move || {
            let mut address = std::ptr::null_mut();
            let allocate = pointer(&table.cudaMalloc);
            // SAFETY: the pointer is to a live address.
            assert_eq!(unsafe { allocate(&raw mut address, 1 << 20) }, cudaError_t::cudaSuccess);
            black_box(address);
            let free = pointer(&table.cudaFree);
            // SAFETY: it was just allocated.
            assert_eq!(unsafe { free(address) }, cudaError_t::cudaSuccess);
        },
        move || {
            let memory = DeviceMemory::<u8>::new(device, 1 << 20).expect("room");
            black_box(memory.as_ptr());
        },
        || (),
    );
    present(&table.cudaGetDevice, "cudaGetDevice")?;
    compare::<PLACE>(
        "cudaGetDevice (through the table of cuda-sys)",
        50 * batches,
        move || {
            let mut current = 0;
            // SAFETY: the pointer is to a live integer.
            let code = unsafe { pointer(&table.cudaGetDevice)(black_box(&raw mut current)) };
            assert_eq!(code, cudaError_t::cudaSuccess);
        },
        move || {
            let mut current = 0;
            // SAFETY: the pointer is to a live integer.
            let code = unsafe { runtime.cudaGetDevice(black_box(&raw mut current)) };
            assert_eq!(code, Ok(cudaError_t::cudaSuccess));
        },
        || (),
    );
    Ok(())
}

fn present<F>(function: &Option<F>, name: &str) -> Result<(), Box<dyn Error>> {
    if function.is_some() { Ok(()) } else { Err(format!("{name} is missing").into()) }
}

/// What a C program calls by: a pointer in memory, read for each call.
#[inline(always)]
fn pointer<F: Copy>(function: &Option<F>) -> F {
    // SAFETY: the reference is valid.
    let function = unsafe { std::ptr::read_volatile(function) };
    // SAFETY: it is `present`.
    unsafe { function.unwrap_unchecked() }
}

fn runtime() -> Result<&'static Runtime, Box<dyn Error>> {
    use cuda_emulator::{Flavour, runtime};
    match std::env::var("CUDA_TEST_RUNTIME").as_deref() {
        Err(_) | Ok("emulator13") => Ok(runtime(Flavour::Cuda13)),
        Ok("emulator12") => Ok(runtime(Flavour::Cuda12)),
        // SAFETY: whoever sets the variable names a libcudart.
        Ok(path) => Ok(unsafe { Runtime::load_from(Path::new(path)) }?),
    }
}
