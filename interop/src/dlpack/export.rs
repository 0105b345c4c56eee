//! A managed tensor made here: one allocation holds the C structure, shape, strides and the owner of the memory.
//!
//! The owner is plain Rust and `Send`, because a consumer may release the tensor on any thread, at any time, even after
//! an interpreter is gone. The deleter drops it, accepts NULL, and lets no panic out.

use std::ffi::c_void;
use std::mem::{self, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use smallvec::SmallVec;

use super::error::DlpackError;
use super::ffi::{
    DLDataType, DLDevice, DLManagedTensor, DLManagedTensorVersioned, DLPACK_VERSION, DLPackFlags, DLTensor,
};
use super::import::ManagedTensor;
use crate::address::byte_range;
use crate::dtype::DType;
use crate::layout::{Layout, Span};

/// Which of the two C structures to write.
///
/// ```
/// use interop::dlpack::Form;
/// assert_ne!(Form::Legacy, Form::Versioned);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `DLManagedTensor`, for consumers before DLPack 1.0. It has no flags.
    Legacy,
    /// `DLManagedTensorVersioned`.
    Versioned,
}

/// What a tensor to be exported is.
///
/// ```
/// use interop::dlpack::{DLDevice, DLDeviceType, DLPackFlags, TensorDescription};
/// use interop::{DType, Layout};
/// let description = TensorDescription {
///     address: 0x7f00_0000_0000,
///     device: DLDevice { device_type: DLDeviceType::CUDA, device_id: 0 },
///     dtype: DType::U8,
///     layout: &Layout::contiguous(&[300, 451, 3], 1)?,
///     flags: DLPackFlags::READ_ONLY,
/// };
/// assert_eq!(description.layout.len(), 405_900);
/// # Ok::<(), interop::LayoutError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TensorDescription<'a> {
    /// The address that the layout counts from.
    pub address: usize,
    /// Where the memory is.
    pub device: DLDevice,
    /// The element type.
    pub dtype: DType,
    /// Shape, strides and offset in bytes.
    pub layout: &'a Layout,
    /// Read-only, copied.
    pub flags: DLPackFlags,
}

/// The one allocation. `managed` points at `numbers`.
#[repr(C)]
struct Exported<M, O> {
    /// The C structure, written once the rest has its address.
    managed: MaybeUninit<M>,
    /// The shape, then the strides.
    numbers: SmallVec<[i64; 16]>,
    owner: O,
}

impl ManagedTensor {
    /// Makes a tensor whose deleter drops `owner`. It may be given away with [`into_raw`](Self::into_raw).
    ///
    /// Strides are always written; a tensor without elements has NULL data.
    ///
    /// # Safety
    /// The memory that `description` tells of, from the lowest to the highest byte, is on the device that it names and
    /// stays valid until `owner` is dropped.
    ///
    /// # Errors
    /// A stride that is no whole number of elements; an element type that DLPack lacks; a read-only array in a legacy
    /// tensor. `owner` is dropped then.
    pub unsafe fn export<O: Send + 'static>(
        form: Form,
        description: &TensorDescription<'_>,
        owner: O,
    ) -> Result<Self, DlpackError> {
        match form {
            Form::Legacy if description.flags.contains(DLPackFlags::READ_ONLY) => {
                Err(DlpackError::LegacyReadOnly)
            }
            Form::Legacy => {
                let tensor = allocate(description, owner, |dl_tensor, manager_ctx, _| DLManagedTensor {
                    dl_tensor,
                    manager_ctx,
                    deleter: Some(delete_legacy::<O>),
                })?;
                // SAFETY: the structure was just built, and nobody else has it.
                unsafe { Self::from_legacy(tensor) }
            }
            Form::Versioned => {
                let tensor =
                    allocate(description, owner, |dl_tensor, manager_ctx, flags| DLManagedTensorVersioned {
                        version: DLPACK_VERSION,
                        manager_ctx,
                        deleter: Some(delete_versioned::<O>),
                        flags,
                        dl_tensor,
                    })?;
                // SAFETY: the structure was just built, and nobody else has it.
                unsafe { Self::from_versioned(tensor) }
            }
        }
    }
}

/// Builds the allocation and returns the pointer to its C structure, which is released by its deleter.
fn allocate<M, O>(
    description: &TensorDescription<'_>,
    owner: O,
    managed: impl FnOnce(DLTensor, *mut c_void, DLPackFlags) -> M,
) -> Result<*mut M, DlpackError> {
    let layout = description.layout;
    let (code, bits) = description.dtype.dlpack();
    let strides = layout.element_strides()?;
    // A shape that was checked is below 2^63, and strides count elements of one of its axes.
    let numbers =
        layout.shape().iter().map(|&len| len as i64).chain(strides.iter().map(|&stride| stride as i64));
    let address = first_element(description.address, layout)?;
    let exported = Box::into_raw(Box::new(Exported::<M, O> {
        managed: MaybeUninit::uninit(),
        numbers: numbers.collect(),
        owner,
    }));
    // SAFETY: the box was just given up, so this is the only reference into it.
    let shape = unsafe { &mut *exported }.numbers.as_mut_ptr();
    let dl_tensor = DLTensor {
        data: ptr::with_exposed_provenance_mut(address),
        device: description.device,
        // A layout has at most 64 axes.
        ndim: layout.ndim() as i32,
        dtype: DLDataType { code, bits, lanes: 1 },
        shape,
        // As many strides follow the shape, so at worst this is one past the end.
        strides: shape.wrapping_add(layout.ndim()),
        byte_offset: 0,
    };
    let tensor = exported.cast::<M>();
    // SAFETY: `managed` is the first field of a `repr(C)` structure, and nobody else has the allocation.
    unsafe { tensor.write(managed(dl_tensor, exported.cast(), description.flags)) };
    Ok(tensor)
}

/// The address of element 0; 0 if there is none.
fn first_element(base: usize, layout: &Layout) -> Result<usize, DlpackError> {
    let Span { start, end } = layout.span();
    let outside = DlpackError::OutsideAddressSpace { data: base, start, end };
    byte_range(base, layout).ok_or(outside)?;
    // Inside the range that was just checked, unless there is no element.
    Ok(if layout.is_empty() { 0 } else { base.wrapping_add_signed(layout.offset()) })
}

unsafe extern "C" fn delete_legacy<O>(tensor: *mut DLManagedTensor) {
    if !tensor.is_null() {
        // SAFETY: not NULL, and the deleter is called with the structure it belongs to, once.
        let exported = unsafe { (*tensor).manager_ctx };
        // SAFETY: `manager_ctx` is the allocation that was made for this type and owner.
        unsafe { release::<DLManagedTensor, O>(exported) }
    }
}

unsafe extern "C" fn delete_versioned<O>(tensor: *mut DLManagedTensorVersioned) {
    if !tensor.is_null() {
        // SAFETY: not NULL, and the deleter is called with the structure it belongs to, once.
        let exported = unsafe { (*tensor).manager_ctx };
        // SAFETY: `manager_ctx` is the allocation that was made for this type and owner.
        unsafe { release::<DLManagedTensorVersioned, O>(exported) }
    }
}

/// Frees the allocation and drops the owner; a panic of the owner ends here.
///
/// # Safety
/// `exported` came from [`allocate`] with the same types, and is not used again.
unsafe fn release<M, O>(exported: *mut c_void) {
    // SAFETY: the caller's promise.
    let exported = unsafe { Box::from_raw(exported.cast::<Exported<M, O>>()) };
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(exported))) {
        // What was thrown may panic again when it is dropped.
        mem::forget(panic);
    }
}
