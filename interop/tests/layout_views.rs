//! Views of the same axes or a part of them, against the enumeration of every element and against ndarray.

mod layout_oracle;
mod properties;

use interop::{Layout, LayoutError, SliceSpec};
use layout_oracle::{address, addresses, bytes, indices, itemsize, layout, layout_and_axis, numbered, shape};
use ndarray::{Axis, IxDyn, Slice};
use proptest::prelude::*;

/// A slice with bounds around an axis of up to 4.
fn slice() -> impl Strategy<Value = SliceSpec> {
    let bound = || proptest::option::of(-7..8isize);
    let step = prop_oneof![-4..0isize, 1..5isize];
    (bound(), bound(), step).prop_map(|(start, stop, step)| SliceSpec { start, stop, step })
}

/// The places a slice takes, by walking as Python's list slicing is described.
fn places(slice: SliceSpec, len: usize) -> Vec<usize> {
    let len = len as isize;
    let bound = |bound: isize| if bound < 0 { bound + len } else { bound };
    let mut taken = Vec::new();
    if slice.step > 0 {
        let mut at = bound(slice.start.unwrap_or(0)).max(0);
        while at < len && slice.stop.is_none_or(|stop| at < bound(stop)) {
            taken.push(at as usize);
            at += slice.step;
        }
    } else {
        let mut at = slice.start.map_or(len - 1, |start| bound(start).min(len - 1));
        while at >= 0 && slice.stop.is_none_or(|stop| at > bound(stop)) {
            taken.push(at as usize);
            at += slice.step;
        }
    }
    taken
}

/// Whether the elements follow each other without a gap, first to last in C order.
fn packed(addresses: &[i128], itemsize: usize) -> bool {
    addresses.windows(2).all(|pair| pair[1] - pair[0] == itemsize as i128)
}

proptest! {
    #![proptest_config(properties::config())]

    #[test]
    fn the_span_is_the_lowest_and_the_highest_byte(layout in layout()) {
        let (span, all) = (layout.span(), bytes(&layout));
        match all.iter().min().zip(all.iter().max()) {
            Some((&low, &high)) => prop_assert_eq!((span.start, span.end), (low, high + 1)),
            None => prop_assert!(span.is_empty()),
        }
        let size = span.len() as usize + 3;
        prop_assert_eq!(span.fits(size), all.iter().all(|byte| (0..size as i128).contains(byte)));
    }

    #[test]
    fn the_counts_are_those_of_the_elements(layout in layout()) {
        let all = addresses(&layout);
        prop_assert_eq!((layout.len(), layout.is_empty()), (all.len(), all.is_empty()));
        prop_assert_eq!(layout.size_bytes(), bytes(&layout).len());
    }

    #[test]
    fn c_contiguity_is_that_of_the_elements(layout in layout()) {
        prop_assert_eq!(layout.is_c_contiguous(), packed(&addresses(&layout), layout.itemsize()));
    }

    #[test]
    fn f_contiguity_is_that_of_the_elements_in_reverse_axis_order(layout in layout()) {
        let turned = addresses(&layout.transpose());
        prop_assert_eq!(layout.is_f_contiguous(), packed(&turned, layout.itemsize()));
    }

    #[test]
    fn packed_arrays_are_packed(shape in shape(4), itemsize in itemsize()) {
        let (c, f) = (Layout::contiguous(&shape, itemsize).unwrap(), Layout::fortran(&shape, itemsize).unwrap());
        let wanted: Vec<_> = (0..c.len()).map(|at| (at * itemsize) as i128).collect();
        prop_assert_eq!(addresses(&c), &wanted[..]);
        prop_assert_eq!(addresses(&f.transpose()), wanted);
        prop_assert!(c.is_c_contiguous() && f.is_f_contiguous());
    }

    #[test]
    fn an_offset_is_the_address_of_its_element(layout in layout(), pick in any::<prop::sample::Index>()) {
        let all = indices(layout.shape());
        if all.is_empty() {
            prop_assert!(layout.offset_of(&vec![0; layout.ndim()]).is_err());
            return Ok(());
        }
        let index = &all[pick.index(all.len())];
        let forwards: Vec<isize> = index.iter().map(|&at| at as isize).collect();
        let backwards: Vec<isize> = index.iter().zip(layout.shape()).map(|(&at, &len)| at as isize - len as isize).collect();
        prop_assert_eq!(layout.offset_of(&forwards).unwrap() as i128, address(&layout, index));
        prop_assert_eq!(layout.offset_of(&backwards).unwrap() as i128, address(&layout, index));
    }

    #[test]
    fn permute_renames_the_indices(
        (layout, order) in layout().prop_flat_map(|layout| {
            let order = Just((0..layout.ndim()).collect::<Vec<_>>()).prop_shuffle();
            (Just(layout), order)
        }),
        negative in any::<u8>(),
    ) {
        let ndim = layout.ndim() as isize;
        let axes: Vec<isize> = (order.iter().enumerate())
            .map(|(at, &axis)| if negative >> at & 1 == 1 { axis as isize - ndim } else { axis as isize })
            .collect();
        let permuted = layout.permute(&axes).unwrap();
        for index in indices(permuted.shape()) {
            let mut original = vec![0; order.len()];
            for (&axis, &at) in order.iter().zip(&index) {
                original[axis] = at;
            }
            prop_assert_eq!(address(&permuted, &index), address(&layout, &original));
        }
    }

    #[test]
    fn permute_agrees_with_ndarray(
        (shape, order) in shape(4).prop_flat_map(|shape| {
            let order = Just((0..shape.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(shape), order)
        }),
    ) {
        let axes: Vec<isize> = order.iter().map(|&axis| axis as isize).collect();
        let ours = Layout::contiguous(&shape, 1).unwrap().permute(&axes).unwrap();
        let theirs = numbered(&shape).permuted_axes(IxDyn(&order));
        prop_assert_eq!(ours.shape(), theirs.shape());
        prop_assert_eq!(addresses(&ours), theirs.iter().copied().collect::<Vec<_>>());
    }

    #[test]
    fn transpose_is_permute_in_reverse_and_its_own_inverse(layout in layout()) {
        let reverse: Vec<isize> = (0..layout.ndim() as isize).rev().collect();
        prop_assert_eq!(layout.transpose(), layout.permute(&reverse).unwrap());
        prop_assert_eq!(layout.transpose().transpose(), layout);
    }

    #[test]
    fn slices_take_the_places_that_python_takes((layout, axis) in layout_and_axis(), slice in slice()) {
        let sliced = layout.slice_axis(axis as isize, slice).unwrap();
        let places = places(slice, layout.shape()[axis]);
        prop_assert_eq!(sliced.shape()[axis], places.len());
        for index in indices(sliced.shape()) {
            let mut original = index.clone();
            original[axis] = places[index[axis]];
            prop_assert_eq!(address(&sliced, &index), address(&layout, &original));
        }
    }

    #[test]
    fn slices_of_several_axes_are_slices_one_by_one(
        (layout, _) in layout_and_axis(),
        slices in prop::collection::vec(slice(), 1..5),
    ) {
        let slices = &slices[..slices.len().min(layout.ndim())];
        let mut one_by_one = layout.clone();
        for (axis, &slice) in slices.iter().enumerate() {
            one_by_one = one_by_one.slice_axis(axis as isize, slice).unwrap();
        }
        let together = layout.slice(slices).unwrap();
        prop_assert_eq!(together.shape(), one_by_one.shape());
        prop_assert_eq!(addresses(&together), addresses(&one_by_one));
    }

    #[test]
    fn slices_agree_with_ndarray(shape in shape(2), len in 1..6usize, from in 0..6isize, to in 0..6isize, step in 1..4isize, back in any::<bool>()) {
        let shape = [&shape[..], &[len]].concat();
        let (axis, step) = (shape.len() - 1, if back { -step } else { step });
        let (from, to) = (from.min(len as isize), to.min(len as isize));
        let (from, to) = (from.min(to), from.max(to));
        let mut theirs = numbered(&shape);
        theirs.slice_axis_inplace(Axis(axis), Slice::new(from, Some(to), step));
        // ndarray walks the range backwards; Python gives the bounds in the direction of the walk.
        let slice = match back {
            true => SliceSpec { start: (to > 0).then_some(to - 1), stop: (from > 0).then_some(from - 1), step },
            false => SliceSpec { start: Some(from), stop: Some(to), step },
        };
        let ours = Layout::contiguous(&shape, 1).unwrap().slice_axis(-1, slice).unwrap();
        if from < to {
            prop_assert_eq!(ours.shape(), theirs.shape());
            prop_assert_eq!(addresses(&ours), theirs.iter().copied().collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_index_is_one_place_of_its_axis((layout, axis) in layout_and_axis(), place in -6..6isize) {
        let len = layout.shape()[axis] as isize;
        match layout.index(axis as isize, place) {
            Ok(part) => {
                let place = place.rem_euclid(len) as usize;
                for index in indices(part.shape()) {
                    let mut original = index.clone();
                    original.insert(axis, place);
                    prop_assert_eq!(address(&part, &index), address(&layout, &original));
                }
            }
            Err(error) => {
                prop_assert!(!(-len..len).contains(&place));
                prop_assert_eq!(error, LayoutError::IndexOutOfRange { axis, index: place, len: len as usize });
            }
        }
    }

    #[test]
    fn flip_runs_backwards_and_is_its_own_inverse((layout, axis) in layout_and_axis()) {
        let flipped = layout.flip(axis as isize).unwrap();
        for index in indices(layout.shape()) {
            let mut mirrored = index.clone();
            mirrored[axis] = layout.shape()[axis] - 1 - index[axis];
            prop_assert_eq!(address(&flipped, &index), address(&layout, &mirrored));
        }
        prop_assert_eq!(flipped.flip(axis as isize).unwrap(), layout);
    }

    #[test]
    fn squeeze_and_expand_keep_the_elements(layout in layout(), at in 0..5usize) {
        let squeezed = layout.squeeze();
        prop_assert!(squeezed.shape().iter().all(|&len| len != 1));
        prop_assert_eq!(addresses(&squeezed), addresses(&layout));
        let axis = (at % (layout.ndim() + 1)) as isize;
        let expanded = layout.expand(axis).unwrap();
        prop_assert_eq!(addresses(&expanded), addresses(&layout));
        prop_assert_eq!(expanded.is_c_contiguous(), layout.is_c_contiguous());
        prop_assert_eq!(expanded.squeeze_axis(axis).unwrap(), layout.clone());
        let from_the_end = axis - layout.ndim() as isize - 1;
        prop_assert_eq!(layout.expand(from_the_end).unwrap(), expanded);
    }
}

#[test]
fn a_crop_is_the_slice_of_its_ranges_and_is_never_clamped() {
    let image = Layout::contiguous(&[4, 5, 3], 2).unwrap().flip(1).unwrap();
    let slices = [SliceSpec::from(1..3), SliceSpec::from(2..5)];
    assert_eq!(image.crop(&[1..3, 2..5]).unwrap(), image.slice(&slices).unwrap());
    assert_eq!(image.crop(&[]).unwrap(), image);
    assert_eq!(image.crop(&[4..4, 0..5]).unwrap().shape(), [0, 5, 3]);
    let outside = |start, end| LayoutError::RangeOutOfAxis { axis: 1, start, end, len: 5 };
    for (start, end) in [(0, 6), (3, 2), (6, 6), (1, usize::MAX), (usize::MAX, 1)] {
        assert_eq!(image.crop(&[0..4, start..end]).unwrap_err(), outside(start, end));
    }
    let axes = image.crop(&[0..1, 0..1, 0..1, 0..1]).unwrap_err();
    assert_eq!(axes, LayoutError::AxisCount { given: 4, ndim: 3 });
}
