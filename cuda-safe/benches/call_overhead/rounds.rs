//! Times the sides of a row, in rounds.

use std::hint::black_box;
use std::time::Instant;

use crate::processes::{self, PLACES};

/// Each order meets each depth three times.
const ROUNDS: usize = 3 * ORDERS.len() * DEPTHS;
const WARM_UP: usize = 120;

/// Compares one call. `PLACE` makes code of its own.
pub(crate) fn compare<const PLACE: usize>(
    name: &str,
    batch: usize,
    raw: impl Fn(),
    safe: impl Fn(),
    between: impl Fn(),
) {
    measure::<PLACE>((name, batch, 1), raw, safe, between);
}

/// Compares two calls that belong together; the numbers are those of one call, on average.
pub(crate) fn compare_pairs<const PLACE: usize>(
    name: &str,
    batch: usize,
    raw: impl Fn(),
    safe: impl Fn(),
    between: impl Fn(),
) {
    measure::<PLACE>((&format!("{name}, each"), batch, 2), raw, safe, between);
}

/// The sides of a round, in every order.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]];

fn measure<const PLACE: usize>(
    (name, batch, calls): (&str, usize, usize),
    raw: impl Fn(),
    safe: impl Fn(),
    between: impl Fn(),
) {
    // The marks differ, or the compiler would make one function of those that do the same.
    let first = || (0..marked(PLACE, batch)).for_each(|_| raw());
    let safe = || (0..marked(PLACE, batch)).for_each(|_| safe());
    let second = || (0..marked(PLACE + PLACES, batch)).for_each(|_| raw());
    let sides: [&dyn Fn(); 3] = [&first, &safe, &second];
    let (mut raws, mut added, mut noise) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let mut times = [0.0; 3];
        at_depth(round / ORDERS.len() % DEPTHS, &mut || {
            for side in ORDERS[round % ORDERS.len()] {
                let start = Instant::now();
                sides[side]();
                times[side] = start.elapsed().as_secs_f64() * 1e9 / (batch * calls) as f64;
                between();
            }
        });
        if round >= WARM_UP {
            let [raw, safe, again] = times;
            raws.push(raw);
            added.push(safe - raw);
            noise.push(again - raw);
        }
    }
    assert_eq!(raws.len(), ROUNDS);
    processes::row(name, [raws, added, noise].map(|values| processes::median(&values)));
}

/// The number; the mark is only there.
#[inline(always)]
fn marked(mark: usize, number: usize) -> usize {
    black_box(mark);
    number
}

/// How far down the stack a round may be.
const DEPTHS: usize = 40;

/// Runs a round so many small frames further down the stack.
fn at_depth(depth: usize, round: &mut dyn FnMut()) {
    let frame = black_box([0u8; 80]);
    if depth == 0 {
        round()
    } else {
        at_depth(depth - 1, round)
    }
    black_box(&frame);
}
