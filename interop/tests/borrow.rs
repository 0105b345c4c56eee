//! Buffers over memory that somebody else keeps: nothing is owned, nothing is freed.

mod support;

use interop::dlpack::Form;
use interop::{ArrayInterface, CudaBuffer, DType, Error, Known, Layout, MemoryKind, memcpy_h2d};
use support::{bytes_at, contents, device_bytes, devices, on, ramp};

#[test]
fn a_described_array_is_borrowed_and_outlives_its_buffer() {
    for device in devices() {
        let memory = device_bytes(device, &ramp(6));
        let array = ArrayInterface::parse(&bytes_at(memory.as_ptr().addr(), &[2, 3])).unwrap();
        // SAFETY: the memory outlives the buffer and its exports.
        let buffer = unsafe { CudaBuffer::borrow_array(array.clone(), &on(device)) }.unwrap();
        let (share, tensor) = (buffer.share(), buffer.to_dlpack(Form::Versioned).unwrap());
        buffer.close().unwrap();
        assert_eq!(contents(&share), ramp(6));
        drop((share, tensor));
        assert_eq!(memory.to_vec().unwrap(), ramp(6));
    }
}

#[test]
fn a_borrowed_address_is_looked_up() {
    let host = ramp(6);
    let array = ArrayInterface::parse(&bytes_at(host.as_ptr().addr(), &[6])).unwrap();
    // SAFETY: refused before the memory is used.
    let refused = unsafe { CudaBuffer::borrow_array(array.clone(), &on(support::device())) };
    assert!(matches!(refused, Err(Error::NotDeviceMemory { .. })));
}

#[test]
fn a_known_array_is_taken_at_its_word() {
    for device in devices() {
        let memory = device_bytes(device, &ramp(6));
        let known = Known {
            address: memory.as_ptr().addr(),
            layout: Layout::contiguous(&[2, 3], 1).unwrap().flip(0).unwrap(),
            dtype: DType::U8,
            kind: MemoryKind::Device,
            stream: cuda_safe::Stream::legacy(device),
            read_only: true,
        };
        // SAFETY: the memory outlives the buffer, and all of it is true.
        let mut buffer = unsafe { CudaBuffer::borrow_known(known) };
        assert_eq!(contents(&buffer), [3, 4, 5, 0, 1, 2]);
        assert!(matches!(memcpy_h2d(&ramp(6), &mut buffer), Err(Error::ReadOnly { .. })));
    }
}
