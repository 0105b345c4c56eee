//! What can go wrong with an array, with the object and the numbers.

use std::convert::Infallible;

use crate::array_interface::ArrayInterfaceError;
use crate::dlpack::{DLDevice, DlpackError};
use crate::dtype::{DType, DTypeError};
use crate::layout::LayoutError;

/// The result of everything here that can fail.
///
/// ```
/// fn bytes(shape: &[usize]) -> interop::Result<usize> {
///     Ok(interop::Layout::contiguous(shape, 4)?.size_bytes())
/// }
/// assert_eq!(bytes(&[2, 3])?, 24);
/// # Ok::<(), interop::Error>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an array cannot be made, taken, seen or copied as asked.
///
/// ```
/// use interop::{DType, Error, HostView, LayoutError};
/// let error = HostView::new(&[1.0f32, 2.0], &[3]).unwrap_err();
/// assert_eq!(error.to_string(), "a slice of 2 elements does not have the 3 elements of shape [3]");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// CUDA, or the loading of its library.
    #[error(transparent)]
    Cuda(#[from] cuda_safe::Error),
    /// A broken rule of the CUDA Array Interface.
    #[error(transparent)]
    ArrayInterface(#[from] ArrayInterfaceError),
    /// A broken rule of DLPack.
    #[error(transparent)]
    Dlpack(#[from] DlpackError),
    /// An element type.
    #[error(transparent)]
    DType(#[from] DTypeError),
    /// A shape, strides, an index; also the two shapes of a copy that differ.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A slice and a shape with different numbers of elements.
    #[error("a slice of {len} elements does not have the {elements} elements of shape {shape:?}")]
    SliceLength {
        /// Elements of the slice.
        len: usize,
        /// Elements of the shape.
        elements: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// A layout that leaves its memory.
    #[error("the elements span bytes {start} to {end}, but there are only bytes 0 to {bytes}")]
    OutOfBounds {
        /// The lowest byte.
        start: i128,
        /// One past the highest byte.
        end: i128,
        /// Bytes of the memory.
        bytes: usize,
    },
    /// A layout that leaves the address space.
    #[error("the elements span bytes {start} to {end} from {address:#x}, which is outside the address space")]
    OutsideAddressSpace {
        /// The address that the layout counts from.
        address: usize,
        /// The lowest byte, from there.
        start: i128,
        /// One past the highest byte, from there.
        end: i128,
    },
    /// Elements of one size described by a layout of another.
    #[error("elements of {dtype} in a layout of {itemsize} bytes an item")]
    ItemSize {
        /// The element type.
        dtype: DType,
        /// Bytes of an item of the layout.
        itemsize: usize,
    },
    /// The two sides of a copy have different element types.
    #[error("cannot copy {from} to {to}: the element types differ")]
    DTypeMismatch {
        /// The type copied to.
        to: DType,
        /// The type copied from.
        from: DType,
    },
    /// Memory that its owner lets nobody write.
    #[error("the {dtype} array {shape:?} at {address:#x} is read-only: its producer forbids writing")]
    ReadOnly {
        /// Where it is.
        address: usize,
        /// Its shape.
        shape: Vec<usize>,
        /// Its element type.
        dtype: DType,
    },
    /// An address that CUDA does not know.
    #[error(
        "address {address:#x} is ordinary host memory, which no device can reach; \
         copy it with memcpy_h2d, or allocate it pinned"
    )]
    NotDeviceMemory {
        /// The address.
        address: usize,
    },
    /// A DLPack tensor in memory that no CUDA device can reach.
    #[error("the DLPack tensor is on {device}, which is no memory of CUDA; copy it with memcpy_h2d")]
    DlpackDevice {
        /// Where it says it is.
        device: DLDevice,
    },
    /// Both ends of an array must be the same kind of memory of the same device.
    #[error(
        "the array is not within one allocation: it begins at {first:#x} in {first_is} \
         and ends at {last:#x} in {last_is}"
    )]
    TornArray {
        /// The lowest byte.
        first: usize,
        /// What it is.
        first_is: String,
        /// The highest byte.
        last: usize,
        /// What it is.
        last_is: String,
    },
    /// An array must not leave its allocation.
    #[error(
        "the array spans the addresses {start:#x} to {end:#x}, but the allocation that it begins in ends at \
         {allocation_end:#x}, {} bytes earlier",
        .end - .allocation_end
    )]
    OutsideAllocation {
        /// The lowest byte.
        start: usize,
        /// One past the highest byte.
        end: usize,
        /// One past the last byte of the allocation.
        allocation_end: usize,
    },
    /// The two sides of a copy share bytes.
    #[error("the source and the destination of the copy overlap; copy through a third array")]
    Overlap,
    /// Host memory for staging a copy could not be had.
    #[error("{bytes} bytes of host memory could not be allocated to stage a copy")]
    HostMemory {
        /// How much.
        bytes: usize,
    },
    /// A copy between host and device that no single call does, so that it cannot be given to a stream as it is.
    #[error(
        "the two layouts need {calls} calls, and only a copy of one call is enqueued; \
         give the host array the order of the device array, or use memcpy_h2d or memcpy_d2h"
    )]
    NotOneCall {
        /// How many calls it would take.
        calls: usize,
    },
    /// A buffer that was exported, and whose memory is in use until the exports are released.
    #[error("the memory is still used by {exports} export(s); it is freed when they are released")]
    StillExported {
        /// How many.
        exports: usize,
    },
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
