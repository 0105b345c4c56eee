//! Many copies at once arrive as one by one, are all checked first, and take few calls.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_emulator::{Fault, Flavour};
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{self, Settings};
use cuda_safe::{Device, ErrorKind, Stream};
use interop::{
    BufferOptions, CudaBuffer, DType, Error, HostView, HostViewMut, Layout, LayoutError, memcpy_d2h,
    memcpy_d2h_batch, memcpy_h2d, memcpy_h2d_batch,
};

/// The engine is everybody's, and faults hit all threads, so the tests take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Chunks that begin and end anywhere in pieces.
fn engine(enabled: bool) {
    let small =
        Settings { threads: Some(3), chunk: Some(9_001), limit: 1 << 20, enabled, ..Settings::default() };
    staging::configure(small).unwrap();
}

fn device() -> Device {
    Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap()
}

fn ramp(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + at / 256 * 7) as u8).collect()
}

/// Rows of 100 bytes to the rows of an array that `order` lists, and back.
fn rows_arrive(device: Device, rows: usize, pitch: usize, order: impl Fn(usize) -> usize) {
    let source = ramp(rows * 100);
    let mut buffer = CudaBuffer::new(device, &[rows, pitch], DType::U8).unwrap();
    memcpy_h2d(&vec![0xeeu8; rows * pitch], &mut buffer).unwrap();
    let columns = [0..rows, pitch - 100..pitch];
    let crop = buffer.view_mut().unwrap().crop(&columns).unwrap();
    let mut parts: Vec<_> = crop.split(0).unwrap().map(Some).collect();
    memcpy_h2d_batch(source.chunks(100).enumerate().map(|(at, row)| (row, parts[order(at)].take().unwrap())))
        .unwrap();
    let mut all = vec![0u8; rows * pitch];
    memcpy_d2h(&buffer, &mut all).unwrap();
    let mut expected = vec![0xee; rows * pitch];
    for (at, row) in source.chunks(100).enumerate() {
        expected[(order(at) + 1) * pitch - 100..(order(at) + 1) * pitch].copy_from_slice(row);
    }
    assert!(all == expected);
    let mut back = vec![0u8; source.len()];
    let view = buffer.view().crop(&columns).unwrap();
    let from = |at: usize| view.index(0, order(at) as isize).unwrap();
    memcpy_d2h_batch(back.chunks_mut(100).enumerate().map(|(at, row)| (from(at), row))).unwrap();
    assert!(back == source);
}

#[test]
fn pieces_in_any_order_arrive_with_and_without_the_engine_and_batches() {
    let _alone = alone();
    let without = cuda_emulator::runtime_without(Flavour::Cuda12, &["cudaMemcpyBatchAsync"]);
    for runtime in [cuda_emulator::runtime(Flavour::Cuda13), cuda_emulator::runtime(Flavour::Cuda12), without]
    {
        let device = Device::new(runtime, 0).unwrap();
        for enabled in [true, false] {
            engine(enabled);
            for rows in [1, 3, 1021] {
                rows_arrive(device, rows, 100, |at| at);
                rows_arrive(device, rows, 100, |at| at * 509 % rows);
                rows_arrive(device, rows, 160, |at| at);
                rows_arrive(device, rows, 160, |at| rows - 1 - at);
                rows_arrive(device, rows, 160, |at| at * 509 % rows);
            }
        }
    }
}

#[test]
fn thousands_of_pieces_take_few_calls() {
    let _alone = alone();
    staging::configure(Settings { threads: Some(2), ..Settings::default() }).unwrap();
    let device = device();
    let refused = |call| Fault::call(call).nth(100).fails_with(cudaError_t::cudaErrorUnknown).everywhere();
    // The engine's first copy measures the link.
    rows_arrive(device, 3000, 100, |at| at);
    let faults = ["cudaMemcpyAsync", "cudaMemcpy2DAsync", "cudaMemcpyBatchAsync"].map(refused);
    rows_arrive(device, 3000, 100, |at| at);
    rows_arrive(device, 3000, 160, |at| at);
    rows_arrive(device, 3001, 160, |at| at * 509 % 3001);
    assert!(faults.iter().all(|fault| fault.hits() == 0));
}

#[test]
fn any_layouts_types_streams_and_devices_may_be_mixed() {
    let _alone = alone();
    for enabled in [true, false] {
        engine(enabled);
        let devices: Vec<_> = Device::all_of(cuda_emulator::runtime(Flavour::Cuda13)).unwrap();
        let other = Stream::new(devices[0]).unwrap();
        let floats: Vec<f32> = (0..400 * 500).map(|at| at as f32).collect();
        let bytes = ramp(30 * 40);
        let turned = Layout::contiguous(&[500, 400], 4).unwrap().transpose();
        let small = Layout::contiguous(&[40, 30], 1).unwrap().transpose().flip(0).unwrap();
        let mut large = CudaBuffer::new(devices[0], &[400, 500], DType::F32).unwrap();
        let mut empty = CudaBuffer::new(devices[0], &[0, 7], DType::F32).unwrap();
        let mut tables: Vec<CudaBuffer> = (0..40)
            .map(|at| match at % 3 {
                0 => CudaBuffer::new(devices[0], &[30, 40], DType::U8),
                1 => CudaBuffer::new(devices[devices.len() - 1], &[30, 40], DType::U8),
                _ => {
                    let options = BufferOptions { stream: Some(other.clone()), ..BufferOptions::default() };
                    CudaBuffer::with_options(devices[0], &[30, 40], DType::U8, &options)
                }
            })
            .collect::<Result<_, _>>()
            .unwrap();
        let view = |layout: &Layout| HostView::strided(&bytes[..], layout.clone()).unwrap();
        let mut pairs = vec![
            (HostView::strided(&floats[..], turned.clone()).unwrap(), large.view_mut().unwrap()),
            (HostView::new(&floats[..0], &[0, 7]).unwrap(), empty.view_mut().unwrap()),
        ];
        for (at, table) in tables.iter_mut().enumerate() {
            let table = table.view_mut().unwrap();
            // Some turned on the device as well.
            pairs.push((view(&small), if at % 2 == 0 { table } else { table.flip(1).unwrap() }));
        }
        memcpy_h2d_batch(pairs).unwrap();
        let expected: Vec<u8> = (0..1200).map(|at| bytes[(at % 40) * 30 + 29 - at / 40]).collect();
        let mut back = vec![vec![0u8; 1200]; 40];
        let views: Vec<_> = (0..40)
            .map(|at| if at % 2 == 0 { tables[at].view() } else { tables[at].view().flip(1).unwrap() })
            .collect();
        memcpy_d2h_batch(views.into_iter().zip(&mut back)).unwrap();
        assert!(back.iter().all(|table| *table == expected));
        let mut all = vec![0.0f32; floats.len()];
        memcpy_d2h_batch([(large.view(), HostViewMut::strided(&mut all[..], turned.clone()).unwrap())])
            .unwrap();
        assert!(all == floats);
    }
    memcpy_h2d_batch(std::iter::empty::<(&[u8], &mut CudaBuffer)>()).unwrap();
}

#[test]
fn nothing_is_touched_if_one_pair_does_not_fit() {
    let _alone = alone();
    engine(true);
    let device = device();
    let mut buffers: Vec<_> = (0..50).map(|_| CudaBuffer::new(device, &[4], DType::U8).unwrap()).collect();
    for buffer in &mut buffers {
        memcpy_h2d(b"same", buffer).unwrap();
    }
    let wrong: Vec<Vec<u8>> = (0..50).map(|at| vec![7; if at == 49 { 5 } else { 4 }]).collect();
    let error = memcpy_h2d_batch(wrong.iter().zip(&mut buffers)).unwrap_err();
    assert!(matches!(error, Error::SliceLength { len: 5, elements: 4, .. }), "{error}");
    let mut hosts = vec![vec![9u8; 4]; 50];
    hosts[30].push(9);
    let error = memcpy_d2h_batch(buffers.iter().zip(&mut hosts)).unwrap_err();
    assert!(matches!(error, Error::SliceLength { len: 5, .. }), "{error}");
    assert!(hosts.iter().flatten().all(|&byte| byte == 9));
    let floats = [1.0f32; 4];
    let error = memcpy_h2d_batch([(&floats, &mut buffers[0])]).unwrap_err();
    assert!(matches!(error, Error::DTypeMismatch { .. }), "{error}");
    for buffer in &buffers {
        let mut back = [0u8; 4];
        memcpy_d2h(buffer, &mut back).unwrap();
        assert_eq!(&back, b"same");
    }
    let twice = Layout::strided(&[2, 4], &[0, 1], 0, 1).unwrap();
    let mut both = [0u8; 4];
    let overlapping = HostViewMut::strided(&mut both[..], twice).unwrap();
    let grid = CudaBuffer::new(device, &[2, 4], DType::U8).unwrap();
    let error = memcpy_d2h_batch([(grid.view(), overlapping)]).unwrap_err();
    assert!(matches!(error, Error::Layout(LayoutError::OverlappingDestination { .. })), "{error}");
}

#[test]
fn an_engine_that_cannot_begin_is_done_without_and_a_failure_is_told() {
    let _alone = alone();
    let device = device();
    engine(true);
    let refused =
        Fault::call("cudaHostAlloc").fails_with(cudaError_t::cudaErrorMemoryAllocation).everywhere();
    rows_arrive(device, 300, 160, |at| at * 7 % 300);
    assert!(refused.hits() >= 1);
    drop(refused);
    engine(true);
    rows_arrive(device, 300, 160, |at| at * 7 % 300);
    let source = ramp(30_000);
    let mut buffer = CudaBuffer::new(device, &[600, 100], DType::U8).unwrap();
    for call in ["cudaMemcpyBatchAsync", "cudaMemcpyAsync"] {
        let failing = Fault::call(call).nth(1).fails_with(cudaError_t::cudaErrorUnknown).everywhere();
        let step = if call == "cudaMemcpyAsync" { 1 } else { 2 };
        let parts = buffer.view_mut().unwrap().split(0).unwrap().step_by(step);
        // Backwards, so that no two parts make rows or a run.
        let parts: Vec<_> = parts.take(300).collect();
        let order = |at: usize| if step == 1 { at } else { at * 7 % 300 };
        let mut parts: Vec<_> = parts.into_iter().map(Some).collect();
        let pairs = source.chunks(100).enumerate().map(|(at, row)| (row, parts[order(at)].take().unwrap()));
        let error = memcpy_h2d_batch(pairs).unwrap_err();
        let Error::Cuda(error) = &error else { panic!("{error}") };
        assert!(matches!(error.kind(), ErrorKind::Interrupted { .. }), "{call}: {error}");
        drop(failing);
    }
    rows_arrive(device, 300, 160, |at| at * 7 % 300);
}
