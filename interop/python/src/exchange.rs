//! Arrays taken through the C exchange table of DLPack, and given: no Python call, no capsule, no look-up by CUDA.
//!
//! A type carries the table. Its functions do not synchronise: the producer's current stream is asked for, and waited for
//! where it is not the stream of the buffer.
//!
//! Two functions give a tensor. The one that lends a plain `DLTensor` is the fastest, but cannot say that an array is
//! read-only; it is used for PyTorch, whose tensors never are (but may be [`lazy`]). Others are asked for a managed tensor,
//! which carries flags.

use std::mem::MaybeUninit;
use std::ptr;

use cuda_safe::{Device, Stream, StreamRef};
use interop::dlpack::{
    DLDevice, DLDeviceType, DLPACK_VERSION, DLPackExchangeAPI, DLPackFlags, DLTensor, EXCHANGE_API_CAPSULE,
    Form, ManagedTensor, RawTensor,
};
use interop::layout::FewAxes;
use interop::{CudaBuffer, DType, Known, MemoryKind};
use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::array::Share;
use crate::detach::detach;
use crate::device;
use crate::dlpack;
use crate::errors::{self, OrRaise};
use crate::lazy;
use crate::runtime;
use crate::stream::{self, Named};

/// The table of a type.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    api: &'static DLPackExchangeAPI,
    lends: bool,
}

/// What is known of a tensor that is lent, but for its axes.
pub(crate) struct Lent {
    address: usize,
    dtype: DType,
    kind: MemoryKind,
    stream: Stream,
}

impl Lent {
    /// The buffer over the tensor.
    ///
    /// # Safety
    /// The axes are those that came with it, and the caller keeps the object that lent it as long as the buffer.
    #[inline(always)]
    pub(crate) unsafe fn buffer(self, axes: &FewAxes) -> CudaBuffer {
        let Self { address, dtype, kind, stream } = self;
        let known = Known { address, layout: axes.layout(), dtype, kind, stream, read_only: false };
        // SAFETY: the producer says so by the protocol, the span was checked, and the caller keeps the object.
        unsafe { CudaBuffer::borrow_known(known) }
    }
}

impl Table {
    /// The newest table of a version that is understood, in the attribute of a type. `lends` says that the type's arrays are
    /// never read-only.
    ///
    /// # Errors
    /// What Python raised for a capsule of another kind.
    pub(crate) fn read(capsule: &Bound<'_, PyAny>, lends: bool) -> PyResult<Option<Self>> {
        let Ok(capsule) = capsule.cast::<PyCapsule>() else { return Ok(None) };
        // SAFETY: the capsule is alive and this thread is attached.
        let api = unsafe { ffi::PyCapsule_GetPointer(capsule.as_ptr(), EXCHANGE_API_CAPSULE.as_ptr()) };
        let mut api = api.cast::<DLPackExchangeAPI>().cast_const();
        if api.is_null() {
            return Err(PyErr::fetch(capsule.py()));
        }
        loop {
            // SAFETY: the protocol's table, which lives as long as the process; its header is the same in every version.
            let header = unsafe { (*api).header };
            if header.version.major == DLPACK_VERSION.major {
                break;
            }
            api = header.prev_api.cast();
            if api.is_null() {
                return Ok(None);
            }
        }
        // SAFETY: a table of a version that is known, which lives as long as the process.
        Ok(Some(Self { api: unsafe { &*api }, lends }))
    }

    /// A tensor as most are, lent by a producer whose arrays are never read-only: what is known of it, and its axes in `axes`.
    /// A buffer of it is on `stream` or the legacy default stream of its device. None for others, which
    /// [`take_any`](Self::take_any) takes or refuses.
    ///
    /// # Errors
    /// The producer's own, and BufferError for memory that no device can reach.
    #[inline(always)]
    pub(crate) fn lend(
        self,
        object: &Bound<'_, PyAny>,
        stream: Option<Named<'_, '_>>,
        axes: &mut FewAxes,
    ) -> PyResult<Option<Lent>> {
        let Some(lend) = self.api.dltensor_from_py_object_no_sync.filter(|_| self.lends) else {
            return Ok(None);
        };
        let mut tensor = MaybeUninit::<DLTensor>::uninit();
        // SAFETY: an object of the type that carries the table, and room for a tensor; this thread is attached.
        if unsafe { lend(object.as_ptr().cast(), tensor.as_mut_ptr()) } != 0 {
            return Err(PyErr::fetch(object.py()));
        }
        // SAFETY: filled by the call that has just succeeded.
        let tensor = unsafe { tensor.assume_init_ref() };
        // SAFETY: as many lengths and strides as axes by the protocol, valid during the producer's call and ours.
        let Some(dtype) = (unsafe { tensor.read_few(axes) }) else { return Ok(None) };
        let (device, kind) = place(object.py(), tensor.device)?;
        let address = tensor.data.expose_provenance();
        let first = address.wrapping_add_signed(axes.offset());
        lazy::refuse(object, dtype, first, axes.shape(), axes.strides())?;
        let stream = self.order(object.py(), tensor.device, device, stream)?;
        Ok(Some(Lent { address, dtype, kind, stream }))
    }

    /// A buffer over the memory of an object, on `stream` or the legacy default stream of its device. The caller keeps the
    /// object.
    ///
    /// # Errors
    /// The producer's own, and BufferError for memory that no device can reach.
    pub(crate) fn take(
        self,
        object: &Bound<'_, PyAny>,
        stream: Option<Named<'_, '_>>,
    ) -> PyResult<CudaBuffer> {
        let mut axes = FewAxes::default();
        match self.lend(object, stream, &mut axes)? {
            // SAFETY: the axes are those of the tensor; the caller keeps the object.
            Some(lent) => Ok(unsafe { lent.buffer(&axes) }),
            None => self.take_any(object, stream),
        }
    }

    /// The same by the way that is right for every array.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn take_any(
        self,
        object: &Bound<'_, PyAny>,
        stream: Option<Named<'_, '_>>,
    ) -> PyResult<CudaBuffer> {
        match self.api.dltensor_from_py_object_no_sync {
            Some(lend) if self.lends => {
                let mut tensor = MaybeUninit::<DLTensor>::uninit();
                // SAFETY: an object of the type that carries the table, and room for a tensor; this thread is attached.
                if unsafe { lend(object.as_ptr().cast(), tensor.as_mut_ptr()) } != 0 {
                    return Err(PyErr::fetch(object.py()));
                }
                // SAFETY: filled by the call that has just succeeded.
                self.borrow(object, &unsafe { tensor.assume_init() }, stream)
            }
            _ => self.take_managed(object, stream),
        }
    }

    /// A buffer over a tensor that lives as long as its object.
    fn borrow(
        self,
        object: &Bound<'_, PyAny>,
        tensor: &DLTensor,
        stream: Option<Named<'_, '_>>,
    ) -> PyResult<CudaBuffer> {
        let py = object.py();
        let (device, kind) = place(py, tensor.device)?;
        // SAFETY: as many lengths and strides as axes by the protocol, valid during the producer's call and ours.
        let (dtype, layout) = match unsafe { tensor.read() } {
            Ok(read) => read,
            Err(error) => return Err(errors::exception(py, &error.into())),
        };
        let address = tensor.data.expose_provenance();
        let first = address.wrapping_add_signed(layout.offset());
        lazy::refuse(object, dtype, first, layout.shape(), layout.strides())?;
        let stream = self.order(py, tensor.device, device, stream)?;
        let known = Known { address, layout, dtype, kind, stream, read_only: false };
        // SAFETY: the producer says so by the protocol, the span was checked, and the caller keeps the object.
        Ok(unsafe { CudaBuffer::borrow_known(known) })
    }

    fn take_managed(self, object: &Bound<'_, PyAny>, stream: Option<Named<'_, '_>>) -> PyResult<CudaBuffer> {
        let py = object.py();
        let Some(give) = self.api.managed_tensor_from_py_object_no_sync else {
            return dlpack::take(object, stream);
        };
        let mut tensor = ptr::null_mut();
        // SAFETY: an object of the type that carries the table, and room for a pointer; this thread is attached.
        if unsafe { give(object.as_ptr().cast(), &raw mut tensor) } != 0 {
            return Err(PyErr::fetch(py));
        }
        // SAFETY: a tensor that is ours now, by the protocol.
        let tensor = unsafe { ManagedTensor::from_versioned(tensor) }.or_raise(py)?;
        let place_of = tensor.device();
        let (device, kind) = place(py, place_of)?;
        // Memory that is not a device's is on whichever device CUDA says.
        let device = match kind {
            MemoryKind::Device => device,
            MemoryKind::Pinned | MemoryKind::Managed => {
                runtime::device_of(py, tensor.address(), tensor.layout())?
            }
        };
        let stream = self.order(py, place_of, device, stream)?;
        dlpack::adopt(py, tensor, Some(stream))
    }

    /// An array of the type that carries the table, over the memory of a share. The stream on which its framework works now
    /// waits for what is pending on the memory.
    ///
    /// # Errors
    /// TypeError for a table that makes no objects, BufferError for negative strides, and the framework's own.
    pub(crate) fn give<'py>(self, py: Python<'py>, share: Share) -> PyResult<Bound<'py, PyAny>> {
        let Some(take) = self.api.managed_tensor_to_py_object_no_sync else {
            return Err(PyTypeError::new_err("the C exchange table of the type makes no objects"));
        };
        let (place, device) = (dlpack::device(&share.buffer), share.buffer.device());
        match self.work_stream(py, place, device)? {
            Some(consumer) => consumer.wait_for(share.buffer.stream().as_ref()).or_raise(py)?,
            // Whoever takes the memory for the host's waits for nothing.
            None => detach(py, || share.buffer.stream().synchronize()).or_raise(py)?,
        }
        let tensor = dlpack::tensor(py, share, Form::Versioned, DLPackFlags::empty())?;
        let RawTensor::Versioned(tensor) = tensor.into_raw() else {
            return Err(PyBufferError::new_err("the tensor is not of the form that tables take"));
        };
        let mut object = ptr::null_mut();
        // SAFETY: a tensor that is given away, and room for a pointer; this thread is attached.
        match unsafe { take(tensor, &raw mut object) } {
            // SAFETY: a new reference, by the protocol.
            0 => unsafe { Bound::from_owned_ptr_or_err(py, object.cast()) },
            _ => Err(PyErr::fetch(py)),
        }
    }

    /// The stream of the buffer, which waits for the stream that the producer works on now.
    #[inline(always)]
    fn order(
        self,
        py: Python<'_>,
        place: DLDevice,
        device: Device,
        named: Option<Named<'_, '_>>,
    ) -> PyResult<Stream> {
        let stream = match named {
            Some(named) => named.of(device)?,
            None => Stream::legacy(device),
        };
        if let Some(producer) = self.work_stream(py, place, device)? {
            stream::follow(py, &stream, producer)?;
        }
        Ok(stream)
    }

    /// The stream that the framework works on now, if it has any for that place. It lives as long as nobody ends it, so for
    /// the call that it is asked for.
    #[inline(always)]
    fn work_stream(self, py: Python<'_>, place: DLDevice, device: Device) -> PyResult<Option<StreamRef<'_>>> {
        let Some(ask) = self.api.current_work_stream.filter(|_| place.device_type == DLDeviceType::CUDA)
        else {
            return Ok(None);
        };
        let mut handle = ptr::null_mut();
        // SAFETY: room for a handle; this thread is attached.
        if unsafe { ask(place.device_type, place.device_id, &raw mut handle) } != 0 {
            return Err(PyErr::fetch(py));
        }
        // A `cudaStream_t`, of which NULL is the legacy default stream.
        let handle = if handle.is_null() { ptr::without_provenance_mut(1) } else { handle };
        // SAFETY: the framework works on the stream now, so it is alive for the call that this is part of.
        unsafe { StreamRef::from_raw(device, handle.cast()) }.or_raise(py).map(Some)
    }
}

/// The device and the kind of memory that DLPack names.
#[inline(always)]
fn place(py: Python<'_>, place: DLDevice) -> PyResult<(Device, MemoryKind)> {
    let kind = match place.device_type {
        DLDeviceType::CUDA => MemoryKind::Device,
        DLDeviceType::CUDA_HOST => MemoryKind::Pinned,
        DLDeviceType::CUDA_MANAGED => MemoryKind::Managed,
        _ => return Err(interop::Error::DlpackDevice { device: place }).or_raise(py),
    };
    let device = device::by_ordinal(py, place.device_id as isize);
    Ok((device.map_err(|error| PyBufferError::new_err(format!("DLPack: {}", error.value(py))))?, kind))
}
