//! What is copied in a scope lives longer than the scope.

use cuda_safe::{Device, DeviceMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let stream = Stream::new(device)?;
    let mut memory = DeviceMemory::<u8>::new(device, 8)?;
    stream.scope(|s| {
        let host = [1u8; 8];
        s.copy_to_device(&host, memory.view_mut())
    })
}
