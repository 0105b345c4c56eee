//! `ndarray` arrays as host arrays: any dimension, any strides, read or written in place.

use ndarray::{ArrayBase, Data, DataMut, Dimension};

use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::layout::{Dims, Layout};
use crate::scalar::Scalar;

/// The layout of an array whose pointer is that of element 0 and whose strides count elements.
fn layout<T: Scalar>(shape: &[usize], strides: &[isize]) -> Result<Layout> {
    // An array of `ndarray` is memory that exists, so the distance between two of its elements fits; a stride along
    // which nothing moves may be anything.
    let strides: Dims<isize> =
        strides.iter().map(|stride| stride.wrapping_mul(size_of::<T>() as isize)).collect();
    Ok(Layout::strided(shape, &strides, 0, size_of::<T>())?)
}

impl<'a, T: Scalar, S: Data<Elem = T>, D: Dimension> TryFrom<&'a ArrayBase<S, D>> for HostView<'a> {
    type Error = Error;

    fn try_from(array: &'a ArrayBase<S, D>) -> Result<Self> {
        let layout = layout::<T>(array.shape(), array.strides())?;
        // SAFETY: the array is borrowed for as long as the view, and the layout reaches its elements and no others.
        let view = unsafe { Self::from_raw(array.as_ptr().cast(), layout, T::DTYPE) }?;
        Ok(view.carried_by::<T>())
    }
}

impl<'a, T: Scalar, S: DataMut<Elem = T>, D: Dimension> TryFrom<&'a mut ArrayBase<S, D>> for HostViewMut<'a> {
    type Error = Error;

    fn try_from(array: &'a mut ArrayBase<S, D>) -> Result<Self> {
        // First the pointer: shared storage becomes unique here, which may change the strides.
        let base = array.as_mut_ptr();
        let layout = layout::<T>(array.shape(), array.strides())?;
        // SAFETY: as above, and the borrow is exclusive; every bit pattern is a value of a scalar.
        let view = unsafe { Self::from_raw(base.cast(), layout, T::DTYPE) }?;
        Ok(view.carried_by::<T>())
    }
}
