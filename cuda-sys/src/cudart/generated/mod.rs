//! Written by `cargo xtask bindings`, all but this file: what the C headers of CUDA 12 and 13 declare.
//!
//! [`common`] holds what both majors declare alike, [`v12`] and [`v13`] what they do not, [`table`] the functions.

#![allow(
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::allow_attributes_without_reason,
    clippy::missing_safety_doc,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "generated from C headers: the names are C's, and bindgen writes neither documentation nor SAFETY comments"
)]

#[rustfmt::skip]
pub(super) mod common;
#[rustfmt::skip]
pub mod table;
#[rustfmt::skip]
pub mod v12;
#[rustfmt::skip]
pub mod v13;
