//! cuda-safe: devices, and the thread's current device.

use cuda_safe::{Device, DeviceMemory, ErrorKind, Event, Stream, cuda_sys::cudart::cudaDeviceAttr};
use libtest_mimic::Failed;
use tests::{Check, checks, two_devices};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    a_device_says_who_it_is,
    the_list_holds_every_device_in_order,
    an_ordinal_past_the_end_is_refused_with_the_count,
    memory_information_is_within_the_device,
    an_attribute_agrees_with_the_compute_capability,
    every_call_leaves_the_current_device_as_it_found_it,
    a_device_reaches_its_own_memory,
    peers_copy,
];

fn a_device_says_who_it_is(device: Device) -> Result<(), Failed> {
    assert!(!device.name()?.is_empty());
    let uuid = device.uuid()?.to_string();
    assert_eq!((uuid.len(), uuid.matches('-').count()), (36, 4), "{uuid}");
    let pci = device.pci_bus_id()?;
    assert!(pci.contains(':') && pci.contains('.'), "{pci}");
    assert_eq!(device.to_string(), format!("device {}", device.ordinal()));
    Ok(())
}

fn the_list_holds_every_device_in_order(device: Device) -> Result<(), Failed> {
    let all = Device::all_of(device.runtime())?;
    assert!(!all.is_empty());
    for (ordinal, found) in all.iter().enumerate() {
        assert_eq!(found.ordinal(), ordinal);
        assert_eq!(*found, Device::new(device.runtime(), ordinal)?);
    }
    Ok(())
}

fn an_ordinal_past_the_end_is_refused_with_the_count(device: Device) -> Result<(), Failed> {
    let devices = Device::all_of(device.runtime())?.len();
    let error = Device::new(device.runtime(), devices).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::DeviceOutOfRange { ordinal, count, .. }
        if (*ordinal, *count) == (devices, devices)),
        "{error}"
    );
    Ok(())
}

fn memory_information_is_within_the_device(device: Device) -> Result<(), Failed> {
    let info = device.memory_info()?;
    assert!(info.free <= info.total && info.total > 0, "{info:?}");
    // The driver keeps a little for itself.
    assert!(info.total <= device.total_memory()?, "{info:?} of {}", device.total_memory()?);
    Ok(())
}

fn an_attribute_agrees_with_the_compute_capability(device: Device) -> Result<(), Failed> {
    let major = device.attribute(cudaDeviceAttr::cudaDevAttrComputeCapabilityMajor)?;
    assert_eq!(major, device.compute_capability()?.major);
    Ok(())
}

fn current(device: Device) -> Result<i32, Failed> {
    let mut ordinal = -1;
    // SAFETY: the argument is a writable int.
    unsafe { device.runtime().cudaGetDevice(&mut ordinal) }?;
    Ok(ordinal)
}

fn every_call_leaves_the_current_device_as_it_found_it(device: Device) -> Result<(), Failed> {
    let (first, second) = two_devices(device, "every_call_leaves_the_current_device_as_it_found_it")?;
    let runtime = first.runtime();
    for used in [first, second] {
        for before in [first, second] {
            // SAFETY: the device exists; this thread's current device is this test's to set.
            unsafe { runtime.cudaSetDevice(before.ordinal() as i32) }?;
            let stream = Stream::new(used)?;
            let event = Event::new(used)?;
            let mut memory = DeviceMemory::<u32>::zeroed(used, 1000)?;
            memory.copy_from_host(&[7; 1000])?;
            event.record(stream.as_ref())?;
            Stream::legacy(used).synchronize()?;
            used.memory_info()?;
            used.synchronize()?;
            assert_eq!(memory.to_vec()?, [7; 1000]);
            drop((stream, event, memory));
            assert_eq!(current(first)?, before.ordinal() as i32, "used {used}, was on {before}");
        }
    }
    // SAFETY: the device exists.
    unsafe { runtime.cudaSetDevice(0) }?;
    Ok(())
}

fn a_device_reaches_its_own_memory(device: Device) -> Result<(), Failed> {
    assert!(device.can_access_peer(device)?);
    device.enable_peer_access(device)?;
    Ok(())
}

fn peers_copy(device: Device) -> Result<(), Failed> {
    let values: Vec<u16> = (0..5000).collect();
    let (one, other) = two_devices(device, "peers_copy")?;
    for (from, to) in [(one, other), (other, one), (one, one)] {
        let first = DeviceMemory::from_host(from, &values)?;
        let mut second = DeviceMemory::<u16>::zeroed(to, values.len())?;
        second.copy_from_device(first.view())?;
        assert_eq!(second.to_vec()?, values, "from {from} to {to}");
    }
    Ok(())
}
