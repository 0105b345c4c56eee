//! Host memory that this program has page-locked, and padded rows: copied by one call, and nothing is asked about what is known.
//! The emulator lacks every function that such a copy may not call.

mod support;

use cuda_emulator::{Flavour, runtime_without};
use cuda_safe::{Device, PinnedMemory, Registered};
use interop::{CudaBuffer, DType, HostView, HostViewMut, memcpy_d2h, memcpy_h2d};
use support::ramp;

const ASKING: [&str; 6] = [
    "cudaPointerGetAttributes",
    "cudaStreamIsCapturing",
    "cudaThreadExchangeStreamCaptureMode",
    "cudaStreamQuery",
    "cudaStreamSynchronize",
    "cudaMemcpyAsync",
];

fn without_asking() -> Device {
    support::emulated();
    Device::new(runtime_without(Flavour::Cuda13, &ASKING), 0).unwrap()
}

#[test]
fn page_locked_memory_goes_by_one_call_either_way() {
    let device = without_asking();
    for bytes in [20_000, 64 << 10, 300_000, 1 << 20, (2 << 20) - 1] {
        let mut buffer = CudaBuffer::new(device, &[bytes], DType::U8).unwrap();
        let mut pinned = PinnedMemory::<u8>::zeroed(device, bytes).unwrap();
        pinned.copy_from_slice(&ramp(bytes));
        memcpy_h2d(&pinned, &mut buffer).unwrap();
        pinned.fill(0);
        memcpy_d2h(&buffer, &mut pinned).unwrap();
        assert!(pinned[..] == ramp(bytes)[..], "{bytes} bytes");
        let mut registered = Registered::new(device, vec![0u8; bytes]).unwrap();
        memcpy_d2h(&buffer, &mut registered).unwrap();
        assert!(registered[..] == ramp(bytes)[..], "{bytes} bytes");
        memcpy_h2d(&registered, &mut buffer).unwrap();
    }
}

#[test]
fn a_few_bytes_come_back_to_page_locked_memory_by_one_call() {
    let device = without_asking();
    let mut buffer = CudaBuffer::new(device, &[30_000], DType::U8).unwrap();
    let mut pinned = PinnedMemory::<u8>::zeroed(device, 30_000).unwrap();
    pinned.copy_from_slice(&ramp(30_000));
    memcpy_h2d(&pinned, &mut buffer).unwrap();
    pinned.fill(0);
    for bytes in [1, 4096, 29_000] {
        let part = buffer.view().slice(&[(..bytes as isize).into()]).unwrap();
        memcpy_d2h(&part, &mut pinned[1000..1000 + bytes]).unwrap();
        assert!(pinned[1000..1000 + bytes] == ramp(bytes)[..], "{bytes} bytes");
    }
}

#[test]
fn padded_rows_go_by_one_pitched_call_either_way() {
    support::emulated();
    let missing = ["cudaMemcpy", "cudaMemcpyAsync", "cudaMemcpy2DAsync", "cudaMemcpy3DAsync"];
    let device = Device::new(runtime_without(Flavour::Cuda13, &missing), 0).unwrap();
    // So many rows of so many pixels; the shorter ones to the host go through a slot, which is no pitched call.
    for (rows, width, back) in [(3, 7680, false), (11, 7680, true), (100, 1500, true)] {
        let (pitch, shape) = (width * 3 + 1000, [rows, width, 3]);
        let image = ramp(rows * pitch);
        let mut buffer = CudaBuffer::new(device, &shape, DType::U8).unwrap();
        memcpy_h2d(HostView::rows(&image, &shape, pitch).unwrap(), &mut buffer).unwrap();
        if !back {
            continue;
        }
        let mut out = vec![0u8; rows * pitch];
        memcpy_d2h(&buffer, HostViewMut::rows(&mut out, &shape, pitch).unwrap()).unwrap();
        for (out, row) in out.chunks(pitch).zip(image.chunks(pitch)) {
            assert!(out[..width * 3] == row[..width * 3] && out[width * 3..] == [0; 1000], "{shape:?}");
        }
    }
}
