//! There is one mutable view at a time.

use interop::{CudaBuffer, DType, memcpy_h2d};

fn main() -> interop::Result<()> {
    let mut buffer = CudaBuffer::new(cuda_safe::Device::first()?, &[8], DType::U8)?;
    let first = buffer.view_mut()?;
    let second = buffer.view_mut()?;
    memcpy_h2d(&[0u8; 8], first)?;
    memcpy_h2d(&[0u8; 8], second)
}
