//! Whether a sum of bounded multiples can hit a number: the arithmetic under the overlap tests.

use smallvec::SmallVec;

/// `coefficient * x` for some `x` in `0..=most`; neither is negative.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    pub(super) coefficient: i128,
    pub(super) most: i128,
}

/// A sum of terms, prepared for questions about what it can be.
///
/// With one or two different coefficients, and for every nested array, the answer takes a few steps. In general the
/// question is as hard as packing a knapsack, so the search has a budget.
pub(super) struct Sum {
    /// Different coefficients, the largest first.
    terms: SmallVec<[Term; 8]>,
    /// For each term, the most that it and the later ones can sum up to.
    reach: SmallVec<[i128; 8]>,
    /// For each term, the greatest common divisor of its coefficient and the later ones.
    divisor: SmallVec<[i128; 8]>,
    budget: u32,
}

/// Numbers that are looked for one by one.
const TARGETS: i128 = 32;
/// Candidates tried before the search gives up: a few milliseconds.
const BUDGET: u32 = 1 << 16;

impl Sum {
    pub(super) fn new(terms: impl IntoIterator<Item = Term>) -> Self {
        let moves = |term: &Term| term.coefficient > 0 && term.most > 0;
        let mut sorted: SmallVec<[Term; 8]> = terms.into_iter().filter(moves).collect();
        sorted.sort_unstable_by_key(|term| std::cmp::Reverse(term.coefficient));
        sorted.dedup_by(|later, kept| {
            let equal = later.coefficient == kept.coefficient;
            if equal {
                kept.most += later.most;
            }
            equal
        });
        let (mut reach, mut divisor) =
            (SmallVec::from_elem(0, sorted.len()), SmallVec::from_elem(0, sorted.len()));
        let (mut total, mut common) = (0, 0);
        for (at, term) in sorted.iter().enumerate().rev() {
            total += term.coefficient * term.most;
            common = gcd(common, term.coefficient);
            (reach[at], divisor[at]) = (total, common);
        }
        Self { terms: sorted, reach, divisor, budget: BUDGET }
    }

    /// Whether the sum can be a number in `low..=high`; `None` if the search was given up.
    pub(super) fn hits(&mut self, low: i128, high: i128) -> Option<bool> {
        let (low, high) = (low.max(0), high.min(self.reach.first().copied().unwrap_or(0)));
        let step = self.divisor.first().copied().unwrap_or(1);
        if (high - low) / step > TARGETS {
            // What is missing to `high` is one more term.
            let missing = Term { coefficient: 1, most: high - low };
            let mut sum = Self::new(self.terms.iter().copied().chain([missing]));
            return sum.reaches(0, high);
        }
        let mut target = (low + step - 1).div_euclid(step) * step;
        while target <= high {
            if self.reaches(0, target)? {
                return Some(true);
            }
            target += step;
        }
        Some(false)
    }

    /// Whether the terms from `at` can sum up to `target`.
    fn reaches(&mut self, at: usize, target: i128) -> Option<bool> {
        self.budget = self.budget.checked_sub(1)?;
        if target == 0 {
            return Some(true);
        }
        let Some(&Term { coefficient, most }) = self.terms.get(at) else { return Some(false) };
        if target < 0 || target > self.reach[at] || target % self.divisor[at] != 0 {
            return Some(false);
        }
        let Some(&rest) = self.reach.get(at + 1) else { return Some(true) };
        // What is left for the later terms must be a multiple of their divisor: only every `step`-th factor qualifies.
        let (later, common) = (self.divisor[at + 1], self.divisor[at]);
        let step = later / common;
        let lowest = ((target - rest + coefficient - 1).div_euclid(coefficient)).max(0);
        let first = (target / common % step) * inverse(coefficient / common, step) % step;
        let mut factor = lowest + (first - lowest).rem_euclid(step);
        while factor <= most.min(target / coefficient) {
            if self.reaches(at + 1, target - factor * coefficient)? {
                return Some(true);
            }
            factor += step;
        }
        Some(false)
    }
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The `x` in `0..modulus` with `value * x % modulus == 1 % modulus`; `value` and `modulus` have no common divisor.
fn inverse(value: i128, modulus: i128) -> i128 {
    let (mut a, mut b) = (value.rem_euclid(modulus), modulus);
    let (mut x, mut y) = (1, 0);
    while b != 0 {
        let quotient = a / b;
        (a, b) = (b, a - quotient * b);
        (x, y) = (y, x - quotient * y);
    }
    x.rem_euclid(modulus)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: &[(i128, i128)]) -> Sum {
        Sum::new(terms.iter().map(|&(coefficient, most)| Term { coefficient, most }))
    }

    #[test]
    fn an_empty_sum_is_zero() {
        assert_eq!(sum(&[]).hits(0, 0), Some(true));
        assert_eq!(sum(&[]).hits(1, 5), Some(false));
        assert_eq!(sum(&[(7, 0)]).hits(-3, -1), Some(false));
    }

    #[test]
    fn agrees_with_enumeration() {
        for (a, b, c) in [(6, 10, 15), (4, 6, 9), (3, 3, 5), (1, 12, 100), (8, 8, 8)] {
            for target in 0..200 {
                let brute =
                    (0..=4).any(|x| (0..=3).any(|y| (0..=5).any(|z| a * x + b * y + c * z == target)));
                assert_eq!(
                    sum(&[(a, 4), (b, 3), (c, 5)]).hits(target, target),
                    Some(brute),
                    "{a} {b} {c} {target}"
                );
            }
        }
    }

    #[test]
    fn two_huge_coefficients_need_no_search() {
        let (a, b, most) = ((1 << 61) - 1, (1 << 60) + 3, 1 << 40);
        let mut huge = sum(&[(a, most), (b, most)]);
        assert_eq!(huge.hits(a * 12345 + b * 67890, a * 12345 + b * 67890), Some(true));
        assert!(BUDGET - huge.budget < 10);
    }

    #[test]
    fn a_hard_question_is_given_up() {
        // Large coefficients with a common structure and a target just out of reach of their combinations.
        let terms: Vec<_> = (0..24).map(|bit| ((1 << 40) + (1 << bit) * 2, 1)).collect();
        assert_eq!(sum(&terms).hits(12 * (1 << 40) + 1, 12 * (1 << 40) + 1), Some(false)); // Odd: the divisor tells.
        let mut odd = terms.clone();
        odd.push(((1 << 39) + 1, 1));
        assert_eq!(
            sum(&odd).hits((12 << 40) + (1 << 39) + (1 << 30), (12 << 40) + (1 << 39) + (1 << 30)),
            None
        );
    }
}
