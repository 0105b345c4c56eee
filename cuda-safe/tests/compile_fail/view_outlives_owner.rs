//! A view does not outlive its memory.

use cuda_safe::{Device, DeviceMemory};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let memory = DeviceMemory::<u8>::new(device, 8)?;
    let view = memory.slice(..4)?;
    memory.close()?;
    view.to_vec()?;
    Ok(())
}
