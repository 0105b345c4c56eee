//! A device: one GPU as one CUDA runtime sees it.
//!
//! [`Device`] is a plain value (runtime and ordinal), owns nothing and costs nothing to copy. The runtime behind it is
//! never closed.
//!
//! CUDA keeps a *current device* per thread. Calls that depend on it (creating streams, events and memory, copies and fills,
//! memory information, device synchronisation, peer access, and anything on the legacy or per-thread stream) set it and put
//! it back; that costs one `cudaGetDevice`, and two `cudaSetDevice` when another device was current. Where the runtime
//! sees only one device there is nothing to set and nothing is paid. Putting back a device that this thread had never
//! used initialises it: that is what `cudaSetDevice` does since CUDA 12.

use std::ffi::{CStr, c_int};
use std::fmt;
use std::hash::{Hash, Hasher};

use cuda_sys::Runtime;
use cuda_sys::cudart::{compat::DeviceProperties, cudaDeviceAttr};

use crate::call::{call, gate, read};
use crate::cuda_error::Subject;
use crate::error::{Error, ErrorKind, Result};
use crate::properties::{ComputeCapability, MemoryInfo, Uuid};
use crate::release;

/// One GPU, seen through one CUDA runtime.
///
/// ```
/// use cuda_safe::Device;
///
/// # fn main() -> cuda_safe::Result<()> {
/// let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13); // `Device::first()` finds the real one
/// let device = Device::new(runtime, 0)?;
/// let memory = device.memory_info()?;
/// println!("{device}: {}, {} of {} bytes free", device.name()?, memory.free, memory.total);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Device {
    runtime: &'static Runtime,
    /// The ordinal, or [`ALONE`]. No third field for that: two words travel in registers.
    place: c_int,
}

/// Stands for ordinal 0 of a runtime that sees no other device, so that no other can be current.
const ALONE: c_int = -1;

impl Device {
    /// The first device of the runtime that [`Runtime::load`] finds.
    ///
    /// # Errors
    /// No library, no driver, or no device.
    pub fn first() -> Result<Self> {
        Self::new(Runtime::load()?, 0)
    }

    /// Every device of the runtime that [`Runtime::load`] finds.
    ///
    /// # Errors
    /// No library, no driver, or no device.
    pub fn all() -> Result<Vec<Self>> {
        Self::all_of(Runtime::load()?)
    }

    /// Every device that `runtime` sees.
    ///
    /// # Errors
    /// No driver, or no device.
    #[doc(alias = "cudaGetDeviceCount")]
    pub fn all_of(runtime: &'static Runtime) -> Result<Vec<Self>> {
        let count = count(runtime)?;
        Ok((0..count).map(|ordinal| Self::at(runtime, ordinal, count)).collect())
    }

    /// The device of that ordinal.
    ///
    /// # Errors
    /// No driver, no device, or an ordinal that `runtime` does not see.
    pub fn new(runtime: &'static Runtime, ordinal: usize) -> Result<Self> {
        let count = count(runtime)?;
        match c_int::try_from(ordinal) {
            Ok(raw) if raw < count => Ok(Self::at(runtime, raw, count)),
            _ => {
                let runtime = runtime.origin().to_string();
                Err(ErrorKind::DeviceOutOfRange { ordinal, count: count as usize, runtime }.into())
            }
        }
    }

    /// The device that is current for this thread: 0, unless the program or a library has chosen another one.
    ///
    /// # Errors
    /// No driver, or no device.
    #[doc(alias = "cudaGetDevice")]
    pub fn current(runtime: &'static Runtime) -> Result<Self> {
        let mut ordinal = 0;
        // SAFETY: the pointer is to a live integer.
        unsafe { call!(runtime, Subject::NONE, cudaGetDevice(&raw mut ordinal)) }?;
        Ok(Self::at(runtime, ordinal, count(runtime)?))
    }

    /// One of `count` devices.
    fn at(runtime: &'static Runtime, ordinal: c_int, count: c_int) -> Self {
        Self { runtime, place: if (ordinal, count) == (0, 1) { ALONE } else { ordinal } }
    }

    /// The runtime through which the device is seen.
    pub fn runtime(&self) -> &'static Runtime {
        self.runtime
    }

    /// The ordinal: 0 for the first device that the runtime sees.
    pub fn ordinal(&self) -> usize {
        self.raw_ordinal() as usize
    }

    /// The ordinal as the runtime takes it.
    #[inline]
    pub(crate) fn raw_ordinal(&self) -> c_int {
        self.place.max(0)
    }

    /// The device as the subject of an error.
    #[inline]
    pub(crate) fn subject(&self) -> Subject {
        Subject::device(self.ordinal())
    }

    /// The product's name.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaGetDeviceProperties")]
    pub fn name(&self) -> Result<String> {
        Ok(string(self.properties()?.name.map(|byte| byte as u8)))
    }

    /// The identity of the device across processes.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaGetDeviceProperties")]
    pub fn uuid(&self) -> Result<Uuid> {
        Ok(Uuid(self.properties()?.uuid))
    }

    /// The PCI address, such as `0000:41:00.0`.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaDeviceGetPCIBusId")]
    pub fn pci_bus_id(&self) -> Result<String> {
        // SAFETY: the ordinal was counted by this runtime.
        let text = unsafe {
            read!(self.runtime, self.subject(), cudaDeviceGetPCIBusId via pci_bus_id(self.raw_ordinal()))
        }?;
        Ok(string(text.map(|byte| byte as u8)))
    }

    /// The device's memory in bytes.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaGetDeviceProperties")]
    pub fn total_memory(&self) -> Result<usize> {
        Ok(self.properties()?.total_memory)
    }

    /// How much of the device's memory is free. Initialises the device in this process.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemGetInfo")]
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        let _current = self.activate()?;
        let mut info = MemoryInfo { free: 0, total: 0 };
        // SAFETY: both pointers are to live fields.
        unsafe {
            call!(self.runtime, self.subject(), cudaMemGetInfo(&raw mut info.free, &raw mut info.total))
        }?;
        Ok(info)
    }

    /// The compute capability.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn compute_capability(&self) -> Result<ComputeCapability> {
        Ok(ComputeCapability {
            major: self.attribute(cudaDeviceAttr::cudaDevAttrComputeCapabilityMajor)?,
            minor: self.attribute(cudaDeviceAttr::cudaDevAttrComputeCapabilityMinor)?,
        })
    }

    fn properties(&self) -> Result<DeviceProperties> {
        // SAFETY: the ordinal was counted by this runtime.
        unsafe {
            read!(self.runtime, self.subject(), cudaGetDeviceProperties via device_properties(self.raw_ordinal()))
        }
    }

    /// The value of an attribute, in the unit that CUDA's documentation of the attribute states.
    ///
    /// # Errors
    /// CUDA's own; an attribute that this runtime does not know is `cudaErrorInvalidValue`.
    #[doc(alias = "cudaDeviceGetAttribute")]
    pub fn attribute(&self, attribute: cudaDeviceAttr) -> Result<i32> {
        let mut value = 0;
        // SAFETY: the pointer is to a live integer.
        unsafe {
            call!(
                self.runtime,
                self.subject(),
                cudaDeviceGetAttribute(&raw mut value, attribute, self.raw_ordinal())
            )
        }?;
        Ok(value)
    }

    /// Waits for all work that this process has given to the device, on every stream.
    ///
    /// # Errors
    /// The failure of any of that work.
    #[doc(alias = "cudaDeviceSynchronize")]
    pub fn synchronize(&self) -> Result<()> {
        let _current = self.activate()?;
        // SAFETY: takes nothing.
        unsafe { call!(self.runtime, self.subject(), cudaDeviceSynchronize()) }
    }

    /// Whether calls are made at all, for those who keep what CUDA gave and give it out again without a call.
    ///
    /// # Errors
    /// [`ErrorKind::ForkedProcess`] in a forked child, [`ErrorKind::Exiting`] when the process is ending.
    #[inline]
    pub fn admits(&self, call: &'static str) -> Result<()> {
        gate(call)
    }

    /// Whether the runtime has reported a sticky error: its memory is lost, every call fails, every Drop does nothing.
    pub fn is_poisoned(&self) -> bool {
        release::is_poisoned(self.runtime)
    }

    /// Makes the device current for this thread until the guard, if one is needed, is dropped.
    #[inline]
    pub(crate) fn activate(&self) -> Result<Option<Current>> {
        if self.is_alone() { Ok(None) } else { self.make_current() }
    }

    /// Makes a call with the device current, out of the way of those that need no guard: see `current!`.
    ///
    /// # Errors
    /// CUDA's own, and those of the call.
    #[cold]
    #[inline(never)]
    pub(crate) fn with_current<R>(self, call: impl FnOnce() -> Result<R>) -> Result<R> {
        let _current = self.make_current()?;
        call()
    }

    /// Whether no other device can be current, so that [`activate`](Self::activate) has nothing to do.
    #[inline]
    pub(crate) fn is_alone(&self) -> bool {
        self.place == ALONE
    }

    fn make_current(&self) -> Result<Option<Current>> {
        let mut previous = 0;
        // SAFETY: the pointer is to a live integer.
        unsafe { call!(self.runtime, self.subject(), cudaGetDevice(&raw mut previous)) }?;
        if previous == self.raw_ordinal() {
            return Ok(None);
        }
        // SAFETY: the ordinal was counted by this runtime.
        unsafe { call!(self.runtime, self.subject(), cudaSetDevice(self.raw_ordinal())) }?;
        Ok(Some(Current { device: *self, previous }))
    }

    /// The device and its library, for errors about two of them.
    pub(crate) fn described(&self) -> String {
        format!("{self} of {}", self.runtime.origin())
    }

    /// Refuses `other` if it belongs to another runtime.
    #[inline]
    pub(crate) fn same_runtime(&self, other: &Self, operation: &'static str) -> Result<()> {
        if std::ptr::eq(self.runtime, other.runtime) {
            return Ok(());
        }
        Err(self.of_another_runtime(other, operation))
    }

    #[cold]
    #[inline(never)]
    fn of_another_runtime(&self, other: &Self, operation: &'static str) -> Error {
        ErrorKind::RuntimeMismatch { operation, first: self.described(), second: other.described() }.into()
    }

    /// Refuses `other` if it is another device.
    #[inline]
    pub(crate) fn same_device(&self, other: &Self, operation: &'static str) -> Result<()> {
        if std::ptr::eq(self.runtime, other.runtime) && self.place == other.place {
            return Ok(());
        }
        self.same_device_after_all(*other, operation)
    }

    #[cold]
    #[inline(never)]
    fn same_device_after_all(self, other: Self, operation: &'static str) -> Result<()> {
        let other = &other;
        self.same_runtime(other, operation)?;
        if self.raw_ordinal() == other.raw_ordinal() {
            return Ok(());
        }
        Err(self.another_device(other, operation))
    }

    fn another_device(&self, other: &Self, operation: &'static str) -> Error {
        ErrorKind::DeviceMismatch { operation, first: self.to_string(), second: other.to_string() }.into()
    }
}

/// `current!(device, call)` makes a call with the device current; `current!(device, call, if condition)` only where that
/// matters. The call is compiled twice: in place for a program with one device, which has nothing to do before, and as a
/// closure that owns copies of all that it names. A closure that both cases shared would be put together in memory first.
macro_rules! current {
    ($device:expr, $call:expr $(,)?) => {
        $crate::device::current!($device, $call, if true)
    };
    ($device:expr, $call:expr, if $condition:expr $(,)?) => {
        if $device.is_alone() || !$condition { $call } else { $device.with_current(move || $call) }
    };
}
pub(crate) use current;

/// Puts the thread's previous device back when dropped.
pub(crate) struct Current {
    device: Device,
    previous: c_int,
}

impl Drop for Current {
    fn drop(&mut self) {
        // SAFETY: the runtime itself named this ordinal as the current one. Should it refuse now, Drop has nobody to
        // tell.
        let _ = unsafe { call!(self.device.runtime, self.device.subject(), cudaSetDevice(self.previous)) };
    }
}

/// A C string in an array, or all of an array without an end.
fn string<const N: usize>(bytes: [u8; N]) -> String {
    let text = CStr::from_bytes_until_nul(&bytes).map_or(&bytes[..], CStr::to_bytes);
    String::from_utf8_lossy(text).into_owned()
}

/// How many devices the runtime sees; registers the handlers that watch the process.
fn count(runtime: &'static Runtime) -> Result<c_int> {
    let mut count = 0;
    // SAFETY: the pointer is to a live integer.
    unsafe { call!(runtime, Subject::NONE, cudaGetDeviceCount(&raw mut count)) }?;
    if count < 1 {
        return Err(ErrorKind::NoDevice { runtime: runtime.origin().to_string() }.into());
    }
    release::watch(runtime).map_err(|hook| ErrorKind::Hook { hook })?;
    Ok(count)
}

impl PartialEq for Device {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.runtime, other.runtime) && self.raw_ordinal() == other.raw_ordinal()
    }
}

impl Eq for Device {}

impl Hash for Device {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.runtime, state);
        self.raw_ordinal().hash(state);
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {}", self.raw_ordinal())
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Device({})", self.described())
    }
}
