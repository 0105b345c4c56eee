//! [`Span`]: the bytes from the lowest to the highest that an array touches.

/// The bytes that an array touches, relative to its base address: `start..end`, in 128 bits so that adding any 64-bit
/// address cannot overflow.
///
/// ```
/// use interop::{Layout, layout::Span};
///
/// let reversed = Layout::strided(&[4], &[-8], 0, 8)?;
/// assert_eq!(reversed.span(), Span { start: -24, end: 8 });
/// assert_eq!(reversed.span().len(), 32);
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The lowest byte.
    pub start: i128,
    /// One past the highest byte; equal to `start` for an empty array.
    pub end: i128,
}

impl Span {
    /// The span of at most 64 axes whose lengths' product, zeros aside, is below 2^63.
    #[inline]
    pub(super) fn of(shape: &[usize], strides: &[isize], offset: isize, itemsize: usize) -> Self {
        match Self::narrow(shape, strides, offset, itemsize) {
            Some((start, end)) => Self { start: start as i128, end: end as i128 },
            None => Self::wide(shape, strides, offset, itemsize),
        }
    }

    /// The same in the numbers of the machine, if they hold every step of it.
    #[inline]
    fn narrow(shape: &[usize], strides: &[isize], offset: isize, itemsize: usize) -> Option<(isize, isize)> {
        let (mut start, mut end) = (offset, offset.checked_add_unsigned(itemsize)?);
        for (&len, &stride) in shape.iter().zip(strides) {
            // An array without elements is the other function's.
            let steps = isize::try_from(len.checked_sub(1)?).ok()?;
            let reach = steps.checked_mul(stride)?;
            if reach < 0 {
                start = start.checked_add(reach)?;
            } else {
                end = end.checked_add(reach)?;
            }
        }
        Some((start, end))
    }

    #[cold]
    fn wide(shape: &[usize], strides: &[isize], offset: isize, itemsize: usize) -> Self {
        let origin = offset as i128;
        if shape.contains(&0) {
            return Self { start: origin, end: origin };
        }
        let (mut start, mut end) = (origin, origin + itemsize as i128);
        for (&len, &stride) in shape.iter().zip(strides) {
            // The sum of all reaches is below the lengths' product times 2^63, so below 2^126.
            let reach = (len as i128 - 1) * stride as i128;
            if reach < 0 {
                start += reach;
            } else {
                end += reach;
            }
        }
        Self { start, end }
    }

    /// Number of bytes from the lowest to the highest, gaps included.
    pub fn len(self) -> u128 {
        self.end.abs_diff(self.start)
    }

    /// Whether no byte is touched.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether every byte lies in the first `bytes` bytes after the base address. An empty span always does.
    pub fn fits(self, bytes: usize) -> bool {
        self.is_empty() || (self.start >= 0 && self.end <= bytes as i128)
    }
}
