//! [`PackedRows`]: what most host arrays are, one run of bytes or rows of them, found in one pass.
//!
//! Small copies take microseconds, and a plan a good part of one.

use super::descriptor::Layout;
use super::plan::MAX_PITCH;

/// Runs of equal width in bytes, as far from each other as the pitch says, which is no less: the rows of an image, padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PackedRows {
    pub(crate) width: usize,
    pub(crate) count: usize,
    pub(crate) pitch: usize,
}

impl Layout {
    /// Bytes of all elements if there are any, packed in C order: [`size_bytes`](Self::size_bytes) and
    /// [`is_c_contiguous`](Self::is_c_contiguous) at once.
    #[inline]
    pub(crate) fn run_bytes(&self) -> Option<usize> {
        let mut bytes = self.itemsize();
        for (&len, &stride) in self.shape().iter().zip(self.strides()).rev() {
            if len == 0 || len != 1 && stride != bytes as isize {
                return None;
            }
            // Without a 0 the product was checked. Beyond one it may not fit, and is not used.
            bytes = bytes.wrapping_mul(len);
        }
        Some(bytes)
    }

    /// The elements in C order as rows that a pitched copy takes, from the first byte on; if they are, and more than one.
    pub(crate) fn packed_rows(&self) -> Option<PackedRows> {
        if self.is_empty() {
            return None;
        }
        let mut rows = PackedRows { width: self.itemsize(), count: 1, pitch: 0 };
        for (&len, &stride) in self.shape().iter().zip(self.strides()).rev() {
            let step = usize::try_from(stride).unwrap_or(0);
            match rows {
                _ if len == 1 => {}
                // All of this lies inside the layout's span, so no product is out of range.
                PackedRows { width, count: 1, .. } if step == width => rows.width *= len,
                PackedRows { width, count: 1, .. } if (width..=MAX_PITCH).contains(&step) => {
                    (rows.count, rows.pitch) = (len, step);
                }
                PackedRows { count, pitch, .. } if count > 1 && step == pitch * count => rows.count *= len,
                _ => return None,
            }
        }
        (rows.count > 1).then_some(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pass_finds_what_two_find() {
        let strides = [-8, -4, 0, 1, 4, 8, 12, 16, 48];
        let shapes = [0, 1, 2, 3].map(|first| [0, 1, 2, 3].map(|second| [first, second])).concat();
        for shape in shapes {
            for first in strides {
                for second in strides {
                    let layout = Layout::strided(&shape, &[first, second], 64, 4).unwrap();
                    let expected =
                        (layout.is_c_contiguous() && !layout.is_empty()).then(|| layout.size_bytes());
                    assert_eq!(layout.run_bytes(), expected, "{layout:?}");
                }
            }
        }
    }

    #[test]
    fn padded_rows_are_found_whatever_axes_they_are_made_of() {
        let rows = |shape: &[usize], strides: &[isize]| {
            let layout = Layout::strided(shape, strides, 0, 2).unwrap();
            layout.packed_rows().map(|rows| (rows.width, rows.count, rows.pitch))
        };
        assert_eq!(rows(&[4, 3], &[10, 2]), Some((6, 4, 10)));
        assert_eq!(rows(&[5, 4, 3], &[40, 10, 2]), Some((6, 20, 10)));
        assert_eq!(rows(&[5, 1, 4, 3, 1], &[40, 7, 10, 2, -9]), Some((6, 20, 10)));
        assert_eq!(rows(&[4], &[10]), Some((2, 4, 10)));
        // One run, gaps of two sizes, backwards, repeated, overlapping, nothing, too far for a pitched copy.
        for (shape, strides) in [
            (&[4, 3][..], &[6, 2][..]),
            (&[5, 4, 3], &[50, 10, 2]),
            (&[4, 3], &[-10, 2]),
            (&[4, 3], &[0, 2]),
            (&[4, 3], &[4, 2]),
            (&[5, 4, 3], &[0, 10, 2]),
            (&[0, 3], &[10, 2]),
            (&[4, 0], &[10, 2]),
            (&[0, 1 << 40, 1], &[7, MAX_PITCH as isize, 2]),
            (&[4, 3], &[MAX_PITCH as isize + 1, 2]),
            (&[], &[]),
        ] {
            assert_eq!(rows(shape, strides), None, "{shape:?} {strides:?}");
        }
    }
}
