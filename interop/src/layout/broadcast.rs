//! Broadcasting: repeat along an axis with stride 0, by NumPy's rule.

use super::descriptor::{Dims, Layout};
use super::error::LayoutError;

impl Layout {
    /// The array seen with a larger shape. Axes are matched from the last; one of length 1, or one that is missing at
    /// the front, is repeated with stride 0.
    ///
    /// # Errors
    /// [`LayoutError::NotBroadcastable`], [`LayoutError::TooManyAxes`], [`LayoutError::TooLarge`].
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Self, LayoutError> {
        let refused =
            |axis| LayoutError::NotBroadcastable { from: self.shape().into(), to: shape.into(), axis };
        let added = shape.len().checked_sub(self.ndim()).ok_or_else(|| refused(0))?;
        let mut strides: Dims<isize> = Dims::from_elem(0, added);
        let own = self.shape().iter().zip(self.strides());
        for ((axis, &to), (&from, &stride)) in shape.iter().enumerate().skip(added).zip(own) {
            match from {
                _ if from == to => strides.push(stride),
                1 => strides.push(0),
                _ => return Err(refused(axis)),
            }
        }
        Self::derived(shape.into(), strides, self.offset(), self.itemsize())
    }
}
