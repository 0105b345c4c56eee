//! The slow truth about layouts: every element is enumerated, nothing is clever.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod copies;

use interop::Layout;
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

/// Every index of `shape`, in C order.
pub(crate) fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for &len in shape {
        all = all.iter().flat_map(|head| (0..len).map(move |at| [&head[..], &[at]].concat())).collect();
    }
    all
}

/// Where the element at `index` begins.
pub(crate) fn address(layout: &Layout, index: &[usize]) -> i128 {
    let steps = index.iter().zip(layout.strides()).map(|(&at, &stride)| at as i128 * stride as i128);
    layout.offset() as i128 + steps.sum::<i128>()
}

/// Where every element begins, in C order.
pub(crate) fn addresses(layout: &Layout) -> Vec<i128> {
    indices(layout.shape()).iter().map(|index| address(layout, index)).collect()
}

/// Every byte of every element, in C order.
pub(crate) fn bytes(layout: &Layout) -> Vec<i128> {
    addresses(layout).iter().flat_map(|&start| start..start + layout.itemsize() as i128).collect()
}

/// Whether some byte occurs twice.
pub(crate) fn repeats(mut bytes: Vec<i128>) -> bool {
    bytes.sort_unstable();
    bytes.windows(2).any(|pair| pair[0] == pair[1])
}

/// Few short axes, some of length 0 and 1.
pub(crate) fn shape(most: usize) -> impl Strategy<Value = Vec<usize>> {
    let len = prop_oneof![1 => Just(0usize), 4 => Just(1usize), 15 => 2..5usize];
    prop::collection::vec(len, 0..=most)
}

/// An item size: mostly real ones, and an odd one.
pub(crate) fn itemsize() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![1usize, 1, 2, 3, 4, 8])
}

/// What slices, permutations, flips, padding and broadcasting make of a packed array.
pub(crate) fn view(shape: Vec<usize>, itemsize: usize, repeat: bool) -> impl Strategy<Value = Layout> {
    let ndim = shape.len();
    let axis = (0..3usize, any::<bool>(), 0..if repeat { 8 } else { 7usize });
    let order = Just((0..ndim).collect::<Vec<_>>()).prop_shuffle();
    (order, prop::collection::vec(axis, ndim), -40..40isize).prop_map(move |(order, axes, offset)| {
        let mut strides = vec![0; ndim];
        let mut next = itemsize as isize;
        for axis in order {
            let (pad, backwards, kind) = axes[axis];
            // Most axes follow each other without a gap; some have a step, a gap, or repeat.
            let stride = match kind {
                5 => next * (pad as isize + 1),
                6 => next + (pad * itemsize) as isize,
                7 => 0,
                _ => next,
            };
            strides[axis] = if backwards && pad == 0 { -stride } else { stride };
            next = next.max(stride * shape[axis].max(1) as isize);
        }
        Layout::strided(&shape, &strides, offset, itemsize).unwrap()
    })
}

/// Any small strides, nested or not.
pub(crate) fn wild(shape: Vec<usize>, itemsize: usize) -> impl Strategy<Value = Layout> {
    let stride =
        prop_oneof![3 => -12..13isize, 1 => (-4..5isize).prop_map(move |items| items * itemsize as isize)];
    (prop::collection::vec(stride, shape.len()), -40..40isize)
        .prop_map(move |(strides, offset)| Layout::strided(&shape, &strides, offset, itemsize).unwrap())
}

/// Either, of a given shape and item size.
pub(crate) fn like(shape: Vec<usize>, itemsize: usize) -> impl Strategy<Value = Layout> {
    prop_oneof![3 => view(shape.clone(), itemsize, true), 1 => wild(shape, itemsize)]
}

/// Any small layout.
pub(crate) fn layout() -> impl Strategy<Value = Layout> {
    (shape(4), itemsize()).prop_flat_map(|(shape, itemsize)| like(shape, itemsize))
}

/// Any small layout with at least one axis, and one of its axes.
pub(crate) fn layout_and_axis() -> impl Strategy<Value = (Layout, usize)> {
    (shape(3), 0..4usize, itemsize()).prop_flat_map(|(mut shape, axis, itemsize)| {
        shape.push(2);
        let axis = axis % shape.len();
        (like(shape, itemsize), Just(axis))
    })
}

/// The addresses of a packed array of 1-byte items, as ndarray holds them.
pub(crate) fn numbered(shape: &[usize]) -> ArrayD<i128> {
    ArrayD::from_shape_vec(IxDyn(shape), (0..shape.iter().product::<usize>() as i128).collect()).unwrap()
}
