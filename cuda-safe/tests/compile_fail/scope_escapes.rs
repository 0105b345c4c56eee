//! Lent memory does not leave its scope.

use cuda_safe::{Device, DeviceMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let stream = Stream::new(device)?;
    let mut memory = DeviceMemory::<u8>::new(device, 8)?;
    let lent = stream.scope(|s| s.lend(memory.view_mut()))?;
    drop(lent);
    Ok(())
}
