//! A delay for asynchronous work: missing synchronisation becomes visible. One program of its own, since the delay holds for
//! the whole process.

mod support;

use std::time::{Duration, Instant};

use support::*;

#[test]
fn asynchronous_work_begins_only_after_the_delay() {
    let delay = Duration::from_millis(150);
    let config = cuda_emulator::Config { async_delay: delay, ..Default::default() };
    cuda_emulator::configure(config).unwrap();
    let cuda = cuda();
    let (stream, device, target, begin) = (non_blocking(), malloc(64), pinned(64, 1), Instant::now());
    ok!(cuda.cudaMemsetAsync(device, 2, 64, stream));
    ok!(cuda.cudaMemcpyAsync(target.cast(), device, 64, D2H, stream));
    // SAFETY: pinned memory of this test.
    assert_eq!(unsafe { target.read_volatile() }, 1, "a reader that does not wait sees the old bytes");
    ok!(cuda.cudaStreamSynchronize(stream));
    assert!(begin.elapsed() >= delay);
    // SAFETY: pinned memory of this test, which nothing writes any more.
    assert_eq!(unsafe { target.read_volatile() }, 2);

    cuda_emulator::set_async_delay(Duration::ZERO);
    let begin = Instant::now();
    ok!(cuda.cudaMemsetAsync(device, 3, 64, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert!(begin.elapsed() < delay);
    assert!(cuda_emulator::configure(cuda_emulator::Config::default()).is_err());
}
