//! Numbers from the edge of what integers hold: nothing panics, nothing wraps, nothing is promised that is not true.

mod layout_oracle;
mod properties;

use interop::layout::{CopyPlan, HostCopy, MAX_NDIM, Overlap, Staging};
use interop::{Layout, LayoutError, SliceSpec};
use proptest::prelude::*;

/// Lengths from 0 to far too many.
fn len() -> impl Strategy<Value = usize> {
    prop_oneof![
        3 => 0..5usize,
        1 => (0..64u32, -2..3i64).prop_map(|(bit, near)| (1u64 << bit).wrapping_add_signed(near) as usize),
        1 => any::<usize>(),
    ]
}

/// Signed numbers, often near a power of two or an end.
fn signed() -> impl Strategy<Value = isize> {
    prop_oneof![
        3 => -9..10isize,
        2 => (0..64u32, -2..3i64, any::<bool>()).prop_map(|(bit, near, minus)| {
            let number = (1i64.wrapping_shl(bit)).wrapping_add(near);
            (if minus { number.wrapping_neg() } else { number }) as isize
        }),
        1 => any::<isize>(),
        1 => prop::sample::select(vec![isize::MIN, isize::MIN + 1, isize::MAX - 1, isize::MAX]),
    ]
}

fn itemsize() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1..17usize, 1 => len()]
}

/// Any shape and strides of the same length, an offset and an item size.
fn parts() -> impl Strategy<Value = (Vec<usize>, Vec<isize>, isize, usize)> {
    (prop::collection::vec((len(), signed()), 0..5), signed(), itemsize()).prop_map(
        |(axes, offset, itemsize)| {
            let (shape, strides) = axes.into_iter().unzip();
            (shape, strides, offset, itemsize)
        },
    )
}

/// A layout of such numbers, half of them pulled in so that they are valid more often.
fn layout() -> impl Strategy<Value = Option<Layout>> {
    let near = prop::collection::vec((0..9usize, signed()), 0..4);
    let small = (near, -9..9isize, 1..9usize).prop_map(|(axes, offset, itemsize)| {
        let (shape, strides): (Vec<_>, Vec<_>) = axes.into_iter().unzip();
        Layout::strided(&shape, &strides, offset, itemsize).ok()
    });
    let any = parts().prop_map(|(shape, strides, offset, itemsize)| {
        Layout::strided(&shape, &strides, offset, itemsize).ok()
    });
    prop_oneof![small, any]
}

fn slice() -> impl Strategy<Value = SliceSpec> {
    (proptest::option::of(signed()), proptest::option::of(signed()), signed())
        .prop_map(|(start, stop, step)| SliceSpec { start, stop, step })
}

/// What every layout promises, computed without the library.
fn promised(layout: &Layout) -> bool {
    let bytes = layout
        .shape()
        .iter()
        .try_fold(layout.itemsize() as i128, |bytes, &len| bytes.checked_mul(len as i128));
    let empty = layout.shape().contains(&0);
    let reach = |sign: i128| -> i128 {
        let axes = layout.shape().iter().zip(layout.strides());
        axes.map(|(&len, &stride)| sign * ((len as i128 - 1) * stride as i128 * sign).max(0)).sum()
    };
    let (low, high) =
        (layout.offset() as i128 + reach(-1), layout.offset() as i128 + reach(1) + layout.itemsize() as i128);
    let (least, most) = (isize::MIN as i128, isize::MAX as i128);
    bytes == Some(layout.size_bytes() as i128)
        && (empty || (low >= least && high <= most && high - low <= most))
}

proptest! {
    #![proptest_config(properties::config())]

    #[test]
    fn a_layout_is_built_exactly_when_it_keeps_the_promise((shape, strides, offset, itemsize) in parts()) {
        let bytes = shape.iter().try_fold(itemsize as i128, |bytes, &len| bytes.checked_mul(len.max(1) as i128));
        let fits = bytes.is_some_and(|bytes| bytes <= isize::MAX as i128) && itemsize > 0;
        match Layout::strided(&shape, &strides, offset, itemsize) {
            Ok(layout) => prop_assert!(fits && promised(&layout)),
            Err(LayoutError::TooLarge { .. } | LayoutError::ZeroItemSize) => prop_assert!(!fits),
            Err(LayoutError::SpanTooLarge { start, end }) => {
                let (least, most) = (isize::MIN as i128, isize::MAX as i128);
                prop_assert!(start < least || end > most || end - start > most);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
        prop_assert_eq!(Layout::contiguous(&shape, itemsize).is_ok(), fits);
        prop_assert_eq!(Layout::fortran(&shape, itemsize).is_ok(), fits);
    }

    #[test]
    fn any_numbers_from_dlpack_are_a_layout_or_an_error(
        axes in prop::collection::vec((signed(), signed()), 0..5),
        compact in any::<bool>(),
        offset in any::<u64>(),
        itemsize in itemsize(),
    ) {
        let shape: Vec<i64> = axes.iter().map(|axis| axis.0 as i64).collect();
        let strides: Vec<i64> = axes.iter().map(|axis| axis.1 as i64).collect();
        let strides = (!compact).then_some(&strides[..]);
        for offset in [0, offset] {
            match Layout::from_elements(&shape, strides, offset, itemsize) {
                Ok(layout) => prop_assert!(promised(&layout)),
                Err(LayoutError::NegativeLength { axis, len }) => prop_assert!(shape[axis] == len && len < 0),
                Err(LayoutError::OutOfAddressRange { axis, value }) => {
                    prop_assert_eq!(value, strides.unwrap()[axis] as i128 * itemsize as i128);
                }
                Err(LayoutError::OffsetOutOfRange { .. }) => prop_assert!(offset > isize::MAX as u64),
                Err(_) => {}
            }
        }
    }

    #[test]
    fn views_by_any_numbers_keep_the_promise(
        layout in layout(),
        slices in prop::collection::vec(slice(), 0..4),
        axis in signed(),
        place in signed(),
    ) {
        let Some(layout) = layout else { return Ok(()) };
        let near = axis % 5;
        let views = [
            layout.slice(&slices),
            layout.slice_axis(near, slices.first().copied().unwrap_or_default()),
            layout.index(near, place),
            layout.index(near, place % 9),
            layout.flip(near),
            layout.flip(axis),
            layout.expand(near),
            layout.expand(axis),
            layout.squeeze_axis(near),
            layout.with_offset(place),
            Ok(layout.transpose()),
            Ok(layout.squeeze()),
        ];
        for view in views.into_iter().flatten() {
            prop_assert!(promised(&view), "{:?}", view);
        }
        let _: Result<isize, LayoutError> = layout.offset_of(&vec![place % 4; layout.ndim()]);
    }

    #[test]
    fn shapes_of_any_numbers_keep_the_promise(
        layout in layout(),
        shape in prop::collection::vec(len(), 0..5),
        signed_shape in prop::collection::vec(signed(), 0..4),
        to in itemsize(),
    ) {
        let Some(layout) = layout else { return Ok(()) };
        let mut wide = shape.clone();
        wide.extend(layout.shape());
        let views = [
            layout.reshape(&shape),
            layout.reshape_inferred(&signed_shape),
            layout.broadcast_to(&shape),
            layout.broadcast_to(&wide),
            layout.view_itemsize(to),
        ];
        for view in views.into_iter().flatten() {
            prop_assert!(promised(&view), "{:?}", view);
        }
    }

    #[test]
    fn questions_and_plans_about_any_numbers_have_an_answer(
        first in layout(),
        second in layout(),
        distance in signed(),
    ) {
        let (Some(first), Some(second)) = (first, second) else { return Ok(()) };
        prop_assert!(!first.is_c_contiguous() || first.is_empty() || first.span().len() == first.size_bytes() as u128);
        prop_assert_eq!(first.is_f_contiguous(), first.transpose().is_c_contiguous());
        let swapped = distance.checked_neg().map(|back| second.overlap(&first, back));
        let asked = first.overlap(&second, distance);
        let agreed = |swapped| swapped == asked || swapped == Overlap::Unknown || asked == Overlap::Unknown;
        prop_assert!(swapped.is_none_or(agreed));
        let strides = first.element_strides();
        prop_assert!(strides.is_err() || strides.is_ok_and(|strides| strides.len() == first.ndim()));
        let packed = Layout::contiguous(first.shape(), first.itemsize()).unwrap();
        // Loops may be as long as the address space: plans are made and counted, not walked.
        let plan = CopyPlan::new(&packed, &first).unwrap();
        prop_assert_eq!(plan.bytes(), first.size_bytes());
        prop_assert_eq!(HostCopy::new(&packed, &first).unwrap().bytes(), first.size_bytes());
        let staging = Staging::read(&first).unwrap();
        prop_assert!(promised(staging.layout()) && staging.layout().span().fits(staging.bytes()));
        let span = Staging::read_span(&first).unwrap();
        prop_assert!(promised(span.layout()) && span.layout().span().fits(span.bytes()));
        if let Ok(staging) = Staging::write(&first) {
            prop_assert_eq!(staging.plan().bytes(), first.size_bytes());
        }
    }
}

/// Hazard 14: strides that are negative, or that a wrapped one was taken for.
#[test]
fn negative_strides_are_neither_wrapped_nor_refused() {
    let reversed = Layout::contiguous(&[3, 4], 4).unwrap().slice(&[SliceSpec::REVERSED; 2]).unwrap();
    assert_eq!((reversed.strides(), reversed.offset()), (&[-16, -4][..], 44));
    assert_eq!((reversed.span().start, reversed.span().end), (0, 48));
    // The pointer of an imported array is that of element 0, which is not its lowest byte.
    let imported = Layout::strided(&[3], &[-4], 0, 4).unwrap();
    assert_eq!((imported.span().start, imported.span().end), (-8, 4));
    assert!(!imported.span().fits(12));
    let elements = Layout::from_elements(&[3], Some(&[-1]), 8, 4).unwrap();
    assert_eq!(elements, imported.with_offset(8).unwrap());
    // What CuPy once handed out for a stride of -1 element of 4 bytes.
    let wrapped = Layout::from_elements(&[3], Some(&[4611686018427387903]), 0, 4);
    assert_eq!(wrapped, Err(LayoutError::OutOfAddressRange { axis: 0, value: 4611686018427387903 * 4 }));
}

/// Hazard 15: no element, one element without an axis, and strides that nothing moves along.
#[test]
fn empty_and_0_d_arrays_and_axes_of_length_1_are_ordinary() {
    let scalar = Layout::contiguous(&[], 8).unwrap();
    assert_eq!((scalar.len(), scalar.ndim(), scalar.size_bytes()), (1, 0, 8));
    assert!(scalar.is_c_contiguous() && scalar.is_f_contiguous() && scalar.span().fits(8));
    assert_eq!(CopyPlan::new(&scalar, &scalar).unwrap().bytes(), 8);
    let empty = Layout::strided(&[3, 0, 2], &[isize::MIN, 7, isize::MAX], 5, 8).unwrap();
    assert!(empty.is_empty() && empty.is_c_contiguous() && empty.is_f_contiguous());
    assert!(empty.span().is_empty() && empty.span().fits(0));
    let plan = CopyPlan::new(&empty, &empty).unwrap();
    assert_eq!((plan.calls(), plan.offsets().count()), (0, 0));
    HostCopy::new(&empty, &empty).unwrap().for_each(|row| panic!("{row:?} of an empty array"));
    assert_eq!(Staging::read(&empty).unwrap().bytes(), 0);
    assert_eq!(empty.index(0, 2).unwrap().offset(), 5);
    assert_eq!(empty.element_strides().unwrap()[..], [2, 2, 1]);
    let odd = Layout::strided(&[1, 4], &[isize::MIN, 8], 0, 8).unwrap();
    assert!(odd.is_c_contiguous());
    assert_eq!(odd.element_strides().unwrap()[..], [4, 1]);
    assert_eq!(odd.flip(0).unwrap(), odd);
}

/// Hazard 16: shapes times item sizes that wrap.
#[test]
fn sizes_that_wrap_are_refused() {
    let half = 1usize << (usize::BITS / 2);
    for (shape, itemsize) in
        [(vec![half, half], 1), (vec![half, half, 0], 1), (vec![usize::MAX], 2), (vec![4], usize::MAX / 2)]
    {
        let refused = Err(LayoutError::TooLarge { shape: shape.clone().into(), itemsize });
        assert_eq!(Layout::contiguous(&shape, itemsize), refused);
        assert_eq!(Layout::fortran(&shape, itemsize), refused);
    }
    let row = Layout::contiguous(&[1], 8).unwrap();
    let huge = [usize::MAX / 8 + 1];
    assert_eq!(row.broadcast_to(&huge), Err(LayoutError::TooLarge { shape: huge.into(), itemsize: 8 }));
    let apart = Layout::strided(&[2], &[1], isize::MAX - 1, 1);
    assert_eq!(
        apart,
        Err(LayoutError::SpanTooLarge { start: isize::MAX as i128 - 1, end: isize::MAX as i128 + 1 })
    );
}

#[test]
fn sixty_four_axes_work_and_sixty_five_are_refused() {
    let mut shape = vec![1; MAX_NDIM];
    (shape[0], shape[31], shape[63]) = (2, 3, 4);
    let many = Layout::contiguous(&shape, 2).unwrap();
    let backwards: Vec<isize> = (0..MAX_NDIM as isize).rev().collect();
    assert_eq!(many.permute(&backwards).unwrap(), many.transpose());
    assert_eq!(many.transpose().squeeze().strides(), [2, 8, 24]);
    assert_eq!(CopyPlan::new(&many, &many).unwrap().calls(), 1);
    let error = LayoutError::TooManyAxes { ndim: 65, max: 64 };
    assert_eq!(many.expand(0), Err(error.clone()));
    assert_eq!(Layout::contiguous(&[1; 65], 1), Err(error.clone()));
    assert_eq!(Layout::from_elements(&[1; 65], None, 0, 1), Err(error.clone()));
    assert_eq!(many.broadcast_to(&[&[1], &shape[..]].concat()), Err(error));
}

#[test]
fn errors_name_the_axis_and_the_numbers() {
    let image = Layout::contiguous(&[4, 5, 3], 1).unwrap();
    for (error, text) in [
        (image.permute(&[0, 1, 1]).unwrap_err(), "axis 1 is named twice"),
        (image.permute(&[0, 1]).unwrap_err(), "2 axes are named but there are 3"),
        (image.flip(-4).unwrap_err(), "axis -4 is out of range for 3 axes"),
        (image.index(1, -6).unwrap_err(), "index -6 is out of range for axis 1 of length 5"),
        (image.squeeze_axis(0).unwrap_err(), "axis 0 has length 4; only an axis of length 1 can be removed"),
        (image.reshape(&[7, 9]).unwrap_err(), "60 elements cannot take shape [7, 9]"),
        (
            image.reshape_inferred(&[-1, -1]).unwrap_err(),
            "no length fits the -1 in shape [-1, -1] for 60 elements",
        ),
        (
            image.reshape_inferred(&[-1, 7]).unwrap_err(),
            "no length fits the -1 in shape [-1, 7] for 60 elements",
        ),
        (image.reshape_inferred(&[-2]).unwrap_err(), "axis 0 has the negative length -2"),
        (
            image.slice_axis(2, SliceSpec { step: 0, ..SliceSpec::ALL }).unwrap_err(),
            "the slice of axis 2 has a step of 0",
        ),
        (
            image.broadcast_to(&[4, 5, 4]).unwrap_err(),
            "shape [4, 5, 3] does not broadcast to [4, 5, 4]: axis 2 of the result differs",
        ),
        (
            image.transpose().reshape(&[60]).unwrap_err(),
            "shape [3, 5, 4] with strides [1, 3, 15] has no view of shape [60]; copy it to a contiguous array first",
        ),
        (
            image.view_itemsize(2).unwrap_err(),
            "items of 1 bytes cannot be seen as items of 2 bytes: the bytes of the last axis are not whole items",
        ),
        (
            Layout::strided(&[2], &[6], 0, 4).unwrap().element_strides().unwrap_err(),
            "the stride of 6 bytes of axis 0 is not a multiple of the item size 4",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
