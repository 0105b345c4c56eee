//! Rectangles in memory: how many bytes, rows and slices, and how far apart. Arithmetic only.

use crate::outcome::{Code, Outcome};

/// The pitch that no row may exceed, as `cudaDevAttrMaxPitch` says.
pub(crate) const MAX_PITCH: usize = i32::MAX as usize;

/// A box of bytes: `width` in a row, `height` rows in a slice, `depth` slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) depth: usize,
}

impl Shape {
    /// A row.
    pub(crate) fn row(width: usize) -> Self {
        Self { width, height: 1, depth: 1 }
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0 || self.depth == 0
    }

    /// How many bytes it holds.
    pub(crate) fn bytes(self) -> Outcome<usize> {
        let bytes = self.width.checked_mul(self.height).and_then(|slice| slice.checked_mul(self.depth));
        bytes.ok_or(Code::cudaErrorInvalidValue)
    }

    /// The box laid out without gaps, from `address` on.
    pub(crate) fn packed(self, address: usize) -> Outcome<Placed> {
        let slice = self.width.checked_mul(self.height).ok_or(Code::cudaErrorInvalidValue)?;
        Ok(Placed { address, row: self.width, slice })
    }
}

/// Where a box begins and how far apart its rows and slices are, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) address: usize,
    pub(crate) row: usize,
    pub(crate) slice: usize,
}

impl Placed {
    /// How many bytes lie between the first and the last byte of the box, both included. The box is not empty.
    pub(crate) fn span(self, shape: Shape) -> Outcome<usize> {
        let rows = self.row.checked_mul(shape.height - 1);
        let slices = self.slice.checked_mul(shape.depth - 1);
        let span =
            rows.zip(slices).and_then(|(rows, slices)| rows.checked_add(slices)?.checked_add(shape.width));
        span.ok_or(Code::cudaErrorInvalidValue)
    }

    /// Whether the box is one run of bytes.
    pub(crate) fn is_contiguous(self, shape: Shape) -> bool {
        let rows = shape.height == 1 || self.row == shape.width;
        // The rows of one slice are a run; the slices follow each other if they are exactly one run apart.
        rows && (shape.depth == 1 || self.slice == shape.width * shape.height)
    }

    /// The address of each row of the box, whose span was checked.
    pub(crate) fn rows(self, shape: Shape) -> impl Iterator<Item = usize> {
        let slices = (0..shape.depth).map(move |slice| self.address + slice * self.slice);
        slices.flat_map(move |start| (0..shape.height).map(move |row| start + row * self.row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { width: 3, height: 2, depth: 2 };

    #[test]
    fn a_span_ends_with_the_last_byte() {
        assert_eq!(Placed { address: 0, row: 5, slice: 20 }.span(SHAPE), Ok(20 + 5 + 3));
        assert_eq!(Placed { address: 0, row: 5, slice: 20 }.span(Shape::row(3)), Ok(3));
    }

    #[test]
    fn an_overflowing_span_is_refused() {
        let placed = Placed { address: 0, row: usize::MAX, slice: 0 };
        assert_eq!(placed.span(Shape { height: 3, ..SHAPE }), Err(Code::cudaErrorInvalidValue));
        assert_eq!(
            Shape { width: usize::MAX, height: 2, depth: 1 }.bytes(),
            Err(Code::cudaErrorInvalidValue)
        );
    }

    #[test]
    fn rows_are_visited_in_order() {
        let rows: Vec<_> = Placed { address: 100, row: 5, slice: 20 }.rows(SHAPE).collect();
        assert_eq!(rows, [100, 105, 120, 125]);
    }

    #[test]
    fn packed_boxes_are_contiguous() {
        assert!(SHAPE.packed(0).unwrap().is_contiguous(SHAPE));
        assert!(!Placed { address: 0, row: 4, slice: 8 }.is_contiguous(SHAPE));
        assert!(!Placed { address: 0, row: 3, slice: 8 }.is_contiguous(SHAPE));
        assert!(Placed { address: 0, row: 9, slice: 8 }.is_contiguous(Shape::row(3)));
    }
}
