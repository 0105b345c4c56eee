//! What page-locked memory costs: warm from the pool, and cold in each way, in one run.
//!
//! *Warm*: `PinnedMemory::new` and Drop of a block that the pool has, beside the pair of `cudaMallocHost` and
//! `cudaFreeHost`; once more for memory whose address was exported, whose price includes its share of waiting for the
//! device. *Cold*: nothing is kept, so each block is made and freed; the ways take turns. The tables have medians with minimum
//! and maximum over the rounds.
//!
//! `CUDA_TEST_RUNTIME` names the runtime as for the tests: `emulator12`, `emulator13` (the default), or the path of a
//! libcudart; the emulator's figures say nothing of a GPU. The first argument is the bytes of the largest block; unless
//! given, 1 GiB on a GPU and 64 MiB on the emulator.

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
    let emulated = runtime.origin().to_string().contains("emulator");
    let given = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let largest = given.unwrap_or(if emulated { 64 * MIB } else { 1 << 30 });
    println!("{} on {device}: {}", runtime.origin(), device.name()?);
    warm(device)?;
    cold(device, largest)
}

fn warm(device: Device) -> Result<(), Box<dyn Error>> {
    println!("\nWarm: making and dropping, in ns; {WARM_ROUNDS} rounds of {PAIRS}.\n");
    println!("| KiB | what | median | min | max |");
    println!("|---:|---|---:|---:|---:|");
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
            let name = if exported { "pool, exported" } else { "pool" };
            let [median, least, most] = summary(&mut times, 1.0);
            println!("| {} | {name} | {median:.0} | {least:.0} | {most:.0} |", bytes / 1024);
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
        ("PinnedMemory".to_owned(), Box::new(ours(none))),
        (
            "cudaHostAlloc, zeroed".to_owned(),
            Box::new(ours(Settings { register_from: Some(usize::MAX), ..none })),
        ),
    ];
    for threads in [1, 4, 8] {
        let settings = Settings { register_from: Some(0), threads: threads.try_into().ok(), ..none };
        ways.push((format!("registered, threads: {threads}"), Box::new(ours(settings))));
    }
    println!("\nCold: making and freeing, in ms; {COLD_ROUNDS} rounds.\n");
    println!("| KiB | what | made, median | min | max | freed, median | made, of cudaMallocHost |");
    println!("|---:|---|---:|---:|---:|---:|---:|");
    let sizes = [4096, 65536, MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1 << 30];
    for bytes in sizes.into_iter().filter(|bytes| *bytes <= largest) {
        let mut times = vec![(Vec::new(), Vec::new()); ways.len()];
        // What is open is decided before it counts.
        (0..10).try_for_each(|_| if bytes < 8 * MIB { ways[1].1(bytes).map(drop) } else { Ok(()) })?;
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
            let ([median, least, most], [freed, ..]) = (summary(made, 1e6), summary(freed, 1e6));
            let ratio = median / *plain.get_or_insert(median);
            let kib = bytes / 1024;
            println!("| {kib} | {name} | {median:.3} | {least:.3} | {most:.3} | {freed:.3} | {ratio:.3} |");
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

/// Median, minimum and maximum, in units of so many nanoseconds.
fn summary(times: &mut [Duration], unit: f64) -> [f64; 3] {
    times.sort();
    [times[times.len() / 2], times[0], times[times.len() - 1]].map(|time| time.as_nanos() as f64 / unit)
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
