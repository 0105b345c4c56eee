//! Which CUDA runtime the tests use, in one place.
//!
//! `CUDA_TEST_RUNTIME` is `emulator12`, `emulator13`, or the path of a libcudart. Without it, tests use the emulator as
//! CUDA 13, and those that go over every runtime use it as CUDA 12 too.

#![allow(dead_code, reason = "each test program uses a part of this")]

use std::ffi::c_void;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cuda_emulator::Flavour;
use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::{Device, DeviceMemory, Stream};
use interop::{CudaBuffer, DType, ImportOptions, Layout, RawArrayInterface, memcpy_d2h, memcpy_h2d};

const VARIABLE: &str = "CUDA_TEST_RUNTIME";

/// Every runtime that a test should hold on.
pub(crate) fn runtimes() -> Vec<&'static Runtime> {
    let emulator = cuda_emulator::runtime;
    match std::env::var(VARIABLE).as_deref() {
        Err(_) => vec![emulator(Flavour::Cuda13), emulator(Flavour::Cuda12)],
        Ok("emulator12") => vec![emulator(Flavour::Cuda12)],
        Ok("emulator13") => vec![emulator(Flavour::Cuda13)],
        // SAFETY: whoever sets the variable names a CUDA runtime, whose initialisers may run.
        Ok(path) => vec![unsafe { Runtime::load_from(Path::new(path)) }.unwrap()],
    }
}

/// Whether the runtime is the emulator, so that faults can be injected.
pub(crate) fn is_emulated() -> bool {
    std::env::var(VARIABLE).map_or(true, |name| name.starts_with("emulator"))
}

/// The first device of every runtime.
pub(crate) fn devices() -> Vec<Device> {
    runtimes().into_iter().map(|runtime| Device::new(runtime, 0).unwrap()).collect()
}

/// The first device of the first runtime.
pub(crate) fn device() -> Device {
    devices()[0]
}

/// The emulator's device, whatever the tests run on: it alone can be told to fail or to be late. It has the CUDA of the
/// runtime under test.
pub(crate) fn emulated() -> Device {
    if is_emulated() {
        return device();
    }
    on_the_emulator("it alone can be told to fail or to be late");
    Device::new(emulator_like(device().runtime()), 0).unwrap()
}

/// Two devices of the first runtime; where it has only one, two of the emulator's.
pub(crate) fn two_devices() -> (Device, Device) {
    let first = device();
    if let Ok(second) = Device::new(first.runtime(), 1) {
        return (first, second);
    }
    on_the_emulator("it needs two devices");
    let runtime = emulator_like(first.runtime());
    (Device::new(runtime, 0).unwrap(), Device::new(runtime, 1).unwrap())
}

fn emulator_like(runtime: &Runtime) -> &'static Runtime {
    let flavour = if runtime.version().major() == 12 { Flavour::Cuda12 } else { Flavour::Cuda13 };
    cuda_emulator::runtime(flavour)
}

/// Says so where a test does not use the runtime it was told to use, in the form in which the GPU report counts it.
fn on_the_emulator(reason: &str) {
    println!("on the emulator: {reason}");
}

/// Options that look addresses up in the runtime of `device`.
pub(crate) fn on(device: Device) -> ImportOptions {
    ImportOptions { device: Some(device), ..Default::default() }
}

/// A description of packed bytes at `address`.
pub(crate) fn bytes_at(address: usize, shape: &[i64]) -> RawArrayInterface {
    RawArrayInterface {
        shape: Some(shape.to_vec()),
        typestr: Some("|u1".into()),
        data: Some((address, false)),
        version: Some(3),
        ..Default::default()
    }
}

/// Device memory that holds these bytes.
pub(crate) fn device_bytes(device: Device, bytes: &[u8]) -> DeviceMemory<u8> {
    DeviceMemory::from_host(device, bytes).unwrap()
}

/// A buffer of any layout over bytes of its own.
pub(crate) fn buffer_over(device: Device, bytes: &[u8], layout: Layout, dtype: DType) -> CudaBuffer {
    let memory = device_bytes(device, bytes);
    assert!(layout.span().fits(bytes.len()), "the layout leaves the memory");
    // SAFETY: the layout lies inside the memory, which is the owner.
    unsafe { CudaBuffer::adopt(memory.as_ptr().addr(), layout, dtype, memory, &on(device)) }.unwrap()
}

/// A packed buffer that holds these bytes.
pub(crate) fn filled(device: Device, shape: &[usize], bytes: &[u8]) -> CudaBuffer {
    let mut buffer = CudaBuffer::new(device, shape, DType::U8).unwrap();
    memcpy_h2d(bytes, &mut buffer).unwrap();
    buffer
}

/// The elements of a buffer of bytes, in C order.
pub(crate) fn contents(buffer: &CudaBuffer) -> Vec<u8> {
    let mut out = vec![0xa5u8; buffer.layout().len()];
    memcpy_d2h(buffer, &mut out).unwrap();
    out
}

/// `0, 1, 2, ...`, around.
pub(crate) fn ramp(len: usize) -> Vec<u8> {
    (0..len).map(|at| at as u8).collect()
}

/// Work of a stream that is not done before this is dropped, so what is enqueued behind it waits: however slow the
/// machine is, it is not done by chance.
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    pub(crate) fn closed(stream: &Stream) -> Self {
        let open = Arc::new(AtomicBool::new(false));
        let seen = Arc::into_raw(Arc::clone(&open)).cast_mut().cast();
        let runtime = stream.device().runtime();
        // SAFETY: the function takes the reference that it is given, calls nothing of CUDA, and runs once.
        let status = unsafe { runtime.cudaLaunchHostFunc(stream.as_raw(), Some(pass), seen) };
        assert_eq!(status, Ok(cudaError_t::cudaSuccess));
        Self(open)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Returns when the gate is open. A test that waits for its own gate gets an error late, not never.
unsafe extern "C" fn pass(open: *mut c_void) {
    // SAFETY: made by `Arc::into_raw` for this call.
    let open = unsafe { Arc::from_raw(open.cast::<AtomicBool>().cast_const()) };
    let begun = Instant::now();
    while !open.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Counts how often it, or what it was made for, is dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drops(Arc<AtomicUsize>);

/// An owner whose end is counted.
#[derive(Debug)]
pub(crate) struct Counted(Drops);

impl Drops {
    pub(crate) fn owner(&self) -> Counted {
        Counted(self.clone())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}
