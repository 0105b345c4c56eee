//! Element types as Python writes them: whatever `numpy.dtype` takes, and the types of `ml_dtypes`.
//!
//! NumPy is imported when it is first needed. What a type or a `numpy.dtype` object stands for is remembered by the object
//! itself, which makes the next look-up a comparison of addresses; the few objects remembered are kept for ever.

use std::sync::{Mutex, PoisonError};

use interop::{DType, DTypeError};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use crate::errors::{OrRaise, shown};

/// How many objects are remembered at most, so that types made by a program do not pile up.
const REMEMBERED: usize = 64;

static KNOWN: Mutex<Vec<(Py<PyAny>, DType)>> = Mutex::new(Vec::new());

/// The element type that a Python object names.
///
/// # Errors
/// TypeError for what NumPy does not know, and for the types that are not moved: records, text, objects, dates, the other
/// byte order.
pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<DType> {
    if let Some(dtype) = known(object) {
        return Ok(dtype);
    }
    if let Ok(name) = object.cast::<PyString>()
        && let Ok(dtype) = name.to_str()?.parse()
    {
        return Ok(dtype);
    }
    let numpy = as_numpy(object)?;
    let dtype = from_numpy(&numpy)?;
    // A class may have a `dtype` of its own, which it may change; NumPy's own types do not.
    if object.is(&numpy) || numpy.getattr(intern!(object.py(), "type"))?.is(object) {
        remember(object, dtype);
    }
    Ok(dtype)
}

/// The `numpy.dtype` of an element type.
///
/// # Errors
/// NumPy, or for bfloat16 and the 8-bit floats `ml_dtypes`, is not installed.
pub(crate) fn to_python(py: Python<'_>, dtype: DType) -> PyResult<&Bound<'_, PyAny>> {
    static NUMPY: [PyOnceLock<Py<PyAny>>; 23] = [const { PyOnceLock::new() }; 23];
    let object = NUMPY[dtype as usize].get_or_try_init(py, || {
        let name = dtype.name();
        let scalar = match dtype.typestr() {
            Ok(_) => PyString::new(py, name).into_any(),
            Err(_) => py.import("ml_dtypes")?.getattr(name)?,
        };
        Ok::<_, PyErr>(numpy_dtype(py)?.call1((scalar,))?.unbind())
    })?;
    Ok(object.bind(py))
}

/// The function `numpy.dtype`.
fn numpy_dtype(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DTYPE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DTYPE.import(py, "numpy", "dtype")
}

fn as_numpy<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let numpy = numpy_dtype(py)?;
    if object.is_instance(numpy)? {
        return Ok(object.clone());
    }
    if object.is_none() {
        return Err(PyTypeError::new_err("dtype is None, which NumPy takes for float64; name the type"));
    }
    numpy.call1((object,)).map_err(|error| {
        let refused =
            PyTypeError::new_err(format!("{} is not an element type: {}", shown(object), error.value(py)));
        refused.set_cause(py, Some(error));
        refused
    })
}

fn from_numpy(numpy: &Bound<'_, PyAny>) -> PyResult<DType> {
    let py = numpy.py();
    if !numpy.getattr(intern!(py, "names"))?.is_none() || !numpy.getattr(intern!(py, "subdtype"))?.is_none() {
        return Err(PyTypeError::new_err(format!(
            "{numpy:?} is a structured type, which is not supported; copy its fields one by one, or view it as bytes"
        )));
    }
    let name = numpy.getattr(intern!(py, "name"))?;
    let native: bool = numpy.getattr(intern!(py, "isnative"))?.extract()?;
    match name.cast::<PyString>()?.to_str()?.parse() {
        Ok(dtype) if native => Ok(dtype),
        // The type string tells what is wrong.
        _ => {
            let typestr: String = numpy.getattr(intern!(py, "str"))?.extract()?;
            let refused = |error: DTypeError| error;
            DType::from_typestr(&typestr).map_err(refused).or_raise(py)
        }
    }
}

fn known(object: &Bound<'_, PyAny>) -> Option<DType> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.iter().find(|(remembered, _)| remembered.is(object)).map(|&(_, dtype)| dtype)
}

fn remember(object: &Bound<'_, PyAny>, dtype: DType) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have asked for it since.
    if known.len() < REMEMBERED && !known.iter().any(|(remembered, _)| remembered.is(object)) {
        known.push((object.clone().unbind(), dtype));
    }
}
