//! Nothing is lost: after ten thousand allocations, copies and frees the device has as much free memory as before.

use cuda_safe::{Device, DeviceMemory, MemoryPool, PinnedMemory, Stream};
use libtest_mimic::Failed;
use tests::checks;

const THREADS: usize = 8;
const STREAMS: usize = 4;
const ROUNDS: usize = 10_000 / THREADS;

fn main() -> std::process::ExitCode {
    tests::run_one_by_one(&[(
        "leaks",
        checks![
            ten_thousand_allocations_over_threads_and_streams_lose_nothing,
            a_thousand_streams_and_events_lose_nothing,
            failed_allocations_lose_nothing,
        ],
    )])
}

/// Free bytes once the device is idle and nothing is kept back.
fn free(device: Device) -> Result<usize, Failed> {
    device.synchronize()?;
    MemoryPool::default_of(device)?.trim_to(0)?;
    Ok(device.memory_info()?.free)
}

fn churn(device: Device, streams: &[Stream], pool: &MemoryPool, rounds: usize) -> cuda_safe::Result<()> {
    std::thread::scope(|threads| {
        let workers: Vec<_> = (0..THREADS)
            .map(|thread| {
                threads.spawn(move || -> cuda_safe::Result<()> {
                    for round in 0..rounds {
                        let stream = &streams[(thread + round) % STREAMS];
                        let len = 1 + (thread * 7919 + round * 104_729) % 100_000;
                        let value = (thread + round) as u8;
                        let mut memory = if round % 2 == 0 {
                            DeviceMemory::<u8>::new(device, len)?
                        } else {
                            DeviceMemory::<u8>::from_pool(pool, stream, len)?
                        };
                        let source = vec![value; len];
                        let mut back = vec![0u8; len];
                        stream.scope(|scope| scope.copy_to_device(&source, memory.view_mut()))?;
                        stream.scope(|scope| scope.copy_to_host(memory.view(), &mut back))?;
                        assert!(back == source, "thread {thread}, round {round}");
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("no thread panics"))
    })
}

fn ten_thousand_allocations_over_threads_and_streams_lose_nothing(device: Device) -> Result<(), Failed> {
    let streams: Vec<_> = (0..STREAMS).map(|_| Stream::new(device)).collect::<Result<_, _>>()?;
    let pool = MemoryPool::default_of(device)?;
    churn(device, &streams, &pool, 20)?; // what the runtime sets up once, it sets up here
    let before = free(device)?;
    churn(device, &streams, &pool, ROUNDS)?;
    assert_eq!(free(device)?, before, "bytes free after, and before");
    Ok(())
}

fn a_thousand_streams_and_events_lose_nothing(device: Device) -> Result<(), Failed> {
    let round = || -> Result<(), Failed> {
        let stream = Stream::new(device)?;
        let event = cuda_safe::Event::new(device)?;
        let pinned = PinnedMemory::<u8>::zeroed(device, 4096)?;
        event.record(stream.as_ref())?;
        drop((stream, event, pinned));
        Ok(())
    };
    (0..50).try_for_each(|_| round())?;
    let before = free(device)?;
    (0..1000).try_for_each(|_| round())?;
    assert_eq!(free(device)?, before);
    Ok(())
}

fn failed_allocations_lose_nothing(device: Device) -> Result<(), Failed> {
    let too_much = device.memory_info()?.total + (1 << 30);
    let before = free(device)?;
    for _ in 0..100 {
        assert!(DeviceMemory::<u8>::new(device, too_much).is_err());
    }
    // A failing allocation makes the driver give back what it kept, so there may be more than before.
    let after = free(device)?;
    assert!(after >= before, "{after} bytes free after, {before} before");
    Ok(())
}
