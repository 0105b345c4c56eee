//! The border to DLPack: signed 64-bit lengths, and strides counted in elements.

use smallvec::SmallVec;

use super::descriptor::{Dims, Layout, check_ndim};
use super::error::LayoutError;
use super::few::FewAxes;
use super::packed::fill_packed;
use super::span::Span;

impl Layout {
    /// An array as DLPack describes it: signed 64-bit lengths, strides in elements (`None` for packed in C order) and an
    /// offset in bytes.
    ///
    /// # Errors
    /// As [`strided`](Self::strided), and [`LayoutError::NegativeLength`], [`LayoutError::OutOfAddressRange`],
    /// [`LayoutError::OffsetOutOfRange`].
    #[inline]
    pub fn from_elements(
        shape: &[i64],
        strides: Option<&[i64]>,
        byte_offset: u64,
        itemsize: usize,
    ) -> Result<Self, LayoutError> {
        Self::from_elements_with_span(shape, strides, byte_offset, itemsize).map(|(layout, _)| layout)
    }

    /// The same, and its [`span`](Self::span), which is found on the way.
    #[inline]
    pub(crate) fn from_elements_with_span(
        shape: &[i64],
        strides: Option<&[i64]>,
        byte_offset: u64,
        itemsize: usize,
    ) -> Result<(Self, Span), LayoutError> {
        let mut axes = FewAxes::default();
        match strides.and_then(|strides| axes.read(shape, strides, byte_offset, itemsize)) {
            Some((start, end)) => Ok((axes.layout(), Span { start: start as i128, end: end as i128 })),
            None => {
                let layout = Self::from_any_elements(shape, strides, byte_offset, itemsize)?;
                let span = layout.span();
                Ok((layout, span))
            }
        }
    }

    /// Seldom, and large: out of the way of the other.
    #[inline(never)]
    pub(super) fn from_any_elements(
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
        match strides {
            None => Self::contiguous(&lengths, itemsize)?.with_offset(offset),
            Some(strides) => {
                let bytes = in_bytes(&lengths, strides.iter().map(|&stride| stride.into()), itemsize)?;
                Self::strided(&lengths, &bytes, offset, itemsize)
            }
        }
    }

    /// An array whose strides count elements, as those of `ndarray` do, with an offset in bytes.
    ///
    /// # Errors
    /// As [`strided`](Self::strided), and [`LayoutError::OutOfAddressRange`].
    pub fn from_element_strides(
        shape: &[usize],
        strides: &[isize],
        offset: isize,
        itemsize: usize,
    ) -> Result<Self, LayoutError> {
        check_ndim(shape.len())?;
        let bytes = in_bytes(shape, strides.iter().map(|&stride| stride as i128), itemsize)?;
        Self::strided(shape, &bytes, offset, itemsize)
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

/// Strides in bytes. One that does not fit is an error where something moves along its axis, and 0 where nothing does.
fn in_bytes(
    shape: &[usize],
    strides: impl Iterator<Item = i128>,
    itemsize: usize,
) -> Result<Dims<isize>, LayoutError> {
    let empty = shape.contains(&0);
    let in_bytes = |(axis, stride): (usize, i128)| {
        // Both factors have at most 64 bits, one of them a sign, so the product is exact.
        let value = stride * itemsize as i128;
        let used = !empty && shape.get(axis).is_none_or(|&len| len > 1);
        match isize::try_from(value) {
            Ok(stride) => Ok(stride),
            Err(_) if used => Err(LayoutError::OutOfAddressRange { axis, value }),
            Err(_) => Ok(0),
        }
    };
    strides.enumerate().map(in_bytes).collect()
}
