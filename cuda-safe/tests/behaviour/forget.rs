//! `mem::forget` is safe: whatever is forgotten leaks, and everything else goes on.

use std::mem::forget;

use cuda_safe::{
    Device, DeviceMemory, Event, ManagedMemory, MemoryPool, PinnedMemory, PointerAttributes, Registered,
    Stream,
};

use crate::support::on_each;

#[test]
fn owners_that_are_forgotten_leak() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let pool = MemoryPool::new(device).unwrap();
        forget(Event::new(device).unwrap());
        forget(DeviceMemory::<u8>::new(device, 64).unwrap());
        forget(DeviceMemory::<u8>::from_pool(&pool, &stream, 64).unwrap());
        forget(PinnedMemory::<u8>::zeroed(device, 64).unwrap());
        forget(ManagedMemory::<u8>::new(device, 64).unwrap());
        forget(pool);
        forget(stream.clone());
        stream.close().unwrap();
        still_works(device);
    });
}

#[test]
fn registered_memory_that_is_forgotten_stays_where_it_is() {
    on_each(|device| {
        let memory = Registered::new(device, vec![5u8; 1 << 18]).unwrap();
        let address = memory.as_ptr();
        forget(memory);
        // SAFETY: the vector was forgotten, so nobody frees it.
        assert_eq!(unsafe { address.read() }, 5);
        let kind = PointerAttributes::of(device.runtime(), address).unwrap().kind;
        assert_eq!(kind, cuda_safe::MemoryKind::Host);
        still_works(device);
    });
}

#[test]
fn a_copy_that_is_forgotten_keeps_its_buffers_for_ever() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let memory = DeviceMemory::<u8>::new(device, 1 << 16).unwrap();
        let source = PinnedMemory::from_slice(device, &[7u8; 1 << 16]).unwrap();
        let address = source.as_ptr();
        forget(stream.copy_to_device(source, memory).unwrap());
        stream.synchronize().unwrap();
        // SAFETY: the buffer was forgotten, so nobody frees it.
        assert_eq!(unsafe { address.read() }, 7);
        still_works(device);
    });
}

fn still_works(device: Device) {
    let memory = DeviceMemory::from_host(device, &[1u8, 2, 3]).unwrap();
    assert_eq!(memory.to_vec().unwrap(), [1, 2, 3]);
    device.synchronize().unwrap();
}
