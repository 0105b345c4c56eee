//! Overlap against brute force.

mod layout_oracle;
mod properties;

use interop::Layout;
use interop::layout::Overlap;
use layout_oracle::{bytes, itemsize, like, repeats, shape, view, wild};
use proptest::prelude::*;

/// Two layouts of any shapes, and how far apart their bases are.
fn two() -> impl Strategy<Value = (Layout, Layout, isize)> {
    let one = || (shape(3), itemsize()).prop_flat_map(|(shape, itemsize)| like(shape, itemsize));
    (one(), one(), -30..30isize)
}

fn answer(shared: bool) -> Overlap {
    if shared { Overlap::Yes } else { Overlap::No }
}

proptest! {
    #![proptest_config(properties::config())]

    #[test]
    fn self_overlap_is_that_of_the_bytes(
        layout in (shape(4), itemsize()).prop_flat_map(|(shape, itemsize)| wild(shape, itemsize)),
    ) {
        prop_assert_eq!(layout.self_overlap(), answer(repeats(bytes(&layout))));
    }

    #[test]
    fn views_of_a_packed_array_never_overlap_themselves(
        layout in (shape(4), itemsize()).prop_flat_map(|(shape, itemsize)| view(shape, itemsize, false)),
    ) {
        prop_assert!(!repeats(bytes(&layout)));
        prop_assert_eq!(layout.self_overlap(), Overlap::No);
    }

    #[test]
    fn overlap_of_two_is_that_of_their_bytes((first, second, distance) in two()) {
        let (ours, theirs) = (bytes(&first), bytes(&second));
        let shared = theirs.iter().any(|byte| ours.contains(&(byte + distance as i128)));
        prop_assert_eq!(first.overlap(&second, distance), answer(shared));
    }

    #[test]
    fn overlap_does_not_depend_on_who_is_asked((first, second, distance) in two()) {
        prop_assert_eq!(first.overlap(&second, distance), second.overlap(&first, -distance));
    }
}
