//! `cargo xtask COMMAND`: the development tasks of this workspace. This file only dispatches.

mod wheels;
mod workspace;

fn main() {}
