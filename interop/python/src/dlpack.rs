//! DLPack through Python: capsules taken over and given away.
//!
//! A capsule owns its tensor until it is consumed, which renames it; its destructor releases a tensor that nobody consumed.
//! What an export holds is a [`Share`]: Rust, and for memory that a Python object owns a reference that any thread may
//! let go.

use std::ffi::{CStr, c_void};
use std::ptr;

use cuda_safe::StreamRef;
use interop::dlpack::{
    DLDevice, DLDeviceType, DLPACK_VERSION, DLPackFlags, Form, ManagedTensor, RawTensor, TensorDescription,
};
use interop::{CudaBuffer, HostViewMut, ImportOptions, Layout, MemoryKind, memcpy_d2h};
use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyCapsule, PyDict};
use pyo3::{ffi, intern};

use crate::array::Share;
use crate::detach::detach;
use crate::errors::OrRaise;
use crate::runtime;
use crate::stream::{self, Named};

const LEGACY: &CStr = c"dltensor";
const VERSIONED: &CStr = c"dltensor_versioned";
const USED_LEGACY: &CStr = c"used_dltensor";
const USED_VERSIONED: &CStr = c"used_dltensor_versioned";

/// How DLPack names the place of a buffer.
pub(crate) fn device(buffer: &CudaBuffer) -> DLDevice {
    let (device_type, device_id) = match buffer.memory_kind() {
        // A device ordinal is a small C integer.
        MemoryKind::Device => (DLDeviceType::CUDA, buffer.device().ordinal() as i32),
        MemoryKind::Pinned => (DLDeviceType::CUDA_HOST, 0),
        MemoryKind::Managed => (DLDeviceType::CUDA_MANAGED, 0),
    };
    DLDevice { device_type, device_id }
}

/// Refuses what many consumers cannot take, and PyTorch ends the process for.
///
/// # Errors
/// BufferError for elements that are walked backwards.
pub(crate) fn refuse_negative_strides(layout: &Layout) -> PyResult<()> {
    let mut axes = layout.shape().iter().zip(layout.strides());
    if layout.is_empty() || !axes.any(|(&len, &stride)| len > 1 && stride < 0) {
        return Ok(());
    }
    Err(PyBufferError::new_err(format!(
        "the buffer has negative strides, {:?}, for which PyTorch ends the process: export its copy(), or share it by the \
         array interface",
        layout.strides()
    )))
}

/// A tensor of a share, which it keeps.
///
/// # Errors
/// BufferError for negative strides and for what the form cannot say.
pub(crate) fn tensor(
    py: Python<'_>,
    share: Share,
    form: Form,
    flags: DLPackFlags,
) -> PyResult<ManagedTensor> {
    let buffer = &share.buffer;
    let layout = buffer.layout().clone();
    refuse_negative_strides(&layout)?;
    // The layout counts from the base; of no element the address is not used.
    let address = buffer.address().wrapping_add_signed(layout.offset().wrapping_neg());
    let read_only = if buffer.is_read_only() { DLPackFlags::READ_ONLY } else { DLPackFlags::empty() };
    let (dtype, flags) = (buffer.dtype(), flags | read_only);
    let description = TensorDescription { address, device: device(buffer), dtype, layout: &layout, flags };
    // The consumer may still work on memory of a pool, on a stream of its own, when it releases the tensor.
    buffer.mark_exported();
    // SAFETY: the elements lie in the memory of the share, which lives until the tensor is released.
    unsafe { ManagedTensor::export(form, &description, share) }.or_raise(py)
}

/// A tensor of a copy in host memory.
///
/// # Errors
/// CUDA's own.
pub(crate) fn host_tensor(py: Python<'_>, share: &Share, form: Form) -> PyResult<ManagedTensor> {
    /// Bytes of one item of the copy's memory, which is also its alignment.
    const ITEM: usize = size_of::<u128>();
    let buffer = &share.buffer;
    let (dtype, bytes) = (buffer.dtype(), buffer.layout().size_bytes());
    let layout = Layout::contiguous(buffer.shape(), dtype.size()).or_raise(py)?;
    let mut memory = Vec::new();
    let items = bytes.div_ceil(ITEM);
    memory.try_reserve_exact(items).map_err(|_| interop::Error::HostMemory { bytes }).or_raise(py)?;
    memory.resize(items, 0u128);
    // SAFETY: the memory holds the packed elements and nobody else has it.
    let view =
        unsafe { HostViewMut::from_raw(memory.as_mut_ptr().cast(), layout.clone(), dtype) }.or_raise(py)?;
    detach(py, || memcpy_d2h(buffer.view(), view)).or_raise(py)?;
    let device = DLDevice { device_type: DLDeviceType::CPU, device_id: 0 };
    let address = memory.as_ptr().expose_provenance();
    let description =
        TensorDescription { address, device, dtype, layout: &layout, flags: DLPackFlags::IS_COPIED };
    // SAFETY: the elements lie in the memory that the tensor owns.
    unsafe { ManagedTensor::export(form, &description, memory) }.or_raise(py)
}

/// A capsule that owns a tensor.
pub(crate) fn capsule(py: Python<'_>, tensor: ManagedTensor) -> PyResult<Bound<'_, PyAny>> {
    let (pointer, name, destructor): (*mut c_void, _, ffi::PyCapsule_Destructor) = match tensor.into_raw() {
        RawTensor::Legacy(tensor) => (tensor.cast(), LEGACY, release_legacy),
        RawTensor::Versioned(tensor) => (tensor.cast(), VERSIONED, release_versioned),
    };
    // SAFETY: the pointer is not NULL, the name lives for ever, and this thread is attached.
    let capsule = unsafe { ffi::PyCapsule_New(pointer, name.as_ptr(), Some(destructor)) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, capsule) }
}

unsafe extern "C" fn release_legacy(capsule: *mut ffi::PyObject) {
    // SAFETY: Python calls a capsule's destructor with the capsule, attached.
    if unsafe { ffi::PyCapsule_IsValid(capsule, LEGACY.as_ptr()) } == 1 {
        // SAFETY: the capsule has that name, so the pointer is its tensor.
        let tensor = unsafe { ffi::PyCapsule_GetPointer(capsule, LEGACY.as_ptr()) };
        // SAFETY: the name says that nobody has consumed the tensor.
        drop(unsafe { ManagedTensor::from_legacy(tensor.cast()) });
    }
}

unsafe extern "C" fn release_versioned(capsule: *mut ffi::PyObject) {
    // SAFETY: as above.
    if unsafe { ffi::PyCapsule_IsValid(capsule, VERSIONED.as_ptr()) } == 1 {
        // SAFETY: as above.
        let tensor = unsafe { ffi::PyCapsule_GetPointer(capsule, VERSIONED.as_ptr()) };
        // SAFETY: as above.
        drop(unsafe { ManagedTensor::from_versioned(tensor.cast()) });
    }
}

/// Takes the tensor out of a capsule.
///
/// # Errors
/// BufferError for a capsule that was consumed before or holds something else, and for a tensor that breaks a rule: it is
/// released then.
pub(crate) fn consume(capsule: &Bound<'_, PyCapsule>) -> PyResult<ManagedTensor> {
    let py = capsule.py();
    if let Some(tensor) = rename(capsule, VERSIONED, USED_VERSIONED)? {
        // SAFETY: a capsule of that name holds such a tensor, and being renamed it no longer releases it; no other thread has
        // renamed it.
        return unsafe { ManagedTensor::from_versioned(tensor.cast()) }.or_raise(py);
    }
    if let Some(tensor) = rename(capsule, LEGACY, USED_LEGACY)? {
        // SAFETY: as above.
        return unsafe { ManagedTensor::from_legacy(tensor.cast()) }.or_raise(py);
    }
    let used = is_named(capsule, USED_LEGACY) || is_named(capsule, USED_VERSIONED);
    Err(PyBufferError::new_err(match used {
        true => "DLPack: the capsule was consumed before; ask the producer for another one".to_owned(),
        false => format!("DLPack: {capsule:?} is no dltensor or dltensor_versioned"),
    }))
}

fn is_named(capsule: &Bound<'_, PyCapsule>, name: &CStr) -> bool {
    // SAFETY: the capsule is alive, the name is NUL-terminated, and this thread is attached.
    unsafe { ffi::PyCapsule_IsValid(capsule.as_ptr(), name.as_ptr()) == 1 }
}

/// The pointer of a capsule that has a name, which becomes another one.
///
/// Without the interpreter's lock two threads may be given one capsule: the section lets one of them find the name. (Other
/// libraries take no part in it.)
fn rename(capsule: &Bound<'_, PyCapsule>, from: &CStr, to: &'static CStr) -> PyResult<Option<*mut c_void>> {
    with_critical_section(capsule, || {
        if !is_named(capsule, from) {
            return Ok(None);
        }
        // SAFETY: the capsule has that name.
        let pointer = unsafe { ffi::PyCapsule_GetPointer(capsule.as_ptr(), from.as_ptr()) };
        // SAFETY: the capsule is alive, and the new name lives for ever.
        match unsafe { ffi::PyCapsule_SetName(capsule.as_ptr(), to.as_ptr()) } {
            0 => Ok(Some(pointer)),
            _ => Err(PyErr::fetch(capsule.py())),
        }
    })
}

/// A buffer of a tensor, on `stream` or the legacy default stream of its device.
///
/// # Errors
/// BufferError for a tensor in memory that no device can reach, an address that CUDA does not know, and CUDA's own.
pub(crate) fn adopt(
    py: Python<'_>,
    tensor: ManagedTensor,
    stream: Option<cuda_safe::Stream>,
) -> PyResult<CudaBuffer> {
    let devices = runtime::devices(py)?;
    let (said, elements) = (tensor.device(), !tensor.layout().is_empty());
    let options = ImportOptions { device: Some(devices[0]), stream, ignore_producer_stream: false };
    let buffer = CudaBuffer::from_dlpack_with(tensor, &options).or_raise(py)?;
    let found = device(&buffer);
    let exists = usize::try_from(said.device_id).is_ok_and(|ordinal| ordinal < devices.len());
    let agrees = !elements || found.device_type != DLDeviceType::CUDA || found == said;
    if said.device_type != DLDeviceType::CUDA || (exists && agrees) {
        return Ok(buffer);
    }
    Err(PyBufferError::new_err(format!(
        "DLPack: the tensor is said to be on {said}, but its memory is on {found}"
    )))
}

/// [`adopt`] on a stream of the device that the memory is on.
///
/// # Errors
/// As there, and a stream that is none.
pub(crate) fn adopt_on(
    py: Python<'_>,
    tensor: ManagedTensor,
    stream: Option<Named<'_, '_>>,
) -> PyResult<CudaBuffer> {
    let stream = match stream {
        Some(named) => Some(named.on(runtime::device_of(py, tensor.address(), tensor.layout())?)?),
        None => None,
    };
    adopt(py, tensor, stream)
}

/// A buffer of an object with `__dlpack__`, on `stream` or the legacy default stream of its device, for which the producer
/// makes the data ready.
///
/// # Errors
/// As [`adopt`], and the producer's own.
pub(crate) fn take(object: &Bound<'_, PyAny>, stream: Option<Named<'_, '_>>) -> PyResult<CudaBuffer> {
    let py = object.py();
    let answer = object.call_method0(intern!(py, "__dlpack_device__"))?;
    let Ok((device_type, device_id)) = answer.extract::<(i32, i32)>() else {
        return Err(PyTypeError::new_err(format!("__dlpack_device__ gave {answer:?}, not (type, id)")));
    };
    let device = DLDevice { device_type: DLDeviceType(device_type), device_id };
    let on_device = device.device_type == DLDeviceType::CUDA;
    if !on_device && ![DLDeviceType::CUDA_HOST, DLDeviceType::CUDA_MANAGED].contains(&device.device_type) {
        return Err(interop::Error::DlpackDevice { device }).or_raise(py);
    }
    let keywords = PyDict::new(py);
    let mut resolved = None;
    if on_device {
        let device = crate::device::by_ordinal(py, device_id as isize);
        let device =
            device.map_err(|error| PyBufferError::new_err(format!("DLPack: {}", error.value(py))))?;
        let stream = stream.map(|stream| stream.of(device)).transpose()?;
        // The per-thread stream is refused by some producers: they make the legacy stream ready, which it then waits for.
        let handle = stream.as_ref().map_or(1, |stream| stream.as_raw().addr());
        let asked = if handle == 2 { 1 } else { handle };
        resolved = stream;
        keywords.set_item(intern!(py, "stream"), asked)?;
    }
    let plain = keywords.copy()?;
    keywords.set_item(intern!(py, "max_version"), (DLPACK_VERSION.major, DLPACK_VERSION.minor))?;
    let method = object.getattr(intern!(py, "__dlpack__"))?;
    let capsule = match method.call((), Some(&keywords)) {
        // A producer from before version 1 does not know the argument.
        Err(error) if error.is_instance_of::<PyTypeError>(py) => method.call((), Some(&plain))?,
        answer => answer?,
    };
    let tensor = consume(capsule.cast()?)?;
    let Some(resolved) = resolved else { return adopt_on(py, tensor, stream) };
    if resolved.as_ref().is_per_thread() {
        stream::follow(py, &resolved, StreamRef::legacy(resolved.device()))?;
    }
    adopt(py, tensor, Some(resolved))
}

/// The pointer for a table of C functions in a capsule that owns nothing.
pub(crate) fn borrowed_capsule<'py, T>(
    py: Python<'py>,
    pointer: &'static T,
    name: &'static CStr,
) -> PyResult<Bound<'py, PyAny>> {
    let pointer = ptr::from_ref(pointer).cast_mut().cast();
    // SAFETY: pointer and name live for ever, and this thread is attached.
    let capsule = unsafe { ffi::PyCapsule_New(pointer, name.as_ptr(), None) };
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, capsule) }
}
