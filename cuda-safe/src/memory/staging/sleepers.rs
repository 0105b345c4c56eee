//! Threads that sleep until they are woken, the one that went to sleep last first.
//!
//! A copy that needs a few of many threads then has the same ones each time: their caches are warm, and the system has long
//! spread them over the cores. In turn, which is what a condition variable does, each copy would have others, and they would
//! wake two to a core.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

/// Those that sleep; under the lock of whoever wakes them.
#[derive(Default)]
pub(super) struct Sleepers(Vec<Thread>);

impl Sleepers {
    /// Wakes at most so many.
    pub(super) fn wake(&mut self, most: usize) {
        let from = self.0.len().saturating_sub(most);
        self.0.drain(from..).for_each(|sleeper| sleeper.unpark());
    }

    fn has(&self, sleeper: &Thread) -> bool {
        self.0.iter().any(|one| one.id() == sleeper.id())
    }
}

/// Sleeps without the lock until this thread is woken.
pub(super) fn sleep<'a, T>(
    lock: &'a Mutex<T>,
    mut state: MutexGuard<'a, T>,
    sleepers: impl Fn(&mut T) -> &mut Sleepers,
) -> MutexGuard<'a, T> {
    let me = thread::current();
    sleepers(&mut state).0.push(me.clone());
    loop {
        drop(state);
        // It may return for no reason.
        thread::park();
        state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        if !sleepers(&mut state).has(&me) {
            return state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Default)]
    struct State {
        sleepers: Sleepers,
        woken: Vec<usize>,
    }

    #[test]
    fn the_last_one_wakes_first_and_no_more_than_were_asked_for() {
        let state = Arc::new(Mutex::new(State::default()));
        let locked = || state.lock().unwrap();
        let until = |reached: &dyn Fn(&State) -> bool| {
            while !reached(&locked()) {
                thread::yield_now();
            }
        };
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let state = Arc::clone(&state);
                let thread = thread::spawn(move || {
                    let mut woken = sleep(&state, state.lock().unwrap(), |state| &mut state.sleepers);
                    woken.woken.push(number);
                });
                until(&|state| state.sleepers.0.len() == number + 1);
                thread
            })
            .collect();
        // For no reason: it goes on sleeping.
        threads[0].thread().unpark();
        locked().sleepers.wake(0);
        for (most, left, expected) in [(1, 3, vec![3]), (1, 2, vec![3, 2])] {
            locked().sleepers.wake(most);
            assert_eq!(locked().sleepers.0.len(), left);
            until(&|state| state.woken.len() == expected.len());
            assert_eq!(locked().woken, expected);
        }
        locked().sleepers.wake(9);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let mut all = locked().woken.clone();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3]);
    }
}
