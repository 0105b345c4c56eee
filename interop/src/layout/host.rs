//! [`HostCopy`]: a strided copy in host memory as rows, so that the code that touches memory is one short loop.

use super::descriptor::Layout;
use super::error::LayoutError;
use super::pair::{Offsets, Pair, PairedAxes, PairedAxis, Walk};

/// Some runs of equal width, at equal distances on each side. The width is [`HostCopy::width`].
///
/// ```
/// use interop::{Layout, layout::{HostCopy, Row}};
///
/// let pairs = Layout::contiguous(&[2, 2], 4)?;
/// let plan = HostCopy::new(&pairs, &pairs.flip(0)?)?;
/// let mut rows = Vec::new();
/// plan.for_each(|row| rows.push(row));
/// let row = Row { destination: 0, source: 8, count: 2, destination_stride: 8, source_stride: -8 };
/// assert_eq!((plan.width(), rows), (8, vec![row]));
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// Where the first run is written, in bytes from the base address.
    pub destination: isize,
    /// Where the first run is read, in bytes from the base address.
    pub source: isize,
    /// Number of runs, at least 1.
    pub count: usize,
    /// From one run written to the next, in bytes.
    pub destination_stride: isize,
    /// From one run read to the next, in bytes.
    pub source_stride: isize,
}

/// A copy between two layouts of the same shape in host memory: gather, scatter or both.
///
/// Each element is written exactly once, and every run lies inside both spans. Where the two sides have a different
/// fastest axis, as in a transpose, the rows come in blocks that fit the first-level cache.
///
/// ```
/// use interop::{Layout, layout::HostCopy};
///
/// // Width 3, height 2, transposed.
/// let (to, from) = (Layout::contiguous(&[3, 2], 1)?, Layout::contiguous(&[2, 3], 1)?.transpose());
/// let (source, mut out) = (b"abcdef", [0; 6]);
/// let plan = HostCopy::new(&to, &from)?;
/// assert_eq!(plan.width(), 1);
/// plan.for_each(|row| {
///     for at in 0..row.count as isize {
///         let (to, from) = (row.destination + at * row.destination_stride, row.source + at * row.source_stride);
///         out[to as usize] = source[from as usize];
///     }
/// });
/// assert_eq!(&out, b"adbecf");
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostCopy {
    width: usize,
    outer: PairedAxes,
    /// The axis inside `outer`, cut into blocks with `row`. One step if there is nothing to block.
    across: PairedAxis,
    /// The innermost axis.
    row: PairedAxis,
    start: Option<Offsets>,
}

/// A matrix that is copied to its transpose: its elements lie together along its rows on the side that is read, and
/// along its columns on the side that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Matrix {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// From one column written to the next, in bytes.
    pub(crate) destination_pitch: isize,
    /// From one row read to the next, in bytes.
    pub(crate) source_pitch: isize,
}

/// A loop of one step.
const ONCE: PairedAxis = PairedAxis { len: 1, destination: 0, source: 0 };
/// Runs in a block: with both sides and items of 8 bytes, as much as a first-level cache holds.
const BLOCK: usize = 2048;
/// Steps of a block across the rows: a cache line of half-words, so that a line read is used while it is there.
const BLOCK_ACROSS: usize = 32;

impl HostCopy {
    /// Plans the copy of every element of `source` to the same index of `destination`.
    ///
    /// # Errors
    /// [`LayoutError::ShapeMismatch`], [`LayoutError::ItemSizeMismatch`], [`LayoutError::OverlappingDestination`],
    /// [`LayoutError::UndecidedDestination`].
    pub fn new(destination: &Layout, source: &Layout) -> Result<Self, LayoutError> {
        Pair::new(destination, source).map(Self::of_pair)
    }

    /// The copy of a box, counted from its first element on either side. It is a part of a copy that [`new`](Self::new)
    /// has planned: so each axis has at least one step, and no two elements of the destination share a byte, which is not
    /// searched again.
    pub(crate) fn of_box(itemsize: usize, axes: impl IntoIterator<Item = PairedAxis>) -> Self {
        Self::of_pair(Pair::of_axes(itemsize, Offsets { destination: 0, source: 0 }, axes))
    }

    fn of_pair(mut pair: Pair) -> Self {
        // The bytes of a part of the array.
        let width = pair.take_run().map_or(1, |run| run.len) * pair.itemsize;
        let start = (!pair.is_empty).then_some(pair.start);
        // The destination's fastest axis is last. An axis along which the source repeats itself has no order there.
        let row = pair.axes.pop().unwrap_or(ONCE);
        let (mut across, mut nearest) = (None, row.source.unsigned_abs());
        for (at, axis) in pair.axes.iter().enumerate() {
            let distance = axis.source.unsigned_abs();
            if distance != 0 && distance < nearest {
                (across, nearest) = (Some(at), distance);
            }
        }
        let across = across.map_or(ONCE, |at| pair.axes.remove(at));
        // Few channels are no row: inside a block the order does not matter, so the longer axis goes inside.
        let turned = row.len < BLOCK_ACROSS && across.len > row.len;
        let (row, across) = if turned { (across, row) } else { (row, across) };
        Self { width, outer: pair.axes, across, row, start }
    }

    /// Bytes of each run.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Bytes of all runs.
    pub fn bytes(&self) -> usize {
        match self.start {
            // The number of elements, whose bytes were counted.
            Some(_) => {
                self.outer.iter().chain([&self.across, &self.row]).map(|axis| axis.len).product::<usize>()
                    * self.width
            }
            None => 0,
        }
    }

    /// The two inner loops as a matrix that is transposed, if they are one, and its place counted from each of
    /// [`starts`](Self::starts).
    pub(crate) fn matrix(&self) -> Option<(Matrix, Offsets)> {
        let width = self.width as isize;
        let matrix = |down: PairedAxis, across: PairedAxis| {
            if down.destination != width || across.source.unsigned_abs() != self.width {
                return None;
            }
            let mut first = Offsets { destination: 0, source: 0 };
            let (mut destination_pitch, back) = (across.destination, across.source < 0);
            if back {
                // Rows that are read backwards begin at the other end, which is an element too.
                let last = across.len as isize - 1;
                first = Offsets { destination: last * across.destination, source: last * across.source };
                destination_pitch = -destination_pitch;
            }
            let (rows, columns) = (down.len, across.len);
            Some((Matrix { rows, columns, destination_pitch, source_pitch: down.source }, first))
        };
        matrix(self.row, self.across).or_else(|| matrix(self.across, self.row))
    }

    /// Where the two inner loops begin.
    pub(crate) fn starts(&self) -> impl Iterator<Item = Offsets> {
        Walk::new(&self.outer, self.start)
    }

    /// Calls `copy` with every row. Nothing is allocated on the way.
    #[inline]
    pub fn for_each(&self, mut copy: impl FnMut(Row)) {
        let Self { across, row, .. } = *self;
        let blocked = across.len > 1;
        let breadth = if blocked { across.len.min(BLOCK_ACROSS) } else { 1 };
        let length = if blocked { (BLOCK / breadth).min(row.len) } else { row.len };
        for start in Walk::new(&self.outer, self.start) {
            for first in (0..across.len).step_by(breadth) {
                for from in (0..row.len).step_by(length) {
                    let count = length.min(row.len - from);
                    for at in first..across.len.min(first + breadth) {
                        // The place of an element on either side, so inside the spans.
                        let place = |start: isize, across: isize, row: isize| {
                            start + at as isize * across + from as isize * row
                        };
                        copy(Row {
                            destination: place(start.destination, across.destination, row.destination),
                            source: place(start.source, across.source, row.source),
                            count,
                            destination_stride: row.destination,
                            source_stride: row.source,
                        });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(len: usize, destination: isize, source: isize) -> PairedAxis {
        PairedAxis { len, destination, source }
    }

    #[test]
    fn a_box_is_copied_like_the_layouts_that_it_is_made_of() {
        let boxes = [
            [axis(5, 400, 4), axis(9, 40, 20), axis(5, 4, 200)],
            [axis(1, 400, 4), axis(9, -40, 20), axis(5, 8, -200)],
            [axis(3, 180, 180), axis(9, 20, 20), axis(5, 4, 4)],
        ];
        for axes in boxes {
            let shape = axes.map(|axis| axis.len);
            let to = Layout::strided(&shape, &axes.map(|axis| axis.destination), 0, 4).unwrap();
            let from = Layout::strided(&shape, &axes.map(|axis| axis.source), 0, 4).unwrap();
            assert_eq!(HostCopy::of_box(4, axes), HostCopy::new(&to, &from).unwrap());
        }
    }
}
