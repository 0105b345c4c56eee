use std::ffi::c_void;

use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::copy::{self, Copy2d, Copy3d, Direction};
use cuda_safe::{Device, DeviceMemory, ErrorKind, PinnedMemory, Stream};

use crate::support::recorder::{calls, fail_next, pretend_devices, recorder};
use crate::support::{on_each, on_two, runtimes};

fn address<T>(slice: &[T]) -> *const c_void {
    slice.as_ptr().cast()
}

fn address_mut<T>(slice: &mut [T]) -> *mut c_void {
    slice.as_mut_ptr().cast()
}

#[test]
fn every_direction_works_on_a_stream() {
    on_each(|device| {
        let stream = Stream::new(device).unwrap();
        let source = PinnedMemory::from_slice(device, &[1u8, 2, 3, 4]).unwrap();
        let mut back = PinnedMemory::<u8>::zeroed(device, 4).unwrap();
        let mut memory = [(); 2].map(|()| DeviceMemory::<u8>::zeroed(device, 4).unwrap());
        let [first, second] = &mut memory;
        let (first, second) = (first.as_mut_ptr().cast::<c_void>(), second.as_mut_ptr().cast::<c_void>());
        let s = stream.as_ref();
        for direction in [Direction::HostToDevice, Direction::Inferred] {
            // SAFETY: four bytes on both sides, untouched until the stream is synchronised below.
            unsafe { copy::enqueue(s, first, address(&source), 4, direction) }.unwrap();
        }
        // SAFETY: as above.
        unsafe { copy::enqueue(s, second, first, 4, Direction::DeviceToDevice) }.unwrap();
        // SAFETY: as above.
        unsafe { copy::enqueue_fill(s, first, 9, 4) }.unwrap();
        // SAFETY: as above.
        unsafe { copy::enqueue(s, address_mut(&mut back), second, 4, Direction::DeviceToHost) }.unwrap();
        stream.synchronize().unwrap();
        assert_eq!(*back, [1, 2, 3, 4]);
        // SAFETY: four bytes on both sides.
        unsafe { copy::blocking(s, address_mut(&mut back), address(&[5u8; 4]), 4, Direction::HostToHost) }
            .unwrap();
        assert_eq!(*back, [5; 4]);
        assert_eq!(memory[0].to_vec().unwrap(), [9; 4]);
    });
}

#[test]
fn slices_of_rows_are_copied_between_pitches() {
    on_each(|device| {
        let host: Vec<u8> = (0..24).collect();
        let mut memory = DeviceMemory::<u8>::zeroed(device, 40).unwrap();
        // Two slices of two rows of 3, out of slices of 3 rows of 4, into slices of 4 rows of 5.
        let mut block = Copy3d {
            dst: memory.as_mut_ptr().cast(),
            dst_pitch: 5,
            dst_rows: 4,
            src: address(&host),
            src_pitch: 4,
            src_rows: 3,
            width_bytes: 3,
            height: 2,
            depth: 2,
            direction: Direction::HostToDevice,
        };
        let stream = Stream::new(device).unwrap();
        // SAFETY: the last byte read is 12 + 4 + 2 of 24, the last one written 20 + 5 + 2 of 40.
        unsafe { copy::blocking_3d(stream.as_ref(), &block) }.unwrap();
        let copied = memory.to_vec().unwrap();
        assert_eq!(copied[..10], [0, 1, 2, 0, 0, 4, 5, 6, 0, 0]);
        assert_eq!(copied[20..30], [12, 13, 14, 0, 0, 16, 17, 18, 0, 0]);
        assert_eq!(copied[10..20], [0; 10]);
        block.depth = 1;
        // SAFETY: less than above.
        unsafe { copy::blocking_3d(stream.as_ref(), &block) }.unwrap();
        block.height = 1;
        // SAFETY: less than above.
        unsafe { copy::blocking_3d(stream.as_ref(), &block) }.unwrap();
    });
}

#[test]
fn a_single_slice_or_row_is_the_simplest_copy_that_does_it() {
    for behind in runtimes() {
        let runtime = recorder(behind);
        pretend_devices(1);
        let device = Device::new(runtime, 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let host = [1u8; 64];
        let mut memory = DeviceMemory::<u8>::zeroed(device, 64).unwrap();
        let mut block = Copy3d {
            dst: memory.as_mut_ptr().cast(),
            dst_pitch: 8,
            dst_rows: 2,
            src: address(&host),
            src_pitch: 8,
            src_rows: 2,
            width_bytes: 4,
            height: 2,
            depth: 2,
            direction: Direction::HostToDevice,
        };
        for (height, depth, expected) in
            [(2, 2, "cudaMemcpy3DAsync"), (2, 1, "cudaMemcpy2DAsync"), (1, 1, "cudaMemcpyAsync")]
        {
            (block.height, block.depth) = (height, depth);
            calls();
            // SAFETY: at most 32 bytes on either side of 64.
            unsafe { copy::blocking_3d(stream.as_ref(), &block) }.unwrap();
            assert_eq!(calls(), [expected, "cudaStreamSynchronize"]);
        }
        for (width_bytes, height, depth) in [(0, 2, 2), (4, 0, 2), (4, 2, 0)] {
            (block.width_bytes, block.height, block.depth) = (width_bytes, height, depth);
            // SAFETY: no bytes at all.
            unsafe { copy::blocking_3d(stream.as_ref(), &block) }.unwrap();
        }
        assert_eq!(calls(), [""; 0]);
    }
}

#[test]
fn zero_bytes_are_no_call_and_may_be_nowhere() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let s = stream.as_ref();
        let (to, from) = (std::ptr::null_mut(), std::ptr::null());
        calls();
        // SAFETY: no bytes are touched.
        unsafe { copy::blocking(s, to, from, 0, Direction::HostToDevice) }.unwrap();
        // SAFETY: no bytes are touched.
        unsafe { copy::blocking_fill(s, to, 1, 0) }.unwrap();
        // SAFETY: no bytes are touched.
        unsafe { copy::blocking_peer(s, to, device, from, device, 0) }.unwrap();
        let rows = Copy2d {
            dst: to,
            dst_pitch: 0,
            src: from,
            src_pitch: 0,
            width_bytes: 0,
            height: 5,
            direction: Direction::default(),
        };
        // SAFETY: no bytes are touched.
        unsafe { copy::blocking_2d(s, &rows) }.unwrap();
        assert_eq!(calls(), [""; 0]);
    }
}

#[test]
fn blocks_that_cannot_be_are_refused_before_the_call() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let stream = Stream::new(device).unwrap();
        let good = Copy3d {
            dst: std::ptr::dangling_mut::<u8>().cast(),
            dst_pitch: 8,
            dst_rows: 4,
            src: std::ptr::dangling::<u8>().cast(),
            src_pitch: 8,
            src_rows: 4,
            width_bytes: 8,
            height: 4,
            depth: 2,
            direction: Direction::HostToDevice,
        };
        calls();
        for bad in [
            Copy3d { dst_pitch: 7, ..good },
            Copy3d { src_pitch: 7, ..good },
            Copy3d { dst_rows: 3, ..good },
            Copy3d { src_rows: 3, ..good },
            Copy3d { depth: usize::MAX, ..good },
            Copy3d { dst_pitch: usize::MAX, ..good },
            Copy3d { depth: 1, src_pitch: usize::MAX, ..good },
            Copy3d { depth: 1, dst_pitch: 7, ..good },
        ] {
            // SAFETY: refused before anything is touched.
            let error = unsafe { copy::blocking_3d(stream.as_ref(), &bad) }.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::RowsOutOfBounds { .. }), "{bad:?}: {error}");
        }
        assert_eq!(calls(), [""; 0]);
    }
}

#[test]
fn bytes_cross_devices_on_either_stream() {
    on_two(|first, second| {
        let source = DeviceMemory::from_host(first, &[1u8, 2, 3]).unwrap();
        for stream in [Stream::new(first).unwrap(), Stream::new(second).unwrap(), Stream::legacy(second)] {
            let mut copy = DeviceMemory::<u8>::zeroed(second, 3).unwrap();
            let (to, from) = (copy.as_mut_ptr().cast(), source.as_ptr().cast());
            // SAFETY: three bytes on either side, until this returns.
            unsafe { copy::blocking_peer(stream.as_ref(), to, second, from, first, 3) }.unwrap();
            assert_eq!(copy.to_vec().unwrap(), [1, 2, 3]);
        }
    });
}

#[test]
fn bytes_do_not_cross_runtimes() {
    for behind in runtimes() {
        let (ours, theirs) = (Device::new(behind, 0).unwrap(), Device::new(recorder(behind), 0).unwrap());
        let (to, from) = (std::ptr::null_mut(), std::ptr::null());
        for (stream, to_device, from_device) in
            [(ours, theirs, ours), (ours, ours, theirs), (theirs, ours, ours)]
        {
            let stream = Stream::legacy(stream);
            // SAFETY: refused before anything is touched.
            let error = unsafe { copy::enqueue_peer(stream.as_ref(), to, to_device, from, from_device, 8) }
                .unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::RuntimeMismatch { .. }), "{error}");
        }
    }
}

#[test]
fn every_call_reports_its_failure() {
    for behind in runtimes() {
        let devices = Device::all_of(recorder(behind)).unwrap();
        let device = devices[0];
        let stream = Stream::new(device).unwrap();
        let s = stream.as_ref();
        let host = [1u8; 64];
        let mut memory = DeviceMemory::<u8>::zeroed(device, 64).unwrap();
        let block = Copy3d {
            dst: memory.as_mut_ptr().cast(),
            dst_pitch: 8,
            dst_rows: 2,
            src: address(&host),
            src_pitch: 8,
            src_rows: 2,
            width_bytes: 4,
            height: 2,
            depth: 2,
            direction: Direction::HostToDevice,
        };
        let code = cudaError_t::cudaErrorInvalidValue;
        let check = |function: &str, outcome: cuda_safe::Result<()>| {
            let error = outcome.unwrap_err();
            assert!(error.code() == Some(code) && error.to_string().starts_with(function), "{error}");
        };
        fail_next("cudaMemcpy3DAsync", code);
        // SAFETY: at most 32 bytes on either side of 64.
        check("cudaMemcpy3DAsync (device 0, 16 bytes)", unsafe { copy::blocking_3d(s, &block) });
        fail_next("cudaMemcpy2DAsync", code);
        // SAFETY: as above.
        check("cudaMemcpy2DAsync (device 0, 8 bytes)", unsafe {
            copy::blocking_3d(s, &Copy3d { depth: 1, ..block })
        });
        fail_next("cudaMemsetAsync", code);
        check("cudaMemsetAsync (device 0, 64 bytes)", memory.fill_bytes(1));
        if let [first, second, ..] = devices[..] {
            fail_next("cudaMemcpyPeerAsync", code);
            let from = DeviceMemory::<u8>::zeroed(second, 64).unwrap();
            check("cudaMemcpyPeerAsync (device 0, 64 bytes)", memory.copy_from_device(from.view()));
            assert_eq!(memory.device(), first);
        }
    }
}

#[test]
fn copies_by_one_call_come_after_the_work_of_the_legacy_stream() {
    on_each(|device| {
        let mut memory = DeviceMemory::<u8>::zeroed(device, 12).unwrap();
        let at = memory.as_mut_ptr().cast::<c_void>();
        let (source, mut back) = ([1u8, 2, 3, 4], [0u8; 12]);
        let (from, to) = (source.as_ptr().cast(), address_mut(&mut back));
        // SAFETY: twelve bytes; the work is waited for by the copy back.
        unsafe { copy::enqueue_fill(Stream::legacy(device).as_ref(), at, 7, 12) }.unwrap();
        // SAFETY: four bytes on both sides.
        unsafe { copy::on_legacy(device, at, from, 4, Direction::HostToDevice) }.unwrap();
        let rows = Copy2d {
            dst: at.wrapping_byte_add(6),
            dst_pitch: 3,
            src: from,
            src_pitch: 2,
            width_bytes: 1,
            height: 2,
            direction: Direction::HostToDevice,
        };
        // SAFETY: the rows lie inside the memory and the source.
        unsafe { copy::on_legacy_2d(device, &rows) }.unwrap();
        // SAFETY: twelve bytes on both sides.
        unsafe { copy::on_legacy(device, to, at, 12, Direction::DeviceToHost) }.unwrap();
        assert_eq!(back, [1, 2, 3, 4, 7, 7, 1, 7, 7, 3, 7, 7]);
        let (dst, src) = (to, at.cast_const());
        let rows_back = Copy2d { dst, src, direction: Direction::DeviceToHost, ..rows };
        // SAFETY: the rows lie inside the memory and the array.
        unsafe { copy::on_legacy_2d(device, &rows_back) }.unwrap();
        assert_eq!(back[..6], [1, 2, 3, 3, 7, 7]);
        // SAFETY: no bytes are read or written.
        unsafe { copy::on_legacy(device, to, std::ptr::null(), 0, Direction::DeviceToHost) }.unwrap();
        // SAFETY: as above.
        unsafe { copy::on_legacy_2d(device, &Copy2d { height: 0, ..rows }) }.unwrap();
        let overlapping = Copy2d { width_bytes: 4, ..rows };
        // SAFETY: refused before anything is read or written.
        let refused = unsafe { copy::on_legacy_2d(device, &overlapping) }.unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::RowsOutOfBounds { .. }), "{refused}");
    });
}
