//! A buffer that was given away is not used before it comes back.

use cuda_safe::{Device, DeviceMemory, PinnedMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let host = PinnedMemory::<u8>::zeroed(device, 8)?;
    let upload = Stream::new(device)?.copy_to_device(host, DeviceMemory::new(device, 8)?)?;
    println!("{}", host[0]);
    upload.wait()?;
    Ok(())
}
