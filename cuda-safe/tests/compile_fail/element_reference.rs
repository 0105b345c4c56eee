//! An address of the host means nothing on a device.

use cuda_safe::{Device, DeviceMemory};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let _addresses = DeviceMemory::from_host(device, &[&1u8, &2])?;
    Ok(())
}
