//! The border to DLPack: signed 64-bit lengths, and strides counted in elements.

use smallvec::SmallVec;

use super::descriptor::{Dims, Layout, check_ndim};
use super::error::LayoutError;
use super::packed::fill_packed;

impl Layout {
    /// An array as DLPack describes it: signed 64-bit lengths, strides in elements (`None` for packed in C order) and an
    /// offset in bytes.
    ///
    /// # Errors
    /// As [`strided`](Self::strided), and [`LayoutError::NegativeLength`], [`LayoutError::OutOfAddressRange`],
    /// [`LayoutError::OffsetOutOfRange`].
    pub fn from_elements(
        shape: &[i64],
        strides: Option<&[i64]>,
        byte_offset: u64,
        itemsize: usize,
    ) -> Result<Self, LayoutError> {
        check_ndim(shape.len())?;
        let mut lengths: Dims<usize> = SmallVec::new();
        for (axis, &len) in shape.iter().enumerate() {
            let length = usize::try_from(len).map_err(|_| match len {
                ..0 => LayoutError::NegativeLength { axis, len },
                _ => LayoutError::OutOfAddressRange { axis, value: len.into() },
            })?;
            lengths.push(length);
        }
        let offset = isize::try_from(byte_offset)
            .map_err(|_| LayoutError::OffsetOutOfRange { offset: byte_offset.into() })?;
        let Some(strides) = strides else { return Self::contiguous(&lengths, itemsize)?.with_offset(offset) };
        let mut bytes: Dims<isize> = SmallVec::new();
        for (axis, &stride) in strides.iter().enumerate() {
            // Both factors are below 2^64 in size, so the product is exact; an unused stride may be out of range.
            let value = i128::from(stride) * itemsize as i128;
            let used = shape.get(axis).is_none_or(|&len| len > 1) && !shape.contains(&0);
            let stride = match isize::try_from(value) {
                Ok(stride) => stride,
                Err(_) if used => return Err(LayoutError::OutOfAddressRange { axis, value }),
                Err(_) => 0,
            };
            bytes.push(stride);
        }
        Self::strided(&lengths, &bytes, offset, itemsize)
    }

    /// The strides in elements, as DLPack wants them. The stride of an axis along which nothing moves (length 0 or 1, or
    /// an empty array) is replaced by that of a packed array.
    ///
    /// # Errors
    /// [`LayoutError::StrideNotWholeItems`].
    pub fn element_strides(&self) -> Result<Dims<isize>, LayoutError> {
        let (itemsize, empty) = (self.itemsize() as isize, self.is_empty());
        let mut strides: Dims<isize> = SmallVec::from_elem(0, self.ndim());
        fill_packed(self.shape().iter().zip(&mut strides).rev(), 1);
        for (axis, slot) in strides.iter_mut().enumerate() {
            let stride = self.strides()[axis];
            if empty || self.shape()[axis] <= 1 {
                continue;
            }
            if stride % itemsize != 0 {
                return Err(LayoutError::StrideNotWholeItems { axis, stride, itemsize: self.itemsize() });
            }
            *slot = stride / itemsize;
        }
        Ok(strides)
    }
}
