use cuda_safe::cuda_sys::cudart::cudaDeviceAttr;
use cuda_safe::{Device, DeviceMemory, ErrorKind, Stream, Uuid};

use crate::support::recorder::{calls, fail_next, pretend_devices, recorder};
use crate::support::{on_each, on_two, runtimes, two_devices};

#[test]
fn every_device_is_listed_by_ordinal() {
    for runtime in runtimes() {
        let devices = Device::all_of(runtime).unwrap();
        let ordinals: Vec<usize> = devices.iter().map(Device::ordinal).collect();
        assert_eq!(ordinals, (0..devices.len()).collect::<Vec<_>>());
        assert_eq!(Device::new(runtime, 0).unwrap(), devices[0]);
        assert!(std::ptr::eq(devices[0].runtime(), runtime));
    }
}

#[test]
fn an_ordinal_beyond_the_last_is_refused_with_the_count() {
    for runtime in runtimes() {
        let visible = Device::all_of(runtime).unwrap().len();
        for ordinal in [visible, usize::MAX] {
            let error = Device::new(runtime, ordinal).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::DeviceOutOfRange { ordinal: o, count: c, .. } if (*o, *c) == (ordinal, visible))
            );
            assert!(error.to_string().contains(&ordinal.to_string()), "{error}");
        }
    }
}

#[test]
fn no_device_is_an_error_and_not_an_empty_list() {
    let runtime = recorder(runtimes()[0]);
    pretend_devices(0);
    let error = Device::all_of(runtime).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoDevice { .. }), "{error}");
    assert!(error.to_string().contains("recorder"), "{error}");
}

#[test]
fn a_device_describes_itself() {
    on_each(|device| {
        assert!(!device.name().unwrap().is_empty());
        assert_ne!(device.uuid().unwrap(), Uuid([0; 16]));
        let pci = device.pci_bus_id().unwrap();
        assert!(pci.contains(':') && pci.contains('.'), "{pci}");
        let memory = device.memory_info().unwrap();
        assert!(memory.free > 0 && memory.free <= memory.total);
        assert!(device.total_memory().unwrap() >= memory.total);
        let capability = device.compute_capability().unwrap();
        assert!(capability.major > 0);
        assert_eq!(capability.to_string(), format!("{}.{}", capability.major, capability.minor));
        assert_eq!(device.to_string(), "device 0");
        assert!(format!("{device:?}").starts_with("Device(device 0 of "));
    });
}

#[test]
fn a_uuid_prints_in_the_usual_groups() {
    let uuid = Uuid(std::array::from_fn(|index| index as u8));
    assert_eq!(uuid.to_string(), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    assert_eq!(format!("{uuid:?}"), "Uuid(00010203-0405-0607-0809-0a0b0c0d0e0f)");
}

#[test]
fn an_unknown_attribute_is_an_error_that_names_the_device() {
    on_each(|device| {
        assert!(device.attribute(cudaDeviceAttr::cudaDevAttrMaxThreadsPerBlock).unwrap() > 0);
        let error = device.attribute(cudaDeviceAttr(99_999)).unwrap_err();
        assert!(error.to_string().starts_with("cudaDeviceGetAttribute (device 0)"), "{error}");
    });
}

#[test]
fn devices_of_two_runtimes_differ() {
    for runtime in runtimes() {
        let first = Device::new(runtime, 0).unwrap();
        let second = Device::new(recorder(runtime), 0).unwrap();
        assert_ne!(first, second);
        #[expect(clippy::mutable_key_type, reason = "a runtime is compared and hashed by its address")]
        let set: std::collections::HashSet<Device> = [first, second, first].into();
        assert_eq!(set.len(), 2);
    }
}

#[test]
fn tests_of_two_devices_run_where_there_is_one() {
    for behind in runtimes() {
        let runtime = recorder(behind);
        pretend_devices(1);
        let (first, second) = two_devices(runtime);
        assert!(std::ptr::eq(first.runtime(), second.runtime()) && !std::ptr::eq(first.runtime(), runtime));
        assert_eq!(first.runtime().version().major(), behind.version().major());
        assert_ne!(first, second);
    }
}

#[test]
fn each_call_leaves_the_current_device_as_it_found_it() {
    on_two(|first, second| {
        let current = || {
            let mut ordinal = -1;
            // SAFETY: the pointer is to a live integer.
            unsafe { first.runtime().cudaGetDevice(&raw mut ordinal) }.unwrap();
            ordinal
        };
        for before in [first, second] {
            // SAFETY: the ordinal is a device's.
            unsafe { first.runtime().cudaSetDevice(before.ordinal() as i32) }.unwrap();
            for device in [first, second] {
                let stream = Stream::new(device).unwrap();
                let mut memory = DeviceMemory::<u8>::zeroed(device, 64).unwrap();
                memory.copy_from_host(&[1; 64]).unwrap();
                memory.to_vec().unwrap();
                device.memory_info().unwrap();
                device.synchronize().unwrap();
                stream.synchronize().unwrap();
                Stream::legacy(device).synchronize().unwrap();
                Stream::per_thread(device).synchronize().unwrap();
                drop((stream, memory));
                assert_eq!(current(), before.ordinal() as i32);
            }
        }
        // SAFETY: as above.
        unsafe { first.runtime().cudaSetDevice(0) }.unwrap();
    });
}

#[test]
fn the_current_device_is_put_back_after_a_failure_too() {
    on_two(|first, _second| {
        let runtime = recorder(first.runtime());
        let second = Device::new(runtime, 1).unwrap();
        calls();
        fail_next("cudaMemGetInfo", cuda_safe::cuda_sys::cudart::cudaError_t::cudaErrorInvalidValue);
        second.memory_info().unwrap_err();
        let seen = calls();
        assert_eq!(
            seen,
            ["cudaGetDevice", "cudaSetDevice", "cudaMemGetInfo", "cudaPeekAtLastError", "cudaSetDevice"]
        );
    });
}

#[test]
fn a_device_that_is_alone_pays_nothing_for_being_current() {
    for runtime in runtimes() {
        let runtime = recorder(runtime);
        pretend_devices(1);
        let device = Device::new(runtime, 0).unwrap();
        calls();
        device.memory_info().unwrap();
        Stream::legacy(device).synchronize().unwrap();
        assert_eq!(calls(), ["cudaMemGetInfo", "cudaStreamSynchronize"]);
    }
}

#[test]
fn a_created_stream_never_touches_the_current_device() {
    for runtime in runtimes() {
        let runtime = recorder(runtime);
        pretend_devices(2);
        let device = Device::new(runtime, 0).unwrap();
        let stream = Stream::new(device).unwrap();
        calls();
        stream.synchronize().unwrap();
        stream.query().unwrap();
        assert_eq!(calls(), ["cudaStreamSynchronize", "cudaStreamQuery"]);
        Stream::legacy(device).synchronize().unwrap();
        assert_eq!(calls(), ["cudaGetDevice", "cudaStreamSynchronize"]);
    }
}

#[test]
fn the_current_device_is_found() {
    on_two(|first, second| {
        for device in [second, first] {
            // SAFETY: the ordinal is a device's.
            unsafe { first.runtime().cudaSetDevice(device.ordinal() as i32) }.unwrap();
            assert_eq!(Device::current(first.runtime()).unwrap(), device);
        }
    });
}
