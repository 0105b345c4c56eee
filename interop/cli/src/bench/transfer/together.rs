//! Several that copy at once: two threads of one process, and two processes, beside one alone.

use super::case::Direction;
use super::job::{Job, Measured, Together};
use super::report::TogetherRow;
use crate::bench::child::{self, Measuring};
use crate::bench::line::Line;
use crate::exit::Failure;
use crate::progress::Progress;

/// Figures of one call of [`measure`].
pub(super) const STEPS: usize = 6;

/// Measures each both ways.
pub(super) fn measure(
    bytes: usize,
    milliseconds: u64,
    progress: &Progress,
) -> Result<Vec<TogetherRow>, Failure> {
    let row = |direction| {
        let rate = |processes, threads| {
            let rate = once(Together { direction, bytes, threads, milliseconds }, processes);
            progress.step();
            rate
        };
        let (alone, two_threads, two_processes) = (rate(1, 1)?, rate(1, 2)?, rate(2, 1)?);
        Ok(TogetherRow { direction, bytes, alone, two_threads, two_processes })
    };
    Direction::BOTH.into_iter().map(row).collect()
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
        // It cannot be told to one that has ended, which says why below.
        let _ = process.go();
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
