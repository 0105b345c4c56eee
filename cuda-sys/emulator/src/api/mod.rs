//! The C functions. Each is written once, with [`call::c_functions`]; a feature decides whether the shared library exports
//! it under its C name.
//!
//! Their contract is that of the C function of the same name. "An out pointer of C's contract" in a `SAFETY` comment means
//! what every function here demands of its caller: such a pointer is null or valid for writing one value.

#![expect(non_snake_case, reason = "the functions have C's names, and so have their arguments")]

mod argument;
mod batch;
mod both;
mod call;
pub(crate) mod copy;
pub(crate) mod device;
pub(crate) mod driver;
pub(crate) mod error;
pub(crate) mod event;
mod location;
pub(crate) mod managed;
pub(crate) mod memory;
mod pointer;
pub(crate) mod pool;
mod properties;
pub(crate) mod stream;
pub(crate) mod v12;
pub(crate) mod v13;
