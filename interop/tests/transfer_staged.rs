//! Large copies go through the transfer engine: the same bytes must arrive as without it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cuda_emulator::{Fault, Flavour};
use cuda_safe::cuda_sys::cudart::cudaError_t;
use cuda_safe::memory::staging::{self, Settings};
use cuda_safe::{Device, ErrorKind, PinnedMemory, Stream};
use interop::{
    CopyOptions, CudaBuffer, DType, Error, HostView, HostViewMut, Layout, SliceSpec, memcpy_d2h,
    memcpy_d2h_batch, memcpy_d2h_with, memcpy_h2d, memcpy_h2d_batch, memcpy_h2d_with,
};

/// The engine is everybody's, so the tests take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Chunks shorter than the rows that would suit, so that they begin and end anywhere, also within elements.
fn engine(on: bool) {
    let small = Settings { threads: Some(3), chunk: Some(9_001), limit: 1 << 20, from: Some(0), enabled: on };
    staging::configure(small).unwrap();
}

/// A way from an array of some shape to a view of shape (60, 70, 33).
struct Arrangement {
    name: &'static str,
    shape: [usize; 3],
    axes: [isize; 3],
    slices: [SliceSpec; 3],
}

/// The same steps for layouts and for views.
macro_rules! arrange {
    ($arrangement:expr, $array:expr) => {{ $array.permute(&$arrangement.axes).unwrap().slice(&$arrangement.slices).unwrap() }};
}

fn arrangements() -> Vec<Arrangement> {
    const ALL: SliceSpec = SliceSpec::ALL;
    const BACK: SliceSpec = SliceSpec::REVERSED;
    let part = |start, stop| SliceSpec { start: Some(start), stop: Some(stop), step: 1 };
    let second = SliceSpec { start: None, stop: None, step: 2 };
    let new = |name, shape, axes, slices| Arrangement { name, shape, axes, slices };
    vec![
        new("packed", [60, 70, 33], [0, 1, 2], [ALL; 3]),
        new("last axis first", [33, 60, 70], [1, 2, 0], [ALL; 3]),
        new("transposed", [33, 70, 60], [2, 1, 0], [ALL; 3]),
        new("mirrored", [60, 70, 33], [0, 1, 2], [ALL, BACK, ALL]),
        new("turned and backwards", [70, 60, 33], [1, 0, 2], [BACK, ALL, BACK]),
        new("pitched", [60, 70, 40], [0, 1, 2], [ALL, ALL, part(3, 36)]),
        new("cropped", [64, 75, 33], [0, 1, 2], [part(2, 62), part(5, 75), ALL]),
        new("every second", [60, 140, 33], [0, 1, 2], [ALL, second, ALL]),
    ]
}

#[test]
fn any_layout_on_either_side_arrives_as_without_the_engine() {
    let _alone = alone();
    let device = Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap();
    let source: Vec<f32> = (0..60 * 140 * 40).map(|at| at as f32).collect();
    for host in arrangements() {
        let layout = arrange!(host, Layout::contiguous(&host.shape, 4).unwrap());
        for inside in arrangements() {
            let copy_both_ways = |on: bool| {
                engine(on);
                let mut base = CudaBuffer::new(device, &inside.shape, DType::F32).unwrap();
                let len = base.layout().len();
                memcpy_h2d(&vec![-1.0f32; len], &mut base).unwrap();
                let engine = staging::shared(device).unwrap();
                let was_staged = || usize::from(engine.release() > 0);
                was_staged();
                let view = HostView::strided(&source[..], layout.clone()).unwrap();
                memcpy_h2d(&view, arrange!(inside, base.view_mut().unwrap())).unwrap();
                let staged_up = was_staged();
                let mut all = vec![0.0f32; len];
                memcpy_d2h(&base, &mut all).unwrap();
                let mut back = vec![-2.0f32; source.len()];
                let out = HostViewMut::strided(&mut back[..], layout.clone()).unwrap();
                was_staged();
                memcpy_d2h(arrange!(inside, base.view()), out).unwrap();
                (all, back, [staged_up, was_staged()])
            };
            let with = copy_both_ways(true);
            let without = copy_both_ways(false);
            assert_eq!((with.2, without.2), ([1; 2], [0; 2]), "staged, {} and {}", host.name, inside.name);
            assert!(with.0 == without.0, "{} to {}", host.name, inside.name);
            assert!(with.1 == without.1, "{} to {}", inside.name, host.name);
        }
    }
}

#[test]
fn progress_is_told_to_the_end_whichever_way_a_copy_goes() {
    let _alone = alone();
    let device = Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap();
    let stream = Stream::new(device).unwrap();
    let turned = Layout::contiguous(&[500, 400], 4).unwrap().transpose();
    for on in [true, false] {
        // The caller tells of its own pieces: with other threads, those might copy all of them.
        staging::configure(Settings {
            enabled: on,
            threads: Some(1),
            chunk: Some(64 << 10),
            limit: 8 << 20,
            from: Some(0),
        })
        .unwrap();
        let mut host = vec![1.5f32; 400 * 500];
        let mut buffer = CudaBuffer::new(device, &[400, 500], DType::F32).unwrap();
        for (is_turned, upload) in [(false, true), (false, false), (true, true), (true, false)] {
            let mut told = Vec::new();
            let mut note = |bytes| told.push(bytes);
            let options = CopyOptions { stream: Some(&stream), progress: Some(&mut note) };
            match (is_turned, upload) {
                (false, true) => memcpy_h2d_with(&host, &mut buffer, options),
                (false, false) => memcpy_d2h_with(&buffer, &mut host, options),
                (true, true) => {
                    let view = HostView::strided(&host[..], turned.clone()).unwrap();
                    memcpy_h2d_with(&view, &mut buffer, options)
                }
                (true, false) => {
                    let view = HostViewMut::strided(&mut host[..], turned.clone()).unwrap();
                    memcpy_d2h_with(&buffer, view, options)
                }
            }
            .unwrap();
            assert!(told.is_sorted() && told.last() == Some(&800_000), "{told:?}");
            assert!(!on || told.len() > 1, "nothing was told on the way");
            assert!(on || told == [800_000], "{told:?}");
        }
        assert!(host.iter().all(|&element| element == 1.5));
    }
}

#[test]
fn a_large_pinned_array_of_a_batch_goes_straight() {
    let _alone = alone();
    let device = Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap();
    staging::configure(Settings { threads: Some(2), ..Settings::default() }).unwrap();
    let bytes = 3 << 20;
    let pinned = [1u8, 2].map(|byte| PinnedMemory::from_slice(device, &vec![byte; bytes]).unwrap());
    let mut buffers = [(); 2].map(|()| CudaBuffer::new(device, &[bytes], DType::U8).unwrap());
    let copy = |hosts: [&[u8]; 2], buffers: &mut [CudaBuffer; 2]| {
        memcpy_h2d_batch(hosts.into_iter().zip(buffers)).unwrap();
        staging::shared(device).unwrap().report().pinned_bytes
    };
    assert_eq!(copy([&pinned[0][..], &pinned[1][..]], &mut buffers), 0, "something was staged");
    let mut back = [(); 2].map(|()| PinnedMemory::<u8>::zeroed(device, bytes).unwrap());
    memcpy_d2h_batch(buffers.iter().zip(back.iter_mut().map(|back| &mut back[..]))).unwrap();
    assert_eq!(staging::shared(device).unwrap().report().pinned_bytes, 0, "something was staged");
    assert!(back.iter().zip(&pinned).all(|(back, pinned)| back[..] == pinned[..]));
    assert!(copy([&vec![1; bytes][..], &vec![2; bytes][..]], &mut buffers) > 0);
}

#[test]
fn an_engine_that_cannot_begin_is_done_without() {
    let _alone = alone();
    let device = Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap();
    let source: Vec<f32> = (0..400 * 500).map(|at| at as f32).collect();
    let turned = Layout::contiguous(&[500, 400], 4).unwrap().transpose();
    for (call, code) in [
        ("cudaHostAlloc", cudaError_t::cudaErrorMemoryAllocation),
        ("cudaStreamCreateWithPriority", cudaError_t::cudaErrorMemoryAllocation),
        ("cudaEventCreateWithFlags", cudaError_t::cudaErrorUnknown),
    ] {
        let mut buffer = CudaBuffer::new(device, &[400, 500], DType::F32).unwrap();
        engine(true);
        let refused = Fault::call(call).fails_with(code).everywhere();
        let mut back = vec![0.0f32; source.len()];
        memcpy_h2d(&source, &mut buffer).unwrap();
        memcpy_d2h(&buffer, &mut back).unwrap();
        assert!(back == source, "{call}");
        let view = HostView::strided(&source[..], turned.clone()).unwrap();
        memcpy_h2d(&view, &mut buffer).unwrap();
        back.fill(0.0);
        let out = HostViewMut::strided(&mut back[..], turned.clone()).unwrap();
        memcpy_d2h(&buffer, out).unwrap();
        assert!(back == source, "{call}, transposed");
        assert!(refused.hits() >= 1, "{call} was not asked for");
        assert_eq!(staging::shared(device).unwrap().report().pinned_bytes, 0, "{call}");
        drop(refused);
        memcpy_h2d(&source, &mut buffer).unwrap();
        assert!(staging::shared(device).unwrap().report().pinned_bytes > 0, "{call}: the engine goes on");
    }
}

#[test]
fn a_copy_that_failed_on_its_way_is_not_tried_again() {
    let _alone = alone();
    let device = Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap();
    let mut buffer = CudaBuffer::new(device, &[400, 500], DType::F32).unwrap();
    let mut host = vec![1.0f32; 400 * 500];
    engine(true);
    // The first copy has the engine measured, which is not yet a part of it.
    memcpy_h2d(&host, &mut buffer).unwrap();
    for nth in [1, 2] {
        let fault =
            || Fault::call("cudaMemcpyAsync").nth(nth).fails_with(cudaError_t::cudaErrorUnknown).everywhere();
        let interrupted = |error: Error| {
            let Error::Cuda(error) = &error else { panic!("{error}") };
            assert!(matches!(error.kind(), ErrorKind::Interrupted { .. }), "{error}");
        };
        let failing = fault();
        interrupted(memcpy_h2d(&host, &mut buffer).unwrap_err());
        drop(failing);
        let failing = fault();
        interrupted(memcpy_d2h(&buffer, &mut host).unwrap_err());
        drop(failing);
    }
}

#[test]
fn elements_of_every_size_are_turned_in_tiles_whatever_their_edges() {
    let _alone = alone();
    let device = Device::new(cuda_emulator::runtime(Flavour::Cuda13), 0).unwrap();
    for dtype in [DType::U8, DType::U16, DType::F32, DType::F64, DType::C128] {
        let (rows, columns) = (611, 4_003 / dtype.size() + 300);
        let bytes = rows * columns * dtype.size();
        // One byte more: arrays need not be aligned.
        let source: Vec<u8> = (0..bytes + 1).map(|at| (at * 31 + at / 256 * 7 + at / 65_536) as u8).collect();
        let packed = Layout::contiguous(&[rows, columns], dtype.size()).unwrap();
        let turned = packed.transpose();
        for layout in [turned.clone(), turned.flip(0).unwrap(), turned.flip(1).unwrap()] {
            let copy_both_ways = |on: bool| {
                engine(on);
                let mut buffer = CudaBuffer::new(device, layout.shape(), dtype).unwrap();
                // SAFETY: the layout lies inside the vector, from its second byte on.
                let view =
                    unsafe { HostView::from_raw(source[1..].as_ptr(), layout.clone(), dtype) }.unwrap();
                memcpy_h2d(&view, &mut buffer).unwrap();
                let mut back = vec![0xee; bytes + 1];
                // SAFETY: as above.
                let out =
                    unsafe { HostViewMut::from_raw(back[1..].as_mut_ptr(), layout.clone(), dtype) }.unwrap();
                memcpy_d2h(&buffer, out).unwrap();
                let mut all = vec![0; bytes];
                // SAFETY: as many bytes as the buffer has.
                let flat = unsafe {
                    let packed = Layout::contiguous(layout.shape(), dtype.size()).unwrap();
                    HostViewMut::from_raw(all.as_mut_ptr(), packed, dtype)
                };
                memcpy_d2h(&buffer, flat.unwrap()).unwrap();
                (all, back)
            };
            assert!(copy_both_ways(true) == copy_both_ways(false), "{dtype:?}, {layout:?}");
        }
    }
}
