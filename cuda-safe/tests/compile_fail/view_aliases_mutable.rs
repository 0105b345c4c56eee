//! A mutable view is the only view.

use cuda_safe::{Device, DeviceMemory};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let mut memory = DeviceMemory::<u8>::new(device, 8)?;
    let mut writer = memory.slice_mut(..4)?;
    let reader = memory.slice(2..)?;
    writer.copy_from_device(reader)
}
