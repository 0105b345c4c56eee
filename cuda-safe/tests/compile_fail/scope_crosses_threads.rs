//! A scope stays on its thread, for the per-thread stream is another one elsewhere.

use cuda_safe::{Device, DeviceMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let stream = Stream::per_thread(device);
    let mut memory = DeviceMemory::<u8>::new(device, 8)?;
    let host = [0u8; 8];
    stream.scope(|s| {
        std::thread::scope(|threads| {
            threads.spawn(|| s.copy_to_device(&host, memory.view_mut()));
        });
        Ok(())
    })
}
