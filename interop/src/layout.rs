//! Shapes and strides: where the elements of an array lie, without the memory itself.
//!
//! A [`Layout`] is plain data: lengths, strides and an offset in signed bytes, and the item size. It owns nothing, waits
//! for nothing and reads no memory; every operation is pure, checked, and gives a new `Layout` or a [`LayoutError`].
//!
//! One promise is made when a `Layout` is built and kept by every operation: the bytes of the elements, numbered from
//! the base address, lie inside `isize`, and there are no more than `isize::MAX` of them. Code that adds an element's
//! offset to a pointer needs to check only that the [`Span`] lies inside the allocation.
//!
//! | file | noun |
//! |---|---|
//! | `error` | what can be refused |
//! | `span`, `packed` | bytes touched; packed strides |
//! | `descriptor` | the layout itself, contiguity |
//! | `runs` | one run of bytes, or padded rows, in one pass |
//! | `elements`, `few` | the border to DLPack, which counts in elements; most arrays there |
//! | `axes` | permute, transpose, squeeze, expand |
//! | `slice` | slice, index, flip |
//! | `broadcast` | repeat without a copy |
//! | `reshape` | other lengths, other item size |
//! | `overlap` | do elements share a byte (`diophantine` has the arithmetic) |
//! | `pair` | two layouts walked together |
//! | `plan` | a copy as runtime calls |
//! | `host` | a copy as rows in host memory |
//! | `staging` | a device array against a packed buffer |

#![forbid(unsafe_code)]

mod axes;
mod broadcast;
mod descriptor;
mod diophantine;
mod elements;
mod error;
mod few;
mod host;
mod overlap;
mod packed;
mod pair;
mod plan;
mod reshape;
mod runs;
#[cfg(feature = "serde")]
mod serial;
mod slice;
mod span;
mod staging;

pub use descriptor::{Dims, Layout, MAX_NDIM};
pub use error::LayoutError;
pub use few::FewAxes;
pub(crate) use host::Matrix;
pub use host::{HostCopy, Row};
pub use overlap::Overlap;
pub use pair::Offsets;
pub(crate) use pair::PairedAxis;
pub use plan::{CopyCall, CopyPlan, MAX_PITCH};
pub(crate) use runs::PackedRows;
pub use slice::SliceSpec;
pub use span::Span;
pub use staging::Staging;
