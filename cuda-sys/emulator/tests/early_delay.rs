//! A delay that is set before the first CUDA call. A program of its own, since there is one first call a process.

mod support;

use std::time::{Duration, Instant};

use support::*;

#[test]
fn a_delay_set_before_the_first_call_holds() {
    let delay = Duration::from_millis(100);
    cuda_emulator::set_async_delay(delay);
    let (cuda, stream, device, begin) = (cuda(), non_blocking(), malloc(64), Instant::now());
    ok!(cuda.cudaMemsetAsync(device, 2, 64, stream));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert!(begin.elapsed() >= delay, "{:?}", begin.elapsed());
}
