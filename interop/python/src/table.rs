//! The C exchange table of `CudaBuffer`: how other extension modules take our arrays, and make ours of theirs.
//!
//! By the protocol no function synchronises, and a consumer orders itself after the stream that `current_work_stream` names:
//! the legacy default stream, which is made to wait for the buffer's own here where that is another one.

use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr;

use cuda_safe::StreamRef;
use interop::dlpack::{
    DLDataType, DLDevice, DLDeviceType, DLManagedTensorVersioned, DLPACK_VERSION, DLPackExchangeAPI,
    DLPackExchangeAPIHeader, DLPackFlags, DLTensor, EXCHANGE_API_CAPSULE, Form, ManagedTensor, RawTensor,
    SetError,
};
use interop::{DType, Layout, MemoryKind};
use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::allocate::{self, Allocator};
use crate::array::{Array, Origin};
use crate::buffer::CudaBuffer;
use crate::detach::detach;
use crate::errors::OrRaise;
use crate::{device, dlpack};

static TABLE: DLPackExchangeAPI = DLPackExchangeAPI {
    header: DLPackExchangeAPIHeader { version: DLPACK_VERSION, prev_api: ptr::null_mut() },
    managed_tensor_allocator: Some(allocate),
    managed_tensor_from_py_object_no_sync: Some(give),
    managed_tensor_to_py_object_no_sync: Some(take),
    dltensor_from_py_object_no_sync: Some(lend),
    current_work_stream: Some(current_work_stream),
};

/// Puts the table on the class.
pub(crate) fn install(py: Python<'_>) -> PyResult<()> {
    let capsule = dlpack::borrowed_capsule(py, &TABLE, EXCHANGE_API_CAPSULE)?;
    py.get_type::<CudaBuffer>().setattr("__dlpack_c_exchange_api__", capsule)
}

/// Runs a function of the table: 0, or -1 with the exception set.
fn answer(work: impl FnOnce(Python<'_>) -> PyResult<()>) -> c_int {
    Python::attach(|py| match work(py) {
        Ok(()) => 0,
        Err(error) => {
            error.restore(py);
            -1
        }
    })
}

/// # Safety
/// By the protocol: `object` is alive, and `use_it` keeps to what it may do with the pointers of the call.
unsafe fn with_buffer(
    object: *mut c_void,
    use_it: impl FnOnce(Python<'_>, &CudaBuffer) -> PyResult<()>,
) -> c_int {
    answer(|py| {
        // SAFETY: the caller's promise.
        let object = unsafe { Bound::from_borrowed_ptr(py, object.cast::<ffi::PyObject>()) };
        use_it(py, object.cast::<CudaBuffer>()?.get())
    })
}

/// Makes the legacy default stream, which consumers order themselves after, wait for the buffer's own. Who can see the memory
/// from the host may read it at once.
fn make_ready(py: Python<'_>, buffer: &interop::CudaBuffer) -> PyResult<()> {
    if buffer.memory_kind() != MemoryKind::Device {
        return detach(py, || buffer.stream().synchronize()).or_raise(py);
    }
    StreamRef::legacy(buffer.device()).wait_for(buffer.stream().as_ref()).or_raise(py)
}

unsafe extern "C" fn give(object: *mut c_void, out: *mut *mut DLManagedTensorVersioned) -> c_int {
    let work = |py: Python<'_>, buffer: &CudaBuffer| {
        let share = buffer.array.share(py)?;
        make_ready(py, &share.buffer)?;
        let tensor = dlpack::tensor(py, share, Form::Versioned, DLPackFlags::empty())?;
        // SAFETY: by the protocol there is room for a pointer.
        unsafe { write_tensor(tensor, out) };
        Ok(())
    };
    // SAFETY: by the protocol the object is alive.
    unsafe { with_buffer(object, work) }
}

/// # Safety
/// `out` is room for a pointer.
unsafe fn write_tensor(tensor: ManagedTensor, out: *mut *mut DLManagedTensorVersioned) {
    if let RawTensor::Versioned(tensor) = tensor.into_raw() {
        // SAFETY: the caller's promise.
        unsafe { out.write(tensor) }
    }
}

unsafe extern "C" fn take(tensor: *mut DLManagedTensorVersioned, out: *mut *mut c_void) -> c_int {
    answer(|py| {
        // SAFETY: by the protocol the tensor is given to us.
        let tensor = unsafe { ManagedTensor::from_versioned(tensor) }.or_raise(py)?;
        let array = Array::new(dlpack::adopt(py, tensor, None)?, None, Origin::Foreign);
        let buffer = Py::new(py, CudaBuffer::from(array))?;
        // SAFETY: by the protocol there is room for a pointer, which takes the new reference.
        unsafe { out.write(buffer.into_ptr().cast()) };
        Ok(())
    })
}

unsafe extern "C" fn lend(object: *mut c_void, out: *mut DLTensor) -> c_int {
    let work = |py: Python<'_>, buffer: &CudaBuffer| {
        let share = buffer.array.buffer()?;
        if share.is_read_only() {
            return Err(PyBufferError::new_err(
                "a DLTensor cannot say that the buffer is read-only: ask for a managed one",
            ));
        }
        make_ready(py, &share)?;
        let layout = share.layout();
        let numbers = match buffer.numbers.get() {
            Some(numbers) => numbers,
            None => {
                dlpack::refuse_negative_strides(layout)?;
                let strides = layout.element_strides().or_raise(py)?;
                let lengths = layout.shape().iter().map(|&length| length as i64);
                let numbers = lengths.chain(strides.iter().map(|&stride| stride as i64)).collect();
                buffer.numbers.get_or_init(|| numbers)
            }
        };
        let (code, bits) = share.dtype().dlpack();
        // As `array.describe`: whoever holds the address holds the object.
        buffer.array.describe()?;
        let tensor = DLTensor {
            data: ptr::with_exposed_provenance_mut(share.address()),
            device: dlpack::device(&share),
            // A layout has at most 64 axes.
            ndim: layout.ndim() as i32,
            dtype: DLDataType { code, bits, lanes: 1 },
            shape: numbers.as_ptr().cast_mut(),
            strides: numbers.as_ptr().wrapping_add(layout.ndim()).cast_mut(),
            byte_offset: 0,
        };
        // SAFETY: by the protocol there is room for a tensor.
        unsafe { out.write(tensor) };
        Ok(())
    };
    // SAFETY: by the protocol the object is alive.
    unsafe { with_buffer(object, work) }
}

unsafe extern "C" fn allocate(
    prototype: *mut DLTensor,
    out: *mut *mut DLManagedTensorVersioned,
    context: *mut c_void,
    set_error: Option<SetError>,
) -> c_int {
    // SAFETY: by the protocol the prototype is a tensor, of which device, type and shape are set.
    let prototype = unsafe { &*prototype };
    let made = Python::attach(|py| {
        // SAFETY: as above.
        let tensor = unsafe { like(py, prototype) };
        tensor.map_err(|error| error.value(py).to_string())
    });
    match made {
        Ok(tensor) => {
            // SAFETY: by the protocol there is room for a pointer.
            unsafe { write_tensor(tensor, out) };
            0
        }
        Err(message) => {
            let message = CString::new(message).unwrap_or_default();
            if let Some(set_error) = set_error {
                let kind: &CStr = c"BufferError";
                // SAFETY: the producer's function with the producer's context and two strings.
                unsafe { set_error(context, kind.as_ptr(), message.as_ptr()) }
            }
            -1
        }
    }
}

/// A new tensor like another one.
///
/// # Safety
/// `prototype.shape` points to `prototype.ndim` lengths.
unsafe fn like(py: Python<'_>, prototype: &DLTensor) -> PyResult<ManagedTensor> {
    let DLTensor { device: DLDevice { device_type, device_id }, dtype, ndim, shape, .. } = *prototype;
    let allocator = match device_type {
        DLDeviceType::CUDA => Allocator::Cuda,
        DLDeviceType::CUDA_HOST => Allocator::Pinned,
        DLDeviceType::CUDA_MANAGED => Allocator::Managed,
        other => return Err(PyBufferError::new_err(format!("no memory of {other} is allocated here"))),
    };
    let dtype = DType::from_dlpack(dtype.code, dtype.bits, dtype.lanes).or_raise(py)?;
    let shape = match usize::try_from(ndim) {
        Ok(0) | Err(_) => &[],
        // SAFETY: the caller's promise.
        Ok(ndim) => unsafe { std::slice::from_raw_parts(shape, ndim) },
    };
    let layout = Layout::from_elements(shape, None, 0, dtype.size()).or_raise(py)?;
    let device = device::by_ordinal(py, device_id as isize)?;
    let (buffer, origin) = allocate::allocate(py, device, layout.shape(), dtype, None, allocator)?;
    let share = Array::new(buffer, None, origin).share(py)?;
    dlpack::tensor(py, share, Form::Versioned, DLPackFlags::empty())
}

unsafe extern "C" fn current_work_stream(_type: DLDeviceType, _id: i32, out: *mut *mut c_void) -> c_int {
    // The legacy default stream as a `cudaStream_t`, which is what consumers of the protocol take for it.
    // SAFETY: by the protocol there is room for a handle.
    unsafe { out.write(ptr::null_mut()) };
    0
}
