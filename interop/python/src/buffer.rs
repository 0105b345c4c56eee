//! `CudaBuffer`: an array on a device, seen by every framework.
//!
//! The class only translates: arguments into Rust, results into Python. What it is over and how that ends is in
//! [`array`](crate::array), each protocol in the file of its name.

use std::sync::OnceLock;

use pyo3::exceptions::{PyAttributeError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit};

use crate::allocate::{self, Allocator};
use crate::array::{self, Array, Origin};
use crate::device::Device;
use crate::errors::OrRaise;
use crate::host::HostArray;
use crate::object::{self, InPlace};
use crate::place::Place;
use crate::stream::{self, Named, Stream};
use crate::{dlpack, dtype, export, import, index, interface, number, transfer};

/// An array on a device.
///
/// CudaBuffer(shape, dtype) allocates it; with ptr it is over memory that somebody else owns.
///
/// shape: an int or a sequence of ints.
/// dtype: whatever numpy.dtype takes, and bfloat16 and the 8-bit floats of ml_dtypes.
/// ptr: the address of the first element of memory that exists; None allocates, in C order and with undefined contents.
/// device: a Device or its number; that of the stream or of the memory, else the current one.
/// strides: with ptr, bytes from one element to the next along each axis; None is C order.
/// stream: the Stream in whose order the memory is used, its handle, or an object with __cuda_stream__; None is the legacy
///     default stream.
/// owner: with ptr, any object, which is kept as long as the memory is used.
/// allocator: "cuda" (cudaMalloc), "pool" (a pool in stream order), "pinned" (page-locked host memory) or "managed".
#[pyclass(frozen, weakref, module = "cuda_interop", name = "CudaBuffer")]
pub(crate) struct CudaBuffer {
    pub(crate) array: Array,
    /// The dictionary of the array interface, copied for each reader.
    interface: PyOnceLock<Py<PyDict>>,
    /// Shape and element strides, for tensors that are lent.
    pub(crate) numbers: OnceLock<Box<[i64]>>,
}

impl From<Array> for CudaBuffer {
    #[inline]
    fn from(array: Array) -> Self {
        Self { array, interface: PyOnceLock::new(), numbers: OnceLock::new() }
    }
}

// SAFETY: it is checked in `lib`.
unsafe impl InPlace for CudaBuffer {}

#[pymethods]
impl CudaBuffer {
    #[new]
    #[pyo3(signature = (
        shape, dtype, ptr=None, *, device=None, strides=None, stream=None, owner=None, allocator="cuda"
    ))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python class")]
    fn new<'py>(
        py: Python<'py>,
        shape: &Bound<'py, PyAny>,
        dtype: &Bound<'py, PyAny>,
        ptr: Option<&Bound<'py, PyAny>>,
        device: Option<&Bound<'py, PyAny>>,
        strides: Option<&Bound<'py, PyAny>>,
        stream: Option<&Bound<'py, PyAny>>,
        owner: Option<Py<PyAny>>,
        allocator: &str,
    ) -> PyResult<Self> {
        let allocator: Allocator = allocator.parse()?;
        let (dtype, shape) = (dtype::from_python(dtype)?, number::shape(shape)?);
        let place = Place { device: device.filter(|device| !device.is_none()), stream };
        if let Some(ptr) = ptr {
            if allocator != Allocator::Cuda {
                return Err(PyValueError::new_err("allocator is for new memory: pass it or ptr, not both"));
            }
            let address = number::address(ptr, "ptr")?;
            let strides = strides.map(|strides| number::indices(strides, "strides")).transpose()?;
            let (device, stream) = place.of_memory_that_exists(py)?;
            let buffer = allocate::wrap(py, address, &shape, strides.as_ref(), dtype, device, stream)?;
            return Ok(Self::from(Array::new(buffer, owner, Origin::Foreign)));
        }
        if strides.is_some() || owner.is_some() {
            return Err(PyValueError::new_err("strides and owner describe memory that exists: pass its ptr"));
        }
        let (device, stream) = place.of_new_memory(py)?;
        let (buffer, origin) = allocate::allocate(py, device, &shape, dtype, stream, allocator)?;
        Ok(Self::from(Array::new(buffer, None, origin)))
    }

    /// An array over the memory of an object that exports it, which is kept alive.
    ///
    /// obj: has a C exchange table, __cuda_array_interface__ or __dlpack__, or is such a dict or capsule.
    /// stream: the stream of the array, which waits for the producer's; a handle is one of the array's device. None is the
    ///     legacy default stream.
    ///
    /// A frame of PyNvVideoCodec is copied instead, once the device has done its work: the decoder writes its next batch into
    /// the memory of the frame, and does not say on which stream.
    #[staticmethod]
    #[pyo3(signature = (obj, *, stream=None))]
    fn from_cuda<'py>(
        obj: &Bound<'py, PyAny>,
        stream: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let stream = stream.filter(|stream| !stream.is_none()).map(Named);
        if stream.is_some() || !obj.is_exact_instance_of::<Self>() {
            return import::object(obj, stream);
        }
        let array = obj.cast::<Self>()?.get().array.derive(obj.py(), Ok)?;
        object::new(obj.py(), || array.into())
    }

    /// The length of each axis.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let layout = self.array.look(|buffer| buffer.layout().clone())?;
        number::tuple(py, layout.shape())
    }

    /// The element type, as a numpy.dtype.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        dtype::to_python(py, self.array.look(|buffer| buffer.dtype())?).cloned()
    }

    /// Bytes from one element to the next along each axis.
    #[getter]
    fn strides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let layout = self.array.look(|buffer| buffer.layout().clone())?;
        number::tuple(py, layout.strides())
    }

    /// Bytes of all elements.
    #[getter]
    fn size(&self) -> PyResult<usize> {
        self.array.look(|buffer| buffer.layout().size_bytes())
    }

    /// Bytes of all elements.
    #[getter]
    fn nbytes(&self) -> PyResult<usize> {
        self.size()
    }

    /// How many axes there are.
    #[getter]
    fn ndim(&self) -> PyResult<usize> {
        self.array.look(|buffer| buffer.layout().ndim())
    }

    /// Bytes of one element.
    #[getter]
    fn itemsize(&self) -> PyResult<usize> {
        self.array.look(|buffer| buffer.dtype().size())
    }

    /// The address of the first element; 0 if there is none.
    #[getter]
    fn ptr(&self) -> PyResult<usize> {
        self.array.look(|buffer| {
            // Whoever works on memory by its address expects of a free that it waits, as `cudaFree` and `cudaFreeHost` do.
            // A pool that it goes back to waits only if it is told.
            buffer.mark_exported();
            buffer.address()
        })
    }

    /// Whether the memory was allocated by this package.
    #[getter]
    fn owns_memory(&self) -> bool {
        self.array.origin() != Origin::Foreign
    }

    /// The device of the memory.
    #[getter]
    fn device(&self) -> PyResult<Device> {
        self.array.look(|buffer| Device(buffer.device()))
    }

    /// Whether the producer of the memory forbids writing.
    #[getter]
    fn readonly(&self) -> PyResult<bool> {
        self.array.look(interop::CudaBuffer::is_read_only)
    }

    /// The stream in whose order the memory is used.
    #[getter]
    fn stream(&self) -> PyResult<Stream> {
        self.array.look(|buffer| Stream(buffer.stream().clone()))
    }

    /// The object that keeps the memory alive, if somebody else owns it.
    #[getter]
    fn owner(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.array.owner(py)
    }

    /// Whether the elements lie one behind the other, the last axis running fastest.
    #[getter]
    fn is_c_contiguous(&self) -> PyResult<bool> {
        self.array.look(|buffer| buffer.layout().is_c_contiguous())
    }

    /// Whether it was closed: nothing can be done with it then.
    #[getter]
    fn closed(&self) -> bool {
        self.array.is_closed()
    }

    /// The CUDA Array Interface, version 3.
    #[getter]
    fn __cuda_array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.array.describe()?;
        let dict = self.interface.get_or_try_init(py, || {
            let buffer = self.array.buffer()?;
            let described = interface::give(py, &buffer);
            described.map(Bound::unbind).map_err(|error| match error.is_instance_of::<PyTypeError>(py) {
                // What has no such description has no such attribute.
                true => PyAttributeError::new_err(error.value(py).to_string()),
                false => error,
            })
        })?;
        dict.bind(py).copy()
    }

    /// A DLPack capsule of the memory.
    ///
    /// stream: the consumer's, which waits for the buffer's: a handle, an object with __cuda_stream__, or -1, for which nothing
    ///     waits. None is the legacy default stream; memory that the host can see is waited for then.
    /// max_version: the newest version that the consumer knows; None is the one without flags.
    /// dl_device: (1, 0) copies to the host.
    /// copy: True makes a copy in memory of the same kind.
    #[pyo3(signature = (stream=None, *, max_version=None, dl_device=None, copy=None))]
    fn __dlpack__<'py>(
        &self,
        py: Python<'py>,
        stream: Option<&Bound<'py, PyAny>>,
        max_version: Option<(u32, u32)>,
        dl_device: Option<(i32, i32)>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let request = export::Request { stream, max_version, dl_device, copy };
        export::dlpack(py, self.array.share(py)?, &request)
    }

    /// DLPack's type and number of the device: (2, n) for memory of a device, (3, 0) for pinned and (13, 0) for managed memory.
    fn __dlpack_device__(&self) -> PyResult<(i32, i32)> {
        let device = self.array.look(dlpack::device)?;
        Ok((device.device_type.0, device.device_id))
    }

    /// An array of another framework over the same memory, without a copy: of a type that has a C exchange table, such as
    /// torch.Tensor. The stream on which the framework works now waits for what is pending on the buffer.
    #[pyo3(signature = (r#type, /))]
    fn share<'py>(&self, r#type: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
        export::to_type(r#type, self.array.share(r#type.py())?)
    }

    fn __getitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Self> {
        let view = |buffer: interop::CudaBuffer| Ok(index::apply(buffer.view(), key)?.share());
        Ok(Self::from(self.array.derive(py, view)?))
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, host: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        let share = self.array.share(py)?;
        let mut part = index::apply(share.buffer.view(), key)?.share();
        transfer::to_device(py, &HostArray::read(host)?, &mut part, None)
    }

    fn __len__(&self) -> PyResult<usize> {
        let len = self.array.look(|buffer| buffer.shape().first().copied())?;
        len.ok_or_else(|| PyTypeError::new_err("a buffer without axes has no length"))
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(PyValueError::new_err(
            "the truth of a CudaBuffer is ambiguous: ask its size, `buffer is not None`, or the elements by numpy()",
        ))
    }

    /// The axes in reverse order.
    #[getter(T)]
    fn reversed(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(Self::from(self.array.derive(py, |buffer| Ok(buffer.view().transpose().share()))?))
    }

    /// The same elements with another shape, one of whose lengths may be -1; never a copy.
    #[pyo3(signature = (*shape))]
    fn reshape(&self, py: Python<'_>, shape: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let shape = number::several(shape, "shape")?;
        let view = |buffer: interop::CudaBuffer| {
            let layout = buffer.layout().reshape_inferred(&shape).or_raise(py)?;
            Ok(buffer.view().reshape(layout.shape()).or_raise(py)?.share())
        };
        Ok(Self::from(self.array.derive(py, view)?))
    }

    /// The axes in another order, reversed if none is given.
    #[pyo3(signature = (*axes))]
    fn transpose(&self, py: Python<'_>, axes: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let reversed = axes.is_empty() || (axes.len() == 1 && axes.get_item(0)?.is_none());
        if reversed { self.reversed(py) } else { self.permute(py, axes) }
    }

    /// The axes in another order: the result has axis `axes[i]` at place `i`.
    #[pyo3(signature = (*axes))]
    fn permute(&self, py: Python<'_>, axes: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let axes = number::several(axes, "axes")?;
        let view = |buffer: interop::CudaBuffer| Ok(buffer.view().permute(&axes).or_raise(py)?.share());
        Ok(Self::from(self.array.derive(py, view)?))
    }

    /// The same bytes as elements of another type.
    fn view(&self, py: Python<'_>, dtype: &Bound<'_, PyAny>) -> PyResult<Self> {
        let dtype = dtype::from_python(dtype)?;
        let view = |buffer: interop::CudaBuffer| Ok(buffer.view().reinterpret(dtype).or_raise(py)?.share());
        Ok(Self::from(self.array.derive(py, view)?))
    }

    /// Fills the buffer from a host array.
    #[pyo3(signature = (host, *, stream=None))]
    fn copy_from(&self, host: &Bound<'_, PyAny>, stream: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let py = host.py();
        let (source, mut share) = (HostArray::read(host)?, self.array.share(py)?);
        let stream = stream::resolve_option(stream, share.buffer.device())?;
        transfer::to_device(py, &source, &mut share.buffer, stream.as_ref())
    }

    /// Fills a host array from the buffer.
    #[pyo3(signature = (host, *, stream=None))]
    fn copy_to(&self, host: &Bound<'_, PyAny>, stream: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let py = host.py();
        let (mut target, share) = (HostArray::write(host)?, self.array.share(py)?);
        let stream = stream::resolve_option(stream, share.buffer.device())?;
        transfer::to_host(py, &share.buffer, &mut target, stream.as_ref())
    }

    /// A new NumPy array with the contents.
    fn numpy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let share = self.array.share(py)?;
        let shape = number::tuple(py, share.buffer.shape())?;
        let dtype = dtype::to_python(py, share.buffer.dtype())?;
        let array = py.import(intern!(py, "numpy"))?.call_method1(intern!(py, "empty"), (shape, dtype))?;
        transfer::to_host(py, &share.buffer, &mut HostArray::write(&array)?, None)?;
        Ok(array)
    }

    /// A new buffer with the contents, in C order, in memory of the same kind: that of cudaMalloc for "pool" and for foreign
    /// memory of a device.
    fn copy(&self, py: Python<'_>) -> PyResult<Self> {
        let (buffer, origin) = export::duplicate(py, &self.array.share(py)?.buffer)?;
        Ok(Self::from(Array::new(buffer, None, origin)))
    }

    /// Ends the use of the buffer. Views and exports keep the memory, and so does whoever has read its array interface and
    /// kept the buffer for it.
    fn close(&self) {
        self.array.close();
    }

    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        slf.get().array.look(|_| ())?;
        Ok(slf)
    }

    fn __exit__(&self, _type: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>, _traceback: &Bound<'_, PyAny>) {
        self.array.close();
    }

    #[pyo3(signature = (*_args, **_kwargs))]
    fn __array__(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyTypeError::new_err("a CudaBuffer is not copied to the host unasked: call its method numpy()"))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        if self.array.is_closed() {
            return Ok("<CudaBuffer, closed>".to_owned());
        }
        let shape = self.shape(py)?.repr()?.to_string();
        self.array.look(|buffer| array::summary(&shape, buffer))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.array.traverse(visit)
    }

    fn __clear__(&self) {
        self.array.clear();
    }
}
