//! Views that rename, add or remove axes: permute, transpose, squeeze, expand.

use smallvec::SmallVec;

use super::descriptor::{Dims, Layout, resolve};
use super::error::LayoutError;

impl Layout {
    /// The axes in another order: axis `i` of the result is axis `axes[i]`. Negative numbers count from the end.
    ///
    /// # Errors
    /// [`LayoutError::AxisCount`], [`LayoutError::AxisOutOfRange`], [`LayoutError::AxisRepeated`].
    pub fn permute(&self, axes: &[isize]) -> Result<Self, LayoutError> {
        if axes.len() != self.ndim() {
            return Err(LayoutError::AxisCount { given: axes.len(), ndim: self.ndim() });
        }
        let mut seen = 0u64; // One bit an axis; there are at most 64.
        let (mut shape, mut strides) = (Dims::new(), Dims::new());
        for &axis in axes {
            let axis = self.resolve_axis(axis)?;
            if seen & (1 << axis) != 0 {
                return Err(LayoutError::AxisRepeated { axis });
            }
            seen |= 1 << axis;
            shape.push(self.shape()[axis]);
            strides.push(self.strides()[axis]);
        }
        Ok(self.with_axes(shape, strides))
    }

    /// The axes in reverse order.
    pub fn transpose(&self) -> Self {
        self.with_axes(
            self.shape().iter().rev().copied().collect(),
            self.strides().iter().rev().copied().collect(),
        )
    }

    /// The view without its axes of length 1.
    pub fn squeeze(&self) -> Self {
        let kept = || self.shape().iter().zip(self.strides()).filter(|&(&len, _)| len != 1);
        self.with_axes(kept().map(|axis| *axis.0).collect(), kept().map(|axis| *axis.1).collect())
    }

    /// The view without `axis`, which has length 1. A negative number counts from the end.
    ///
    /// # Errors
    /// [`LayoutError::AxisOutOfRange`], [`LayoutError::NotSingular`].
    pub fn squeeze_axis(&self, axis: isize) -> Result<Self, LayoutError> {
        let axis = self.resolve_axis(axis)?;
        match self.shape()[axis] {
            1 => self.index(axis as isize, 0),
            len => Err(LayoutError::NotSingular { axis, len }),
        }
    }

    /// The view with a new axis of length 1 at position `axis` of the result. A negative number counts from the end of
    /// the result.
    ///
    /// # Errors
    /// [`LayoutError::AxisOutOfRange`], [`LayoutError::TooManyAxes`].
    pub fn expand(&self, axis: isize) -> Result<Self, LayoutError> {
        let ndim = self.ndim() + 1;
        let axis = resolve(axis, ndim).ok_or(LayoutError::AxisOutOfRange { axis, ndim })?;
        let mut shape: Dims<usize> = SmallVec::from_slice(self.shape());
        let mut strides: Dims<isize> = SmallVec::from_slice(self.strides());
        // The stride that keeps a packed array packed, where there is one; nothing moves along the axis.
        let stride = match (self.shape().get(axis), self.strides().get(axis)) {
            (Some(&len), Some(&stride)) => stride.saturating_mul(len as isize),
            _ => self.itemsize() as isize,
        };
        shape.insert(axis, 1);
        strides.insert(axis, stride);
        Self::derived(shape, strides, self.offset(), self.itemsize())
    }
}
