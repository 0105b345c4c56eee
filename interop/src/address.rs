//! Where the bytes of an array are in the address space, once a base address is known.

use std::ops::Range;

use crate::layout::{Layout, Span};

/// The addresses of the lowest byte and one past the highest, for a layout counted from `base`. `None` if one of them
/// is no address. An array without elements is the empty range at 0.
pub(crate) fn byte_range(base: usize, layout: &Layout) -> Option<Range<usize>> {
    if layout.is_empty() {
        return Some(0..0);
    }
    addresses(base, layout.span())
}

/// The same for bytes of which the span is known.
#[inline]
pub(crate) fn addresses(base: usize, span: Span) -> Option<Range<usize>> {
    // Below 2^65 in size: 128 bits cannot overflow.
    let start = usize::try_from(base as i128 + span.start).ok()?;
    let end = usize::try_from(base as i128 + span.end).ok()?;
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_below_zero_or_above_the_top_is_no_range() {
        let reversed = Layout::strided(&[4], &[-8], 0, 8).unwrap();
        assert_eq!(byte_range(24, &reversed), Some(0..32));
        assert_eq!(byte_range(23, &reversed), None);
        let forward = Layout::contiguous(&[4], 8).unwrap();
        assert_eq!(byte_range(usize::MAX - 32, &forward), Some(usize::MAX - 32..usize::MAX));
        assert_eq!(byte_range(usize::MAX - 31, &forward), None);
    }

    #[test]
    fn no_elements_are_nowhere() {
        let empty = Layout::contiguous(&[0, 7], 8).unwrap();
        assert_eq!(byte_range(usize::MAX, &empty), Some(0..0));
    }
}
