//! Copies with a choice: the stream, and who is told how far it is.

use std::cell::Cell;

use cuda_safe::{Stream, StreamRef};

use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::transfer::progress::Progress;
use crate::transfer::{read, write};
use crate::view::{CudaView, CudaViewMut};

/// How an array is copied, for [`memcpy_h2d_with`] and [`memcpy_d2h_with`].
///
/// ```
/// use interop::{CopyOptions, CudaBuffer, DType, memcpy_d2h_with, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut buffer = CudaBuffer::new(device, &[3], DType::U8)?;
/// memcpy_h2d(b"abc", &mut buffer)?;
/// let (stream, mut out) = (cuda_safe::Stream::new(device)?, [0u8; 3]);
/// let options = CopyOptions { stream: Some(&stream), ..Default::default() };
/// memcpy_d2h_with(&buffer, &mut out, options)?;
/// assert_eq!(&out, b"abc");
/// # Ok::<(), interop::Error>(())
/// ```
#[derive(Default)]
pub struct CopyOptions<'a> {
    /// The stream in whose order it is copied; that of the device array if there is none.
    pub stream: Option<&'a Stream>,
    /// Is told the bytes that are copied so far: on this thread, now and then in the middle of a long copy, and at its end.
    /// If it panics while the copy is under way, that ends the copy with an error.
    pub progress: Option<&'a mut dyn FnMut(usize)>,
}

/// [`memcpy_h2d`](crate::memcpy_h2d) with options.
///
/// ```
/// use interop::{CopyOptions, CudaBuffer, DType, memcpy_h2d_with};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let volume = vec![0.5f32; 5 << 20];
/// let mut buffer = CudaBuffer::new(device, &[5 << 20], DType::F32)?;
/// let mut percent = 0;
/// let mut progress = |bytes| percent = bytes * 100 / (20 << 20);
/// let options = CopyOptions { progress: Some(&mut progress), ..Default::default() };
/// memcpy_h2d_with(&volume, &mut buffer, options)?;
/// assert_eq!(percent, 100);
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Errors
/// As there, and a stream of another runtime.
#[doc(alias = "cudaMemcpy")]
pub fn memcpy_h2d_with<'h, 'd>(
    host: impl TryInto<HostView<'h>, Error: Into<Error>>,
    device: impl TryInto<CudaViewMut<'d>, Error: Into<Error>>,
    options: CopyOptions<'_>,
) -> Result<()> {
    let (host, device) = (host.try_into().map_err(Into::into)?, device.try_into().map_err(Into::into)?);
    let (bytes, own) = (device.layout().size_bytes(), device.stream());
    options.carry_out(bytes, own, |stream, progress| write(&host, &device, stream, progress))
}

/// [`memcpy_d2h`](crate::memcpy_d2h) with options. An example is at [`memcpy_h2d_with`].
///
/// # Errors
/// As there, and a stream of another runtime.
#[doc(alias = "cudaMemcpy")]
pub fn memcpy_d2h_with<'h, 'd>(
    device: impl TryInto<CudaView<'d>, Error: Into<Error>>,
    host: impl TryInto<HostViewMut<'h>, Error: Into<Error>>,
    options: CopyOptions<'_>,
) -> Result<()> {
    let (device, host) = (device.try_into().map_err(Into::into)?, host.try_into().map_err(Into::into)?);
    let (bytes, own) = (device.layout().size_bytes(), device.stream());
    options.carry_out(bytes, own, |stream, progress| read(&device, &host, stream, progress))
}

impl CopyOptions<'_> {
    fn carry_out(
        self,
        bytes: usize,
        own: &Stream,
        copy: impl FnOnce(StreamRef<'_>, &mut Progress<'_>) -> Result<()>,
    ) -> Result<()> {
        let stream = self.stream.unwrap_or(own).as_ref();
        let Some(callback) = self.progress else { return copy(stream, &mut Progress::default()) };
        let told = Cell::new(None);
        let mut tell = |bytes| {
            told.set(Some(bytes));
            callback(bytes);
        };
        copy(stream, &mut Progress(Some(&mut tell)))?;
        // Not every way tells of itself.
        if told.get() != Some(bytes) {
            tell(bytes);
        }
        Ok(())
    }
}
