//! interop: copies between any two layouts.

use cuda_safe::Device;
use interop::{
    CudaBuffer, DType, Error, HostView, HostViewMut, ImportOptions, Layout, SliceSpec, memcpy_d2d,
    memcpy_d2h, memcpy_h2d,
};
use libtest_mimic::Failed;
use proptest::{prelude::*, test_runner::TestRunner};
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    an_image_is_cropped_flipped_and_split_without_a_copy_on_the_device,
    any_view_of_an_array_reads_and_writes_what_an_enumeration_does,
    a_mismatch_touches_nothing,
    a_repeating_destination_is_refused,
    a_repeating_source_is_read,
];

fn an_image_is_cropped_flipped_and_split_without_a_copy_on_the_device(device: Device) -> Result<(), Failed> {
    let (height, width) = (30usize, 45usize);
    let image: Vec<u8> = (0..height * width * 3).map(|index| (index * 7 % 256) as u8).collect();
    let pixel = |row: usize, column: usize, channel: usize| image[(row * width + column) * 3 + channel];
    let mut buffer = CudaBuffer::new(device, &[height, width, 3], DType::U8)?;
    memcpy_h2d(&image, &mut buffer)?;

    let crop = buffer.view().slice(&[SliceSpec::from(7..22), SliceSpec::from(11..33)])?;
    let mut out = vec![0u8; 15 * 22 * 3];
    memcpy_d2h(&crop, &mut out)?;
    for (index, byte) in out.iter().enumerate() {
        assert_eq!(*byte, pixel(7 + index / 66, 11 + index % 66 / 3, index % 3));
    }

    let mut out = vec![0u8; image.len()];
    memcpy_d2h(&buffer.view().flip(1)?, &mut out)?;
    for (index, byte) in out.iter().enumerate() {
        assert_eq!(*byte, pixel(index / 135, width - 1 - index % 135 / 3, index % 3));
    }

    memcpy_d2h(&buffer.view().permute(&[2, 0, 1])?, &mut out)?;
    for (index, byte) in out.iter().enumerate() {
        let (channel, place) = (index / (height * width), index % (height * width));
        assert_eq!(*byte, pixel(place / width, place % width, channel));
    }
    Ok(())
}

/// What makes a view of an array with three axes: an order of the axes, which are turned around, and steps.
type Recipe = ([isize; 3], [bool; 3], [isize; 3]);

fn recipe() -> impl Strategy<Value = Recipe> {
    let order = Just([0isize, 1, 2]).prop_shuffle();
    (order, any::<[bool; 3]>(), [1..4isize, 1..4, 1..4])
}

fn view_of(layout: &Layout, (order, turned, steps): &Recipe) -> Layout {
    let mut view = layout.permute(order).expect("an order of three axes");
    for axis in 0..3 {
        let slice = SliceSpec { start: None, stop: None, step: steps[axis] };
        view = view.slice_axis(axis as isize, slice).expect("a step that is not zero");
        if turned[axis] {
            view = view.flip(axis as isize).expect("an axis");
        }
    }
    view
}

/// Where each element of a layout begins, in C order.
fn places(layout: &Layout) -> Vec<usize> {
    let shape = layout.shape();
    let mut found = Vec::new();
    for i in 0..shape[0] as isize {
        for j in 0..shape[1] as isize {
            for k in 0..shape[2] as isize {
                found.push(layout.offset_of(&[i, j, k]).expect("inside") as usize);
            }
        }
    }
    found
}

fn any_view_of_an_array_reads_and_writes_what_an_enumeration_does(device: Device) -> Result<(), Failed> {
    let case = ([1..12usize, 1..12, 1..12], recipe(), recipe(), 0..3usize);
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() };
    TestRunner::new(config).run(&case, |(shape, on_device, on_host, size)| {
        let fail = |error: Error| TestCaseError::fail(error.to_string());
        let (dtype, item) = [(DType::U8, 1usize), (DType::I16, 2), (DType::F64, 8)][size];
        let whole = Layout::contiguous(&shape, item).expect("a small shape");
        let device_view = view_of(&whole, &on_device);
        // A host array of its own of the same shape: its axes in another order, some turned around, with gaps.
        let (order, turned, steps) = &on_host;
        let mut inner = [0; 3];
        for axis in 0..3 {
            inner[order[axis] as usize] = device_view.shape()[axis] * steps[axis] as usize;
        }
        let host_whole = Layout::contiguous(&inner, item).expect("a small shape");
        let host_view = view_of(&host_whole, &(*order, *turned, *steps));
        prop_assert_eq!(host_view.shape(), device_view.shape());

        let seed = |salt: usize, len: usize| (0..len).map(|at| (at * 31 + salt) as u8).collect::<Vec<_>>();
        let (first, second) = (seed(7, whole.size_bytes()), seed(100, host_whole.size_bytes()));
        let mut buffer = CudaBuffer::new(device, &[first.len()], DType::U8).map_err(fail)?;
        memcpy_h2d(&first, &mut buffer).map_err(fail)?;
        // SAFETY: the layout is a view of the buffer's bytes, which the share keeps alive.
        let mut strided = unsafe {
            CudaBuffer::adopt(buffer.address(), device_view.clone(), dtype, buffer.share(), &on(device))
        }
        .map_err(fail)?;

        let mut host = second.clone();
        // SAFETY: the layout is a view of the vector, which is borrowed for the copy.
        let out =
            unsafe { HostViewMut::from_raw(host.as_mut_ptr(), host_view.clone(), dtype) }.map_err(fail)?;
        memcpy_d2h(&strided, out).map_err(fail)?;
        let mut expected = second.clone();
        for (to, from) in places(&host_view).into_iter().zip(places(&device_view)) {
            expected[to..to + item].copy_from_slice(&first[from..from + item]);
        }
        prop_assert!(host == expected, "device to host");

        // SAFETY: as above.
        let source =
            unsafe { HostView::from_raw(second.as_ptr(), host_view.clone(), dtype) }.map_err(fail)?;
        memcpy_h2d(&source, &mut strided).map_err(fail)?;
        let mut back = vec![0u8; first.len()];
        memcpy_d2h(&buffer, &mut back).map_err(fail)?;
        let mut expected = first.clone();
        for (to, from) in places(&device_view).into_iter().zip(places(&host_view)) {
            expected[to..to + item].copy_from_slice(&second[from..from + item]);
        }
        prop_assert!(back == expected, "host to device");
        Ok(())
    })?;
    Ok(())
}

fn on(device: Device) -> ImportOptions {
    ImportOptions { device: Some(device), ..Default::default() }
}

fn a_mismatch_touches_nothing(device: Device) -> Result<(), Failed> {
    let mut buffer = CudaBuffer::new(device, &[4, 4], DType::U16)?;
    memcpy_h2d(&[5u16; 16], &mut buffer)?;
    let shape = memcpy_h2d(&[0u16; 15], &mut buffer);
    assert!(shape.is_err());
    let other = HostView::new(&[0u16; 16], &[2, 8])?;
    assert!(memcpy_h2d(&other, &mut buffer).is_err());
    let dtype = memcpy_h2d(&[0f64; 16], &mut buffer).expect_err("another element type");
    assert!(matches!(dtype, Error::DTypeMismatch { to: DType::U16, from: DType::F64 }), "{dtype}");
    let mut back = [1u16; 16];
    assert!(memcpy_d2h(&buffer, &mut back[..15]).is_err());
    assert_eq!(back, [1; 16]);
    memcpy_d2h(&buffer, &mut back)?;
    assert_eq!(back, [5; 16]);
    Ok(())
}

fn a_repeating_destination_is_refused(device: Device) -> Result<(), Failed> {
    let mut row = [0u8; 4];
    let repeating = Layout::strided(&[3, 4], &[0, 1], 0, 1)?;
    let buffer = CudaBuffer::new(device, &[3, 4], DType::U8)?;
    let out = HostViewMut::strided(&mut row, repeating);
    assert!(out.is_err() || memcpy_d2h(&buffer, out?).is_err());
    Ok(())
}

fn a_repeating_source_is_read(device: Device) -> Result<(), Failed> {
    let mut row = CudaBuffer::new(device, &[4], DType::U8)?;
    memcpy_h2d(b"abcd", &mut row)?;
    let mut rows = [0u8; 12];
    memcpy_d2h(&row.view().broadcast_to(&[3, 4])?, &mut rows)?;
    assert_eq!(&rows, b"abcdabcdabcd");
    let mut target = CudaBuffer::new(device, &[3, 4], DType::U8)?;
    memcpy_d2d(&row.view().broadcast_to(&[3, 4])?, &mut target)?;
    let mut back = [0u8; 12];
    memcpy_d2h(&target, &mut back)?;
    assert_eq!(&back, b"abcdabcdabcd");
    Ok(())
}
