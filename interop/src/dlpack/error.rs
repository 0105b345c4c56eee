//! Why a DLPack tensor cannot be taken or written.

use super::ffi::DLPackVersion;
use crate::dtype::DTypeError;
use crate::layout::LayoutError;

/// A broken rule of DLPack, or something that DLPack cannot say.
///
/// ```
/// use interop::dlpack::DlpackError;
/// assert_eq!(DlpackError::Ndim { ndim: -1, max: 64 }.to_string(), "DLPack: ndim is -1, it must be 0 to 64");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DlpackError {
    /// The pointer to the managed tensor is NULL.
    #[error("DLPack: the pointer to the tensor is NULL")]
    NullTensor,
    /// Another major version: nothing but the deleter was used.
    #[error(
        "DLPack: the tensor has version {found}, only major version 1 can be read; \
         ask the producer for max_version=(1, 3)"
    )]
    MajorVersion {
        /// The version that the producer wrote.
        found: DLPackVersion,
    },
    /// More dimensions than a [`Layout`](crate::Layout) has, or fewer than none.
    #[error("DLPack: ndim is {ndim}, it must be 0 to {max}")]
    Ndim {
        /// What the tensor says.
        ndim: i32,
        /// The most that is taken.
        max: usize,
    },
    /// `shape` is NULL although there are dimensions.
    #[error("DLPack: shape is NULL but ndim is {ndim}")]
    NullShape {
        /// What the tensor says.
        ndim: i32,
    },
    /// `data` is NULL although the tensor has elements.
    #[error("DLPack: data is NULL but the shape {shape:?} has elements")]
    NullData {
        /// The shape.
        shape: Vec<usize>,
    },
    /// Some element would be outside the address space.
    #[error(
        "DLPack: the elements span bytes {start} to {end} from data {data:#x}, which is outside the address space"
    )]
    OutsideAddressSpace {
        /// The base.
        data: usize,
        /// The lowest byte, from the base.
        start: i128,
        /// One past the highest byte, from the base.
        end: i128,
    },
    /// A legacy tensor has no flags, so it cannot say that it must not be written.
    #[error("DLPack: a legacy tensor cannot be read-only; export a versioned one")]
    LegacyReadOnly,
    /// An element type that this crate does not have.
    #[error("DLPack: {0}")]
    DType(#[from] DTypeError),
    /// Shape and strides that make no array, or that count no whole elements.
    #[error("DLPack: {0}")]
    Layout(#[from] LayoutError),
}
