//! Times the two sides of a row, in rounds.

use std::hint::black_box;
use std::time::Instant;

use crate::processes;

const ROUNDS: usize = 801;
const WARM_UP: usize = 120;

/// Compares one call.
pub(crate) fn compare(name: &str, batch: usize, raw: impl Fn(), safe: impl Fn(), between: impl Fn()) {
    measure(name, batch, 1, raw, safe, between);
}

/// Compares two calls that belong together; the numbers are those of one call, on average.
pub(crate) fn compare_pairs(name: &str, batch: usize, raw: impl Fn(), safe: impl Fn(), between: impl Fn()) {
    measure(&format!("{name}, each"), batch, 2, raw, safe, between);
}

/// The sides of a round, in every order.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]];

fn measure(name: &str, batch: usize, calls: usize, raw: impl Fn(), safe: impl Fn(), between: impl Fn()) {
    let first = || (0..batch).for_each(|_| raw());
    let safe = || (0..batch).for_each(|_| safe());
    // The number of calls is hidden, or the compiler would make one function of this one and the first.
    let second = || (0..black_box(batch)).for_each(|_| raw());
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
    processes::row(name, [raws, added, noise].map(|values| processes::median(&values)));
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
