//! Elements that PyTorch has not computed: `conj()`, and `imag` of that, only mark a tensor, whose elements are to be
//! conjugated or negated by whoever reads them.
//!
//! A `DLTensor` cannot say so, and the exchange table passes such tensors all the same (`Tensor.__dlpack__` refuses them).
//! So the tensor is asked, but only one that may be marked, as a method of PyTorch costs as much as all else together:
//!
//! - Complex elements may be marked either way.
//! - Real elements may be marked as negative if they are the imaginary parts of complex ones. Those lie one item behind an
//!   address of complex numbers, a whole number of complex numbers apart; what does not is not asked. (`as_strided` can make
//!   any layout of them; where it changes address and strides, a mark is not noticed.)

use interop::DType;
use pyo3::exceptions::PyBufferError;
use pyo3::intern;
use pyo3::prelude::*;

/// Refuses a tensor of PyTorch whose elements are not what its memory holds.
///
/// # Errors
/// BufferError that names the method which computes them.
#[inline(always)]
pub(crate) fn refuse(
    tensor: &Bound<'_, PyAny>,
    dtype: DType,
    first: usize,
    shape: &[usize],
    strides: &[isize],
) -> PyResult<()> {
    match dtype {
        DType::C64 | DType::C128 => refuse_marked(tensor, true),
        DType::F16 | DType::F32 | DType::F64
            if may_be_imaginary_parts(dtype.size(), first, shape, strides) =>
        {
            refuse_marked(tensor, false)
        }
        _ => Ok(()),
    }
}

/// Whether elements could be the imaginary parts of complex numbers, by where they lie.
#[inline(always)]
fn may_be_imaginary_parts(item: usize, first: usize, shape: &[usize], strides: &[isize]) -> bool {
    // An item is 2, 4 or 8 bytes here: the bit tells even places from odd ones.
    // The last axis first: in C order it is the one that tells.
    let mut axes = shape.iter().zip(strides).rev().filter(|(len, _)| **len > 1);
    first & item != 0 || axes.all(|(_, stride)| stride.unsigned_abs() & item == 0)
}

#[cold]
fn refuse_marked(tensor: &Bound<'_, PyAny>, complex: bool) -> PyResult<()> {
    let py = tensor.py();
    if complex && tensor.call_method0(intern!(py, "is_conj"))?.is_truthy()? {
        return Err(PyBufferError::new_err(
            "the tensor's elements are to be conjugated when they are read: share tensor.resolve_conj(), which does it",
        ));
    }
    if tensor.call_method0(intern!(py, "is_neg"))?.is_truthy()? {
        return Err(PyBufferError::new_err(
            "the tensor's elements are to be negated when they are read: share tensor.resolve_neg(), which does it",
        ));
    }
    Ok(())
}
