//! [`Layout`]: shape, byte strides, offset and item size, and what follows from them alone.

use smallvec::SmallVec;

use super::error::LayoutError;

/// A list with one entry an axis; up to six are held without an allocation.
pub type Dims<T> = SmallVec<[T; 6]>;

/// The most axes an array may have, as in NumPy.
pub const MAX_NDIM: usize = 64;

/// Where the elements of an array lie, relative to a base address.
///
/// Element `(i, j, ...)` begins at byte `offset + i * strides[0] + j * strides[1] + ...`. Strides are signed bytes and may
/// be 0 or negative; the shape `()` has one element, and a shape with a 0 has none.
///
/// ```
/// use interop::Layout;
///
/// let image = Layout::contiguous(&[300, 451, 3], 1)?; // height, width, channel
/// let planes = image.permute(&[2, 0, 1])?;
/// assert_eq!(planes.shape(), [3, 300, 451]);
/// assert_eq!(planes.strides(), [1, 1353, 3]);
/// assert!(image.is_c_contiguous() && !planes.is_c_contiguous());
/// assert_eq!(planes.span(), image.span());
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    shape: Dims<usize>,
    strides: Dims<isize>,
    offset: isize,
    itemsize: usize,
}

impl Layout {
    /// A packed array in C order: the last axis varies fastest.
    ///
    /// # Errors
    /// [`LayoutError::TooManyAxes`], [`LayoutError::ZeroItemSize`], [`LayoutError::TooLarge`].
    pub fn contiguous(shape: &[usize], itemsize: usize) -> Result<Self, LayoutError> {
        check_size(shape, itemsize)?;
        let mut strides: Dims<isize> = SmallVec::from_elem(0, shape.len());
        fill_packed(shape.iter().zip(&mut strides).rev(), itemsize);
        Ok(Self { shape: shape.into(), strides, offset: 0, itemsize })
    }

    /// A packed array in Fortran order: the first axis varies fastest.
    ///
    /// # Errors
    /// As [`contiguous`](Self::contiguous).
    pub fn fortran(shape: &[usize], itemsize: usize) -> Result<Self, LayoutError> {
        check_size(shape, itemsize)?;
        let mut strides: Dims<isize> = SmallVec::from_elem(0, shape.len());
        fill_packed(shape.iter().zip(&mut strides), itemsize);
        Ok(Self { shape: shape.into(), strides, offset: 0, itemsize })
    }

    /// Any array: strides and offset in bytes.
    ///
    /// # Errors
    /// As [`contiguous`](Self::contiguous), and [`LayoutError::StrideCount`], [`LayoutError::SpanTooLarge`].
    pub fn strided(
        shape: &[usize],
        strides: &[isize],
        offset: isize,
        itemsize: usize,
    ) -> Result<Self, LayoutError> {
        check_size(shape, itemsize)?;
        if shape.len() != strides.len() {
            return Err(LayoutError::StrideCount { shape: shape.len(), strides: strides.len() });
        }
        Self { shape: shape.into(), strides: strides.into(), offset, itemsize }.checked()
    }

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

    /// The same array with element 0 at byte `offset`.
    ///
    /// # Errors
    /// [`LayoutError::SpanTooLarge`].
    pub fn with_offset(mut self, offset: isize) -> Result<Self, LayoutError> {
        self.offset = offset;
        self.checked()
    }

    /// A layout from parts that an operation of this module derived from a valid one; the promise is checked again.
    pub(super) fn derived(
        shape: Dims<usize>,
        strides: Dims<isize>,
        offset: isize,
        itemsize: usize,
    ) -> Result<Self, LayoutError> {
        check_size(&shape, itemsize)?;
        Self { shape, strides, offset, itemsize }.checked()
    }

    /// The same elements under other axes, so at the same addresses: nothing needs to be checked.
    pub(super) fn with_axes(&self, shape: Dims<usize>, strides: Dims<isize>) -> Self {
        Self { shape, strides, offset: self.offset, itemsize: self.itemsize }
    }

    /// Keeps the promise that the module states: all bytes inside `isize`, at most `isize::MAX` of them.
    fn checked(self) -> Result<Self, LayoutError> {
        let span = self.span();
        let inside = isize::try_from(span.start).is_ok() && isize::try_from(span.end).is_ok();
        match inside && span.len() <= isize::MAX as u128 {
            true => Ok(self),
            false => Err(LayoutError::SpanTooLarge { start: span.start, end: span.end }),
        }
    }

    /// Length of each axis, in elements.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Distance between neighbours along each axis, in bytes.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Where element 0 begins, in bytes from the base address.
    pub fn offset(&self) -> isize {
        self.offset
    }

    /// Bytes of one item.
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }

    /// Number of axes.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements. The shape `()` has one.
    pub fn len(&self) -> usize {
        // With every 0 counted as 1 the product was checked, so a partial product cannot overflow.
        if self.is_empty() { 0 } else { self.shape.iter().product() }
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Bytes of all elements, each counted once an index: `len * itemsize`, which is what a packed copy takes.
    pub fn size_bytes(&self) -> usize {
        self.len() * self.itemsize
    }

    /// The bytes that the elements touch, from the base address.
    pub fn span(&self) -> Span {
        let origin = self.offset as i128;
        if self.is_empty() {
            return Span { start: origin, end: origin };
        }
        let (mut start, mut end) = (origin, origin + self.itemsize as i128);
        for (&len, &stride) in self.shape.iter().zip(&self.strides) {
            // Below 2^127 together: at most 64 axes, and the lengths' product is below 2^63.
            let reach = (len as i128 - 1) * stride as i128;
            if reach < 0 {
                start += reach;
            } else {
                end += reach;
            }
        }
        Span { start, end }
    }

    /// Whether the elements are packed in C order. Axes of length 1 do not matter, and an empty array is contiguous.
    pub fn is_c_contiguous(&self) -> bool {
        self.is_empty() || is_packed(self.shape.iter().zip(&self.strides).rev(), self.itemsize)
    }

    /// Whether the elements are packed in Fortran order. Axes of length 1 do not matter, and an empty array is
    /// contiguous.
    pub fn is_f_contiguous(&self) -> bool {
        self.is_empty() || is_packed(self.shape.iter().zip(&self.strides), self.itemsize)
    }

    /// Where the element at `index` begins, in bytes from the base address. Negative indices count from the end.
    ///
    /// # Errors
    /// [`LayoutError::AxisCount`], [`LayoutError::IndexOutOfRange`].
    pub fn offset_of(&self, index: &[isize]) -> Result<isize, LayoutError> {
        if index.len() != self.ndim() {
            return Err(LayoutError::AxisCount { given: index.len(), ndim: self.ndim() });
        }
        let mut offset = self.offset;
        for (axis, &index) in index.iter().enumerate() {
            let place = self.resolve_index(axis, index)?;
            if !self.is_empty() {
                // Each step along one axis stays between two elements, so inside the span.
                offset += place as isize * self.strides[axis];
            }
        }
        Ok(offset)
    }

    /// The strides in elements, as DLPack wants them. The stride of an axis along which nothing moves (length 0 or 1, or
    /// an empty array) is replaced by that of a packed array.
    ///
    /// # Errors
    /// [`LayoutError::StrideNotWholeItems`].
    pub fn element_strides(&self) -> Result<Dims<isize>, LayoutError> {
        let (itemsize, empty) = (self.itemsize as isize, self.is_empty());
        let mut strides: Dims<isize> = SmallVec::from_elem(0, self.ndim());
        fill_packed(self.shape.iter().zip(&mut strides).rev(), 1);
        for (axis, slot) in strides.iter_mut().enumerate() {
            let stride = self.strides[axis];
            if empty || self.shape[axis] <= 1 {
                continue;
            }
            if stride % itemsize != 0 {
                return Err(LayoutError::StrideNotWholeItems { axis, stride, itemsize: self.itemsize });
            }
            *slot = stride / itemsize;
        }
        Ok(strides)
    }

    /// The axis that `axis` names, where a negative number counts from the end.
    pub(super) fn resolve_axis(&self, axis: isize) -> Result<usize, LayoutError> {
        resolve(axis, self.ndim()).ok_or(LayoutError::AxisOutOfRange { axis, ndim: self.ndim() })
    }

    /// The place that `index` names on `axis`, where a negative number counts from the end.
    pub(super) fn resolve_index(&self, axis: usize, index: isize) -> Result<usize, LayoutError> {
        let len = self.shape[axis];
        resolve(index, len).ok_or(LayoutError::IndexOutOfRange { axis, index, len })
    }
}

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

/// `index` counted from the end if negative, or `None` if there is no such place among `len`.
pub(super) fn resolve(index: isize, len: usize) -> Option<usize> {
    let place = if index < 0 { len.checked_sub(index.unsigned_abs())? } else { index as usize };
    (place < len).then_some(place)
}

fn check_ndim(ndim: usize) -> Result<(), LayoutError> {
    match ndim > MAX_NDIM {
        true => Err(LayoutError::TooManyAxes { ndim, max: MAX_NDIM }),
        false => Ok(()),
    }
}

/// Refuses what no address space holds, counting a length of 0 as 1.
fn check_size(shape: &[usize], itemsize: usize) -> Result<(), LayoutError> {
    check_ndim(shape.len())?;
    if itemsize == 0 {
        return Err(LayoutError::ZeroItemSize);
    }
    let bytes = shape.iter().try_fold(itemsize, |bytes, &len| bytes.checked_mul(len.max(1)));
    match bytes {
        Some(bytes) if bytes <= isize::MAX as usize => Ok(()),
        _ => Err(LayoutError::TooLarge { shape: shape.into(), itemsize }),
    }
}

/// Packed strides, the first axis of the iterator innermost. The shape has passed [`check_size`].
fn fill_packed<'a>(axes: impl Iterator<Item = (&'a usize, &'a mut isize)>, itemsize: usize) {
    let mut next = itemsize as isize;
    for (&len, stride) in axes {
        *stride = next;
        next *= len.max(1) as isize;
    }
}

/// Whether the axes are packed, the first of the iterator innermost. None has length 0.
fn is_packed<'a>(axes: impl Iterator<Item = (&'a usize, &'a isize)>, itemsize: usize) -> bool {
    let mut next = itemsize as isize;
    for (&len, &stride) in axes {
        if len == 1 {
            continue;
        }
        if stride != next {
            return false;
        }
        next *= len as isize;
    }
    true
}
