//! How many threads keep the link busy, learned from the copies themselves.
//!
//! What one core copies depends on what others do at the same time, on the caches and on the neighbours of a virtual
//! machine, so a look at an idle machine says little. Each large copy tells how long its threads were copying, waits left
//! out: its bytes by that time is what one thread does while others do the same. The link by that is how many it takes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Copies of fewer bytes say more of waking threads than of copying.
const TELLS: usize = 32 << 20;
/// A little more than the link carries is asked for: the threads do not begin and end together.
const SLACK: f64 = 1.1;
/// How much of what was known counts beside the latest copy.
const MEMORY: f64 = 0.5;

/// What the copies of one direction told.
pub(super) struct Pace {
    /// Bytes a second.
    link: f64,
    most_threads: usize,
    /// Bytes a second of one thread, as the bits of a number; 0 before the first copy.
    thread: AtomicU64,
}

impl Pace {
    pub(super) fn new(link: u64, most_threads: usize) -> Self {
        Self { link: link as f64, most_threads, thread: AtomicU64::new(0) }
    }

    /// Threads that keep the link busy, if a copy has told.
    pub(super) fn threads(&self) -> Option<usize> {
        let thread = f64::from_bits(self.thread.load(Ordering::Relaxed));
        // As an integer the bounds hold, whatever was measured.
        (thread > 0.0).then(|| ((SLACK * self.link / thread).ceil() as usize).clamp(1, self.most_threads))
    }

    /// Notes a copy whose threads were copying for so long, all together.
    pub(super) fn note(&self, bytes: usize, copying: Duration) {
        if bytes < TELLS || copying.is_zero() {
            return;
        }
        let (known, seen) =
            (f64::from_bits(self.thread.load(Ordering::Relaxed)), bytes as f64 / copying.as_secs_f64());
        let thread = if known > 0.0 { MEMORY * known + (1.0 - MEMORY) * seen } else { seen };
        // Two copies that end at once may forget one of them.
        self.thread.store(thread.to_bits(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A copy by threads of so many bytes a second each.
    fn tell(pace: &Pace, rate: f64) -> Option<usize> {
        pace.note(1 << 30, Duration::from_secs_f64(f64::from(1 << 30) / rate));
        pace.threads()
    }

    #[test]
    fn the_link_by_what_one_thread_copies() {
        let pace = Pace::new(55_000_000_000, 12);
        assert_eq!(pace.threads(), None);
        assert_eq!(tell(&pace, 12.6e9), Some(5));
        assert_eq!(Pace::new(6_000_000_000, 12).threads(), None);
        assert_eq!(tell(&Pace::new(6_000_000_000, 12), 12e9), Some(1));
        assert_eq!(tell(&Pace::new(55_000_000_000, 12), 1e9), Some(12));
    }

    #[test]
    fn a_slow_copy_is_soon_forgotten() {
        let pace = Pace::new(50_000_000_000, 16);
        assert_eq!(tell(&pace, 10e9), Some(6));
        assert!(tell(&pace, 4e9).unwrap() > 6);
        let after: Vec<_> = (0..5).filter_map(|_| tell(&pace, 10e9)).collect();
        assert_eq!(after.last(), Some(&6), "{after:?}");
    }

    #[test]
    fn small_copies_and_no_time_tell_nothing() {
        let pace = Pace::new(50_000_000_000, 16);
        pace.note(TELLS - 1, Duration::from_secs(1));
        pace.note(TELLS, Duration::ZERO);
        assert_eq!(pace.threads(), None);
    }
}
