//! Basic indexing, as NumPy has it: integers, slices with steps, an ellipsis and new axes; always a view.

use interop::layout::Dims;
use interop::{CudaView, SliceSpec};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PySlice, PyTuple};

use crate::errors::OrRaise;
use crate::number;

/// One item of an index.
enum Item {
    At(isize),
    Part(SliceSpec),
    New,
    Rest,
}

/// The part of a view that an index names.
///
/// # Errors
/// IndexError for too many or too large indices, TypeError for what is no basic index.
pub(crate) fn apply<'a>(view: CudaView<'a>, index: &Bound<'_, PyAny>) -> PyResult<CudaView<'a>> {
    let py = index.py();
    let items: Dims<Item> = match index.cast::<PyTuple>() {
        Ok(tuple) => tuple.iter_borrowed().map(|item| read(&item)).collect::<PyResult<_>>()?,
        Err(_) => [read(index)?].into_iter().collect(),
    };
    let ndim = view.shape().len();
    let named = items.iter().filter(|item| matches!(item, Item::At(_) | Item::Part(_))).count();
    let rests = items.iter().filter(|item| matches!(item, Item::Rest)).count();
    if named > ndim {
        return Err(PyIndexError::new_err(format!(
            "too many indices: the buffer has {ndim} axes, {named} are indexed"
        )));
    }
    if rests > 1 {
        return Err(PyIndexError::new_err("an index can have only one ellipsis"));
    }
    let mut view = view;
    // The next axis of what has been made so far.
    let mut axis = 0;
    for item in items {
        match item {
            Item::At(place) => view = view.index(axis, place).or_raise(py)?,
            Item::Part(part) => {
                let mut parts: Dims<SliceSpec> = Dims::from_elem(SliceSpec::ALL, axis as usize);
                parts.push(part);
                view = view.slice(&parts).or_raise(py)?;
                axis += 1;
            }
            Item::New => {
                view = view.expand(axis).or_raise(py)?;
                axis += 1;
            }
            Item::Rest => axis += (ndim - named) as isize,
        }
    }
    Ok(view)
}

fn read(item: &Bound<'_, PyAny>) -> PyResult<Item> {
    if let Ok(slice) = item.cast::<PySlice>() {
        return part(slice).map(Item::Part);
    }
    if item.is_none() {
        return Ok(Item::New);
    }
    if item.is_instance_of::<PyEllipsis>() {
        return Ok(Item::Rest);
    }
    let refused = || {
        let given = item.get_type();
        PyTypeError::new_err(format!(
            "an index must be an int, a slice, an ellipsis or None, not {given:?}: only views are made, never copies"
        ))
    };
    if item.is_instance_of::<PyBool>() {
        return Err(refused());
    }
    match number::index(item) {
        Ok(place) => Ok(Item::At(place)),
        Err(error) if error.is_instance_of::<PyTypeError>(item.py()) => Err(refused()),
        Err(_) => Err(PyIndexError::new_err(format!("index {item} is out of range"))),
    }
}

/// A slice as Python's own sequences read it.
fn part(slice: &Bound<'_, PySlice>) -> PyResult<SliceSpec> {
    let (mut start, mut stop, mut step) = (0, 0, 0);
    // SAFETY: a slice, and room for three numbers; this thread is attached.
    match unsafe { ffi::PySlice_Unpack(slice.as_ptr(), &raw mut start, &raw mut stop, &raw mut step) } {
        0 => Ok(SliceSpec { start: Some(start), stop: Some(stop), step }),
        _ => Err(PyErr::fetch(slice.py())),
    }
}
