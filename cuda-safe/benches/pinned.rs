//! What page-locked memory costs: warm from the pool, and cold in each way, in one run.
//!
//! *Warm*: `PinnedMemory::new` and Drop of a block that the pool has, beside the pair of `cudaMallocHost` and
//! `cudaFreeHost`; once more for memory whose address was exported, whose price includes its share of waiting for the
//! device. *Cold*: nothing is kept, so each block is made and freed; the ways take turns. The table has medians with minimum
//! and maximum over the rounds.
//!
//! `CUDA_TEST_RUNTIME` names the runtime as for the tests: `emulator12`, `emulator13` (the default), or the path of a
//! libcudart; the emulator's figures say nothing of a GPU. The first argument is the bytes of the largest block, 1 GiB
//! unless given.

use std::error::Error;
use std::ffi::c_void;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use cuda_safe::cuda_sys::Runtime;
use cuda_safe::memory::pinned::{self, Settings};
use cuda_safe::{Device, PinnedMemory};

/// Pairs in a round of the warm ones.
const PAIRS: usize = 2000;
const WARM_ROUNDS: usize = 51;
const COLD_ROUNDS: usize = 5;
const MIB: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = runtime()?;
    let device = Device::new(runtime, 0)?;
    device.synchronize()?;
    let largest = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1 << 30);
    println!("{} on {device}: {}", runtime.origin(), device.name()?);
    warm(device)?;
    cold(device, largest)
}

fn warm(device: Device) -> Result<(), Box<dyn Error>> {
    println!(
        "\nwarm, ns for making and dropping; medians of {WARM_ROUNDS} rounds of {PAIRS}, minimum and maximum"
    );
    for bytes in [4096, MIB, 64 * MIB] {
        for exported in [false, true] {
            let pair = || -> cuda_safe::Result<()> {
                let memory = PinnedMemory::<u8>::new(device, bytes)?;
                if exported {
                    memory.mark_exported();
                }
                drop(black_box(memory));
                Ok(())
            };
            (0..100).try_for_each(|_| pair())?;
            let mut times = Vec::new();
            for _ in 0..WARM_ROUNDS {
                let begun = Instant::now();
                (0..PAIRS).try_for_each(|_| pair())?;
                times.push(begun.elapsed() / PAIRS as u32);
            }
            let name = if exported { "ours, exported" } else { "ours" };
            line(bytes, name, &mut times, 1.0, "ns");
            pinned::trim();
        }
    }
    Ok(())
}

/// A way to make a block and to free it.
type Way<'a> = (String, Box<dyn Fn(usize) -> Result<(Duration, Duration), Box<dyn Error>> + 'a>);

fn cold(device: Device, largest: usize) -> Result<(), Box<dyn Error>> {
    let none = Settings { keep: 0, ..Settings::default() };
    let ours = |settings: Settings| {
        move |bytes| {
            pinned::configure(settings)?;
            let begun = Instant::now();
            let memory = black_box(PinnedMemory::<u8>::new(device, bytes)?);
            let made = begun.elapsed();
            memory.close()?;
            Ok((made, begun.elapsed() - made))
        }
    };
    let mut ways: Vec<Way<'_>> = vec![
        ("cudaMallocHost".to_owned(), Box::new(|bytes| plain(device.runtime(), bytes))),
        ("ours".to_owned(), Box::new(ours(none))),
        (
            "ours, cudaHostAlloc".to_owned(),
            Box::new(ours(Settings { register_from: Some(usize::MAX), ..none })),
        ),
    ];
    for threads in [1, 4, 8, 12] {
        let settings = Settings { register_from: Some(0), threads: threads.try_into().ok(), ..none };
        ways.push((format!("ours, registered, {threads} threads"), Box::new(ours(settings))));
    }
    println!("\ncold, ms for making | freeing; medians of {COLD_ROUNDS} rounds, minimum and maximum");
    let sizes = [4096, 65536, MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1 << 30];
    for bytes in sizes.into_iter().filter(|bytes| *bytes <= largest) {
        let mut times = vec![(Vec::new(), Vec::new()); ways.len()];
        // What is open is decided before it counts.
        (0..4).try_for_each(|_| if bytes < 8 * MIB { ways[1].1(bytes).map(drop) } else { Ok(()) })?;
        for round in 0..COLD_ROUNDS {
            for turn in 0..ways.len() {
                let way = (turn + round) % ways.len();
                let (made, freed) = ways[way].1(bytes)?;
                times[way].0.push(made);
                times[way].1.push(freed);
            }
        }
        let mut plain = None;
        for ((name, _), (made, freed)) in ways.iter().zip(&mut times) {
            let median = line(bytes, name, made, 1e6, "ms");
            line(bytes, &format!("{name}: free"), freed, 1e6, "ms");
            let plain = *plain.get_or_insert(median);
            println!("{:>51} {:.3} of cudaMallocHost", "", median / plain);
        }
    }
    pinned::configure(Settings::default())?;
    Ok(())
}

fn plain(runtime: &Runtime, bytes: usize) -> Result<(Duration, Duration), Box<dyn Error>> {
    let mut pointer: *mut c_void = std::ptr::null_mut();
    let begun = Instant::now();
    // SAFETY: the pointer is to a live address.
    let code = unsafe { runtime.cudaMallocHost(&raw mut pointer, bytes) }?;
    let made = begun.elapsed();
    if pointer.is_null() {
        return Err(format!("cudaMallocHost: {code:?}").into());
    }
    // SAFETY: it was allocated above.
    unsafe { runtime.cudaFreeHost(black_box(pointer)) }?;
    Ok((made, begun.elapsed() - made))
}

fn line(bytes: usize, name: &str, times: &mut [Duration], unit: f64, suffix: &str) -> f64 {
    times.sort();
    let [median, least, most] =
        [times[times.len() / 2], times[0], times[times.len() - 1]].map(|time| time.as_nanos() as f64 / unit);
    println!("{:>9} KiB  {name:<38} {median:>10.3} {suffix}  [{least:.3}, {most:.3}]", bytes / 1024);
    median
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
