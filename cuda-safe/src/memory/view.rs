//! Borrowed device memory: [`DeviceSlice`] to read, [`DeviceSliceMut`] to write, as `&[T]` and `&mut [T]` are.
//!
//! A view keeps the memory from being freed and, if mutable, from being used by anybody else; the host cannot look
//! through it. The copies here wait until they are done, so nothing stays borrowed after they return.
//!
//! Stream order: memory from a pool is copied on its own stream, any other on the legacy stream of its device, as
//! `cudaMemcpy` does: after the work of every blocking stream, but not after that of non-blocking streams. Safe code
//! has no such work left when it can name the memory; `unsafe` code that enqueued some synchronises first.

use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeBounds;

use crate::device::Device;
use crate::error::Result;
use crate::memory::block::{Block, same_len, size_bytes};
use crate::memory::copy::{self, Direction};
use crate::memory::element::Element;
use crate::memory::home::Home;
use crate::memory::rows::Rows;
use crate::stream::StreamRef;

/// Device memory borrowed for reading.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let memory = DeviceMemory::from_host(device, &[1.0f32, 2.0, 3.0, 4.0])?;
/// let mut middle = [0.0; 2];
/// memory.slice(1..3)?.copy_to_host(&mut middle)?;
/// assert_eq!(middle, [2.0, 3.0]);
/// # Ok(())
/// # }
/// ```
pub struct DeviceSlice<'a, T> {
    block: Block<'a>,
    memory: PhantomData<&'a [T]>,
}

/// Device memory borrowed for writing.
///
/// ```
/// use cuda_safe::{Device, DeviceMemory};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut memory = DeviceMemory::<u16>::zeroed(device, 4)?;
/// let (mut left, mut right) = memory.view_mut().split_at(2)?;
/// left.copy_from_host(&[1, 2])?;
/// right.copy_from_host(&[3, 4])?;
/// assert_eq!(memory.to_vec()?, [1, 2, 3, 4]);
/// # Ok(())
/// # }
/// ```
pub struct DeviceSliceMut<'a, T> {
    block: Block<'a>,
    memory: PhantomData<&'a mut [T]>,
}

// SAFETY: a view only holds an address, which the host never follows; `T` is plain data.
unsafe impl<T: Element> Send for DeviceSlice<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Element> Sync for DeviceSlice<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Element> Send for DeviceSliceMut<'_, T> {}
// SAFETY: as above; writing needs `&mut`.
unsafe impl<T: Element> Sync for DeviceSliceMut<'_, T> {}

impl<T> Clone for DeviceSlice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for DeviceSlice<'_, T> {}

impl<'a, T: Element> DeviceSlice<'a, T> {
    /// A view of memory that something else owns.
    ///
    /// # Safety
    /// For `'a`, `pointer` is aligned and `len` elements from it are memory that `device` can read in its runtime, and
    /// nobody writes them. Work that did write them is done, or is in the legacy stream's order.
    ///
    /// # Errors
    /// A size that overflows.
    pub unsafe fn from_raw(device: Device, pointer: *const T, len: usize) -> Result<Self> {
        size_bytes::<T>(len)?;
        Ok(Self::new(device, pointer.cast_mut(), len, None))
    }

    pub(crate) fn new(device: Device, pointer: *mut T, len: usize, home: Option<&'a Home>) -> Self {
        Self { block: Block { device, pointer: pointer.cast(), len, home }, memory: PhantomData }
    }

    /// Elements.
    pub fn len(&self) -> usize {
        self.block.len
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.block.len == 0
    }

    /// Bytes.
    pub fn size_bytes(&self) -> usize {
        self.block.bytes::<T>()
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.block.device
    }

    /// The device address of the first element; null if there are no bytes.
    pub fn as_ptr(&self) -> *const T {
        self.block.pointer.cast()
    }

    /// A part of the view.
    ///
    /// # Errors
    /// A range that does not lie inside.
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<Self> {
        Ok(Self { block: self.block.part::<T>(range)?, memory: PhantomData })
    }

    /// Makes later work of `stream` see the memory: needed, for memory of a pool, before `unsafe` work on a stream other
    /// than its own. Nothing to do for any other memory.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn make_ready_on(&self, stream: StreamRef<'_>) -> Result<()> {
        self.block.ready_on(stream)
    }

    /// Copies to host memory of the same length and waits.
    ///
    /// # Errors
    /// Different lengths, and CUDA's own.
    #[doc(alias = "cudaMemcpy")]
    pub fn copy_to_host(&self, destination: &mut [T]) -> Result<()> {
        same_len("copy to host", self.len(), destination.len())?;
        let (target, source) = (destination.as_mut_ptr().cast(), self.block.pointer);
        self.block.wait_on_own_stream(self.size_bytes() > 0, |stream| {
            // SAFETY: both hold `size_bytes`; the views borrow them until the copy is done.
            unsafe { copy::blocking(stream, target, source, self.size_bytes(), Direction::DeviceToHost) }
        })
    }

    /// The elements in a new vector.
    ///
    /// # Errors
    /// CUDA's own.
    pub fn to_vec(&self) -> Result<Vec<T>> {
        let mut elements: Vec<T> = Vec::with_capacity(self.len());
        let (target, source) = (elements.as_mut_ptr().cast(), self.block.pointer);
        self.block.wait_on_own_stream(self.size_bytes() > 0, |stream| {
            // SAFETY: the vector has room for `len` elements, the view holds as many, until the copy is done.
            unsafe { copy::blocking(stream, target, source, self.size_bytes(), Direction::DeviceToHost) }
        })?;
        // SAFETY: the copy has written all `len` elements, and any bytes are values of an `Element`.
        unsafe { elements.set_len(self.len()) };
        Ok(elements)
    }

    /// Copies rows to host memory and waits.
    ///
    /// # Errors
    /// Rows that do not fit either side, and CUDA's own.
    #[doc(alias = "cudaMemcpy2D")]
    pub fn copy_rows_to_host(&self, destination: &mut [T], rows: Rows) -> Result<()> {
        rows.check("copy of rows to host", self.len(), destination.len())?;
        let copy = rows.copy::<T>(destination.as_mut_ptr(), self.as_ptr(), Direction::DeviceToHost);
        self.block.wait_on_own_stream(copy.any_bytes(), |stream| {
            // SAFETY: the rows were checked against both lengths; the views borrow them until the copy is done.
            unsafe { copy::blocking_2d(stream, &copy) }
        })
    }

    pub(crate) fn ready_on(&self, stream: StreamRef<'_>) -> Result<()> {
        self.block.ready_on(stream)
    }
}

impl<'a, T: Element> DeviceSliceMut<'a, T> {
    /// A view of memory that something else owns.
    ///
    /// # Safety
    /// For `'a`, `pointer` is aligned and `len` elements from it are memory that `device` can write in its runtime, and
    /// nobody else uses them. Earlier work on them is done, or is in the legacy stream's order.
    ///
    /// # Errors
    /// A size that overflows.
    pub unsafe fn from_raw(device: Device, pointer: *mut T, len: usize) -> Result<Self> {
        size_bytes::<T>(len)?;
        Ok(Self::new(device, pointer, len, None))
    }

    pub(crate) fn new(device: Device, pointer: *mut T, len: usize, home: Option<&'a Home>) -> Self {
        Self { block: Block { device, pointer: pointer.cast(), len, home }, memory: PhantomData }
    }

    /// Elements.
    pub fn len(&self) -> usize {
        self.block.len
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.block.len == 0
    }

    /// Bytes.
    pub fn size_bytes(&self) -> usize {
        self.block.bytes::<T>()
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.block.device
    }

    /// The device address of the first element; null if there are no bytes.
    pub fn as_mut_ptr(&mut self) -> *mut T {
        self.block.pointer.cast()
    }

    /// The same memory for reading.
    pub fn as_slice(&self) -> DeviceSlice<'_, T> {
        DeviceSlice { block: self.block, memory: PhantomData }
    }

    /// The same memory for a shorter time.
    pub fn reborrow(&mut self) -> DeviceSliceMut<'_, T> {
        DeviceSliceMut { block: self.block, memory: PhantomData }
    }

    /// A part of the view; the rest is given up.
    ///
    /// # Errors
    /// A range that does not lie inside.
    pub fn slice(self, range: impl RangeBounds<usize>) -> Result<Self> {
        Ok(Self { block: self.block.part::<T>(range)?, memory: PhantomData })
    }

    /// Two views of the elements before `middle` and from it on.
    ///
    /// # Errors
    /// A middle past the end.
    pub fn split_at(self, middle: usize) -> Result<(Self, Self)> {
        let (left, right) = (self.block.part::<T>(..middle)?, self.block.part::<T>(middle..)?);
        Ok((Self { block: left, memory: PhantomData }, Self { block: right, memory: PhantomData }))
    }

    /// Copies from host memory of the same length and waits.
    ///
    /// # Errors
    /// Different lengths, and CUDA's own.
    #[doc(alias = "cudaMemcpy")]
    pub fn copy_from_host(&mut self, source: &[T]) -> Result<()> {
        same_len("copy from host", source.len(), self.len())?;
        let (target, source) = (self.block.pointer, source.as_ptr().cast());
        self.block.wait_on_own_stream(self.size_bytes() > 0, |stream| {
            // SAFETY: both hold `size_bytes`; the views borrow them until the copy is done.
            unsafe { copy::blocking(stream, target, source, self.size_bytes(), Direction::HostToDevice) }
        })
    }

    /// Copies from device memory of the same length, on this or another device, and waits.
    ///
    /// # Errors
    /// Different lengths, memory of another runtime, and CUDA's own.
    #[doc(alias = "cudaMemcpyPeer")]
    pub fn copy_from_device(&mut self, source: DeviceSlice<'_, T>) -> Result<()> {
        same_len("copy between devices", source.len(), self.len())?;
        self.block.device.same_runtime(&source.device(), "copy between devices")?;
        self.block.wait_on_own_stream(self.size_bytes() > 0, |stream| {
            source.ready_on(stream)?;
            // SAFETY: both hold `size_bytes`, and cannot overlap, for this view is exclusive; they are borrowed until
            // the copy is done.
            unsafe {
                copy::blocking_peer(
                    stream,
                    self.block.pointer,
                    self.block.device,
                    source.block.pointer,
                    source.device(),
                    self.size_bytes(),
                )
            }
        })
    }

    /// Sets every byte and waits.
    ///
    /// # Errors
    /// CUDA's own.
    #[doc(alias = "cudaMemset")]
    pub fn fill_bytes(&mut self, byte: u8) -> Result<()> {
        self.block.wait_on_own_stream(self.size_bytes() > 0, |stream| {
            // SAFETY: the view holds `size_bytes` and is exclusive until the work is done.
            unsafe { copy::blocking_fill(stream, self.block.pointer, byte, self.size_bytes()) }
        })
    }

    /// Copies rows from host memory and waits.
    ///
    /// # Errors
    /// Rows that do not fit either side, and CUDA's own.
    #[doc(alias = "cudaMemcpy2D")]
    pub fn copy_rows_from_host(&mut self, source: &[T], rows: Rows) -> Result<()> {
        rows.check("copy of rows from host", source.len(), self.len())?;
        let copy = rows.copy::<T>(self.as_mut_ptr(), source.as_ptr(), Direction::HostToDevice);
        self.block.wait_on_own_stream(copy.any_bytes(), |stream| {
            // SAFETY: the rows were checked against both lengths; the views borrow them until the copy is done.
            unsafe { copy::blocking_2d(stream, &copy) }
        })
    }

    /// Copies rows from memory of the same device and waits.
    ///
    /// # Errors
    /// Rows that do not fit either side, memory of another device or runtime, and CUDA's own.
    #[doc(alias = "cudaMemcpy2D")]
    pub fn copy_rows_from_device(&mut self, source: DeviceSlice<'_, T>, rows: Rows) -> Result<()> {
        rows.check("copy of rows on the device", source.len(), self.len())?;
        self.block.device.same_device(&source.device(), "copy of rows on the device")?;
        let copy = rows.copy::<T>(self.as_mut_ptr(), source.as_ptr(), Direction::DeviceToDevice);
        self.block.wait_on_own_stream(copy.any_bytes(), |stream| {
            source.ready_on(stream)?;
            // SAFETY: the rows were checked against both lengths; this view is exclusive, so they do not overlap, and
            // both are borrowed until the copy is done.
            unsafe { copy::blocking_2d(stream, &copy) }
        })
    }
}

impl<T: Element> fmt::Debug for DeviceSlice<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceSlice({} x {} on {})", self.len(), std::any::type_name::<T>(), self.device())
    }
}

impl<T: Element> fmt::Debug for DeviceSliceMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceSliceMut({} x {} on {})", self.len(), std::any::type_name::<T>(), self.device())
    }
}
