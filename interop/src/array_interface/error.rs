//! What a description may get wrong, with the key and its value.

use crate::dtype::{DType, DTypeError};
use crate::layout::LayoutError;

/// A broken rule of the CUDA Array Interface: the key and its value.
///
/// ```
/// use interop::{ArrayInterface, ArrayInterfaceError, RawArrayInterface};
/// let error = ArrayInterface::parse(&RawArrayInterface::default()).unwrap_err();
/// assert_eq!(error, ArrayInterfaceError::MissingKey { key: "version" });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrayInterfaceError {
    /// A key that every version demands is absent.
    #[error("array interface: the key {key:?} is missing")]
    MissingKey {
        /// Which.
        key: &'static str,
    },
    /// A version that is not known.
    #[error("array interface: version is {version}, versions 0 to 3 can be read")]
    Version {
        /// As given.
        version: i64,
    },
    /// A length that no axis has.
    #[error("array interface: shape[{axis}] is {len}")]
    Shape {
        /// Which axis.
        axis: usize,
        /// As given.
        len: i64,
    },
    /// A stride that this machine's addresses cannot express.
    #[error("array interface: strides[{axis}] is {stride}, which is no distance between addresses")]
    Stride {
        /// Which axis.
        axis: usize,
        /// As given.
        stride: i64,
    },
    /// Some elements are invalid, and there is no way to say which to a plain array.
    #[error("array interface: the array has a mask, which is not supported; fill the masked elements first")]
    Mask,
    /// An element of several fields.
    #[error("array interface: descr lists {fields} fields; only plain elements are supported")]
    Structured {
        /// How many.
        fields: usize,
    },
    /// There are elements but no address.
    #[error("array interface: data is 0 but the shape {shape:?} has elements")]
    NullPointer {
        /// The shape.
        shape: Vec<usize>,
    },
    /// There is an address but no element, which version 2 and later forbid.
    #[error("array interface: data is {address:#x} but the shape {shape:?} has no element; it must be 0")]
    PointerWithoutElements {
        /// As given.
        address: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// Some element would be outside the address space.
    #[error(
        "array interface: the elements span bytes {start} to {end} from data {address:#x}, \
         which is outside the address space"
    )]
    OutsideAddressSpace {
        /// The address of element 0.
        address: usize,
        /// The lowest byte, from the address.
        start: i128,
        /// One past the highest byte, from the address.
        end: i128,
    },
    /// A number that is no stream. 0 is forbidden because it could mean either default stream.
    #[error(
        "array interface: stream is {stream}; it must be 1 (legacy default), 2 (per-thread default), \
         a cudaStream_t, or None"
    )]
    Stream {
        /// As given.
        stream: i128,
    },
    /// A layout of other elements than the type's.
    #[error("array interface: elements of {dtype} in a layout of {itemsize} bytes an item")]
    ItemSize {
        /// The type.
        dtype: DType,
        /// Bytes of an item of the layout.
        itemsize: usize,
    },
    /// `typestr` names no type that is supported.
    #[error("array interface: {0}")]
    DType(#[from] DTypeError),
    /// Shape and strides that make no array.
    #[error("array interface: {0}")]
    Layout(#[from] LayoutError),
}
