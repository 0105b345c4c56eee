//! Which CUDA runtime the tests use, in one place.
//!
//! `CUDA_TEST_RUNTIME` is `emulator12`, `emulator13`, or the path of a libcudart. Without it, tests use the emulator as
//! CUDA 13, and those that go over every runtime use it as CUDA 12 too.

#![allow(dead_code, reason = "each test program uses a part of this")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cuda_emulator::Flavour;
use cuda_safe::cuda_sys::Runtime;
use cuda_safe::{Device, DeviceMemory};
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
