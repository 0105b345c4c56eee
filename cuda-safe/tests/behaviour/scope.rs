use std::panic::{AssertUnwindSafe, catch_unwind};

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, ErrorKind, Event, PinnedMemory, Rows, Stream};

use crate::support::recorder::{calls, fail_next, pretend_devices, recorder};
use crate::support::{on_each, on_two, runtimes};

#[test]
fn copies_are_done_when_the_scope_returns() {
    on_each(|device| {
        for stream in [Stream::new(device).unwrap(), Stream::legacy(device), Stream::per_thread(device)] {
            let pinned = PinnedMemory::from_slice(device, &[3u32; 5000]).unwrap();
            let pageable = vec![4u32; 5000];
            let mut memory = DeviceMemory::<u32>::new(device, 10_000).unwrap();
            let (left, right) = memory.view_mut().split_at(5000).unwrap();
            let value = stream.scope(|s| {
                s.copy_to_device(&pinned, left)?;
                s.copy_to_device(&pageable, right)?;
                Ok("the value of the body")
            });
            assert_eq!(value.unwrap(), "the value of the body");
            let (mut first, mut second) = (vec![0; 5000], PinnedMemory::<u32>::zeroed(device, 5000).unwrap());
            stream
                .scope(|s| {
                    s.copy_to_host(memory.slice(..5000)?, &mut first)?;
                    s.copy_to_host(memory.slice(5000..)?, &mut second)
                })
                .unwrap();
            assert_eq!((first, second.to_vec()), (vec![3; 5000], vec![4; 5000]));
        }
    });
}

#[test]
fn lent_memory_is_used_in_stream_order() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let source = PinnedMemory::from_slice(device, &[1u8; 1 << 16]).unwrap();
        let mut before = PinnedMemory::<u8>::zeroed(device, 1 << 16).unwrap();
        let mut after = PinnedMemory::<u8>::zeroed(device, 1 << 16).unwrap();
        let mut memory = [(); 2].map(|()| DeviceMemory::<u8>::new(device, 1 << 16).unwrap());
        let [first, second] = &mut memory;
        stream
            .scope(|s| {
                let (mut first, mut second) = (s.lend(first.view_mut())?, s.lend(second.view_mut())?);
                assert_eq!((first.len(), first.is_empty()), (1 << 16, false));
                first.copy_from_host(&source)?;
                second.copy_from(&first)?;
                first.fill_bytes(2)?;
                second.copy_to_host(&mut before)?;
                first.copy_to_host(&mut after)?;
                assert!(format!("{s:?} {first:?}").starts_with("CopyScope(Stream("));
                Ok(())
            })
            .unwrap();
        assert!(before.iter().all(|byte| *byte == 1) && after.iter().all(|byte| *byte == 2));
    });
}

#[test]
fn rows_and_device_copies_can_be_enqueued() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let host: Vec<u16> = (0..12).collect();
        let mut back = [0u16; 6];
        let mut memory = DeviceMemory::<u16>::zeroed(device, 9).unwrap();
        let mut copy = DeviceMemory::<u16>::zeroed(device, 9).unwrap();
        let rows = Rows { width: 2, height: 3, source_pitch: 4, destination_pitch: 3 };
        stream.scope(|s| s.copy_rows_to_device(&host, memory.view_mut(), rows)).unwrap();
        stream.scope(|s| s.copy_on_device(memory.view(), copy.view_mut())).unwrap();
        let rows = Rows { width: 2, height: 3, source_pitch: 3, destination_pitch: 2 };
        stream.scope(|s| s.copy_rows_to_host(copy.view(), &mut back, rows)).unwrap();
        assert_eq!(back, [0, 1, 4, 5, 8, 9]);
    });
    on_two(|first, second| {
        let source = DeviceMemory::from_host(first, &[1u8, 2]).unwrap();
        let mut copy = DeviceMemory::<u8>::new(second, 2).unwrap();
        let stream = Stream::new(first).unwrap();
        stream.scope(|s| s.copy_on_device(source.view(), copy.view_mut())).unwrap();
        assert_eq!(copy.to_vec().unwrap(), [1, 2]);
    });
}

#[test]
fn scopes_of_two_streams_nest() {
    on_each(|device| {
        let (outer, inner) = (Stream::new(device).unwrap(), Stream::new(device).unwrap());
        let mut memory = DeviceMemory::<u8>::zeroed(device, 200).unwrap();
        let (left, right) = memory.view_mut().split_at(100).unwrap();
        let event = Event::new(device).unwrap();
        outer
            .scope(|o| {
                o.copy_to_device(&[1; 100], left)?;
                event.record(o.stream())?;
                inner.scope(|i| {
                    i.stream().wait_event(&event)?;
                    i.copy_to_device(&[2; 100], right)
                })
            })
            .unwrap();
        assert_eq!(memory.to_vec().unwrap(), [[1; 100], [2; 100]].concat());
    });
}

#[test]
fn a_panic_waits_for_the_copies_and_goes_on() {
    for behind in runtimes() {
        let runtime = recorder(behind);
        pretend_devices(1);
        let device = Device::new(runtime, 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device, 1000).unwrap();
        calls();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            stream.scope(|s| -> cuda_safe::Result<()> {
                s.copy_to_device(&[1; 1000], memory.view_mut())?;
                std::panic::resume_unwind(Box::new("the body's own"))
            })
        }));
        let panic = panic.map(|outcome| outcome.unwrap()).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"the body's own"));
        assert_eq!(calls(), ["cudaMemcpyAsync", "cudaStreamSynchronize"]);
        assert_eq!(memory.to_vec().unwrap(), [1; 1000]);
    }
}

#[test]
fn an_error_of_the_body_comes_before_that_of_the_wait() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device, 8).unwrap();
        fail_next("cudaStreamSynchronize", cudaError_t::cudaErrorUnknown);
        let error = stream
            .scope(|s| {
                s.copy_to_device(&[1; 8], memory.view_mut())?;
                memory_info_fails(device)
            })
            .unwrap_err();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorInvalidValue));
        fail_next("cudaStreamSynchronize", cudaError_t::cudaErrorUnknown);
        let error = stream.scope(|s| s.copy_to_device(&[1; 8], memory.view_mut())).unwrap_err();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorUnknown));
    }
}

fn memory_info_fails(device: Device) -> cuda_safe::Result<()> {
    fail_next("cudaMemGetInfo", cudaError_t::cudaErrorInvalidValue);
    device.memory_info().map(drop)
}

#[test]
fn a_scope_that_enqueued_nothing_waits_for_nothing() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        calls();
        stream.scope(|_| Ok(())).unwrap();
        assert_eq!(calls(), [""; 0]);
    }
}

#[test]
fn what_does_not_fit_is_refused_before_the_call() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(device, 8).unwrap();
        let mut other = DeviceMemory::<u8>::zeroed(device, 7).unwrap();
        let (mut back, rows) = ([0; 9], Rows { width: 5, height: 2, source_pitch: 5, destination_pitch: 5 });
        let mut back_rows = [0; 9];
        calls();
        stream
            .scope(|s| {
                let (left, right) = memory.view_mut().split_at(4)?;
                assert!(s.copy_to_device(&[1; 9], left).is_err());
                assert!(s.copy_rows_to_device(&[1; 4], right, rows).is_err());
                let mut lent = s.lend(other.view_mut())?;
                assert!(lent.copy_from_host(&[1; 8]).is_err());
                assert!(lent.copy_to_host(&mut back).is_err());
                Ok(())
            })
            .unwrap();
        stream
            .scope(|s| {
                assert!(s.copy_rows_to_host(memory.view(), &mut back_rows, rows).is_err());
                assert!(s.copy_on_device(memory.view(), other.view_mut()).is_err());
                Ok(())
            })
            .unwrap();
        assert_eq!(calls(), [""; 0]);
        assert_eq!(memory.to_vec().unwrap(), [0; 8]);
    }
}

#[test]
fn memory_of_another_device_or_runtime_is_refused() {
    on_two(|first, second| {
        let stream = Stream::new(first).unwrap();
        let mut memory = DeviceMemory::<u8>::zeroed(second, 8).unwrap();
        let mut back = [0; 8];
        let error = stream.scope(|s| s.copy_to_host(memory.view(), &mut back)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::DeviceMismatch { .. }), "{error}");
        let error = stream.scope(|s| s.copy_to_device(&[1; 8], memory.view_mut())).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::DeviceMismatch { .. }), "{error}");
        let stranger = Device::new(recorder(first.runtime()), 0).unwrap();
        let theirs = DeviceMemory::<u8>::zeroed(stranger, 8).unwrap();
        let error = stream.scope(|s| s.copy_on_device(theirs.view(), memory.view_mut())).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
    });
}
