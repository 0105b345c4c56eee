//! A mutable view of host memory that was given away is gone, and its memory is lent as long as the view lives.

use interop::{CudaBuffer, DType, HostViewMut, memcpy_d2h};

fn main() -> interop::Result<()> {
    let buffer = CudaBuffer::new(cuda_safe::Device::first()?, &[8], DType::U8)?;
    let mut memory = [0u8; 8];
    let view = HostViewMut::new(&mut memory, &[8])?;
    memcpy_d2h(&buffer, view)?;
    memcpy_d2h(&buffer, view)?;
    let mut lent = HostViewMut::new(&mut memory, &[8])?;
    memory[0] = 1;
    memcpy_d2h(&buffer, &mut lent)
}
