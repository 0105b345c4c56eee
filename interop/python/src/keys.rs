//! The keys of the two array interfaces, read from the dictionary: interned names, direct look-ups, no allocation.
//!
//! Only types and ranges are checked here; the rules that connect the keys are `interop`'s.

use interop::layout::Dims;
use interop::{ArrayInterfaceError, DType, Layout};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PySequence, PyString, PyTuple};

use crate::errors::{OrRaise, shown};
use crate::number;

/// How many keys every dictionary has.
const REQUIRED: usize = 4;

/// What the dictionary says, with its types checked.
pub(crate) struct Keys<'py> {
    pub(crate) version: i64,
    pub(crate) address: usize,
    pub(crate) read_only: bool,
    pub(crate) typestr: Bound<'py, PyString>,
    pub(crate) stream: Option<i128>,
    shape: Bound<'py, PyTuple>,
    strides: Option<Bound<'py, PyTuple>>,
    name: &'static str,
}

impl<'py> Keys<'py> {
    /// Reads a dictionary, called `name` in messages.
    ///
    /// # Errors
    /// TypeError for a value of a wrong type, ValueError for a key that is missing, a mask, a structured element.
    #[inline]
    pub(crate) fn read(dict: &Bound<'py, PyDict>, name: &'static str) -> PyResult<Self> {
        let py = dict.py();
        let required = |key| dict.get_item(key)?.ok_or_else(|| missing_key(name, key));
        // Keys that have not been read yet: where there is none, the others need not be looked for.
        let mut left = dict.len().saturating_sub(REQUIRED);
        let mut optional = |key| {
            if left == 0 {
                return Ok(None);
            }
            let found = dict.get_item(key)?;
            left -= usize::from(found.is_some());
            PyResult::Ok(found.filter(|value| !value.is_none()))
        };
        let wrong = |key, expected, value: &Bound<'py, PyAny>| wrong_type(name, key, expected, value);
        let tuple = |key, value: Bound<'py, PyAny>| match value.cast_into::<PyTuple>() {
            Ok(tuple) => Ok(tuple),
            Err(error) => to_tuple(error.into_inner()).map_err(|value| wrong(key, "a tuple of ints", &value)),
        };
        let shape = tuple("shape", required(intern!(py, "shape"))?)?;
        let typestr = required(intern!(py, "typestr"))?;
        let typestr = typestr.cast_into().map_err(|error| wrong("typestr", "a str", &error.into_inner()))?;
        let data = required(intern!(py, "data"))?;
        let pair = data.cast::<PyTuple>().ok().filter(|pair| pair.len() == 2);
        let pair = pair.ok_or_else(|| wrong("data", "a tuple of an address and a bool", &data))?;
        let version = required(intern!(py, "version"))?;
        let strides =
            optional(intern!(py, "strides"))?.map(|strides| tuple("strides", strides)).transpose()?;
        let stream = optional(intern!(py, "stream"))?;
        let stream = stream.map(|given| wide(&given).map_err(|_| wrong("stream", "an int or None", &given)));
        if optional(intern!(py, "mask"))?.is_some() {
            return Err(ArrayInterfaceError::Mask).or_raise(py);
        }
        if let Some(descr) = optional(intern!(py, "descr"))? {
            let fields = descr.cast::<PyList>().map_err(|_| wrong("descr", "a list", &descr))?.len();
            if fields > 1 {
                return Err(ArrayInterfaceError::Structured { fields }).or_raise(py);
            }
        }
        Ok(Self {
            version: version.extract().map_err(|_| wrong("version", "an int", &version))?,
            address: number::address(&*pair.get_borrowed_item(0)?, "data[0] of the array interface")?,
            read_only: pair.get_borrowed_item(1)?.is_truthy()?,
            typestr,
            stream: stream.transpose()?,
            shape,
            strides,
            name,
        })
    }

    /// Shape and strides of elements of that type.
    ///
    /// # Errors
    /// TypeError for what is no int, ValueError for lengths and strides that make no array.
    #[inline]
    pub(crate) fn layout(&self, py: Python<'py>, dtype: DType) -> PyResult<Layout> {
        let mut shape: Dims<usize> = Dims::new();
        for (axis, item) in self.shape.iter_borrowed().enumerate() {
            let len = self.entry("shape", axis, &item)?;
            let len = usize::try_from(len).map_err(|_| ArrayInterfaceError::Shape { axis, len: len as i64 });
            shape.push(len.or_raise(py)?);
        }
        let Some(given) = &self.strides else {
            return Layout::contiguous(&shape, dtype.size()).map_err(ArrayInterfaceError::from).or_raise(py);
        };
        let mut strides: Dims<isize> = Dims::new();
        for (axis, item) in given.iter_borrowed().enumerate() {
            strides.push(self.entry("strides", axis, &item)?);
        }
        Layout::strided(&shape, &strides, 0, dtype.size()).map_err(ArrayInterfaceError::from).or_raise(py)
    }

    fn entry(&self, key: &str, axis: usize, item: &Bound<'py, PyAny>) -> PyResult<isize> {
        let name = self.name;
        number::index(item).map_err(|error| match error.is_instance_of::<PyOverflowError>(item.py()) {
            true => PyValueError::new_err(format!(
                "{name}: {key}[{axis}] is {item}, which is larger than the address space"
            )),
            false => PyTypeError::new_err(format!("{name}: {key}[{axis}] is {}, not an int", shown(item))),
        })
    }
}

/// Some producers give a list or another sequence where the interface wants a tuple.
#[cold]
fn to_tuple(value: Bound<'_, PyAny>) -> Result<Bound<'_, PyTuple>, Bound<'_, PyAny>> {
    let text = value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>();
    let sequence = value.cast::<PySequence>().ok().filter(|_| !text);
    match sequence.and_then(|sequence| sequence.to_tuple().ok()) {
        Some(tuple) => Ok(tuple),
        None => Err(value),
    }
}

/// A number of any size that a machine has; small ones are read fast.
#[inline]
fn wide(number: &Bound<'_, PyAny>) -> PyResult<i128> {
    number.extract::<i64>().map(i128::from).or_else(|_| number.extract())
}

#[cold]
fn missing_key(name: &str, key: &Bound<'_, PyString>) -> PyErr {
    PyValueError::new_err(format!("{name}: the key {key:?} is missing"))
}

#[cold]
fn wrong_type(name: &str, key: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!("{name}: {key} must be {expected}, not {}", shown(value)))
}
