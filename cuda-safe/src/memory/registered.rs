//! Host memory that the program allocated, page-locked in place.
//!
//! [`Registered`] owns its `Vec`, so memory can never be freed while it is registered: dropping it unregisters first,
//! and where that fails or may not be done, the memory is leaked. [`Registered::scope`] registers borrowed memory for
//! the time of a call.
//!
//! Registering takes about a millisecond for 16 MiB: it pays for buffers that are copied again and again.

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

use cuda_sys::cudart::cudaHostRegisterPortable;

use crate::call::call;
use crate::device::Device;
use crate::error::Result;
use crate::memory::element::Element;
use crate::memory::known;
use crate::refused::Refused;
use crate::release;

/// A vector whose memory is page-locked.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory, Registered};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let frame = Registered::new(device, vec![7u8; 4096])?;
/// let memory = DeviceMemory::from_host(device, &frame)?;
/// assert_eq!(memory.to_vec()?, *frame);
/// let frame: Vec<u8> = frame.into_vec()?;
/// # assert_eq!(frame.len(), 4096);
/// # Ok(())
/// # }
/// ```
pub struct Registered<T: Element> {
    device: Device,
    /// Freed only after it was unregistered.
    elements: ManuallyDrop<Vec<T>>,
}

impl<T: Element> Registered<T> {
    /// Page-locks the elements of `elements`, for every device of the runtime.
    ///
    /// # Errors
    /// Memory that is registered already, and CUDA's own. The error gives the vector back.
    #[doc(alias = "cudaHostRegister")]
    pub fn new(device: Device, mut elements: Vec<T>) -> Result<Self, Refused<Vec<T>>> {
        match register(device, &mut elements) {
            Ok(()) => Ok(Self { device, elements: ManuallyDrop::new(elements) }),
            Err(error) => Err(Refused { error, buffers: elements }),
        }
    }

    /// Page-locks `elements` for the time that `body` takes.
    ///
    /// ```
    /// # use cuda_safe::{Device, DeviceMemory, Registered, Stream};
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let stream = Stream::new(device)?;
    /// let mut memory = DeviceMemory::<u8>::zeroed(device, 4096)?;
    /// let mut frame = [7u8; 4096];
    /// Registered::scope(device, &mut frame, |frame| {
    ///     stream.scope(|s| s.copy_to_device(frame, memory.view_mut()))
    /// })??;
    /// # assert_eq!(memory.to_vec()?, frame);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new), then without calling `body`. If the memory cannot be unregistered afterwards, that error,
    /// and CUDA takes the addresses for page-locked from then on.
    pub fn scope<R>(device: Device, elements: &mut [T], body: impl FnOnce(&mut [T]) -> R) -> Result<R> {
        /// Unregisters also when `body` panics.
        struct Guard<'a, T: Element>(Device, &'a mut [T]);
        impl<T: Element> Drop for Guard<'_, T> {
            fn drop(&mut self) {
                if release::may_release(self.0.runtime()) {
                    // The panic goes on; it cannot carry this error.
                    let _ = unregister(self.0, self.1);
                } else {
                    // The memory is the caller's again, whatever CUDA has it for.
                    known::leave(self.1.as_ptr().addr());
                }
            }
        }
        register(device, elements)?;
        let guard = Guard(device, elements);
        let value = body(&mut *guard.1);
        let mut guard = ManuallyDrop::new(guard);
        unregister(device, guard.1)?;
        Ok(value)
    }

    /// The device it was registered with; it is page-locked for every other device of the runtime too.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Bytes.
    pub fn size_bytes(&self) -> usize {
        size_of_val::<[T]>(self)
    }

    /// Unregisters the memory and gives the vector back.
    ///
    /// # Errors
    /// CUDA's own; the vector is leaked then, for CUDA still has it registered.
    #[doc(alias = "cudaHostUnregister")]
    pub fn into_vec(self) -> Result<Vec<T>> {
        let mut memory = ManuallyDrop::new(self);
        unregister(memory.device, &mut memory.elements)?;
        // SAFETY: `memory` is never used again and its Drop never runs.
        Ok(unsafe { ManuallyDrop::take(&mut memory.elements) })
    }
}

impl<T: Element> Drop for Registered<T> {
    fn drop(&mut self) {
        if release::may_release(self.device.runtime()) && unregister(self.device, &mut self.elements).is_ok()
        {
            // SAFETY: this is the end of `self`, and nothing else takes the vector.
            unsafe { ManuallyDrop::drop(&mut self.elements) };
        }
    }
}

fn register<T: Element>(device: Device, elements: &mut [T]) -> Result<()> {
    let bytes = size_of_val::<[T]>(elements);
    if bytes == 0 {
        return Ok(());
    }
    let subject = device.subject().bytes(bytes).address(elements.as_ptr());
    let _current = device.activate()?;
    // SAFETY: the slice is live and exclusive; whoever registers it unregisters it before its memory goes.
    unsafe {
        call!(
            device.runtime(),
            subject,
            cudaHostRegister(elements.as_mut_ptr().cast(), bytes, cudaHostRegisterPortable)
        )
    }?;
    known::enter(device.runtime(), elements.as_ptr().addr(), bytes);
    Ok(())
}

fn unregister<T: Element>(device: Device, elements: &mut [T]) -> Result<()> {
    let bytes = size_of_val::<[T]>(elements);
    if bytes == 0 {
        return Ok(());
    }
    let subject = device.subject().bytes(bytes).address(elements.as_ptr());
    known::leave(elements.as_ptr().addr());
    // SAFETY: the slice was registered by its owner, and no copy uses it any more: scopes and `Pending` hold it.
    unsafe { call!(device.runtime(), subject, cudaHostUnregister(elements.as_mut_ptr().cast())) }
}

impl<T: Element> Deref for Registered<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.elements
    }
}

impl<T: Element> DerefMut for Registered<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.elements
    }
}

impl<T: Element> fmt::Debug for Registered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registered({} x {})", self.len(), std::any::type_name::<T>())
    }
}
