//! cuda-sys: calls through the table, and the functions that CUDA 12 and 13 declare differently.

use cuda_safe::{ComputeCapability, Device, DeviceMemory, ManagedMemory, PinnedMemory};
use cuda_sys::{
    MissingSymbol, Runtime,
    cudart::{
        compat::{self, Batch, Location},
        cudaError, cudaMemcpySrcAccessOrder, cudaMemoryAdvise, cudaMemoryType, cudaStreamNonBlocking,
    },
};
use libtest_mimic::Failed;
use std::{ffi::c_void, ptr};
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    the_last_error_is_kept_until_it_is_read,
    an_out_of_range_device_is_refused_with_cudas_code,
    pointer_attributes_tell_device_pinned_managed_and_plain_memory_apart,
    the_pointer_attributes_of_either_major_fit_the_slot,
    device_properties_name_the_device,
    managed_memory_can_be_advised_and_prefetched,
    a_batch_copies_every_piece,
    a_batch_of_unequal_lengths_is_refused_without_a_call,
];

/// A call that must succeed.
fn ok(outcome: Result<cudaError, MissingSymbol>) -> Result<(), Failed> {
    match outcome? {
        cudaError::cudaSuccess => Ok(()),
        code => Err(format!("{code:?}").into()),
    }
}

fn the_last_error_is_kept_until_it_is_read(device: Device) -> Result<(), Failed> {
    let runtime = device.runtime();
    let refused = cudaError::cudaErrorInvalidDevice;
    // SAFETY: an ordinal that does not exist is refused.
    assert_eq!(unsafe { runtime.cudaSetDevice(9999) }?, refused);
    // SAFETY: it only reads this thread's state.
    assert_eq!(unsafe { runtime.cudaPeekAtLastError() }?, refused);
    // SAFETY: it only reads and resets this thread's state.
    assert_eq!(unsafe { runtime.cudaGetLastError() }?, refused);
    // SAFETY: as above.
    assert_eq!(unsafe { runtime.cudaGetLastError() }?, cudaError::cudaSuccess);
    Ok(())
}

fn an_out_of_range_device_is_refused_with_cudas_code(device: Device) -> Result<(), Failed> {
    let (status, _) = {
        // SAFETY: an ordinal that does not exist is refused.
        unsafe { compat::device_properties(device.runtime(), 9999) }?
    };
    assert_eq!(status, cudaError::cudaErrorInvalidDevice);
    // SAFETY: it only resets this thread's state.
    unsafe { device.runtime().cudaGetLastError() }?;
    Ok(())
}

fn kind_of(runtime: &Runtime, address: *const c_void) -> Result<cudaMemoryType, Failed> {
    // SAFETY: any address may be asked about.
    let (status, attributes) = unsafe { compat::pointer_attributes(runtime, address) }?;
    ok(Ok(status))?;
    Ok(attributes.memory_type)
}

fn pointer_attributes_tell_device_pinned_managed_and_plain_memory_apart(
    device: Device,
) -> Result<(), Failed> {
    let runtime = device.runtime();
    let memory = DeviceMemory::<u8>::new(device, 4096)?;
    let pinned = PinnedMemory::<u8>::zeroed(device, 4096)?;
    let managed = ManagedMemory::<u8>::new(device, 4096)?;
    let plain = vec![0u8; 4096];
    assert_eq!(kind_of(runtime, memory.as_ptr().cast())?, cudaMemoryType::cudaMemoryTypeDevice);
    let inside = memory.slice(100..)?.as_ptr();
    assert_eq!(kind_of(runtime, inside.cast())?, cudaMemoryType::cudaMemoryTypeDevice);
    assert_eq!(kind_of(runtime, pinned.as_ptr().cast())?, cudaMemoryType::cudaMemoryTypeHost);
    assert_eq!(kind_of(runtime, managed.as_ptr().cast())?, cudaMemoryType::cudaMemoryTypeManaged);
    assert_eq!(kind_of(runtime, plain.as_ptr().cast())?, cudaMemoryType::cudaMemoryTypeUnregistered);
    Ok(())
}

/// CUDA 13 writes 88 bytes where CUDA 12 wrote 24: guard words around a slot of the larger size stay as they were.
fn the_pointer_attributes_of_either_major_fit_the_slot(device: Device) -> Result<(), Failed> {
    use cuda_sys::cudart::{v12, v13};
    #[repr(C)]
    struct Guarded {
        slot: v13::cudaPointerAttributes,
        guard: [u64; 8],
    }
    let memory = DeviceMemory::<u8>::new(device, 1)?;
    let mut guarded = Guarded { slot: v13::cudaPointerAttributes::default(), guard: [0x5ca1_ab1e; 8] };
    let runtime = device.runtime();
    let address = memory.as_ptr().cast();
    if let Some(functions) = runtime.v12() {
        let slot: *mut v12::cudaPointerAttributes = (&raw mut guarded.slot).cast();
        // SAFETY: the slot is larger than CUDA 12's struct.
        ok(unsafe { functions.cudaPointerGetAttributes(slot, address) })?;
    }
    if let Some(functions) = runtime.v13() {
        // SAFETY: the slot is CUDA 13's struct.
        ok(unsafe { functions.cudaPointerGetAttributes(&raw mut guarded.slot, address) })?;
    }
    assert_eq!(guarded.slot.devicePointer.cast_const(), address);
    assert_eq!(guarded.guard, [0x5ca1_ab1e; 8]);
    Ok(())
}

fn device_properties_name_the_device(device: Device) -> Result<(), Failed> {
    // SAFETY: the device exists.
    let (status, properties) =
        unsafe { compat::device_properties(device.runtime(), device.ordinal() as i32) }?;
    ok(Ok(status))?;
    assert_ne!(properties.name[0], 0);
    assert_ne!(properties.uuid, [0; 16]);
    assert!(properties.total_memory > 1 << 20);
    let (major, minor) = properties.compute_capability;
    assert!(major >= 1);
    assert_eq!(device.compute_capability()?, ComputeCapability { major, minor });
    let pci: String = properties.pci_bus_id.iter().map(|&byte| char::from(byte as u8)).collect();
    assert_eq!(pci.trim_end_matches('\0'), device.pci_bus_id()?);
    Ok(())
}

fn managed_memory_can_be_advised_and_prefetched(device: Device) -> Result<(), Failed> {
    let runtime = device.runtime();
    let managed = ManagedMemory::<u8>::new(device, 1 << 20)?;
    let (address, bytes, here) =
        (managed.as_ptr().cast::<c_void>(), managed.size_bytes(), Location::device(device.ordinal() as i32));
    let advice = cudaMemoryAdvise::cudaMemAdviseSetPreferredLocation;
    // SAFETY: the range is a managed allocation.
    ok(unsafe { compat::mem_advise(runtime, address, bytes, advice, here) })?;
    let stream = cuda_safe::Stream::new(device)?;
    for location in [here, Location::host()] {
        // SAFETY: the range is a managed allocation, the stream is alive.
        ok(unsafe { compat::mem_prefetch_async(runtime, address, bytes, location, stream.as_raw()) })?;
    }
    stream.synchronize()?;
    Ok(())
}

fn a_batch_copies_every_piece(device: Device) -> Result<(), Failed> {
    let source: Vec<PinnedMemory<u8>> = (0..20u8)
        .map(|piece| PinnedMemory::from_slice(device, &vec![piece + 1; 100 + usize::from(piece)]))
        .collect::<Result<_, _>>()?;
    let mut memory = DeviceMemory::<u8>::zeroed(device, 20 * 256)?;
    let start = memory.as_mut_ptr();
    let destinations: Vec<*mut c_void> =
        (0..20).map(|piece| start.wrapping_add(piece * 256).cast()).collect();
    let sources: Vec<*const c_void> = source.iter().map(|piece| piece.as_ptr().cast()).collect();
    let sizes: Vec<usize> = source.iter().map(|piece| piece.len()).collect();
    // The batch needs a stream of its own: the default streams are refused.
    let options = cuda_safe::StreamOptions { non_blocking: true, ..Default::default() };
    assert_eq!(cudaStreamNonBlocking, 1);
    let stream = cuda_safe::Stream::with_options(device, options)?;
    let batch = Batch {
        destinations: &destinations,
        sources: &sources,
        sizes: &sizes,
        source_access: cudaMemcpySrcAccessOrder::cudaMemcpySrcAccessOrderStream,
    };
    device.synchronize()?;
    // SAFETY: every piece lies in live pinned and device memory until the stream is synchronised below.
    let (status, refused) = unsafe { compat::memcpy_batch_async(device.runtime(), batch, stream.as_raw()) }?;
    assert_eq!((status, refused), (cudaError::cudaSuccess, None));
    stream.synchronize()?;
    let back = memory.to_vec()?;
    for (piece, size) in sizes.iter().enumerate() {
        let row = &back[piece * 256..][..256];
        assert!(row[..*size].iter().all(|byte| usize::from(*byte) == piece + 1), "piece {piece}");
        assert!(row[*size..].iter().all(|byte| *byte == 0), "past piece {piece}");
    }
    Ok(())
}

fn a_batch_of_unequal_lengths_is_refused_without_a_call(device: Device) -> Result<(), Failed> {
    // SAFETY: it only resets this thread's state, which another check may have left an error in.
    unsafe { device.runtime().cudaGetLastError() }?;
    let stream = cuda_safe::Stream::new(device)?;
    let batch = Batch {
        destinations: &[ptr::null_mut()],
        sources: &[],
        sizes: &[1],
        source_access: cudaMemcpySrcAccessOrder::cudaMemcpySrcAccessOrderStream,
    };
    let none = Batch { destinations: &[], sizes: &[], ..batch };
    for (batch, stream) in
        [(batch, stream.as_raw()), (none, stream.as_raw()), (batch, ptr::without_provenance_mut(1))]
    {
        // SAFETY: nothing is called.
        let (status, _) = unsafe { compat::memcpy_batch_async(device.runtime(), batch, stream) }?;
        assert_eq!(status, cudaError::cudaErrorInvalidValue);
    }
    // SAFETY: it only reads this thread's state.
    assert_eq!(unsafe { device.runtime().cudaPeekAtLastError() }?, cudaError::cudaSuccess);
    Ok(())
}
