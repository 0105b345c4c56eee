use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, DeviceSlice, DeviceSliceMut, ErrorKind, Rows};

use crate::support::recorder::{fail_next, recorder};
use crate::support::{on_each, on_two, runtimes};

#[test]
fn a_range_selects_its_elements() {
    on_each(|device| {
        let memory = DeviceMemory::from_host(device, &[0u16, 1, 2, 3, 4]).unwrap();
        let part = |range: std::ops::Range<usize>| memory.slice(range).unwrap().to_vec().unwrap();
        assert_eq!(part(0..5), [0, 1, 2, 3, 4]);
        assert_eq!(part(1..3), [1, 2]);
        assert_eq!(part(5..5), []);
        assert_eq!(memory.slice(..=1).unwrap().to_vec().unwrap(), [0, 1]);
        assert_eq!(memory.slice(3..).unwrap().to_vec().unwrap(), [3, 4]);
        let after = (std::ops::Bound::Excluded(3), std::ops::Bound::Unbounded);
        assert_eq!(memory.slice(after).unwrap().to_vec().unwrap(), [4]);
        let inner = memory.slice(1..4).unwrap().slice(1..2).unwrap();
        assert_eq!((inner.to_vec().unwrap(), inner.len(), inner.size_bytes()), (vec![2], 1, 2));
        assert_eq!(inner.as_ptr(), memory.as_ptr().wrapping_add(2));
        assert_eq!((inner.device(), inner.is_empty()), (device, false));
        assert!(memory.slice(2..2).unwrap().as_ptr().is_null(), "no bytes, no address");
    });
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "it is the bad input under test")]
fn a_range_outside_is_refused() {
    on_each(|device| {
        let mut memory = DeviceMemory::<u16>::zeroed(device, 5).unwrap();
        for (start, end) in [(0, 6), (6, 6), (3, 2), (0, usize::MAX), (usize::MAX, usize::MAX)] {
            let error = memory.slice(start..end).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::RangeOutOfBounds { start: s, end: e, len: 5 } if (*s, *e) == (start, end)),
                "{error}"
            );
            assert!(memory.slice_mut(start..end).is_err());
        }
        assert!(memory.slice(0..=usize::MAX).is_err());
        assert!(memory.slice(4..1).is_err());
        assert!(memory.view_mut().split_at(6).is_err());
    });
}

#[test]
fn two_halves_are_written_apart() {
    on_each(|device| {
        let mut memory = DeviceMemory::<u8>::zeroed(device, 6).unwrap();
        let (mut left, mut right) = memory.view_mut().split_at(2).unwrap();
        left.copy_from_host(&[1, 2]).unwrap();
        right.reborrow().slice(1..3).unwrap().copy_from_host(&[4, 5]).unwrap();
        right.slice(..1).unwrap().copy_from_device(left.as_slice().slice(1..).unwrap()).unwrap();
        assert_eq!(memory.to_vec().unwrap(), [1, 2, 2, 4, 5, 0]);
    });
}

#[test]
fn memory_that_others_own_can_be_viewed() {
    on_each(|device| {
        let mut memory = DeviceMemory::from_host(device, &[1u8, 2, 3]).unwrap();
        let pointer = memory.as_mut_ptr();
        // SAFETY: `memory` outlives the view and is not used otherwise meanwhile.
        let mut view = unsafe { DeviceSliceMut::from_raw(device, pointer, 3) }.unwrap();
        view.fill_bytes(4).unwrap();
        assert_eq!((view.as_mut_ptr(), view.len(), view.is_empty()), (pointer, 3, false));
        assert_eq!((view.device(), view.size_bytes()), (device, 3));
        assert_eq!(format!("{view:?}"), "DeviceSliceMut(3 x u8 on device 0)");
        // SAFETY: as above, and nobody writes.
        let view = unsafe { DeviceSlice::from_raw(device, pointer.cast_const(), 3) }.unwrap();
        assert_eq!(view.clone().to_vec().unwrap(), [4; 3]);
        assert_eq!(format!("{view:?}"), "DeviceSlice(3 x u8 on device 0)");
        // SAFETY: the size is refused.
        assert!(unsafe { DeviceSlice::<u64>::from_raw(device, std::ptr::null(), usize::MAX) }.is_err());
        // SAFETY: the size is refused.
        let refused = unsafe { DeviceSliceMut::<u64>::from_raw(device, std::ptr::null_mut(), usize::MAX) };
        assert!(refused.is_err());
    });
}

#[test]
fn rows_are_copied_between_pitches() {
    on_each(|device| {
        let host: Vec<u16> = (0..12).collect();
        let mut memory = DeviceMemory::<u16>::zeroed(device, 15).unwrap();
        // Three rows of 2 out of rows of 4, into rows of 5.
        let rows = Rows { width: 2, height: 3, source_pitch: 4, destination_pitch: 5 };
        memory.view_mut().copy_rows_from_host(&host, rows).unwrap();
        assert_eq!(memory.to_vec().unwrap(), [0, 1, 0, 0, 0, 4, 5, 0, 0, 0, 8, 9, 0, 0, 0]);
        let mut packed = DeviceMemory::<u16>::zeroed(device, 6).unwrap();
        let rows = Rows { width: 2, height: 3, source_pitch: 5, destination_pitch: 2 };
        packed.view_mut().copy_rows_from_device(memory.view(), rows).unwrap();
        assert_eq!(packed.to_vec().unwrap(), [0, 1, 4, 5, 8, 9]);
        let mut back = [7u16; 7];
        let rows = Rows { width: 2, height: 2, source_pitch: 2, destination_pitch: 3 };
        packed.slice(2..).unwrap().copy_rows_to_host(&mut back, rows).unwrap();
        assert_eq!(back, [4, 5, 7, 8, 9, 7, 7]);
    });
}

#[test]
fn one_row_and_no_row_need_no_pitch() {
    on_each(|device| {
        let mut memory = DeviceMemory::<u16>::zeroed(device, 2).unwrap();
        let mut copy = |width, height| {
            let rows = Rows { width, height, source_pitch: 0, destination_pitch: usize::MAX };
            memory.view_mut().copy_rows_from_host(&[1, 2], rows)
        };
        copy(2, 1).unwrap();
        copy(2, 0).unwrap();
        copy(0, 1).unwrap();
        copy(usize::MAX, 0).unwrap();
        assert_eq!(memory.to_vec().unwrap(), [1, 2]);
    });
}

#[test]
fn rows_that_do_not_fit_are_refused_with_the_side() {
    on_each(|device| {
        let mut memory = DeviceMemory::<u16>::zeroed(device, 8).unwrap();
        let host = [1u16; 8];
        for (side, width, height, source_pitch, destination_pitch) in [
            ("source", 4, 3, 4, 2),
            ("source", 5, 2, 4, 5),
            ("destination", 2, 2, 2, 7),
            ("destination", 3, 2, 3, 2),
            ("destination", 2, 3, 2, usize::MAX),
            ("source", 9, 1, 9, 9),
            ("source", 1, usize::MAX, 1, 1),
        ] {
            let rows = Rows { width, height, source_pitch, destination_pitch };
            let error = memory.view_mut().copy_rows_from_host(&host, rows).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::RowsOutOfBounds { side: s, .. } if *s == side),
                "{rows:?}: {error}"
            );
        }
        assert_eq!(memory.to_vec().unwrap(), [0; 8]);
    });
    on_two(|first, second| {
        let source = DeviceMemory::<u16>::zeroed(first, 4).unwrap();
        let mut copy = DeviceMemory::<u16>::zeroed(second, 4).unwrap();
        let rows = Rows { width: 2, height: 2, source_pitch: 2, destination_pitch: 2 };
        let error = copy.view_mut().copy_rows_from_device(source.view(), rows).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::DeviceMismatch { .. }), "{error}");
    });
}

#[test]
fn a_failed_copy_is_reported_and_leaves_the_vector_unmade() {
    for behind in runtimes() {
        let device = Device::new(recorder(behind), 0).unwrap();
        let memory = DeviceMemory::<u8>::zeroed(device, 8).unwrap();
        fail_next("cudaMemcpyAsync", cudaError_t::cudaErrorInvalidValue);
        let error = memory.to_vec().unwrap_err();
        assert_eq!(error.code(), Some(cudaError_t::cudaErrorInvalidValue));
        assert!(error.to_string().starts_with("cudaMemcpyAsync (device 0, 8 bytes)"), "{error}");
        assert_eq!(memory.to_vec().unwrap(), [0; 8]);
    }
}
