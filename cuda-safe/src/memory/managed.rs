//! Managed memory: one address that the host and every device can use, and pages that move to whoever does.
//!
//! [`ManagedMemory`] owns an allocation of `cudaMallocManaged`. It is copied and lent as device memory is. The host may
//! follow the address only while no device uses the memory: on many systems touching it earlier is a fault, on the others
//! a race. Nothing in the types can say when a device is idle, so [`as_slice`](ManagedMemory::as_slice) is `unsafe`.

use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use cuda_sys::cudart::compat::Location;
use cuda_sys::cudart::{cudaMemAttachGlobal, cudaMemoryAdvise};

use crate::call::call;
use crate::device::Device;
use crate::error::{ErrorKind, Result};
use crate::memory::block::size_bytes;
use crate::memory::element::Element;
use crate::memory::view::{DeviceSlice, DeviceSliceMut};
use crate::release;
use crate::stream::StreamRef;

/// Owned managed memory, for `len` elements.
///
/// ```
/// use cuda_safe::{Device, ManagedMemory};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut memory = ManagedMemory::<i32>::new(device, 3)?;
/// memory.view_mut().copy_from_host(&[1, 2, 3])?;
/// device.synchronize()?;
/// // SAFETY: the device has no work, and gets none while the slice lives.
/// assert_eq!(unsafe { memory.as_slice() }, [1, 2, 3]);
/// # Ok(())
/// # }
/// ```
pub struct ManagedMemory<T: Element> {
    device: Device,
    /// Null if there are no bytes.
    pointer: *mut T,
    len: usize,
    elements: PhantomData<T>,
}

// SAFETY: it owns memory that safe code never follows, and any thread may free it.
unsafe impl<T: Element> Send for ManagedMemory<T> {}
// SAFETY: as above; it is only written through `&mut`.
unsafe impl<T: Element> Sync for ManagedMemory<T> {}

impl<T: Element> ManagedMemory<T> {
    /// Room for `len` elements, usable by the host and every device. What is in it is undefined by CUDA, zero in practice.
    ///
    /// # Errors
    /// A size that overflows, and CUDA's own.
    #[doc(alias = "cudaMallocManaged")]
    pub fn new(device: Device, len: usize) -> Result<Self> {
        let bytes = size_bytes::<T>(len)?;
        let mut pointer: *mut c_void = std::ptr::null_mut();
        if bytes > 0 {
            let _current = device.activate()?;
            // SAFETY: the pointer is to a live address.
            unsafe {
                call!(
                    device.runtime(),
                    device.subject().bytes(bytes),
                    cudaMallocManaged(&raw mut pointer, bytes, cudaMemAttachGlobal)
                )
            }?;
        }
        let memory = Self { device, pointer: pointer.cast(), len, elements: PhantomData };
        // Slices are made of it, so their rules are not left to the library.
        if bytes > 0 && (memory.pointer.is_null() || !memory.pointer.is_aligned()) {
            let (call, address) = ("cudaMallocManaged", pointer.addr());
            return Err(ErrorKind::UnusableAddress { call, address, alignment: align_of::<T>() }.into());
        }
        Ok(memory)
    }

    /// Elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes.
    pub fn size_bytes(&self) -> usize {
        // Checked when the memory was made.
        self.len * size_of::<T>()
    }

    /// The device it was made with.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The address; null if there are no bytes.
    pub fn as_ptr(&self) -> *const T {
        self.pointer
    }

    /// All of it, for a device to read.
    pub fn view(&self) -> DeviceSlice<'_, T> {
        DeviceSlice::new(self.device, self.pointer, self.len, None)
    }

    /// All of it, for a device to write.
    pub fn view_mut(&mut self) -> DeviceSliceMut<'_, T> {
        DeviceSliceMut::new(self.device, self.pointer, self.len, None)
    }

    /// The elements, for the host to read.
    ///
    /// # Safety
    /// No device uses the memory while the slice lives: all work that does is synchronised. On a device that cannot be used
    /// together with the host (`cudaDevAttrConcurrentManagedAccess` is 0) no device has any work.
    pub unsafe fn as_slice(&self) -> &[T] {
        // SAFETY: `len` elements are allocated, any bytes are values, and the caller keeps devices away.
        unsafe { std::slice::from_raw_parts(self.host_pointer(), self.len) }
    }

    /// The elements, for the host to write.
    ///
    /// # Safety
    /// As [`as_slice`](Self::as_slice).
    pub unsafe fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as above, and `&mut self` is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.host_pointer(), self.len) }
    }

    /// Enqueues the move of the pages to the stream's device. A hint: it changes where the memory is, not what is in it.
    ///
    /// # Errors
    /// A stream of another runtime, and CUDA's own.
    #[doc(alias = "cudaMemPrefetchAsync")]
    pub fn prefetch_to_device(&self, stream: StreamRef<'_>) -> Result<()> {
        self.prefetch(stream, Location::device(stream.device().raw_ordinal()))
    }

    /// Enqueues the move of the pages to the host. A hint, as above.
    ///
    /// # Errors
    /// A stream of another runtime, and CUDA's own.
    #[doc(alias = "cudaMemPrefetchAsync")]
    pub fn prefetch_to_host(&self, stream: StreamRef<'_>) -> Result<()> {
        self.prefetch(stream, Location::host())
    }

    /// Tells CUDA how the memory is going to be used.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemAdvise")]
    pub fn advise(&self, advice: cudaMemoryAdvise, location: Location) -> Result<()> {
        if self.pointer.is_null() {
            return Ok(());
        }
        let (runtime, subject, bytes) = (self.device.runtime(), self.subject(), self.size_bytes());
        // SAFETY: the memory is owned; advice changes where it is, not what is in it.
        unsafe {
            call!(runtime, subject, cudaMemAdvise via mem_advise(self.pointer.cast(), bytes, advice, location))
        }
    }

    /// Frees the memory and reports what Drop could not.
    ///
    /// # Errors
    /// CUDA's own, also for earlier work.
    #[doc(alias = "cudaFree")]
    pub fn close(self) -> Result<()> {
        ManuallyDrop::new(self).free()
    }

    fn prefetch(&self, stream: StreamRef<'_>, location: Location) -> Result<()> {
        self.device.same_runtime(&stream.device(), "prefetch")?;
        if self.pointer.is_null() {
            return Ok(());
        }
        let _current = stream.activate()?;
        // SAFETY: the memory is owned, the stream borrowed for the call; freeing the memory waits for the move.
        unsafe {
            call!(
                self.device.runtime(),
                self.subject(),
                cudaMemPrefetchAsync via mem_prefetch_async(
                    self.pointer.cast(),
                    self.size_bytes(),
                    location,
                    stream.as_raw()
                )
            )
        }
    }

    fn free(&self) -> Result<()> {
        if self.pointer.is_null() {
            return Ok(());
        }
        // SAFETY: this owner allocated it with `cudaMallocManaged` and is going.
        unsafe { call!(self.device.runtime(), self.subject(), cudaFree(self.pointer.cast())) }
    }

    fn host_pointer(&self) -> *mut T {
        if self.pointer.is_null() { NonNull::dangling().as_ptr() } else { self.pointer }
    }

    fn subject(&self) -> crate::cuda_error::Subject {
        self.device.subject().bytes(self.size_bytes()).address(self.pointer)
    }
}

impl<T: Element> Drop for ManagedMemory<T> {
    fn drop(&mut self) {
        if release::may_release(self.device.runtime()) {
            // Drop has nobody to tell; `close` does.
            let _ = self.free();
        }
    }
}

impl<T: Element> fmt::Debug for ManagedMemory<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManagedMemory({} x {} on {})", self.len, std::any::type_name::<T>(), self.device)
    }
}
