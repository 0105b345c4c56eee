//! A view of a stream does not outlive the stream.

use cuda_safe::{Device, Stream, StreamRef};

fn view(device: Device) -> cuda_safe::Result<StreamRef<'static>> {
    let stream = Stream::new(device)?;
    Ok(stream.as_ref())
}

fn main() -> cuda_safe::Result<()> {
    view(Device::first()?)?.synchronize()
}
