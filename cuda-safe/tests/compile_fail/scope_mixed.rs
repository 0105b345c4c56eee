//! Memory lent to one scope is not used by another, whose stream is not ordered with it.

use cuda_safe::{Device, DeviceMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let (first, second) = (Stream::new(device)?, Stream::new(device)?);
    let mut memory = DeviceMemory::<u8>::new(device, 8)?;
    let mut copy = DeviceMemory::<u8>::new(device, 8)?;
    first.scope(|outer| {
        let lent = outer.lend(memory.view_mut())?;
        second.scope(|inner| inner.lend(copy.view_mut())?.copy_from(&lent))
    })
}
