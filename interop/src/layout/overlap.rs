//! Whether two elements share a byte: within one array (so that it is no destination), or of two arrays.
//!
//! Every array that comes from slicing, permuting, reshaping or flipping a packed one is *nested*: sorted by stride, each
//! axis steps over all of the smaller ones. For those, and for any strides with at most two different sizes, the answer
//! is exact and takes no search. Other strides are searched exactly up to a budget; past it the answer is
//! [`Overlap::Unknown`].

use smallvec::SmallVec;

use super::descriptor::Layout;
use super::diophantine::{Sum, Term};

/// The answer to "do they share a byte?".
///
/// ```
/// use interop::{Layout, layout::Overlap};
///
/// let pixels = Layout::contiguous(&[8], 1)?;
/// let (even, odd) = (pixels.slice_axis(0, (..).into())?.view_itemsize(2)?, pixels.slice(&[(1..).into()])?);
/// assert_eq!(even.overlap(&odd, 0), Overlap::Yes);
/// assert_eq!(even.overlap(&odd, 8), Overlap::No); // The second array 8 bytes further on.
/// let windows = Layout::strided(&[7, 2], &[1, 1], 0, 1)?;
/// assert_eq!(windows.self_overlap(), Overlap::Yes);
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overlap {
    /// Proved: no byte is shared.
    No,
    /// Proved: some byte is shared.
    Yes,
    /// The strides are too unusual to tell within the budget.
    Unknown,
}

impl Overlap {
    /// Whether a byte may be shared: the safe reading of [`Unknown`](Self::Unknown).
    pub fn is_possible(self) -> bool {
        self != Self::No
    }

    fn from_search(found: Option<bool>) -> Self {
        match found {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }
}

impl Layout {
    /// Whether two elements of this array share a byte.
    pub fn self_overlap(&self) -> Overlap {
        if self.is_empty() {
            return Overlap::No;
        }
        let itemsize = self.itemsize() as i128;
        let mut axes = steps(self);
        axes.sort_unstable_by_key(|axis| axis.coefficient);
        if axes.first().is_some_and(|axis| axis.coefficient < itemsize) {
            return Overlap::Yes;
        }
        let mut extent = itemsize;
        let nested = axes.iter().all(|axis| {
            let clear = axis.coefficient >= extent;
            extent += axis.coefficient * axis.most;
            clear
        });
        if nested {
            return Overlap::No;
        }
        // Two elements differ by some steps of each axis. The largest axis along which they differ goes forward by at
        // least one step (else swap the elements), each smaller one by any number of steps either way.
        let mut unknown = false;
        for (at, &largest) in axes.iter().enumerate() {
            let smaller = &axes[..at];
            let back: i128 = smaller.iter().map(|axis| axis.coefficient * axis.most).sum();
            let either_way = smaller.iter().map(|axis| Term { most: 2 * axis.most, ..*axis });
            let mut sum = Sum::new(either_way.chain([Term { most: largest.most - 1, ..largest }]));
            let zero = back - largest.coefficient;
            match Overlap::from_search(sum.hits(zero - (itemsize - 1), zero + (itemsize - 1))) {
                Overlap::Yes => return Overlap::Yes,
                Overlap::Unknown => unknown = true,
                Overlap::No => {}
            }
        }
        if unknown { Overlap::Unknown } else { Overlap::No }
    }

    /// Whether an element of this array and one of `other` share a byte. `distance` is the base address of `other` minus
    /// the base address of this one, in bytes.
    pub fn overlap(&self, other: &Self, distance: isize) -> Overlap {
        let (own, theirs) = (self.span(), other.span());
        let shift = theirs.start + distance as i128 - own.start;
        let apart = shift >= own.end - own.start || -shift >= theirs.end - theirs.start;
        if self.is_empty() || other.is_empty() || apart {
            return Overlap::No;
        }
        // Counted from the lowest byte of each, with every step forwards: their element minus our element is between
        // minus their item size and our item size. Our steps are counted back from the far end, so that all add up.
        let ours = steps(self);
        let far: i128 = ours.iter().map(|axis| axis.coefficient * axis.most).sum();
        let mut sum = Sum::new(ours.into_iter().chain(steps(other)));
        let (before, after) = (other.itemsize() as i128 - 1, self.itemsize() as i128 - 1);
        Overlap::from_search(sum.hits(far - shift - before, far - shift + after))
    }
}

/// The axes along which something moves, as forward steps.
fn steps(layout: &Layout) -> SmallVec<[Term; 8]> {
    (layout.shape().iter().zip(layout.strides()))
        .filter(|&(&len, _)| len > 1)
        .map(|(&len, &stride)| Term { coefficient: (stride as i128).abs(), most: len as i128 - 1 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interleaved_but_disjoint_elements_are_told_apart() {
        let even = Layout::strided(&[4], &[2], 0, 1).unwrap();
        assert_eq!(even.overlap(&even, 1), Overlap::No);
        assert_eq!(even.overlap(&even, 2), Overlap::Yes);
        // Not nested, yet no byte is shared: {0, 3} and {0, 2, 4}.
        let crossed = Layout::strided(&[2, 3], &[3, 2], 0, 1).unwrap();
        assert_eq!(crossed.self_overlap(), Overlap::No);
    }

    #[test]
    fn a_repeated_element_overlaps_itself_only_if_it_is_repeated() {
        let one = Layout::contiguous(&[1], 4).unwrap();
        assert_eq!(one.broadcast_to(&[1, 1]).unwrap().self_overlap(), Overlap::No);
        assert_eq!(one.broadcast_to(&[2]).unwrap().self_overlap(), Overlap::Yes);
        assert_eq!(one.broadcast_to(&[2, 0]).unwrap().self_overlap(), Overlap::No);
    }

    #[test]
    fn the_farthest_distance_does_not_overflow() {
        let bytes = Layout::contiguous(&[isize::MAX as usize], 1).unwrap();
        assert_eq!(bytes.overlap(&bytes, isize::MIN), Overlap::No);
        assert_eq!(bytes.overlap(&bytes, isize::MAX), Overlap::No);
        assert_eq!(bytes.overlap(&bytes, isize::MAX - 1), Overlap::Yes);
    }
}
