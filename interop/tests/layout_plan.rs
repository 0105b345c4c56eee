//! Plans of runtime calls against the enumeration of every byte, and their number against every other assignment.

mod layout_oracle;
mod properties;

use interop::layout::{CopyCall, CopyPlan, HostCopy, MAX_PITCH, Overlap, Staging};
use interop::{Layout, LayoutError, SliceSpec};
use layout_oracle::copies::{alike, copied, pair, views, wanted};
use layout_oracle::layout;
use proptest::prelude::*;

type Axis = (usize, isize, isize);

/// Every single axis that these axes, used up in some order, can act as.
fn joined(axes: &[Axis]) -> Vec<Axis> {
    let mut found = Vec::new();
    for (at, &(len, to, from)) in axes.iter().enumerate() {
        let rest = [&axes[..at], &axes[at + 1..]].concat();
        if rest.is_empty() {
            found.push((len, to, from));
        }
        for (more, outer_to, outer_from) in joined(&rest) {
            // The rest goes around this axis.
            if outer_to == len as isize * to && outer_from == len as isize * from {
                found.push((len * more, to, from));
            }
        }
    }
    found
}

/// An axis as axes of prime length, innermost first.
fn split((mut len, mut to, mut from): Axis) -> Vec<Axis> {
    let mut parts = Vec::new();
    while let Some(prime) = (2..=len).find(|divisor| len.is_multiple_of(*divisor)) {
        parts.push((prime, to, from));
        (len, to, from) = (len / prime, to * prime as isize, from * prime as isize);
    }
    parts
}

/// Whether some assignment of axes, or of parts of axes, to the width, the rows, the planes and the loop around the call
/// makes fewer than `calls` calls. Axes that are packed on both sides are not rows of single items.
fn fewer_calls_exist(destination: &Layout, source: &Layout, calls: usize) -> bool {
    let strides = destination.strides().iter().zip(source.strides());
    let axes: Vec<Axis> = (destination.shape().iter().zip(strides))
        // A pitch is positive, so an axis that runs backwards on both sides is of use the other way round only.
        .map(|(&len, (&to, &from))| if to < 0 { (len, -to, -from) } else { (len, to, from) })
        .flat_map(split)
        .collect();
    let total: usize = axes.iter().map(|axis| axis.0).product();
    let item = destination.itemsize();
    let packed = |axis: &Axis| axis.1 == item as isize && axis.2 == item as isize;
    (0..4usize.pow(axes.len() as u32)).any(|roles| {
        let lengths = (0..axes.len()).map(|at| if roles >> (2 * at) & 3 == 0 { 1 } else { axes[at].0 });
        if total / lengths.product::<usize>() >= calls {
            return false;
        }
        let role = |wanted: usize| -> Vec<Axis> {
            let picked = axes.iter().enumerate().filter(|&(at, _)| roles >> (2 * at) & 3 == wanted);
            picked.map(|(_, &axis)| axis).collect()
        };
        let (x, y, z) = (role(1), role(2), role(3));
        let width = match x.is_empty() {
            true => Some(item),
            false => joined(&x).into_iter().find(packed).map(|axis| axis.0 * item),
        };
        let Some(width) = width else { return false };
        let is_row = |axis: &Axis| axis.1.min(axis.2) >= width as isize && !packed(axis);
        let rows: Vec<Axis> = joined(&y).into_iter().filter(is_row).collect();
        let is_plane = |row: &Axis, plane: &Axis| {
            let whole = |plane: isize, pitch: isize| {
                plane > 0 && plane % pitch == 0 && plane / pitch >= row.0 as isize
            };
            whole(plane.1, row.1) && whole(plane.2, row.2)
        };
        match (y.is_empty(), z.is_empty()) {
            (true, no_planes) => no_planes,
            (false, true) => !rows.is_empty(),
            (false, false) => joined(&z).iter().any(|outer| rows.iter().any(|inner| is_plane(inner, outer))),
        }
    })
}

proptest! {
    #![proptest_config(properties::config())]

    #[test]
    fn a_plan_copies_every_byte_exactly_once((to, from) in prop_oneof![pair(), alike()]) {
        let plan = CopyPlan::new(&to, &from).unwrap();
        prop_assert_eq!(copied(&plan), wanted(&to, &from));
        prop_assert_eq!((plan.calls(), plan.bytes()), (plan.offsets().count(), to.size_bytes()));
    }

    #[test]
    fn a_plan_has_the_fewest_calls((to, from) in prop_oneof![views(), alike()]) {
        let calls = CopyPlan::new(&to, &from).unwrap().calls();
        prop_assert!(!fewer_calls_exist(&to, &from, calls));
    }

    #[test]
    fn a_call_keeps_to_the_rules_of_pitches((to, from) in prop_oneof![pair(), alike()]) {
        match CopyPlan::new(&to, &from).unwrap().call() {
            CopyCall::Bytes { len } => prop_assert_eq!(len == 0, to.is_empty()),
            CopyCall::Rows { width, height, destination_pitch, source_pitch } => {
                prop_assert!(width > 0 && height > 1);
                prop_assert!((width..=MAX_PITCH).contains(&destination_pitch));
                prop_assert!((width..=MAX_PITCH).contains(&source_pitch));
            }
            CopyCall::Planes { width, height, depth, destination_pitch, source_pitch, destination_rows, source_rows } => {
                prop_assert!(width > 0 && height > 1 && depth > 1);
                prop_assert!((width..=MAX_PITCH).contains(&destination_pitch));
                prop_assert!((width..=MAX_PITCH).contains(&source_pitch));
                prop_assert!(destination_rows >= height && source_rows >= height);
            }
        }
    }

    #[test]
    fn only_destinations_without_overlap_are_written(to in layout(), strides in any::<prop::sample::Index>()) {
        let from = Layout::contiguous(to.shape(), to.itemsize()).unwrap();
        let shared = to.self_overlap() == Overlap::Yes;
        let refused = |error: &LayoutError| matches!(error, LayoutError::OverlappingDestination { .. });
        prop_assert_eq!(CopyPlan::new(&to, &from).as_ref().is_err_and(refused), shared);
        prop_assert_eq!(HostCopy::new(&to, &from).as_ref().is_err_and(refused), shared);
        prop_assert_eq!(Staging::write(&to).as_ref().is_err_and(refused), shared);
        // As a source it may overlap as it likes.
        prop_assert!(CopyPlan::new(&from, &to).is_ok() && HostCopy::new(&from, &to).is_ok());
        prop_assert!(Staging::read(&to).is_ok() && Staging::read_span(&to).is_ok());
        let other = Layout::contiguous(&[to.shape(), &[strides.index(3)]].concat(), to.itemsize()).unwrap();
        let different = matches!(CopyPlan::new(&to, &other), Err(LayoutError::ShapeMismatch { .. }));
        prop_assert!(different);
        let wider = Layout::contiguous(to.shape(), to.itemsize() + 1).unwrap();
        let different = matches!(HostCopy::new(&to, &wider), Err(LayoutError::ItemSizeMismatch { .. }));
        prop_assert!(different);
    }
}

#[test]
fn calls_of_every_kind_are_planned() {
    let whole = Layout::contiguous(&[4, 6, 8, 3], 2).unwrap();
    let part = |slices: &[SliceSpec]| {
        let view = whole.slice(slices).unwrap();
        let packed = Layout::contiguous(view.shape(), 2).unwrap();
        CopyPlan::new(&packed, &view).unwrap()
    };
    let all = SliceSpec::ALL;
    assert_eq!(part(&[all]).call(), CopyCall::Bytes { len: 4 * 6 * 8 * 3 * 2 });
    assert_eq!(
        part(&[all, (1..4).into()]).call(),
        CopyCall::Rows { width: 3 * 48, height: 4, destination_pitch: 3 * 48, source_pitch: 6 * 48 }
    );
    let planes = part(&[all, (1..4).into(), (2..7).into()]);
    assert_eq!(
        (planes.call(), planes.calls()),
        (
            CopyCall::Planes {
                width: 30,
                height: 3,
                depth: 4,
                destination_pitch: 30,
                source_pitch: 48,
                destination_rows: 3,
                source_rows: 6
            },
            1
        )
    );
    let nested = part(&[all, (1..4).into(), (2..7).into(), (0..2).into()]);
    // A pixel is 4 of 6 bytes; the shortest of the three axes around it is the loop.
    assert_eq!((nested.calls(), nested.call().width()), (3, 4));
}

#[test]
fn planes_that_are_no_whole_number_of_rows_apart_take_a_call_each() {
    let source = Layout::strided(&[2, 3, 4], &[31, 10, 1], 0, 1).unwrap();
    let packed = Layout::contiguous(&[2, 3, 4], 1).unwrap();
    let plan = CopyPlan::new(&packed, &source).unwrap();
    let rows = CopyCall::Rows { width: 4, height: 3, destination_pitch: 4, source_pitch: 10 };
    assert_eq!((plan.call(), plan.calls()), (rows, 2));
}

#[test]
fn a_pitch_beyond_what_devices_take_is_a_loop() {
    let far = |pitch: usize| {
        let source = Layout::strided(&[3, 8], &[pitch as isize, 1], 0, 1).unwrap();
        CopyPlan::new(&Layout::contiguous(&[3, 8], 1).unwrap(), &source).unwrap().calls()
    };
    assert_eq!((far(MAX_PITCH), far(MAX_PITCH + 1)), (1, 3));
}

#[test]
fn overlapping_windows_go_in_columns_when_rows_would_be_more() {
    let windows = Layout::strided(&[10, 4], &[1, 1], 0, 1).unwrap();
    let plan = CopyPlan::new(&Layout::contiguous(&[10, 4], 1).unwrap(), &windows).unwrap();
    let column = CopyCall::Rows { width: 1, height: 10, destination_pitch: 4, source_pitch: 1 };
    assert_eq!((plan.call(), plan.calls()), (column, 4));
}
