//! A managed tensor that somebody made: read once, checked, and given back exactly once.
//!
//! [`ManagedTensor`] owns the C structure. Taking it over cannot be undone: when a check fails the deleter has run
//! before the error is returned, so a capsule must be renamed before its pointer comes here. Drop calls the deleter,
//! on whatever thread that happens; a NULL deleter means that there is nothing to do.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::error::DlpackError;
use super::ffi::{
    DLDevice, DLManagedTensor, DLManagedTensorVersioned, DLPACK_VERSION, DLPackFlags, DLPackVersion, DLTensor,
};
use crate::dtype::DType;
use crate::layout::Layout;

/// The pointer of a capsule, with who frees it left to the holder.
///
/// ```
/// use interop::dlpack::RawTensor;
/// assert!(matches!(RawTensor::Legacy(std::ptr::null_mut()), RawTensor::Legacy(p) if p.is_null()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawTensor {
    /// For a capsule named `dltensor`.
    Legacy(*mut DLManagedTensor),
    /// For a capsule named `dltensor_versioned`.
    Versioned(*mut DLManagedTensorVersioned),
}

/// Calls the deleter when it is dropped.
#[derive(Debug)]
struct Handle(RawTensor);

// SAFETY: whoever made a handle promised that the deleter may run on any thread, as DLPack demands; nothing else of the
// structure is used after it was read.
unsafe impl Send for Handle {}

// SAFETY: `&Handle` gives no access to the structure.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        match self.0 {
            RawTensor::Legacy(tensor) => {
                // SAFETY: the structure is valid until its deleter runs, which happens only here.
                if let Some(deleter) = unsafe { (*tensor).deleter } {
                    // SAFETY: the deleter belongs to this structure and has not run.
                    unsafe { deleter(tensor) }
                }
            }
            RawTensor::Versioned(tensor) => {
                // SAFETY: the structure is valid until its deleter runs, which happens only here.
                if let Some(deleter) = unsafe { (*tensor).deleter } {
                    // SAFETY: the deleter belongs to this structure and has not run.
                    unsafe { deleter(tensor) }
                }
            }
        }
    }
}

/// A DLPack tensor that this process owns: checked, and released by its deleter exactly once.
///
/// ```
/// use interop::dlpack::{DLDevice, DLDeviceType, DLPackFlags, Form, ManagedTensor, TensorDescription};
/// use interop::{DType, Layout};
///
/// let data = vec![1.0f32, 2.0, 3.0];
/// let description = TensorDescription {
///     address: data.as_ptr().addr(),
///     device: DLDevice { device_type: DLDeviceType::CPU, device_id: 0 },
///     dtype: DType::F32,
///     layout: &Layout::contiguous(&[3], 4)?,
///     flags: DLPackFlags::empty(),
/// };
/// // SAFETY: the vector is the owner, so its elements live as long as the tensor.
/// let tensor = unsafe { ManagedTensor::export(Form::Versioned, &description, data)? };
/// assert_eq!(tensor.layout().shape(), [3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ManagedTensor {
    handle: Handle,
    address: usize,
    device: DLDevice,
    dtype: DType,
    layout: Layout,
    flags: DLPackFlags,
    version: Option<DLPackVersion>,
}

impl ManagedTensor {
    /// Takes over the tensor of a capsule named `dltensor`.
    ///
    /// # Safety
    /// `tensor` is NULL or points to a tensor as DLPack defines it, which nobody else releases, whose deleter may run
    /// on any thread, and whose memory, from the lowest to the highest byte that it reaches, stays valid until then.
    ///
    /// # Errors
    /// Every broken rule, each with its value. The deleter has run then.
    pub unsafe fn from_legacy(tensor: *mut DLManagedTensor) -> Result<Self, DlpackError> {
        let tensor = NonNull::new(tensor).ok_or(DlpackError::NullTensor)?.as_ptr();
        let handle = Handle(RawTensor::Legacy(tensor));
        // SAFETY: the caller promised a valid structure; it is read before its deleter can run.
        let array = unsafe { (*tensor).dl_tensor };
        // SAFETY: the caller promised that the arrays of shape and strides are as DLPack defines them.
        unsafe { Self::read(handle, &array, DLPackFlags::empty(), None) }
    }

    /// Takes over the tensor of a capsule named `dltensor_versioned`. Of a tensor of another major version only the
    /// version and the deleter are touched.
    ///
    /// # Safety
    /// As for [`from_legacy`](Self::from_legacy).
    ///
    /// # Errors
    /// Every broken rule, each with its value. The deleter has run then.
    pub unsafe fn from_versioned(tensor: *mut DLManagedTensorVersioned) -> Result<Self, DlpackError> {
        let tensor = NonNull::new(tensor).ok_or(DlpackError::NullTensor)?.as_ptr();
        let handle = Handle(RawTensor::Versioned(tensor));
        // SAFETY: the caller promised a valid structure, and the version is at the same place in every major version.
        let version = unsafe { (*tensor).version };
        if version.major != DLPACK_VERSION.major {
            return Err(DlpackError::MajorVersion { found: version });
        }
        // SAFETY: the caller promised a valid structure of this major version.
        let flags = unsafe { (*tensor).flags };
        // SAFETY: as above.
        let array = unsafe { (*tensor).dl_tensor };
        // SAFETY: the caller promised that the arrays of shape and strides are as DLPack defines them.
        unsafe { Self::read(handle, &array, flags, Some(version)) }
    }

    /// # Safety
    /// `tensor.shape`, and `tensor.strides` if it is not NULL, point to `tensor.ndim` numbers.
    unsafe fn read(
        handle: Handle,
        tensor: &DLTensor,
        flags: DLPackFlags,
        version: Option<DLPackVersion>,
    ) -> Result<Self, DlpackError> {
        // SAFETY: the caller's promise.
        let (dtype, layout) = unsafe { tensor.read() }?;
        Ok(Self { handle, address: tensor.data.addr(), device: tensor.device, dtype, layout, flags, version })
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Shape, strides in bytes, and the offset of element 0 from [`address`](Self::address).
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The address that the layout counts from; may be 0 if there is no element.
    pub fn address(&self) -> usize {
        self.address
    }

    /// Where the tensor says it lies.
    pub fn device(&self) -> DLDevice {
        self.device
    }

    /// Whether the producer forbids writing. A legacy tensor cannot say so.
    pub fn is_read_only(&self) -> bool {
        self.flags.contains(DLPackFlags::READ_ONLY)
    }

    /// Whether the producer made a copy for this tensor.
    pub fn is_copied(&self) -> bool {
        self.flags.contains(DLPackFlags::IS_COPIED)
    }

    /// The version of a versioned tensor, `None` for a legacy one.
    pub fn version(&self) -> Option<DLPackVersion> {
        self.version
    }

    /// Gives the structure away, for a capsule. The receiver calls the deleter.
    pub fn into_raw(self) -> RawTensor {
        ManuallyDrop::new(self.handle).0
    }
}
