//! cuda-safe: device memory, views and copies.

use cuda_safe::{Device, DeviceMemory, ErrorKind, ManagedMemory, Rows};
use libtest_mimic::Failed;
use proptest::{prelude::*, test_runner::TestRunner};
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    what_goes_in_comes_back,
    zero_elements_need_no_memory_and_no_call,
    zeroed_memory_is_zero,
    a_fill_sets_every_byte,
    ranges_touch_only_what_they_name,
    ranges_outside_are_refused,
    unequal_lengths_are_refused_and_nothing_is_written,
    a_size_that_overflows_is_refused,
    more_than_the_device_has_is_out_of_memory_and_the_next_call_works,
    rows_are_copied_between_pitches,
    memory_given_away_raw_comes_back,
    managed_memory_copies_like_any_other,
    any_sequence_of_range_copies_matches_a_model,
];

fn what_goes_in_comes_back(device: Device) -> Result<(), Failed> {
    for len in [1usize, 2, 255, 4096, 65_537, 3 << 20] {
        let values: Vec<u8> = (0..len).map(|index| (index * 31 % 251) as u8).collect();
        let memory = DeviceMemory::from_host(device, &values)?;
        assert!(memory.to_vec()? == values, "{len} bytes");
        memory.close()?;
    }
    Ok(())
}

fn zero_elements_need_no_memory_and_no_call(device: Device) -> Result<(), Failed> {
    let mut memory = DeviceMemory::<f64>::new(device, 0)?;
    assert!(memory.as_ptr().is_null() && memory.is_empty());
    memory.copy_from_host(&[])?;
    memory.fill_bytes(1)?;
    assert!(memory.to_vec()?.is_empty());
    memory.close()?;
    Ok(())
}

fn zeroed_memory_is_zero(device: Device) -> Result<(), Failed> {
    drop(DeviceMemory::from_host(device, &[0xffu8; 10_000])?);
    assert_eq!(DeviceMemory::<u8>::zeroed(device, 10_000)?.to_vec()?, [0; 10_000]);
    Ok(())
}

fn a_fill_sets_every_byte(device: Device) -> Result<(), Failed> {
    let mut memory = DeviceMemory::<u32>::zeroed(device, 1001)?;
    memory.fill_bytes(0xab)?;
    assert_eq!(memory.to_vec()?, [0xabab_abab; 1001]);
    Ok(())
}

fn ranges_touch_only_what_they_name(device: Device) -> Result<(), Failed> {
    let mut memory = DeviceMemory::from_host(device, &[1u16; 100])?;
    memory.slice_mut(10..20)?.copy_from_host(&[2; 10])?;
    memory.slice_mut(90..)?.fill_bytes(0)?;
    let mut expected = vec![1u16; 100];
    expected[10..20].fill(2);
    expected[90..].fill(0);
    assert_eq!(memory.to_vec()?, expected);
    assert_eq!(memory.slice(15..25)?.to_vec()?, expected[15..25]);
    Ok(())
}

fn ranges_outside_are_refused(device: Device) -> Result<(), Failed> {
    let memory = DeviceMemory::<u8>::new(device, 10)?;
    for (start, end) in [(0, 11), (11, 11), (usize::MAX, usize::MAX), (5, usize::MAX)] {
        let error = memory.slice(start..end).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RangeOutOfBounds { len: 10, .. }), "{error}");
    }
    assert!(memory.slice(10..)?.is_empty());
    Ok(())
}

fn unequal_lengths_are_refused_and_nothing_is_written(device: Device) -> Result<(), Failed> {
    let mut memory = DeviceMemory::from_host(device, &[1u8; 10])?;
    for len in [0, 9, 11] {
        let error = memory.copy_from_host(&vec![2; len]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::LengthMismatch { .. }), "{error}");
        let mut back = vec![3u8; len];
        assert!(memory.copy_to_host(&mut back).is_err());
        assert!(back.iter().all(|byte| *byte == 3));
    }
    assert_eq!(memory.to_vec()?, [1; 10]);
    Ok(())
}

fn a_size_that_overflows_is_refused(device: Device) -> Result<(), Failed> {
    for len in [usize::MAX, usize::MAX / 8 + 1, isize::MAX as usize] {
        let error = DeviceMemory::<u64>::new(device, len).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::SizeOverflow { .. }), "{error}");
    }
    Ok(())
}

fn more_than_the_device_has_is_out_of_memory_and_the_next_call_works(device: Device) -> Result<(), Failed> {
    let total = device.memory_info()?.total;
    let error = DeviceMemory::<u8>::new(device, total + (1 << 30)).unwrap_err();
    assert!(error.is_out_of_memory(), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("cudaMalloc") && message.contains(&(total + (1 << 30)).to_string()),
        "{message}"
    );
    assert_eq!(DeviceMemory::from_host(device, &[5u8])?.to_vec()?, [5]);
    Ok(())
}

fn rows_are_copied_between_pitches(device: Device) -> Result<(), Failed> {
    let source: Vec<u8> = (0..200).collect();
    let mut memory = DeviceMemory::<u8>::zeroed(device, 300)?;
    let rows = Rows { width: 7, height: 10, source_pitch: 20, destination_pitch: 30 };
    memory.view_mut().copy_rows_from_host(&source, rows)?;
    let back = memory.to_vec()?;
    for (index, byte) in back.iter().enumerate() {
        let (row, column) = (index / 30, index % 30);
        let expected = if column < 7 { source[row * 20 + column] } else { 0 };
        assert_eq!(*byte, expected, "row {row}, column {column}");
    }
    let mut again = vec![0u8; 200];
    let rows = Rows { source_pitch: 30, destination_pitch: 20, ..rows };
    memory.view().copy_rows_to_host(&mut again, rows)?;
    for row in 0..10 {
        assert_eq!(again[row * 20..][..7], source[row * 20..][..7]);
    }
    Ok(())
}

fn memory_given_away_raw_comes_back(device: Device) -> Result<(), Failed> {
    let raw = DeviceMemory::from_host(device, &[1.5f32, -2.5])?.into_raw();
    // SAFETY: these are the parts just given away, and nobody else has them.
    let memory = unsafe { DeviceMemory::from_raw(raw) };
    assert_eq!(memory.to_vec()?, [1.5, -2.5]);
    Ok(())
}

fn managed_memory_copies_like_any_other(device: Device) -> Result<(), Failed> {
    let mut managed = ManagedMemory::<i32>::new(device, 1000)?;
    let values: Vec<i32> = (0..1000).collect();
    managed.view_mut().copy_from_host(&values)?;
    let mut back = vec![0; 1000];
    managed.view().copy_to_host(&mut back)?;
    assert_eq!(back, values);
    managed.close()?;
    Ok(())
}

fn any_sequence_of_range_copies_matches_a_model(device: Device) -> Result<(), Failed> {
    const LEN: usize = 5000;
    let step = (0..LEN, 0..LEN, 0..LEN, any::<u8>(), 0..3u8);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 50, failure_persistence: None, ..Default::default() });
    runner.run(&prop::collection::vec(step, 1..20), |steps| {
        let fail = |error: cuda_safe::Error| TestCaseError::fail(error.to_string());
        let mut model = vec![0u8; LEN];
        let mut memory = DeviceMemory::<u8>::zeroed(device, LEN).map_err(fail)?;
        let mut other = DeviceMemory::<u8>::zeroed(device, LEN).map_err(fail)?;
        for (a, b, len, byte, kind) in steps {
            let len = len.min(LEN - a).min(LEN - b);
            match kind {
                0 => {
                    memory
                        .slice_mut(a..a + len)
                        .map_err(fail)?
                        .copy_from_host(&vec![byte; len])
                        .map_err(fail)?;
                    model[a..a + len].fill(byte);
                }
                1 => {
                    memory.slice_mut(a..a + len).map_err(fail)?.fill_bytes(byte).map_err(fail)?;
                    model[a..a + len].fill(byte);
                }
                _ => {
                    other.copy_from_device(memory.view()).map_err(fail)?;
                    let from = other.slice(b..b + len).map_err(fail)?;
                    memory.slice_mut(a..a + len).map_err(fail)?.copy_from_device(from).map_err(fail)?;
                    model.copy_within(b..b + len, a);
                }
            }
        }
        prop_assert!(memory.to_vec().map_err(fail)? == model);
        Ok(())
    })?;
    Ok(())
}
