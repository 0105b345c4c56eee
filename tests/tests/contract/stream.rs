//! cuda-safe: streams and their order.

use cuda_safe::{
    Device, DeviceMemory, ErrorKind, PinnedMemory, Stream, StreamOptions, StreamRef,
    memory::copy::{self, Direction},
};
use libtest_mimic::Failed;
use std::ptr;
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    an_idle_stream_is_done,
    handle_zero_is_refused,
    the_default_streams_have_their_handles,
    priorities_are_clamped_to_the_devices_range,
    a_scope_waits_before_it_returns,
    a_scope_waits_when_its_closure_panics,
    work_of_one_stream_runs_in_order,
    a_stream_waits_for_another,
    a_clone_keeps_a_stream_alive,
    streams_of_many_threads_do_not_mix_their_data,
];

fn an_idle_stream_is_done(device: Device) -> Result<(), Failed> {
    Stream::legacy(device).synchronize()?; // other threads may be using it, so it is not asked
    for stream in [Stream::new(device)?, Stream::per_thread(device)] {
        stream.synchronize()?;
        assert!(stream.query()?, "{stream:?}");
    }
    Ok(())
}

fn handle_zero_is_refused(device: Device) -> Result<(), Failed> {
    // SAFETY: 0 is refused whatever it means.
    let error = unsafe { StreamRef::from_raw(device, ptr::null_mut()) }.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NullStream), "{error}");
    Ok(())
}

fn the_default_streams_have_their_handles(device: Device) -> Result<(), Failed> {
    assert_eq!(Stream::legacy(device).as_raw().addr(), 1);
    assert_eq!(Stream::per_thread(device).as_raw().addr(), 2);
    assert!(Stream::new(device)?.as_raw().addr() > 2);
    Ok(())
}

fn priorities_are_clamped_to_the_devices_range(device: Device) -> Result<(), Failed> {
    let (least, greatest) = device.stream_priorities()?;
    assert!(greatest <= least, "lower numbers go first: {greatest} and {least}");
    for (asked, got) in [(greatest - 100, greatest), (least + 100, least), (0, 0)] {
        let stream = Stream::with_options(device, StreamOptions { priority: asked, ..Default::default() })?;
        assert_eq!(stream.priority()?, got, "asked for {asked}");
    }
    Ok(())
}

fn a_scope_waits_before_it_returns(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let values: Vec<u32> = (0..1 << 20).collect();
    let mut back = vec![0u32; values.len()];
    let mut memory = DeviceMemory::<u32>::new(device, values.len())?;
    stream.scope(|scope| scope.copy_to_device(&values, memory.view_mut()))?;
    stream.scope(|scope| scope.copy_to_host(memory.view(), &mut back))?;
    assert!(back == values);
    assert!(stream.query()?);
    Ok(())
}

fn a_scope_waits_when_its_closure_panics(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let memory = DeviceMemory::from_host(device, &vec![3u8; 1 << 20])?;
    let mut back = vec![0u8; 1 << 20];
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        stream.scope(|scope| -> cuda_safe::Result<()> {
            scope.copy_to_host(memory.view(), &mut back)?;
            std::panic::resume_unwind(Box::new("on purpose"))
        })
    }));
    assert!(panic.is_err());
    assert!(stream.query()?, "the scope left work behind");
    assert!(back.iter().all(|byte| *byte == 3));
    Ok(())
}

fn work_of_one_stream_runs_in_order(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let sources: Vec<_> =
        (1..=20u8).map(|value| PinnedMemory::from_slice(device, &[value; 4096])).collect::<Result<_, _>>()?;
    let mut memory = DeviceMemory::<u8>::zeroed(device, 4096)?;
    let address = memory.as_mut_ptr().cast();
    device.synchronize()?;
    for source in &sources {
        let direction = Direction::HostToDevice;
        // SAFETY: source and destination live, and are left alone, until the stream is synchronised below.
        unsafe { copy::enqueue(stream.as_ref(), address, source.as_ptr().cast(), 4096, direction) }?;
    }
    stream.synchronize()?;
    assert_eq!(memory.to_vec()?, [20; 4096]);
    Ok(())
}

fn a_stream_waits_for_another(device: Device) -> Result<(), Failed> {
    let (first, second) = (Stream::new(device)?, Stream::new(device)?);
    second.as_ref().wait_for(first.as_ref())?;
    second.synchronize()?;
    assert!(first.query()?);
    Ok(())
}

fn a_clone_keeps_a_stream_alive(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let clone = stream.clone();
    stream.close()?;
    clone.synchronize()?;
    clone.close()?;
    Ok(())
}

fn streams_of_many_threads_do_not_mix_their_data(device: Device) -> Result<(), Failed> {
    std::thread::scope(|threads| {
        let workers: Vec<_> = (0..8u32)
            .map(|thread| {
                threads.spawn(move || -> cuda_safe::Result<()> {
                    let stream = Stream::new(device)?;
                    let mut memory = DeviceMemory::<u32>::new(device, 10_000)?;
                    for round in 0..20 {
                        let values = vec![thread * 1000 + round; 10_000];
                        let mut back = vec![0; 10_000];
                        stream.scope(|scope| scope.copy_to_device(&values, memory.view_mut()))?;
                        stream.scope(|scope| scope.copy_to_host(memory.view(), &mut back))?;
                        assert!(back == values, "thread {thread}, round {round}");
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("no thread panics"))
    })?;
    Ok(())
}
