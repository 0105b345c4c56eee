//! Tiny copies: through a page-locked slot, on the caller's own stream and thread.
//!
//! A plain call with pageable memory waits for the stream, and then for the copy. Here the bytes of an upload are copied into
//! a slot, the slot is sent in the order of the stream, and the call returns: the host memory is the caller's again, later
//! work of the stream sees the data, and nobody has waited. A download waits, but the device writes page-locked memory
//! sooner than pageable memory.
//!
//! It is of no matter what kind of host memory it is: the bytes pass through the slot in any case.

use std::ffi::c_void;

use crate::call::gate;
use crate::error::Result;
use crate::memory::staging::engine::Engine;
use crate::memory::staging::slots::SLOT;
use crate::release::UnderWay;
use crate::stream::StreamRef;

impl Engine {
    /// Bytes of the largest copy that [`upload_small`](Self::upload_small) and [`download_small`](Self::download_small)
    /// take; 0 where the settings make every such copy a plain call.
    #[inline]
    pub fn small(&self) -> usize {
        if self.settings().slot_bytes() > 0 { SLOT } else { 0 }
    }

    /// Sends a few host bytes to the device in the order of `stream`, and returns when the host memory may be reused: the
    /// copy goes on. Later work of the stream sees the data; other streams have to wait for this one, as for any work of it.
    ///
    /// False if it was not begun, and has to be copied another way: more bytes than [`small`](Self::small), a stream that
    /// records its work into a graph, or so many copies in flight already.
    ///
    /// ```
    /// use cuda_safe::{DeviceMemory, Stream, memory::staging};
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let (engine, stream) = (staging::shared(device)?, Stream::new(device)?);
    /// let mut memory = DeviceMemory::<u8>::new(device, 3)?;
    /// let mut parameters = [1u8, 2, 3];
    /// let to = memory.as_mut_ptr().cast();
    /// // SAFETY: three bytes each; the memory is not touched until the stream has been waited for.
    /// let sent = unsafe { engine.upload_small(stream.as_ref(), to, parameters.as_ptr(), 3) }?;
    /// parameters.fill(0); // the copy has what it needs
    /// stream.synchronize()?;
    /// assert!(sent && memory.to_vec()? == [1, 2, 3]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Safety
    /// `source` is readable for `bytes`. `to` is writable for as many by the device, and nobody uses it but in the order of
    /// `stream`, nor frees it, until the stream has done the copy.
    ///
    /// # Errors
    /// A stream of another device, and CUDA's own, also for earlier work: nothing is in flight then. What goes wrong with the
    /// copy itself is told by later calls, as for all work of a stream.
    #[doc(alias = "cudaMemcpyAsync")]
    pub unsafe fn upload_small(
        &self,
        stream: StreamRef<'_>,
        to: *mut c_void,
        source: *const u8,
        bytes: usize,
    ) -> Result<bool> {
        // SAFETY: the caller vouches for the source; it is no slot.
        let fill = |slot: *mut u8| unsafe { slot.copy_from_nonoverlapping(source, bytes) };
        let _under_way = UnderWay::enter();
        // SAFETY: as many bytes are filled; for the rest the caller vouches.
        unsafe { self.send_small(stream, to, bytes, fill) }
    }

    /// As [`upload_small`](Self::upload_small), of bytes that `fill` writes to the address that it is given: a strided array, say,
    /// is packed on its way.
    ///
    /// ```
    /// use cuda_safe::{DeviceMemory, Stream, memory::staging};
    /// # fn main() -> cuda_safe::Result<()> {
    /// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
    /// let (engine, stream) = (staging::shared(device)?, Stream::new(device)?);
    /// let mut memory = DeviceMemory::<u8>::new(device, 3)?;
    /// let to = memory.as_mut_ptr().cast();
    /// // SAFETY: three bytes are written where there is room for them.
    /// let fill = |slot: *mut u8| (1..4).for_each(|byte| unsafe { slot.add(3 - usize::from(byte)).write(byte) });
    /// // SAFETY: three bytes; the memory is not touched until the stream has been waited for.
    /// let sent = unsafe { engine.upload_small_with(stream.as_ref(), to, 3, fill) }?;
    /// stream.synchronize()?;
    /// assert!(sent && memory.to_vec()? == [3, 2, 1]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Safety
    /// `fill` writes `bytes` bytes and none beyond; it is called at most once. `to` is as there.
    ///
    /// # Errors
    /// As there.
    #[doc(alias = "cudaMemcpyAsync")]
    #[inline]
    pub unsafe fn upload_small_with(
        &self,
        stream: StreamRef<'_>,
        to: *mut c_void,
        bytes: usize,
        fill: impl FnOnce(*mut u8),
    ) -> Result<bool> {
        let _under_way = UnderWay::enter();
        if stream.is_legacy() {
            // While this thread captures a blocking stream, a copy would spoil the capture: it is refused before.
            stream.is_capturing()?;
        }
        // SAFETY: the caller's promise.
        unsafe { self.send_small(stream, to, bytes, fill) }
    }

    /// # Safety
    /// As [`upload_small_with`](Self::upload_small_with).
    #[inline]
    unsafe fn send_small(
        &self,
        stream: StreamRef<'_>,
        to: *mut c_void,
        bytes: usize,
        fill: impl FnOnce(*mut u8),
    ) -> Result<bool> {
        if !self.takes(stream, bytes, "copy to the device")? {
            return Ok(bytes == 0);
        }
        // SAFETY: it fits into a slot; for the rest the caller vouches.
        unsafe { self.slots().upload(stream, to, bytes, fill) }
    }

    /// Brings a few device bytes to the host in the order of `stream`; they are written on return.
    ///
    /// False if it was not begun, as for [`upload_small`](Self::upload_small).
    ///
    /// # Safety
    /// `from` is readable for `bytes` by the device in the order of `stream`, and `sink` writable for as many, until this
    /// returns.
    ///
    /// # Errors
    /// A stream of another device, and CUDA's own, also for earlier work.
    #[doc(alias = "cudaMemcpyAsync")]
    pub unsafe fn download_small(
        &self,
        stream: StreamRef<'_>,
        from: *const c_void,
        sink: *mut u8,
        bytes: usize,
    ) -> Result<bool> {
        // SAFETY: the caller vouches for the sink; it is no slot.
        let empty = |slot: *const u8| unsafe { sink.copy_from_nonoverlapping(slot, bytes) };
        // SAFETY: no more bytes are read; for the rest the caller vouches.
        unsafe { self.download_small_with(stream, from, bytes, empty) }
    }

    /// As [`download_small`](Self::download_small), of bytes that `empty` takes from the address that it is given, before this
    /// returns.
    ///
    /// # Safety
    /// `empty` reads at most `bytes` bytes; it is called at most once. `from` is as there.
    ///
    /// # Errors
    /// As there.
    #[doc(alias = "cudaMemcpyAsync")]
    #[inline]
    pub unsafe fn download_small_with(
        &self,
        stream: StreamRef<'_>,
        from: *const c_void,
        bytes: usize,
        empty: impl FnOnce(*const u8),
    ) -> Result<bool> {
        let _under_way = UnderWay::enter();
        let _relaxed = self.relaxed();
        if !self.takes(stream, bytes, "copy to the host")? {
            return Ok(bytes == 0);
        }
        // SAFETY: it fits into a slot; for the rest the caller vouches.
        unsafe { self.slots().download(stream, from, bytes, empty) }
    }

    #[inline]
    fn takes(&self, stream: StreamRef<'_>, bytes: usize, operation: &'static str) -> Result<bool> {
        gate(operation)?;
        self.device().same_device(&stream.device(), operation)?;
        Ok(bytes > 0 && bytes <= self.small())
    }
}
