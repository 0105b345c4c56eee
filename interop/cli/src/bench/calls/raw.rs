//! The C side: functions of the loaded library, by their pointers.

use std::ffi::c_void;

use cuda_safe::Device;
use cuda_safe::cuda_sys::cudart::{VersionedTable, cudaError_t, cudaMemPool_t, cudaStream_t, v12, v13};

use crate::exit::Failure;

/// A call, ready to be made as often as one likes.
pub(super) type Raw = Box<dyn FnMut() -> cudaError_t>;

/// A function that this libcudart may lack.
pub(super) fn present<F>(function: Option<F>, name: &str) -> Result<F, Failure> {
    function.ok_or_else(|| Failure::failed(format_args!("this libcudart has no {name}")))
}

/// Asks the C function about a pointer, as often as the result is called.
pub(super) fn pointer_attributes(device: Device, pointer: *const c_void) -> Result<Raw, Failure> {
    let name = "cudaPointerGetAttributes";
    macro_rules! of {
        ($table:ident, $major:ident) => {{
            let function = present($table.cudaPointerGetAttributes, name)?;
            Box::new(move || {
                let mut slot = $major::cudaPointerAttributes::default();
                // SAFETY: the slot is this major's.
                let status = unsafe { function(&raw mut slot, std::hint::black_box(pointer)) };
                std::hint::black_box(&slot);
                status
            })
        }};
    }
    Ok(match device.runtime().versioned_table() {
        VersionedTable::V12(table) => of!(table, v12),
        VersionedTable::V13(table) => of!(table, v13),
    })
}

/// Where raw allocations come from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Device,
    Pool(cudaMemPool_t, cudaStream_t),
    Pinned,
}

/// Allocates and frees so many bytes, as often as the result is called.
pub(super) fn allocation(device: Device, source: Source, bytes: usize) -> Result<Raw, Failure> {
    let table = device.runtime().table();
    let null = std::ptr::null_mut::<c_void>;
    Ok(match source {
        Source::Device => {
            let allocate = present(table.cudaMalloc, "cudaMalloc")?;
            let free = present(table.cudaFree, "cudaFree")?;
            Box::new(move || {
                let mut pointer = null();
                // SAFETY: the pointer is to a live address.
                let status = unsafe { allocate(&raw mut pointer, bytes) };
                // SAFETY: it was just allocated, or is null.
                if status == cudaError_t::cudaSuccess { unsafe { free(pointer) } } else { status }
            })
        }
        Source::Pool(pool, stream) => {
            let allocate = present(table.cudaMallocFromPoolAsync, "cudaMallocFromPoolAsync")?;
            let free = present(table.cudaFreeAsync, "cudaFreeAsync")?;
            Box::new(move || {
                let mut pointer = null();
                // SAFETY: the pointer is to a live address; pool and stream outlive this, as who gave them says.
                let status = unsafe { allocate(&raw mut pointer, bytes, pool, stream) };
                // SAFETY: it was just allocated on this stream.
                if status == cudaError_t::cudaSuccess { unsafe { free(pointer, stream) } } else { status }
            })
        }
        Source::Pinned => {
            let allocate = present(table.cudaHostAlloc, "cudaHostAlloc")?;
            let free = present(table.cudaFreeHost, "cudaFreeHost")?;
            Box::new(move || {
                let mut pointer = null();
                // SAFETY: the pointer is to a live address.
                let status = unsafe { allocate(&raw mut pointer, bytes, 0) };
                // SAFETY: it was just allocated, or is null.
                if status == cudaError_t::cudaSuccess { unsafe { free(pointer) } } else { status }
            })
        }
    })
}
