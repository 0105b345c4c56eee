//! One signature over CUDA 12 and 13, for functions that the two declare differently. The one hand-written file that
//! tells the majors apart.
//!
//! Each function calls the C functions named in its first line, in the shape that the loaded library has, and returns CUDA's
//! own status. A struct that CUDA fills has the larger of its two sizes; one that it only reads is the loaded major's own.

mod properties;

pub use properties::{DeviceProperties, device_properties, pci_bus_id};

use super::*;
use crate::error::MissingSymbol;
use core::{
    ffi::{c_char, c_int, c_uint, c_void},
    mem::{MaybeUninit, offset_of},
    ptr,
};

/// The outcome of a call: CUDA's status and what the call wrote, or the symbol that the library lacks.
type Outcome<T> = Result<(cudaError_t, T), MissingSymbol>;

/// The functions of the loaded major.
macro_rules! by_major {
    ($runtime:expr, $v12:pat => $on_12:expr, $v13:pat => $on_13:expr $(,)?) => {
        match &$runtime.versioned {
            Versioned::V12($v12) => $on_12,
            Versioned::V13($v13) => $on_13,
        }
    };
}

/// What the runtime knows of an address: see [`pointer_attributes`].
///
/// ```
/// use cuda_sys::cudart::{cudaError, cudaMemoryType, compat::{PointerAttributes, pointer_attributes}};
///
/// # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// let host = 0u8;
/// // SAFETY: any address may be asked about.
/// let (status, attributes) = unsafe { pointer_attributes(runtime, (&raw const host).cast()) }?;
/// let PointerAttributes { memory_type, device_pointer, .. } = attributes;
/// assert_eq!(status, cudaError::cudaSuccess);
/// assert_eq!(memory_type, cudaMemoryType::cudaMemoryTypeUnregistered);
/// assert!(device_pointer.is_null());
/// # Ok::<(), cuda_sys::MissingSymbol>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointerAttributes {
    /// Which kind of memory it is.
    pub memory_type: cudaMemoryType,
    /// The device it belongs to, or is registered with; -2 where there is none.
    pub device: c_int,
    /// The address for device code; null if there is none.
    pub device_pointer: *mut c_void,
    /// The address for host code; null if there is none.
    pub host_pointer: *mut c_void,
}

/// `cudaPointerGetAttributes`. The struct has 24 bytes in CUDA 12 and 88 in CUDA 13.
///
/// # Safety
///
/// The C function's contract; any address may be asked about.
#[doc(alias = "cudaPointerGetAttributes")]
#[inline]
pub unsafe fn pointer_attributes(runtime: &Runtime, address: *const c_void) -> Outcome<PointerAttributes> {
    let mut slot = Slot { known: v12::cudaPointerAttributes::default(), rest: MaybeUninit::uninit() };
    let status = by_major!(runtime,
        // SAFETY: the slot begins with CUDA 12's struct.
        v12 => unsafe { v12.cudaPointerGetAttributes((&raw mut slot).cast(), address) },
        // SAFETY: the slot has the size of CUDA 13's struct, which begins with the same four fields.
        v13 => unsafe { v13.cudaPointerGetAttributes((&raw mut slot).cast(), address) },
    )?;
    let (device_pointer, host_pointer) = (fresh(&slot.known.devicePointer), fresh(&slot.known.hostPointer));
    let (memory_type, device) = (fresh(&slot.known.type_), fresh(&slot.known.device));
    Ok((status, PointerAttributes { memory_type, device, device_pointer, host_pointer }))
}

/// Room for either struct. What only CUDA 13 writes is never read, so it is not cleared before.
#[repr(C)]
struct Slot {
    known: v12::cudaPointerAttributes,
    rest: MaybeUninit<[u64; 8]>,
}

/// A field that the library has just written, by a load of its own: one load of two such fields waits for both (4 ns).
fn fresh<T: Copy>(field: &T) -> T {
    // SAFETY: it is a reference.
    unsafe { ptr::from_ref(field).read_volatile() }
}

const _: () = {
    use v13::cudaPointerAttributes as Larger;
    assert!(size_of::<Slot>() == size_of::<Larger>() && align_of::<Slot>() == align_of::<Larger>());
    macro_rules! same_offset {
        ($($field:ident)*) => { $(assert!(offset_of!(v12::cudaPointerAttributes, $field) == offset_of!(Larger, $field));)* };
    }
    same_offset!(type_ device devicePointer hostPointer);
};

/// `cudaGetDeviceProperties` of CUDA 13, `cudaGetDeviceProperties_v2` of CUDA 12. Only what no attribute tells is read: name,
/// UUID and memory in bytes, which both majors have at the same place.
///
/// # Safety
///
/// The C function's contract.
unsafe fn device_struct(runtime: &Runtime, device: c_int) -> Outcome<([c_char; 256], [u8; 16], usize)> {
    let mut slot = v12::cudaDeviceProp::default();
    let status = by_major!(runtime,
        // SAFETY: the slot is this major's struct.
        v12 => unsafe { v12.cudaGetDeviceProperties_v2(&raw mut slot, device) },
        // SAFETY: the slot is as large and as aligned as this major's struct, as is checked below.
        v13 => unsafe { v13.cudaGetDeviceProperties((&raw mut slot).cast(), device) },
    )?;
    Ok((status, (slot.name, slot.uuid.bytes.map(|byte| byte as u8), slot.totalGlobalMem)))
}

const _: () = {
    use v13::cudaDeviceProp as Other;
    assert!(size_of::<v12::cudaDeviceProp>() >= size_of::<Other>());
    assert!(align_of::<v12::cudaDeviceProp>() == align_of::<Other>());
    macro_rules! same_offset {
        ($($field:ident)*) => { $(assert!(offset_of!(v12::cudaDeviceProp, $field) == offset_of!(Other, $field));)* };
    }
    same_offset!(name uuid totalGlobalMem);
};

/// `cudaEventElapsedTime`, in milliseconds. CUDA 12's `_v2` of it is gone again in CUDA 13; the plain one is in both.
///
/// # Safety
///
/// The C function's contract.
pub unsafe fn event_elapsed(runtime: &Runtime, start: cudaEvent_t, end: cudaEvent_t) -> Outcome<f32> {
    let mut milliseconds = 0.0;
    // SAFETY: the caller keeps the C contract; the result is writable.
    let status = unsafe { runtime.cudaEventElapsedTime(&raw mut milliseconds, start, end) }?;
    Ok((status, milliseconds))
}

/// A place where memory can live, in the form of `cudaMemLocation`.
///
/// ```
/// use cuda_sys::cudart::{cudaMemLocationType, compat::Location};
///
/// assert_eq!(Location::device(1).kind, cudaMemLocationType::cudaMemLocationTypeDevice);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// A kind of place.
    pub kind: cudaMemLocationType,
    /// Which of its kind: a device's ordinal, a NUMA node; 0 for the host as such.
    pub id: c_int,
}

impl Location {
    /// The memory of a device.
    pub const fn device(ordinal: c_int) -> Self {
        Self { kind: cudaMemLocationType::cudaMemLocationTypeDevice, id: ordinal }
    }

    /// The host's memory, on whichever node.
    pub const fn host() -> Self {
        Self { kind: cudaMemLocationType::cudaMemLocationTypeHost, id: 0 }
    }

    fn v12(self) -> v12::cudaMemLocation {
        v12::cudaMemLocation { type_: self.kind, id: self.id }
    }

    fn v13(self) -> v13::cudaMemLocation {
        let mut location = v13::cudaMemLocation { type_: self.kind, ..Default::default() };
        location.__bindgen_anon_1.id = self.id;
        location
    }

    /// The ordinal that the functions took before CUDA 12.2: a device's, or -1 for the host.
    fn ordinal(self) -> Option<c_int> {
        match self.kind {
            cudaMemLocationType::cudaMemLocationTypeDevice => Some(self.id),
            cudaMemLocationType::cudaMemLocationTypeHost => Some(-1),
            _ => None,
        }
    }
}

/// `cudaMemPrefetchAsync` of CUDA 13, which CUDA 12.2 and later call `cudaMemPrefetchAsync_v2`.
///
/// A CUDA 12 without that name knows only devices and the host as places; others are `cudaErrorInvalidValue` there.
///
/// # Safety
///
/// The C function's contract.
#[doc(alias = "cudaMemPrefetchAsync")]
pub unsafe fn mem_prefetch_async(
    runtime: &Runtime,
    address: *const c_void,
    size_bytes: usize,
    location: Location,
    stream: cudaStream_t,
) -> Result<cudaError_t, MissingSymbol> {
    by_major!(runtime,
        v12 => match (v12.table.cudaMemPrefetchAsync_v2, location.ordinal()) {
            // SAFETY: the caller keeps the C contract.
            (Some(prefetch), _) => Ok(unsafe { prefetch(address, size_bytes, location.v12(), 0, stream) }),
            // SAFETY: the caller keeps the C contract.
            (None, Some(ordinal)) => unsafe { v12.cudaMemPrefetchAsync(address, size_bytes, ordinal, stream) },
            (None, None) => Ok(cudaError::cudaErrorInvalidValue),
        },
        // SAFETY: the caller keeps the C contract.
        v13 => unsafe { v13.cudaMemPrefetchAsync(address, size_bytes, location.v13(), 0, stream) },
    )
}

/// `cudaMemAdvise` of CUDA 13, which CUDA 12.2 and later call `cudaMemAdvise_v2`; places as for [`mem_prefetch_async`].
///
/// # Safety
///
/// The C function's contract.
#[doc(alias = "cudaMemAdvise")]
pub unsafe fn mem_advise(
    runtime: &Runtime,
    address: *const c_void,
    size_bytes: usize,
    advice: cudaMemoryAdvise,
    location: Location,
) -> Result<cudaError_t, MissingSymbol> {
    by_major!(runtime,
        v12 => match (v12.table.cudaMemAdvise_v2, location.ordinal()) {
            // SAFETY: the caller keeps the C contract.
            (Some(advise), _) => Ok(unsafe { advise(address, size_bytes, advice, location.v12()) }),
            // SAFETY: the caller keeps the C contract.
            (None, Some(ordinal)) => unsafe { v12.cudaMemAdvise(address, size_bytes, advice, ordinal) },
            (None, None) => Ok(cudaError::cudaErrorInvalidValue),
        },
        // SAFETY: the caller keeps the C contract.
        v13 => unsafe { v13.cudaMemAdvise(address, size_bytes, advice, location.v13()) },
    )
}

/// The copies of one batch: piece `i` moves `sizes[i]` bytes from `sources[i]` to `destinations[i]`.
///
/// ```
/// use cuda_sys::cudart::{cudaMemcpySrcAccessOrder as Order, compat::Batch};
///
/// let source_access = Order::cudaMemcpySrcAccessOrderStream;
/// let empty = Batch { destinations: &[], sources: &[], sizes: &[], source_access };
/// assert_eq!(empty.sizes.len(), 0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Where each piece goes.
    pub destinations: &'a [*mut c_void],
    /// Where each piece comes from.
    pub sources: &'a [*const c_void],
    /// Bytes of each piece, none of them 0.
    pub sizes: &'a [usize],
    /// When the sources are read, for all pieces.
    pub source_access: cudaMemcpySrcAccessOrder,
}

/// `cudaMemcpyBatchAsync` (CUDA 12.8 and later): many copies in one call, in no order among themselves.
///
/// CUDA 12 also tells which piece it refused; CUDA 13 does not, so that index is `None` there. No piece at all, slices of
/// unequal lengths and the legacy default stream (handles 0 and 1) are `cudaErrorInvalidValue`, without a call.
///
/// # Safety
///
/// The C function's contract, for every piece.
#[doc(alias = "cudaMemcpyBatchAsync")]
pub unsafe fn memcpy_batch_async(
    runtime: &Runtime,
    batch: Batch<'_>,
    stream: cudaStream_t,
) -> Outcome<Option<usize>> {
    let count = batch.sizes.len();
    let legacy = stream.addr() <= 1;
    if count == 0 || batch.destinations.len() != count || batch.sources.len() != count || legacy {
        return Ok((cudaError::cudaErrorInvalidValue, None));
    }
    // One set of attributes, which holds from piece 0 on.
    let mut from = 0;
    by_major!(runtime,
        v12 => {
            let mut attributes = v12::cudaMemcpyAttributes { srcAccessOrder: batch.source_access, ..Default::default() };
            let mut refused = usize::MAX;
            // CUDA 12 declares its inputs as mutable, and does not write to them.
            let (destinations, sizes) = (batch.destinations.as_ptr().cast_mut(), batch.sizes.as_ptr().cast_mut());
            let sources = batch.sources.as_ptr().cast_mut().cast();
            // SAFETY: the arrays have `count` entries; the caller keeps the contract for each.
            let status = unsafe {
                v12.cudaMemcpyBatchAsync(
                    destinations, sources, sizes, count, &raw mut attributes, &raw mut from, 1, &raw mut refused, stream,
                )
            }?;
            Ok((status, (refused < count).then_some(refused)))
        },
        v13 => {
            let mut attributes = v13::cudaMemcpyAttributes { srcAccessOrder: batch.source_access, ..Default::default() };
            let (destinations, sources) = (batch.destinations.as_ptr(), batch.sources.as_ptr());
            // SAFETY: the arrays have `count` entries; the caller keeps the contract for each.
            let status = unsafe {
                v13.cudaMemcpyBatchAsync(
                    destinations, sources, batch.sizes.as_ptr(), count, &raw mut attributes, &raw mut from, 1, stream,
                )
            }?;
            Ok((status, None))
        },
    )
}

/// `cudaMemPoolCreate`: a pool of pinned memory on one device, not exportable to other processes.
///
/// # Safety
///
/// The C function's contract.
#[doc(alias = "cudaMemPoolCreate")]
pub unsafe fn mem_pool_create(runtime: &Runtime, device: c_int) -> Outcome<cudaMemPool_t> {
    let mut pool = ptr::null_mut();
    macro_rules! create {
        ($module:ident, $functions:expr) => {{
            let kind = cudaMemAllocationType::cudaMemAllocationTypePinned;
            let properties = $module::cudaMemPoolProps {
                allocType: kind,
                location: Location::device(device).$module(),
                ..Default::default()
            };
            // SAFETY: both arguments are this major's structs.
            unsafe { $functions.cudaMemPoolCreate(&raw mut pool, &raw const properties) }
        }};
    }
    let status =
        by_major!(runtime, functions => create!(v12, functions), functions => create!(v13, functions))?;
    Ok((status, pool))
}

/// `cudaMemPoolSetAccess`: lets a device use a pool's memory, or not.
///
/// # Safety
///
/// The C function's contract.
#[doc(alias = "cudaMemPoolSetAccess")]
pub unsafe fn mem_pool_set_access(
    runtime: &Runtime,
    pool: cudaMemPool_t,
    device: c_int,
    flags: cudaMemAccessFlags,
) -> Result<cudaError_t, MissingSymbol> {
    macro_rules! set {
        ($module:ident, $functions:expr) => {{
            let access = $module::cudaMemAccessDesc { location: Location::device(device).$module(), flags };
            // SAFETY: one descriptor of this major; the caller keeps the contract for the pool.
            unsafe { $functions.cudaMemPoolSetAccess(pool, &raw const access, 1) }
        }};
    }
    by_major!(runtime, functions => set!(v12, functions), functions => set!(v13, functions))
}

/// `cudaMemPoolGetAccess`: what a device may do with a pool's memory.
///
/// # Safety
///
/// The C function's contract.
#[doc(alias = "cudaMemPoolGetAccess")]
pub unsafe fn mem_pool_get_access(
    runtime: &Runtime,
    pool: cudaMemPool_t,
    device: c_int,
) -> Outcome<cudaMemAccessFlags> {
    let mut flags = cudaMemAccessFlags(0 as c_uint);
    macro_rules! get {
        ($module:ident, $functions:expr) => {{
            let mut location = Location::device(device).$module();
            // SAFETY: both results are writable; the caller keeps the contract for the pool.
            unsafe { $functions.cudaMemPoolGetAccess(&raw mut flags, pool, &raw mut location) }
        }};
    }
    let status = by_major!(runtime, functions => get!(v12, functions), functions => get!(v13, functions))?;
    Ok((status, flags))
}
