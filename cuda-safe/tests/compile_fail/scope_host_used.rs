//! Host memory that is being written cannot be read before the scope ends.

use cuda_safe::{Device, DeviceMemory, Stream};

fn main() -> cuda_safe::Result<()> {
    let device = Device::first()?;
    let stream = Stream::new(device)?;
    let memory = DeviceMemory::<u8>::new(device, 8)?;
    let mut host = [0u8; 8];
    stream.scope(|s| {
        s.copy_to_host(memory.view(), &mut host)?;
        println!("{}", host[0]);
        Ok(())
    })
}
