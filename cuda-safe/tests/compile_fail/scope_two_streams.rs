//! Two streams cannot write the same memory.

use cuda_safe::{Device, DeviceMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let (first, second) = (Stream::new(device)?, Stream::new(device)?);
    let mut memory = DeviceMemory::<u8>::new(device, 8)?;
    let host = [0u8; 8];
    first.scope(|outer| {
        outer.copy_to_device(&host, memory.view_mut())?;
        second.scope(|inner| inner.copy_to_device(&host, memory.view_mut()))
    })
}
