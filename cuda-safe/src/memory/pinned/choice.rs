//! Which of the two ways makes a block: decided by the blocks themselves.
//!
//! `cudaHostAlloc` is one call whose time grows with the pages; registering pages that were touched on several threads
//! takes less for each page and more calls. Where they meet, if they do, depends on the machine, so the first blocks of
//! each size are made in either way in turn and timed, where that costs little; then the faster way is kept. Nothing is
//! allocated only to be measured.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How a block is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// `cudaHostAlloc`.
    Allocate,
    /// Pages of the program, then `cudaHostRegister`.
    Register,
}

/// The smallest block.
const SMALLEST: usize = 4 << 10;
/// A trial of as many bytes in the slower way would be felt. Such blocks are registered, unless the largest size that
/// was tried says otherwise.
const UNTRIED_FROM: usize = 8 << 20;
/// Blocks of each way that are timed. The median counts: `cudaHostAlloc` takes next to nothing where it finds room in what
/// it has mapped for another block, and now and then the system is slow.
const TRIALS: usize = 5;
/// Sizes that differ by less than a factor of two are treated alike.
const SIZES: usize = (UNTRIED_FROM / SMALLEST).ilog2() as usize;

/// What was seen so far.
pub(super) struct Choices(Mutex<[Size; SIZES]>);

/// The times of either way, in seconds for a byte.
struct Size([Times; 2]);

struct Times {
    taken: usize,
    times: [f64; TRIALS],
}

impl Choices {
    pub(super) const fn new() -> Self {
        const NONE: Times = Times { taken: 0, times: [0.0; TRIALS] };
        Self(Mutex::new([const { Size([NONE; 2]) }; SIZES]))
    }

    /// How to make a block of so many bytes.
    pub(super) fn pick(&self, bytes: usize) -> Way {
        let sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match sizes.get(index(bytes)) {
            Some(size) => size.next(),
            None => sizes[SIZES - 1].decided().unwrap_or(Way::Register),
        }
    }

    /// Notes how long a block took to make.
    pub(super) fn note(&self, bytes: usize, way: Way, took: Duration) {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Size(seen)) = sizes.get_mut(index(bytes)) {
            seen[way as usize].note(took.as_secs_f64() / bytes as f64);
        }
    }
}

impl Size {
    /// The way that was faster, once both were tried.
    fn decided(&self) -> Option<Way> {
        let [allocating, registering] = self.0.each_ref().map(Times::median);
        Some(if registering? < allocating? { Way::Register } else { Way::Allocate })
    }

    /// The way of the next block.
    fn next(&self) -> Way {
        let [allocated, registered] = self.0.each_ref().map(|times| times.taken);
        let less_tried = if registered <= allocated { Way::Register } else { Way::Allocate };
        self.decided().unwrap_or(less_tried)
    }
}

impl Times {
    fn note(&mut self, time: f64) {
        if let Some(free) = self.times.get_mut(self.taken) {
            *free = time;
            self.taken += 1;
            if self.taken == TRIALS {
                self.times.sort_by(f64::total_cmp);
            }
        }
    }

    fn median(&self) -> Option<f64> {
        (self.taken == TRIALS).then_some(self.times[TRIALS / 2])
    }
}

/// Which size it is; at least [`SIZES`] for one that is not tried.
fn index(bytes: usize) -> usize {
    (bytes / SMALLEST).max(1).ilog2() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(choices: &Choices, bytes: usize, allocating: u64, registering: u64) -> Way {
        for _ in 0..2 * TRIALS {
            let way = choices.pick(bytes);
            let took = if way == Way::Allocate { allocating } else { registering };
            choices.note(bytes, way, Duration::from_micros(took));
        }
        choices.pick(bytes)
    }

    #[test]
    fn large_blocks_are_registered_without_a_trial() {
        let choices = Choices::new();
        for bytes in [UNTRIED_FROM, 1 << 30, usize::MAX] {
            assert_eq!(settle(&choices, bytes, 1, 9), Way::Register);
        }
    }

    #[test]
    fn the_faster_way_is_kept_for_each_size() {
        let choices = Choices::new();
        assert_eq!(settle(&choices, SMALLEST, 10, 20), Way::Allocate);
        assert_eq!(settle(&choices, 200 << 10, 10, 20), Way::Allocate);
        assert_eq!(settle(&choices, 1 << 20, 20, 10), Way::Register);
        assert_eq!(choices.pick(150 << 10), Way::Allocate);
        assert_eq!(choices.pick((2 << 20) - 1), Way::Register);
    }

    #[test]
    fn large_blocks_follow_the_largest_size_that_was_tried() {
        let choices = Choices::new();
        assert_eq!(settle(&choices, UNTRIED_FROM - 1, 10, 20), Way::Allocate);
        assert_eq!(choices.pick(1 << 30), Way::Allocate);
    }
}
