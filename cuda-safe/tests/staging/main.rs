//! The transfer engine against a byte oracle, on the emulator, whose workers may be late.

mod copies;
mod failures;
mod life;
mod small;
mod support;
