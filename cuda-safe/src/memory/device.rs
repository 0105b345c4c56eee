//! Owned device memory.
//!
//! [`DeviceMemory`] owns one allocation and remembers how it was made, so that the matching call frees it:
//!
//! | made by | lives in the order of | freed by |
//! |---|---|---|
//! | [`new`](DeviceMemory::new) and its kin (`cudaMalloc`) | no stream | `cudaFree`, which may wait for the device |
//! | [`from_pool`](DeviceMemory::from_pool) (`cudaMallocFromPoolAsync`) | its stream, which it keeps alive | `cudaFreeAsync` on that stream, after every [recorded use](DeviceMemory::record_use) elsewhere |
//!
//! Nothing here can be in use by an unfinished safe copy when it is dropped: blocking copies have ended, scopes hold a
//! borrow until they are done, and [`Pending`](crate::Pending) holds the memory itself. `unsafe` code that enqueues work
//! waits for it before the drop, or records the use of memory of a pool.
//!
//! Zero bytes are never allocated: the address is then null.

use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::RangeBounds;

use crate::device::Device;
use crate::error::Result;
use crate::keeper::Hold;
use crate::memory::allocation;
use crate::memory::block::size_bytes;
use crate::memory::element::Element;
use crate::memory::home::Home;
use crate::memory::pool::MemoryPool;
use crate::memory::raw::{Origin, RawDeviceMemory};
use crate::memory::view::{DeviceSlice, DeviceSliceMut};
use crate::release::{self, AllIsWell};
use crate::stream::{Stream, StreamRef};

/// Owned memory of a device, for `len` elements.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut memory = DeviceMemory::<f32>::new(device, 3)?;
/// memory.copy_from_host(&[1.0, 2.0, 3.0])?;
/// let mut back = [0.0; 3];
/// memory.copy_to_host(&mut back)?;
/// assert_eq!(back, [1.0, 2.0, 3.0]);
/// memory.close()?; // or drop it, if nobody wants to know
/// # Ok(())
/// # }
/// ```
pub struct DeviceMemory<T: Element> {
    device: Device,
    /// Null if there are no bytes.
    pointer: *mut T,
    len: usize,
    /// The stream in whose order it lives, if it is of a pool and not null. What frees the memory leaves nothing of it to be
    /// dropped, and finding that out would cost as much as the rest of Drop.
    home: Option<ManuallyDrop<Home>>,
    elements: PhantomData<T>,
}

// SAFETY: it owns memory that the host never follows, and any thread may free it.
unsafe impl<T: Element> Send for DeviceMemory<T> {}
// SAFETY: as above; it is only written through `&mut`.
unsafe impl<T: Element> Sync for DeviceMemory<T> {}

impl<T: Element> DeviceMemory<T> {
    /// Room for `len` elements. What is in it is whatever was there before.
    ///
    /// # Errors
    /// A size that overflows, and CUDA's own; see [`Error::is_out_of_memory`](crate::Error::is_out_of_memory).
    #[doc(alias = "cudaMalloc")]
    #[inline(always)]
    pub fn new(device: Device, len: usize) -> Result<Self> {
        let pointer = allocation::new(device, size_bytes::<T>(len)?)?;
        Ok(Self { device, pointer: pointer.cast(), len, home: None, elements: PhantomData })
    }

    /// `len` elements, every byte zero.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn zeroed(device: Device, len: usize) -> Result<Self> {
        let mut memory = Self::new(device, len)?;
        memory.fill_bytes(0)?;
        Ok(memory)
    }

    /// A copy of `source` on the device.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_host(device: Device, source: &[T]) -> Result<Self> {
        let mut memory = Self::new(device, source.len())?;
        memory.copy_from_host(source)?;
        Ok(memory)
    }

    /// Room for `len` elements from a pool, in the order of `stream`.
    ///
    /// Returns at once; the copies here, scopes and [`Pending`](crate::Pending) keep the order by themselves. `unsafe`
    /// work on another stream calls [`make_ready_on`](Self::make_ready_on) before and [`record_use`](Self::record_use)
    /// after.
    ///
    /// The memory keeps `stream` alive. A thread that frees memory and allocates again on the same stream does that without
    /// an atomic operation; the price is that a stream whose owner was dropped on another thread may be destroyed only when
    /// this thread frees memory of another stream, or ends.
    ///
    /// # Errors
    /// A size that overflows, a stream of another device, the per-thread stream (which is another one on each thread),
    /// and CUDA's own.
    #[doc(alias = "cudaMallocFromPoolAsync")]
    #[doc(alias = "cudaMallocAsync")]
    #[inline(always)]
    pub fn from_pool(pool: &MemoryPool, stream: &Stream, len: usize) -> Result<Self> {
        let bytes = size_bytes::<T>(len)?;
        pool.device().same_device(&stream.device(), "allocate from a pool")?;
        let (pointer, hold) = match stream.keeper() {
            Some(keeper) => {
                let pointer = allocation::from_pool(pool, stream, bytes)?;
                (pointer, if bytes > 0 { Hold::again(keeper) } else { Hold::NONE })
            }
            None => (allocation::from_pool_on_default(pool, stream, bytes)?, Hold::NONE),
        };
        let home = (bytes > 0).then(|| ManuallyDrop::new(Home::new(stream, hold)));
        Ok(Self { device: pool.device(), pointer: pointer.cast(), len, home, elements: PhantomData })
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

    /// The device.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The device address; null if there are no bytes.
    pub fn as_ptr(&self) -> *const T {
        self.pointer
    }

    /// The device address, for writing; null if there are no bytes.
    pub fn as_mut_ptr(&mut self) -> *mut T {
        self.pointer
    }

    /// The stream in whose order the memory lives, if it is of a pool.
    pub fn stream(&self) -> Option<&Stream> {
        self.home.as_deref().map(Home::stream)
    }

    /// All of it, for reading.
    pub fn view(&self) -> DeviceSlice<'_, T> {
        DeviceSlice::new(self.device, self.pointer, self.len, self.home.as_deref())
    }

    /// All of it, for writing.
    pub fn view_mut(&mut self) -> DeviceSliceMut<'_, T> {
        DeviceSliceMut::new(self.device, self.pointer, self.len, self.home.as_deref())
    }

    /// A part, for reading.
    ///
    /// # Errors
    /// A range that does not lie inside.
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<DeviceSlice<'_, T>> {
        self.view().slice(range)
    }

    /// A part, for writing.
    ///
    /// # Errors
    /// A range that does not lie inside.
    pub fn slice_mut(&mut self, range: impl RangeBounds<usize>) -> Result<DeviceSliceMut<'_, T>> {
        self.view_mut().slice(range)
    }

    /// See [`DeviceSliceMut::copy_from_host`].
    ///
    /// # Errors
    /// As there.
    pub fn copy_from_host(&mut self, source: &[T]) -> Result<()> {
        self.view_mut().copy_from_host(source)
    }

    /// See [`DeviceSlice::copy_to_host`].
    ///
    /// # Errors
    /// As there.
    pub fn copy_to_host(&self, destination: &mut [T]) -> Result<()> {
        self.view().copy_to_host(destination)
    }

    /// See [`DeviceSliceMut::copy_from_device`].
    ///
    /// # Errors
    /// As there.
    pub fn copy_from_device(&mut self, source: DeviceSlice<'_, T>) -> Result<()> {
        self.view_mut().copy_from_device(source)
    }

    /// See [`DeviceSliceMut::fill_bytes`].
    ///
    /// # Errors
    /// As there.
    pub fn fill_bytes(&mut self, byte: u8) -> Result<()> {
        self.view_mut().fill_bytes(byte)
    }

    /// See [`DeviceSlice::to_vec`].
    ///
    /// # Errors
    /// As there.
    pub fn to_vec(&self) -> Result<Vec<T>> {
        self.view().to_vec()
    }

    /// See [`DeviceSlice::make_ready_on`].
    ///
    /// # Errors
    /// As there.
    pub fn make_ready_on(&self, stream: StreamRef<'_>) -> Result<()> {
        self.view().make_ready_on(stream)
    }

    /// Tells memory of a pool that `stream`, which is not its own, was given work with it: freeing it will wait for all
    /// that the stream has by then. Call it after enqueueing. Other memory has no use for it.
    ///
    /// # Errors
    /// CUDA's own, for the per-thread stream only, whose work must be noted at once.
    pub fn record_use(&self, stream: &Stream) -> Result<()> {
        self.home.as_ref().map_or(Ok(()), |home| home.record_use(stream))
    }

    /// Frees the memory and reports what Drop could not.
    ///
    /// # Errors
    /// CUDA's own, also for earlier work.
    #[doc(alias = "cudaFree")]
    #[doc(alias = "cudaFreeAsync")]
    pub fn close(self) -> Result<()> {
        ManuallyDrop::new(self).free()
    }

    /// Gives the memory away; nobody frees it until [`from_raw`](Self::from_raw) takes it back.
    pub fn into_raw(self) -> RawDeviceMemory<T> {
        let mut memory = ManuallyDrop::new(self);
        let origin = match memory.home.take() {
            None => Origin::Malloc,
            Some(home) => {
                let (stream, users) = ManuallyDrop::into_inner(home).into_parts();
                Origin::Pool { stream, users }
            }
        };
        RawDeviceMemory { device: memory.device, pointer: memory.pointer, len: memory.len, origin }
    }

    /// Takes memory over, to free it as its origin says.
    ///
    /// # Safety
    /// `pointer` is null and `len` elements have no bytes, or it was allocated on `device` as `origin` says, for at least
    /// `len` elements, and nobody else frees it. A pool's stream is the one it was allocated on, or one that waited for
    /// that; it is not the per-thread stream.
    pub unsafe fn from_raw(raw: RawDeviceMemory<T>) -> Self {
        let home = match raw.origin {
            Origin::Malloc => None,
            // Nothing to free lives in nobody's order.
            Origin::Pool { .. } if raw.pointer.is_null() => None,
            Origin::Pool { stream, users } => Some(ManuallyDrop::new(Home::from_parts(stream, users))),
        };
        Self { device: raw.device, pointer: raw.pointer, len: raw.len, home, elements: PhantomData }
    }

    fn free(&mut self) -> Result<()> {
        let (address, bytes) = (self.pointer.cast::<c_void>(), self.size_bytes());
        match &mut self.home {
            // SAFETY: it is not of a pool, this owner is going, and its borrowers are gone.
            None => unsafe { allocation::free(self.device, address, bytes) },
            // SAFETY: it is of a pool, in the order of this home; this owner is going, and its borrowers are gone.
            Some(home) => unsafe { allocation::free_async(home, address, bytes) },
        }
    }

    /// As Drop. Not inlined, or Drop would be too large to be; but not of another crate either, to which each call would go by
    /// way of a table.
    #[cold]
    #[inline]
    fn drop_pooled(&mut self, well: AllIsWell) {
        let address = self.pointer.cast();
        let gone = self.home.as_deref_mut().is_some_and(|home| {
            // SAFETY: it is of a pool, in the order of this home, and so not null; this owner is going, and its borrowers are
            // gone.
            unsafe { allocation::let_go_async(well, home, address) }
        });
        if !gone {
            self.drop_otherwise();
        }
    }

    /// As Drop where something is the matter, or more is to be done. What may not be freed is leaked, but not what keeps its
    /// stream.
    #[cold]
    #[inline(never)]
    fn drop_otherwise(&mut self) {
        if release::may_release(self.device.runtime()) {
            // Drop has nobody to tell; `close` does.
            let _ = self.free();
        } else {
            drop(self.home.take().map(ManuallyDrop::into_inner));
        }
    }
}

impl<T: Element> Drop for DeviceMemory<T> {
    #[inline]
    fn drop(&mut self) {
        let Some(well) = AllIsWell::now() else { return self.drop_otherwise() };
        if self.home.is_some() {
            return self.drop_pooled(well);
        }
        // SAFETY: it is not of a pool, this owner is going, and its borrowers are gone.
        if !unsafe { allocation::let_go(well, self.device, self.pointer.cast()) } {
            self.drop_otherwise();
        }
    }
}

impl<T: Element> fmt::Debug for DeviceMemory<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = if self.home.is_some() { "a pool" } else { "cudaMalloc" };
        write!(
            f,
            "DeviceMemory({} x {} on {}, from {from})",
            self.len,
            std::any::type_name::<T>(),
            self.device
        )
    }
}
