//! cuda-safe: events.

use cuda_safe::{Device, DeviceMemory, Event, EventOptions, PinnedMemory, Stream};
use libtest_mimic::Failed;
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    an_event_never_recorded_is_reached,
    a_recorded_event_is_reached_when_its_stream_is_done,
    time_between_events_is_not_negative,
    the_wrong_order_of_events_is_refused,
    an_event_without_timing_tells_no_time,
    another_stream_sees_the_work_before_an_event,
];

fn an_event_never_recorded_is_reached(device: Device) -> Result<(), Failed> {
    let event = Event::new(device)?;
    assert!(event.query()?);
    event.synchronize()?;
    event.close()?;
    Ok(())
}

fn a_recorded_event_is_reached_when_its_stream_is_done(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    for blocking_wait in [false, true] {
        let event = Event::with_options(device, EventOptions { blocking_wait, ..Default::default() })?;
        event.record(stream.as_ref())?;
        event.synchronize()?;
        assert!(event.query()?);
    }
    Ok(())
}

fn time_between_events_is_not_negative(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let (start, end) = (Event::with_timing(device)?, Event::with_timing(device)?);
    let source = PinnedMemory::<u8>::zeroed(device, 1 << 20)?;
    let mut memory = DeviceMemory::<u8>::new(device, 1 << 20)?;
    start.record(stream.as_ref())?;
    stream.scope(|scope| scope.copy_to_device(&source, memory.view_mut()))?;
    end.record(stream.as_ref())?;
    end.synchronize()?;
    assert!(end.elapsed_since(&start)?.as_nanos() > 0);
    Ok(())
}

fn the_wrong_order_of_events_is_refused(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let (first, second) = (Event::with_timing(device)?, Event::with_timing(device)?);
    let mut memory = DeviceMemory::<u8>::new(device, 4 << 20)?;
    first.record(stream.as_ref())?;
    memory.copy_from_host(&vec![1; 4 << 20])?;
    second.record(stream.as_ref())?;
    second.synchronize()?;
    assert!(second.elapsed_since(&first).is_ok());
    assert!(first.elapsed_since(&second).is_err());
    Ok(())
}

fn an_event_without_timing_tells_no_time(device: Device) -> Result<(), Failed> {
    let stream = Stream::new(device)?;
    let (first, second) = (Event::new(device)?, Event::new(device)?);
    first.record(stream.as_ref())?;
    second.record(stream.as_ref())?;
    stream.synchronize()?;
    let error = second.elapsed_since(&first).unwrap_err();
    assert!(error.to_string().contains("cudaEventElapsedTime"), "{error}");
    Ok(())
}

fn another_stream_sees_the_work_before_an_event(device: Device) -> Result<(), Failed> {
    let (writer, reader) = (Stream::new(device)?, Stream::new(device)?);
    let source = PinnedMemory::from_slice(device, &vec![9u8; 8 << 20])?;
    let mut memory = DeviceMemory::<u8>::zeroed(device, source.len())?;
    let mut back = PinnedMemory::<u8>::zeroed(device, source.len())?;
    let event = Event::new(device)?;
    device.synchronize()?;
    let (to, from) = (memory.as_mut_ptr(), source.as_ptr());
    let host_to_device = cuda_safe::memory::copy::Direction::HostToDevice;
    // SAFETY: both sides live, and are left alone, until both streams are done.
    unsafe {
        cuda_safe::memory::copy::enqueue(
            writer.as_ref(),
            to.cast(),
            from.cast(),
            source.len(),
            host_to_device,
        )
    }?;
    event.record(writer.as_ref())?;
    reader.as_ref().wait_event(&event)?;
    reader.scope(|scope| scope.copy_to_host(memory.view(), &mut back))?;
    assert!(back.iter().all(|byte| *byte == 9));
    writer.synchronize()?;
    Ok(())
}
