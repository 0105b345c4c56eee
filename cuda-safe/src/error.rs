//! What can go wrong, with the call, the object and the numbers.
//!
//! [`Error`] is one pointer wide, so a `Result` costs nothing while all goes well. [`Error::kind`] tells what
//! happened. An error that CUDA returned carries CUDA's own name and description of the code, and what the call was
//! about: which device, how many bytes, which address.
//!
//! # The thread's last error
//!
//! CUDA also keeps the code of each failed call for the thread, and other code reads it: a library that checks
//! `cudaGetLastError` after its kernel launch would report a failure of this crate as its own. So this is done with it:
//!
//! - *Taken back*: the code of a call that failed here, once it is in the [`Error`], or was expected (such as
//!   `cudaErrorNotReady` of a query). `cudaPeekAtLastError` reads the kept code, and only if it is the one that the
//!   call returned, `cudaGetLastError` clears it. That holds as well if the call reported the failure of somebody
//!   else's earlier work: the error that is returned is then the only word of it.
//! - *Never taken back*: a sticky error, for whoever asks has to know that the device is lost.
//! - *Left alone*: whatever others left, as long as the calls here succeed. A call that fails puts its own code in the
//!   place of theirs, which is CUDA's doing and cannot be undone; nor can the same code left by both be told apart.
//!
//! The kept code is never used to learn whether a call here failed; what the call returned says that.

use std::fmt;

use cuda_sys::cudart::cudaError_t;
use cuda_sys::{LoadError, MissingSymbol};

use crate::cuda_error::CudaError;
use crate::release;

/// The result of everything here that can fail.
///
/// ```
/// fn devices() -> cuda_safe::Result<usize> {
///     Ok(cuda_safe::Device::all_of(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13))?.len())
/// }
/// assert!(devices()? > 0);
/// # Ok::<(), cuda_safe::Error>(())
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure: see [`Error::kind`].
///
/// ```
/// use cuda_safe::{Device, ErrorKind};
///
/// let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// let error = Device::new(runtime, 99).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::DeviceOutOfRange { ordinal: 99, .. }));
/// println!("{error}");
/// ```
pub struct Error(Box<ErrorKind>);

/// What happened.
///
/// ```
/// use cuda_safe::{DeviceMemory, Error, ErrorKind};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// fn whose_fault(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Load(_) | ErrorKind::NoDevice { .. } => "the machine's",
///         ErrorKind::LengthMismatch { .. } | ErrorKind::RangeOutOfBounds { .. } => "the caller's",
///         ErrorKind::Cuda(_) if error.is_out_of_memory() => "nobody's",
///         _ => "to be found out",
///     }
/// }
/// let memory = DeviceMemory::<u8>::new(device, 4)?;
/// assert_eq!(whose_fault(&memory.slice(3..9).unwrap_err()), "the caller's");
/// assert_eq!(whose_fault(&DeviceMemory::<u8>::new(device, 1 << 50).unwrap_err()), "nobody's");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No CUDA runtime library could be opened.
    #[error(transparent)]
    Load(LoadError),

    /// The loaded runtime is too old (or too new) to have the function.
    #[error(transparent)]
    MissingSymbol(MissingSymbol),

    /// CUDA refused the call, or reports the failure of earlier asynchronous work.
    #[error(transparent)]
    Cuda(CudaError),

    /// The process was made by `fork` after CUDA was initialised in its parent.
    #[error("{call}: CUDA cannot be used in a forked child process; start a new process (spawn) instead")]
    ForkedProcess {
        /// The function that was not called.
        call: &'static str,
    },

    /// The process is exiting and the runtime with it.
    #[error("{call}: the process is exiting, CUDA may no longer be called")]
    Exiting {
        /// The function that was not called.
        call: &'static str,
    },

    /// The C library refused to register the handler that notices `fork` or exit.
    #[error("{hook} failed: without its handler CUDA objects could be released at the wrong time")]
    Hook {
        /// The C function.
        hook: &'static str,
    },

    /// The runtime works but there is no device.
    #[error("no CUDA device is visible to {runtime}")]
    NoDevice {
        /// The library and how it was found.
        runtime: String,
    },

    /// There is no device of that ordinal.
    #[error("device {ordinal} does not exist: {runtime} sees {count} device(s)")]
    DeviceOutOfRange {
        /// The ordinal asked for.
        ordinal: usize,
        /// How many devices there are.
        count: usize,
        /// The library and how it was found.
        runtime: String,
    },

    /// The two sides of a copy differ in length.
    #[error("{operation}: the source has {source_len} element(s), the destination {destination_len}")]
    LengthMismatch {
        /// The operation that was refused.
        operation: &'static str,
        /// Elements of the source.
        source_len: usize,
        /// Elements of the destination.
        destination_len: usize,
    },

    /// A range does not lie inside its object.
    #[error("range {start}..{end} does not lie inside {len} element(s)")]
    RangeOutOfBounds {
        /// First element.
        start: usize,
        /// One past the last element.
        end: usize,
        /// Elements of the object.
        len: usize,
    },

    /// The size in bytes does not fit this machine.
    #[error("{len} elements of {element_bytes} byte(s) exceed the largest size of an allocation")]
    SizeOverflow {
        /// Elements asked for.
        len: usize,
        /// Bytes of one element.
        element_bytes: usize,
    },

    /// CUDA reported success, but gave no address or one at which the elements cannot lie.
    #[error(
        "{call}: success with the address {address:#x}, where no element aligned to {alignment} byte(s) can lie"
    )]
    UnusableAddress {
        /// The C function.
        call: &'static str,
        /// The address, 0 for none.
        address: usize,
        /// The alignment of the elements in bytes.
        alignment: usize,
    },

    /// The rows of a two- or three-dimensional copy do not fit their pitch or their memory.
    #[error(
        "{operation}: {rows} row(s) of {width} with a pitch of {pitch} do not fit the {side}, which has {len} (all in {unit})"
    )]
    RowsOutOfBounds {
        /// The operation that was refused.
        operation: &'static str,
        /// `"source"` or `"destination"`.
        side: &'static str,
        /// Rows to copy.
        rows: usize,
        /// Length of a row.
        width: usize,
        /// Distance between the starts of two rows.
        pitch: usize,
        /// Length of that side.
        len: usize,
        /// `"elements"` or `"bytes"`.
        unit: &'static str,
    },

    /// 0 is not a stream here.
    #[error(
        "stream handle 0 is refused: it means another stream in each program; pass 1 (legacy) or 2 (per thread)"
    )]
    NullStream,

    /// The per-thread stream cannot own pool memory.
    #[error(
        "memory from a pool needs a stream that stays the same: the per-thread default stream (handle 2) is another \
         stream on each thread, so freeing from another thread would lose the order; use Stream::new or Stream::legacy"
    )]
    PerThreadPool,

    /// Two objects belong to different devices.
    #[error("{operation}: {first} and {second} are not on the same device")]
    DeviceMismatch {
        /// The operation that was refused.
        operation: &'static str,
        /// The one device.
        first: String,
        /// The other device.
        second: String,
    },

    /// Two objects belong to different CUDA runtimes.
    #[error("{operation}: {first} and {second} belong to different CUDA runtimes")]
    RuntimeMismatch {
        /// The operation that was refused.
        operation: &'static str,
        /// The one device and its library.
        first: String,
        /// The other device and its library.
        second: String,
    },

    /// The events were reached in the other order.
    #[error("the event was reached {milliseconds} ms before the one it was to be measured from")]
    EventsOutOfOrder {
        /// How much earlier.
        milliseconds: f32,
    },

    /// A long copy stopped on its way.
    #[error("{operation}: stopped after {done} of {bytes} bytes: {cause}")]
    Interrupted {
        /// The operation.
        operation: &'static str,
        /// How many bytes, from the first on, are known to be done. Others may be as well.
        done: usize,
        /// All bytes.
        bytes: usize,
        /// Why.
        #[source]
        cause: Error,
    },

    /// A copy could not be begun; the device has been given nothing of it, so another way may be tried.
    #[error("{operation}: could not be begun, and nothing was copied: {cause}")]
    NotBegun {
        /// The operation.
        operation: &'static str,
        /// Why.
        #[source]
        cause: Error,
    },

    /// A callback of a copy asked for another one that would have to wait for the first.
    #[error("a copy from inside a callback of a copy cannot be staged: it could wait for itself")]
    Nested,

    /// Code that was called back panicked.
    #[error("a callback panicked: {message}")]
    Panicked {
        /// What it said.
        message: String,
    },

    /// A setting cannot be understood.
    #[error("{name}: `{value}` is refused: {reason}")]
    Setting {
        /// The environment variable of that setting.
        name: &'static str,
        /// The part that cannot be understood.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl Error {
    /// What happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Why, of a copy that has stopped or was not begun; the error itself of all others.
    pub(crate) fn into_cause(self) -> Self {
        match *self.0 {
            ErrorKind::Interrupted { cause, .. } | ErrorKind::NotBegun { cause, .. } => cause,
            kind => kind.into(),
        }
    }

    /// The code, if CUDA returned one.
    pub fn code(&self) -> Option<cudaError_t> {
        match self.kind() {
            ErrorKind::Cuda(error) => Some(error.code),
            ErrorKind::Interrupted { cause, .. } | ErrorKind::NotBegun { cause, .. } => cause.code(),
            _ => None,
        }
    }

    /// Whether the error is sticky: the device's context is lost, every later call fails the same way, and only a new
    /// process can use CUDA again.
    pub fn is_poisoned(&self) -> bool {
        self.code().is_some_and(release::is_sticky)
    }

    /// Whether a stream that records its work into a graph forbade the call, which has done nothing then. It may be
    /// another stream, and another thread's.
    pub fn is_about_capture(&self) -> bool {
        self.code().is_some_and(|code| (900..=908).contains(&code.0))
    }

    /// Whether the device (or the page-locked host memory) had no room left.
    pub fn is_out_of_memory(&self) -> bool {
        self.code() == Some(cudaError_t::cudaErrorMemoryAllocation)
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<LoadError> for Error {
    #[cold]
    fn from(error: LoadError) -> Self {
        ErrorKind::Load(error).into()
    }
}

impl From<MissingSymbol> for Error {
    #[cold]
    fn from(error: MissingSymbol) -> Self {
        ErrorKind::MissingSymbol(error).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}
