//! Copies in host memory against the enumeration of every byte.

mod layout_oracle;
mod properties;

use interop::Layout;
use interop::layout::HostCopy;
use layout_oracle::copies::{alike, pair, wanted};
use proptest::prelude::*;

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

proptest! {
    #![proptest_config(properties::config())]

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
fn host_rows_are_long_in_both_directions_between_pixels_and_planes() {
    let planes = Layout::contiguous(&[3, 300, 451], 1).unwrap();
    let pixels = Layout::contiguous(&[300, 451, 3], 1).unwrap().permute(&[2, 0, 1]).unwrap();
    for plan in [HostCopy::new(&planes, &pixels).unwrap(), HostCopy::new(&pixels, &planes).unwrap()] {
        let mut rows = 0;
        plan.for_each(|_| rows += 1);
        assert_eq!(rows, 3 * (300 * 451usize).div_ceil(682));
    }
}

#[test]
fn rows_of_a_repeated_source_are_not_cut_into_blocks() {
    let repeated = Layout::strided(&[1000, 500], &[0, 2], 0, 1).unwrap();
    let mut counts = Vec::new();
    let plan = HostCopy::new(&Layout::contiguous(&[1000, 500], 1).unwrap(), &repeated).unwrap();
    plan.for_each(|row| counts.push(row.count));
    assert_eq!(counts, [500; 1000]);
}
