//! [`FewAxes`]: the numbers of an array as most are, checked, before they are a [`Layout`].

use smallvec::SmallVec;

use super::descriptor::Layout;

/// How many axes are few: as many as a layout holds without an allocation.
const FEW: usize = 6;

/// Shape, strides, offset and item size of an array with elements and at most six axes, all checked.
///
/// A layout is large, and moving it costs more than checking it: so the numbers stay where they are until it is known where
/// the layout is to be. [`DLTensor::read_few`](crate::dlpack::DLTensor::read_few) fills them.
///
/// ```
/// use interop::{Layout, layout::FewAxes};
///
/// let nothing_read = FewAxes::default();
/// assert_eq!(nothing_read.layout(), Layout::contiguous(&[], 1)?);
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Debug)]
pub struct FewAxes {
    lengths: [usize; FEW],
    strides: [isize; FEW],
    ndim: usize,
    offset: isize,
    itemsize: usize,
}

/// The one item of one byte at offset 0.
impl Default for FewAxes {
    #[inline]
    fn default() -> Self {
        Self { lengths: [0; FEW], strides: [0; FEW], ndim: 0, offset: 0, itemsize: 1 }
    }
}

impl FewAxes {
    /// Takes over an array as DLPack describes it, and answers its span: if it has elements, few axes and strides, and every
    /// number is in the range of the machine's. All is checked in one pass; what does not pass is looked at again by
    /// [`Layout::from_elements`], and nothing is taken over.
    #[inline(always)]
    pub(crate) fn read(
        &mut self,
        shape: &[i64],
        strides: &[i64],
        byte_offset: u64,
        itemsize: usize,
    ) -> Option<(isize, isize)> {
        (self.ndim, self.offset, self.itemsize) = (0, 0, 1);
        let ndim = shape.len();
        if ndim > FEW || strides.len() != ndim || itemsize == 0 {
            return None;
        }
        let offset = isize::try_from(byte_offset).ok()?;
        let item = isize::try_from(itemsize).ok()?;
        let (mut bytes, mut start, mut end) = (item, offset, offset.checked_add(item)?);
        for axis in 0..ndim {
            let len = isize::try_from(shape[axis]).ok().filter(|len| *len > 0)?;
            let stride = isize::try_from(strides[axis]).ok()?.checked_mul(item)?;
            let reach = (len - 1).checked_mul(stride)?;
            bytes = bytes.checked_mul(len)?;
            if reach < 0 {
                start = start.checked_add(reach)?;
            } else {
                end = end.checked_add(reach)?;
            }
            (self.lengths[axis], self.strides[axis]) = (len as usize, stride);
        }
        end.checked_sub(start)?;
        (self.ndim, self.offset, self.itemsize) = (ndim, offset, itemsize);
        Some((start, end))
    }

    /// Length of each axis, in elements.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.lengths[..self.ndim]
    }

    /// Distance between neighbours along each axis, in bytes.
    #[inline]
    pub fn strides(&self) -> &[isize] {
        &self.strides[..self.ndim]
    }

    /// Where element 0 begins, in bytes from the base address.
    #[inline]
    pub fn offset(&self) -> isize {
        self.offset
    }

    /// The layout.
    #[inline]
    pub fn layout(&self) -> Layout {
        let shape = SmallVec::from_buf_and_len(self.lengths, self.ndim);
        let strides = SmallVec::from_buf_and_len(self.strides, self.ndim);
        Layout::of_checked(shape, strides, self.offset, self.itemsize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Span;

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
                        let mut axes = FewAxes::default();
                        if let Some((start, end)) = axes.read(shape, strides, offset, 4) {
                            let (fast, span) =
                                (axes.layout(), Span { start: start as i128, end: end as i128 });
                            assert_eq!(fast.span(), span, "{shape:?} {strides:?} {offset}");
                            assert_eq!((axes.shape(), axes.strides()), (fast.shape(), fast.strides()));
                            assert_eq!(axes.offset(), fast.offset());
                            assert_eq!(Ok(fast), slow, "{shape:?} {strides:?} {offset}");
                        } else {
                            assert_eq!(axes.layout(), Layout::contiguous(&[], 1).unwrap());
                        }
                        assert_eq!(Layout::from_elements(shape, Some(strides), offset, 4), slow);
                    }
                }
            }
        }
        let mut axes = FewAxes::default();
        assert!(axes.read(&[2, 3], &[-3, 1], 12, 4).is_some());
        assert!(axes.read(&[], &[], 0, 4).is_some());
        assert!(axes.read(&[1], &[1], 0, 0).is_none());
    }
}
