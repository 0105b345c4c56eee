//! Most bit patterns are no `bool`.

use cuda_safe::{Device, DeviceMemory};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let _flags = DeviceMemory::<bool>::new(device, 8)?;
    Ok(())
}
