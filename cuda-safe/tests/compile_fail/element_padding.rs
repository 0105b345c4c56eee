//! A tuple may have padding.

use cuda_safe::{Device, PinnedMemory};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let _pairs = PinnedMemory::<(u8, u32)>::zeroed(device, 8)?;
    Ok(())
}
