//! The border to DLPack: signed 64-bit lengths, and strides counted in elements.

use smallvec::SmallVec;

use super::descriptor::{Dims, Layout, check_ndim};
use super::error::LayoutError;
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
        match strides.and_then(|strides| Self::of_few_axes(shape, strides, byte_offset, itemsize)) {
            Some(found) => Ok(found),
            None => {
                let layout = Self::from_any_elements(shape, strides, byte_offset, itemsize)?;
                let span = layout.span();
                Ok((layout, span))
            }
        }
    }

    /// An array as most are: with elements, few axes, and every number in the range of the machine's. All is checked in one
    /// pass; what does not pass is looked at again by the other way.
    #[inline]
    fn of_few_axes(
        shape: &[i64],
        strides: &[i64],
        byte_offset: u64,
        itemsize: usize,
    ) -> Option<(Self, Span)> {
        const FEW: usize = 6;
        if shape.len() > FEW || strides.len() != shape.len() || itemsize == 0 {
            return None;
        }
        let (mut lengths, mut steps) = ([0; FEW], [0; FEW]);
        let offset = isize::try_from(byte_offset).ok()?;
        let item = isize::try_from(itemsize).ok()?;
        let (mut bytes, mut start, mut end) = (item, offset, offset.checked_add(item)?);
        for (axis, (&len, &stride)) in shape.iter().zip(strides).enumerate() {
            let len = isize::try_from(len).ok().filter(|len| *len > 0)?;
            let step = isize::try_from(stride).ok()?.checked_mul(item)?;
            let reach = (len - 1).checked_mul(step)?;
            bytes = bytes.checked_mul(len)?;
            if reach < 0 {
                start = start.checked_add(reach)?;
            } else {
                end = end.checked_add(reach)?;
            }
            (lengths[axis], steps[axis]) = (len as usize, step);
        }
        end.checked_sub(start)?;
        let shape = SmallVec::from_buf_and_len(lengths, shape.len());
        let strides = SmallVec::from_buf_and_len(steps, strides.len());
        let span = Span { start: start as i128, end: end as i128 };
        Some((Self::of_checked(shape, strides, offset, itemsize), span))
    }

    /// Seldom, and large: out of the way of the other.
    #[inline(never)]
    fn from_any_elements(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree() {
        let numbers = [-3, -1, 0, 1, 2, 7, i64::MAX / 8, i64::MIN / 8, i64::MAX];
        for first in numbers {
            for second in numbers {
                for offset in [0, 5, u64::MAX >> 1, u64::MAX] {
                    let cases: [(&[i64], &[i64]); 5] = [
                        (&[2, 3], &[first, second]),
                        (&[first, 3], &[1, second]),
                        (&[1, first], &[second, 4]),
                        (&[first], &[second]),
                        (&[2, 1, 1, 1, 1, 1, first], &[second, 1, 1, 1, 1, 1, 1]),
                    ];
                    for (shape, strides) in cases {
                        let slow = Layout::from_any_elements(shape, Some(strides), offset, 4);
                        if let Some((fast, span)) = Layout::of_few_axes(shape, strides, offset, 4) {
                            assert_eq!(fast.span(), span, "{shape:?} {strides:?} {offset}");
                            assert_eq!(Ok(fast), slow, "{shape:?} {strides:?} {offset}");
                        }
                        assert_eq!(Layout::from_elements(shape, Some(strides), offset, 4), slow);
                    }
                }
            }
        }
        assert!(Layout::of_few_axes(&[2, 3], &[-3, 1], 12, 4).is_some());
        assert!(Layout::of_few_axes(&[], &[], 0, 4).is_some());
        assert!(Layout::of_few_axes(&[1], &[1], 0, 0).is_none());
    }
}
