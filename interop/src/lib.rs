//! GPU arrays that other libraries can see, exchanged without a copy.
//!
//! `cuda_safe` owns bytes of a device; this crate says what they mean and who else may use them. An array is a
//! [`Layout`] (shape, byte strides, offset) of a [`DType`] over memory that an owner keeps alive.
//!
//! | noun | what it is |
//! |---|---|
//! | [`DType`], [`Layout`] | what the elements are and where they lie; pure |
//! | [`CudaBuffer`] | an array on a device: allocated, adopted, or taken over from a foreign producer |
//! | [`CudaView`], [`CudaViewMut`] | the same memory seen under another layout; borrow a buffer |
//! | [`HostView`], [`HostViewMut`] | an array in host memory: slice, rows with a pitch, `ndarray` view |
//! | [`memcpy_h2d`], [`memcpy_d2h`], [`memcpy_d2d`] | copies, any layout on either side, done on return |
//! | [`memcpy_h2d_batch`], [`memcpy_d2h_batch`] | many of them at once |
//! | [`enqueue_h2d`], [`enqueue_d2h`], [`enqueue_d2d`] | copies that are only given to a stream; `unsafe` |
//! | [`ArrayInterface`] | the CUDA Array Interface, versions 0 to 3, as plain data |
//! | [`dlpack`] | DLPack 1.3: tensors taken over and given away |
//!
//! Features, none of them on by default: `ndarray` (its arrays are host arrays), `half` and `num-complex` (their types
//! are elements), `serde` (element types, layouts and descriptions as data).

mod address;
pub mod array_interface;
mod borrow;
mod buffer;
pub mod dlpack;
pub mod dtype;
mod error;
mod host;
mod import;
pub mod layout;
mod memory;
#[cfg(feature = "ndarray")]
mod ndarray;
mod owner;
pub mod scalar;
mod transfer;
mod view;
mod views;

pub use array_interface::{ArrayInterface, ArrayInterfaceError, RawArrayInterface, Readiness, StreamHandle};
pub use borrow::Known;
pub use buffer::{Allocator, BufferOptions, CudaBuffer};
pub use dtype::{DType, DTypeError};
pub use error::{Error, Result};
pub use host::{HostView, HostViewMut};
pub use import::{ForeignArray, ImportOptions};
pub use layout::{Layout, LayoutError, SliceSpec};
pub use owner::{MemoryKind, Remains};
pub use scalar::Scalar;
pub use transfer::{
    CopyOptions, enqueue_d2d, enqueue_d2h, enqueue_h2d, memcpy_d2d, memcpy_d2d_on, memcpy_d2h,
    memcpy_d2h_batch, memcpy_d2h_on, memcpy_d2h_with, memcpy_h2d, memcpy_h2d_batch, memcpy_h2d_on,
    memcpy_h2d_with,
};
pub use view::{CudaView, CudaViewMut};
