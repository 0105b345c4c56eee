//! What devices say of themselves, and how errors are named, in both flavours.

mod support;

use std::ffi::CStr;

use cudart::cudaDeviceAttr as Attr;
use support::*;

#[test]
fn devices_are_counted_and_chosen() {
    let (cuda, own) = own_device();
    let (mut count, mut current) = (0, -1);
    ok!(cuda.cudaGetDeviceCount(&mut count));
    assert_eq!(count, 64);
    ok!(cuda.cudaGetDevice(&mut current));
    assert_eq!(current, own);
    assert_eq!(code!(cuda.cudaSetDevice(64)), 101);
    assert_eq!(code!(cuda.cudaSetDevice(-1)), 101);
    ok!(cuda.cudaGetDevice(&mut current));
    assert_eq!(current, own);
}

#[test]
fn the_current_device_belongs_to_the_thread() {
    let (cuda, own) = own_device();
    ok!(cuda.cudaSetDevice(own));
    let elsewhere = std::thread::spawn(move || {
        let mut current = -1;
        ok!(cuda.cudaGetDevice(&mut current));
        current
    });
    assert_eq!(elsewhere.join().unwrap(), 0);
}

#[test]
fn versions_follow_the_flavour() {
    own_device();
    for (flavour, expected) in [(Flavour::Cuda12, 12090), (Flavour::Cuda13, 13050)] {
        let (cuda, mut version, mut driver) = (runtime(flavour), 0, 0);
        ok!(cuda.cudaRuntimeGetVersion(&mut version));
        ok!(cuda.cudaDriverGetVersion(&mut driver));
        assert_eq!((version, cuda.version().major()), (expected, if expected < 13000 { 12 } else { 13 }));
        assert!(driver >= version);
    }
}

#[test]
fn both_flavours_describe_the_same_device() {
    let (cuda, own) = own_device();
    let (mut new, mut old) = (cudart::v13::cudaDeviceProp::default(), cudart::v12::cudaDeviceProp::default());
    let (v12, v13) = (runtime(Flavour::Cuda12).v12().unwrap(), cuda.v13().unwrap());
    ok!(v13.cudaGetDeviceProperties(&mut new, own));
    ok!(v12.cudaGetDeviceProperties_v2(&mut old, own));
    // SAFETY: the name is terminated within its array, which is zeroed at first and longer.
    let name = unsafe { CStr::from_ptr(new.name.as_ptr()) };
    assert_eq!(name.to_str(), Ok(format!("Emulated CUDA Device {own}").as_str()));
    assert_eq!(
        (new.name, new.uuid.bytes, new.totalGlobalMem),
        (old.name, old.uuid.bytes, old.totalGlobalMem)
    );
    assert_eq!(new.totalGlobalMem, 1 << 28);
    let (mut major, mut bus) = (0, 0);
    ok!(cuda.cudaDeviceGetAttribute(&mut major, Attr::cudaDevAttrComputeCapabilityMajor, own));
    ok!(cuda.cudaDeviceGetAttribute(&mut bus, Attr::cudaDevAttrPciBusId, own));
    assert_eq!((new.major, new.pciBusID), (major, bus));
    assert_eq!(code!(cuda.cudaDeviceGetAttribute(&mut major, Attr(9999), own)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaDeviceGetAttribute(&mut major, Attr::cudaDevAttrWarpSize, 99)), 101);
}

#[test]
fn a_pci_address_leads_back_to_the_device() {
    let (cuda, own) = own_device();
    let (mut text, mut found) = ([0x7F; 13], -1);
    ok!(cuda.cudaDeviceGetPCIBusId(text.as_mut_ptr(), 13, own));
    ok!(cuda.cudaDeviceGetByPCIBusId(&mut found, text.as_ptr()));
    assert_eq!(found, own);
    assert_eq!(code!(cuda.cudaDeviceGetPCIBusId(text.as_mut_ptr(), 12, own)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaDeviceGetByPCIBusId(&mut found, c"0000:ff:00.0".as_ptr())), 101);
}

#[test]
fn device_flags_are_kept() {
    let (cuda, own) = own_device();
    let mut flags = 0;
    ok!(cuda.cudaSetDeviceFlags(cudart::cudaDeviceScheduleYield));
    ok!(cuda.cudaGetDeviceFlags(&mut flags));
    assert_eq!(flags & cudart::cudaDeviceScheduleMask, cudart::cudaDeviceScheduleYield);
    ok!(cuda.cudaInitDevice(own, cudart::cudaDeviceScheduleSpin, 1));
    ok!(cuda.cudaGetDeviceFlags(&mut flags));
    assert_eq!(flags & cudart::cudaDeviceScheduleMask, cudart::cudaDeviceScheduleSpin);
    assert_eq!(code!(cuda.cudaSetDeviceFlags(0x1000)), INVALID_VALUE);
}

#[test]
fn errors_have_cudas_names_and_a_description() {
    for flavour in [Flavour::Cuda12, Flavour::Cuda13] {
        let cuda = runtime(flavour);
        let text = |code: u32| {
            let code = cudart::cudaError_t(code);
            // SAFETY: the function takes any code.
            let name = unsafe { cuda.cudaGetErrorName(code) };
            // SAFETY: the function takes any code.
            let meaning = unsafe { cuda.cudaGetErrorString(code) };
            // SAFETY: both give terminated strings that live as long as the process.
            [name, meaning].map(|text| unsafe { CStr::from_ptr(text.unwrap()) }.to_str().unwrap())
        };
        assert_eq!(text(2)[0], "cudaErrorMemoryAllocation");
        assert!(text(2)[1].contains("memory"));
        assert_eq!(text(12345)[0], "unrecognized error code");
        assert_eq!(text(10)[0] == "cudaErrorVersionTranslation", flavour == Flavour::Cuda13);
    }
}
