//! Handles after their objects are gone. Only one test makes any: it relies on nobody else taking a handle.

mod support;

use std::ptr;

use cudart::{cudaMemAllocationType, cudaMemLocationType, v12};
use support::*;

#[test]
fn a_destroyed_object_has_no_handle_until_the_next_one_takes_it() {
    let cuda = cuda();
    let stream = stream(0);
    ok!(cuda.cudaStreamDestroy(stream));
    assert_eq!(code!(cuda.cudaStreamSynchronize(stream)), INVALID_HANDLE);
    assert_eq!(code!(cuda.cudaMemcpyAsync(ptr::null_mut(), ptr::null(), 0, H2D, stream)), INVALID_HANDLE);
    assert_eq!(code!(cuda.cudaStreamDestroy(stream)), INVALID_HANDLE);
    assert_eq!(non_blocking(), stream);

    let event = event();
    ok!(cuda.cudaEventDestroy(event));
    assert_eq!(code!(cuda.cudaEventDestroy(event)), INVALID_HANDLE);
    assert_eq!(code!(cuda.cudaEventQuery(event)), INVALID_HANDLE);
    assert_eq!(code!(cuda.cudaEventRecord(event, stream)), INVALID_HANDLE);
    assert_eq!(code!(cuda.cudaEventQuery(stream.cast())), INVALID_HANDLE);

    let (calls, mut pool, mut pointer) =
        (runtime(Flavour::Cuda12).v12().unwrap(), ptr::null_mut(), ptr::null_mut());
    let wish = v12::cudaMemPoolProps {
        allocType: cudaMemAllocationType::cudaMemAllocationTypePinned,
        location: v12::cudaMemLocation { type_: cudaMemLocationType::cudaMemLocationTypeDevice, id: 0 },
        ..Default::default()
    };
    ok!(calls.cudaMemPoolCreate(&mut pool, &wish));
    ok!(cuda.cudaMemPoolDestroy(pool));
    assert_eq!(code!(cuda.cudaMemPoolDestroy(pool)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMallocFromPoolAsync(&mut pointer, 1, pool, LEGACY)), INVALID_VALUE);
}

#[test]
fn the_default_streams_and_other_values_cannot_be_destroyed() {
    let cuda = cuda();
    for value in [0, 1, 2, 0x1234, usize::MAX] {
        let stream: cudaStream_t = ptr::without_provenance_mut(value);
        assert_eq!(code!(cuda.cudaStreamDestroy(stream)), INVALID_HANDLE);
    }
    assert_eq!(code!(cuda.cudaStreamQuery(ptr::without_provenance_mut(0x1234))), INVALID_HANDLE);
}
