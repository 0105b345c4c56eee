//! Stream-ordered memory. Each test has a device of its own, so that its figures are exact.

mod support;

use std::ffi::c_void;
use std::ptr;

use cudart::{cudaMemAllocationType, cudaMemLocationType, cudaMemPool_t, cudaMemPoolAttr as Attr, v12, v13};
use support::*;

const CHUNK: u64 = 2 << 20;

fn allocate(size: usize, stream: cudaStream_t) -> *mut c_void {
    let (cuda, mut pointer) = (cuda(), ptr::null_mut());
    ok!(cuda.cudaMallocAsync(&mut pointer, size, stream));
    pointer
}

fn default_pool(device: i32) -> cudaMemPool_t {
    let (cuda, mut pool) = (cuda(), ptr::null_mut());
    ok!(cuda.cudaDeviceGetDefaultMemPool(&mut pool, device));
    pool
}

fn long(pool: cudaMemPool_t, attribute: Attr) -> u64 {
    let (cuda, mut value) = (cuda(), 0_u64);
    ok!(cuda.cudaMemPoolGetAttribute(pool, attribute, (&raw mut value).cast()));
    value
}

fn available() -> usize {
    let (cuda, mut available, mut total) = (cuda(), 0, 0);
    ok!(cuda.cudaMemGetInfo(&mut available, &mut total));
    available
}

fn make(device: i32, max_size: usize) -> cudaMemPool_t {
    let (cuda, mut pool) = (cuda().v13().unwrap(), ptr::null_mut());
    let kind = cudaMemAllocationType::cudaMemAllocationTypePinned;
    let mut wish = v13::cudaMemPoolProps { allocType: kind, maxSize: max_size, ..Default::default() };
    wish.location.type_ = cudaMemLocationType::cudaMemLocationTypeDevice;
    wish.location.__bindgen_anon_1.id = device;
    ok!(cuda.cudaMemPoolCreate(&mut pool, &wish));
    pool
}

#[test]
fn freed_memory_returns_to_the_device_when_it_is_synchronised() {
    let (cuda, own) = own_device();
    let (before, pool) = (available(), default_pool(own));
    let pointer = allocate(1000, LEGACY);
    assert_eq!(before - available(), CHUNK as usize);
    assert_eq!(
        (
            long(pool, Attr::cudaMemPoolAttrUsedMemCurrent),
            long(pool, Attr::cudaMemPoolAttrReservedMemCurrent)
        ),
        (1024, CHUNK)
    );
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
    ok!(cuda.cudaDeviceSynchronize());
    assert_eq!(available(), before);
    assert_eq!(long(pool, Attr::cudaMemPoolAttrUsedMemHigh), 1024);
    assert_eq!(long(pool, Attr::cudaMemPoolAttrReservedMemHigh), CHUNK);
    let mut zero = 0_u64;
    ok!(cuda.cudaMemPoolSetAttribute(pool, Attr::cudaMemPoolAttrUsedMemHigh, (&raw mut zero).cast()));
    assert_eq!(long(pool, Attr::cudaMemPoolAttrUsedMemHigh), 0);
    let mut one = 1_u64;
    assert_eq!(
        code!(cuda.cudaMemPoolSetAttribute(pool, Attr::cudaMemPoolAttrUsedMemHigh, (&raw mut one).cast())),
        INVALID_VALUE
    );
}

#[test]
fn a_pool_that_gave_its_surplus_back_for_itself_reserves_it_again() {
    const MIB: usize = 1 << 20;
    let (cuda, own) = own_device();
    let (pool, before, mut threshold) = (default_pool(own), available(), u64::MAX);
    assert_eq!(before, 256 * MIB);
    ok!(cuda.cudaMemPoolSetAttribute(
        pool,
        Attr::cudaMemPoolAttrReleaseThreshold,
        (&raw mut threshold).cast()
    ));
    ok!(cuda.cudaFreeAsync(allocate(60 * MIB, LEGACY), LEGACY));
    ok!(cuda.cudaDeviceSynchronize());
    let large = malloc(190 * MIB);
    // With the 60 MiB still in the pool 20 more would do, but they are not there, and without the 60 it needs 80.
    let mut refused = ptr::null_mut();
    assert_eq!(code!(cuda.cudaMallocAsync(&mut refused, 80 * MIB, LEGACY)), MEMORY_ALLOCATION);
    assert_eq!(available(), before - 190 * MIB);
    let fits = allocate(64 * MIB, LEGACY);
    let reserved = long(pool, Attr::cudaMemPoolAttrReservedMemCurrent);
    assert_eq!(reserved, long(pool, Attr::cudaMemPoolAttrUsedMemCurrent));
    assert_eq!(available(), before - 190 * MIB - 64 * MIB);
    ok!(cuda.cudaFreeAsync(fits, LEGACY));
    free(large);
}

#[test]
fn a_release_threshold_keeps_memory_in_the_pool() {
    let (cuda, own) = own_device();
    let (before, pool) = (available(), default_pool(own));
    let mut threshold = u64::MAX;
    ok!(cuda.cudaMemPoolSetAttribute(
        pool,
        Attr::cudaMemPoolAttrReleaseThreshold,
        (&raw mut threshold).cast()
    ));
    let pointer = allocate(1000, LEGACY);
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
    ok!(cuda.cudaDeviceSynchronize());
    assert_eq!(before - available(), CHUNK as usize);
    ok!(cuda.cudaMemPoolTrimTo(pool, 1));
    assert_eq!(before - available(), CHUNK as usize);
    ok!(cuda.cudaMemPoolTrimTo(pool, 0));
    assert_eq!(available(), before);
}

#[test]
fn memory_that_a_pool_keeps_is_given_up_when_others_need_it() {
    let (cuda, own) = own_device();
    let mut threshold = u64::MAX;
    ok!(cuda.cudaMemPoolSetAttribute(
        default_pool(own),
        Attr::cudaMemPoolAttrReleaseThreshold,
        (&raw mut threshold).cast()
    ));
    let size = available() / 2 + 1;
    let pointer = allocate(size, LEGACY);
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
    ok!(cuda.cudaDeviceSynchronize());
    free(malloc(size));
    // Also while the free is only issued: the allocation waits for it.
    let pointer = allocate(size, LEGACY);
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
    let pointer = allocate(size - 4096, LEGACY);
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
}

#[test]
fn memory_freed_in_a_stream_comes_back_in_the_same_stream() {
    let (cuda, own) = own_device();
    let stream = non_blocking();
    let held = hold(stream);
    let first = allocate(100, stream);
    ok!(cuda.cudaMemsetAsync(first, 1, 100, stream));
    ok!(cuda.cudaFreeAsync(first, stream));
    let second = allocate(100, stream);
    assert_eq!(first, second);
    ok!(cuda.cudaMemsetAsync(second, 2, 50, stream));
    drop(held);
    ok!(cuda.cudaStreamSynchronize(stream));
    let mut expected = [0xCD; 100];
    expected[..50].fill(2);
    assert_eq!(download(second, 100), expected);
    ok!(cuda.cudaFreeAsync(second, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(long(default_pool(own), Attr::cudaMemPoolAttrUsedMemCurrent), 0);
    ok!(cuda.cudaStreamDestroy(stream));
}

#[test]
fn memory_cannot_be_used_once_its_free_was_issued() {
    let (cuda, _) = own_device();
    let (stream, pointer) = (non_blocking(), allocate(64, LEGACY));
    ok!(cuda.cudaStreamSynchronize(LEGACY));
    let held = hold(stream);
    ok!(cuda.cudaFreeAsync(pointer, stream));
    assert_eq!(code!(cuda.cudaFreeAsync(pointer, stream)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaFree(pointer)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemsetAsync(pointer, 0, 64, stream)), INVALID_VALUE);
    drop(held);
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(code!(cuda.cudaFreeAsync(ptr::null_mut(), stream)), INVALID_VALUE);
    ok!(cuda.cudaStreamDestroy(stream));
}

#[test]
fn a_pool_of_its_own_has_its_own_limit() {
    let (cuda, own) = own_device();
    let (pool, mut pointer, mut other) = (make(own, 4096), ptr::null_mut(), ptr::null_mut());
    ok!(cuda.cudaMallocFromPoolAsync(&mut pointer, 4096, pool, LEGACY));
    assert_eq!(code!(cuda.cudaMallocFromPoolAsync(&mut other, 1, pool, LEGACY)), MEMORY_ALLOCATION);
    assert_eq!(long(pool, Attr::cudaMemPoolAttrUsedMemCurrent), 4096);
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
    ok!(cuda.cudaStreamSynchronize(LEGACY));
    ok!(cuda.cudaMemPoolDestroy(pool));
    assert_eq!(code!(cuda.cudaMemPoolDestroy(default_pool(own))), INVALID_VALUE);
}

#[test]
fn a_destroyed_pool_lives_as_long_as_its_memory() {
    let (cuda, own) = own_device();
    let before = available();
    let (pool, mut pointer) = (make(own, 0), ptr::null_mut());
    ok!(cuda.cudaMallocFromPoolAsync(&mut pointer, 64, pool, LEGACY));
    ok!(cuda.cudaMemPoolDestroy(pool));
    ok!(cuda.cudaMemset(pointer, 1, 64));
    assert_eq!(download(pointer, 64), [1; 64]);
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
    ok!(cuda.cudaDeviceSynchronize());
    assert_eq!(available(), before);
}

#[test]
fn the_current_pool_is_the_one_that_was_set() {
    let (cuda, own) = own_device();
    let (pool, mut current) = (make(own, 0), ptr::null_mut());
    ok!(cuda.cudaDeviceSetMemPool(own, pool));
    ok!(cuda.cudaDeviceGetMemPool(&mut current, own));
    assert_eq!(current, pool);
    let pointer = allocate(64, LEGACY);
    assert_eq!(long(pool, Attr::cudaMemPoolAttrUsedMemCurrent), 512);
    ok!(cuda.cudaFreeAsync(pointer, LEGACY));
    ok!(cuda.cudaMemPoolDestroy(pool));
    ok!(cuda.cudaDeviceGetMemPool(&mut current, own));
    assert_eq!(current, default_pool(own));
    assert_eq!(code!(cuda.cudaDeviceSetMemPool(own + 1, default_pool(own))), 101);
}

#[test]
fn another_device_needs_the_pools_permission() {
    let (cuda, own) = own_device();
    let pointer = allocate(64, LEGACY);
    ok!(cuda.cudaDeviceSynchronize());
    let (_, other) = own_device();
    assert_eq!(code!(cuda.cudaMemset(pointer, 1, 64)), INVALID_VALUE);
    let wish = v12::cudaMemAccessDesc {
        location: v12::cudaMemLocation { type_: cudaMemLocationType::cudaMemLocationTypeDevice, id: other },
        flags: cudart::cudaMemAccessFlags::cudaMemAccessFlagsProtReadWrite,
    };
    let v12 = runtime(Flavour::Cuda12).v12().unwrap();
    ok!(v12.cudaMemPoolSetAccess(default_pool(own), &wish, 1));
    ok!(cuda.cudaMemset(pointer, 1, 64));
    ok!(cuda.cudaDeviceSynchronize());
    let (mut flags, mut location) = (cudart::cudaMemAccessFlags(9), wish.location);
    ok!(v12.cudaMemPoolGetAccess(&mut flags, default_pool(own), &mut location));
    assert_eq!(flags.0, 3);
    location.id = (other + 1) % 64;
    ok!(v12.cudaMemPoolGetAccess(&mut flags, default_pool(own), &mut location));
    assert_eq!(flags.0, 0);
    assert_eq!(download(pointer, 64), [1; 64]);
    ok!(cuda.cudaFree(pointer));
}

#[test]
fn a_pool_that_cannot_be_emulated_is_refused() {
    let (cuda, _) = own_device();
    let (cuda, mut pool) = (cuda.v13().unwrap(), ptr::null_mut());
    let mut wish = v13::cudaMemPoolProps::default();
    assert_eq!(code!(cuda.cudaMemPoolCreate(&mut pool, &wish)), INVALID_VALUE);
    wish.allocType = cudaMemAllocationType::cudaMemAllocationTypePinned;
    wish.location.type_ = cudaMemLocationType::cudaMemLocationTypeHost;
    assert_eq!(code!(cuda.cudaMemPoolCreate(&mut pool, &wish)), 801);
    wish.location.type_ = cudaMemLocationType::cudaMemLocationTypeDevice;
    wish.location.__bindgen_anon_1.id = 64;
    assert_eq!(code!(cuda.cudaMemPoolCreate(&mut pool, &wish)), 101);
    assert_eq!(code!(cuda.cudaMemPoolCreate(&mut pool, ptr::null())), INVALID_VALUE);
}

#[test]
fn cuda_13_names_pools_by_location() {
    let (cuda, own) = own_device();
    let (cuda, mut pool) = (cuda.v13().unwrap(), ptr::null_mut());
    let kind = cudaMemLocationType::cudaMemLocationTypeDevice;
    let mut location = v13::cudaMemLocation { type_: kind, ..Default::default() };
    location.__bindgen_anon_1.id = own;
    let pinned = cudaMemAllocationType::cudaMemAllocationTypePinned;
    ok!(cuda.cudaMemGetDefaultMemPool(&mut pool, &mut location, pinned));
    assert_eq!(pool, default_pool(own));
    let own = make(own, 0);
    ok!(cuda.cudaMemSetMemPool(&mut location, pinned, own));
    ok!(cuda.cudaMemGetMemPool(&mut pool, &mut location, pinned));
    assert_eq!(pool, own);
}
