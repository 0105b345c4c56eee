//! Views with other lengths of the same elements, or other items of the same bytes.

use smallvec::SmallVec;

use super::descriptor::{Dims, Layout};
use super::error::LayoutError;

impl Layout {
    /// The same elements in C order with another shape, where strides exist that say so; never a copy.
    ///
    /// # Errors
    /// [`LayoutError::ElementCount`], [`LayoutError::TooManyAxes`], [`LayoutError::TooLarge`], and
    /// [`LayoutError::NeedsCopy`] exactly when no view exists.
    pub fn reshape(&self, shape: &[usize]) -> Result<Self, LayoutError> {
        let mut packed = Self::contiguous(shape, self.itemsize())?;
        if packed.len() != self.len() {
            return Err(LayoutError::ElementCount { from: self.len(), to: shape.into() });
        }
        if self.is_c_contiguous() {
            packed = packed.with_offset(self.offset())?;
            return Ok(packed);
        }
        let strides = regroup(self, shape).ok_or_else(|| LayoutError::NeedsCopy {
            from: self.shape().into(),
            strides: self.strides().into(),
            to: shape.into(),
        })?;
        Self::derived(shape.into(), strides, self.offset(), self.itemsize())
    }

    /// [`reshape`](Self::reshape) where one length may be -1 and is then computed from the others.
    ///
    /// # Errors
    /// As [`reshape`](Self::reshape), and [`LayoutError::CannotInfer`] for two -1, or one that no length or every length
    /// would fit; [`LayoutError::NegativeLength`] for other negative numbers.
    pub fn reshape_inferred(&self, shape: &[isize]) -> Result<Self, LayoutError> {
        let refused = || LayoutError::CannotInfer { shape: shape.into(), elements: self.len() };
        let (mut known, mut unknown) = (1usize, None);
        let mut lengths: Dims<usize> = SmallVec::from_elem(0, shape.len());
        for (axis, &len) in shape.iter().enumerate() {
            match usize::try_from(len) {
                Ok(len) => {
                    lengths[axis] = len;
                    // A product that saturates divides no number of elements; `reshape` then says what is wrong.
                    known = known.saturating_mul(len);
                }
                Err(_) if len != -1 => return Err(LayoutError::NegativeLength { axis, len: len as i64 }),
                Err(_) if unknown.is_some() => return Err(refused()),
                Err(_) => unknown = Some(axis),
            }
        }
        if let Some(axis) = unknown {
            if known == 0 || !self.len().is_multiple_of(known) {
                return Err(refused());
            }
            lengths[axis] = self.len() / known;
        }
        self.reshape(&lengths)
    }

    /// The same bytes as items of another size. The last axis must be packed, and its bytes must divide into the new
    /// items; its length changes accordingly.
    ///
    /// # Errors
    /// [`LayoutError::ItemSizeView`], [`LayoutError::ZeroItemSize`].
    pub fn view_itemsize(&self, itemsize: usize) -> Result<Self, LayoutError> {
        let from = self.itemsize();
        let refused = |reason| LayoutError::ItemSizeView { from, to: itemsize, reason };
        if itemsize == 0 {
            return Err(LayoutError::ZeroItemSize);
        }
        if itemsize == from {
            return Ok(self.clone());
        }
        let (Some(&len), Some(&stride)) = (self.shape().last(), self.strides().last()) else {
            return Err(refused("there is no axis"));
        };
        if len != 1 && !self.is_empty() && stride != from as isize {
            return Err(refused("the last axis is not packed"));
        }
        if !from.is_multiple_of(itemsize) && !itemsize.is_multiple_of(from) {
            return Err(refused("neither size is a multiple of the other"));
        }
        // The product is at most the bytes of the array, which were checked.
        let bytes = len * from;
        if !bytes.is_multiple_of(itemsize) {
            return Err(refused("the bytes of the last axis are not whole items"));
        }
        let mut shape: Dims<usize> = SmallVec::from_slice(self.shape());
        let mut strides: Dims<isize> = SmallVec::from_slice(self.strides());
        shape[self.ndim() - 1] = bytes / itemsize;
        strides[self.ndim() - 1] = itemsize as isize;
        Self::derived(shape, strides, self.offset(), itemsize)
    }
}

/// Strides that give `shape` to the elements of `layout`, which is not empty and has as many.
///
/// Both shapes are cut, from the front, into the shortest groups of axes with equal products. A group of old axes must be
/// one progression of addresses for its new axes to exist: within it, each stride is the next one times its length.
fn regroup(layout: &Layout, shape: &[usize]) -> Option<Dims<isize>> {
    let old: Dims<(usize, isize)> = (layout.shape().iter().copied())
        .zip(layout.strides().iter().copied())
        .filter(|&(len, _)| len != 1)
        .collect();
    let mut strides: Dims<isize> = SmallVec::from_elem(layout.itemsize() as isize, shape.len());
    let (mut old_at, mut new_at) = (0, 0);
    while old_at < old.len() {
        let (old_from, new_from) = (old_at, new_at);
        // Products of leading lengths of valid, non-empty shapes cannot overflow.
        let (mut old_len, mut new_len) = (old[old_at].0, shape[new_at]);
        (old_at, new_at) = (old_at + 1, new_at + 1);
        while old_len != new_len {
            if old_len < new_len {
                old_len *= old[old_at].0;
                old_at += 1;
            } else {
                new_len *= shape[new_at];
                new_at += 1;
            }
        }
        let group = &old[old_from..old_at];
        let progression =
            group.windows(2).all(|pair| pair[0].1 as i128 == pair[1].0 as i128 * pair[1].1 as i128);
        if !progression {
            return None;
        }
        let mut stride = group[group.len() - 1].1;
        for axis in (new_from..new_at).rev() {
            strides[axis] = stride;
            // One past the end of the progression may not fit, but then no axis is left to use it.
            stride = stride.saturating_mul(shape[axis] as isize);
        }
    }
    Some(strides)
}
