//! [`CudaBuffer`]: an owner, a layout, an element type and a stream make an array on a device.
//!
//! **Who owns.** The buffer shares the owner of its memory with every export and every [`share`](CudaBuffer::share) of
//! it. The memory is freed when the last of them is gone. Dropping a buffer that was never exported does not wait: every
//! safe copy here has ended when it returns. Who enqueues work of their own on the raw address keeps the buffer until that
//! work is done. The consumer of an export need not: memory of a pool that was exported is freed in the order of all that its
//! device was given by then, page-locked memory that was exported waits before anybody else gets it, and every other kind
//! of memory is freed by a call that waits for the device.
//!
//! **Who waits.** Each buffer has a stream. Work that is pending on the memory when the buffer is made (the allocation
//! of a pool, the work of a foreign producer) is ordered before that stream, so that a consumer who waits for it, or
//! works on it, is safe. It is what exports name.
//!
//! **Who may write.** Views borrow the buffer, so Rust sees to it that nobody writes what another view reads. Exports and
//! shares lie outside of that: they are the same memory, as the exchange protocols want, and their users agree on the
//! order of their work through streams.

use std::sync::Arc;

use cuda_safe::memory::copy;
use cuda_safe::{Device, DeviceMemory, ManagedMemory, MemoryPool, PinnedMemory, Stream};

use crate::array_interface::RawArrayInterface;
use crate::dlpack::{DLDevice, DLDeviceType, DLPackFlags, Form, ManagedTensor, TensorDescription};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::owner::{Allocated, MemoryKind, Owner, Remains};
use crate::view::{CudaView, CudaViewMut, Memory};

/// An array on a device.
///
/// ```
/// use interop::{CudaBuffer, DType, memcpy_d2h, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut buffer = CudaBuffer::new(device, &[2, 3], DType::F32)?;
/// memcpy_h2d(&[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0], &mut buffer)?;
/// let mut last_column = [0.0f32; 2];
/// memcpy_d2h(buffer.view().index(1, -1)?, &mut last_column)?;
/// assert_eq!(last_column, [3.0, 6.0]);
/// # Ok::<(), interop::Error>(())
/// ```
///
/// On a GPU, with an array of somebody else:
///
/// ```no_run
/// # use interop::{CudaBuffer, DType, memcpy_d2h, memcpy_h2d};
/// # use interop::{Error, ForeignArray};
/// # fn main() -> interop::Result<()> { Ok(()) }
/// # fn see(image: Vec<u8>, mut out: Vec<u8>, foreign: impl ForeignArray) -> interop::Result<()> {
/// let device = cuda_safe::Device::first()?;                       // finds and opens libcudart 12 or 13
/// let mut buffer = CudaBuffer::new(device, &[300, 451, 3], DType::U8)?;
/// memcpy_h2d(&image, &mut buffer)?;                               // slice, ndarray view, ...: shape and dtype are checked
/// let planes = buffer.view().permute(&[2, 0, 1])?;                // HWC seen as CHW: no copy
/// memcpy_d2h(&planes, &mut out)?;                                 // any layout on either side
/// // SAFETY: `foreign` describes memory that lives as long as it does.
/// let shared = unsafe { CudaBuffer::from_cuda(foreign)? };        // keeps `foreign` alive, honours strides, stream, read-only
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CudaBuffer {
    /// None for memory that is only borrowed.
    owner: Option<Arc<Owner>>,
    kind: MemoryKind,
    base: usize,
    layout: Layout,
    dtype: DType,
    stream: Stream,
    read_only: bool,
}

/// Where the memory of a new buffer comes from.
///
/// ```
/// use interop::{Allocator, BufferOptions, CudaBuffer, DType, MemoryKind};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let options = BufferOptions { allocator: Allocator::Pinned, ..Default::default() };
/// let pinned = CudaBuffer::with_options(device, &[1024], DType::F32, &options)?;
/// assert_eq!(pinned.memory_kind(), MemoryKind::Pinned);
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub enum Allocator<'a> {
    /// `cudaMalloc`.
    #[default]
    Cuda,
    /// A pool of the device, in the order of the buffer's stream.
    Pool(&'a MemoryPool),
    /// Page-locked host memory, which the device can reach.
    Pinned,
    /// Memory that moves between host and device.
    Managed,
}

/// How a new buffer is made.
///
/// ```
/// use interop::{BufferOptions, CudaBuffer, DType, memcpy_d2h};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let options = BufferOptions { zeroed: true, ..Default::default() };
/// let zeros = CudaBuffer::with_options(device, &[3], DType::I32, &options)?;
/// let mut back = [7i32; 3];
/// memcpy_d2h(&zeros, &mut back)?;
/// assert_eq!(back, [0; 3]);
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct BufferOptions<'a> {
    /// Where the memory comes from.
    pub allocator: Allocator<'a>,
    /// The stream of the buffer; the legacy default stream of the device if there is none.
    pub stream: Option<Stream>,
    /// Whether every byte is set to zero. If not, what is in the memory is whatever was there before.
    pub zeroed: bool,
}

impl CudaBuffer {
    /// A packed array in C order, allocated with `cudaMalloc`. An array without elements has no memory.
    ///
    /// # Errors
    /// A shape larger than the address space, and CUDA's own.
    #[doc(alias = "cudaMalloc")]
    pub fn new(device: Device, shape: &[usize], dtype: DType) -> Result<Self> {
        Self::with_options(device, shape, dtype, &BufferOptions::default())
    }

    /// A packed array in C order.
    ///
    /// # Errors
    /// As [`new`](Self::new), and a stream or a pool of another device.
    pub fn with_options(
        device: Device,
        shape: &[usize],
        dtype: DType,
        options: &BufferOptions<'_>,
    ) -> Result<Self> {
        let layout = Layout::contiguous(shape, dtype.size())?;
        let stream = options.stream.clone().unwrap_or_else(|| Stream::legacy(device));
        same_device("allocate a buffer", device, stream.device())?;
        let bytes = layout.size_bytes();
        let (owner, base, kind) = match options.allocator {
            Allocator::Cuda => device_memory(DeviceMemory::new(device, bytes)?),
            Allocator::Pool(pool) => {
                same_device("allocate a buffer", device, pool.device())?;
                device_memory(DeviceMemory::from_pool(pool, &stream, bytes)?)
            }
            Allocator::Pinned => {
                let make = if options.zeroed { PinnedMemory::<u8>::zeroed } else { PinnedMemory::<u8>::new };
                let memory = make(device, bytes)?;
                let base = memory.as_ptr().expose_provenance();
                (Owner::Pinned(memory), base, MemoryKind::Pinned)
            }
            Allocator::Managed => {
                let memory = ManagedMemory::<u8>::new(device, bytes)?;
                let base = memory.as_ptr().addr();
                (Owner::Managed(memory), base, MemoryKind::Managed)
            }
        };
        if options.zeroed && kind != MemoryKind::Pinned {
            // SAFETY: the memory was just allocated for `bytes`, and nobody else has it.
            unsafe {
                copy::blocking_fill(stream.as_ref(), std::ptr::without_provenance_mut(base), 0, bytes)
            }?;
        }
        Ok(Self::from_parts(owner, kind, base, layout, dtype, stream, false))
    }

    /// The caller has checked that the layout lies inside the memory at `base`, which `owner` keeps alive.
    pub(crate) fn from_parts(
        owner: Owner,
        kind: MemoryKind,
        base: usize,
        layout: Layout,
        dtype: DType,
        stream: Stream,
        read_only: bool,
    ) -> Self {
        let owner = Some(Arc::new(owner));
        Self { owner, ..Self::from_borrowed_parts(kind, base, layout, dtype, stream, read_only) }
    }

    /// As [`from_parts`](Self::from_parts), of memory that somebody else keeps alive.
    pub(crate) fn from_borrowed_parts(
        kind: MemoryKind,
        base: usize,
        layout: Layout,
        dtype: DType,
        stream: Stream,
        read_only: bool,
    ) -> Self {
        Self { owner: None, kind, base, layout, dtype, stream, read_only }
    }

    /// The array, for reading.
    #[inline]
    pub fn view(&self) -> CudaView<'_> {
        CudaView::new(self.memory(), self.layout.clone(), self.dtype, self.read_only)
    }

    /// The array, for writing.
    ///
    /// # Errors
    /// [`Error::ReadOnly`].
    #[inline]
    pub fn view_mut(&mut self) -> Result<CudaViewMut<'_>> {
        if self.read_only {
            let (shape, dtype) = (self.shape().to_vec(), self.dtype);
            return Err(Error::ReadOnly { address: self.address(), shape, dtype });
        }
        Ok(CudaViewMut::new(self.memory(), self.layout.clone(), self.dtype))
    }

    /// Another buffer over the same memory, which lives until both are gone.
    pub fn share(&self) -> Self {
        self.view().share()
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Shape, strides in bytes and offset.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Length of each axis.
    pub fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.stream.device()
    }

    /// The stream in whose order the memory is used.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Where the memory is.
    pub fn memory_kind(&self) -> MemoryKind {
        self.kind
    }

    /// Whether the producer of the memory forbids writing it.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The address of element 0; 0 if there is no element.
    pub fn address(&self) -> usize {
        self.memory().address_of(&self.layout)
    }

    /// The description for the CUDA Array Interface; see [`CudaView::array_interface`].
    ///
    /// # Errors
    /// An element type that the interface cannot say.
    pub fn array_interface(&self) -> Result<RawArrayInterface> {
        self.view().array_interface()
    }

    /// A DLPack tensor of the same memory; see [`CudaView::to_dlpack`].
    ///
    /// # Errors
    /// As there.
    pub fn to_dlpack(&self, form: Form) -> Result<ManagedTensor> {
        self.view().to_dlpack(form)
    }

    /// Says that somebody outside gets the address and may work on it, on streams of their own, when they let it go.
    /// Memory of a pool is then freed after all work that its device has been given by then. The host does not wait for that,
    /// unless the driver or the runtime is older than CUDA 12.5; if it cannot be ordered, the memory is not freed at all. Work of
    /// another device is not known: its consumer synchronises first. Page-locked memory then waits for the devices before it
    /// is handed out again.
    ///
    /// [`to_dlpack`](Self::to_dlpack) and [`array_interface`](Self::array_interface) do this by themselves. It is for
    /// exports that are made from [`address`](Self::address).
    pub fn mark_exported(&self) {
        self.memory().mark_exported();
    }

    /// Frees the memory and reports what Drop could not.
    ///
    /// # Errors
    /// CUDA's own. [`Error::StillExported`] if exports or shares still use the memory: it is freed when they go.
    #[doc(alias = "cudaFree")]
    pub fn close(self) -> Result<()> {
        match self.owner.map(Arc::try_unwrap) {
            None => Ok(()),
            Some(Ok(owner)) => owner.close(),
            Some(Err(shared)) => Err(Error::StillExported { exports: Arc::strong_count(&shared) - 1 }),
        }
    }

    /// Ends the use of the memory, and gives what is left to be dropped if nobody else uses it: that frees it or runs a foreign
    /// deleter, and may wait for the device.
    pub fn release(self) -> Option<Remains> {
        self.owner.and_then(Arc::into_inner).map(Remains::new)
    }

    /// Whether somebody else keeps the memory: then dropping the buffer does nothing.
    pub fn is_borrowed(&self) -> bool {
        self.owner.is_none()
    }

    /// What owns the memory, unless it is only borrowed.
    pub(crate) fn owner_mut(&mut self) -> Option<&mut Arc<Owner>> {
        self.owner.as_mut()
    }

    #[inline]
    fn memory(&self) -> Memory<'_> {
        Memory { base: self.base, kind: self.kind, owner: self.owner.as_ref(), stream: &self.stream }
    }
}

impl CudaView<'_> {
    /// A buffer of what this view shows; the memory lives until all buffers over it are gone.
    pub fn share(&self) -> CudaBuffer {
        let Memory { base, kind, owner, stream } = self.memory();
        CudaBuffer {
            owner: owner.cloned(),
            kind,
            base,
            layout: self.layout().clone(),
            dtype: self.dtype(),
            stream: stream.clone(),
            read_only: self.is_read_only(),
        }
    }

    /// A DLPack tensor of what this view shows. The tensor keeps the memory alive, whichever side is done first.
    ///
    /// The data is ready in the order of [`stream`](Self::stream): a consumer who works on another stream makes that
    /// one wait. It may release the tensor while that other stream is still working: if this is the last owner, the memory is
    /// freed after that work, see [`CudaBuffer::mark_exported`](crate::CudaBuffer::mark_exported).
    ///
    /// # Errors
    /// Strides that are no whole number of elements; a read-only array in the legacy form.
    pub fn to_dlpack(&self, form: Form) -> Result<ManagedTensor> {
        let Memory { base, kind, owner, stream } = self.memory();
        let device = match kind {
            // A device ordinal is a small C integer.
            MemoryKind::Device => {
                DLDevice { device_type: DLDeviceType::CUDA, device_id: stream.device().ordinal() as i32 }
            }
            MemoryKind::Pinned => DLDevice { device_type: DLDeviceType::CUDA_HOST, device_id: 0 },
            MemoryKind::Managed => DLDevice { device_type: DLDeviceType::CUDA_MANAGED, device_id: 0 },
        };
        let flags = if self.is_read_only() { DLPackFlags::READ_ONLY } else { DLPackFlags::empty() };
        let description =
            TensorDescription { address: base, device, dtype: self.dtype(), layout: self.layout(), flags };
        self.memory().mark_exported();
        // SAFETY: the layout lies inside the memory, which lives as long as its owner.
        Ok(unsafe { ManagedTensor::export(form, &description, owner.cloned()) }?)
    }
}

impl<'a> From<&'a CudaBuffer> for CudaView<'a> {
    #[inline]
    fn from(buffer: &'a CudaBuffer) -> Self {
        buffer.view()
    }
}

impl<'a> TryFrom<&'a mut CudaBuffer> for CudaViewMut<'a> {
    type Error = Error;

    #[inline]
    fn try_from(buffer: &'a mut CudaBuffer) -> Result<Self> {
        buffer.view_mut()
    }
}

fn device_memory(memory: DeviceMemory<u8>) -> (Owner, usize, MemoryKind) {
    let base = memory.as_ptr().addr();
    (Owner::Device(Allocated::new(memory)), base, MemoryKind::Device)
}

/// Refuses objects of two devices.
pub(crate) fn same_device(operation: &'static str, first: Device, second: Device) -> Result<()> {
    if first == second {
        return Ok(());
    }
    let (first, second) = (first.to_string(), second.to_string());
    Err(cuda_safe::Error::from(cuda_safe::ErrorKind::DeviceMismatch { operation, first, second }).into())
}
