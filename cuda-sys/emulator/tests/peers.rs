//! Two devices: peer access and copies between them.

mod support;

use support::*;

#[test]
fn a_device_reaches_memory_of_a_peer_while_access_is_on() {
    let (cuda, mut can, pointer) = (cuda(), 9, malloc(64));
    ok!(cuda.cudaSetDevice(1));
    ok!(cuda.cudaDeviceCanAccessPeer(&mut can, 1, 0));
    assert_eq!(can, 1);
    ok!(cuda.cudaDeviceCanAccessPeer(&mut can, 1, 1));
    assert_eq!(can, 0);
    assert_eq!(code!(cuda.cudaDeviceCanAccessPeer(&mut can, 1, 2)), 101);
    assert_eq!(code!(cuda.cudaDeviceDisablePeerAccess(0)), 705);
    assert_eq!(code!(cuda.cudaMemset(pointer, 1, 64)), INVALID_VALUE);
    ok!(cuda.cudaDeviceEnablePeerAccess(0, 0));
    ok!(cuda.cudaMemset(pointer, 1, 64));
    assert_eq!(code!(cuda.cudaDeviceEnablePeerAccess(0, 0)), 704);
    assert_eq!(code!(cuda.cudaDeviceEnablePeerAccess(0, 1)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaDeviceEnablePeerAccess(1, 0)), 101);
    ok!(cuda.cudaDeviceSynchronize());
    ok!(cuda.cudaDeviceDisablePeerAccess(0));
    assert_eq!(code!(cuda.cudaMemset(pointer, 2, 64)), INVALID_VALUE);
    assert_eq!(download(pointer, 64), [1; 64]);
    free(pointer);
}

#[test]
fn bytes_cross_from_device_to_device() {
    let cuda = cuda();
    let from = upload(&[1, 2, 3, 4]);
    ok!(cuda.cudaSetDevice(1));
    let to = malloc(4);
    ok!(cuda.cudaSetDevice(0));
    ok!(cuda.cudaMemcpyPeer(to, 1, from, 0, 4));
    assert_eq!(download(to, 4), [1, 2, 3, 4]);
    ok!(cuda.cudaMemset(from, 9, 4));
    let stream = stream(0);
    ok!(cuda.cudaMemcpyPeerAsync(to, 1, from, 0, 4, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(download(to, 4), [9; 4]);
    ok!(cuda.cudaMemcpy(to, from, 4, DEFAULT));
    assert_eq!(code!(cuda.cudaMemcpyPeer(to, 0, from, 0, 4)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemcpyPeer(to, 1, from, 2, 4)), 101);
    let refill = |bytes: [u8; 4]| {
        ok!(cuda.cudaMemcpy(to, bytes.as_ptr().cast(), 4, DEFAULT));
        ok!(cuda.cudaStreamSynchronize(LEGACY));
    };
    let pitched = |pointer| cudart::cudaPitchedPtr { ptr: pointer, pitch: 2, xsize: 2, ysize: 2 };
    let parameters = cudart::cudaMemcpy3DPeerParms {
        srcPtr: pitched(to),
        srcDevice: 1,
        dstPtr: pitched(from),
        dstDevice: 0,
        extent: cudart::cudaExtent { width: 2, height: 2, depth: 1 },
        ..Default::default()
    };
    refill([5, 6, 7, 8]);
    ok!(cuda.cudaMemcpy3DPeer(&parameters));
    assert_eq!(download(from, 4), [5, 6, 7, 8]);
    refill([4, 3, 2, 1]);
    ok!(cuda.cudaMemcpy3DPeerAsync(&parameters, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(download(from, 4), [4, 3, 2, 1]);
    ok!(cuda.cudaStreamDestroy(stream));
    free(from);
    free(to);
}

#[test]
fn peer_attributes_are_given_for_two_different_devices() {
    let (cuda, mut value) = (cuda(), 9);
    ok!(cuda.cudaDeviceGetP2PAttribute(
        &mut value,
        cudart::cudaDeviceP2PAttr::cudaDevP2PAttrAccessSupported,
        0,
        1
    ));
    assert_eq!(value, 1);
    let same = code!(cuda.cudaDeviceGetP2PAttribute(&mut value, cudart::cudaDeviceP2PAttr(2), 0, 0));
    assert_eq!(same, 101);
    assert_eq!(
        code!(cuda.cudaDeviceGetP2PAttribute(&mut value, cudart::cudaDeviceP2PAttr(99), 0, 1)),
        INVALID_VALUE
    );
}
