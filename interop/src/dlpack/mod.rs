//! DLPack 1.3: an array that one library gives another without a copy.
//!
//! Ownership is one function pointer: whoever holds a managed tensor calls its deleter once, on any thread, and then the
//! memory is the producer's again. [`ManagedTensor`] is that duty as a Rust value: made from a pointer that came from
//! outside ([`ManagedTensor::from_versioned`], [`ManagedTensor::from_legacy`]) or from memory of ours
//! ([`ManagedTensor::export`]), released by Drop, given away by [`ManagedTensor::into_raw`].
//!
//! Nothing here waits: on which stream the data is ready is agreed beside the tensor (`__dlpack__(stream=...)`, or the
//! exchange table's `current_work_stream`).
//!
//! | file | noun |
//! |---|---|
//! | `ffi` | the C structures |
//! | `tensor` | what one of them describes, checked |
//! | `import` | a tensor taken over: checked, released once |
//! | `export` | a tensor made here, with the owner inside |
//! | `exchange` | the table of functions for exchange between extension modules |
//! | `error` | every broken rule |

mod error;
mod exchange;
mod export;
mod ffi;
mod import;
mod tensor;

pub use error::DlpackError;
pub use exchange::{
    CurrentWorkStream, DLPackExchangeAPI, DLPackExchangeAPIHeader, DLTensorFromPyObjectNoSync,
    EXCHANGE_API_CAPSULE, ManagedTensorAllocator, ManagedTensorFromPyObjectNoSync,
    ManagedTensorToPyObjectNoSync, SetError,
};
pub use export::{Form, TensorDescription};
pub use ffi::{
    DLDataType, DLDevice, DLDeviceType, DLManagedTensor, DLManagedTensorVersioned, DLPACK_VERSION,
    DLPackFlags, DLPackVersion, DLTensor,
};
pub use import::{ManagedTensor, RawTensor};
