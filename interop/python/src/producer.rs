//! What is known of the type of a foreign array: how its arrays are taken, asked once and remembered.

use std::ptr;
use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyType, PyTypeMethods};

use crate::exchange::Table;

/// How the arrays of a type are taken.
#[derive(Clone, Copy)]
pub(crate) enum Producer {
    /// By the C exchange table that the type carries.
    Table(Table),
    /// A frame or a plane of PyNvVideoCodec. Its memory is the decoder's, which writes the next batch there, and the
    /// stream it names is not the decoder's (0 where that is the default stream, 2 for every other one).
    Decoder,
    /// A type of PyTorch without a table: by DLPack, which makes PyTorch's current stream wait. Its array interface is of a
    /// version that names no stream.
    Torch,
    /// By what the object itself offers.
    Other,
}

/// A type that was seen, and what it is.
struct Seen {
    class: Py<PyType>,
    producer: Producer,
}

/// The types that were seen first, kept for ever so that their addresses stay theirs. Later ones are asked each time.
static SEEN: [OnceLock<Seen>; 64] = [const { OnceLock::new() }; 64];

/// What the type of an object is.
///
/// # Errors
/// What asking the type for its attributes raised.
#[inline]
pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Producer> {
    match seen(object.get_type_ptr()) {
        Some(producer) => Ok(producer),
        None => ask(&object.get_type()),
    }
}

/// What a type is.
///
/// # Errors
/// As [`of`].
pub(crate) fn of_type(class: &Bound<'_, PyType>) -> PyResult<Producer> {
    match seen(class.as_type_ptr()) {
        Some(producer) => Ok(producer),
        None => ask(class),
    }
}

#[inline]
fn seen(class: *const ffi::PyTypeObject) -> Option<Producer> {
    for seen in &SEEN {
        match seen.get() {
            Some(seen) if ptr::eq(seen.class.as_ptr().cast(), class) => return Some(seen.producer),
            Some(_) => {}
            None => break,
        }
    }
    None
}

#[cold]
fn ask(class: &Bound<'_, PyType>) -> PyResult<Producer> {
    let table = match class.getattr_opt(intern!(class.py(), "__dlpack_c_exchange_api__"))? {
        Some(capsule) => Table::read(&capsule, is_from(class, is_torch))?,
        None => None,
    };
    let producer = match table {
        Some(table) => Producer::Table(table),
        None if is_from(class, is_decoder) => Producer::Decoder,
        None if is_from(class, is_torch) => Producer::Torch,
        None => Producer::Other,
    };
    let mut seen = Seen { class: class.clone().unbind(), producer };
    for slot in &SEEN {
        match slot.set(seen) {
            Ok(()) => break,
            // Another thread has asked for it since.
            Err(_) if slot.get().is_some_and(|known| known.class.is(class)) => break,
            Err(refused) => seen = refused,
        }
    }
    Ok(producer)
}

fn is_torch(package: &str) -> bool {
    package == "torch"
}

/// PyNvVideoCodec's types are those of its extension module, whose name has an underscore, or of one for each codec SDK.
fn is_decoder(package: &str) -> bool {
    package.trim_start_matches('_').starts_with("PyNvVideoCodec")
}

/// Whether a type, or one that it derives from, is of such a package.
fn is_from(class: &Bound<'_, PyType>, package: impl Fn(&str) -> bool) -> bool {
    class.mro().iter().any(|base| {
        // A type that does not say where it is from is not from there.
        let module = base.cast::<PyType>().ok().and_then(|base| base.module().ok());
        let module = module.as_ref().and_then(|module| module.to_str().ok());
        module.and_then(|module| module.split('.').next()).is_some_and(&package)
    })
}
