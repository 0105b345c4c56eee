//! Sides that take turns, batch by batch, so whatever else the machine does meets all of them alike.

use std::time::{Duration, Instant};

use crate::bench::spread::Spread;

/// After so long even what is slow has been measured.
const ENOUGH: Duration = Duration::from_millis(1500);

/// What two sides took, in nanoseconds a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Compared {
    pub(super) c: f64,
    pub(super) ours: f64,
    /// The median of the differences of one turn, which is more exact than the difference of the medians.
    pub(super) added: f64,
}

/// Times batches of both sides for a while. `between` runs after each batch and is not timed.
pub(super) fn compare(
    slice: Duration,
    batch: usize,
    c: &mut dyn FnMut(),
    ours: &mut dyn FnMut(),
    between: &mut dyn FnMut(),
) -> Compared {
    const WARM_UP: usize = 3;
    const LEAST: usize = 8;
    let mut sides: [&mut dyn FnMut(); 2] = [c, ours];
    let mut turns: Vec<[f64; 2]> = Vec::new();
    let begun = Instant::now();
    while (turns.len() < LEAST || begun.elapsed() < slice) && begun.elapsed() < ENOUGH {
        let mut took = [0.0; 2];
        for place in 0..2 {
            let side = (turns.len() + place) % 2;
            let start = Instant::now();
            (0..batch).for_each(|_| sides[side]());
            took[side] = start.elapsed().as_secs_f64() * 1e9 / batch as f64;
            between();
        }
        turns.push(took);
    }
    let counted = if turns.len() >= LEAST { &turns[WARM_UP..] } else { &turns };
    let median = |figures: Vec<f64>| Spread::of(figures).map_or(0.0, |spread| spread.median);
    let of = |figure: fn(&[f64; 2]) -> f64| median(counted.iter().map(figure).collect());
    Compared { c: of(|took| took[0]), ours: of(|took| took[1]), added: of(|took| took[1] - took[0]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn both_sides_are_called_as_often_and_take_turns_in_beginning() {
        let (c, ours, firsts) = (Cell::new(0), Cell::new(0), Cell::new([0, 0]));
        let count = |cell: &Cell<usize>, side: usize| {
            if c.get() == ours.get() {
                let mut counted = firsts.get();
                counted[side] += 1;
                firsts.set(counted);
            }
            cell.set(cell.get() + 1);
        };
        compare(Duration::ZERO, 1, &mut || count(&c, 0), &mut || count(&ours, 1), &mut || ());
        assert_eq!(c.get(), ours.get());
        assert_eq!(firsts.get(), [4, 4]);
    }
}
