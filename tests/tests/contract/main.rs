//! The contract: every behaviour that the crates promise on any runtime, proved on each of them.

mod device;
mod event;
mod memory;
mod pinned;
mod pool;
mod raw;
mod stream;

fn main() -> std::process::ExitCode {
    tests::run(&[
        ("raw", raw::CHECKS),
        ("device", device::CHECKS),
        ("stream", stream::CHECKS),
        ("event", event::CHECKS),
        ("memory", memory::CHECKS),
        ("pinned", pinned::CHECKS),
        ("pool", pool::CHECKS),
    ])
}
