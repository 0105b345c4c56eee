//! The contract: every behaviour that the crates promise on any runtime, proved on each of them.

mod buffer;
mod device;
mod event;
mod exchange;
mod memory;
mod pinned;
mod pool;
mod raw;
mod stream;
mod transfer;

fn main() -> std::process::ExitCode {
    tests::run(&[
        ("raw", raw::CHECKS),
        ("device", device::CHECKS),
        ("stream", stream::CHECKS),
        ("event", event::CHECKS),
        ("memory", memory::CHECKS),
        ("pinned", pinned::CHECKS),
        ("pool", pool::CHECKS),
        ("buffer", buffer::CHECKS),
        ("exchange", exchange::CHECKS),
        ("transfer", transfer::CHECKS),
    ])
}
