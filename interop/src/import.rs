//! Foreign arrays taken over as buffers: described by the CUDA Array Interface, by DLPack, or by the caller.
//!
//! What comes from outside is unverified until checked. The description is parsed, the span of its bytes computed in
//! 128 bits, and looked up by CUDA: the span must lie within the allocation that it begins in, whose device then is the
//! device of the buffer, whatever the description says. (Where a runtime cannot tell how far an allocation reaches, both
//! ends of the span must be the same kind of memory of the same device; an array that leaves its allocation into another
//! one of that device is not noticed then. Nor is one whose memory was freed and given to another allocation. That is the
//! caller's promise.)
//!
//! The owner is kept until the buffer and all of its exports are gone. The stream of the buffer is made to wait, by an
//! event, for the stream that the producer names; the host does not wait (except for a buffer on the per-thread stream,
//! which is another stream on each thread).

use std::ops::Range;

use cuda_safe::memory::AllocationRange;
use cuda_safe::{Device, PointerAttributes, Stream, StreamRef};

use crate::address::byte_range;
use crate::array_interface::{ArrayInterface, RawArrayInterface, Readiness};
use crate::buffer::{CudaBuffer, same_device};
use crate::dlpack::{DLDeviceType, ManagedTensor};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::layout::{Layout, Span};
use crate::owner::{Foreign, MemoryKind, Owner};

/// A Rust object that describes its memory by the CUDA Array Interface.
///
/// ```
/// use interop::{CudaBuffer, DType, ForeignArray, ImportOptions, RawArrayInterface, Result};
///
/// struct Frame(cuda_safe::DeviceMemory<u8>);
///
/// impl ForeignArray for Frame {
///     fn cuda_array_interface(&self) -> Result<RawArrayInterface> {
///         Ok(RawArrayInterface {
///             shape: Some(vec![4, 8]),
///             typestr: Some("|u1".into()),
///             data: Some((self.0.as_ptr().addr(), false)),
///             version: Some(3),
///             ..Default::default()
///         })
///     }
/// }
///
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let frame = Frame(cuda_safe::DeviceMemory::new(device, 32)?);
/// let options = ImportOptions { device: Some(device), ..Default::default() };
/// // SAFETY: the description is of memory that the frame owns.
/// let buffer = unsafe { CudaBuffer::from_cuda_with(frame, &options)? };
/// assert_eq!((buffer.shape(), buffer.dtype()), (&[4, 8][..], DType::U8));
/// # Ok::<(), interop::Error>(())
/// ```
pub trait ForeignArray: Send + 'static {
    /// The dictionary, as it is now.
    ///
    /// # Errors
    /// Whatever keeps the object from describing itself.
    fn cuda_array_interface(&self) -> Result<RawArrayInterface>;
}

impl ForeignArray for CudaBuffer {
    fn cuda_array_interface(&self) -> Result<RawArrayInterface> {
        self.array_interface()
    }
}

/// How a foreign array is taken over.
///
/// ```
/// use interop::{CudaBuffer, DType, ImportOptions};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = cuda_safe::Stream::new(device)?;
/// let options = ImportOptions { stream: Some(stream), ..Default::default() };
/// let array = CudaBuffer::new(device, &[3], DType::F32)?;
/// // SAFETY: the array owns the memory that it describes.
/// let shared = unsafe { CudaBuffer::from_cuda_with(array, &options)? };
/// assert_eq!(shared.stream().as_raw(), options.stream.unwrap().as_raw());
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// A device of the runtime that looks the address up, and the device of an array without elements. If there is
    /// neither this nor a stream, the first device of the runtime that [`Device::first`] finds.
    pub device: Option<Device>,
    /// The stream of the buffer, on the device of the memory; its legacy default stream if there is none.
    pub stream: Option<Stream>,
    /// Do not wait for the producer's stream: the caller has seen to the order.
    pub ignore_producer_stream: bool,
}

impl ImportOptions {
    fn device(&self) -> Result<Device> {
        match (self.device, &self.stream) {
            (Some(device), _) => Ok(device),
            (None, Some(stream)) => Ok(stream.device()),
            (None, None) => Ok(Device::first()?),
        }
    }
}

impl CudaBuffer {
    /// Takes over an object that describes its memory, in the runtime that [`Device::first`] finds. The object is kept
    /// until the buffer and all of its exports are gone; it is dropped if it is refused.
    ///
    /// # Safety
    /// The description is of one allocation, gaps between its elements included, which stays valid as long as the
    /// object lives. A stream that it names lives as long.
    ///
    /// # Errors
    /// A broken rule of the interface, an address that CUDA does not know, and CUDA's own.
    pub unsafe fn from_cuda(foreign: impl ForeignArray) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { Self::from_cuda_with(foreign, &ImportOptions::default()) }
    }

    /// [`from_cuda`](Self::from_cuda) with a stream or a runtime of choice.
    ///
    /// # Safety
    /// As there.
    ///
    /// # Errors
    /// As there, and a stream that is not of the device of the memory.
    pub unsafe fn from_cuda_with(foreign: impl ForeignArray, options: &ImportOptions) -> Result<Self> {
        let raw = foreign.cuda_array_interface()?;
        // SAFETY: the caller's promise.
        unsafe { Self::from_array_interface(&raw, foreign, options) }
    }

    /// Takes over the memory that a dictionary describes, and keeps `owner` for it.
    ///
    /// A producer's stream is waited for unless the options say otherwise. Dictionaries of versions 0 to 2 cannot name
    /// one; for them the legacy default stream is waited for, since that is where their producers work by default.
    ///
    /// # Safety
    /// As [`from_cuda`](Self::from_cuda), for `owner`.
    ///
    /// # Errors
    /// As [`from_cuda_with`](Self::from_cuda_with).
    pub unsafe fn from_array_interface(
        raw: &RawArrayInterface,
        owner: impl Send + 'static,
        options: &ImportOptions,
    ) -> Result<Self> {
        let array = ArrayInterface::parse(raw)?;
        let (found, stream) = locate(&array, options)?;
        let owner = Owner::Foreign(Foreign::new(owner));
        let (layout, dtype) = (array.layout().clone(), array.dtype());
        Ok(Self::from_parts(owner, found.kind, array.address(), layout, dtype, stream, array.is_read_only()))
    }

    /// Takes over a DLPack tensor, in the runtime that [`Device::first`] finds. Its deleter runs when the buffer and all
    /// of its exports are gone.
    ///
    /// DLPack orders work when the tensor is asked for: the producer was told the stream of the buffer (the legacy
    /// default stream, number 1, unless [`from_dlpack_with`](Self::from_dlpack_with) says otherwise) and has made it
    /// wait.
    ///
    /// # Errors
    /// A tensor that is not in memory a device can reach, and CUDA's own.
    pub fn from_dlpack(tensor: ManagedTensor) -> Result<Self> {
        Self::from_dlpack_with(tensor, &ImportOptions::default())
    }

    /// [`from_dlpack`](Self::from_dlpack) with a stream or a runtime of choice.
    ///
    /// # Errors
    /// As there, and a stream that is not of the device of the memory.
    pub fn from_dlpack_with(tensor: ManagedTensor, options: &ImportOptions) -> Result<Self> {
        let (base, layout, dtype) = (tensor.address(), tensor.layout().clone(), tensor.dtype());
        let reachable = [DLDeviceType::CUDA, DLDeviceType::CUDA_HOST, DLDeviceType::CUDA_MANAGED];
        if !reachable.contains(&tensor.device().device_type) {
            return Err(Error::DlpackDevice { device: tensor.device() });
        }
        let found = look_up(base, &layout, options)?;
        let (stream, read_only) = (found.stream(options)?, tensor.is_read_only());
        Ok(Self::from_parts(Owner::Tensor(tensor), found.kind, base, layout, dtype, stream, read_only))
    }

    /// Makes a buffer of memory that somebody else allocated, and keeps `owner` for it: pass `()` if the memory outlives
    /// the buffer and its exports anyway. `layout` counts from `address`.
    ///
    /// # Safety
    /// The span of `layout` lies inside one allocation that stays valid as long as `owner` lives, and work that is
    /// pending on it is ordered before the stream of the buffer.
    ///
    /// # Errors
    /// [`Error::ItemSize`], [`Error::OutsideAddressSpace`], an address that CUDA does not know, a stream of another
    /// device, and CUDA's own.
    pub unsafe fn adopt(
        address: usize,
        layout: Layout,
        dtype: DType,
        owner: impl Send + 'static,
        options: &ImportOptions,
    ) -> Result<Self> {
        if layout.itemsize() != dtype.size() {
            return Err(Error::ItemSize { dtype, itemsize: layout.itemsize() });
        }
        let found = look_up(address, &layout, options)?;
        let stream = found.stream(options)?;
        let owner = Owner::Foreign(Foreign::new(owner));
        Ok(Self::from_parts(owner, found.kind, address, layout, dtype, stream, false))
    }
}

/// What CUDA says about the memory of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) device: Device,
    pub(crate) kind: MemoryKind,
}

impl Found {
    fn stream(self, options: &ImportOptions) -> Result<Stream> {
        let stream = options.stream.clone().unwrap_or_else(|| Stream::legacy(self.device));
        same_device("take over an array", self.device, stream.device())?;
        Ok(stream)
    }
}

/// Looks the memory of an array up, and makes the stream of the buffer wait for the producer.
pub(crate) fn locate(array: &ArrayInterface, options: &ImportOptions) -> Result<(Found, Stream)> {
    let found = look_up(array.address(), array.layout(), options)?;
    let stream = found.stream(options)?;
    if !options.ignore_producer_stream && !array.layout().is_empty() {
        wait_for_producer(&stream, array.readiness())?;
    }
    Ok((found, stream))
}

/// Bytes that the driver maps at once, at an address that they divide.
const GRANULE: usize = 2 << 20;

/// Looks up where an array lies, all of it.
fn look_up(base: usize, layout: &Layout, options: &ImportOptions) -> Result<Found> {
    let asked = options.device()?;
    let Some(Range { start, end }) = byte_range(base, layout) else {
        let Span { start, end } = layout.span();
        return Err(Error::OutsideAddressSpace { address: base, start, end });
    };
    if start == end {
        return Ok(Found { device: asked, kind: MemoryKind::Device });
    }
    match AllocationRange::around(asked.runtime(), std::ptr::without_provenance::<u8>(start))? {
        Some(around) if end > around.addresses.end => {
            Err(Error::OutsideAllocation { start, end, allocation_end: around.addresses.end })
        }
        // Inside one allocation. Of a reservation that is mapped piece by piece, the end may be in a piece that is not.
        Some(around) if start / GRANULE == (end - 1) / GRANULE => {
            found(asked, start, around.kind, around.device)
        }
        _ => both_ends(asked, start, end - 1),
    }
}

/// Looks both ends of an array up, which must be alike.
fn both_ends(asked: Device, start: usize, last: usize) -> Result<Found> {
    let (first_found, last_found) = (found_at(asked, start)?, found_at(asked, last)?);
    if first_found != last_found {
        let (first_is, last_is) = (format!("{first_found:?}"), format!("{last_found:?}"));
        return Err(Error::TornArray { first: start, first_is, last, last_is });
    }
    Ok(first_found)
}

fn found_at(asked: Device, address: usize) -> Result<Found> {
    let attributes = PointerAttributes::of(asked.runtime(), std::ptr::without_provenance::<u8>(address))?;
    found(asked, address, attributes.kind, attributes.device)
}

/// What CUDA has found at an address, if it is memory that devices reach.
fn found(asked: Device, address: usize, kind: cuda_safe::MemoryKind, device: Option<usize>) -> Result<Found> {
    let kind = match kind {
        cuda_safe::MemoryKind::Device => MemoryKind::Device,
        cuda_safe::MemoryKind::Host => MemoryKind::Pinned,
        cuda_safe::MemoryKind::Managed => MemoryKind::Managed,
        _ => return Err(Error::NotDeviceMemory { address }),
    };
    let device = match device {
        Some(ordinal) if ordinal != asked.ordinal() => Device::new(asked.runtime(), ordinal)?,
        // Managed memory that no device has touched may have no device yet.
        _ => asked,
    };
    Ok(Found { device, kind })
}

/// Makes later work of the stream wait for what the producer has pending.
fn wait_for_producer(stream: &Stream, readiness: Readiness) -> Result<()> {
    let device = stream.device();
    let producer = match readiness {
        Readiness::Ready => return Ok(()),
        Readiness::Unstated => StreamRef::legacy(device),
        Readiness::After(handle) => {
            let raw = std::ptr::with_exposed_provenance_mut(handle.get());
            // SAFETY: the caller of the import promised that the stream lives as long as the producer, which is alive.
            unsafe { StreamRef::from_raw(device, raw) }?
        }
    };
    if stream.as_ref().is_per_thread() {
        // On each thread this is another stream, and the buffer may go to any of them.
        return Ok(producer.synchronize()?);
    }
    Ok(stream.as_ref().wait_for(producer)?)
}
