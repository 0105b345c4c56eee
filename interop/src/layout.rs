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
//! | `descriptor` | the layout itself, contiguity, span |
//! | `axes` | permute, transpose, squeeze, expand |
//! | `slice` | slice, index, flip |
//! | `broadcast` | repeat without a copy |
//! | `reshape` | other lengths, other item size |

#![forbid(unsafe_code)]

mod axes;
mod broadcast;
mod descriptor;
mod error;
mod reshape;
mod slice;

pub use descriptor::{Dims, Layout, MAX_NDIM, Span};
pub use error::LayoutError;
pub use slice::SliceSpec;
