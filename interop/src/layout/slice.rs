//! Views of a part: slice with a step, one index, flip.

use std::ops::{Range, RangeFrom, RangeFull, RangeTo};

use smallvec::SmallVec;

use super::descriptor::{Dims, Layout};
use super::error::LayoutError;

/// A slice of one axis, as Python's `start:stop:step`.
///
/// Negative bounds count from the end, bounds outside the axis are clamped to it, and a negative step walks backwards
/// from the end by default. Only a step of 0 is refused.
///
/// ```
/// use interop::{Layout, SliceSpec};
///
/// let row = Layout::contiguous(&[10], 4)?;
/// let odd = row.slice(&[SliceSpec { start: Some(1), stop: None, step: 2 }])?;
/// assert_eq!((odd.shape(), odd.strides(), odd.offset()), (&[5][..], &[8][..], 4));
/// let reversed = row.slice(&[SliceSpec::REVERSED])?;
/// assert_eq!((reversed.strides(), reversed.offset()), (&[-4][..], 36));
/// assert_eq!(row.slice(&[(2..100).into()])?.shape(), [8]);
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SliceSpec {
    /// The first place taken.
    pub start: Option<isize>,
    /// The place at which to stop, not taken.
    pub stop: Option<isize>,
    /// How far to go between places; not 0.
    pub step: isize,
}

impl SliceSpec {
    /// The whole axis: `:`.
    pub const ALL: Self = Self { start: None, stop: None, step: 1 };
    /// The whole axis backwards: `::-1`.
    pub const REVERSED: Self = Self { start: None, stop: None, step: -1 };

    /// The first place and the number of places that this slice takes of an axis of length `len`, or `None` if the step
    /// is 0. The first place is inside the axis unless the number is 0.
    pub fn resolve(self, len: usize) -> Option<(usize, usize)> {
        // 128 bits hold every sum and difference of two 64-bit numbers.
        let (len, step) = (len as i128, self.step as i128);
        let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
        let place = |bound: isize| {
            let bound = bound as i128;
            (if bound < 0 { bound + len } else { bound }).clamp(lowest, highest)
        };
        let (first, last) = if step < 0 { (highest, lowest) } else { (lowest, highest) };
        let start = self.start.map_or(first, place);
        let stop = self.stop.map_or(last, place);
        let count = match step {
            0 => return None,
            1.. => (stop - start + step - 1) / step,
            _ => (start - stop - step - 1) / -step,
        };
        // A start of -1 or len belongs to an empty slice only.
        if count <= 0 { Some((0, 0)) } else { Some((start as usize, count as usize)) }
    }
}

impl Default for SliceSpec {
    fn default() -> Self {
        Self::ALL
    }
}

impl From<RangeFull> for SliceSpec {
    fn from(_: RangeFull) -> Self {
        Self::ALL
    }
}

impl From<Range<isize>> for SliceSpec {
    fn from(range: Range<isize>) -> Self {
        Self { start: Some(range.start), stop: Some(range.end), step: 1 }
    }
}

impl From<RangeFrom<isize>> for SliceSpec {
    fn from(range: RangeFrom<isize>) -> Self {
        Self { start: Some(range.start), ..Self::ALL }
    }
}

impl From<RangeTo<isize>> for SliceSpec {
    fn from(range: RangeTo<isize>) -> Self {
        Self { stop: Some(range.end), ..Self::ALL }
    }
}

impl Layout {
    /// A part of the first axes; axes without a slice are taken whole. The offset of an empty result is unchanged.
    ///
    /// # Errors
    /// [`LayoutError::AxisCount`] for more slices than axes, [`LayoutError::ZeroStep`].
    pub fn slice(&self, slices: &[SliceSpec]) -> Result<Self, LayoutError> {
        if slices.len() > self.ndim() {
            return Err(LayoutError::AxisCount { given: slices.len(), ndim: self.ndim() });
        }
        let mut shape: Dims<usize> = SmallVec::from_slice(self.shape());
        let mut strides: Dims<isize> = SmallVec::from_slice(self.strides());
        let mut starts: Dims<usize> = SmallVec::from_elem(0, slices.len());
        for (axis, slice) in slices.iter().enumerate() {
            let (start, count) = slice.resolve(shape[axis]).ok_or(LayoutError::ZeroStep { axis })?;
            (starts[axis], shape[axis]) = (start, count);
            if count > 1 && !self.is_empty() {
                // The distance of two elements of this array, so inside its span.
                strides[axis] *= slice.step;
            }
        }
        let mut offset = self.offset();
        if !shape.contains(&0) {
            for (&start, &stride) in starts.iter().zip(self.strides()) {
                // Each step along one axis stays between two elements, so inside the span.
                offset += start as isize * stride;
            }
        }
        Self::derived(shape, strides, offset, self.itemsize())
    }

    /// The box that a range of each of the first axes cuts out; axes without a range are taken whole. Unlike the bounds of
    /// a slice, those of a range are not clamped: a crop that leaves the array is an error.
    ///
    /// ```
    /// use interop::{Layout, LayoutError};
    /// let (image, x, y, width, height) = (Layout::contiguous(&[300, 451, 3], 1)?, 113, 75, 200, 100);
    /// let crop = image.crop(&[y..y + height, x..x + width])?;
    /// assert_eq!((crop.shape(), crop.offset()), (&[100, 200, 3][..], 75 * 1353 + 113 * 3));
    /// let refused = image.crop(&[0..301]).unwrap_err();
    /// assert_eq!(refused.to_string(), "range 0..301 is not within axis 0 of length 300");
    /// # Ok::<(), LayoutError>(())
    /// ```
    ///
    /// # Errors
    /// [`LayoutError::AxisCount`] for more ranges than axes, [`LayoutError::RangeOutOfAxis`].
    pub fn crop(&self, ranges: &[Range<usize>]) -> Result<Self, LayoutError> {
        if ranges.len() > self.ndim() {
            return Err(LayoutError::AxisCount { given: ranges.len(), ndim: self.ndim() });
        }
        let mut slices: Dims<SliceSpec> = SmallVec::new();
        for (axis, (range, &len)) in ranges.iter().zip(self.shape()).enumerate() {
            if range.start > range.end || range.end > len {
                return Err(LayoutError::RangeOutOfAxis { axis, start: range.start, end: range.end, len });
            }
            // No axis of a layout is longer than `isize` counts.
            slices.push((range.start as isize..range.end as isize).into());
        }
        self.slice(&slices)
    }

    /// A part of one axis. A negative `axis` counts from the end.
    ///
    /// # Errors
    /// [`LayoutError::AxisOutOfRange`], [`LayoutError::ZeroStep`].
    pub fn slice_axis(&self, axis: isize, slice: SliceSpec) -> Result<Self, LayoutError> {
        let axis = self.resolve_axis(axis)?;
        let mut slices: Dims<SliceSpec> = SmallVec::from_elem(SliceSpec::ALL, axis + 1);
        slices[axis] = slice;
        self.slice(&slices)
    }

    /// The view at one place of `axis`, without that axis. Negative numbers count from the end.
    ///
    /// # Errors
    /// [`LayoutError::AxisOutOfRange`], [`LayoutError::IndexOutOfRange`].
    pub fn index(&self, axis: isize, index: isize) -> Result<Self, LayoutError> {
        let axis = self.resolve_axis(axis)?;
        let place = self.resolve_index(axis, index)?;
        let mut shape: Dims<usize> = SmallVec::from_slice(self.shape());
        let mut strides: Dims<isize> = SmallVec::from_slice(self.strides());
        shape.remove(axis);
        let stride = strides.remove(axis);
        // Between two elements, so inside the span; in an empty array nothing is there to be found.
        let offset = if self.is_empty() { self.offset() } else { self.offset() + place as isize * stride };
        Self::derived(shape, strides, offset, self.itemsize())
    }

    /// The view with `axis` backwards. A negative `axis` counts from the end.
    ///
    /// # Errors
    /// [`LayoutError::AxisOutOfRange`].
    pub fn flip(&self, axis: isize) -> Result<Self, LayoutError> {
        self.slice_axis(axis, SliceSpec::REVERSED)
    }
}
