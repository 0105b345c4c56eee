//! How many threads a large copy takes, found by the copies themselves.
//!
//! What it takes to keep the link busy depends on the cores, on their caches, and on how the system spreads threads over
//! them; a look at an idle machine does not tell. So the first large copies of each class of sizes are done by teams of a few
//! sizes in turn and timed, and the smallest team is kept that is about as fast as the fastest.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Where the classes of sizes begin: the more bytes, the less of a copy's time goes into waking threads. Copies of
/// fewer bytes than the first say more of that than of copying.
const CLASSES: [usize; 3] = [8 << 20, 32 << 20, 200 << 20];
/// Copies by each team. The fastest counts: the first ones may make threads and rings.
const TRIALS: usize = 3;
/// How much slower than the fastest team a smaller one may be.
const MARGIN: f64 = 1.02;

/// The teams of one direction.
pub(super) struct Team {
    most: usize,
    classes: [Mutex<Class>; CLASSES.len()],
}

/// What was seen of one class of sizes.
#[derive(Default)]
struct Class {
    decided: Option<usize>,
    /// Of each size of a team: how often it was tried, and the fewest seconds for each byte.
    seen: [(usize, f64); 4],
}

impl Team {
    /// Of fewer threads all are needed, and no team is tried.
    pub(super) const LEAST: usize = 4;

    /// Teams of at most so many threads.
    pub(super) fn new(most: usize) -> Self {
        Self { most, classes: Default::default() }
    }

    /// The sizes on trial, what is likely first.
    fn sizes(&self) -> [usize; 4] {
        [self.most * 2 / 3, self.most, self.most / 2, self.most / 3].map(|size| size.max(1))
    }

    /// How many threads are to copy so many bytes; `None` where it does not matter, or nothing is known.
    pub(super) fn size(&self, bytes: usize) -> Option<usize> {
        self.class(bytes, |class| {
            let untried = class.seen.iter().position(|(tries, _)| *tries < TRIALS);
            class.decided.unwrap_or_else(|| self.sizes()[untried.unwrap_or(0)])
        })
    }

    /// How many threads were found best for the largest copies, if that is decided.
    pub(super) fn decided(&self) -> Option<usize> {
        CLASSES.iter().rev().find_map(|&bytes| self.class(bytes, |class| class.decided).flatten())
    }

    /// Notes how long a copy took for which so many threads were asked; it may have had too few pieces for all of them.
    pub(super) fn note(&self, bytes: usize, threads: usize, took: Duration) {
        let sizes = self.sizes();
        self.class(bytes, |class| {
            if class.decided.is_some() {
                return;
            }
            let cost = took.as_secs_f64() / bytes as f64;
            for (_, (tries, least)) in sizes.iter().zip(&mut class.seen).filter(|(size, _)| **size == threads)
            {
                *least = if *tries == 0 { cost } else { least.min(cost) };
                *tries += 1;
            }
            if class.seen.iter().all(|(tries, _)| *tries >= TRIALS) {
                let fastest = class.seen.iter().map(|(_, least)| *least).fold(f64::INFINITY, f64::min);
                let good = sizes.iter().zip(&class.seen).filter(|(_, (_, least))| *least <= MARGIN * fastest);
                class.decided = good.map(|(size, _)| *size).min();
            }
        });
    }

    fn class<R>(&self, bytes: usize, look: impl FnOnce(&mut Class) -> R) -> Option<R> {
        let index = CLASSES.partition_point(|&begin| begin <= bytes).checked_sub(1)?;
        let mut class = self.classes[index].lock().unwrap_or_else(PoisonError::into_inner);
        Some(look(&mut class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Copies until it is decided; `rate` tells how fast so many threads are.
    fn decide(most: usize, bytes: usize, rate: impl Fn(usize) -> f64) -> usize {
        let team = Team::new(most);
        for _ in 0..100 {
            if let Some(decided) = team.decided() {
                assert_eq!(team.size(bytes), Some(decided));
                return decided;
            }
            let size = team.size(bytes).unwrap();
            assert!((1..=most).contains(&size));
            team.note(bytes, size, Duration::from_secs_f64(bytes as f64 / rate(size)));
        }
        panic!("never decided")
    }

    #[test]
    fn the_smallest_team_that_is_about_as_fast_as_any_is_kept() {
        let link = |most_at: f64| move |threads: usize| (threads as f64 * 10e9).min(most_at);
        assert_eq!(decide(12, 1 << 30, link(1000e9)), 12);
        assert_eq!(decide(12, 1 << 30, link(55e9)), 6);
        assert_eq!(decide(12, 64 << 20, link(30e9)), 4);
        // More than the link needs are in each other's way.
        assert_eq!(decide(12, 1 << 30, |threads| if threads > 8 { 40e9 } else { threads as f64 * 6e9 }), 8);
        assert_eq!(decide(4, 1 << 30, link(55e9)), 4);
    }

    #[test]
    fn small_copies_have_no_team_and_the_largest_one_of_their_own() {
        let team = Team::new(12);
        assert_eq!((team.size(CLASSES[0] - 1), team.decided()), (None, None));
        for _ in 0..12 {
            let size = team.size(CLASSES[0]).unwrap();
            team.note(CLASSES[0], size, Duration::from_millis(size as u64));
        }
        assert_eq!(
            (team.size(CLASSES[0]), team.size(CLASSES[1]), team.decided()),
            (Some(4), Some(8), Some(4))
        );
    }

    #[test]
    fn what_another_number_of_threads_did_tells_nothing() {
        let team = Team::new(12);
        for _ in 0..50 {
            team.note(1 << 30, 5, Duration::from_millis(1));
        }
        assert_eq!((team.size(1 << 30), team.decided()), (Some(8), None));
    }
}
