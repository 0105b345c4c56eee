//! A view does not outlive its buffer.

use interop::{CudaBuffer, DType, memcpy_d2h};

fn main() -> interop::Result<()> {
    let buffer = CudaBuffer::new(cuda_safe::Device::first()?, &[8], DType::U8)?;
    let view = buffer.view();
    drop(buffer);
    memcpy_d2h(view, &mut [0u8; 8])
}
