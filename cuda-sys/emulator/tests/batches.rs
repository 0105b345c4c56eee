//! `cudaMemcpyBatchAsync` in both shapes.

mod support;

use std::ptr;

use cudart::{cudaMemcpySrcAccessOrder as Order, v12, v13};
use support::*;

#[test]
fn cuda_13_copies_a_batch() {
    let cuda = cuda();
    let calls = cuda.v13().unwrap();
    let (stream, a, b, source) = (non_blocking(), malloc(8), malloc(8), [[1_u8; 8], [2; 8]]);
    let mut attributes = [v13::cudaMemcpyAttributes::default()];
    attributes[0].srcAccessOrder = Order::cudaMemcpySrcAccessOrderDuringApiCall;
    let (to, from) = ([a, b], [source[0].as_ptr().cast(), source[1].as_ptr().cast()]);
    let mut first = [0];
    let mut issue = |count: usize, stream| {
        code!(calls.cudaMemcpyBatchAsync(
            to.as_ptr(),
            from.as_ptr(),
            [8, 8].as_ptr(),
            count,
            attributes.as_mut_ptr(),
            first.as_mut_ptr(),
            1,
            stream
        ))
    };
    assert_eq!(issue(2, stream), SUCCESS);
    assert_eq!(issue(0, stream), INVALID_VALUE);
    assert_eq!(issue(2, LEGACY), INVALID_VALUE);
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!((download(a, 8), download(b, 8)), (vec![1; 8], vec![2; 8]));
    ok!(cuda.cudaStreamDestroy(stream));
    free(a);
    free(b);
}

#[test]
fn cuda_12_names_the_copy_that_is_wrong_and_issues_none() {
    let cuda = runtime(Flavour::Cuda12);
    let calls = cuda.v12().unwrap();
    let (stream, a, b) = (non_blocking(), upload(&[0; 8]), malloc(8));
    let mut sizes = [8, 9];
    let source = [[1_u8; 9]; 2];
    let (mut to, mut from) =
        ([a, b], [source[0].as_ptr().cast_mut().cast(), source[1].as_ptr().cast_mut().cast()]);
    let mut attributes = [v12::cudaMemcpyAttributes::default()];
    attributes[0].srcAccessOrder = Order::cudaMemcpySrcAccessOrderStream;
    let (mut first, mut failed) = ([0], 77);
    let mut issue = |attributes: *mut _, failed: *mut usize| {
        code!(calls.cudaMemcpyBatchAsync(
            to.as_mut_ptr(),
            from.as_mut_ptr(),
            sizes.as_mut_ptr(),
            2,
            attributes,
            first.as_mut_ptr(),
            1,
            failed,
            stream
        ))
    };
    assert_eq!(issue(attributes.as_mut_ptr(), &mut failed), INVALID_VALUE);
    assert_eq!(failed, 1);
    assert_eq!(issue(ptr::null_mut(), &mut failed), INVALID_VALUE);
    attributes[0].srcAccessOrder = Order(9);
    assert_eq!(issue(attributes.as_mut_ptr(), &mut failed), INVALID_VALUE);
    assert_eq!(failed, usize::MAX);
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(download(a, 8), [0; 8]);
    ok!(cuda.cudaStreamDestroy(stream));
    free(a);
    free(b);
}
