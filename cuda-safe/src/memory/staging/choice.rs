//! Plain, alone or staged: decided by the copies themselves.
//!
//! Tiny copies are plain and large ones staged. In between it depends on how fast threads wake, on the caches and on the
//! runtime, so the first copies of each size are done each way and timed until the bytes are there; then the fastest is kept,
//! with the plain call favoured a little. Nothing is copied only to be measured. One way is tried after the other, not in
//! turn: each leaves the caches in a state of its own, and what counts is how a way does after itself.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::memory::staging::alone;

/// Copies of fewer bytes are plain: what the engine could save is less than what it takes to begin.
const PLAIN_BELOW: usize = 64 << 10;
/// Copies of as many bytes are worth waking another thread.
const STAGED_ABOVE: usize = 128 << 10;
/// Copies of as many bytes are staged: a thread wakes in a small part of their time.
const STAGED_FROM: usize = 16 << 20;
/// Copies of each way that are timed. The first ones may start threads, so the median counts.
const TRIALS: usize = 7;
/// How much faster than the plain call another way must be.
const MARGIN: f64 = 0.95;
/// Sizes that differ by less than a factor of two are treated alike.
const SIZES: usize = (STAGED_FROM / PLAIN_BELOW).ilog2() as usize;

/// How a copy is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// One call of the runtime.
    Plain,
    /// Through a ring, by the caller.
    Alone,
    /// Through rings, on several threads.
    Staged,
}

use Choice::{Alone, Plain, Staged};

/// The way of an upload that its caller cannot do alone, as no ring is free.
pub(super) fn instead(bytes: usize) -> Choice {
    if bytes < STAGED_ABOVE { Plain } else { Staged }
}

/// What was seen of one kind of copies.
pub(super) struct Choices {
    /// Whether the caller may do them alone.
    may_alone: AtomicBool,
    sizes: [Size; SIZES],
}

#[derive(Default)]
struct Size {
    /// 0 while it is open, then 1 for plain, 2 for alone and 3 for staged.
    decided: AtomicU8,
    /// Seconds for each byte, of each way.
    seen: Mutex<[Vec<f64>; 3]>,
}

impl Choices {
    pub(super) fn new(may_alone: bool) -> Self {
        Self { may_alone: may_alone.into(), sizes: Default::default() }
    }

    /// Whether the caller may do them alone from now on.
    pub(super) fn set_may_alone(&self, may_alone: bool) {
        self.may_alone.store(may_alone, Ordering::Relaxed);
    }

    /// The ways that suit a size.
    fn ways(&self, bytes: usize) -> impl Iterator<Item = Choice> {
        let may_alone = self.may_alone.load(Ordering::Relaxed);
        [Plain, Alone, Staged].into_iter().filter(move |way| match way {
            Plain => true,
            Alone => may_alone && bytes < alone::BELOW,
            Staged => bytes >= STAGED_ABOVE,
        })
    }

    /// How to copy so many bytes, and whether it is a trial, so that it is to be told how long it took.
    pub(super) fn pick(&self, bytes: usize) -> (Choice, bool) {
        if bytes < PLAIN_BELOW {
            return (Plain, false);
        }
        let Some(size) = self.size(bytes) else { return (Staged, false) };
        match size.decided.load(Ordering::Relaxed) {
            0 => {
                let seen = size.seen.lock().unwrap_or_else(PoisonError::into_inner);
                let next = self.ways(bytes).find(|&way| seen[way as usize].len() < TRIALS);
                (next.unwrap_or(Plain), true)
            }
            1 => (Plain, false),
            2 => (Alone, false),
            _ => (Staged, false),
        }
    }

    /// Notes how long a copy took; decides once there is enough to go by.
    pub(super) fn note(&self, bytes: usize, way: Choice, took: Duration) {
        let Some(size) = self.size(bytes) else { return };
        let mut seen = size.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Another one of a way that is known comes where the one on trial could not be taken.
        if seen[way as usize].len() < TRIALS {
            seen[way as usize].push(took.as_secs_f64() / bytes as f64);
        }
        let enough = self.ways(bytes).all(|way| seen[way as usize].len() >= TRIALS);
        if enough && size.decided.load(Ordering::Relaxed) == 0 {
            let mut cost = |way: Choice| {
                let favour = if way == Plain { MARGIN } else { 1.0 };
                median(&mut seen[way as usize]) * favour
            };
            let cheapest = self.ways(bytes).min_by(|&one, &other| cost(one).total_cmp(&cost(other)));
            size.decided.store(1 + cheapest.unwrap_or(Plain) as u8, Ordering::Relaxed);
        }
    }

    /// The smallest size that was found to be better not plain, if any was.
    pub(super) fn staged_from(&self) -> usize {
        let smallest = self.sizes.iter().position(|size| size.decided.load(Ordering::Relaxed) > 1);
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

    fn settle(choices: &Choices, bytes: usize, micros: [u64; 3]) -> Choice {
        for _ in 0..100 {
            match choices.pick(bytes) {
                (choice, false) => return choice,
                (way, true) => choices.note(bytes, way, Duration::from_micros(micros[way as usize])),
            }
        }
        panic!("never decided")
    }

    #[test]
    fn tiny_is_plain_and_large_is_staged_without_a_trial() {
        let choices = Choices::new(true);
        assert_eq!(choices.pick(0), (Plain, false));
        assert_eq!(choices.pick(PLAIN_BELOW - 1), (Plain, false));
        assert_eq!(choices.pick(STAGED_FROM), (Staged, false));
        assert_eq!(choices.pick(usize::MAX), (Staged, false));
        assert!(choices.pick(PLAIN_BELOW).1 && choices.pick(STAGED_FROM - 1).1);
    }

    #[test]
    fn the_fastest_way_is_kept_and_the_plain_call_favoured() {
        let choices = Choices::new(true);
        assert_eq!(settle(&choices, 2 << 20, [100, 1, 60]), Staged);
        assert_eq!(settle(&choices, 600 << 10, [100, 50, 60]), Alone);
        assert_eq!(settle(&choices, 200 << 10, [30, 40, 60]), Plain);
        assert_eq!(settle(&choices, 5 << 20, [100, 1, 97]), Plain);
        assert_eq!(settle(&choices, 70 << 10, [100, 97, 1]), Plain);
        assert_eq!(choices.staged_from(), 512 << 10);
    }

    #[test]
    fn a_size_is_decided_without_a_way_that_cannot_be_taken_any_more() {
        let choices = Choices::new(true);
        let (bytes, took) = (600 << 10, Duration::from_micros(50));
        // Alone could not be: the copies on trial were staged instead.
        while choices.pick(bytes).0 != Alone {
            choices.note(bytes, Plain, 3 * took);
        }
        (0..2 * TRIALS).for_each(|_| choices.note(bytes, Staged, took));
        assert_eq!(choices.pick(bytes), (Alone, true));
        choices.set_may_alone(false);
        choices.note(bytes, Staged, took);
        assert_eq!(choices.pick(bytes), (Staged, false));
    }

    #[test]
    fn copies_that_nobody_may_do_alone_are_plain_or_staged() {
        let choices = Choices::new(false);
        assert_eq!(settle(&choices, 600 << 10, [100, 1, 60]), Staged);
        assert_eq!(settle(&choices, 70 << 10, [100, 1, 1]), Plain);
    }
}
