//! The C structures of DLPack 1.3, with their sizes and offsets asserted at compile time.
//!
//! Enumerations are open newtypes: a value that this file does not name is still a value. Nothing here is checked;
//! [`ManagedTensor`](super::ManagedTensor) does that.

use std::ffi::c_void;
use std::fmt;
use std::mem::{offset_of, size_of};

/// The version that tensors built here carry.
pub const DLPACK_VERSION: DLPackVersion = DLPackVersion { major: 1, minor: 3 };

/// `DLPackVersion`: another major version means another structure, a higher minor one only new flags and codes.
///
/// ```
/// assert_eq!(interop::dlpack::DLPACK_VERSION.to_string(), "1.3");
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DLPackVersion {
    /// A change of the structures.
    pub major: u32,
    /// An addition.
    pub minor: u32,
}

impl fmt::Display for DLPackVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// `DLDeviceType`: which memory a tensor lies in.
///
/// ```
/// use interop::dlpack::DLDeviceType;
/// assert_eq!(DLDeviceType::CUDA.to_string(), "CUDA");
/// assert_eq!(DLDeviceType(99).to_string(), "device type 99");
/// ```
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DLDeviceType(pub i32);

impl DLDeviceType {
    /// Ordinary host memory.
    pub const CPU: Self = Self(1);
    /// Memory of a CUDA device.
    pub const CUDA: Self = Self(2);
    /// Page-locked host memory.
    pub const CUDA_HOST: Self = Self(3);
    /// Managed memory.
    pub const CUDA_MANAGED: Self = Self(13);
}

impl fmt::Display for DLDeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CPU => f.write_str("CPU"),
            Self::CUDA => f.write_str("CUDA"),
            Self::CUDA_HOST => f.write_str("CUDA pinned host"),
            Self::CUDA_MANAGED => f.write_str("CUDA managed"),
            Self(other) => write!(f, "device type {other}"),
        }
    }
}

/// `DLDevice`. The id counts only for [`DLDeviceType::CUDA`]; it is 0 for host, pinned and managed memory.
///
/// ```
/// use interop::dlpack::{DLDevice, DLDeviceType};
/// let gpu = DLDevice { device_type: DLDeviceType::CUDA, device_id: 1 };
/// assert_eq!(gpu.to_string(), "CUDA:1");
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DLDevice {
    /// Which kind of memory.
    pub device_type: DLDeviceType,
    /// The ordinal of the device.
    pub device_id: i32,
}

impl fmt::Display for DLDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.device_type, self.device_id)
    }
}

/// `DLDataType`: a type code, the bits of one lane, and how many lanes make an element.
///
/// ```
/// use interop::dlpack::DLDataType;
/// assert_eq!(DLDataType { code: 2, bits: 32, lanes: 1 }.to_string(), "code 2, 32 bits, 1 lanes");
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DLDataType {
    /// `DLDataTypeCode`.
    pub code: u8,
    /// Bits of one lane.
    pub bits: u8,
    /// Lanes of one element; 1 for everything that this crate takes.
    pub lanes: u16,
}

impl fmt::Display for DLDataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}, {} bits, {} lanes", self.code, self.bits, self.lanes)
    }
}

bitflags::bitflags! {
    /// The flags of a versioned tensor. Bits that no version names yet are kept.
    ///
    /// ```
    /// use interop::dlpack::DLPackFlags;
    /// assert_eq!(DLPackFlags::READ_ONLY.bits(), 1);
    /// ```
    #[repr(transparent)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct DLPackFlags: u64 {
        /// The consumer must not write.
        const READ_ONLY = 1;
        /// The producer made a copy for this tensor.
        const IS_COPIED = 2;
        /// Elements narrower than a byte are padded to a byte each.
        const IS_SUBBYTE_TYPE_PADDED = 4;
        const _ = !0;
    }
}

/// `DLTensor`: the array. Element 0 is at `data + byte_offset`; strides count elements.
///
/// ```
/// assert_eq!(size_of::<interop::dlpack::DLTensor>(), 48);
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DLTensor {
    /// The allocation, or NULL when there is no element.
    pub data: *mut c_void,
    /// Where it lies.
    pub device: DLDevice,
    /// How many dimensions.
    pub ndim: i32,
    /// The type of an element.
    pub dtype: DLDataType,
    /// `ndim` extents.
    pub shape: *mut i64,
    /// `ndim` strides in elements; NULL means compact (before version 1.2).
    pub strides: *mut i64,
    /// Bytes from `data` to element 0.
    pub byte_offset: u64,
}

/// `DLManagedTensor`: what a `dltensor` capsule holds.
///
/// ```
/// assert_eq!(size_of::<interop::dlpack::DLManagedTensor>(), 64);
/// ```
#[repr(C)]
#[derive(Debug)]
pub struct DLManagedTensor {
    /// The array.
    pub dl_tensor: DLTensor,
    /// The producer's own.
    pub manager_ctx: *mut c_void,
    /// Frees the structure and lets the memory go; may be NULL.
    pub deleter: Option<unsafe extern "C" fn(*mut DLManagedTensor)>,
}

/// `DLManagedTensorVersioned`: what a `dltensor_versioned` capsule holds.
///
/// `version`, `manager_ctx` and `deleter` are where they are in every major version.
///
/// ```
/// assert_eq!(size_of::<interop::dlpack::DLManagedTensorVersioned>(), 80);
/// ```
#[repr(C)]
#[derive(Debug)]
pub struct DLManagedTensorVersioned {
    /// The version that the producer wrote.
    pub version: DLPackVersion,
    /// The producer's own.
    pub manager_ctx: *mut c_void,
    /// Frees the structure and lets the memory go; may be NULL.
    pub deleter: Option<unsafe extern "C" fn(*mut DLManagedTensorVersioned)>,
    /// Read-only, copied, padded.
    pub flags: DLPackFlags,
    /// The array.
    pub dl_tensor: DLTensor,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<DLPackVersion>() == 8);
    assert!(size_of::<DLDevice>() == 8);
    assert!(size_of::<DLDataType>() == 4);
    assert!(size_of::<DLPackFlags>() == 8);

    assert!(size_of::<DLTensor>() == 48);
    assert!(offset_of!(DLTensor, data) == 0);
    assert!(offset_of!(DLTensor, device) == 8);
    assert!(offset_of!(DLTensor, ndim) == 16);
    assert!(offset_of!(DLTensor, dtype) == 20);
    assert!(offset_of!(DLTensor, shape) == 24);
    assert!(offset_of!(DLTensor, strides) == 32);
    assert!(offset_of!(DLTensor, byte_offset) == 40);

    assert!(size_of::<DLManagedTensor>() == 64);
    assert!(offset_of!(DLManagedTensor, dl_tensor) == 0);
    assert!(offset_of!(DLManagedTensor, manager_ctx) == 48);
    assert!(offset_of!(DLManagedTensor, deleter) == 56);

    assert!(size_of::<DLManagedTensorVersioned>() == 80);
    assert!(offset_of!(DLManagedTensorVersioned, version) == 0);
    assert!(offset_of!(DLManagedTensorVersioned, manager_ctx) == 8);
    assert!(offset_of!(DLManagedTensorVersioned, deleter) == 16);
    assert!(offset_of!(DLManagedTensorVersioned, flags) == 24);
    assert!(offset_of!(DLManagedTensorVersioned, dl_tensor) == 32);
};
