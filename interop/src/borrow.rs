//! Buffers over memory that somebody else keeps alive: for the languages whose own objects are the owners.
//!
//! Such a buffer owns nothing, allocates nothing to be made, and frees nothing. Who makes it keeps the owner of the memory
//! until the buffer, every [`share`](CudaBuffer::share) and every export of it are gone; an export that may outlive the
//! caller is made with an owner of its own, by [`ManagedTensor::export`](crate::dlpack::ManagedTensor::export).

use cuda_safe::Stream;

use crate::array_interface::ArrayInterface;
use crate::buffer::CudaBuffer;
use crate::dtype::DType;
use crate::error::Result;
use crate::import::{ImportOptions, locate};
use crate::layout::Layout;
use crate::owner::MemoryKind;

/// An array of which nothing has to be asked.
///
/// ```
/// use interop::{CudaBuffer, DType, Known, Layout, MemoryKind};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let memory = cuda_safe::DeviceMemory::<f32>::zeroed(device, 6)?;
/// let known = Known {
///     address: memory.as_ptr().addr(),
///     layout: Layout::contiguous(&[2, 3], 4)?,
///     dtype: DType::F32,
///     kind: MemoryKind::Device,
///     stream: cuda_safe::Stream::legacy(device),
///     read_only: false,
/// };
/// // SAFETY: the memory outlives the buffer.
/// let buffer = unsafe { CudaBuffer::borrow_known(known) };
/// assert_eq!(buffer.shape(), [2, 3]);
/// # drop(buffer);
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Known {
    /// The address that the layout counts from.
    pub address: usize,
    /// Shape, strides and offset; its items are of the size of `dtype`.
    pub layout: Layout,
    /// The element type.
    pub dtype: DType,
    /// Where the memory is.
    pub kind: MemoryKind,
    /// The stream in whose order the memory is used, on its device.
    pub stream: Stream,
    /// Whether it must not be written.
    pub read_only: bool,
}

impl CudaBuffer {
    /// A buffer over memory that is described by the CUDA Array Interface. The memory is looked up and the producer's
    /// stream waited for, as by [`from_array_interface`](Self::from_array_interface).
    ///
    /// # Safety
    /// The description is of one allocation, gaps between its elements included, which stays valid until the buffer, its
    /// shares and its exports are gone. A stream that it names is valid now.
    ///
    /// # Errors
    /// An address that CUDA does not know, a stream of another device, and CUDA's own.
    pub unsafe fn borrow_array(array: ArrayInterface, options: &ImportOptions) -> Result<Self> {
        let (found, stream) = locate(&array, options)?;
        let (address, dtype, read_only) = (array.address(), array.dtype(), array.is_read_only());
        Ok(Self::from_borrowed_parts(found.kind, address, array.into_layout(), dtype, stream, read_only))
    }

    /// A buffer over memory that the caller knows all about. Nothing is looked up.
    ///
    /// # Safety
    /// All of `known` is true, its layout lies inside one allocation, and the memory stays valid until the buffer, its
    /// shares and its exports are gone.
    pub unsafe fn borrow_known(known: Known) -> Self {
        let Known { address, layout, dtype, kind, stream, read_only } = known;
        Self::from_borrowed_parts(kind, address, layout, dtype, stream, read_only)
    }
}
