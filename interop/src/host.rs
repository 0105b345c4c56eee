//! Arrays in host memory, described for a copy: slices, rows with a pitch, `ndarray` views, or a raw pointer.
//!
//! [`HostView`] and [`HostViewMut`] borrow; the memory stays its owner's. Elements are only ever moved as bytes and never
//! seen as Rust values, so nothing needs to be aligned, and memory that another language may write is no Rust slice.
//!
//! A plain slice (a vector, a box, page-locked memory) has no shape of its own: in a copy it takes that of the other side, in C order, if the numbers of
//! elements agree. Give it one with [`HostView::new`] to have the shape checked.

use std::marker::PhantomData;

use cuda_safe::{Element, PinnedMemory, Registered};

use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::layout::{Dims, Layout};
use crate::scalar::Scalar;
use crate::views::layout_methods;

/// An array in host memory that is read.
///
/// ```
/// use interop::HostView;
/// let pixels = [0u8; 2 * 3 * 3];
/// let image = HostView::new(&pixels, &[2, 3, 3])?;
/// assert_eq!(image.permute(&[2, 0, 1])?.shape(), [3, 2, 3]);
/// assert!(HostView::new(&pixels, &[2, 3, 4]).is_err());
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HostView<'a> {
    base: *const u8,
    layout: Layout,
    dtype: DType,
    flat: bool,
    carries: Option<fn(DType) -> bool>,
    memory: PhantomData<&'a [u8]>,
}

/// An array in host memory that is written.
///
/// ```
/// use interop::HostViewMut;
/// let mut image = [0.0f32; 12];
/// let bottom_up = HostViewMut::new(&mut image, &[3, 4])?.flip(0)?;
/// assert_eq!(bottom_up.layout().strides(), [-16, 4]);
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Debug)]
pub struct HostViewMut<'a> {
    base: *mut u8,
    layout: Layout,
    dtype: DType,
    flat: bool,
    carries: Option<fn(DType) -> bool>,
    memory: PhantomData<&'a mut [u8]>,
}

// SAFETY: a view is a shared borrow of plain bytes, as `&[u8]` is.
unsafe impl Send for HostView<'_> {}
// SAFETY: as above.
unsafe impl Sync for HostView<'_> {}
// SAFETY: a view is an exclusive borrow of plain bytes, as `&mut [u8]` is.
unsafe impl Send for HostViewMut<'_> {}
// SAFETY: as above; a shared reference to the view writes nothing.
unsafe impl Sync for HostViewMut<'_> {}

/// The constructors and methods that both views share; they differ in the pointer and the slice.
macro_rules! host_view {
    ($receiver:ty, $slice:ty, $pointer:ty, $as_ptr:ident) => {
        /// A slice with a shape, in C order.
        ///
        /// # Errors
        /// [`Error::SliceLength`], and a shape larger than the address space.
        pub fn new<T: Scalar>(slice: $slice, shape: &[usize]) -> Result<Self> {
            let layout = Layout::contiguous(shape, size_of::<T>())?;
            if layout.len() != slice.len() {
                let (len, elements) = (slice.len(), layout.len());
                return Err(Error::SliceLength { len, elements, shape: shape.to_vec() });
            }
            Self::strided(slice, layout)
        }

        /// A slice with any layout, whose offset and strides count bytes from the start of the slice.
        ///
        /// # Errors
        /// [`Error::OutOfBounds`], [`Error::ItemSize`].
        pub fn strided<T: Scalar>(slice: $slice, layout: Layout) -> Result<Self> {
            if layout.itemsize() != size_of::<T>() {
                return Err(Error::ItemSize { dtype: T::DTYPE, itemsize: layout.itemsize() });
            }
            let (span, bytes) = (layout.span(), size_of_val(slice));
            if !span.fits(bytes) {
                return Err(Error::OutOfBounds { start: span.start, end: span.end, bytes });
            }
            // SAFETY: the slice is borrowed for as long as the view, and the span lies inside it.
            let view = unsafe { Self::from_raw(slice.$as_ptr().cast(), layout, T::DTYPE) }?;
            Ok(view.carried_by::<T>())
        }

        /// Rows of packed elements, `row_pitch` bytes from one to the next, as image libraries keep them. The first axis
        /// of `shape` counts the rows; the padding after the last row need not exist.
        ///
        /// # Errors
        /// As [`strided`](Self::strided).
        pub fn rows<T: Scalar>(slice: $slice, shape: &[usize], row_pitch: usize) -> Result<Self> {
            let packed = Layout::contiguous(shape, size_of::<T>())?;
            let mut strides: Dims<isize> = packed.strides().into();
            if let Some(first) = strides.first_mut() {
                // A pitch beyond the address space leaves the slice, which `strided` refuses.
                *first = isize::try_from(row_pitch).unwrap_or(isize::MAX);
            }
            Self::strided(slice, Layout::strided(shape, &strides, 0, size_of::<T>())?)
        }

        layout_methods!($receiver);

        /// Says that the elements are values of `T`, which may stand for more than one element type.
        pub(crate) fn carried_by<T: Scalar>(self) -> Self {
            Self { carries: Some(T::carries), ..self }
        }

        /// The address that the layout counts from.
        pub(crate) fn base(&self) -> $pointer {
            self.base
        }

        /// Whether elements of `dtype` may be moved in or out of this memory.
        pub(crate) fn carries(&self, dtype: DType) -> bool {
            self.carries.map_or(self.dtype == dtype, |carries| carries(dtype))
        }

        /// The first byte, if this is one run in C order of the `bytes` bytes that an array of this shape has, whatever a
        /// flat slice is taken for.
        #[inline]
        pub(crate) fn run_of(&self, shape: &[usize], bytes: usize) -> Option<$pointer> {
            let fits = (self.flat || shape == self.layout.shape()) && self.layout.run_bytes() == Some(bytes);
            // Inside the memory of the view.
            fits.then(|| self.base.wrapping_offset(self.layout.offset()))
        }

        /// The view that a copy to or from an array of this shape uses.
        pub(crate) fn shaped_like(&self, shape: &[usize]) -> Result<Layout> {
            if !self.flat {
                return Ok(self.layout.clone());
            }
            let layout = Layout::contiguous(shape, self.layout.itemsize())?;
            if layout.len() != self.layout.len() {
                let (len, elements) = (self.layout.len(), layout.len());
                return Err(Error::SliceLength { len, elements, shape: shape.to_vec() });
            }
            Ok(layout)
        }
    };
}

impl<'a> HostView<'a> {
    host_view!(&Self, &'a [T], *const u8, as_ptr);

    /// Any host memory: what the buffer of another language describes.
    ///
    /// # Safety
    /// Every element that `layout` reaches from `base` is readable for `'a`, and nothing that Rust does writes it
    /// meanwhile.
    ///
    /// # Errors
    /// [`Error::ItemSize`].
    pub unsafe fn from_raw(base: *const u8, layout: Layout, dtype: DType) -> Result<Self> {
        if layout.itemsize() != dtype.size() {
            return Err(Error::ItemSize { dtype, itemsize: layout.itemsize() });
        }
        Ok(Self { base, layout, dtype, flat: false, carries: None, memory: PhantomData })
    }

    /// The array repeated along new axes and along axes of length 1, by NumPy's rule.
    ///
    /// # Errors
    /// A shape that the array does not broadcast to.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Self, crate::LayoutError> {
        Ok(self.with_layout(self.layout.broadcast_to(shape)?))
    }

    fn with_layout(&self, layout: Layout) -> Self {
        Self { layout, flat: false, ..self.clone() }
    }

    fn with_dtype(&self, layout: Layout, dtype: DType) -> Self {
        Self { dtype, carries: None, ..self.with_layout(layout) }
    }
}

impl<'a> HostViewMut<'a> {
    host_view!(Self, &'a mut [T], *mut u8, as_mut_ptr);

    /// Any host memory: what the buffer of another language describes.
    ///
    /// # Safety
    /// Every element that `layout` reaches from `base` is writable for `'a`, any bytes are values there, and nothing
    /// that Rust does reads or writes it meanwhile.
    ///
    /// # Errors
    /// [`Error::ItemSize`].
    pub unsafe fn from_raw(base: *mut u8, layout: Layout, dtype: DType) -> Result<Self> {
        if layout.itemsize() != dtype.size() {
            return Err(Error::ItemSize { dtype, itemsize: layout.itemsize() });
        }
        Ok(Self { base, layout, dtype, flat: false, carries: None, memory: PhantomData })
    }

    /// The same view for a shorter time.
    pub fn reborrow(&mut self) -> HostViewMut<'_> {
        HostViewMut { layout: self.layout.clone(), ..*self }
    }

    fn with_layout(self, layout: Layout) -> Self {
        Self { layout, flat: false, ..self }
    }

    fn with_dtype(self, layout: Layout, dtype: DType) -> Self {
        Self { dtype, carries: None, ..self.with_layout(layout) }
    }
}

impl<'a> From<&HostView<'a>> for HostView<'a> {
    #[inline]
    fn from(view: &HostView<'a>) -> Self {
        view.clone()
    }
}

impl<'a> From<&'a mut HostViewMut<'_>> for HostViewMut<'a> {
    fn from(view: &'a mut HostViewMut<'_>) -> Self {
        view.reborrow()
    }
}

/// Whatever is a slice at heart is one axis that has not been given a shape.
macro_rules! flat_sources {
    ($([$($parameters:tt)*] $source:ty),* $(,)?) => {$(
        impl<'a, $($parameters)*> TryFrom<&'a $source> for HostView<'a> {
            type Error = Error;

            fn try_from(source: &'a $source) -> Result<Self> {
                Self::try_from(&source[..])
            }
        }

        impl<'a, $($parameters)*> TryFrom<&'a mut $source> for HostViewMut<'a> {
            type Error = Error;

            fn try_from(source: &'a mut $source) -> Result<Self> {
                Self::try_from(&mut source[..])
            }
        }
    )*};
}

flat_sources!(
    [T: Scalar] Vec<T>,
    [T: Scalar] Box<[T]>,
    [T: Scalar, const N: usize] [T; N],
    [T: Scalar + Element] PinnedMemory<T>,
    [T: Scalar + Element] Registered<T>,
);

impl<'a, T: Scalar> TryFrom<&'a [T]> for HostView<'a> {
    type Error = Error;

    fn try_from(source: &'a [T]) -> Result<Self> {
        Ok(Self { flat: true, ..Self::new(source, &[source.len()])? })
    }
}

impl<'a, T: Scalar> TryFrom<&'a mut [T]> for HostViewMut<'a> {
    type Error = Error;

    fn try_from(source: &'a mut [T]) -> Result<Self> {
        let len = source.len();
        Ok(Self { flat: true, ..Self::new(source, &[len])? })
    }
}
