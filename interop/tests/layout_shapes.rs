//! Other shapes of the same elements against the enumeration of every element, and against ndarray: broadcasting,
//! reshaping, other item sizes, and the two ways out of the program, DLPack's strides and descriptors.

mod layout_oracle;
mod properties;

use interop::{Layout, LayoutError};
use layout_oracle::{address, addresses, bytes, indices, itemsize, layout, like, numbered, shape};
use ndarray::IxDyn;
use proptest::prelude::*;

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
    #![proptest_config(properties::config())]

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
    #![proptest_config(properties::config())]

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
