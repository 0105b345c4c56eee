//! Compares the transfer engine with `cudaMemcpy` in one run: copy by copy in turn, medians, bandwidths in GB/s.
//!
//! `staging_compare MODE [emulator]`. The modes: `small` (64 KiB to 4 MiB, and what each way of the engine gives), `large`
//! (with processor seconds for each GiB), `callers` (1, 2 and 4 threads at once), `pair` (one of two processes at once),
//! `first` (what the first copy costs). What it showed is in `interop/cli/reports/notes.md`.

use std::ffi::c_void;
use std::time::{Duration, Instant};

use cuda_safe::cuda_sys::cudart::{cudaError_t, cudaMemcpyKind};
use cuda_safe::memory::staging::{Engine, HostBytes, HostBytesMut, Place, Settings, Transfer, Until};
use cuda_safe::{Device, DeviceMemory, Result, Stream};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Host and device memory of one thread, and its stream.
struct Side {
    stream: Stream,
    memory: DeviceMemory<u8>,
    host: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Way {
    /// Until the host memory is free again.
    Up,
    /// Until the device memory is written.
    UpDone,
    Down,
}

impl Side {
    fn new(device: Device, bytes: usize) -> Result<Self> {
        let host = (0..bytes).map(|at| (at >> 3) as u8).collect();
        Ok(Self { stream: Stream::new(device)?, memory: DeviceMemory::new(device, bytes)?, host })
    }

    /// One copy by the runtime's own call.
    fn plain(&mut self, way: Way, bytes: usize) -> Result<()> {
        let inside: *mut c_void = self.memory.as_mut_ptr().cast();
        let outside: *mut c_void = self.host.as_mut_ptr().cast();
        let (to, from, kind) = match way {
            Way::Up | Way::UpDone => (inside, outside, cudaMemcpyKind::cudaMemcpyHostToDevice),
            Way::Down => (outside, inside, cudaMemcpyKind::cudaMemcpyDeviceToHost),
        };
        // SAFETY: both have as many bytes, and this thread alone uses them.
        let code = unsafe { self.stream.device().runtime().cudaMemcpy(to, from, bytes, kind) };
        assert_eq!(code, Ok(cudaError_t::cudaSuccess));
        Ok(())
    }

    /// One copy by the engine.
    fn ours(&mut self, engine: &Engine, way: Way, bytes: usize) -> Result<()> {
        let place = Place::Run { base: self.memory.as_mut_ptr().cast() };
        let until = if matches!(way, Way::Up) { Until::Staged } else { Until::Done };
        let transfer = Transfer::new(self.stream.as_ref(), place, bytes).until(until);
        match way {
            // SAFETY: both have as many bytes, this thread alone uses them, and it waits for the stream before it frees them.
            Way::Up | Way::UpDone => unsafe { engine.upload(transfer, &HostBytes::new(self.host.as_ptr())) },
            // SAFETY: as above.
            Way::Down => unsafe { engine.download(transfer, &HostBytesMut::new(self.host.as_mut_ptr())) },
        }
    }
}

fn main() -> Result<()> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    // To try the program itself, where figures mean nothing.
    let device = match std::env::args().nth(2).as_deref() {
        Some("emulator") => Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?,
        _ => Device::first()?,
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{mode}: {} {}, {cores} cores", device.name()?, device.runtime().version());
    match mode.as_str() {
        "large" => large(device),
        "callers" => callers(device),
        "pair" => pair(device),
        "first" => first(device),
        _ => small(device),
    }
}

/// Copies in turn, with the device at rest before each, and what each way gave while the engine tried it: plain, alone,
/// staged. `cudaMemcpy` to the device returns when the host memory is free again; `done` waits for the device too.
fn small(device: Device) -> Result<()> {
    let mut side = Side::new(device, 4 * MIB)?;
    let engine = Engine::new(device, Settings::default())?;
    for way in [Way::Up, Way::UpDone, Way::Down] {
        for shift in 6..=12 {
            let bytes = KIB << shift;
            let mut tried = [const { Vec::new() }; 3];
            let ways = match (bytes, way) {
                (..131_072, Way::Down) => vec![0],
                (..131_072, _) => vec![0, 1],
                (1_048_576.., _) | (_, Way::Down) => vec![0, 2],
                _ => vec![0, 1, 2],
            };
            for _ in 0..3 {
                let trial = Engine::new(device, Settings::default())?;
                for &method in ways.iter().filter(|_| ways.len() > 1) {
                    for _ in 0..7 {
                        device.synchronize()?;
                        tried[method].push(time(|| side.ours(&trial, way, bytes))?);
                    }
                }
            }
            let (mut ours, mut plain) = (Vec::new(), Vec::new());
            for round in 0..160 {
                for method in 0..2 {
                    device.synchronize()?;
                    let took = match method {
                        0 => time(|| side.ours(&engine, way, bytes)),
                        _ => time(|| side.plain(way, bytes)),
                    }?;
                    // The first ones are trials.
                    match (round >= 40, method) {
                        (false, _) => {}
                        (true, 0) => ours.push(took),
                        (true, _) => plain.push(took),
                    }
                }
            }
            let tried = tried.map(|times| {
                if times.is_empty() { "-".to_owned() } else { format!("{:.1}", rate(bytes, median(times))) }
            });
            // By itself, one after the other.
            let (begun, rounds) = (Instant::now(), 100);
            for _ in 0..rounds {
                side.ours(&engine, way, bytes)?;
            }
            device.synchronize()?;
            let ours_running = rate(bytes * rounds, begun.elapsed());
            let begun = Instant::now();
            for _ in 0..rounds {
                side.plain(way, bytes)?;
            }
            device.synchronize()?;
            let plain_running = rate(bytes * rounds, begun.elapsed());
            let (ours, plain) = (median(ours), median(plain));
            println!(
                "{} {:>5} KiB: ours {:6.2} ({:6.1} us), cudaMemcpy {:6.2} ({:6.1} us), ratio {:.3}; running {:.1} and {:.1}, {:.3}; tried {}",
                name(way),
                bytes / KIB,
                rate(bytes, ours),
                ours.as_secs_f64() * 1e6,
                rate(bytes, plain),
                plain.as_secs_f64() * 1e6,
                plain.as_secs_f64() / ours.as_secs_f64(),
                ours_running,
                plain_running,
                ours_running / plain_running,
                tried.join(" "),
            );
        }
    }
    println!("{}", engine.report());
    Ok(())
}

/// Large copies, and the processor's part in them.
fn large(device: Device) -> Result<()> {
    let mut side = Side::new(device, 1 << 30)?;
    let engine = Engine::new(device, Settings::default())?;
    for way in [Way::Up, Way::Down] {
        for bytes in [8 * MIB, 64 * MIB, 1 << 30] {
            let rounds = ((1usize << 31) / bytes).clamp(3, 41);
            let (mut times, mut busy) = ([Vec::new(), Vec::new()], [Duration::ZERO; 2]);
            for _ in 0..rounds {
                for method in 0..2 {
                    let before = processor_time();
                    let took = time(|| {
                        if method == 0 { side.ours(&engine, way, bytes) } else { side.plain(way, bytes) }
                    })?;
                    busy[method] += processor_time() - before;
                    times[method].push(took);
                }
            }
            let [ours, plain] = times.map(|times| rate(bytes, median(times)));
            let [mine, theirs] =
                busy.map(|time| time.as_secs_f64() / (rounds * bytes) as f64 * (1u64 << 30) as f64);
            println!(
                "{} {:>5} MiB: ours {ours:.1} with {mine:.2} processor seconds a GiB, cudaMemcpy {plain:.1} with {theirs:.2}",
                name(way),
                bytes / MIB
            );
        }
    }
    println!("{}", engine.report());
    Ok(())
}

/// Several threads at once: the sum of what they copy.
fn callers(device: Device) -> Result<()> {
    let engine = Engine::new(device, Settings::default())?;
    for bytes in [16 * KIB, 256 * KIB, MIB, 16 * MIB] {
        let rounds = (256 * MIB / bytes).clamp(8, 400);
        let mut sides = (0..4).map(|_| Side::new(device, bytes)).collect::<Result<Vec<_>>>()?;
        for way in [Way::Up, Way::Down] {
            for _ in 0..40 {
                sides[0].ours(&engine, way, bytes)?;
            }
            let mut text = format!("{} {:>5} KiB:", name(way), bytes / KIB);
            for count in [1, 2, 4] {
                let sums = [true, false].map(|mine| {
                    let runs = (0..3).map(|_| {
                        let begun = Instant::now();
                        std::thread::scope(|scope| {
                            for side in &mut sides[..count] {
                                let engine = &engine;
                                scope.spawn(move || {
                                    for _ in 0..rounds {
                                        let done = if mine {
                                            side.ours(engine, way, bytes)
                                        } else {
                                            side.plain(way, bytes)
                                        };
                                        done.expect("a copy");
                                    }
                                });
                            }
                        });
                        begun.elapsed()
                    });
                    rate(bytes * rounds * count, median(runs.collect()))
                });
                text += &format!(" | {count} threads: ours {:.1}, cudaMemcpy {:.1}", sums[0], sums[1]);
            }
            println!("{text}");
        }
    }
    Ok(())
}

/// For some seconds: alone, or beside another process that does the same.
fn pair(device: Device) -> Result<()> {
    let mut side = Side::new(device, 64 * MIB)?;
    let engine = Engine::new(device, Settings::default())?;
    for bytes in [MIB, 64 * MIB] {
        for way in [Way::Up, Way::Down] {
            for _ in 0..30 {
                side.ours(&engine, way, bytes.min(8 * MIB))?;
            }
            for mine in [true, false] {
                // Both processes begin each case at a full second of the clock.
                let second = Duration::from_secs(1);
                let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
                std::thread::sleep(second - Duration::from_nanos(u64::from(now.subsec_nanos())));
                let (begun, mut copies) = (Instant::now(), 0);
                while begun.elapsed() < Duration::from_millis(600) {
                    if mine { side.ours(&engine, way, bytes) } else { side.plain(way, bytes) }?;
                    copies += 1;
                }
                let method = if mine { "ours" } else { "cudaMemcpy" };
                println!(
                    "{} {:>3} MiB: {method} {:.1}",
                    name(way),
                    bytes / MIB,
                    rate(copies * bytes, begun.elapsed())
                );
            }
        }
    }
    Ok(())
}

/// What the first copy of a process costs, after the runtime is ready.
fn first(device: Device) -> Result<()> {
    let mut side = Side::new(device, 64 * MIB)?;
    side.plain(Way::Up, 64 * MIB)?;
    let begun = Instant::now();
    Engine::new(device, Settings::default())?.measure()?;
    println!("measuring takes {:?}", begun.elapsed());
    for bytes in [MIB, 64 * MIB] {
        let engine = Engine::new(device, Settings { from: Some(0), ..Settings::default() })?;
        let times: Vec<_> =
            (0..6).map(|_| time(|| side.ours(&engine, Way::Up, bytes))).collect::<Result<_>>()?;
        println!("{} MiB to the device, staged, one after the other: {times:?}", bytes / MIB);
    }
    Ok(())
}

fn time(run: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let begun = Instant::now();
    run()?;
    Ok(begun.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64() / 1e9
}

fn name(way: Way) -> &'static str {
    match way {
        Way::Up => "h2d",
        Way::UpDone => "h2d done",
        Way::Down => "d2h",
    }
}

fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live structure.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
