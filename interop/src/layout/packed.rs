//! Packed strides: what they are, and whether given ones are.

/// Packed strides, the first axis of the iterator innermost. The product of the lengths is in range.
pub(super) fn fill_packed<'a>(axes: impl Iterator<Item = (&'a usize, &'a mut isize)>, itemsize: usize) {
    let mut next = itemsize as isize;
    for (&len, stride) in axes {
        *stride = next;
        next *= len.max(1) as isize;
    }
}

/// Whether the axes are packed, the first of the iterator innermost. None has length 0.
pub(super) fn is_packed<'a>(axes: impl Iterator<Item = (&'a usize, &'a isize)>, itemsize: usize) -> bool {
    let mut next = itemsize as isize;
    for (&len, &stride) in axes {
        if len == 1 {
            continue;
        }
        if stride != next {
            return false;
        }
        next *= len as isize;
    }
    true
}
