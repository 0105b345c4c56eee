//! What the tests share: calls that must succeed or fail, small owners, and a stream that can be held up.

#![allow(dead_code, unused_imports, reason = "each test program uses its own part")]

use std::ffi::c_void;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

pub(crate) use cuda_emulator::cuda_sys::Runtime;
pub(crate) use cuda_emulator::cuda_sys::cudart::{self, cudaEvent_t, cudaMemcpyKind, cudaStream_t};
pub(crate) use cuda_emulator::{Flavour, runtime};

pub(crate) const H2H: cudaMemcpyKind = cudaMemcpyKind::cudaMemcpyHostToHost;
pub(crate) const H2D: cudaMemcpyKind = cudaMemcpyKind::cudaMemcpyHostToDevice;
pub(crate) const D2H: cudaMemcpyKind = cudaMemcpyKind::cudaMemcpyDeviceToHost;
pub(crate) const D2D: cudaMemcpyKind = cudaMemcpyKind::cudaMemcpyDeviceToDevice;
pub(crate) const DEFAULT: cudaMemcpyKind = cudaMemcpyKind::cudaMemcpyDefault;

pub(crate) const SUCCESS: u32 = 0;
pub(crate) const INVALID_VALUE: u32 = 1;
pub(crate) const MEMORY_ALLOCATION: u32 = 2;
pub(crate) const INVALID_PITCH: u32 = 12;
pub(crate) const INVALID_HANDLE: u32 = 400;
pub(crate) const NOT_READY: u32 = 600;
pub(crate) const ILLEGAL_ADDRESS: u32 = 700;

/// The code of a call, as a number.
macro_rules! code {
    ($runtime:ident.$call:ident($($argument:expr),* $(,)?)) => {{
        // SAFETY: a test passes what the call wants, or what it must refuse.
        let answer = unsafe { $runtime.$call($($argument),*) };
        answer.expect("the emulator has this function").0
    }};
}

/// A call that must succeed.
macro_rules! ok {
    ($runtime:ident.$call:ident($($argument:expr),* $(,)?)) => {
        assert_eq!($crate::support::code!($runtime.$call($($argument),*)), 0, stringify!($call))
    };
}

pub(crate) use {code, ok};

pub(crate) fn cuda() -> &'static Runtime {
    runtime(Flavour::Cuda13)
}

/// Makes a device current that no other test of the program uses, and gives its number: its figures are exact, its freed
/// addresses stay free, its default streams and its failures disturb nobody.
pub(crate) fn own_device() -> (&'static Runtime, i32) {
    static NEXT: AtomicI32 = AtomicI32::new(0);
    static CONFIGURED: Once = Once::new();
    CONFIGURED.call_once(|| {
        let config = cuda_emulator::Config { devices: 64, memory_per_device: 1 << 28, ..Default::default() };
        cuda_emulator::configure(config).expect("no test calls CUDA before it has its device");
    });
    let (cuda, device) = (cuda(), NEXT.fetch_add(1, Ordering::Relaxed));
    ok!(cuda.cudaSetDevice(device));
    (cuda, device)
}

pub(crate) const LEGACY: cudaStream_t = ptr::without_provenance_mut(1);
pub(crate) const PER_THREAD: cudaStream_t = ptr::without_provenance_mut(2);

pub(crate) fn malloc(size: usize) -> *mut c_void {
    let (cuda, mut pointer) = (cuda(), ptr::null_mut());
    ok!(cuda.cudaMalloc(&mut pointer, size));
    pointer
}

pub(crate) fn free(pointer: *mut c_void) {
    let cuda = cuda();
    ok!(cuda.cudaFree(pointer));
}

/// Device memory with the given bytes, there for every stream.
pub(crate) fn upload(bytes: &[u8]) -> *mut c_void {
    let (cuda, pointer) = (cuda(), malloc(bytes.len()));
    ok!(cuda.cudaMemcpy(pointer, bytes.as_ptr().cast(), bytes.len(), H2D));
    // A copy from pageable memory may return before the bytes have arrived, and other streams do not wait for it.
    ok!(cuda.cudaStreamSynchronize(LEGACY));
    pointer
}

/// The bytes of device memory, read in the order of the legacy stream.
pub(crate) fn download(pointer: *const c_void, size: usize) -> Vec<u8> {
    let (cuda, mut bytes) = (cuda(), vec![0; size]);
    ok!(cuda.cudaMemcpy(bytes.as_mut_ptr().cast(), pointer, size, D2H));
    bytes
}

pub(crate) fn stream(flags: u32) -> cudaStream_t {
    let (cuda, mut stream) = (cuda(), ptr::null_mut());
    ok!(cuda.cudaStreamCreateWithFlags(&mut stream, flags));
    stream
}

pub(crate) fn non_blocking() -> cudaStream_t {
    stream(cudart::cudaStreamNonBlocking)
}

pub(crate) fn event() -> cudaEvent_t {
    let (cuda, mut event) = (cuda(), ptr::null_mut());
    ok!(cuda.cudaEventCreate(&mut event));
    event
}

pub(crate) fn recorded(stream: cudaStream_t) -> cudaEvent_t {
    let (cuda, event) = (cuda(), event());
    ok!(cuda.cudaEventRecord(event, stream));
    event
}

/// Pinned memory, filled with one byte.
pub(crate) fn pinned(size: usize, byte: u8) -> *mut u8 {
    let (cuda, mut pointer) = (cuda(), ptr::null_mut());
    ok!(cuda.cudaMallocHost(&mut pointer, size));
    let bytes = pointer.cast::<u8>();
    // SAFETY: pinned memory of this size, which nobody else uses yet.
    unsafe { bytes.write_bytes(byte, size) };
    bytes
}

/// Keeps a stream from going on until it is dropped.
pub(crate) struct Held(#[allow(dead_code, reason = "dropping it is what counts")] Sender<()>);

/// Makes the stream wait at this point.
pub(crate) fn hold(stream: cudaStream_t) -> Held {
    unsafe extern "C" fn wait(data: *mut c_void) {
        // SAFETY: the box that `hold` gave away, once.
        let gate = unsafe { Box::from_raw(data.cast::<Receiver<()>>()) };
        let _released = gate.recv();
    }
    let (sender, receiver) = channel::<()>();
    let (cuda, gate) = (cuda(), Box::into_raw(Box::new(receiver)));
    ok!(cuda.cudaLaunchHostFunc(stream, Some(wait), gate.cast()));
    Held(sender)
}
