//! Copy plans against the enumeration of every byte, and their number of calls against every other way to make them.

mod layout_oracle;

use interop::layout::{CopyCall, CopyPlan, HostCopy, MAX_PITCH, Overlap, Staging};
use interop::{Layout, LayoutError, SliceSpec};
use layout_oracle::{addresses, bytes, config, itemsize, layout, like, shape, view};
use proptest::prelude::*;

/// Bytes to copy, as (written, read) in the order of what is written.
fn wanted(destination: &Layout, source: &Layout) -> Vec<(i128, i128)> {
    let mut pairs: Vec<_> = bytes(destination).into_iter().zip(bytes(source)).collect();
    pairs.sort_unstable();
    pairs
}

/// Bytes that the calls of a plan copy, as CUDA's manual describes them.
fn copied(plan: &CopyPlan) -> Vec<(i128, i128)> {
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

/// Bytes that the rows of a host copy touch.
fn moved(plan: &HostCopy) -> Vec<(i128, i128)> {
    let mut pairs = Vec::new();
    plan.for_each(|row| {
        for at in 0..row.count as isize {
            let to = (row.destination + at * row.destination_stride) as i128;
            let from = (row.source + at * row.source_stride) as i128;
            pairs.extend((0..plan.width() as i128).map(|byte| (to + byte, from + byte)));
        }
    });
    pairs.sort_unstable();
    pairs
}

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

/// A destination without overlap and any source of the same shape.
fn pair() -> impl Strategy<Value = (Layout, Layout)> {
    (shape(4), itemsize())
        .prop_flat_map(|(shape, itemsize)| (view(shape.clone(), itemsize, false), like(shape, itemsize)))
}

/// The same, but the source is a view of a packed array too.
fn views() -> impl Strategy<Value = (Layout, Layout)> {
    (shape(4), itemsize()).prop_flat_map(|(shape, itemsize)| {
        (view(shape.clone(), itemsize, false), view(shape, itemsize, true))
    })
}

/// Both sides cut from packed arrays in orders that are often alike, so that calls of every kind come up.
fn alike() -> impl Strategy<Value = (Layout, Layout)> {
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

proptest! {
    #![proptest_config(config())]

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

    #[test]
    fn a_packed_buffer_holds_each_element_once_and_where_it_says(device in layout()) {
        let staging = Staging::read(&device).unwrap();
        prop_assert_eq!(staging.layout().shape(), device.shape());
        prop_assert!(staging.layout().span().fits(staging.bytes()));
        let copied = copied(staging.plan());
        // Every byte of the buffer is written, once, and each element of the layout finds its own.
        let written: Vec<i128> = copied.iter().map(|pair| pair.0).collect();
        prop_assert_eq!(&written, &(0..staging.bytes() as i128).collect::<Vec<_>>());
        for (place, origin) in wanted(staging.layout(), &device) {
            prop_assert_eq!(copied[place as usize].1, origin);
        }
        let repeated: usize = (device.shape().iter().zip(device.strides()))
            .map(|(&len, &stride)| if stride == 0 { len.min(1) } else { len })
            .product();
        prop_assert_eq!(staging.bytes(), repeated * device.itemsize());
    }

    #[test]
    fn a_span_buffer_holds_every_element_in_one_call(device in layout()) {
        let staging = Staging::read_span(&device).unwrap();
        let copied = copied(staging.plan());
        prop_assert_eq!(staging.bytes() as u128, device.span().len());
        prop_assert_eq!(staging.plan().calls(), usize::from(!device.is_empty()));
        for (place, origin) in wanted(staging.layout(), &device) {
            prop_assert_eq!(copied[place as usize], (place, origin));
        }
    }

    #[test]
    fn writing_from_a_packed_buffer_reaches_every_element(
        device in (shape(4), itemsize()).prop_flat_map(|(shape, itemsize)| view(shape, itemsize, false)),
    ) {
        let staging = Staging::write(&device).unwrap();
        prop_assert_eq!(staging.bytes(), device.size_bytes());
        prop_assert!(staging.layout().span().fits(staging.bytes()));
        prop_assert_eq!(copied(staging.plan()), wanted(&device, staging.layout()));
    }

    #[test]
    fn a_chosen_order_needs_no_more_calls_than_any_packed_one(
        (device, order) in (shape(4), itemsize())
            .prop_flat_map(|(shape, itemsize)| view(shape, itemsize, true))
            .prop_flat_map(|device| {
                let order = Just((0..device.ndim() as isize).collect::<Vec<_>>()).prop_shuffle();
                (Just(device), order)
            }),
    ) {
        let turned = device.permute(&order).unwrap();
        let packed = Layout::contiguous(turned.shape(), turned.itemsize()).unwrap();
        let direct = CopyPlan::new(&packed, &turned).unwrap();
        prop_assert!(Staging::read(&device).unwrap().plan().calls() <= direct.calls());
    }

    #[test]
    fn a_host_copy_moves_every_byte_exactly_once((to, from) in prop_oneof![pair(), alike()]) {
        let plan = HostCopy::new(&to, &from).unwrap();
        prop_assert_eq!(moved(&plan), wanted(&to, &from));
        prop_assert_eq!(plan.bytes(), to.size_bytes());
    }

    #[test]
    fn a_host_copy_in_blocks_moves_every_byte_exactly_once(high in 1..80usize, wide in 1..2200usize, deep in 1..3usize) {
        let deep = if wide > 300 { 1 } else { deep };
        let high = if wide > 300 { high.min(4) } else { high };
        let to = Layout::contiguous(&[deep, high, wide], 1).unwrap();
        let from = Layout::contiguous(&[deep, wide, high], 1).unwrap().permute(&[0, 2, 1]).unwrap();
        let plan = HostCopy::new(&to, &from).unwrap();
        let mut seen = vec![false; to.len()];
        plan.for_each(|row| {
            for (at, byte) in (0..row.count as isize).flat_map(|at| (0..plan.width()).map(move |byte| (at, byte))) {
                let to = (row.destination + at * row.destination_stride) as usize + byte;
                let (plane, line, column) = (to / (high * wide), to / wide % high, to % wide);
                let from = (row.source + at * row.source_stride) as usize + byte;
                assert_eq!(from, (plane * wide + column) * high + line);
                assert!(!std::mem::replace(&mut seen[to], true), "byte {to} twice");
            }
        });
        prop_assert!(seen.iter().all(|&seen| seen));
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

#[test]
fn an_axis_backwards_on_one_side_is_a_loop_and_staging_avoids_it() {
    let image = Layout::contiguous(&[300, 451, 3], 1).unwrap();
    let mirrored = image.flip(1).unwrap();
    let direct = CopyPlan::new(&image, &mirrored).unwrap();
    assert_eq!((direct.calls(), direct.call().width()), (451, 3));
    let staged = Staging::read(&mirrored).unwrap();
    assert_eq!(staged.plan().call(), CopyCall::Bytes { len: 300 * 451 * 3 });
    assert_eq!(addresses(staged.layout()), addresses(&mirrored));
}

#[test]
fn a_repeated_row_is_read_once() {
    let row = Layout::contiguous(&[1, 5], 4).unwrap().broadcast_to(&[1000, 5]).unwrap();
    let staging = Staging::read(&row).unwrap();
    assert_eq!((staging.bytes(), staging.plan().call()), (20, CopyCall::Bytes { len: 20 }));
    assert_eq!(staging.layout().strides(), [0, 4]);
}
