//! What was not freed, and who allocated it. The only test of its program: it counts everything.

mod support;

use std::ptr;

use cuda_emulator::{LeakKind, leak_report, leaks};
use support::*;

#[inline(never)]
fn forgetful() -> *mut std::ffi::c_void {
    malloc(100)
}

#[test]
fn leaks_are_reported_by_allocation_site() {
    assert!(leaks().is_empty());
    let (cuda, device) = own_device();
    let (mut pool, mut managed, mut own) = (ptr::null_mut(), ptr::null_mut(), [0_u8; 8]);
    let first = forgetful();
    let second = forgetful();
    ok!(cuda.cudaMallocAsync(&mut pool, 300, LEGACY));
    ok!(cuda.cudaMallocManaged(&mut managed, 400, 1));
    let host = pinned(500, 0);
    ok!(cuda.cudaHostRegister(own.as_mut_ptr().cast(), 8, 0));

    let found = leaks();
    let mut kinds: Vec<_> =
        found.iter().map(|leak| (leak.kind, leak.size, leak.device == device as usize)).collect();
    kinds.sort_by_key(|&(_, size, _)| size);
    let expected = [
        (LeakKind::Registered, 8, true),
        (LeakKind::Device, 100, true),
        (LeakKind::Device, 100, true),
        (LeakKind::Pool, 300, true),
        (LeakKind::Managed, 400, true),
        (LeakKind::Pinned, 500, true),
    ];
    assert_eq!(kinds, expected);
    let leak = found.iter().find(|leak| leak.address == first.addr()).unwrap();
    let stack = format!("{leak:#}");
    assert!(leak.site().unwrap().contains("leaks"), "{stack}");
    assert!(stack.contains("forgetful") && stack.contains("leaks.rs"), "{stack}");
    assert!(leak_report().contains("2 x Device memory"), "{}", leak_report());

    free(first);
    free(second);
    ok!(cuda.cudaFreeAsync(pool, LEGACY)); // counts as freed from here on
    free(managed);
    ok!(cuda.cudaFreeHost(host.cast()));
    ok!(cuda.cudaHostUnregister(own.as_mut_ptr().cast()));
    assert_eq!(leak_report(), "");
}
