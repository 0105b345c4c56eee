//! What copies have to do, byte by byte, and pairs of layouts to try them on.

use interop::layout::{CopyCall, CopyPlan};
use interop::{Layout, SliceSpec};
use proptest::prelude::*;

use super::{bytes, itemsize, like, shape, view};

/// Bytes to copy, as (written, read) in the order of what is written.
pub(crate) fn wanted(destination: &Layout, source: &Layout) -> Vec<(i128, i128)> {
    let mut pairs: Vec<_> = bytes(destination).into_iter().zip(bytes(source)).collect();
    pairs.sort_unstable();
    pairs
}

/// Bytes that the calls of a plan copy, as CUDA's manual describes them.
pub(crate) fn copied(plan: &CopyPlan) -> Vec<(i128, i128)> {
    let mut pairs = Vec::new();
    for at in plan.offsets() {
        let (to, from) = (at.destination as i128, at.source as i128);
        let mut run = |to: i128, from: i128, width: usize| {
            pairs.extend((0..width as i128).map(|byte| (to + byte, from + byte)));
        };
        match plan.call() {
            CopyCall::Bytes { len } => run(to, from, len),
            CopyCall::Rows { width, height, destination_pitch, source_pitch } => {
                for row in 0..height {
                    run(to + (row * destination_pitch) as i128, from + (row * source_pitch) as i128, width);
                }
            }
            CopyCall::Planes {
                width,
                height,
                depth,
                destination_pitch,
                source_pitch,
                destination_rows,
                source_rows,
            } => {
                for plane in 0..depth {
                    for row in 0..height {
                        let to = to + ((plane * destination_rows + row) * destination_pitch) as i128;
                        let from = from + ((plane * source_rows + row) * source_pitch) as i128;
                        run(to, from, width);
                    }
                }
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

/// A destination without overlap and any source of the same shape.
pub(crate) fn pair() -> impl Strategy<Value = (Layout, Layout)> {
    (shape(4), itemsize())
        .prop_flat_map(|(shape, itemsize)| (view(shape.clone(), itemsize, false), like(shape, itemsize)))
}

/// The same, but the source is a view of a packed array too.
pub(crate) fn views() -> impl Strategy<Value = (Layout, Layout)> {
    (shape(4), itemsize()).prop_flat_map(|(shape, itemsize)| {
        (view(shape.clone(), itemsize, false), view(shape, itemsize, true))
    })
}

/// Both sides cut from packed arrays in orders that are often alike, so that calls of every kind come up.
pub(crate) fn alike() -> impl Strategy<Value = (Layout, Layout)> {
    let axis = (2..4usize, 0..3usize, 0..3usize);
    (prop::collection::vec(axis, 1..5), itemsize(), any::<bool>(), any::<prop::sample::Index>()).prop_map(
        |(axes, itemsize, swap, at)| {
            let cut = |pads: Vec<usize>| {
                let whole: Vec<usize> = axes.iter().zip(&pads).map(|(axis, pad)| axis.0 + pad / 2).collect();
                let slices: Vec<SliceSpec> = axes.iter().map(|axis| (0..axis.0 as isize).into()).collect();
                Layout::contiguous(&whole, itemsize).unwrap().slice(&slices).unwrap()
            };
            let to = cut(axes.iter().map(|axis| axis.1).collect());
            let mut from = cut(axes.iter().map(|axis| axis.2).collect());
            if swap {
                let axis = at.index(axes.len()) as isize;
                from = from.flip(axis).unwrap();
                return (to.flip(axis).unwrap(), from);
            }
            (to, from)
        },
    )
}
