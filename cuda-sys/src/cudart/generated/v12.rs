// Written by `cargo xtask bindings`; do not edit.
// Headers: nvidia-cuda-runtime-cu12 12.9.79 (sha256 25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3), nvidia-cuda-nvcc-cu12 12.9.86 (sha256 5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0)

//! What CUDA 12 declares alone, or otherwise than the other major.

use super::common::*;

/// CUDA 13 declares it differently.
pub const CUDART_VERSION: u32 = 12090;
/// CUDA 12 only.
pub const cudaCooperativeLaunchMultiDeviceNoPreSync: u32 = 1;
/// CUDA 12 only.
pub const cudaCooperativeLaunchMultiDeviceNoPostSync: u32 = 2;
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemcpyNodeParams {
    pub flags: ::core::ffi::c_int,
    pub reserved: [::core::ffi::c_int; 3usize],
    pub copyParams: cudaMemcpy3DParms,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemcpyNodeParams",
    ][::core::mem::size_of::<cudaMemcpyNodeParams>() - 176usize];
    [
        "Alignment of cudaMemcpyNodeParams",
    ][::core::mem::align_of::<cudaMemcpyNodeParams>() - 8usize];
    [
        "Offset of field: cudaMemcpyNodeParams::flags",
    ][::core::mem::offset_of!(cudaMemcpyNodeParams, flags) - 0usize];
    [
        "Offset of field: cudaMemcpyNodeParams::reserved",
    ][::core::mem::offset_of!(cudaMemcpyNodeParams, reserved) - 4usize];
    [
        "Offset of field: cudaMemcpyNodeParams::copyParams",
    ][::core::mem::offset_of!(cudaMemcpyNodeParams, copyParams) - 16usize];
};
impl Default for cudaMemcpyNodeParams {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemsetParamsV2 {
    pub dst: *mut ::core::ffi::c_void,
    pub pitch: usize,
    pub value: ::core::ffi::c_uint,
    pub elementSize: ::core::ffi::c_uint,
    pub width: usize,
    pub height: usize,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemsetParamsV2",
    ][::core::mem::size_of::<cudaMemsetParamsV2>() - 40usize];
    [
        "Alignment of cudaMemsetParamsV2",
    ][::core::mem::align_of::<cudaMemsetParamsV2>() - 8usize];
    [
        "Offset of field: cudaMemsetParamsV2::dst",
    ][::core::mem::offset_of!(cudaMemsetParamsV2, dst) - 0usize];
    [
        "Offset of field: cudaMemsetParamsV2::pitch",
    ][::core::mem::offset_of!(cudaMemsetParamsV2, pitch) - 8usize];
    [
        "Offset of field: cudaMemsetParamsV2::value",
    ][::core::mem::offset_of!(cudaMemsetParamsV2, value) - 16usize];
    [
        "Offset of field: cudaMemsetParamsV2::elementSize",
    ][::core::mem::offset_of!(cudaMemsetParamsV2, elementSize) - 20usize];
    [
        "Offset of field: cudaMemsetParamsV2::width",
    ][::core::mem::offset_of!(cudaMemsetParamsV2, width) - 24usize];
    [
        "Offset of field: cudaMemsetParamsV2::height",
    ][::core::mem::offset_of!(cudaMemsetParamsV2, height) - 32usize];
};
impl Default for cudaMemsetParamsV2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaHostNodeParamsV2 {
    pub fn_: cudaHostFn_t,
    pub userData: *mut ::core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaHostNodeParamsV2",
    ][::core::mem::size_of::<cudaHostNodeParamsV2>() - 16usize];
    [
        "Alignment of cudaHostNodeParamsV2",
    ][::core::mem::align_of::<cudaHostNodeParamsV2>() - 8usize];
    [
        "Offset of field: cudaHostNodeParamsV2::fn_",
    ][::core::mem::offset_of!(cudaHostNodeParamsV2, fn_) - 0usize];
    [
        "Offset of field: cudaHostNodeParamsV2::userData",
    ][::core::mem::offset_of!(cudaHostNodeParamsV2, userData) - 8usize];
};
impl Default for cudaHostNodeParamsV2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaResourceDesc {
    pub resType: cudaResourceType,
    pub res: cudaResourceDesc__bindgen_ty_1,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of cudaResourceDesc"][::core::mem::size_of::<cudaResourceDesc>() - 64usize];
    [
        "Alignment of cudaResourceDesc",
    ][::core::mem::align_of::<cudaResourceDesc>() - 8usize];
    [
        "Offset of field: cudaResourceDesc::resType",
    ][::core::mem::offset_of!(cudaResourceDesc, resType) - 0usize];
    [
        "Offset of field: cudaResourceDesc::res",
    ][::core::mem::offset_of!(cudaResourceDesc, res) - 8usize];
};
impl Default for cudaResourceDesc {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Copy, Clone)]
pub union cudaResourceDesc__bindgen_ty_1 {
    pub array: cudaResourceDesc__bindgen_ty_1__bindgen_ty_1,
    pub mipmap: cudaResourceDesc__bindgen_ty_1__bindgen_ty_2,
    pub linear: cudaResourceDesc__bindgen_ty_1__bindgen_ty_3,
    pub pitch2D: cudaResourceDesc__bindgen_ty_1__bindgen_ty_4,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaResourceDesc__bindgen_ty_1",
    ][::core::mem::size_of::<cudaResourceDesc__bindgen_ty_1>() - 56usize];
    [
        "Alignment of cudaResourceDesc__bindgen_ty_1",
    ][::core::mem::align_of::<cudaResourceDesc__bindgen_ty_1>() - 8usize];
    [
        "Offset of field: cudaResourceDesc__bindgen_ty_1::array",
    ][::core::mem::offset_of!(cudaResourceDesc__bindgen_ty_1, array) - 0usize];
    [
        "Offset of field: cudaResourceDesc__bindgen_ty_1::mipmap",
    ][::core::mem::offset_of!(cudaResourceDesc__bindgen_ty_1, mipmap) - 0usize];
    [
        "Offset of field: cudaResourceDesc__bindgen_ty_1::linear",
    ][::core::mem::offset_of!(cudaResourceDesc__bindgen_ty_1, linear) - 0usize];
    [
        "Offset of field: cudaResourceDesc__bindgen_ty_1::pitch2D",
    ][::core::mem::offset_of!(cudaResourceDesc__bindgen_ty_1, pitch2D) - 0usize];
};
impl Default for cudaResourceDesc__bindgen_ty_1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaResourceViewDesc {
    pub format: cudaResourceViewFormat,
    pub width: usize,
    pub height: usize,
    pub depth: usize,
    pub firstMipmapLevel: ::core::ffi::c_uint,
    pub lastMipmapLevel: ::core::ffi::c_uint,
    pub firstLayer: ::core::ffi::c_uint,
    pub lastLayer: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaResourceViewDesc",
    ][::core::mem::size_of::<cudaResourceViewDesc>() - 48usize];
    [
        "Alignment of cudaResourceViewDesc",
    ][::core::mem::align_of::<cudaResourceViewDesc>() - 8usize];
    [
        "Offset of field: cudaResourceViewDesc::format",
    ][::core::mem::offset_of!(cudaResourceViewDesc, format) - 0usize];
    [
        "Offset of field: cudaResourceViewDesc::width",
    ][::core::mem::offset_of!(cudaResourceViewDesc, width) - 8usize];
    [
        "Offset of field: cudaResourceViewDesc::height",
    ][::core::mem::offset_of!(cudaResourceViewDesc, height) - 16usize];
    [
        "Offset of field: cudaResourceViewDesc::depth",
    ][::core::mem::offset_of!(cudaResourceViewDesc, depth) - 24usize];
    [
        "Offset of field: cudaResourceViewDesc::firstMipmapLevel",
    ][::core::mem::offset_of!(cudaResourceViewDesc, firstMipmapLevel) - 32usize];
    [
        "Offset of field: cudaResourceViewDesc::lastMipmapLevel",
    ][::core::mem::offset_of!(cudaResourceViewDesc, lastMipmapLevel) - 36usize];
    [
        "Offset of field: cudaResourceViewDesc::firstLayer",
    ][::core::mem::offset_of!(cudaResourceViewDesc, firstLayer) - 40usize];
    [
        "Offset of field: cudaResourceViewDesc::lastLayer",
    ][::core::mem::offset_of!(cudaResourceViewDesc, lastLayer) - 44usize];
};
impl Default for cudaResourceViewDesc {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaPointerAttributes {
    pub type_: cudaMemoryType,
    pub device: ::core::ffi::c_int,
    pub devicePointer: *mut ::core::ffi::c_void,
    pub hostPointer: *mut ::core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaPointerAttributes",
    ][::core::mem::size_of::<cudaPointerAttributes>() - 24usize];
    [
        "Alignment of cudaPointerAttributes",
    ][::core::mem::align_of::<cudaPointerAttributes>() - 8usize];
    [
        "Offset of field: cudaPointerAttributes::type_",
    ][::core::mem::offset_of!(cudaPointerAttributes, type_) - 0usize];
    [
        "Offset of field: cudaPointerAttributes::device",
    ][::core::mem::offset_of!(cudaPointerAttributes, device) - 4usize];
    [
        "Offset of field: cudaPointerAttributes::devicePointer",
    ][::core::mem::offset_of!(cudaPointerAttributes, devicePointer) - 8usize];
    [
        "Offset of field: cudaPointerAttributes::hostPointer",
    ][::core::mem::offset_of!(cudaPointerAttributes, hostPointer) - 16usize];
};
impl Default for cudaPointerAttributes {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct cudaFuncAttributes {
    pub sharedSizeBytes: usize,
    pub constSizeBytes: usize,
    pub localSizeBytes: usize,
    pub maxThreadsPerBlock: ::core::ffi::c_int,
    pub numRegs: ::core::ffi::c_int,
    pub ptxVersion: ::core::ffi::c_int,
    pub binaryVersion: ::core::ffi::c_int,
    pub cacheModeCA: ::core::ffi::c_int,
    pub maxDynamicSharedSizeBytes: ::core::ffi::c_int,
    pub preferredShmemCarveout: ::core::ffi::c_int,
    pub clusterDimMustBeSet: ::core::ffi::c_int,
    pub requiredClusterWidth: ::core::ffi::c_int,
    pub requiredClusterHeight: ::core::ffi::c_int,
    pub requiredClusterDepth: ::core::ffi::c_int,
    pub clusterSchedulingPolicyPreference: ::core::ffi::c_int,
    pub nonPortableClusterSizeAllowed: ::core::ffi::c_int,
    pub reserved: [::core::ffi::c_int; 16usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaFuncAttributes",
    ][::core::mem::size_of::<cudaFuncAttributes>() - 144usize];
    [
        "Alignment of cudaFuncAttributes",
    ][::core::mem::align_of::<cudaFuncAttributes>() - 8usize];
    [
        "Offset of field: cudaFuncAttributes::sharedSizeBytes",
    ][::core::mem::offset_of!(cudaFuncAttributes, sharedSizeBytes) - 0usize];
    [
        "Offset of field: cudaFuncAttributes::constSizeBytes",
    ][::core::mem::offset_of!(cudaFuncAttributes, constSizeBytes) - 8usize];
    [
        "Offset of field: cudaFuncAttributes::localSizeBytes",
    ][::core::mem::offset_of!(cudaFuncAttributes, localSizeBytes) - 16usize];
    [
        "Offset of field: cudaFuncAttributes::maxThreadsPerBlock",
    ][::core::mem::offset_of!(cudaFuncAttributes, maxThreadsPerBlock) - 24usize];
    [
        "Offset of field: cudaFuncAttributes::numRegs",
    ][::core::mem::offset_of!(cudaFuncAttributes, numRegs) - 28usize];
    [
        "Offset of field: cudaFuncAttributes::ptxVersion",
    ][::core::mem::offset_of!(cudaFuncAttributes, ptxVersion) - 32usize];
    [
        "Offset of field: cudaFuncAttributes::binaryVersion",
    ][::core::mem::offset_of!(cudaFuncAttributes, binaryVersion) - 36usize];
    [
        "Offset of field: cudaFuncAttributes::cacheModeCA",
    ][::core::mem::offset_of!(cudaFuncAttributes, cacheModeCA) - 40usize];
    [
        "Offset of field: cudaFuncAttributes::maxDynamicSharedSizeBytes",
    ][::core::mem::offset_of!(cudaFuncAttributes, maxDynamicSharedSizeBytes) - 44usize];
    [
        "Offset of field: cudaFuncAttributes::preferredShmemCarveout",
    ][::core::mem::offset_of!(cudaFuncAttributes, preferredShmemCarveout) - 48usize];
    [
        "Offset of field: cudaFuncAttributes::clusterDimMustBeSet",
    ][::core::mem::offset_of!(cudaFuncAttributes, clusterDimMustBeSet) - 52usize];
    [
        "Offset of field: cudaFuncAttributes::requiredClusterWidth",
    ][::core::mem::offset_of!(cudaFuncAttributes, requiredClusterWidth) - 56usize];
    [
        "Offset of field: cudaFuncAttributes::requiredClusterHeight",
    ][::core::mem::offset_of!(cudaFuncAttributes, requiredClusterHeight) - 60usize];
    [
        "Offset of field: cudaFuncAttributes::requiredClusterDepth",
    ][::core::mem::offset_of!(cudaFuncAttributes, requiredClusterDepth) - 64usize];
    [
        "Offset of field: cudaFuncAttributes::clusterSchedulingPolicyPreference",
    ][::core::mem::offset_of!(cudaFuncAttributes, clusterSchedulingPolicyPreference)
        - 68usize];
    [
        "Offset of field: cudaFuncAttributes::nonPortableClusterSizeAllowed",
    ][::core::mem::offset_of!(cudaFuncAttributes, nonPortableClusterSizeAllowed)
        - 72usize];
    [
        "Offset of field: cudaFuncAttributes::reserved",
    ][::core::mem::offset_of!(cudaFuncAttributes, reserved) - 76usize];
};
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemLocation {
    pub type_: cudaMemLocationType,
    pub id: ::core::ffi::c_int,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of cudaMemLocation"][::core::mem::size_of::<cudaMemLocation>() - 8usize];
    [
        "Alignment of cudaMemLocation",
    ][::core::mem::align_of::<cudaMemLocation>() - 4usize];
    [
        "Offset of field: cudaMemLocation::type_",
    ][::core::mem::offset_of!(cudaMemLocation, type_) - 0usize];
    [
        "Offset of field: cudaMemLocation::id",
    ][::core::mem::offset_of!(cudaMemLocation, id) - 4usize];
};
impl Default for cudaMemLocation {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemAccessDesc {
    pub location: cudaMemLocation,
    pub flags: cudaMemAccessFlags,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of cudaMemAccessDesc"][::core::mem::size_of::<cudaMemAccessDesc>() - 12usize];
    [
        "Alignment of cudaMemAccessDesc",
    ][::core::mem::align_of::<cudaMemAccessDesc>() - 4usize];
    [
        "Offset of field: cudaMemAccessDesc::location",
    ][::core::mem::offset_of!(cudaMemAccessDesc, location) - 0usize];
    [
        "Offset of field: cudaMemAccessDesc::flags",
    ][::core::mem::offset_of!(cudaMemAccessDesc, flags) - 8usize];
};
impl Default for cudaMemAccessDesc {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemPoolProps {
    pub allocType: cudaMemAllocationType,
    pub handleTypes: cudaMemAllocationHandleType,
    pub location: cudaMemLocation,
    pub win32SecurityAttributes: *mut ::core::ffi::c_void,
    pub maxSize: usize,
    pub usage: ::core::ffi::c_ushort,
    pub reserved: [::core::ffi::c_uchar; 54usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of cudaMemPoolProps"][::core::mem::size_of::<cudaMemPoolProps>() - 88usize];
    [
        "Alignment of cudaMemPoolProps",
    ][::core::mem::align_of::<cudaMemPoolProps>() - 8usize];
    [
        "Offset of field: cudaMemPoolProps::allocType",
    ][::core::mem::offset_of!(cudaMemPoolProps, allocType) - 0usize];
    [
        "Offset of field: cudaMemPoolProps::handleTypes",
    ][::core::mem::offset_of!(cudaMemPoolProps, handleTypes) - 4usize];
    [
        "Offset of field: cudaMemPoolProps::location",
    ][::core::mem::offset_of!(cudaMemPoolProps, location) - 8usize];
    [
        "Offset of field: cudaMemPoolProps::win32SecurityAttributes",
    ][::core::mem::offset_of!(cudaMemPoolProps, win32SecurityAttributes) - 16usize];
    [
        "Offset of field: cudaMemPoolProps::maxSize",
    ][::core::mem::offset_of!(cudaMemPoolProps, maxSize) - 24usize];
    [
        "Offset of field: cudaMemPoolProps::usage",
    ][::core::mem::offset_of!(cudaMemPoolProps, usage) - 32usize];
    [
        "Offset of field: cudaMemPoolProps::reserved",
    ][::core::mem::offset_of!(cudaMemPoolProps, reserved) - 34usize];
};
impl Default for cudaMemPoolProps {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemAllocNodeParams {
    pub poolProps: cudaMemPoolProps,
    pub accessDescs: *const cudaMemAccessDesc,
    pub accessDescCount: usize,
    pub bytesize: usize,
    pub dptr: *mut ::core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemAllocNodeParams",
    ][::core::mem::size_of::<cudaMemAllocNodeParams>() - 120usize];
    [
        "Alignment of cudaMemAllocNodeParams",
    ][::core::mem::align_of::<cudaMemAllocNodeParams>() - 8usize];
    [
        "Offset of field: cudaMemAllocNodeParams::poolProps",
    ][::core::mem::offset_of!(cudaMemAllocNodeParams, poolProps) - 0usize];
    [
        "Offset of field: cudaMemAllocNodeParams::accessDescs",
    ][::core::mem::offset_of!(cudaMemAllocNodeParams, accessDescs) - 88usize];
    [
        "Offset of field: cudaMemAllocNodeParams::accessDescCount",
    ][::core::mem::offset_of!(cudaMemAllocNodeParams, accessDescCount) - 96usize];
    [
        "Offset of field: cudaMemAllocNodeParams::bytesize",
    ][::core::mem::offset_of!(cudaMemAllocNodeParams, bytesize) - 104usize];
    [
        "Offset of field: cudaMemAllocNodeParams::dptr",
    ][::core::mem::offset_of!(cudaMemAllocNodeParams, dptr) - 112usize];
};
impl Default for cudaMemAllocNodeParams {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemAllocNodeParamsV2 {
    pub poolProps: cudaMemPoolProps,
    pub accessDescs: *const cudaMemAccessDesc,
    pub accessDescCount: usize,
    pub bytesize: usize,
    pub dptr: *mut ::core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemAllocNodeParamsV2",
    ][::core::mem::size_of::<cudaMemAllocNodeParamsV2>() - 120usize];
    [
        "Alignment of cudaMemAllocNodeParamsV2",
    ][::core::mem::align_of::<cudaMemAllocNodeParamsV2>() - 8usize];
    [
        "Offset of field: cudaMemAllocNodeParamsV2::poolProps",
    ][::core::mem::offset_of!(cudaMemAllocNodeParamsV2, poolProps) - 0usize];
    [
        "Offset of field: cudaMemAllocNodeParamsV2::accessDescs",
    ][::core::mem::offset_of!(cudaMemAllocNodeParamsV2, accessDescs) - 88usize];
    [
        "Offset of field: cudaMemAllocNodeParamsV2::accessDescCount",
    ][::core::mem::offset_of!(cudaMemAllocNodeParamsV2, accessDescCount) - 96usize];
    [
        "Offset of field: cudaMemAllocNodeParamsV2::bytesize",
    ][::core::mem::offset_of!(cudaMemAllocNodeParamsV2, bytesize) - 104usize];
    [
        "Offset of field: cudaMemAllocNodeParamsV2::dptr",
    ][::core::mem::offset_of!(cudaMemAllocNodeParamsV2, dptr) - 112usize];
};
impl Default for cudaMemAllocNodeParamsV2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemcpyAttributes {
    pub srcAccessOrder: cudaMemcpySrcAccessOrder,
    pub srcLocHint: cudaMemLocation,
    pub dstLocHint: cudaMemLocation,
    pub flags: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemcpyAttributes",
    ][::core::mem::size_of::<cudaMemcpyAttributes>() - 24usize];
    [
        "Alignment of cudaMemcpyAttributes",
    ][::core::mem::align_of::<cudaMemcpyAttributes>() - 4usize];
    [
        "Offset of field: cudaMemcpyAttributes::srcAccessOrder",
    ][::core::mem::offset_of!(cudaMemcpyAttributes, srcAccessOrder) - 0usize];
    [
        "Offset of field: cudaMemcpyAttributes::srcLocHint",
    ][::core::mem::offset_of!(cudaMemcpyAttributes, srcLocHint) - 4usize];
    [
        "Offset of field: cudaMemcpyAttributes::dstLocHint",
    ][::core::mem::offset_of!(cudaMemcpyAttributes, dstLocHint) - 12usize];
    [
        "Offset of field: cudaMemcpyAttributes::flags",
    ][::core::mem::offset_of!(cudaMemcpyAttributes, flags) - 20usize];
};
impl Default for cudaMemcpyAttributes {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// Declared alike in CUDA 13, but reaches `cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1`, which differs.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaMemcpy3DOperand {
    pub type_: cudaMemcpy3DOperandType,
    pub op: cudaMemcpy3DOperand__bindgen_ty_1,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemcpy3DOperand",
    ][::core::mem::size_of::<cudaMemcpy3DOperand>() - 40usize];
    [
        "Alignment of cudaMemcpy3DOperand",
    ][::core::mem::align_of::<cudaMemcpy3DOperand>() - 8usize];
    [
        "Offset of field: cudaMemcpy3DOperand::type_",
    ][::core::mem::offset_of!(cudaMemcpy3DOperand, type_) - 0usize];
    [
        "Offset of field: cudaMemcpy3DOperand::op",
    ][::core::mem::offset_of!(cudaMemcpy3DOperand, op) - 8usize];
};
impl Default for cudaMemcpy3DOperand {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// Declared alike in CUDA 13, but reaches `cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1`, which differs.
#[repr(C)]
#[derive(Copy, Clone)]
pub union cudaMemcpy3DOperand__bindgen_ty_1 {
    pub ptr: cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1,
    pub array: cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_2,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemcpy3DOperand__bindgen_ty_1",
    ][::core::mem::size_of::<cudaMemcpy3DOperand__bindgen_ty_1>() - 32usize];
    [
        "Alignment of cudaMemcpy3DOperand__bindgen_ty_1",
    ][::core::mem::align_of::<cudaMemcpy3DOperand__bindgen_ty_1>() - 8usize];
    [
        "Offset of field: cudaMemcpy3DOperand__bindgen_ty_1::ptr",
    ][::core::mem::offset_of!(cudaMemcpy3DOperand__bindgen_ty_1, ptr) - 0usize];
    [
        "Offset of field: cudaMemcpy3DOperand__bindgen_ty_1::array",
    ][::core::mem::offset_of!(cudaMemcpy3DOperand__bindgen_ty_1, array) - 0usize];
};
impl Default for cudaMemcpy3DOperand__bindgen_ty_1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1 {
    pub ptr: *mut ::core::ffi::c_void,
    pub rowLength: usize,
    pub layerHeight: usize,
    pub locHint: cudaMemLocation,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1",
    ][::core::mem::size_of::<cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1>()
        - 32usize];
    [
        "Alignment of cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1",
    ][::core::mem::align_of::<cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1>()
        - 8usize];
    [
        "Offset of field: cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1::ptr",
    ][::core::mem::offset_of!(cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1, ptr)
        - 0usize];
    [
        "Offset of field: cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1::rowLength",
    ][::core::mem::offset_of!(cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1, rowLength)
        - 8usize];
    [
        "Offset of field: cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1::layerHeight",
    ][::core::mem::offset_of!(
        cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1, layerHeight
    ) - 16usize];
    [
        "Offset of field: cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1::locHint",
    ][::core::mem::offset_of!(cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1, locHint)
        - 24usize];
};
impl Default for cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// Declared alike in CUDA 13, but reaches `cudaMemcpy3DOperand__bindgen_ty_1__bindgen_ty_1`, which differs.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaMemcpy3DBatchOp {
    pub src: cudaMemcpy3DOperand,
    pub dst: cudaMemcpy3DOperand,
    pub extent: cudaExtent,
    pub srcAccessOrder: cudaMemcpySrcAccessOrder,
    pub flags: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaMemcpy3DBatchOp",
    ][::core::mem::size_of::<cudaMemcpy3DBatchOp>() - 112usize];
    [
        "Alignment of cudaMemcpy3DBatchOp",
    ][::core::mem::align_of::<cudaMemcpy3DBatchOp>() - 8usize];
    [
        "Offset of field: cudaMemcpy3DBatchOp::src",
    ][::core::mem::offset_of!(cudaMemcpy3DBatchOp, src) - 0usize];
    [
        "Offset of field: cudaMemcpy3DBatchOp::dst",
    ][::core::mem::offset_of!(cudaMemcpy3DBatchOp, dst) - 40usize];
    [
        "Offset of field: cudaMemcpy3DBatchOp::extent",
    ][::core::mem::offset_of!(cudaMemcpy3DBatchOp, extent) - 80usize];
    [
        "Offset of field: cudaMemcpy3DBatchOp::srcAccessOrder",
    ][::core::mem::offset_of!(cudaMemcpy3DBatchOp, srcAccessOrder) - 104usize];
    [
        "Offset of field: cudaMemcpy3DBatchOp::flags",
    ][::core::mem::offset_of!(cudaMemcpy3DBatchOp, flags) - 108usize];
};
impl Default for cudaMemcpy3DBatchOp {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaDeviceProp {
    pub name: [::core::ffi::c_char; 256usize],
    pub uuid: cudaUUID_t,
    pub luid: [::core::ffi::c_char; 8usize],
    pub luidDeviceNodeMask: ::core::ffi::c_uint,
    pub totalGlobalMem: usize,
    pub sharedMemPerBlock: usize,
    pub regsPerBlock: ::core::ffi::c_int,
    pub warpSize: ::core::ffi::c_int,
    pub memPitch: usize,
    pub maxThreadsPerBlock: ::core::ffi::c_int,
    pub maxThreadsDim: [::core::ffi::c_int; 3usize],
    pub maxGridSize: [::core::ffi::c_int; 3usize],
    pub clockRate: ::core::ffi::c_int,
    pub totalConstMem: usize,
    pub major: ::core::ffi::c_int,
    pub minor: ::core::ffi::c_int,
    pub textureAlignment: usize,
    pub texturePitchAlignment: usize,
    pub deviceOverlap: ::core::ffi::c_int,
    pub multiProcessorCount: ::core::ffi::c_int,
    pub kernelExecTimeoutEnabled: ::core::ffi::c_int,
    pub integrated: ::core::ffi::c_int,
    pub canMapHostMemory: ::core::ffi::c_int,
    pub computeMode: ::core::ffi::c_int,
    pub maxTexture1D: ::core::ffi::c_int,
    pub maxTexture1DMipmap: ::core::ffi::c_int,
    pub maxTexture1DLinear: ::core::ffi::c_int,
    pub maxTexture2D: [::core::ffi::c_int; 2usize],
    pub maxTexture2DMipmap: [::core::ffi::c_int; 2usize],
    pub maxTexture2DLinear: [::core::ffi::c_int; 3usize],
    pub maxTexture2DGather: [::core::ffi::c_int; 2usize],
    pub maxTexture3D: [::core::ffi::c_int; 3usize],
    pub maxTexture3DAlt: [::core::ffi::c_int; 3usize],
    pub maxTextureCubemap: ::core::ffi::c_int,
    pub maxTexture1DLayered: [::core::ffi::c_int; 2usize],
    pub maxTexture2DLayered: [::core::ffi::c_int; 3usize],
    pub maxTextureCubemapLayered: [::core::ffi::c_int; 2usize],
    pub maxSurface1D: ::core::ffi::c_int,
    pub maxSurface2D: [::core::ffi::c_int; 2usize],
    pub maxSurface3D: [::core::ffi::c_int; 3usize],
    pub maxSurface1DLayered: [::core::ffi::c_int; 2usize],
    pub maxSurface2DLayered: [::core::ffi::c_int; 3usize],
    pub maxSurfaceCubemap: ::core::ffi::c_int,
    pub maxSurfaceCubemapLayered: [::core::ffi::c_int; 2usize],
    pub surfaceAlignment: usize,
    pub concurrentKernels: ::core::ffi::c_int,
    pub ECCEnabled: ::core::ffi::c_int,
    pub pciBusID: ::core::ffi::c_int,
    pub pciDeviceID: ::core::ffi::c_int,
    pub pciDomainID: ::core::ffi::c_int,
    pub tccDriver: ::core::ffi::c_int,
    pub asyncEngineCount: ::core::ffi::c_int,
    pub unifiedAddressing: ::core::ffi::c_int,
    pub memoryClockRate: ::core::ffi::c_int,
    pub memoryBusWidth: ::core::ffi::c_int,
    pub l2CacheSize: ::core::ffi::c_int,
    pub persistingL2CacheMaxSize: ::core::ffi::c_int,
    pub maxThreadsPerMultiProcessor: ::core::ffi::c_int,
    pub streamPrioritiesSupported: ::core::ffi::c_int,
    pub globalL1CacheSupported: ::core::ffi::c_int,
    pub localL1CacheSupported: ::core::ffi::c_int,
    pub sharedMemPerMultiprocessor: usize,
    pub regsPerMultiprocessor: ::core::ffi::c_int,
    pub managedMemory: ::core::ffi::c_int,
    pub isMultiGpuBoard: ::core::ffi::c_int,
    pub multiGpuBoardGroupID: ::core::ffi::c_int,
    pub hostNativeAtomicSupported: ::core::ffi::c_int,
    pub singleToDoublePrecisionPerfRatio: ::core::ffi::c_int,
    pub pageableMemoryAccess: ::core::ffi::c_int,
    pub concurrentManagedAccess: ::core::ffi::c_int,
    pub computePreemptionSupported: ::core::ffi::c_int,
    pub canUseHostPointerForRegisteredMem: ::core::ffi::c_int,
    pub cooperativeLaunch: ::core::ffi::c_int,
    pub cooperativeMultiDeviceLaunch: ::core::ffi::c_int,
    pub sharedMemPerBlockOptin: usize,
    pub pageableMemoryAccessUsesHostPageTables: ::core::ffi::c_int,
    pub directManagedMemAccessFromHost: ::core::ffi::c_int,
    pub maxBlocksPerMultiProcessor: ::core::ffi::c_int,
    pub accessPolicyMaxWindowSize: ::core::ffi::c_int,
    pub reservedSharedMemPerBlock: usize,
    pub hostRegisterSupported: ::core::ffi::c_int,
    pub sparseCudaArraySupported: ::core::ffi::c_int,
    pub hostRegisterReadOnlySupported: ::core::ffi::c_int,
    pub timelineSemaphoreInteropSupported: ::core::ffi::c_int,
    pub memoryPoolsSupported: ::core::ffi::c_int,
    pub gpuDirectRDMASupported: ::core::ffi::c_int,
    pub gpuDirectRDMAFlushWritesOptions: ::core::ffi::c_uint,
    pub gpuDirectRDMAWritesOrdering: ::core::ffi::c_int,
    pub memoryPoolSupportedHandleTypes: ::core::ffi::c_uint,
    pub deferredMappingCudaArraySupported: ::core::ffi::c_int,
    pub ipcEventSupported: ::core::ffi::c_int,
    pub clusterLaunch: ::core::ffi::c_int,
    pub unifiedFunctionPointers: ::core::ffi::c_int,
    pub reserved: [::core::ffi::c_int; 63usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of cudaDeviceProp"][::core::mem::size_of::<cudaDeviceProp>() - 1032usize];
    ["Alignment of cudaDeviceProp"][::core::mem::align_of::<cudaDeviceProp>() - 8usize];
    [
        "Offset of field: cudaDeviceProp::name",
    ][::core::mem::offset_of!(cudaDeviceProp, name) - 0usize];
    [
        "Offset of field: cudaDeviceProp::uuid",
    ][::core::mem::offset_of!(cudaDeviceProp, uuid) - 256usize];
    [
        "Offset of field: cudaDeviceProp::luid",
    ][::core::mem::offset_of!(cudaDeviceProp, luid) - 272usize];
    [
        "Offset of field: cudaDeviceProp::luidDeviceNodeMask",
    ][::core::mem::offset_of!(cudaDeviceProp, luidDeviceNodeMask) - 280usize];
    [
        "Offset of field: cudaDeviceProp::totalGlobalMem",
    ][::core::mem::offset_of!(cudaDeviceProp, totalGlobalMem) - 288usize];
    [
        "Offset of field: cudaDeviceProp::sharedMemPerBlock",
    ][::core::mem::offset_of!(cudaDeviceProp, sharedMemPerBlock) - 296usize];
    [
        "Offset of field: cudaDeviceProp::regsPerBlock",
    ][::core::mem::offset_of!(cudaDeviceProp, regsPerBlock) - 304usize];
    [
        "Offset of field: cudaDeviceProp::warpSize",
    ][::core::mem::offset_of!(cudaDeviceProp, warpSize) - 308usize];
    [
        "Offset of field: cudaDeviceProp::memPitch",
    ][::core::mem::offset_of!(cudaDeviceProp, memPitch) - 312usize];
    [
        "Offset of field: cudaDeviceProp::maxThreadsPerBlock",
    ][::core::mem::offset_of!(cudaDeviceProp, maxThreadsPerBlock) - 320usize];
    [
        "Offset of field: cudaDeviceProp::maxThreadsDim",
    ][::core::mem::offset_of!(cudaDeviceProp, maxThreadsDim) - 324usize];
    [
        "Offset of field: cudaDeviceProp::maxGridSize",
    ][::core::mem::offset_of!(cudaDeviceProp, maxGridSize) - 336usize];
    [
        "Offset of field: cudaDeviceProp::clockRate",
    ][::core::mem::offset_of!(cudaDeviceProp, clockRate) - 348usize];
    [
        "Offset of field: cudaDeviceProp::totalConstMem",
    ][::core::mem::offset_of!(cudaDeviceProp, totalConstMem) - 352usize];
    [
        "Offset of field: cudaDeviceProp::major",
    ][::core::mem::offset_of!(cudaDeviceProp, major) - 360usize];
    [
        "Offset of field: cudaDeviceProp::minor",
    ][::core::mem::offset_of!(cudaDeviceProp, minor) - 364usize];
    [
        "Offset of field: cudaDeviceProp::textureAlignment",
    ][::core::mem::offset_of!(cudaDeviceProp, textureAlignment) - 368usize];
    [
        "Offset of field: cudaDeviceProp::texturePitchAlignment",
    ][::core::mem::offset_of!(cudaDeviceProp, texturePitchAlignment) - 376usize];
    [
        "Offset of field: cudaDeviceProp::deviceOverlap",
    ][::core::mem::offset_of!(cudaDeviceProp, deviceOverlap) - 384usize];
    [
        "Offset of field: cudaDeviceProp::multiProcessorCount",
    ][::core::mem::offset_of!(cudaDeviceProp, multiProcessorCount) - 388usize];
    [
        "Offset of field: cudaDeviceProp::kernelExecTimeoutEnabled",
    ][::core::mem::offset_of!(cudaDeviceProp, kernelExecTimeoutEnabled) - 392usize];
    [
        "Offset of field: cudaDeviceProp::integrated",
    ][::core::mem::offset_of!(cudaDeviceProp, integrated) - 396usize];
    [
        "Offset of field: cudaDeviceProp::canMapHostMemory",
    ][::core::mem::offset_of!(cudaDeviceProp, canMapHostMemory) - 400usize];
    [
        "Offset of field: cudaDeviceProp::computeMode",
    ][::core::mem::offset_of!(cudaDeviceProp, computeMode) - 404usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture1D",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture1D) - 408usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture1DMipmap",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture1DMipmap) - 412usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture1DLinear",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture1DLinear) - 416usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture2D",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture2D) - 420usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture2DMipmap",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture2DMipmap) - 428usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture2DLinear",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture2DLinear) - 436usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture2DGather",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture2DGather) - 448usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture3D",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture3D) - 456usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture3DAlt",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture3DAlt) - 468usize];
    [
        "Offset of field: cudaDeviceProp::maxTextureCubemap",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTextureCubemap) - 480usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture1DLayered",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture1DLayered) - 484usize];
    [
        "Offset of field: cudaDeviceProp::maxTexture2DLayered",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTexture2DLayered) - 492usize];
    [
        "Offset of field: cudaDeviceProp::maxTextureCubemapLayered",
    ][::core::mem::offset_of!(cudaDeviceProp, maxTextureCubemapLayered) - 504usize];
    [
        "Offset of field: cudaDeviceProp::maxSurface1D",
    ][::core::mem::offset_of!(cudaDeviceProp, maxSurface1D) - 512usize];
    [
        "Offset of field: cudaDeviceProp::maxSurface2D",
    ][::core::mem::offset_of!(cudaDeviceProp, maxSurface2D) - 516usize];
    [
        "Offset of field: cudaDeviceProp::maxSurface3D",
    ][::core::mem::offset_of!(cudaDeviceProp, maxSurface3D) - 524usize];
    [
        "Offset of field: cudaDeviceProp::maxSurface1DLayered",
    ][::core::mem::offset_of!(cudaDeviceProp, maxSurface1DLayered) - 536usize];
    [
        "Offset of field: cudaDeviceProp::maxSurface2DLayered",
    ][::core::mem::offset_of!(cudaDeviceProp, maxSurface2DLayered) - 544usize];
    [
        "Offset of field: cudaDeviceProp::maxSurfaceCubemap",
    ][::core::mem::offset_of!(cudaDeviceProp, maxSurfaceCubemap) - 556usize];
    [
        "Offset of field: cudaDeviceProp::maxSurfaceCubemapLayered",
    ][::core::mem::offset_of!(cudaDeviceProp, maxSurfaceCubemapLayered) - 560usize];
    [
        "Offset of field: cudaDeviceProp::surfaceAlignment",
    ][::core::mem::offset_of!(cudaDeviceProp, surfaceAlignment) - 568usize];
    [
        "Offset of field: cudaDeviceProp::concurrentKernels",
    ][::core::mem::offset_of!(cudaDeviceProp, concurrentKernels) - 576usize];
    [
        "Offset of field: cudaDeviceProp::ECCEnabled",
    ][::core::mem::offset_of!(cudaDeviceProp, ECCEnabled) - 580usize];
    [
        "Offset of field: cudaDeviceProp::pciBusID",
    ][::core::mem::offset_of!(cudaDeviceProp, pciBusID) - 584usize];
    [
        "Offset of field: cudaDeviceProp::pciDeviceID",
    ][::core::mem::offset_of!(cudaDeviceProp, pciDeviceID) - 588usize];
    [
        "Offset of field: cudaDeviceProp::pciDomainID",
    ][::core::mem::offset_of!(cudaDeviceProp, pciDomainID) - 592usize];
    [
        "Offset of field: cudaDeviceProp::tccDriver",
    ][::core::mem::offset_of!(cudaDeviceProp, tccDriver) - 596usize];
    [
        "Offset of field: cudaDeviceProp::asyncEngineCount",
    ][::core::mem::offset_of!(cudaDeviceProp, asyncEngineCount) - 600usize];
    [
        "Offset of field: cudaDeviceProp::unifiedAddressing",
    ][::core::mem::offset_of!(cudaDeviceProp, unifiedAddressing) - 604usize];
    [
        "Offset of field: cudaDeviceProp::memoryClockRate",
    ][::core::mem::offset_of!(cudaDeviceProp, memoryClockRate) - 608usize];
    [
        "Offset of field: cudaDeviceProp::memoryBusWidth",
    ][::core::mem::offset_of!(cudaDeviceProp, memoryBusWidth) - 612usize];
    [
        "Offset of field: cudaDeviceProp::l2CacheSize",
    ][::core::mem::offset_of!(cudaDeviceProp, l2CacheSize) - 616usize];
    [
        "Offset of field: cudaDeviceProp::persistingL2CacheMaxSize",
    ][::core::mem::offset_of!(cudaDeviceProp, persistingL2CacheMaxSize) - 620usize];
    [
        "Offset of field: cudaDeviceProp::maxThreadsPerMultiProcessor",
    ][::core::mem::offset_of!(cudaDeviceProp, maxThreadsPerMultiProcessor) - 624usize];
    [
        "Offset of field: cudaDeviceProp::streamPrioritiesSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, streamPrioritiesSupported) - 628usize];
    [
        "Offset of field: cudaDeviceProp::globalL1CacheSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, globalL1CacheSupported) - 632usize];
    [
        "Offset of field: cudaDeviceProp::localL1CacheSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, localL1CacheSupported) - 636usize];
    [
        "Offset of field: cudaDeviceProp::sharedMemPerMultiprocessor",
    ][::core::mem::offset_of!(cudaDeviceProp, sharedMemPerMultiprocessor) - 640usize];
    [
        "Offset of field: cudaDeviceProp::regsPerMultiprocessor",
    ][::core::mem::offset_of!(cudaDeviceProp, regsPerMultiprocessor) - 648usize];
    [
        "Offset of field: cudaDeviceProp::managedMemory",
    ][::core::mem::offset_of!(cudaDeviceProp, managedMemory) - 652usize];
    [
        "Offset of field: cudaDeviceProp::isMultiGpuBoard",
    ][::core::mem::offset_of!(cudaDeviceProp, isMultiGpuBoard) - 656usize];
    [
        "Offset of field: cudaDeviceProp::multiGpuBoardGroupID",
    ][::core::mem::offset_of!(cudaDeviceProp, multiGpuBoardGroupID) - 660usize];
    [
        "Offset of field: cudaDeviceProp::hostNativeAtomicSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, hostNativeAtomicSupported) - 664usize];
    [
        "Offset of field: cudaDeviceProp::singleToDoublePrecisionPerfRatio",
    ][::core::mem::offset_of!(cudaDeviceProp, singleToDoublePrecisionPerfRatio)
        - 668usize];
    [
        "Offset of field: cudaDeviceProp::pageableMemoryAccess",
    ][::core::mem::offset_of!(cudaDeviceProp, pageableMemoryAccess) - 672usize];
    [
        "Offset of field: cudaDeviceProp::concurrentManagedAccess",
    ][::core::mem::offset_of!(cudaDeviceProp, concurrentManagedAccess) - 676usize];
    [
        "Offset of field: cudaDeviceProp::computePreemptionSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, computePreemptionSupported) - 680usize];
    [
        "Offset of field: cudaDeviceProp::canUseHostPointerForRegisteredMem",
    ][::core::mem::offset_of!(cudaDeviceProp, canUseHostPointerForRegisteredMem)
        - 684usize];
    [
        "Offset of field: cudaDeviceProp::cooperativeLaunch",
    ][::core::mem::offset_of!(cudaDeviceProp, cooperativeLaunch) - 688usize];
    [
        "Offset of field: cudaDeviceProp::cooperativeMultiDeviceLaunch",
    ][::core::mem::offset_of!(cudaDeviceProp, cooperativeMultiDeviceLaunch) - 692usize];
    [
        "Offset of field: cudaDeviceProp::sharedMemPerBlockOptin",
    ][::core::mem::offset_of!(cudaDeviceProp, sharedMemPerBlockOptin) - 696usize];
    [
        "Offset of field: cudaDeviceProp::pageableMemoryAccessUsesHostPageTables",
    ][::core::mem::offset_of!(cudaDeviceProp, pageableMemoryAccessUsesHostPageTables)
        - 704usize];
    [
        "Offset of field: cudaDeviceProp::directManagedMemAccessFromHost",
    ][::core::mem::offset_of!(cudaDeviceProp, directManagedMemAccessFromHost)
        - 708usize];
    [
        "Offset of field: cudaDeviceProp::maxBlocksPerMultiProcessor",
    ][::core::mem::offset_of!(cudaDeviceProp, maxBlocksPerMultiProcessor) - 712usize];
    [
        "Offset of field: cudaDeviceProp::accessPolicyMaxWindowSize",
    ][::core::mem::offset_of!(cudaDeviceProp, accessPolicyMaxWindowSize) - 716usize];
    [
        "Offset of field: cudaDeviceProp::reservedSharedMemPerBlock",
    ][::core::mem::offset_of!(cudaDeviceProp, reservedSharedMemPerBlock) - 720usize];
    [
        "Offset of field: cudaDeviceProp::hostRegisterSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, hostRegisterSupported) - 728usize];
    [
        "Offset of field: cudaDeviceProp::sparseCudaArraySupported",
    ][::core::mem::offset_of!(cudaDeviceProp, sparseCudaArraySupported) - 732usize];
    [
        "Offset of field: cudaDeviceProp::hostRegisterReadOnlySupported",
    ][::core::mem::offset_of!(cudaDeviceProp, hostRegisterReadOnlySupported) - 736usize];
    [
        "Offset of field: cudaDeviceProp::timelineSemaphoreInteropSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, timelineSemaphoreInteropSupported)
        - 740usize];
    [
        "Offset of field: cudaDeviceProp::memoryPoolsSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, memoryPoolsSupported) - 744usize];
    [
        "Offset of field: cudaDeviceProp::gpuDirectRDMASupported",
    ][::core::mem::offset_of!(cudaDeviceProp, gpuDirectRDMASupported) - 748usize];
    [
        "Offset of field: cudaDeviceProp::gpuDirectRDMAFlushWritesOptions",
    ][::core::mem::offset_of!(cudaDeviceProp, gpuDirectRDMAFlushWritesOptions)
        - 752usize];
    [
        "Offset of field: cudaDeviceProp::gpuDirectRDMAWritesOrdering",
    ][::core::mem::offset_of!(cudaDeviceProp, gpuDirectRDMAWritesOrdering) - 756usize];
    [
        "Offset of field: cudaDeviceProp::memoryPoolSupportedHandleTypes",
    ][::core::mem::offset_of!(cudaDeviceProp, memoryPoolSupportedHandleTypes)
        - 760usize];
    [
        "Offset of field: cudaDeviceProp::deferredMappingCudaArraySupported",
    ][::core::mem::offset_of!(cudaDeviceProp, deferredMappingCudaArraySupported)
        - 764usize];
    [
        "Offset of field: cudaDeviceProp::ipcEventSupported",
    ][::core::mem::offset_of!(cudaDeviceProp, ipcEventSupported) - 768usize];
    [
        "Offset of field: cudaDeviceProp::clusterLaunch",
    ][::core::mem::offset_of!(cudaDeviceProp, clusterLaunch) - 772usize];
    [
        "Offset of field: cudaDeviceProp::unifiedFunctionPointers",
    ][::core::mem::offset_of!(cudaDeviceProp, unifiedFunctionPointers) - 776usize];
    [
        "Offset of field: cudaDeviceProp::reserved",
    ][::core::mem::offset_of!(cudaDeviceProp, reserved) - 780usize];
};
impl Default for cudaDeviceProp {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaExternalMemoryHandleDesc {
    pub type_: cudaExternalMemoryHandleType,
    pub handle: cudaExternalMemoryHandleDesc__bindgen_ty_1,
    pub size: ::core::ffi::c_ulonglong,
    pub flags: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalMemoryHandleDesc",
    ][::core::mem::size_of::<cudaExternalMemoryHandleDesc>() - 40usize];
    [
        "Alignment of cudaExternalMemoryHandleDesc",
    ][::core::mem::align_of::<cudaExternalMemoryHandleDesc>() - 8usize];
    [
        "Offset of field: cudaExternalMemoryHandleDesc::type_",
    ][::core::mem::offset_of!(cudaExternalMemoryHandleDesc, type_) - 0usize];
    [
        "Offset of field: cudaExternalMemoryHandleDesc::handle",
    ][::core::mem::offset_of!(cudaExternalMemoryHandleDesc, handle) - 8usize];
    [
        "Offset of field: cudaExternalMemoryHandleDesc::size",
    ][::core::mem::offset_of!(cudaExternalMemoryHandleDesc, size) - 24usize];
    [
        "Offset of field: cudaExternalMemoryHandleDesc::flags",
    ][::core::mem::offset_of!(cudaExternalMemoryHandleDesc, flags) - 32usize];
};
impl Default for cudaExternalMemoryHandleDesc {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct cudaExternalMemoryBufferDesc {
    pub offset: ::core::ffi::c_ulonglong,
    pub size: ::core::ffi::c_ulonglong,
    pub flags: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalMemoryBufferDesc",
    ][::core::mem::size_of::<cudaExternalMemoryBufferDesc>() - 24usize];
    [
        "Alignment of cudaExternalMemoryBufferDesc",
    ][::core::mem::align_of::<cudaExternalMemoryBufferDesc>() - 8usize];
    [
        "Offset of field: cudaExternalMemoryBufferDesc::offset",
    ][::core::mem::offset_of!(cudaExternalMemoryBufferDesc, offset) - 0usize];
    [
        "Offset of field: cudaExternalMemoryBufferDesc::size",
    ][::core::mem::offset_of!(cudaExternalMemoryBufferDesc, size) - 8usize];
    [
        "Offset of field: cudaExternalMemoryBufferDesc::flags",
    ][::core::mem::offset_of!(cudaExternalMemoryBufferDesc, flags) - 16usize];
};
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaExternalMemoryMipmappedArrayDesc {
    pub offset: ::core::ffi::c_ulonglong,
    pub formatDesc: cudaChannelFormatDesc,
    pub extent: cudaExtent,
    pub flags: ::core::ffi::c_uint,
    pub numLevels: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalMemoryMipmappedArrayDesc",
    ][::core::mem::size_of::<cudaExternalMemoryMipmappedArrayDesc>() - 64usize];
    [
        "Alignment of cudaExternalMemoryMipmappedArrayDesc",
    ][::core::mem::align_of::<cudaExternalMemoryMipmappedArrayDesc>() - 8usize];
    [
        "Offset of field: cudaExternalMemoryMipmappedArrayDesc::offset",
    ][::core::mem::offset_of!(cudaExternalMemoryMipmappedArrayDesc, offset) - 0usize];
    [
        "Offset of field: cudaExternalMemoryMipmappedArrayDesc::formatDesc",
    ][::core::mem::offset_of!(cudaExternalMemoryMipmappedArrayDesc, formatDesc)
        - 8usize];
    [
        "Offset of field: cudaExternalMemoryMipmappedArrayDesc::extent",
    ][::core::mem::offset_of!(cudaExternalMemoryMipmappedArrayDesc, extent) - 32usize];
    [
        "Offset of field: cudaExternalMemoryMipmappedArrayDesc::flags",
    ][::core::mem::offset_of!(cudaExternalMemoryMipmappedArrayDesc, flags) - 56usize];
    [
        "Offset of field: cudaExternalMemoryMipmappedArrayDesc::numLevels",
    ][::core::mem::offset_of!(cudaExternalMemoryMipmappedArrayDesc, numLevels)
        - 60usize];
};
impl Default for cudaExternalMemoryMipmappedArrayDesc {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaExternalSemaphoreHandleDesc {
    pub type_: cudaExternalSemaphoreHandleType,
    pub handle: cudaExternalSemaphoreHandleDesc__bindgen_ty_1,
    pub flags: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreHandleDesc",
    ][::core::mem::size_of::<cudaExternalSemaphoreHandleDesc>() - 32usize];
    [
        "Alignment of cudaExternalSemaphoreHandleDesc",
    ][::core::mem::align_of::<cudaExternalSemaphoreHandleDesc>() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreHandleDesc::type_",
    ][::core::mem::offset_of!(cudaExternalSemaphoreHandleDesc, type_) - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreHandleDesc::handle",
    ][::core::mem::offset_of!(cudaExternalSemaphoreHandleDesc, handle) - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreHandleDesc::flags",
    ][::core::mem::offset_of!(cudaExternalSemaphoreHandleDesc, flags) - 24usize];
};
impl Default for cudaExternalSemaphoreHandleDesc {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 12 only.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaExternalSemaphoreSignalParams_v1 {
    pub params: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1,
    pub flags: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreSignalParams_v1",
    ][::core::mem::size_of::<cudaExternalSemaphoreSignalParams_v1>() - 32usize];
    [
        "Alignment of cudaExternalSemaphoreSignalParams_v1",
    ][::core::mem::align_of::<cudaExternalSemaphoreSignalParams_v1>() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1::params",
    ][::core::mem::offset_of!(cudaExternalSemaphoreSignalParams_v1, params) - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1::flags",
    ][::core::mem::offset_of!(cudaExternalSemaphoreSignalParams_v1, flags) - 24usize];
};
impl Default for cudaExternalSemaphoreSignalParams_v1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 12 only.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1 {
    pub fence: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1,
    pub nvSciSync: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2,
    pub keyedMutex: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1",
    ][::core::mem::size_of::<cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1>()
        - 24usize];
    [
        "Alignment of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1",
    ][::core::mem::align_of::<cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1>()
        - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1::fence",
    ][::core::mem::offset_of!(cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1, fence)
        - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1::nvSciSync",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1, nvSciSync
    ) - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1::keyedMutex",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1, keyedMutex
    ) - 16usize];
};
impl Default for cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 12 only.
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1 {
    pub value: ::core::ffi::c_ulonglong,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1",
    ][::core::mem::size_of::<
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1,
    >() - 8usize];
    [
        "Alignment of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1",
    ][::core::mem::align_of::<
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1,
    >() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1::value",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_1, value
    ) - 0usize];
};
/// CUDA 12 only.
#[repr(C)]
#[derive(Copy, Clone)]
pub union cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2 {
    pub fence: *mut ::core::ffi::c_void,
    pub reserved: ::core::ffi::c_ulonglong,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2",
    ][::core::mem::size_of::<
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2,
    >() - 8usize];
    [
        "Alignment of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2",
    ][::core::mem::align_of::<
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2,
    >() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2::fence",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2, fence
    ) - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2::reserved",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2, reserved
    ) - 0usize];
};
impl Default for cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 12 only.
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3 {
    pub key: ::core::ffi::c_ulonglong,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3",
    ][::core::mem::size_of::<
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3,
    >() - 8usize];
    [
        "Alignment of cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3",
    ][::core::mem::align_of::<
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3,
    >() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3::key",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreSignalParams_v1__bindgen_ty_1__bindgen_ty_3, key
    ) - 0usize];
};
/// CUDA 12 only.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaExternalSemaphoreWaitParams_v1 {
    pub params: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1,
    pub flags: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreWaitParams_v1",
    ][::core::mem::size_of::<cudaExternalSemaphoreWaitParams_v1>() - 40usize];
    [
        "Alignment of cudaExternalSemaphoreWaitParams_v1",
    ][::core::mem::align_of::<cudaExternalSemaphoreWaitParams_v1>() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1::params",
    ][::core::mem::offset_of!(cudaExternalSemaphoreWaitParams_v1, params) - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1::flags",
    ][::core::mem::offset_of!(cudaExternalSemaphoreWaitParams_v1, flags) - 32usize];
};
impl Default for cudaExternalSemaphoreWaitParams_v1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 12 only.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1 {
    pub fence: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1,
    pub nvSciSync: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2,
    pub keyedMutex: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1",
    ][::core::mem::size_of::<cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1>()
        - 32usize];
    [
        "Alignment of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1",
    ][::core::mem::align_of::<cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1>()
        - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1::fence",
    ][::core::mem::offset_of!(cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1, fence)
        - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1::nvSciSync",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1, nvSciSync
    ) - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1::keyedMutex",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1, keyedMutex
    ) - 16usize];
};
impl Default for cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 12 only.
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1 {
    pub value: ::core::ffi::c_ulonglong,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1",
    ][::core::mem::size_of::<
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1,
    >() - 8usize];
    [
        "Alignment of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1",
    ][::core::mem::align_of::<
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1,
    >() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1::value",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_1, value
    ) - 0usize];
};
/// CUDA 12 only.
#[repr(C)]
#[derive(Copy, Clone)]
pub union cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2 {
    pub fence: *mut ::core::ffi::c_void,
    pub reserved: ::core::ffi::c_ulonglong,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2",
    ][::core::mem::size_of::<
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2,
    >() - 8usize];
    [
        "Alignment of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2",
    ][::core::mem::align_of::<
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2,
    >() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2::fence",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2, fence
    ) - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2::reserved",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2, reserved
    ) - 0usize];
};
impl Default for cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 12 only.
#[repr(C)]
#[derive(Debug, Default, Copy, Clone)]
pub struct cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3 {
    pub key: ::core::ffi::c_ulonglong,
    pub timeoutMs: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3",
    ][::core::mem::size_of::<
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3,
    >() - 16usize];
    [
        "Alignment of cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3",
    ][::core::mem::align_of::<
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3,
    >() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3::key",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3, key
    ) - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3::timeoutMs",
    ][::core::mem::offset_of!(
        cudaExternalSemaphoreWaitParams_v1__bindgen_ty_1__bindgen_ty_3, timeoutMs
    ) - 8usize];
};
/// CUDA 12 only.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaLaunchParams {
    pub func: *mut ::core::ffi::c_void,
    pub gridDim: dim3,
    pub blockDim: dim3,
    pub args: *mut *mut ::core::ffi::c_void,
    pub sharedMem: usize,
    pub stream: cudaStream_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of cudaLaunchParams"][::core::mem::size_of::<cudaLaunchParams>() - 56usize];
    [
        "Alignment of cudaLaunchParams",
    ][::core::mem::align_of::<cudaLaunchParams>() - 8usize];
    [
        "Offset of field: cudaLaunchParams::func",
    ][::core::mem::offset_of!(cudaLaunchParams, func) - 0usize];
    [
        "Offset of field: cudaLaunchParams::gridDim",
    ][::core::mem::offset_of!(cudaLaunchParams, gridDim) - 8usize];
    [
        "Offset of field: cudaLaunchParams::blockDim",
    ][::core::mem::offset_of!(cudaLaunchParams, blockDim) - 20usize];
    [
        "Offset of field: cudaLaunchParams::args",
    ][::core::mem::offset_of!(cudaLaunchParams, args) - 32usize];
    [
        "Offset of field: cudaLaunchParams::sharedMem",
    ][::core::mem::offset_of!(cudaLaunchParams, sharedMem) - 40usize];
    [
        "Offset of field: cudaLaunchParams::stream",
    ][::core::mem::offset_of!(cudaLaunchParams, stream) - 48usize];
};
impl Default for cudaLaunchParams {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaKernelNodeParamsV2 {
    pub func: *mut ::core::ffi::c_void,
    pub gridDim: dim3,
    pub blockDim: dim3,
    pub sharedMemBytes: ::core::ffi::c_uint,
    pub kernelParams: *mut *mut ::core::ffi::c_void,
    pub extra: *mut *mut ::core::ffi::c_void,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaKernelNodeParamsV2",
    ][::core::mem::size_of::<cudaKernelNodeParamsV2>() - 56usize];
    [
        "Alignment of cudaKernelNodeParamsV2",
    ][::core::mem::align_of::<cudaKernelNodeParamsV2>() - 8usize];
    [
        "Offset of field: cudaKernelNodeParamsV2::func",
    ][::core::mem::offset_of!(cudaKernelNodeParamsV2, func) - 0usize];
    [
        "Offset of field: cudaKernelNodeParamsV2::gridDim",
    ][::core::mem::offset_of!(cudaKernelNodeParamsV2, gridDim) - 8usize];
    [
        "Offset of field: cudaKernelNodeParamsV2::blockDim",
    ][::core::mem::offset_of!(cudaKernelNodeParamsV2, blockDim) - 20usize];
    [
        "Offset of field: cudaKernelNodeParamsV2::sharedMemBytes",
    ][::core::mem::offset_of!(cudaKernelNodeParamsV2, sharedMemBytes) - 32usize];
    [
        "Offset of field: cudaKernelNodeParamsV2::kernelParams",
    ][::core::mem::offset_of!(cudaKernelNodeParamsV2, kernelParams) - 40usize];
    [
        "Offset of field: cudaKernelNodeParamsV2::extra",
    ][::core::mem::offset_of!(cudaKernelNodeParamsV2, extra) - 48usize];
};
impl Default for cudaKernelNodeParamsV2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaExternalSemaphoreSignalNodeParamsV2 {
    pub extSemArray: *mut cudaExternalSemaphore_t,
    pub paramsArray: *const cudaExternalSemaphoreSignalParams,
    pub numExtSems: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreSignalNodeParamsV2",
    ][::core::mem::size_of::<cudaExternalSemaphoreSignalNodeParamsV2>() - 24usize];
    [
        "Alignment of cudaExternalSemaphoreSignalNodeParamsV2",
    ][::core::mem::align_of::<cudaExternalSemaphoreSignalNodeParamsV2>() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalNodeParamsV2::extSemArray",
    ][::core::mem::offset_of!(cudaExternalSemaphoreSignalNodeParamsV2, extSemArray)
        - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalNodeParamsV2::paramsArray",
    ][::core::mem::offset_of!(cudaExternalSemaphoreSignalNodeParamsV2, paramsArray)
        - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreSignalNodeParamsV2::numExtSems",
    ][::core::mem::offset_of!(cudaExternalSemaphoreSignalNodeParamsV2, numExtSems)
        - 16usize];
};
impl Default for cudaExternalSemaphoreSignalNodeParamsV2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaExternalSemaphoreWaitNodeParamsV2 {
    pub extSemArray: *mut cudaExternalSemaphore_t,
    pub paramsArray: *const cudaExternalSemaphoreWaitParams,
    pub numExtSems: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaExternalSemaphoreWaitNodeParamsV2",
    ][::core::mem::size_of::<cudaExternalSemaphoreWaitNodeParamsV2>() - 24usize];
    [
        "Alignment of cudaExternalSemaphoreWaitNodeParamsV2",
    ][::core::mem::align_of::<cudaExternalSemaphoreWaitNodeParamsV2>() - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitNodeParamsV2::extSemArray",
    ][::core::mem::offset_of!(cudaExternalSemaphoreWaitNodeParamsV2, extSemArray)
        - 0usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitNodeParamsV2::paramsArray",
    ][::core::mem::offset_of!(cudaExternalSemaphoreWaitNodeParamsV2, paramsArray)
        - 8usize];
    [
        "Offset of field: cudaExternalSemaphoreWaitNodeParamsV2::numExtSems",
    ][::core::mem::offset_of!(cudaExternalSemaphoreWaitNodeParamsV2, numExtSems)
        - 16usize];
};
impl Default for cudaExternalSemaphoreWaitNodeParamsV2 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaConditionalNodeParams {
    pub handle: cudaGraphConditionalHandle,
    pub type_: cudaGraphConditionalNodeType,
    pub size: ::core::ffi::c_uint,
    pub phGraph_out: *mut cudaGraph_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaConditionalNodeParams",
    ][::core::mem::size_of::<cudaConditionalNodeParams>() - 24usize];
    [
        "Alignment of cudaConditionalNodeParams",
    ][::core::mem::align_of::<cudaConditionalNodeParams>() - 8usize];
    [
        "Offset of field: cudaConditionalNodeParams::handle",
    ][::core::mem::offset_of!(cudaConditionalNodeParams, handle) - 0usize];
    [
        "Offset of field: cudaConditionalNodeParams::type_",
    ][::core::mem::offset_of!(cudaConditionalNodeParams, type_) - 8usize];
    [
        "Offset of field: cudaConditionalNodeParams::size",
    ][::core::mem::offset_of!(cudaConditionalNodeParams, size) - 12usize];
    [
        "Offset of field: cudaConditionalNodeParams::phGraph_out",
    ][::core::mem::offset_of!(cudaConditionalNodeParams, phGraph_out) - 16usize];
};
impl Default for cudaConditionalNodeParams {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(transparent)]
#[derive(Debug, Copy, Clone, Hash, PartialEq, Eq)]
pub struct cudaGraphChildGraphNodeOwnership(pub ::core::ffi::c_uint);
/// Declared alike in CUDA 13, but reaches `cudaGraphChildGraphNodeOwnership`, which differs.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaChildGraphNodeParams {
    pub graph: cudaGraph_t,
    pub ownership: cudaGraphChildGraphNodeOwnership,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaChildGraphNodeParams",
    ][::core::mem::size_of::<cudaChildGraphNodeParams>() - 16usize];
    [
        "Alignment of cudaChildGraphNodeParams",
    ][::core::mem::align_of::<cudaChildGraphNodeParams>() - 8usize];
    [
        "Offset of field: cudaChildGraphNodeParams::graph",
    ][::core::mem::offset_of!(cudaChildGraphNodeParams, graph) - 0usize];
    [
        "Offset of field: cudaChildGraphNodeParams::ownership",
    ][::core::mem::offset_of!(cudaChildGraphNodeParams, ownership) - 8usize];
};
impl Default for cudaChildGraphNodeParams {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaEventRecordNodeParams {
    pub event: cudaEvent_t,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaEventRecordNodeParams",
    ][::core::mem::size_of::<cudaEventRecordNodeParams>() - 8usize];
    [
        "Alignment of cudaEventRecordNodeParams",
    ][::core::mem::align_of::<cudaEventRecordNodeParams>() - 8usize];
    [
        "Offset of field: cudaEventRecordNodeParams::event",
    ][::core::mem::offset_of!(cudaEventRecordNodeParams, event) - 0usize];
};
impl Default for cudaEventRecordNodeParams {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// Declared alike in CUDA 13, but reaches `cudaGraphNodeParams__bindgen_ty_1`, which differs.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaGraphNodeParams {
    pub type_: cudaGraphNodeType,
    pub reserved0: [::core::ffi::c_int; 3usize],
    pub __bindgen_anon_1: cudaGraphNodeParams__bindgen_ty_1,
    pub reserved2: ::core::ffi::c_longlong,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaGraphNodeParams",
    ][::core::mem::size_of::<cudaGraphNodeParams>() - 256usize];
    [
        "Alignment of cudaGraphNodeParams",
    ][::core::mem::align_of::<cudaGraphNodeParams>() - 8usize];
    [
        "Offset of field: cudaGraphNodeParams::type_",
    ][::core::mem::offset_of!(cudaGraphNodeParams, type_) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams::reserved0",
    ][::core::mem::offset_of!(cudaGraphNodeParams, reserved0) - 4usize];
    [
        "Offset of field: cudaGraphNodeParams::reserved2",
    ][::core::mem::offset_of!(cudaGraphNodeParams, reserved2) - 248usize];
};
impl Default for cudaGraphNodeParams {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Copy, Clone)]
pub union cudaGraphNodeParams__bindgen_ty_1 {
    pub reserved1: [::core::ffi::c_longlong; 29usize],
    pub kernel: cudaKernelNodeParamsV2,
    pub memcpy: cudaMemcpyNodeParams,
    pub memset: cudaMemsetParamsV2,
    pub host: cudaHostNodeParamsV2,
    pub graph: cudaChildGraphNodeParams,
    pub eventWait: cudaEventWaitNodeParams,
    pub eventRecord: cudaEventRecordNodeParams,
    pub extSemSignal: cudaExternalSemaphoreSignalNodeParamsV2,
    pub extSemWait: cudaExternalSemaphoreWaitNodeParamsV2,
    pub alloc: cudaMemAllocNodeParamsV2,
    pub free: cudaMemFreeNodeParams,
    pub conditional: cudaConditionalNodeParams,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaGraphNodeParams__bindgen_ty_1",
    ][::core::mem::size_of::<cudaGraphNodeParams__bindgen_ty_1>() - 232usize];
    [
        "Alignment of cudaGraphNodeParams__bindgen_ty_1",
    ][::core::mem::align_of::<cudaGraphNodeParams__bindgen_ty_1>() - 8usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::reserved1",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, reserved1) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::kernel",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, kernel) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::memcpy",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, memcpy) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::memset",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, memset) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::host",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, host) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::graph",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, graph) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::eventWait",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, eventWait) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::eventRecord",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, eventRecord) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::extSemSignal",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, extSemSignal) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::extSemWait",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, extSemWait) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::alloc",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, alloc) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::free",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, free) - 0usize];
    [
        "Offset of field: cudaGraphNodeParams__bindgen_ty_1::conditional",
    ][::core::mem::offset_of!(cudaGraphNodeParams__bindgen_ty_1, conditional) - 0usize];
};
impl Default for cudaGraphNodeParams__bindgen_ty_1 {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// CUDA 13 declares it differently.
#[repr(C)]
#[derive(Copy, Clone)]
pub union cudaLaunchAttributeValue {
    pub pad: [::core::ffi::c_char; 64usize],
    pub accessPolicyWindow: cudaAccessPolicyWindow,
    pub cooperative: ::core::ffi::c_int,
    pub syncPolicy: cudaSynchronizationPolicy,
    pub clusterDim: cudaLaunchAttributeValue__bindgen_ty_1,
    pub clusterSchedulingPolicyPreference: cudaClusterSchedulingPolicy,
    pub programmaticStreamSerializationAllowed: ::core::ffi::c_int,
    pub programmaticEvent: cudaLaunchAttributeValue__bindgen_ty_2,
    pub priority: ::core::ffi::c_int,
    pub memSyncDomainMap: cudaLaunchMemSyncDomainMap,
    pub memSyncDomain: cudaLaunchMemSyncDomain,
    pub preferredClusterDim: cudaLaunchAttributeValue__bindgen_ty_3,
    pub launchCompletionEvent: cudaLaunchAttributeValue__bindgen_ty_4,
    pub deviceUpdatableKernelNode: cudaLaunchAttributeValue__bindgen_ty_5,
    pub sharedMemCarveout: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaLaunchAttributeValue",
    ][::core::mem::size_of::<cudaLaunchAttributeValue>() - 64usize];
    [
        "Alignment of cudaLaunchAttributeValue",
    ][::core::mem::align_of::<cudaLaunchAttributeValue>() - 8usize];
    [
        "Offset of field: cudaLaunchAttributeValue::pad",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, pad) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::accessPolicyWindow",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, accessPolicyWindow) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::cooperative",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, cooperative) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::syncPolicy",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, syncPolicy) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::clusterDim",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, clusterDim) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::clusterSchedulingPolicyPreference",
    ][::core::mem::offset_of!(
        cudaLaunchAttributeValue, clusterSchedulingPolicyPreference
    ) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::programmaticStreamSerializationAllowed",
    ][::core::mem::offset_of!(
        cudaLaunchAttributeValue, programmaticStreamSerializationAllowed
    ) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::programmaticEvent",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, programmaticEvent) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::priority",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, priority) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::memSyncDomainMap",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, memSyncDomainMap) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::memSyncDomain",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, memSyncDomain) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::preferredClusterDim",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, preferredClusterDim) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::launchCompletionEvent",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, launchCompletionEvent) - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::deviceUpdatableKernelNode",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, deviceUpdatableKernelNode)
        - 0usize];
    [
        "Offset of field: cudaLaunchAttributeValue::sharedMemCarveout",
    ][::core::mem::offset_of!(cudaLaunchAttributeValue, sharedMemCarveout) - 0usize];
};
impl Default for cudaLaunchAttributeValue {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// Declared alike in CUDA 13, but reaches `cudaLaunchAttributeValue`, which differs.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct cudaLaunchAttribute_st {
    pub id: cudaLaunchAttributeID,
    pub pad: [::core::ffi::c_char; 4usize],
    pub val: cudaLaunchAttributeValue,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaLaunchAttribute_st",
    ][::core::mem::size_of::<cudaLaunchAttribute_st>() - 72usize];
    [
        "Alignment of cudaLaunchAttribute_st",
    ][::core::mem::align_of::<cudaLaunchAttribute_st>() - 8usize];
    [
        "Offset of field: cudaLaunchAttribute_st::id",
    ][::core::mem::offset_of!(cudaLaunchAttribute_st, id) - 0usize];
    [
        "Offset of field: cudaLaunchAttribute_st::pad",
    ][::core::mem::offset_of!(cudaLaunchAttribute_st, pad) - 4usize];
    [
        "Offset of field: cudaLaunchAttribute_st::val",
    ][::core::mem::offset_of!(cudaLaunchAttribute_st, val) - 8usize];
};
impl Default for cudaLaunchAttribute_st {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// Declared alike in CUDA 13, but reaches `cudaLaunchAttributeValue`, which differs.
pub type cudaLaunchAttribute = cudaLaunchAttribute_st;
/// Declared alike in CUDA 13, but reaches `cudaLaunchAttributeValue`, which differs.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct cudaLaunchConfig_st {
    pub gridDim: dim3,
    pub blockDim: dim3,
    pub dynamicSmemBytes: usize,
    pub stream: cudaStream_t,
    pub attrs: *mut cudaLaunchAttribute,
    pub numAttrs: ::core::ffi::c_uint,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of cudaLaunchConfig_st",
    ][::core::mem::size_of::<cudaLaunchConfig_st>() - 56usize];
    [
        "Alignment of cudaLaunchConfig_st",
    ][::core::mem::align_of::<cudaLaunchConfig_st>() - 8usize];
    [
        "Offset of field: cudaLaunchConfig_st::gridDim",
    ][::core::mem::offset_of!(cudaLaunchConfig_st, gridDim) - 0usize];
    [
        "Offset of field: cudaLaunchConfig_st::blockDim",
    ][::core::mem::offset_of!(cudaLaunchConfig_st, blockDim) - 12usize];
    [
        "Offset of field: cudaLaunchConfig_st::dynamicSmemBytes",
    ][::core::mem::offset_of!(cudaLaunchConfig_st, dynamicSmemBytes) - 24usize];
    [
        "Offset of field: cudaLaunchConfig_st::stream",
    ][::core::mem::offset_of!(cudaLaunchConfig_st, stream) - 32usize];
    [
        "Offset of field: cudaLaunchConfig_st::attrs",
    ][::core::mem::offset_of!(cudaLaunchConfig_st, attrs) - 40usize];
    [
        "Offset of field: cudaLaunchConfig_st::numAttrs",
    ][::core::mem::offset_of!(cudaLaunchConfig_st, numAttrs) - 48usize];
};
impl Default for cudaLaunchConfig_st {
    fn default() -> Self {
        let mut s = ::core::mem::MaybeUninit::<Self>::uninit();
        unsafe {
            ::core::ptr::write_bytes(s.as_mut_ptr(), 0, 1);
            s.assume_init()
        }
    }
}
/// Declared alike in CUDA 13, but reaches `cudaLaunchAttributeValue`, which differs.
pub type cudaLaunchConfig_t = cudaLaunchConfig_st;
impl cudaGraphChildGraphNodeOwnership {
    pub const cudaGraphChildGraphOwnershipClone: cudaGraphChildGraphNodeOwnership = cudaGraphChildGraphNodeOwnership(
        0,
    );
    pub const cudaGraphChildGraphOwnershipMove: cudaGraphChildGraphNodeOwnership = cudaGraphChildGraphNodeOwnership(
        1,
    );
}
/// `cudaFuncAttribute::cudaFuncAttributeMax`: each major gives it another value.
pub const cudaFuncAttributeMax: cudaFuncAttribute = cudaFuncAttribute(16);
/// `cudaDeviceAttr::cudaDevAttrMax`: each major gives it another value.
pub const cudaDevAttrMax: cudaDeviceAttr = cudaDeviceAttr(144);
/// `cudaGraphNodeType::cudaGraphNodeTypeCount`: each major gives it another value.
pub const cudaGraphNodeTypeCount: cudaGraphNodeType = cudaGraphNodeType(14);
/// Every error code that this header names.
pub const ERRORS: &[(cudaError, &str)] = &[
    (cudaError::cudaSuccess, "cudaSuccess"),
    (cudaError::cudaErrorInvalidValue, "cudaErrorInvalidValue"),
    (cudaError::cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation"),
    (cudaError::cudaErrorInitializationError, "cudaErrorInitializationError"),
    (cudaError::cudaErrorCudartUnloading, "cudaErrorCudartUnloading"),
    (cudaError::cudaErrorProfilerDisabled, "cudaErrorProfilerDisabled"),
    (cudaError::cudaErrorProfilerNotInitialized, "cudaErrorProfilerNotInitialized"),
    (cudaError::cudaErrorProfilerAlreadyStarted, "cudaErrorProfilerAlreadyStarted"),
    (cudaError::cudaErrorProfilerAlreadyStopped, "cudaErrorProfilerAlreadyStopped"),
    (cudaError::cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration"),
    (cudaError::cudaErrorInvalidPitchValue, "cudaErrorInvalidPitchValue"),
    (cudaError::cudaErrorInvalidSymbol, "cudaErrorInvalidSymbol"),
    (cudaError::cudaErrorInvalidHostPointer, "cudaErrorInvalidHostPointer"),
    (cudaError::cudaErrorInvalidDevicePointer, "cudaErrorInvalidDevicePointer"),
    (cudaError::cudaErrorInvalidTexture, "cudaErrorInvalidTexture"),
    (cudaError::cudaErrorInvalidTextureBinding, "cudaErrorInvalidTextureBinding"),
    (cudaError::cudaErrorInvalidChannelDescriptor, "cudaErrorInvalidChannelDescriptor"),
    (cudaError::cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection"),
    (cudaError::cudaErrorAddressOfConstant, "cudaErrorAddressOfConstant"),
    (cudaError::cudaErrorTextureFetchFailed, "cudaErrorTextureFetchFailed"),
    (cudaError::cudaErrorTextureNotBound, "cudaErrorTextureNotBound"),
    (cudaError::cudaErrorSynchronizationError, "cudaErrorSynchronizationError"),
    (cudaError::cudaErrorInvalidFilterSetting, "cudaErrorInvalidFilterSetting"),
    (cudaError::cudaErrorInvalidNormSetting, "cudaErrorInvalidNormSetting"),
    (cudaError::cudaErrorMixedDeviceExecution, "cudaErrorMixedDeviceExecution"),
    (cudaError::cudaErrorNotYetImplemented, "cudaErrorNotYetImplemented"),
    (cudaError::cudaErrorMemoryValueTooLarge, "cudaErrorMemoryValueTooLarge"),
    (cudaError::cudaErrorStubLibrary, "cudaErrorStubLibrary"),
    (cudaError::cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver"),
    (cudaError::cudaErrorCallRequiresNewerDriver, "cudaErrorCallRequiresNewerDriver"),
    (cudaError::cudaErrorInvalidSurface, "cudaErrorInvalidSurface"),
    (cudaError::cudaErrorDuplicateVariableName, "cudaErrorDuplicateVariableName"),
    (cudaError::cudaErrorDuplicateTextureName, "cudaErrorDuplicateTextureName"),
    (cudaError::cudaErrorDuplicateSurfaceName, "cudaErrorDuplicateSurfaceName"),
    (cudaError::cudaErrorDevicesUnavailable, "cudaErrorDevicesUnavailable"),
    (
        cudaError::cudaErrorIncompatibleDriverContext,
        "cudaErrorIncompatibleDriverContext",
    ),
    (cudaError::cudaErrorMissingConfiguration, "cudaErrorMissingConfiguration"),
    (cudaError::cudaErrorPriorLaunchFailure, "cudaErrorPriorLaunchFailure"),
    (cudaError::cudaErrorLaunchMaxDepthExceeded, "cudaErrorLaunchMaxDepthExceeded"),
    (cudaError::cudaErrorLaunchFileScopedTex, "cudaErrorLaunchFileScopedTex"),
    (cudaError::cudaErrorLaunchFileScopedSurf, "cudaErrorLaunchFileScopedSurf"),
    (cudaError::cudaErrorSyncDepthExceeded, "cudaErrorSyncDepthExceeded"),
    (
        cudaError::cudaErrorLaunchPendingCountExceeded,
        "cudaErrorLaunchPendingCountExceeded",
    ),
    (cudaError::cudaErrorInvalidDeviceFunction, "cudaErrorInvalidDeviceFunction"),
    (cudaError::cudaErrorNoDevice, "cudaErrorNoDevice"),
    (cudaError::cudaErrorInvalidDevice, "cudaErrorInvalidDevice"),
    (cudaError::cudaErrorDeviceNotLicensed, "cudaErrorDeviceNotLicensed"),
    (
        cudaError::cudaErrorSoftwareValidityNotEstablished,
        "cudaErrorSoftwareValidityNotEstablished",
    ),
    (cudaError::cudaErrorStartupFailure, "cudaErrorStartupFailure"),
    (cudaError::cudaErrorInvalidKernelImage, "cudaErrorInvalidKernelImage"),
    (cudaError::cudaErrorDeviceUninitialized, "cudaErrorDeviceUninitialized"),
    (cudaError::cudaErrorMapBufferObjectFailed, "cudaErrorMapBufferObjectFailed"),
    (cudaError::cudaErrorUnmapBufferObjectFailed, "cudaErrorUnmapBufferObjectFailed"),
    (cudaError::cudaErrorArrayIsMapped, "cudaErrorArrayIsMapped"),
    (cudaError::cudaErrorAlreadyMapped, "cudaErrorAlreadyMapped"),
    (cudaError::cudaErrorNoKernelImageForDevice, "cudaErrorNoKernelImageForDevice"),
    (cudaError::cudaErrorAlreadyAcquired, "cudaErrorAlreadyAcquired"),
    (cudaError::cudaErrorNotMapped, "cudaErrorNotMapped"),
    (cudaError::cudaErrorNotMappedAsArray, "cudaErrorNotMappedAsArray"),
    (cudaError::cudaErrorNotMappedAsPointer, "cudaErrorNotMappedAsPointer"),
    (cudaError::cudaErrorECCUncorrectable, "cudaErrorECCUncorrectable"),
    (cudaError::cudaErrorUnsupportedLimit, "cudaErrorUnsupportedLimit"),
    (cudaError::cudaErrorDeviceAlreadyInUse, "cudaErrorDeviceAlreadyInUse"),
    (cudaError::cudaErrorPeerAccessUnsupported, "cudaErrorPeerAccessUnsupported"),
    (cudaError::cudaErrorInvalidPtx, "cudaErrorInvalidPtx"),
    (cudaError::cudaErrorInvalidGraphicsContext, "cudaErrorInvalidGraphicsContext"),
    (cudaError::cudaErrorNvlinkUncorrectable, "cudaErrorNvlinkUncorrectable"),
    (cudaError::cudaErrorJitCompilerNotFound, "cudaErrorJitCompilerNotFound"),
    (cudaError::cudaErrorUnsupportedPtxVersion, "cudaErrorUnsupportedPtxVersion"),
    (cudaError::cudaErrorJitCompilationDisabled, "cudaErrorJitCompilationDisabled"),
    (cudaError::cudaErrorUnsupportedExecAffinity, "cudaErrorUnsupportedExecAffinity"),
    (cudaError::cudaErrorUnsupportedDevSideSync, "cudaErrorUnsupportedDevSideSync"),
    (cudaError::cudaErrorContained, "cudaErrorContained"),
    (cudaError::cudaErrorInvalidSource, "cudaErrorInvalidSource"),
    (cudaError::cudaErrorFileNotFound, "cudaErrorFileNotFound"),
    (
        cudaError::cudaErrorSharedObjectSymbolNotFound,
        "cudaErrorSharedObjectSymbolNotFound",
    ),
    (cudaError::cudaErrorSharedObjectInitFailed, "cudaErrorSharedObjectInitFailed"),
    (cudaError::cudaErrorOperatingSystem, "cudaErrorOperatingSystem"),
    (cudaError::cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle"),
    (cudaError::cudaErrorIllegalState, "cudaErrorIllegalState"),
    (cudaError::cudaErrorLossyQuery, "cudaErrorLossyQuery"),
    (cudaError::cudaErrorSymbolNotFound, "cudaErrorSymbolNotFound"),
    (cudaError::cudaErrorNotReady, "cudaErrorNotReady"),
    (cudaError::cudaErrorIllegalAddress, "cudaErrorIllegalAddress"),
    (cudaError::cudaErrorLaunchOutOfResources, "cudaErrorLaunchOutOfResources"),
    (cudaError::cudaErrorLaunchTimeout, "cudaErrorLaunchTimeout"),
    (
        cudaError::cudaErrorLaunchIncompatibleTexturing,
        "cudaErrorLaunchIncompatibleTexturing",
    ),
    (cudaError::cudaErrorPeerAccessAlreadyEnabled, "cudaErrorPeerAccessAlreadyEnabled"),
    (cudaError::cudaErrorPeerAccessNotEnabled, "cudaErrorPeerAccessNotEnabled"),
    (cudaError::cudaErrorSetOnActiveProcess, "cudaErrorSetOnActiveProcess"),
    (cudaError::cudaErrorContextIsDestroyed, "cudaErrorContextIsDestroyed"),
    (cudaError::cudaErrorAssert, "cudaErrorAssert"),
    (cudaError::cudaErrorTooManyPeers, "cudaErrorTooManyPeers"),
    (
        cudaError::cudaErrorHostMemoryAlreadyRegistered,
        "cudaErrorHostMemoryAlreadyRegistered",
    ),
    (cudaError::cudaErrorHostMemoryNotRegistered, "cudaErrorHostMemoryNotRegistered"),
    (cudaError::cudaErrorHardwareStackError, "cudaErrorHardwareStackError"),
    (cudaError::cudaErrorIllegalInstruction, "cudaErrorIllegalInstruction"),
    (cudaError::cudaErrorMisalignedAddress, "cudaErrorMisalignedAddress"),
    (cudaError::cudaErrorInvalidAddressSpace, "cudaErrorInvalidAddressSpace"),
    (cudaError::cudaErrorInvalidPc, "cudaErrorInvalidPc"),
    (cudaError::cudaErrorLaunchFailure, "cudaErrorLaunchFailure"),
    (
        cudaError::cudaErrorCooperativeLaunchTooLarge,
        "cudaErrorCooperativeLaunchTooLarge",
    ),
    (cudaError::cudaErrorTensorMemoryLeak, "cudaErrorTensorMemoryLeak"),
    (cudaError::cudaErrorNotPermitted, "cudaErrorNotPermitted"),
    (cudaError::cudaErrorNotSupported, "cudaErrorNotSupported"),
    (cudaError::cudaErrorSystemNotReady, "cudaErrorSystemNotReady"),
    (cudaError::cudaErrorSystemDriverMismatch, "cudaErrorSystemDriverMismatch"),
    (
        cudaError::cudaErrorCompatNotSupportedOnDevice,
        "cudaErrorCompatNotSupportedOnDevice",
    ),
    (cudaError::cudaErrorMpsConnectionFailed, "cudaErrorMpsConnectionFailed"),
    (cudaError::cudaErrorMpsRpcFailure, "cudaErrorMpsRpcFailure"),
    (cudaError::cudaErrorMpsServerNotReady, "cudaErrorMpsServerNotReady"),
    (cudaError::cudaErrorMpsMaxClientsReached, "cudaErrorMpsMaxClientsReached"),
    (cudaError::cudaErrorMpsMaxConnectionsReached, "cudaErrorMpsMaxConnectionsReached"),
    (cudaError::cudaErrorMpsClientTerminated, "cudaErrorMpsClientTerminated"),
    (cudaError::cudaErrorCdpNotSupported, "cudaErrorCdpNotSupported"),
    (cudaError::cudaErrorCdpVersionMismatch, "cudaErrorCdpVersionMismatch"),
    (cudaError::cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported"),
    (cudaError::cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated"),
    (cudaError::cudaErrorStreamCaptureMerge, "cudaErrorStreamCaptureMerge"),
    (cudaError::cudaErrorStreamCaptureUnmatched, "cudaErrorStreamCaptureUnmatched"),
    (cudaError::cudaErrorStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined"),
    (cudaError::cudaErrorStreamCaptureIsolation, "cudaErrorStreamCaptureIsolation"),
    (cudaError::cudaErrorStreamCaptureImplicit, "cudaErrorStreamCaptureImplicit"),
    (cudaError::cudaErrorCapturedEvent, "cudaErrorCapturedEvent"),
    (cudaError::cudaErrorStreamCaptureWrongThread, "cudaErrorStreamCaptureWrongThread"),
    (cudaError::cudaErrorTimeout, "cudaErrorTimeout"),
    (cudaError::cudaErrorGraphExecUpdateFailure, "cudaErrorGraphExecUpdateFailure"),
    (cudaError::cudaErrorExternalDevice, "cudaErrorExternalDevice"),
    (cudaError::cudaErrorInvalidClusterSize, "cudaErrorInvalidClusterSize"),
    (cudaError::cudaErrorFunctionNotLoaded, "cudaErrorFunctionNotLoaded"),
    (cudaError::cudaErrorInvalidResourceType, "cudaErrorInvalidResourceType"),
    (
        cudaError::cudaErrorInvalidResourceConfiguration,
        "cudaErrorInvalidResourceConfiguration",
    ),
    (cudaError::cudaErrorUnknown, "cudaErrorUnknown"),
    (cudaError::cudaErrorApiFailureBase, "cudaErrorApiFailureBase"),
];
