//! The mark at the end of a copy cannot be moved: the buffers would come back while the device still uses them.

use cuda_safe::{Device, DeviceMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let (busy, idle) = (Stream::new(device)?, Stream::new(device)?);
    let upload = busy.copy_to_device(vec![1u8; 8], DeviceMemory::new(device, 8)?)?;
    upload.event().record(idle.as_ref())?;
    upload.wait()?;
    Ok(())
}
