//! Staged or plain: decided by the copies themselves.
//!
//! Tiny copies are plain and large ones staged. In between it depends on how fast threads wake, on the caches and on the
//! runtime, so the first copies of each size are done both ways in turn and timed; then the faster way is kept, with the
//! plain call favoured a little. Nothing is copied only to be measured.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Copies of fewer bytes are plain: they take less time than a thread needs to wake.
const PLAIN_BELOW: usize = 128 << 10;
/// Copies of as many bytes are staged: a thread wakes in a small part of their time.
const STAGED_FROM: usize = 16 << 20;
/// Where there was no trial yet, copies of as many bytes are staged.
const LIKELY_STAGED_FROM: usize = 1 << 20;
/// Copies of each way that are timed. The first ones may start threads, so the median counts.
const TRIALS: usize = 7;
/// How much faster staging must be.
const MARGIN: f64 = 0.95;
/// Sizes that differ by less than a factor of two are treated alike.
const SIZES: usize = (STAGED_FROM / PLAIN_BELOW).ilog2() as usize;

/// How a copy is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Plain,
    Staged,
}

/// What was seen of one direction.
#[derive(Default)]
pub(super) struct Choices {
    sizes: [Size; SIZES],
}

#[derive(Default)]
struct Size {
    /// 0 while it is open, then 1 for plain and 2 for staged.
    decided: AtomicU8,
    /// Seconds for each byte, of either way.
    seen: Mutex<[Vec<f64>; 2]>,
}

impl Choices {
    /// How to copy so many bytes, and whether to tell how long it took. A copy whose end nobody waits for cannot be
    /// compared: it is no `trial`.
    pub(super) fn pick(&self, bytes: usize, trial: bool) -> (Choice, bool) {
        if bytes < PLAIN_BELOW {
            return (Choice::Plain, false);
        }
        let Some(size) = self.size(bytes) else { return (Choice::Staged, false) };
        match size.decided.load(Ordering::Relaxed) {
            0 if !trial => (if bytes < LIKELY_STAGED_FROM { Choice::Plain } else { Choice::Staged }, false),
            0 => {
                let seen = size.seen.lock().unwrap_or_else(PoisonError::into_inner);
                (if seen[0].len() <= seen[1].len() { Choice::Plain } else { Choice::Staged }, true)
            }
            1 => (Choice::Plain, false),
            _ => (Choice::Staged, false),
        }
    }

    /// Notes how long a copy took; decides once there is enough to go by.
    pub(super) fn note(&self, bytes: usize, choice: Choice, took: Duration) {
        let Some(size) = self.size(bytes) else { return };
        let mut seen = size.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen[usize::from(choice == Choice::Staged)].push(took.as_secs_f64() / bytes as f64);
        if seen.iter().all(|times| times.len() >= TRIALS) && size.decided.load(Ordering::Relaxed) == 0 {
            let [plain, staged] = seen.each_mut().map(|times| median(times));
            size.decided.store(if staged < plain * MARGIN { 2 } else { 1 }, Ordering::Relaxed);
        }
    }

    /// The smallest size that was found to be better staged, if any was.
    pub(super) fn staged_from(&self) -> usize {
        let staged = |size: &&Size| size.decided.load(Ordering::Relaxed) == 2;
        let smallest = self.sizes.iter().position(|size| staged(&size));
        smallest.map_or(STAGED_FROM, |index| PLAIN_BELOW << index)
    }

    fn size(&self, bytes: usize) -> Option<&Size> {
        self.sizes.get((bytes / PLAIN_BELOW).checked_ilog2()? as usize)
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(choices: &Choices, bytes: usize, plain: u64, staged: u64) -> Choice {
        for _ in 0..100 {
            match choices.pick(bytes, true) {
                (choice, false) => return choice,
                (Choice::Plain, true) => choices.note(bytes, Choice::Plain, Duration::from_micros(plain)),
                (Choice::Staged, true) => choices.note(bytes, Choice::Staged, Duration::from_micros(staged)),
            }
        }
        panic!("never decided")
    }

    #[test]
    fn tiny_is_plain_and_large_is_staged_without_a_trial() {
        let choices = Choices::default();
        assert_eq!(choices.pick(0, true), (Choice::Plain, false));
        assert_eq!(choices.pick(PLAIN_BELOW - 1, true), (Choice::Plain, false));
        assert_eq!(choices.pick(STAGED_FROM, true), (Choice::Staged, false));
        assert_eq!(choices.pick(usize::MAX, true), (Choice::Staged, false));
        assert!(choices.pick(PLAIN_BELOW, true).1 && choices.pick(STAGED_FROM - 1, true).1);
        assert_eq!(choices.pick(PLAIN_BELOW, false), (Choice::Plain, false));
        assert_eq!(choices.pick(STAGED_FROM - 1, false), (Choice::Staged, false));
    }

    #[test]
    fn the_faster_way_is_kept_and_the_plain_call_favoured() {
        let choices = Choices::default();
        assert_eq!(settle(&choices, 1 << 20, 100, 60), Choice::Staged);
        assert_eq!(settle(&choices, 200 << 10, 30, 60), Choice::Plain);
        assert_eq!(settle(&choices, 5 << 20, 100, 97), Choice::Plain);
        assert_eq!(choices.staged_from(), 1 << 20);
    }
}
