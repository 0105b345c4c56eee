//! What the memory around an address is, as the driver tells it.

mod support;

use std::ffi::{CStr, c_void};
use std::ptr;

use cudart::{Allocation, allocation_around, cudaDriverEntryPointQueryResult as Found};
use support::*;

fn range(address: *const c_void) -> Option<Allocation> {
    let answers = [Flavour::Cuda12, Flavour::Cuda13].map(|flavour| {
        // SAFETY: any address may be asked about.
        let (status, range) =
            unsafe { allocation_around(runtime(flavour), address) }.expect("it can be asked");
        assert_eq!(status.0, SUCCESS);
        range
    });
    assert_eq!(answers[0], answers[1]);
    answers[0]
}

#[test]
fn every_kind_of_memory_tells_its_range_from_anywhere_inside() {
    let (cuda, own) = own_device();
    let mut memory = [ptr::null_mut::<c_void>(); 3];
    let [pooled, pinned, managed] = &mut memory;
    ok!(cuda.cudaMallocAsync(pooled, 1000, LEGACY));
    ok!(cuda.cudaHostAlloc(pinned, 1000, 0));
    ok!(cuda.cudaMallocManaged(managed, 1000, 1));
    let device = malloc(1000);
    let all = [
        (device, false, false),
        (memory[0], false, false),
        (memory[1], true, false),
        (memory[2], false, true),
    ];
    for (start, is_host, is_managed) in all {
        let (start_address, size_bytes) = (start.addr(), 1000);
        let expected =
            Some(Allocation { start: start_address, size_bytes, is_host, is_managed, device: own });
        for inside in [0, 1, 999] {
            assert_eq!(range(start.wrapping_byte_add(inside)), expected);
        }
        assert_eq!(range(start.wrapping_byte_add(1000)), None);
    }
    ok!(cuda.cudaFreeAsync(memory[0], LEGACY));
    ok!(cuda.cudaFreeHost(memory[1]));
    ok!(cuda.cudaFree(memory[2]));
    free(device);
    for gone in [device, memory[0], memory[1], memory[2]] {
        assert_eq!(range(gone), None);
    }
}

#[test]
fn memory_that_is_not_cudas_has_no_range() {
    let (_, _) = own_device();
    let host = [0_u8; 16];
    assert_eq!(range(host.as_ptr().cast()), None);
    assert_eq!(range(ptr::null()), None);
    assert_eq!(range(ptr::without_provenance(usize::MAX)), None);
}

#[test]
fn no_other_function_of_the_driver_is_handed_out() {
    let (cuda, _) = own_device();
    let ask = |name: &CStr| {
        let (mut function, mut found) = (ptr::dangling_mut(), Found::cudaDriverEntryPointSuccess);
        ok!(cuda.cudaGetDriverEntryPoint(name.as_ptr(), &mut function, 0, &mut found));
        (function.is_null(), found)
    };
    assert_eq!(ask(c"cuPointerGetAttributes"), (false, Found::cudaDriverEntryPointSuccess));
    assert_eq!(ask(c"cuInit"), (true, Found::cudaDriverEntryPointSymbolNotFound));
}

#[test]
fn a_runtime_that_hands_nothing_out_says_so() {
    let (_, _) = own_device();
    let without = cuda_emulator::runtime_without(Flavour::Cuda12, &["cudaGetDriverEntryPoint"]);
    // SAFETY: any address may be asked about.
    let missing = unsafe { allocation_around(without, ptr::null()) }.unwrap_err();
    assert_eq!(missing.name, "cudaGetDriverEntryPoint");
}
