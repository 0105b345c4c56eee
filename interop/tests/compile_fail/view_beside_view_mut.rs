//! Nobody looks at what a mutable view may write.

use interop::{CudaBuffer, DType, memcpy_d2d};

fn main() -> interop::Result<()> {
    let mut buffer = CudaBuffer::new(cuda_safe::Device::first()?, &[8], DType::U8)?;
    let written = buffer.view_mut()?;
    let read = buffer.view();
    memcpy_d2d(read, written)
}
