//! `ndarray` arrays as host arrays: any dimension, any strides, read or written in place.
//!
//! ```
//! use interop::{CudaBuffer, DType, memcpy_d2h, memcpy_h2d};
//! use ndarray::{Array2, array, s};
//! # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
//! let table = array![[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]];
//! let mut buffer = CudaBuffer::new(device, &[3, 2], DType::F32)?;
//! memcpy_h2d(table.t(), &mut buffer)?;
//! let mut back = Array2::<f32>::zeros((3, 4));
//! memcpy_d2h(&buffer, back.slice_mut(s![.., ..;2]))?;
//! assert_eq!(back, array![[1.0, 0.0, 4.0, 0.0], [2.0, 0.0, 5.0, 0.0], [3.0, 0.0, 6.0, 0.0]]);
//! # Ok::<(), interop::Error>(())
//! ```

use ndarray::{ArrayBase, ArrayView, ArrayViewMut, Data, DataMut, Dimension};

use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::layout::Layout;
use crate::scalar::Scalar;

/// The layout of an array whose pointer is that of element 0 and whose strides count elements.
fn layout<T: Scalar>(shape: &[usize], strides: &[isize]) -> Result<Layout> {
    Ok(Layout::from_element_strides(shape, strides, 0, size_of::<T>())?)
}

impl<'a, T: Scalar, D: Dimension> TryFrom<ArrayView<'a, T, D>> for HostView<'a> {
    type Error = Error;

    fn try_from(array: ArrayView<'a, T, D>) -> Result<Self> {
        let layout = layout::<T>(array.shape(), array.strides())?;
        // SAFETY: the elements are borrowed for as long as the view, and the layout reaches them and no others.
        let view = unsafe { Self::from_raw(array.as_ptr().cast(), layout, T::DTYPE) }?;
        Ok(view.carried_by::<T>())
    }
}

impl<'a, T: Scalar, D: Dimension> TryFrom<ArrayViewMut<'a, T, D>> for HostViewMut<'a> {
    type Error = Error;

    fn try_from(mut array: ArrayViewMut<'a, T, D>) -> Result<Self> {
        let layout = layout::<T>(array.shape(), array.strides())?;
        // SAFETY: as above, and the borrow is exclusive; every bit pattern is a value of a scalar.
        let view = unsafe { Self::from_raw(array.as_mut_ptr().cast(), layout, T::DTYPE) }?;
        Ok(view.carried_by::<T>())
    }
}

impl<'a, T: Scalar, S: Data<Elem = T>, D: Dimension> TryFrom<&'a ArrayBase<S, D>> for HostView<'a> {
    type Error = Error;

    fn try_from(array: &'a ArrayBase<S, D>) -> Result<Self> {
        Self::try_from(array.view())
    }
}

impl<'a, T: Scalar, S: DataMut<Elem = T>, D: Dimension> TryFrom<&'a mut ArrayBase<S, D>> for HostViewMut<'a> {
    type Error = Error;

    fn try_from(array: &'a mut ArrayBase<S, D>) -> Result<Self> {
        Self::try_from(array.view_mut())
    }
}
