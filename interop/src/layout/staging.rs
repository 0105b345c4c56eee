//! [`Staging`]: a device array of any layout against a packed host buffer whose order we may choose.
//!
//! The buffer is packed in the order in which the device has the elements, and runs in the same direction on every axis,
//! so that the device side takes the fewest and widest calls. What the caller's own array looks like is dealt with on
//! the host, by a [`HostCopy`](super::HostCopy) between it and [`Staging::layout`].

use smallvec::SmallVec;

use super::descriptor::{Dims, Layout};
use super::error::LayoutError;
use super::plan::CopyPlan;

/// How a device array goes through a host buffer: the buffer's size, its layout, and the device's part of the copy.
///
/// ```
/// use interop::{Layout, layout::Staging};
///
/// let image = Layout::contiguous(&[300, 451, 3], 1)?;
/// let mirrored = image.flip(1)?; // A negative stride on the device costs no extra call.
/// let staging = Staging::read(&mirrored)?;
/// assert_eq!((staging.bytes(), staging.plan().calls()), (mirrored.size_bytes(), 1));
/// assert_eq!(staging.layout().strides(), mirrored.strides());
/// // One channel: packed it is a column of bytes, but all that it spans is one run.
/// let red = image.index(2, 0)?;
/// assert_eq!((Staging::read(&red)?.bytes(), Staging::read(&red)?.plan().call().width()), (300 * 451, 1));
/// let span = Staging::read_span(&red)?;
/// assert_eq!((span.bytes(), span.plan().call().width()), (405_898, 405_898));
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staging {
    layout: Layout,
    bytes: usize,
    plan: CopyPlan,
}

impl Staging {
    /// Reads the device array, packed: each element once, and an element that is repeated with stride 0 once in all.
    /// The buffer is the destination of the plan.
    ///
    /// # Errors
    /// None for a layout that exists; the type is that of the operations it is made of.
    pub fn read(device: &Layout) -> Result<Self, LayoutError> {
        let once = without_repeats(device);
        let packed = pack(&once)?;
        let plan = CopyPlan::new(&packed, &once)?;
        Ok(Self { bytes: packed.size_bytes(), layout: packed.broadcast_to(device.shape())?, plan })
    }

    /// Reads all bytes from the lowest to the highest that the device array touches, gaps included, in one call. Good
    /// where packing would need many calls or narrow rows and the gaps are small; the bytes in the gaps must be readable.
    /// The buffer is the destination of the plan.
    ///
    /// # Errors
    /// None for a layout that exists; the type is that of the operations it is made of.
    pub fn read_span(device: &Layout) -> Result<Self, LayoutError> {
        let span = device.span();
        // A layout's span fits, and so does its distance from any element of it.
        let (start, bytes) = (span.start as isize, span.len() as usize);
        let run = Layout::contiguous(&[bytes], 1)?;
        let plan = CopyPlan::new(&run, &run.with_offset(start)?)?;
        Ok(Self { layout: device.with_offset((device.offset() as i128 - span.start) as isize)?, bytes, plan })
    }

    /// Writes the device array from a packed buffer. The buffer is the source of the plan.
    ///
    /// # Errors
    /// [`LayoutError::OverlappingDestination`], [`LayoutError::UndecidedDestination`].
    pub fn write(device: &Layout) -> Result<Self, LayoutError> {
        let layout = pack(device)?;
        let plan = CopyPlan::new(device, &layout)?;
        Ok(Self { bytes: layout.size_bytes(), layout, plan })
    }

    /// Where the elements are in the buffer, with the shape of the device array. Every byte that it touches is among the
    /// first [`bytes`](Self::bytes) of the buffer.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Size of the buffer in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The calls between the device and the buffer.
    pub fn plan(&self) -> &CopyPlan {
        &self.plan
    }
}

/// The layout with every axis of stride 0 shortened to one place.
fn without_repeats(layout: &Layout) -> Layout {
    let once = |(&len, &stride): (&usize, &isize)| if stride == 0 { len.min(1) } else { len };
    let shape = layout.shape().iter().zip(layout.strides()).map(once).collect();
    layout.with_axes(shape, SmallVec::from_slice(layout.strides()))
}

/// A packed layout of the same shape, in the order and the directions in which `layout` has its elements.
fn pack(layout: &Layout) -> Result<Layout, LayoutError> {
    let mut order: Dims<usize> = (0..layout.ndim()).collect();
    order.sort_by_key(|&axis| layout.strides()[axis].unsigned_abs());
    let mut strides: Dims<isize> = SmallVec::from_elem(0, layout.ndim());
    let (mut next, mut offset) = (layout.itemsize() as isize, 0);
    for axis in order {
        let len = layout.shape()[axis].max(1) as isize;
        // Both stay below the bytes of the array with every 0 counted as 1, which were checked.
        if layout.strides()[axis] < 0 {
            strides[axis] = -next;
            offset += (len - 1) * next;
        } else {
            strides[axis] = next;
        }
        next *= len;
    }
    Layout::strided(layout.shape(), &strides, offset, layout.itemsize())
}
