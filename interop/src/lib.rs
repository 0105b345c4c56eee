//! GPU arrays that other libraries can see, exchanged without a copy.
//!
//! `cuda_safe` owns bytes of a device; this crate says what they mean and who else may use them. An array is a
//! [`Layout`] (shape, byte strides, offset) of a [`DType`] over memory that an owner keeps alive.
//!
//! | noun | what it is |
//! |---|---|
//! | [`DType`], [`Layout`] | what the elements are and where they lie; pure |
//! | [`ArrayInterface`] | the CUDA Array Interface, versions 0 to 3, as plain data |
//! | [`dlpack`] | DLPack 1.3: tensors taken over and given away |

mod address;
pub mod array_interface;
pub mod dlpack;
pub mod dtype;
pub mod layout;
pub mod scalar;

pub use array_interface::{ArrayInterface, ArrayInterfaceError, RawArrayInterface, Readiness, StreamHandle};
pub use dtype::{DType, DTypeError};
pub use layout::{Layout, LayoutError, SliceSpec};
pub use scalar::Scalar;
