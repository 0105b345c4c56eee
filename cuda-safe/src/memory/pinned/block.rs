//! A block: whole pages, page-locked for every device, and the way in which they were made, which is the way back.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::time::Instant;

use cuda_sys::cudart::{
    cudaDeviceAttr, cudaHostAllocPortable, cudaHostRegisterMapped, cudaHostRegisterPortable,
};

use crate::call::call;
use crate::device::Device;
use crate::error::{Error, ErrorKind, Result};
use crate::memory::block::ALIGNMENT;
use crate::memory::known;
use crate::memory::pinned::choice::{Choices, Way};
#[cfg(target_os = "linux")]
use crate::memory::pinned::pages::Pages;
use crate::memory::pinned::settings::Settings;

/// Which calls made page-locked memory.
///
/// ```
/// use cuda_safe::memory::PinnedOrigin;
/// use cuda_safe::{PinnedFlags, PinnedMemory};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let frames = PinnedMemory::<u8>::with_flags(device, 4096, PinnedFlags::WRITE_COMBINED)?;
/// assert_eq!(frames.origin(), Some(PinnedOrigin::Allocated));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinnedOrigin {
    /// `cudaHostAlloc`.
    Allocated,
    /// Pages of the process, touched on several threads, then `cudaHostRegister`.
    Registered,
    /// `cudaHostAlloc`, for the call that is named failed where pages were to be registered.
    AllocatedAfter(&'static str),
}

/// Page-locked memory without an owner. Every byte of it has been written.
pub(super) struct Block {
    device: Device,
    base: NonNull<u8>,
    bytes: usize,
    origin: PinnedOrigin,
    /// There if registered; leaked, not dropped, unless it was unregistered.
    #[cfg(target_os = "linux")]
    pages: Option<std::mem::ManuallyDrop<Pages>>,
}

// SAFETY: it owns plain memory, which any thread may use and free.
unsafe impl Send for Block {}
// SAFETY: as above; nothing is written through `&self`.
unsafe impl Sync for Block {}

static CHOICES: Choices = Choices::new();

impl Block {
    /// Page-locked pages of zeros, made in the way that is best for so many bytes.
    pub(super) fn new(device: Device, bytes: usize, settings: &Settings) -> Result<Self> {
        let way = match settings.register_from {
            Some(from) if bytes >= from => Way::Register,
            Some(_) => Way::Allocate,
            None => CHOICES.pick(bytes),
        };
        let begun = Instant::now();
        if way == Way::Allocate {
            let block = Self::allocate(device, bytes, cudaHostAllocPortable, PinnedOrigin::Allocated)?;
            CHOICES.note(bytes, way, begun.elapsed());
            return Ok(block);
        }
        match Self::register(device, bytes, settings.most_threads()) {
            Ok(block) => {
                CHOICES.note(bytes, way, begun.elapsed());
                Ok(block)
            }
            Err(Refusal::Final(error)) => Err(error),
            Err(Refusal::ByWay(call)) => {
                Self::allocate(device, bytes, cudaHostAllocPortable, PinnedOrigin::AllocatedAfter(call))
            }
        }
    }

    /// Zeros from `cudaHostAlloc`.
    pub(super) fn allocate(device: Device, bytes: usize, flags: u32, origin: PinnedOrigin) -> Result<Self> {
        let mut pointer: *mut c_void = std::ptr::null_mut();
        let _current = device.activate()?;
        // SAFETY: the pointer is to a live address.
        unsafe {
            call!(
                device.runtime(),
                device.subject().bytes(bytes),
                cudaHostAlloc(&raw mut pointer, bytes, flags)
            )
        }?;
        // Slices of any element are made of it, so their rules are not left to the library.
        let Some(base) =
            NonNull::new(pointer.cast::<u8>()).filter(|base| base.addr().get().is_multiple_of(ALIGNMENT))
        else {
            // SAFETY: CUDA says that it allocated it.
            let _ = unsafe { call!(device.runtime(), device.subject().bytes(bytes), cudaFreeHost(pointer)) };
            let (address, alignment) = (pointer.addr(), ALIGNMENT);
            return Err(ErrorKind::UnusableAddress { call: "cudaHostAlloc", address, alignment }.into());
        };
        // SAFETY: CUDA allocated so many bytes. Owners see all of them, so all of them are written once.
        unsafe { base.as_ptr().write_bytes(0, bytes) };
        known::enter(device.runtime(), base.addr().get(), bytes);
        Ok(Self {
            device,
            base,
            bytes,
            origin,
            #[cfg(target_os = "linux")]
            pages: None,
        })
    }

    #[cfg(target_os = "linux")]
    fn register(device: Device, bytes: usize, threads: usize) -> Result<Self, Refusal> {
        // Device code and exports use the address of the host.
        let same_address = device.attribute(cudaDeviceAttr::cudaDevAttrCanUseHostPointerForRegisteredMem);
        if same_address.map_err(Refusal::Final)? == 0 {
            return Err(Refusal::ByWay("cudaDevAttrCanUseHostPointerForRegisteredMem"));
        }
        let pages = Pages::new(bytes, threads).map_err(|_no_memory| Refusal::ByWay("mmap"))?;
        let (base, flags) = (pages.base(), cudaHostRegisterPortable | cudaHostRegisterMapped);
        let subject = device.subject().bytes(bytes).address(base.as_ptr());
        let _current = device.activate().map_err(Refusal::Final)?;
        // SAFETY: the pages are mapped, and stay so until they are unregistered.
        let done =
            unsafe { call!(device.runtime(), subject, cudaHostRegister(base.as_ptr().cast(), bytes, flags)) };
        match done {
            Ok(()) => {
                known::enter(device.runtime(), base.addr().get(), bytes);
                let pages = Some(std::mem::ManuallyDrop::new(pages));
                Ok(Self { device, base, bytes, origin: PinnedOrigin::Registered, pages })
            }
            Err(error) if matches!(error.kind(), ErrorKind::Cuda(_)) && !error.is_poisoned() => {
                Err(Refusal::ByWay("cudaHostRegister"))
            }
            Err(error) => Err(Refusal::Final(error)),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn register(_device: Device, _bytes: usize, _threads: usize) -> Result<Self, Refusal> {
        Err(Refusal::ByWay("mmap"))
    }

    /// The device it was made with.
    pub(super) fn device(&self) -> Device {
        self.device
    }

    pub(super) fn base(&self) -> NonNull<u8> {
        self.base
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn origin(&self) -> PinnedOrigin {
        self.origin
    }

    /// Whether freeing it waits for the devices by itself: `cudaFreeHost` does, `cudaHostUnregister` does not say so.
    pub(super) fn free_waits(&self) -> bool {
        self.origin != PinnedOrigin::Registered
    }

    /// Gives the memory back to the system, which nothing may use any more. If CUDA fails it is leaked.
    pub(super) fn free(self) -> Result<()> {
        let runtime = self.device.runtime();
        let (pointer, subject) =
            (self.base.as_ptr(), self.device.subject().bytes(self.bytes).address(self.base.as_ptr()));
        known::leave(pointer.addr());
        #[cfg(target_os = "linux")]
        if let Some(pages) = self.pages {
            // SAFETY: this block registered it and is going.
            unsafe { call!(runtime, subject, cudaHostUnregister(pointer.cast())) }?;
            drop(std::mem::ManuallyDrop::into_inner(pages));
            return Ok(());
        }
        // SAFETY: this block allocated it with `cudaHostAlloc` and is going.
        unsafe { call!(runtime, subject, cudaFreeHost(pointer.cast())) }
    }
}

/// Why pages were not registered.
enum Refusal {
    /// The other way would fail as well.
    Final(Error),
    /// This call failed; the other way may do.
    ByWay(&'static str),
}
