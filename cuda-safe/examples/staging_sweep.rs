//! Measures the transfer engine on a real device: threads, chunk and stores against the plain call and pinned memory.
//!
//! `staging_sweep MODE` prints one line a case, medians, bandwidths in GB/s. The modes: `limits` (the runtime by itself),
//! `auto` (the engine as everybody gets it), `sweep` (threads, chunks, stores), `fresh` (memory never touched before),
//! `callers` (several at once). What it showed is in `interop/cli/reports/notes.md`.

use std::time::{Duration, Instant};

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::staging::{
    Engine, HostBytes, HostBytesMut, Place, Settings, Stores, Transfer, Tuning, Until, Way,
};
use cuda_safe::{Device, DeviceMemory, PinnedMemory, Result, Stream, StreamOptions};

const MIB: usize = 1 << 20;
const ALL: [usize; 11] =
    [4 << 10, 64 << 10, 128 << 10, 256 << 10, 512 << 10, MIB, 4 * MIB, 8 * MIB, 64 * MIB, 256 * MIB, 1 << 30];
const LARGE: [usize; 3] = [8 * MIB, 64 * MIB, 1 << 30];
const SMALL: [usize; 3] = [512 << 10, MIB, 4 * MIB];

struct Bench {
    device: Device,
    stream: Stream,
    memory: DeviceMemory<u8>,
    host: Vec<u8>,
}

fn main() -> Result<()> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    // `emulator` as second word: to try the program itself, where figures mean nothing.
    let device = match std::env::args().nth(2).as_deref() {
        Some("emulator") => Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?,
        _ => Device::first()?,
    };
    println!("{} {}, {} cores", device.name()?, device.runtime().version(), cores());
    let bench = Bench {
        device,
        stream: Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() })?,
        memory: DeviceMemory::new(device, 1 << 30)?,
        host: (0..1usize << 30).map(|at| (at >> 3) as u8).collect(),
    };
    match mode.as_str() {
        "limits" => bench.limits(),
        "sweep" => bench.sweep(),
        "fresh" => bench.fresh(),
        "callers" => bench.callers(),
        _ => bench.auto(),
    }
}

impl Bench {
    /// What the runtime does by itself.
    fn limits(&self) -> Result<()> {
        let mut pinned = PinnedMemory::<u8>::zeroed(self.device, 1 << 30)?;
        for bytes in ALL {
            let (device, stream) =
                (self.memory.as_ptr().cast_mut().cast::<std::ffi::c_void>(), self.stream.as_ref());
            let (page, lock) = (self.host.as_ptr(), pinned.as_mut_ptr());
            let [a, b, c, d] = [
                (device, page.cast(), Direction::HostToDevice),
                (device, lock.cast_const().cast(), Direction::HostToDevice),
                (page.cast_mut().cast(), device.cast_const(), Direction::DeviceToHost),
                (lock.cast(), device.cast_const(), Direction::DeviceToHost),
            ]
            .map(|(dst, src, direction)| {
                // SAFETY: all three blocks have 1 GiB; the copy is waited for.
                speed(bytes, || unsafe { copy::blocking(stream, dst, src, bytes, direction) })
            });
            println!("limits {:>8} | h2d plain {a} pinned {b} | d2h plain {c} pinned {d}", show(bytes));
        }
        let mut fresh: Vec<u8> = Vec::with_capacity(1 << 30);
        let begun = Instant::now();
        let (dst, src) = (fresh.as_mut_ptr().cast(), self.memory.as_ptr().cast());
        // SAFETY: both blocks have 1 GiB; the copy is waited for.
        unsafe { copy::blocking(self.stream.as_ref(), dst, src, 1 << 30, Direction::DeviceToHost) }?;
        println!("limits d2h plain 1G into new memory {:.1}", rate(1 << 30, begun.elapsed()));
        for bytes in [MIB, 5 * MIB, 64 * MIB] {
            let begun = Instant::now();
            drop(PinnedMemory::<u8>::zeroed(self.device, bytes)?);
            println!("limits cudaHostAlloc and free {:>8}: {:?}", show(bytes), begun.elapsed());
        }
        Ok(())
    }

    fn engine(&self, threads: usize, chunk: usize, stores: Stores) -> Result<Engine> {
        let way = Way { threads, least_chunk: chunk, most_chunk: chunk, stores };
        let settings =
            Settings { threads: Some(threads), chunk: Some(chunk), from: Some(0), ..Settings::default() };
        Engine::with_tuning(self.device, settings, Tuning { upload: way, download: way })
    }

    fn up(&self, engine: &Engine, bytes: usize, until: Until) -> Result<()> {
        let place = Place::Run { base: self.memory.as_ptr().cast_mut().cast() };
        let transfer = Transfer::new(self.stream.as_ref(), place, bytes).until(until);
        // SAFETY: both have 1 GiB, and nobody else uses the device memory.
        unsafe { engine.upload(transfer, &HostBytes::new(self.host.as_ptr())) }
    }

    fn down(&self, engine: &Engine, to: *mut u8, bytes: usize) -> Result<()> {
        let place = Place::Run { base: self.memory.as_ptr().cast_mut().cast() };
        // SAFETY: both have as many bytes, and nobody else uses them.
        unsafe { engine.download(Transfer::new(self.stream.as_ref(), place, bytes), &HostBytesMut::new(to)) }
    }

    /// Bandwidths of one engine at these sizes.
    fn line(&self, engine: &Engine, name: &str, sizes: &[usize]) -> Result<()> {
        let begun = Instant::now();
        self.up(engine, 32 * MIB, Until::Done)?;
        let first = begun.elapsed();
        let mut text = name.to_owned();
        for &bytes in sizes {
            let (before, begun) = (processor_time(), Instant::now());
            let [staged, done] =
                [Until::Staged, Until::Done].map(|until| speed(bytes, || self.up(engine, bytes, until)));
            let down = speed(bytes, || self.down(engine, self.host.as_ptr().cast_mut(), bytes));
            let busy = (processor_time() - before).as_secs_f64() / begun.elapsed().as_secs_f64();
            text += &format!(" | {} h2d {staged}/{done} d2h {down} cpu {busy:.1}", show(bytes));
        }
        println!("{text} | first {first:?}");
        Ok(())
    }

    /// Every combination.
    fn sweep(&self) -> Result<()> {
        for stores in [Stores::Ordinary, Stores::Streaming] {
            for threads in [1, 2, 4, 8, 12] {
                for chunk in [512 << 10, MIB, 2 * MIB] {
                    let engine = self.engine(threads, chunk, stores)?;
                    self.line(&engine, &format!("{threads:>2} x {:>5} {stores:?}", show(chunk)), &LARGE)?;
                }
            }
            for threads in [1, 3, 5, 8] {
                for chunk in [128 << 10, 256 << 10] {
                    let engine = self.engine(threads, chunk, stores)?;
                    self.line(&engine, &format!("{threads:>2} x {:>5} {stores:?}", show(chunk)), &SMALL)?;
                }
            }
        }
        Ok(())
    }

    /// The engine with nothing set.
    fn auto(&self) -> Result<()> {
        self.limits()?;
        let engine = Engine::new(self.device, Settings::default())?;
        self.line(&engine, "auto", &ALL)?;
        println!("{:?}", engine.report());
        self.new_memory(&engine, "auto")
    }

    /// Into memory that nobody has touched.
    fn fresh(&self) -> Result<()> {
        for (threads, chunk) in [(4, MIB), (8, MIB), (12, MIB)] {
            let engine = self.engine(threads, chunk, Stores::Streaming)?;
            self.new_memory(&engine, &format!("{threads} x {}", show(chunk)))?;
        }
        Ok(())
    }

    fn new_memory(&self, engine: &Engine, name: &str) -> Result<()> {
        let mut text = format!("{name} d2h into new memory:");
        for bytes in [MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1 << 30] {
            let mut times: Vec<Duration> = Vec::new();
            for _ in 0..5 {
                let mut fresh: Vec<u8> = Vec::with_capacity(bytes);
                let begun = Instant::now();
                self.down(engine, fresh.as_mut_ptr(), bytes)?;
                times.push(begun.elapsed());
            }
            times.sort();
            text += &format!(" {} {:.1}", show(bytes), rate(bytes, times[2]));
        }
        println!("{text}");
        Ok(())
    }

    /// Several callers at once.
    fn callers(&self) -> Result<()> {
        let engine = Engine::new(self.device, Settings::default())?;
        self.up(&engine, 256 * MIB, Until::Done)?;
        let piece = 256 * MIB;
        for callers in [1, 2, 4] {
            let begun = Instant::now();
            std::thread::scope(|scope| {
                for caller in 0..callers {
                    let (engine, bench) = (&engine, self);
                    scope.spawn(move || -> Result<()> {
                        let stream = Stream::new(bench.device)?;
                        let base = bench.memory.as_ptr().cast_mut().wrapping_add(caller * piece).cast();
                        let host = HostBytes::new(bench.host.as_ptr().wrapping_add(caller * piece));
                        for _ in 0..16 {
                            let transfer = Transfer::new(stream.as_ref(), Place::Run { base }, piece);
                            // SAFETY: each caller has a quarter of both blocks.
                            unsafe { engine.upload(transfer, &host) }?;
                        }
                        Ok(())
                    });
                }
            });
            println!("{callers} callers: {:.1} in all", rate(callers * 16 * piece, begun.elapsed()));
        }
        Ok(())
    }
}

/// The median bandwidth of some runs after a first one.
fn speed(bytes: usize, mut run: impl FnMut() -> Result<()>) -> String {
    let runs = if bytes <= 4 * MIB {
        61
    } else if bytes <= 64 * MIB {
        15
    } else {
        3
    };
    let mut times = Vec::new();
    for at in 0..=runs {
        let begun = Instant::now();
        if let Err(error) = run() {
            return error.to_string();
        }
        if at > 0 {
            times.push(begun.elapsed());
        }
    }
    times.sort();
    format!("{:.1}", rate(bytes, times[times.len() / 2]))
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64() / 1e9
}

fn show(bytes: usize) -> String {
    if bytes >= MIB { format!("{}M", bytes / MIB) } else { format!("{}K", bytes >> 10) }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live structure.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
