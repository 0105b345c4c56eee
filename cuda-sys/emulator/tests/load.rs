//! Many calls: nothing leaks, nothing is slow..

mod support;

use std::time::Instant;

use support::*;

fn available() -> usize {
    let (cuda, mut available, mut total) = (cuda(), 0, 0);
    ok!(cuda.cudaMemGetInfo(&mut available, &mut total));
    available
}

fn round(cuda: &Runtime, host: &mut [u8], stream: cudaStream_t) {
    let device = malloc(host.len());
    ok!(cuda.cudaMemcpyAsync(device, host.as_ptr().cast(), host.len(), H2D, stream));
    ok!(cuda.cudaMemcpyAsync(host.as_mut_ptr().cast(), device, host.len(), D2H, stream));
    free(device);
}

#[test]
fn ten_thousand_rounds_are_quick_and_leave_nothing_behind() {
    let (cuda, _) = own_device();
    let (before, begin) = (available(), Instant::now());
    let mut host = vec![1; 4096];
    for _ in 0..10_000 {
        round(cuda, &mut host, LEGACY);
    }
    let alone = begin.elapsed();
    assert_eq!(host, [1; 4096]);
    assert_eq!(available(), before);
    println!("10,000 allocate, copy, copy back, free: {alone:?}");
    // A build without optimisation on a busy machine may take several times the second that an optimised one stays below.
    assert!(alone.as_secs() < if cfg!(debug_assertions) { 20 } else { 5 }, "{alone:?}");
}

#[test]
fn threads_and_streams_share_a_device() {
    let (cuda, own) = own_device();
    let before = available();
    std::thread::scope(|scope| {
        for seed in 0..8_u8 {
            scope.spawn(move || {
                ok!(cuda.cudaSetDevice(own));
                let stream = if seed % 2 == 0 { stream(0) } else { non_blocking() };
                let mut host = vec![seed; 1000];
                for _ in 0..200 {
                    round(cuda, &mut host, stream);
                }
                assert_eq!(host, [seed; 1000]);
                ok!(cuda.cudaStreamDestroy(stream));
            });
        }
    });
    assert_eq!(available(), before);
}
