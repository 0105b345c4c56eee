//! GPU arrays exchanged without a copy: what device memory means, and who else may see it.

pub mod dtype;
pub mod layout;
pub mod scalar;

pub use dtype::{DType, DTypeError};
pub use layout::{Layout, LayoutError, SliceSpec};
pub use scalar::Scalar;
