//! cuda-safe: page-locked and registered host memory.

use cuda_safe::{Device, DeviceMemory, PinnedMemory, Registered};
use libtest_mimic::Failed;
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    pinned_memory_is_a_slice,
    zero_pinned_elements_are_an_empty_slice,
    pinned_memory_carries_data_both_ways,
    registered_memory_is_given_back_as_it_was,
    a_range_registered_twice_is_refused,
];

fn pinned_memory_is_a_slice(device: Device) -> Result<(), Failed> {
    let mut pinned = PinnedMemory::<u16>::zeroed(device, 1000)?;
    assert!(pinned.iter().all(|value| *value == 0));
    pinned[999] = 7;
    assert_eq!((pinned.len(), pinned.size_bytes(), pinned[999]), (1000, 2000, 7));
    pinned.close()?;
    Ok(())
}

fn zero_pinned_elements_are_an_empty_slice(device: Device) -> Result<(), Failed> {
    assert!(PinnedMemory::<u64>::zeroed(device, 0)?.is_empty());
    Ok(())
}

fn pinned_memory_carries_data_both_ways(device: Device) -> Result<(), Failed> {
    let source = PinnedMemory::from_slice(device, &(0..100_000u32).collect::<Vec<_>>())?;
    let memory = DeviceMemory::from_host(device, &source)?;
    let mut back = PinnedMemory::<u32>::zeroed(device, source.len())?;
    memory.copy_to_host(&mut back)?;
    assert!(*back == *source);
    Ok(())
}

fn registered_memory_is_given_back_as_it_was(device: Device) -> Result<(), Failed> {
    let values: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let address = values.as_ptr();
    let registered = Registered::new(device, values.clone()).map_err(|refused| refused.error)?;
    let memory = DeviceMemory::from_host(device, &registered)?;
    let back = registered.into_vec()?;
    assert!(back == values && memory.to_vec()? == values);
    assert_ne!(back.as_ptr(), address, "the clone was registered, not the original");
    Ok(())
}

fn a_range_registered_twice_is_refused(device: Device) -> Result<(), Failed> {
    let mut values = vec![0u8; 1 << 16];
    let again = values.as_mut_ptr();
    let registered = Registered::new(device, values).map_err(|refused| refused.error)?;
    let (runtime, len) = (device.runtime(), registered.len());
    // SAFETY: the range lives until `registered` goes; the call is refused.
    let status = unsafe { runtime.cudaHostRegister(again.cast(), len, 0) }?;
    assert_eq!(status, cuda_sys::cudart::cudaError::cudaErrorHostMemoryAlreadyRegistered);
    // SAFETY: it only resets this thread's state.
    unsafe { runtime.cudaGetLastError() }?;
    drop(registered);
    Ok(())
}
