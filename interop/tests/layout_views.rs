//! Views against the enumeration of every element, and against ndarray.

mod layout_oracle;

use interop::{Layout, LayoutError, SliceSpec};
use layout_oracle::{
    address, addresses, bytes, config, indices, itemsize, layout, layout_and_axis, like, shape,
};
use ndarray::{ArrayD, Axis, IxDyn, Slice};
use proptest::prelude::*;

/// The addresses of a packed array of 1-byte items, as ndarray holds them.
fn numbered(shape: &[usize]) -> ArrayD<i128> {
    ArrayD::from_shape_vec(IxDyn(shape), (0..shape.iter().product::<usize>() as i128).collect()).unwrap()
}

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

/// Strides for `shape` that reach `wanted` in C order, found by looking one step along each axis.
fn strides_for(shape: &[usize], wanted: &[i128]) -> Option<Vec<isize>> {
    let all = indices(shape);
    let strides: Vec<isize> = (0..shape.len())
        .map(|axis| {
            let step: Vec<usize> = (0..shape.len()).map(|at| usize::from(at == axis)).collect();
            let at = all.iter().position(|index| *index == step);
            at.map_or(0, |at| (wanted[at] - wanted[0]) as isize)
        })
        .collect();
    let reached = |index: &Vec<usize>| {
        wanted[0] + index.iter().zip(&strides).map(|(&at, &stride)| at as i128 * stride as i128).sum::<i128>()
    };
    all.iter().zip(wanted).all(|(index, &wanted)| reached(index) == wanted).then_some(strides)
}

/// Whether the elements follow each other without a gap, first to last in C order.
fn packed(addresses: &[i128], itemsize: usize) -> bool {
    addresses.windows(2).all(|pair| pair[1] - pair[0] == itemsize as i128)
}

/// A shape of as many elements: some factors joined, split or turned around, and axes of length 1 added.
fn same_count() -> impl Strategy<Value = (Layout, Vec<usize>)> {
    let factors = prop::collection::vec(prop::sample::select(vec![2usize, 2, 3]), 0..5);
    let cuts = || prop::collection::vec(0..3usize, 5);
    (factors, cuts(), cuts(), itemsize()).prop_flat_map(|(factors, first, second, itemsize)| {
        let group = |cuts: &[usize]| {
            let mut shape = vec![1];
            for (&factor, &cut) in factors.iter().zip(cuts) {
                match cut {
                    0 => *shape.last_mut().unwrap() *= factor,
                    1 => shape.push(factor),
                    _ => shape.extend([1, factor]),
                }
            }
            shape
        };
        (like(group(&first), itemsize), Just(group(&second)))
    })
}

proptest! {
    #![proptest_config(config())]

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
        prop_assume!(!all.is_empty());
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
    fn broadcast_repeats_the_elements(layout in layout(), more in shape(2), stretch in 0..4usize) {
        let own = layout.shape().iter().map(|&len| if len == 1 { stretch } else { len });
        let to: Vec<usize> = more.iter().copied().chain(own).collect();
        let wide = layout.broadcast_to(&to).unwrap();
        for index in indices(&to) {
            let own = index[more.len()..].iter().zip(layout.shape());
            let original: Vec<usize> = own.map(|(&at, &len)| if len == 1 { 0 } else { at }).collect();
            prop_assert_eq!(address(&wide, &index), address(&layout, &original));
        }
    }

    #[test]
    fn broadcast_agrees_with_ndarray_on_what_fits(from in shape(3), to in shape(4)) {
        let array = numbered(&from);
        let theirs = array.broadcast(IxDyn(&to));
        match Layout::contiguous(&from, 1).unwrap().broadcast_to(&to) {
            Ok(ours) => {
                let theirs = theirs.expect("ndarray refuses what we accept");
                prop_assert_eq!(addresses(&ours), theirs.iter().copied().collect::<Vec<_>>());
            }
            Err(error) => {
                prop_assert!(theirs.is_none());
                let refused = matches!(error, LayoutError::NotBroadcastable { .. });
                prop_assert!(refused);
            }
        }
    }

    #[test]
    fn reshape_is_a_view_or_an_error_exactly_when_there_is_none((layout, to) in same_count()) {
        let all = addresses(&layout);
        let exists = strides_for(&to, &all);
        match layout.reshape(&to) {
            Ok(view) => {
                prop_assert_eq!(view.shape(), &to[..]);
                prop_assert_eq!(addresses(&view), all);
            }
            Err(error) => {
                prop_assert_eq!(exists, None);
                let refused = matches!(error, LayoutError::NeedsCopy { .. });
                prop_assert!(refused);
            }
        }
    }

    #[test]
    fn reshape_of_a_packed_array_agrees_with_ndarray((layout, to) in same_count()) {
        let from = layout.shape();
        let ours = Layout::contiguous(from, 1).unwrap().reshape(&to).unwrap();
        let theirs = numbered(from).into_shape_with_order(IxDyn(&to)).unwrap();
        prop_assert_eq!(addresses(&ours), theirs.iter().copied().collect::<Vec<_>>());
    }

    #[test]
    fn reshape_refuses_another_number_of_elements(layout in layout(), to in shape(3)) {
        let (from, wanted) = (layout.len(), to.iter().product::<usize>());
        let refused = layout.reshape(&to) == Err(LayoutError::ElementCount { from, to: to.clone().into() });
        prop_assert_eq!(refused, from != wanted);
    }

    #[test]
    fn an_inferred_length_is_the_only_one_that_fits((layout, to) in same_count(), hole in 0..5usize) {
        let hole = hole % to.len();
        let asked: Vec<isize> = to.iter().enumerate().map(|(at, &len)| if at == hole { -1 } else { len as isize }).collect();
        prop_assert_eq!(layout.reshape_inferred(&asked), layout.reshape(&to));
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

    #[test]
    fn another_item_size_sees_the_same_bytes(layout in layout(), to in itemsize()) {
        match layout.view_itemsize(to) {
            Ok(view) => {
                prop_assert_eq!(bytes(&view), bytes(&layout));
                prop_assert_eq!(view.itemsize(), to);
                let back = view.view_itemsize(layout.itemsize()).unwrap();
                prop_assert_eq!(addresses(&back), addresses(&layout));
            }
            Err(LayoutError::ItemSizeView { from, .. }) => {
                prop_assert!(from != to);
                let (last, from_last) = (layout.shape().last(), layout.strides().last());
                let packed = last.is_some_and(|&len| len <= 1) || layout.is_empty() || from_last == Some(&(from as isize));
                let divides = last.is_some_and(|&len| (len * from).is_multiple_of(to))
                    && (from.is_multiple_of(to) || to.is_multiple_of(from));
                prop_assert!(!(packed && divides));
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn element_strides_lead_to_the_same_elements(layout in layout()) {
        let itemsize = layout.itemsize() as isize;
        match layout.element_strides() {
            Ok(strides) => {
                let shape: Vec<i64> = layout.shape().iter().map(|&len| len as i64).collect();
                let counted =
                    Layout::from_element_strides(layout.shape(), &strides, layout.offset(), layout.itemsize());
                prop_assert_eq!(addresses(&counted.unwrap()), addresses(&layout));
                let strides: Vec<i64> = strides.iter().map(|&stride| stride as i64).collect();
                let back = Layout::from_elements(&shape, Some(&strides), 0, layout.itemsize()).unwrap();
                prop_assert_eq!(addresses(&back.with_offset(layout.offset()).unwrap()), addresses(&layout));
            }
            Err(LayoutError::StrideNotWholeItems { axis, stride, .. }) => {
                prop_assert_eq!(layout.strides()[axis], stride);
                prop_assert!(stride % itemsize != 0 && layout.shape()[axis] > 1);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}

#[cfg(feature = "serde")]
proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_descriptor_is_read_back_as_it_was_written(layout in layout()) {
        let text = serde_json::to_string(&layout).unwrap();
        prop_assert_eq!(serde_json::from_str::<Layout>(&text).unwrap(), layout);
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_descriptor_that_promises_too_much_is_refused() {
    let read = |text: &str| serde_json::from_str::<Layout>(text).map_err(|error| error.to_string());
    let text = r#"{"shape":[2,3],"strides":[-9223372036854775808,1],"offset":0,"itemsize":4}"#;
    assert!(read(text).unwrap_err().starts_with("the elements span bytes -9223372036854775808 to 6"));
    assert!(
        read(r#"{"shape":[2],"strides":[],"offset":0,"itemsize":4}"#)
            .unwrap_err()
            .starts_with("the shape has 1")
    );
    assert!(
        read(r#"{"shape":[],"strides":[],"offset":0,"itemsize":0}"#)
            .unwrap_err()
            .starts_with("an item size of 0")
    );
    assert!(read(r#"{"shape":[-1],"strides":[1],"offset":0,"itemsize":1}"#).is_err());
    assert!(read(r#"{"shape":[],"strides":[],"offset":0,"itemsize":1,"more":1}"#).is_err());
}
