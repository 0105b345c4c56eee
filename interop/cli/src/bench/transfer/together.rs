//! Several that copy at once: two threads of one process, and two processes, beside one alone.

use super::case::Direction;
use super::job::{Job, Measured, Together};
use super::report::TogetherRow;
use crate::bench::child::{self, Measuring};
use crate::bench::line::Line;
use crate::bench::progress::Progress;
use crate::bench::spread::Spread;
use crate::exit::Failure;

/// Measures each so many times, in turns, and keeps the medians.
pub(super) fn measure(
    bytes: usize,
    milliseconds: u64,
    times: usize,
    progress: &Progress,
) -> Result<Vec<TogetherRow>, Failure> {
    let row = |direction| {
        let mut rates = [const { Vec::new() }; 3];
        for _ in 0..times {
            for (rates, (processes, threads)) in rates.iter_mut().zip([(1, 1), (1, 2), (2, 1)]) {
                rates.push(once(Together { direction, bytes, threads, milliseconds }, processes)?);
                progress.step();
            }
        }
        let [alone, two_threads, two_processes] =
            rates.map(|rates| Spread::of(rates).map_or(0.0, |spread| spread.median));
        Ok(TogetherRow { direction, bytes, alone, two_threads, two_processes })
    };
    Direction::BOTH.into_iter().map(row).collect()
}

/// Figures of one call of [`measure`].
pub(super) fn steps(times: usize) -> usize {
    Direction::BOTH.len() * 3 * times
}

/// What so many processes reach in all.
fn once(together: Together, processes: usize) -> Result<f64, Failure> {
    let job = Job { together: Some(together), ..Job::default() };
    let mut running = Vec::new();
    for _ in 0..processes {
        let mut command = child::of_this_program(&job)?;
        running.push(Measuring::start(&mut command).map_err(Failure::failed)?);
    }
    // All are prepared before one begins. One that fails says so at its end.
    for process in &mut running {
        let _ = process.next::<Measured>().map_err(Failure::failed)?;
    }
    for process in &mut running {
        process.go().map_err(Failure::failed)?;
    }
    let mut sum = 0.0;
    for process in running {
        let take = |line| {
            if let Line::Measured(Measured { gigabytes_per_second, .. }) = line {
                sum += gigabytes_per_second;
            }
        };
        process.finish(take).map_err(failed)?;
    }
    Ok(sum)
}

fn failed(reason: String) -> Failure {
    Failure::failed(format_args!("a measuring process failed: {reason}"))
}
