//! [`Layout`]: shape, byte strides, offset and item size, and what follows from them alone.

use smallvec::SmallVec;

use super::error::LayoutError;
use super::packed::{fill_packed, is_packed};
use super::span::Span;

/// A list with one entry an axis; up to six are held without an allocation.
///
/// ```
/// let strides: interop::layout::Dims<isize> = [1353, 3, 1].into_iter().collect();
/// assert!(!strides.spilled());
/// ```
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
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    shape: Dims<usize>,
    strides: Dims<isize>,
    offset: isize,
    itemsize: usize,
}

// Derived, it would go element by element.
impl Clone for Layout {
    #[inline]
    fn clone(&self) -> Self {
        let (shape, strides) = (SmallVec::from_slice(&self.shape), SmallVec::from_slice(&self.strides));
        Self { shape, strides, offset: self.offset, itemsize: self.itemsize }
    }
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
        Ok(Self { shape: SmallVec::from_slice(shape), strides, offset: 0, itemsize })
    }

    /// A packed array in Fortran order: the first axis varies fastest.
    ///
    /// # Errors
    /// As [`contiguous`](Self::contiguous).
    pub fn fortran(shape: &[usize], itemsize: usize) -> Result<Self, LayoutError> {
        check_size(shape, itemsize)?;
        let mut strides: Dims<isize> = SmallVec::from_elem(0, shape.len());
        fill_packed(shape.iter().zip(&mut strides), itemsize);
        Ok(Self { shape: SmallVec::from_slice(shape), strides, offset: 0, itemsize })
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
        let (shape, strides) = (SmallVec::from_slice(shape), SmallVec::from_slice(strides));
        Self { shape, strides, offset, itemsize }.checked()
    }

    /// The same array with element 0 at byte `offset`.
    ///
    /// # Errors
    /// [`LayoutError::SpanTooLarge`].
    pub fn with_offset(&self, offset: isize) -> Result<Self, LayoutError> {
        Self { offset, ..self.clone() }.checked()
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

    /// A layout from parts that the caller has checked as [`strided`](Self::strided) does.
    #[inline]
    pub(super) fn of_checked(
        shape: Dims<usize>,
        strides: Dims<isize>,
        offset: isize,
        itemsize: usize,
    ) -> Self {
        Self { shape, strides, offset, itemsize }
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
        Span::of(&self.shape, &self.strides, self.offset, self.itemsize)
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

    /// The axis that `axis` names, where a negative number counts from the end.
    pub(crate) fn resolve_axis(&self, axis: isize) -> Result<usize, LayoutError> {
        resolve(axis, self.ndim()).ok_or(LayoutError::AxisOutOfRange { axis, ndim: self.ndim() })
    }

    /// The place that `index` names on `axis`, where a negative number counts from the end.
    pub(super) fn resolve_index(&self, axis: usize, index: isize) -> Result<usize, LayoutError> {
        let len = self.shape[axis];
        resolve(index, len).ok_or(LayoutError::IndexOutOfRange { axis, index, len })
    }
}

/// `index` counted from the end if negative, or `None` if there is no such place among `len`.
pub(super) fn resolve(index: isize, len: usize) -> Option<usize> {
    let place = if index < 0 { len.checked_sub(index.unsigned_abs())? } else { index as usize };
    (place < len).then_some(place)
}

pub(super) fn check_ndim(ndim: usize) -> Result<(), LayoutError> {
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
