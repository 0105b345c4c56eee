//! The transfer engine against a byte oracle, on the emulator, whose workers may be late, or on the runtime that
//! `CUDA_TEST_RUNTIME` names.
//!
//! These tests and the soak are clean under the sanitizers of a nightly compiler that has `rust-src`. With `thread` or
//! `address` for `SANITIZER`:
//!
//! ```text
//! RUSTFLAGS=-Zsanitizer=SANITIZER CARGO_TARGET_DIR=target/SANITIZER cargo +nightly test -Zbuild-std \
//!     --target x86_64-unknown-linux-gnu -p cuda-safe --test staging --test staging_soak
//! ```
//!
//! The address sanitizer holds freed memory back, which the soak takes for growth: `ASAN_OPTIONS=quarantine_size_mb=8`.
//!
//! On a GPU: `compute-sanitizer --tool memcheck` with the program that cargo made of these tests.

mod captures;
mod copies;
mod failures;
mod life;
mod refusals;
mod small;
mod support;
