//! Errors of Rust as the exceptions that NumPy and DLPack users expect.
//!
//! | what | exception |
//! |---|---|
//! | CUDA refused | `CudaError` with `code`, `name` and `call` |
//! | the device is full | `MemoryError` |
//! | no libcudart | `LibraryNotFound`, an `OSError` as `ctypes` raises it, with `tried` |
//! | CUDA after `fork` | `ForkedProcessError`, a `CudaError` |
//! | an element type | `TypeError` |
//! | a shape, strides, an address, a stream, something read-only | `ValueError` |
//! | an index | `IndexError` |
//! | what DLPack cannot say or was refused | `BufferError` |

use cuda_safe::ErrorKind;
use interop::{ArrayInterfaceError, Error, LayoutError};
use pyo3::exceptions::{
    PyBufferError, PyIndexError, PyMemoryError, PyOSError, PyRuntimeError, PyTypeError, PyValueError,
};
use pyo3::prelude::*;

pyo3::create_exception!(
    cuda_interop,
    CudaError,
    PyRuntimeError,
    "CUDA refused a call, or reports the failure of earlier work.\n\n\
     code: CUDA's number of the error, or None if no call was made.\n\
     name: CUDA's name of the error, or None.\n\
     call: the C function, or None."
);
pyo3::create_exception!(
    cuda_interop,
    ForkedProcessError,
    CudaError,
    "CUDA was used before fork() made this process, so it cannot be used here: start processes by spawn."
);
pyo3::create_exception!(
    cuda_interop,
    LibraryNotFound,
    PyOSError,
    "No usable libcudart 12 or 13.\n\ntried: every path that was tried, each with the reason why it would not do."
);

/// Adds the exceptions to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("CudaError", py.get_type::<CudaError>())?;
    module.add("ForkedProcessError", py.get_type::<ForkedProcessError>())?;
    module.add("LibraryNotFound", py.get_type::<LibraryNotFound>())
}

/// How a message shows an object: the beginning of its `repr`, for it may be an image.
#[cold]
pub(crate) fn shown(object: &Bound<'_, PyAny>) -> String {
    const MOST: usize = 120;
    let text = format!("{object:?}");
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Raises what went wrong in Rust.
pub(crate) trait OrRaise<T> {
    /// The value, or the exception that says why there is none.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T, E: Into<Error>> OrRaise<T> for Result<T, E> {
    #[inline]
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error.into()))
    }
}

/// The exception for an error.
#[cold]
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let text = error.to_string();
    match error {
        Error::Cuda(cuda) => from_cuda(py, cuda).unwrap_or_else(|failure| failure),
        Error::DType(_)
        | Error::DTypeMismatch { .. }
        | Error::ArrayInterface(ArrayInterfaceError::DType(_) | ArrayInterfaceError::Structured { .. }) => {
            PyTypeError::new_err(text)
        }
        Error::Layout(LayoutError::IndexOutOfRange { .. }) => PyIndexError::new_err(text),
        Error::Dlpack(_) | Error::DlpackDevice { .. } | Error::StillExported { .. } => {
            PyBufferError::new_err(text)
        }
        Error::HostMemory { .. } => PyMemoryError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}

fn from_cuda(py: Python<'_>, error: &cuda_safe::Error) -> PyResult<PyErr> {
    let text = error.to_string();
    let (code, name, call) = match error.kind() {
        _ if error.is_out_of_memory() => return Ok(PyMemoryError::new_err(text)),
        ErrorKind::Load(load) => {
            let tried: Vec<_> = (load.attempts.iter())
                .map(|attempt| format!("{}: {}", attempt.candidate.target.display(), attempt.outcome))
                .collect();
            let exception = LibraryNotFound::new_err(text);
            exception.value(py).setattr("tried", tried)?;
            return Ok(exception);
        }
        ErrorKind::Cuda(cuda) => (Some(cuda.code.0), Some(cuda.name.as_str()), Some(cuda.call)),
        ErrorKind::MissingSymbol(missing) => (None, None, Some(missing.name)),
        ErrorKind::ForkedProcess { call } => {
            return with_details(py, ForkedProcessError::new_err(text), None, None, Some(call));
        }
        ErrorKind::Exiting { call } => (None, None, Some(*call)),
        ErrorKind::Hook { hook } => (None, None, Some(*hook)),
        ErrorKind::NoDevice { .. } => (None, None, Some("cudaGetDeviceCount")),
        _ => return Ok(PyValueError::new_err(text)),
    };
    with_details(py, CudaError::new_err(text), code, name, call)
}

fn with_details(
    py: Python<'_>,
    exception: PyErr,
    code: Option<u32>,
    name: Option<&str>,
    call: Option<&str>,
) -> PyResult<PyErr> {
    let value = exception.value(py);
    value.setattr("code", code)?;
    value.setattr("name", name)?;
    value.setattr("call", call)?;
    Ok(exception)
}
