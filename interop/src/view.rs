//! Views that borrow a buffer: the same memory under another layout, for reading or for writing.
//!
//! A view is an address, a layout, an element type and the stream in whose order the memory is used. It owns nothing and
//! copies nothing. Many [`CudaView`]s may look at a buffer, or one [`CudaViewMut`].

use std::sync::Arc;

use cuda_safe::{Device, Stream};

use crate::array_interface::{ArrayInterface, RawArrayInterface, Readiness, StreamHandle};
use crate::dtype::DType;
use crate::error::Result;
use crate::layout::{CopyPlan, Layout, LayoutError};
use crate::owner::{MemoryKind, Owner};
use crate::views::layout_methods;

/// An array on a device, seen for reading.
///
/// ```
/// use interop::{CudaBuffer, DType, SliceSpec};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let image = CudaBuffer::new(device, &[300, 451, 3], DType::U8)?;
/// let planes = image.view().permute(&[2, 0, 1])?; // height, width, channel seen as channel, height, width
/// let left = planes.slice(&[SliceSpec::ALL, SliceSpec::ALL, (..200).into()])?;
/// assert_eq!(left.shape(), [3, 300, 200]);
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CudaView<'a> {
    memory: Memory<'a>,
    layout: Layout,
    dtype: DType,
    read_only: bool,
}

/// An array on a device, seen for writing.
///
/// ```
/// use interop::{CudaBuffer, DType, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut table = CudaBuffer::new(device, &[2, 3], DType::F32)?;
/// let mut column = table.view_mut()?.index(1, 2)?;
/// memcpy_h2d(&[1.0f32, 2.0], &mut column)?;
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Debug)]
pub struct CudaViewMut<'a> {
    memory: Memory<'a>,
    layout: Layout,
    dtype: DType,
}

/// The memory that views are of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory<'a> {
    /// The address that layouts count from.
    pub(crate) base: usize,
    pub(crate) kind: MemoryKind,
    pub(crate) owner: Option<&'a Arc<Owner>>,
    pub(crate) stream: &'a Stream,
}

impl Memory<'_> {
    /// The address of element 0; 0 if there is no element. The layout lies inside the memory, as was checked when it was made.
    pub(crate) fn address_of(&self, layout: &Layout) -> usize {
        if layout.is_empty() { 0 } else { self.base.wrapping_add_signed(layout.offset()) }
    }

    /// See [`Owner::mark_exported`].
    pub(crate) fn mark_exported(&self) {
        if let Some(owner) = self.owner {
            owner.mark_exported();
        }
    }
}

/// The methods that both views share.
macro_rules! cuda_view {
    ($receiver:ty) => {
        layout_methods!($receiver);

        /// The device.
        pub fn device(&self) -> Device {
            self.memory.stream.device()
        }

        /// The stream in whose order the memory is used.
        pub fn stream(&self) -> &Stream {
            self.memory.stream
        }

        /// The address of element 0; 0 if there is no element.
        pub fn address(&self) -> usize {
            self.memory.address_of(&self.layout)
        }

        /// What the view is of.
        pub(crate) fn memory(&self) -> Memory<'a> {
            self.memory
        }
    };
}

impl<'a> CudaView<'a> {
    cuda_view!(&Self);

    /// The caller has checked that the layout lies inside the memory.
    #[inline]
    pub(crate) fn new(memory: Memory<'a>, layout: Layout, dtype: DType, read_only: bool) -> Self {
        Self { memory, layout, dtype, read_only }
    }

    /// Whether the producer of the memory forbids writing it.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The array repeated along new axes and along axes of length 1, by NumPy's rule, with stride 0.
    ///
    /// # Errors
    /// A shape that the array does not broadcast to.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Self, LayoutError> {
        Ok(self.with_layout(self.layout.broadcast_to(shape)?))
    }

    /// The description of this view for the CUDA Array Interface: version 3, with the stream that a consumer waits for.
    /// The consumer must keep the buffer alive, but may let it go while its own stream is still working: see
    /// [`CudaBuffer::mark_exported`](crate::CudaBuffer::mark_exported).
    ///
    /// # Errors
    /// An element type that the interface cannot say.
    pub fn array_interface(&self) -> Result<RawArrayInterface> {
        let Memory { base, stream, .. } = self.memory;
        let stream = StreamHandle::new(stream.as_raw().addr());
        let readiness = stream.map_or(Readiness::Ready, Readiness::After);
        self.memory.mark_exported();
        let array = ArrayInterface::new(base, self.read_only, self.dtype, self.layout.clone(), readiness)?;
        Ok(array.to_raw()?)
    }

    fn with_layout(&self, layout: Layout) -> Self {
        Self { layout, ..self.clone() }
    }

    fn with_dtype(&self, layout: Layout, dtype: DType) -> Self {
        Self { dtype, ..self.with_layout(layout) }
    }
}

impl<'a> CudaViewMut<'a> {
    cuda_view!(Self);

    /// The caller has checked that the layout lies inside the memory, and that it may be written.
    #[inline]
    pub(crate) fn new(memory: Memory<'a>, layout: Layout, dtype: DType) -> Self {
        Self { memory, layout, dtype }
    }

    /// The same view, for reading.
    pub fn view(&self) -> CudaView<'_> {
        CudaView::new(self.memory, self.layout.clone(), self.dtype, false)
    }

    /// The same view, for a shorter time.
    pub fn reborrow(&mut self) -> CudaViewMut<'_> {
        CudaViewMut { layout: self.layout.clone(), ..*self }
    }

    /// One view for each place of an axis, without that axis: all of them can be written.
    ///
    /// ```
    /// use interop::{CudaBuffer, DType, memcpy_h2d};
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let mut table = CudaBuffer::new(device, &[2, 3], DType::U8)?;
    /// for (row, text) in table.view_mut()?.split(0)?.zip([b"abc", b"def"]) {
    ///     memcpy_h2d(text, row)?;
    /// }
    /// # Ok::<(), interop::Error>(())
    /// ```
    ///
    /// # Errors
    /// An axis out of range, and a layout in which elements share bytes, or may do so.
    pub fn split(self, axis: isize) -> Result<impl ExactSizeIterator<Item = Self>> {
        // The check of a destination, against itself.
        CopyPlan::new(&self.layout, &self.layout)?;
        let len = self.shape()[self.layout.resolve_axis(axis)?];
        let places: Vec<Layout> = (0..len)
            .map(|place| self.layout.index(axis, place as isize))
            .collect::<std::result::Result<_, _>>()?;
        Ok(places.into_iter().map(move |layout| Self { layout, ..self }))
    }

    fn with_layout(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    fn with_dtype(self, layout: Layout, dtype: DType) -> Self {
        Self { dtype, ..self.with_layout(layout) }
    }
}

impl<'a> From<&CudaView<'a>> for CudaView<'a> {
    fn from(view: &CudaView<'a>) -> Self {
        view.clone()
    }
}

impl<'a> From<&'a CudaViewMut<'_>> for CudaView<'a> {
    fn from(view: &'a CudaViewMut<'_>) -> Self {
        view.view()
    }
}

impl<'a> From<&'a mut CudaViewMut<'_>> for CudaViewMut<'a> {
    fn from(view: &'a mut CudaViewMut<'_>) -> Self {
        view.reborrow()
    }
}
