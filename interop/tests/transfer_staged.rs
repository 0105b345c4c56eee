//! Large copies go through the transfer engine: the same bytes must arrive as without it.

use cuda_emulator::Flavour;
use cuda_safe::Device;
use cuda_safe::memory::staging::{self, Settings};
use interop::{CudaBuffer, DType, HostView, HostViewMut, Layout, SliceSpec, memcpy_d2h, memcpy_h2d};

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
                let view = HostView::strided(&source[..], layout.clone()).unwrap();
                memcpy_h2d(&view, arrange!(inside, base.view_mut().unwrap())).unwrap();
                let mut all = vec![0.0f32; len];
                memcpy_d2h(&base, &mut all).unwrap();
                let mut back = vec![-2.0f32; source.len()];
                let out = HostViewMut::strided(&mut back[..], layout.clone()).unwrap();
                memcpy_d2h(arrange!(inside, base.view()), out).unwrap();
                (all, back)
            };
            let with = copy_both_ways(true);
            assert!(staging::shared(device).unwrap().report().pinned_bytes > 0);
            let without = copy_both_ways(false);
            assert_eq!(staging::shared(device).unwrap().report().pinned_bytes, 0);
            assert!(with.0 == without.0, "{} to {}", host.name, inside.name);
            assert!(with.1 == without.1, "{} to {}", inside.name, host.name);
        }
    }
}
