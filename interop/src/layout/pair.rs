//! Two layouts of one shape walked together: the common ground of every copy.

use smallvec::SmallVec;

use super::descriptor::Layout;
use super::error::LayoutError;
use super::overlap::Overlap;

/// One loop of a copy: `len` steps of so many bytes on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PairedAxis {
    pub(crate) len: usize,
    pub(crate) destination: isize,
    pub(crate) source: isize,
}

pub(super) type PairedAxes = SmallVec<[PairedAxis; 4]>;

/// A copy as nested loops, in a normal form that depends neither on the order of the axes nor on their direction:
/// axes of length 1 are gone, the destination goes forward, the largest destination stride is first, and axes that
/// continue each other on both sides are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) axes: PairedAxes,
    pub(super) start: Offsets,
    pub(super) itemsize: usize,
    pub(super) is_empty: bool,
}

/// Where one piece of a copy begins on each side, in bytes from the base address of that side.
///
/// ```
/// use interop::{Layout, layout::{CopyPlan, Offsets}};
///
/// let one = Layout::contiguous(&[3], 4)?;
/// let plan = CopyPlan::new(&one, &one.with_offset(8)?)?;
/// assert_eq!(plan.offsets().next(), Some(Offsets { destination: 0, source: 8 }));
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offsets {
    /// On the side that is written.
    pub destination: isize,
    /// On the side that is read.
    pub source: isize,
}

impl Pair {
    /// Checks that the shapes and the item sizes agree and that the destination does not overlap itself.
    pub(super) fn new(destination: &Layout, source: &Layout) -> Result<Self, LayoutError> {
        if destination.shape() != source.shape() {
            let (destination, source_shape) = (destination.shape().into(), source.shape().into());
            return Err(LayoutError::ShapeMismatch { destination, source_shape });
        }
        if destination.itemsize() != source.itemsize() {
            let (destination, source_size) = (destination.itemsize(), source.itemsize());
            return Err(LayoutError::ItemSizeMismatch { destination, source_size });
        }
        let (shape, strides) = (|| destination.shape().into(), || destination.strides().into());
        match destination.self_overlap() {
            Overlap::No => {}
            Overlap::Yes => {
                return Err(LayoutError::OverlappingDestination { shape: shape(), strides: strides() });
            }
            Overlap::Unknown => {
                return Err(LayoutError::UndecidedDestination { shape: shape(), strides: strides() });
            }
        }
        Ok(Self::normal(destination, source))
    }

    fn normal(destination: &Layout, source: &Layout) -> Self {
        let start = Offsets { destination: destination.offset(), source: source.offset() };
        if destination.is_empty() {
            return Self { axes: SmallVec::new(), start, itemsize: destination.itemsize(), is_empty: true };
        }
        let strides = destination.strides().iter().zip(source.strides());
        let axes = destination.shape().iter().zip(strides);
        let axes = axes.map(|(&len, (&destination, &source))| PairedAxis { len, destination, source });
        Self::of_axes(destination.itemsize(), start, axes)
    }

    /// The normal form of loops of at least one step each, of whose destination somebody knows that no two elements share
    /// a byte.
    pub(super) fn of_axes(
        itemsize: usize,
        start: Offsets,
        axes: impl IntoIterator<Item = PairedAxis>,
    ) -> Self {
        let mut pair = Self { axes: SmallVec::new(), start, itemsize, is_empty: false };
        for mut axis in axes {
            let PairedAxis { len, destination: to, source: from } = axis;
            if len <= 1 {
                continue;
            }
            if to < 0 {
                // Both ends are elements, so inside the spans; and |stride| is at most the length of a span.
                pair.start.destination += (len as isize - 1) * to;
                pair.start.source += (len as isize - 1) * from;
                (axis.destination, axis.source) = (-to, -from);
            }
            pair.axes.push(axis);
        }
        pair.axes.sort_unstable_by_key(|axis| (std::cmp::Reverse(axis.destination), axis.source));
        merge(&mut pair.axes);
        pair
    }

    /// Takes out the axis along which both sides are packed, if there is one: a run of so many items.
    pub(super) fn take_run(&mut self) -> Option<PairedAxis> {
        let item = self.itemsize as isize;
        let at = self.axes.iter().position(|axis| axis.destination == item && axis.source == item)?;
        Some(self.axes.remove(at))
    }
}

/// Joins axes where one continues the other on both sides. Lengths are at least 2 and destination strides positive, so
/// no axis continues itself.
fn merge(axes: &mut PairedAxes) {
    let mut inner = axes.len();
    while inner > 0 {
        inner -= 1;
        let PairedAxis { len, destination, source } = axes[inner];
        // One step past the end of an axis may overflow; then nothing can continue it.
        let past = |stride: isize| stride.checked_mul(len as isize);
        let next = past(destination).zip(past(source));
        let outer = axes.iter().position(|axis| next == Some((axis.destination, axis.source)));
        if let Some(outer) = outer {
            axes[inner].len *= axes[outer].len;
            axes.remove(outer);
            // The longer axis may be continued again, and what was removed may have stood before or after it.
            inner = axes.len();
        }
    }
}

/// Walks the loops, the last axis fastest.
#[derive(Clone, Debug)]
pub(super) struct Walk<'a> {
    axes: &'a [PairedAxis],
    at: SmallVec<[usize; 4]>,
    next: Option<Offsets>,
}

impl<'a> Walk<'a> {
    /// `start` is `None` if there is nothing to walk.
    pub(super) fn new(axes: &'a [PairedAxis], start: Option<Offsets>) -> Self {
        Self { axes, at: SmallVec::from_elem(0, axes.len()), next: start }
    }
}

impl Iterator for Walk<'_> {
    type Item = Offsets;

    fn next(&mut self) -> Option<Offsets> {
        let current = self.next?;
        let Offsets { mut destination, mut source } = current;
        self.next = None;
        // Every sum is the place of an element, so inside the span.
        for (axis, at) in self.axes.iter().zip(&mut self.at).rev() {
            if *at + 1 < axis.len {
                *at += 1;
                self.next = Some(Offsets {
                    destination: destination + axis.destination,
                    source: source + axis.source,
                });
                break;
            }
            destination -= *at as isize * axis.destination;
            source -= *at as isize * axis.source;
            *at = 0;
        }
        Some(current)
    }
}
