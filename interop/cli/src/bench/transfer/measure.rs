//! One process's part of the work.
//!
//! The methods of a case take turns, a few copies at a time, so what else the machine does meets all of them alike. Another process
//! begins with another case and with another method.

use std::io::BufRead;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use cuda_safe::Device;
use cuda_safe::memory::staging::{self, Settings};

use super::case::{Case, Direction, Memory, Method};
use super::clock::{Clock, Took, cpu_seconds_of_threads};
use super::copies::{Copies, Host, use_device};
use super::job::{Job, Measured, Together};
use super::pieces::Pieces;
use crate::bench::line::Line;
use crate::bench::spread::Spread;
use crate::exit::Failure;

/// Copies of each method before those that count: the engine compares both ways at sizes that it does not know yet.
const WARM_UP: usize = 16;
/// Copies that take long need no warming up but the engine's.
const LONG: usize = 16 << 20;
/// Shorter copies come in a row of so many bytes, or every copy would find the caches as the method before left them, and the
/// threads that help it asleep for as long as all others take.
const BATCH: usize = 16 << 20;
/// A method that has taken so long in a case is measured no further.
const ENOUGH: Duration = Duration::from_millis(300);
/// How the names of the engine's threads begin.
const THREADS: &str = "cuda-staging";
/// How long nothing is copied, to see what the engine does then.
const IDLE: Duration = Duration::from_millis(500);
/// How long after the last copy that begins: threads are still going to sleep.
const SETTLING: Duration = Duration::from_millis(50);

/// Does the job, and tells every line to `say`.
pub(super) fn run(
    device: Device,
    job: &Job,
    say: &mut dyn FnMut(Line<Measured>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    use_device(device)?;
    if let Some(together) = job.together {
        return several(device, together, say);
    }
    let mut curve = Vec::new();
    if !job.threads.is_empty() {
        curve.extend(Direction::BOTH.map(|direction| Case {
            direction,
            memory: Memory::Pageable,
            bytes: job.threads_bytes,
        }));
    }
    let mut host = Host::new(device, &[&job.cases[..], &curve].concat())?;
    for case in &job.cases {
        measure(device, job, *case, case.methods(), None, &mut host, say)?;
        say(Line::Done)?;
    }
    idle(device, say)?;
    let settings = Settings::from_environment().map_err(Failure::failed)?;
    for &threads in &job.threads {
        let settings = Settings { threads: Some(threads), ..settings };
        staging::configure(settings).map_err(Failure::failed)?;
        for case in &curve {
            measure(device, job, *case, &[Method::Ours], Some(threads), &mut host, say)?;
        }
        say(Line::Done)?;
    }
    Ok(())
}

/// Times the methods of a case.
fn measure(
    device: Device,
    job: &Job,
    case: Case,
    methods: &[Method],
    threads: Option<usize>,
    host: &mut Host,
    say: &mut dyn FnMut(Line<Measured>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut copies: Box<dyn FnMut(Method) -> Result<Took, Failure>> = match case.memory {
        Memory::Pieces => {
            let mut pieces = Pieces::new(device, case)?;
            Box::new(move |method| pieces.once(method))
        }
        _ => {
            let mut copies = Copies::new(device, case, host)?;
            Box::new(move |method| copies.once(method))
        }
    };
    let (warm_up, least) = if case.bytes < LONG { (WARM_UP, 5) } else { (1, 2) };
    for &method in methods.iter().filter(|&&method| case.bytes < LONG || method == Method::Ours) {
        (0..warm_up).try_for_each(|_| copies(method).map(|_| ()))?;
    }
    let mut took = vec![Vec::<Took>::new(); methods.len()];
    let slice = Duration::from_millis(job.slice_ms) * methods.len() as u32;
    let (batch, begun, mut round) = ((BATCH / case.bytes).clamp(1, 16), Instant::now(), 0);
    while round < least || begun.elapsed() < slice {
        for turn in 0..methods.len() {
            let which = (turn + round + job.number) % methods.len();
            let spent: f64 = took[which].iter().map(|took| took.seconds).sum();
            if spent < ENOUGH.as_secs_f64() {
                for _ in 0..batch {
                    took[which].push(copies(methods[which])?);
                }
            }
        }
        round += 1;
    }
    let bytes = case.moved() as f64;
    for (&method, took) in methods.iter().zip(&took) {
        let Some(seconds) = Spread::of(took.iter().map(|took| took.seconds)) else { continue };
        let cpu: Option<Vec<f64>> = took.iter().map(|took| took.cpu_seconds).collect();
        say(Line::Measured(Measured {
            case,
            method,
            threads,
            gigabytes_per_second: bytes / seconds.median / 1e9,
            returns_after_us: Spread::of(took.iter().map(|took| took.returned * 1e6)).map(|us| us.median),
            cpu_seconds_per_gib: cpu
                .map(|cpu| cpu.iter().sum::<f64>() / cpu.len() as f64 / bytes * f64::from(1 << 30)),
        }))?;
    }
    Ok(())
}

/// What the engine holds and does while nothing is copied.
fn idle(device: Device, say: &mut dyn FnMut(Line<Measured>) -> Result<(), Failure>) -> Result<(), Failure> {
    let engine = staging::shared(device).map_err(Failure::failed)?;
    std::thread::sleep(SETTLING);
    let (before, clock) = (cpu_seconds_of_threads(THREADS), Clock::start());
    std::thread::sleep(IDLE);
    let (took, after) = (clock.stop(), cpu_seconds_of_threads(THREADS));
    let cpu_seconds_per_second = before.zip(after).map(|(before, after)| (after - before) / took.seconds);
    let process_cpu_seconds_per_second = took.cpu_seconds.map(|cpu| cpu / took.seconds);
    let report = engine.report();
    say(Line::Idle {
        pinned_bytes: report.pinned_bytes,
        cpu_seconds_per_second,
        process_cpu_seconds_per_second,
        in_force: report.to_string(),
    })
}

/// Several threads copy for a while, each between memory of its own; what they reach in all.
fn several(
    device: Device,
    together: Together,
    say: &mut dyn FnMut(Line<Measured>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Together { direction, bytes, threads, milliseconds } = together;
    let case = Case { direction, memory: Memory::Pageable, bytes };
    let (prepared, begin) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    let copy = || -> Result<f64, Failure> {
        let ready = (|| {
            use_device(device)?;
            Host::new(device, &[case])
        })();
        let warm = |host: &mut Host| -> Result<(), Failure> {
            let mut copies = Copies::new(device, case, host)?;
            (0..3).try_for_each(|_| copies.once(Method::Ours).map(|_| ()))
        };
        let ready = ready.and_then(|mut host| warm(&mut host).map(|()| host));
        // Both barriers are passed whatever happened, or the others would wait for ever.
        prepared.wait();
        begin.wait();
        let mut host = ready?;
        let mut copies = Copies::new(device, case, &mut host)?;
        let (begun, mut done) = (Instant::now(), 0);
        while done == 0 || begun.elapsed() < Duration::from_millis(milliseconds) {
            copies.once(Method::Ours)?;
            done += bytes;
        }
        Ok(done as f64 / begun.elapsed().as_secs_f64() / 1e9)
    };
    let rates = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(copy)).collect();
        prepared.wait();
        let told = say(Line::Ready);
        // A parent that has gone away is noticed when the figure is told.
        let _ = std::io::stdin().lock().read_line(&mut String::new());
        begin.wait();
        let rates = threads.into_iter().map(|thread| match thread.join() {
            Ok(rate) => rate,
            Err(_) => Err(Failure::failed("a thread that copied has panicked")),
        });
        rates.collect::<Result<Vec<f64>, _>>().and_then(|rates| told.map(|()| rates))
    })?;
    say(Line::Measured(Measured {
        case,
        method: Method::Ours,
        threads: Some(threads),
        gigabytes_per_second: rates.iter().sum(),
        returns_after_us: None,
        cpu_seconds_per_gib: None,
    }))
}
