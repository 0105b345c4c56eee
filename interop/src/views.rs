//! The ways to see the same elements under another layout, written once for every kind of view.

/// Methods of a view type that has the fields `layout` and `dtype`, and makes another of itself by
/// `with_layout(self: $receiver, Layout) -> Self` and `with_dtype(self: $receiver, Layout, DType) -> Self`.
///
/// `$receiver` is `&Self` for views that can be shared and `Self` for those that write.
macro_rules! layout_methods {
    ($receiver:ty) => {
        /// The element type.
        pub fn dtype(&self) -> crate::DType {
            self.dtype
        }

        /// Shape, strides in bytes and offset.
        pub fn layout(&self) -> &crate::Layout {
            &self.layout
        }

        /// Length of each axis.
        pub fn shape(&self) -> &[usize] {
            self.layout.shape()
        }

        /// The axes in another order: axis `i` of the result is axis `axes[i]`.
        ///
        /// # Errors
        /// Axes that are missing, repeated or out of range.
        pub fn permute(self: $receiver, axes: &[isize]) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.permute(axes)?;
            Ok(self.with_layout(layout))
        }

        /// The axes in reverse order.
        pub fn transpose(self: $receiver) -> Self {
            let layout = self.layout.transpose();
            self.with_layout(layout)
        }

        /// A part of the first axes, as Python's `a[start:stop:step, ...]`.
        ///
        /// # Errors
        /// More slices than axes, or a step of 0.
        pub fn slice(self: $receiver, slices: &[crate::SliceSpec]) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.slice(slices)?;
            Ok(self.with_layout(layout))
        }

        /// The box that a range of each of the first axes cuts out; nothing is clamped.
        ///
        /// # Errors
        /// More ranges than axes, or a range that leaves its axis.
        pub fn crop(self: $receiver, ranges: &[std::ops::Range<usize>]) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.crop(ranges)?;
            Ok(self.with_layout(layout))
        }

        /// The view at one place of an axis, without that axis.
        ///
        /// # Errors
        /// An axis or a place out of range.
        pub fn index(self: $receiver, axis: isize, index: isize) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.index(axis, index)?;
            Ok(self.with_layout(layout))
        }

        /// The view with an axis backwards.
        ///
        /// # Errors
        /// An axis out of range.
        pub fn flip(self: $receiver, axis: isize) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.flip(axis)?;
            Ok(self.with_layout(layout))
        }

        /// The same elements in C order with another shape; never a copy.
        ///
        /// # Errors
        /// Another number of elements, or strides that allow no such view.
        pub fn reshape(self: $receiver, shape: &[usize]) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.reshape(shape)?;
            Ok(self.with_layout(layout))
        }

        /// The view without its axes of length 1.
        pub fn squeeze(self: $receiver) -> Self {
            let layout = self.layout.squeeze();
            self.with_layout(layout)
        }

        /// The view with a new axis of length 1 at position `axis` of the result.
        ///
        /// # Errors
        /// A position out of range, or too many axes.
        pub fn expand(self: $receiver, axis: isize) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.expand(axis)?;
            Ok(self.with_layout(layout))
        }

        /// The same bytes as elements of another type. Where the sizes differ, the last axis must be packed.
        ///
        /// # Errors
        /// A last axis that is not packed or whose bytes are no whole number of elements.
        pub fn reinterpret(self: $receiver, dtype: crate::DType) -> Result<Self, crate::LayoutError> {
            let layout = self.layout.view_itemsize(dtype.size())?;
            Ok(self.with_dtype(layout, dtype))
        }
    };
}
pub(crate) use layout_methods;
