//! Peer access: one device reading and writing the memory of another directly.
//!
//! It is a property of two devices in this process, in one direction, and lasts until it is disabled. Copies between
//! devices work without it, through the host. Memory of a pool has its own switch,
//! [`MemoryPool::allow_access`](crate::MemoryPool::allow_access).

use crate::call::call;
use crate::device::Device;
use crate::error::Result;

impl Device {
    /// Whether this device can be given access to the memory of `other`; a device always has access to its own.
    ///
    /// ```
    /// # fn main() -> cuda_safe::Result<()> {
    /// let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
    /// let devices = cuda_safe::Device::all_of(runtime)?;
    /// if let [first, second, ..] = devices[..]
    ///     && first.can_access_peer(second)?
    /// {
    ///     first.enable_peer_access(second)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A device of another runtime, and CUDA's own.
    #[doc(alias = "cudaDeviceCanAccessPeer")]
    pub fn can_access_peer(&self, other: Device) -> Result<bool> {
        self.same_runtime(&other, "ask for peer access")?;
        if *self == other {
            return Ok(true);
        }
        let mut answer = 0;
        // SAFETY: the pointer is to a live integer.
        unsafe {
            call!(
                self.runtime(),
                self.subject(),
                cudaDeviceCanAccessPeer(&raw mut answer, self.raw_ordinal(), other.raw_ordinal())
            )
        }?;
        Ok(answer != 0)
    }

    /// Gives this device access to the memory of `other`. Nothing happens if it has it already.
    ///
    /// # Errors
    /// A device of another runtime, and CUDA's own where [`can_access_peer`](Self::can_access_peer) is false.
    #[doc(alias = "cudaDeviceEnablePeerAccess")]
    pub fn enable_peer_access(&self, other: Device) -> Result<()> {
        self.same_runtime(&other, "enable peer access")?;
        if *self == other {
            return Ok(());
        }
        let _current = self.activate()?;
        // SAFETY: both ordinals were counted by this runtime; the flags must be 0.
        unsafe {
            call!(
                self.runtime(),
                self.subject(),
                cudaDeviceEnablePeerAccess(other.raw_ordinal(), 0) or cudaErrorPeerAccessAlreadyEnabled
            )
        }
        .map(|_newly_enabled| ())
    }

    /// Takes the access away again. Nothing happens if there is none.
    ///
    /// # Safety
    /// No work that is running or enqueued relies on it: device code that reads the other device's memory would fault,
    /// which is a sticky error.
    ///
    /// # Errors
    /// A device of another runtime, and CUDA's own.
    #[doc(alias = "cudaDeviceDisablePeerAccess")]
    pub unsafe fn disable_peer_access(&self, other: Device) -> Result<()> {
        self.same_runtime(&other, "disable peer access")?;
        if *self == other {
            return Ok(());
        }
        let _current = self.activate()?;
        // SAFETY: both ordinals were counted by this runtime; the caller vouches that nothing relies on the access.
        unsafe {
            call!(
                self.runtime(),
                self.subject(),
                cudaDeviceDisablePeerAccess(other.raw_ordinal()) or cudaErrorPeerAccessNotEnabled
            )
        }
        .map(|_was_enabled| ())
    }
}
