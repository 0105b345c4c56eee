//! Integers and tuples of integers, read from Python without an allocation and written to it.

use interop::layout::Dims;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyTuple};

/// The number that `object` stands for by `__index__`.
///
/// # Errors
/// TypeError if it is none, OverflowError if it is too large.
#[inline]
pub(crate) fn index(object: &Bound<'_, PyAny>) -> PyResult<isize> {
    match plain(object) {
        Some(number) => Ok(number),
        None => index_of_any(object),
    }
}

/// The number that a plain int is, if it is one of a usual size: the fastest way. -1 is left to the other ways, for it may
/// mean an error.
#[inline]
fn plain(object: &Bound<'_, PyAny>) -> Option<isize> {
    if !object.is_exact_instance_of::<PyInt>() {
        return None;
    }
    // SAFETY: the object is an int, and this thread is attached.
    let number = unsafe { ffi::PyLong_AsSsize_t(object.as_ptr()) };
    if number == -1 {
        drop(PyErr::take(object.py()));
        return None;
    }
    Some(number)
}

fn index_of_any(object: &Bound<'_, PyAny>) -> PyResult<isize> {
    // SAFETY: set when the interpreter started, and never changed.
    let too_large = unsafe { ffi::PyExc_OverflowError };
    // SAFETY: the object is alive and this thread is attached.
    let value = unsafe { ffi::PyNumber_AsSsize_t(object.as_ptr(), too_large) };
    match value {
        -1 => PyErr::take(object.py()).map_or(Ok(-1), Err),
        _ => Ok(value),
    }
}

/// Numbers given as one or as a sequence, such as a shape.
///
/// # Errors
/// TypeError and ValueError that name the argument `what`.
pub(crate) fn indices(object: &Bound<'_, PyAny>, what: &str) -> PyResult<Dims<isize>> {
    if object.is_instance_of::<PyInt>() {
        return Ok([entry(object, what)?].as_slice().into());
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        return tuple.iter_borrowed().map(|item| entry(&item, what)).collect();
    }
    if let Ok(list) = object.cast::<PyList>() {
        return list.iter().map(|item| entry(&item, what)).collect();
    }
    if let Ok(one) = index(object) {
        return Ok([one].as_slice().into());
    }
    let Ok(items) = object.try_iter() else {
        return Err(PyTypeError::new_err(format!(
            "{what} must be an int or a sequence of ints, not {}",
            object.get_type().name()?
        )));
    };
    items.map(|item| entry(&item?, what)).collect()
}

/// [`indices`] given one by one or as one sequence.
///
/// # Errors
/// As there.
pub(crate) fn several(given: &Bound<'_, PyTuple>, what: &str) -> PyResult<Dims<isize>> {
    match given.len() {
        1 => indices(&given.get_item(0)?, what),
        _ => indices(given, what),
    }
}

fn entry(object: &Bound<'_, PyAny>, what: &str) -> PyResult<isize> {
    index(object).map_err(|error| match error.is_instance_of::<PyOverflowError>(object.py()) {
        true => PyValueError::new_err(format!("{what} has {object}, which is larger than the address space")),
        false => match object.get_type().name() {
            Ok(name) => PyTypeError::new_err(format!("{what} must be ints, but has a {name}")),
            Err(error) => error,
        },
    })
}

/// The lengths of a shape.
///
/// # Errors
/// As [`indices`], and ValueError for a negative length.
pub(crate) fn shape(object: &Bound<'_, PyAny>) -> PyResult<Dims<usize>> {
    let given = indices(object, "shape")?;
    let length = |(axis, &len): (usize, &isize)| {
        usize::try_from(len).map_err(|_| {
            PyValueError::new_err(format!("shape[{axis}] is {len}: a length cannot be negative"))
        })
    };
    given.iter().enumerate().map(length).collect()
}

/// Whether an object is a number by itself: an int, or one of NumPy's. Arrays of one element have `__index__` as well, and so
/// have objects that say in a protocol what they are: they are no numbers.
#[inline]
pub(crate) fn is_one(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyInt>() || is_scalar(object)
}

fn is_scalar(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the object is alive and this thread is attached.
    let counts = unsafe { ffi::PyIndex_Check(object.as_ptr()) } != 0;
    let is_more = |name| object.hasattr(name).unwrap_or(true);
    counts
        && !["__cuda_stream__", "__cuda_array_interface__", "__dlpack__", "__len__"].into_iter().any(is_more)
}

/// An address.
///
/// # Errors
/// TypeError if it is no int, ValueError if it is negative or no address.
#[inline]
pub(crate) fn address(object: &Bound<'_, PyAny>, what: &str) -> PyResult<usize> {
    // Few addresses are in the upper half.
    if let Some(Ok(address)) = plain(object).map(usize::try_from) {
        return Ok(address);
    }
    unusual_address(object, what)
}

#[cold]
fn unusual_address(object: &Bound<'_, PyAny>, what: &str) -> PyResult<usize> {
    match object.extract::<usize>() {
        Ok(address) => Ok(address),
        Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => {
            Err(PyValueError::new_err(format!("{what} is {object}, which is no address")))
        }
        Err(_) => {
            let name = object.get_type().name()?;
            // Such as the CUdeviceptr of CUDA Python.
            let hint = if object.hasattr("__int__")? { ": pass int(...) of it" } else { "" };
            Err(PyTypeError::new_err(format!("{what} must be an int, not {name}{hint}")))
        }
    }
}

/// A tuple of numbers.
pub(crate) fn tuple<'py, T>(py: Python<'py>, numbers: &[T]) -> PyResult<Bound<'py, PyTuple>>
where
    T: Copy + IntoPyObject<'py>,
{
    PyTuple::new(py, numbers.iter().copied())
}
