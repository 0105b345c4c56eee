//! Copies of random layouts on random streams, both ways, against an oracle that moves one element after the other.
//!
//! Sizes lie around every boundary of the transfer engine: where it begins, a chunk, as many chunks as threads.

mod support;

use cuda_safe::memory::copy::{self, Direction};
use cuda_safe::memory::staging::{self, Settings};
use cuda_safe::{Device, Stream, StreamOptions};
use interop::{CudaBuffer, DType, HostView, HostViewMut, Layout, SliceSpec, memcpy_d2h_on, memcpy_h2d_on};
use std::time::Duration;

const CHUNK: usize = 600_001;
const THREADS: usize = 3;
const CASES: usize = 52;

struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit as u64) as usize
    }
}

/// A view of some shape into a larger array: which axis of the array each of the view's is, and what it takes of it.
struct Arrangement {
    /// Of the whole array.
    shape: Vec<usize>,
    axes: Vec<isize>,
    slices: Vec<SliceSpec>,
}

impl Arrangement {
    /// A random one whose view has the given shape.
    fn new(shape: &[usize], dice: &mut Dice) -> Self {
        let count = shape.len();
        let mut order: Vec<usize> = (0..count).collect();
        if dice.below(3) > 0 {
            for at in (1..count).rev() {
                order.swap(at, dice.below(at + 1));
            }
        }
        let mut whole = vec![0; count];
        let (mut axes, mut slices) = (Vec::new(), Vec::new());
        for (axis, &len) in shape.iter().enumerate() {
            let step = [1, 1, 1, 2, 3][dice.below(5)];
            let (before, after) = if dice.below(2) == 0 { (0, 0) } else { (dice.below(3), dice.below(4)) };
            let span = len.saturating_sub(1) * step + usize::from(len > 0);
            whole[order[axis]] = before + span + after;
            axes.push(order[axis] as isize);
            let (first, last) = (before as isize, (before + span) as isize);
            let whole = (before + span + after) as isize;
            let back = dice.below(3) == 0;
            slices.push(if back && len > 0 {
                // Counted from the end, for 0 has no number before it.
                SliceSpec { start: Some(last - 1), stop: Some(first - 1 - whole), step: -(step as isize) }
            } else {
                SliceSpec { start: Some(first), stop: Some(last), step: step as isize }
            });
        }
        Self { shape: whole, axes, slices }
    }
}

/// The same steps for layouts and for views.
macro_rules! arrange {
    ($arrangement:expr, $array:expr) => {{ $array.permute(&$arrangement.axes).unwrap().slice(&$arrangement.slices).unwrap() }};
}

/// A shape of so many elements.
fn shape(mut len: usize, dice: &mut Dice) -> Vec<usize> {
    let mut shape = vec![];
    for divisor in [2, 3, 5, 7, 11, 13, 17, 64] {
        if shape.len() < 3 && dice.below(2) == 0 && len > 0 && len.is_multiple_of(divisor) {
            shape.push(divisor);
            len /= divisor;
        }
    }
    shape.insert(dice.below(shape.len() + 1), len);
    shape
}

/// The offsets in bytes of all elements, in the order of the indices.
fn offsets(layout: &Layout) -> Vec<usize> {
    let mut all = vec![layout.offset()];
    for (&len, &stride) in layout.shape().iter().zip(layout.strides()) {
        all = all.iter().flat_map(|&at| (0..len as isize).map(move |index| at + index * stride)).collect();
    }
    all.into_iter().map(|at| usize::try_from(at).unwrap()).collect()
}

/// Copies between the whole of a buffer and a vector without anything of what is under test.
fn raw(stream: &Stream, buffer: &CudaBuffer, host: &mut [u8], direction: Direction) {
    let inside = std::ptr::with_exposed_provenance_mut(buffer.address());
    let outside = host.as_mut_ptr().cast();
    let (to, from) = if direction == Direction::HostToDevice { (inside, outside) } else { (outside, inside) };
    // SAFETY: both have as many bytes, and nobody else uses them until this returns.
    unsafe { copy::blocking(stream.as_ref(), to, from, host.len(), direction) }.unwrap();
}

/// Calls `$copy` with the host's bytes as elements of the type that the buffer has.
macro_rules! as_elements {
    ($itemsize:expr, $bytes:expr, |$slice:ident| $copy:expr) => {
        match $itemsize {
            1 => {
                let $slice = $bytes;
                $copy
            }
            2 => as_elements!(@ u16, $bytes, |$slice| $copy),
            4 => as_elements!(@ u32, $bytes, |$slice| $copy),
            _ => as_elements!(@ u64, $bytes, |$slice| $copy),
        }
    };
    (@ $element:ty, $bytes:expr, |$slice:ident| $copy:expr) => {{
        let bytes: &mut [u8] = $bytes;
        let mut elements: Vec<$element> = bytes
            .chunks_exact(size_of::<$element>())
            .map(|chunk| <$element>::from_ne_bytes(chunk.try_into().unwrap()))
            .collect();
        let $slice = &mut elements[..];
        let outcome = $copy;
        for (chunk, element) in bytes.chunks_exact_mut(size_of::<$element>()).zip(&elements) {
            chunk.copy_from_slice(&element.to_ne_bytes());
        }
        outcome
    }};
}

#[test]
fn random_layouts_arrive_both_ways_on_random_streams() {
    let device: Device = support::device();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    // All that suits the engine is staged.
    let settings =
        Settings { threads: Some(THREADS), chunk: Some(CHUNK), limit: 8 << 20, from: Some(0), enabled: true };
    let mut sizes = vec![0, 1, 4096, 65_536, 131_071, 131_072, 524_288, 524_289];
    sizes.extend([CHUNK - 1, CHUNK, CHUNK + 1, THREADS * CHUNK, THREADS * CHUNK + 1]);
    copy_at_random(device, settings, &sizes, CASES, &mut dice);
    // The engine chooses for itself.
    let settings = Settings { threads: Some(THREADS), ..Settings::default() };
    let sizes = [1, 65_535, 65_536, 131_072, 131_073, 262_144, 524_287, 524_288, 1_048_576, 2_097_152];
    copy_at_random(device, settings, &sizes, CASES / 2, &mut dice);
}

fn copy_at_random(device: Device, settings: Settings, sizes: &[usize], cases: usize, dice: &mut Dice) {
    staging::configure(settings).unwrap();
    let free = StreamOptions { non_blocking: true, ..StreamOptions::default() };
    let streams = [
        Stream::new(device).unwrap(),
        Stream::with_options(device, free).unwrap(),
        Stream::legacy(device),
        Stream::per_thread(device),
    ];
    for case in 0..cases {
        let late = Duration::from_micros([0, 0, 0, 0, 100][dice.below(5)]);
        cuda_emulator::set_async_delay(late);
        let bytes = sizes[case % sizes.len()];
        let itemsize = [1, 1, 2, 4, 8][dice.below(5)];
        let dtype = [DType::U8, DType::U16, DType::U32, DType::U64][usize::ilog2(itemsize) as usize];
        let shape = shape(bytes / itemsize, dice);
        let [host, inside] = [(); 2].map(|()| Arrangement::new(&shape, dice));
        let host_whole = Layout::contiguous(&host.shape, itemsize).unwrap();
        let host_layout = arrange!(host, host_whole);
        let what = format!(
            "case {case}: {shape:?} of {itemsize} bytes, host {:?} {:?}, device {:?} {:?}",
            host_layout.strides(),
            host.shape,
            inside.axes,
            inside.shape
        );
        let mut buffer = CudaBuffer::new(device, &inside.shape, dtype).unwrap();
        let inside_layout = arrange!(inside, buffer.layout().clone());
        let stream = &streams[dice.below(streams.len())];

        // To the device: what is not part of the view stays as it was.
        let mut source: Vec<u8> = (0..host_whole.size_bytes()).map(|_| dice.roll() as u8).collect();
        let mut expected: Vec<u8> = (0..buffer.layout().size_bytes()).map(|at| at as u8).collect();
        raw(stream, &buffer, &mut expected, Direction::HostToDevice);
        for (to, from) in offsets(&inside_layout).into_iter().zip(offsets(&host_layout)) {
            expected[to..to + itemsize].copy_from_slice(&source[from..from + itemsize]);
        }
        as_elements!(itemsize, &mut source[..], |slice| {
            let view = HostView::strided(&slice[..], host_layout.clone()).unwrap();
            memcpy_h2d_on(stream, &view, arrange!(inside, buffer.view_mut().unwrap()))
        })
        .unwrap_or_else(|error| panic!("{what}: {error}"));
        let mut found = vec![0; expected.len()];
        raw(stream, &buffer, &mut found, Direction::DeviceToHost);
        assert!(found == expected, "to the device, {what}");

        // And back, into an array that stays as it was between the elements.
        let mut back: Vec<u8> = (0..source.len()).map(|at| (at >> 3) as u8).collect();
        let mut expected = back.clone();
        for (from, to) in offsets(&inside_layout).into_iter().zip(offsets(&host_layout)) {
            expected[to..to + itemsize].copy_from_slice(&found[from..from + itemsize]);
        }
        as_elements!(itemsize, &mut back[..], |slice| {
            let view = HostViewMut::strided(slice, host_layout.clone()).unwrap();
            memcpy_d2h_on(stream, arrange!(inside, buffer.view()), view)
        })
        .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(back == expected, "to the host, {what}");
    }
    cuda_emulator::set_async_delay(Duration::ZERO);
    let report = staging::shared(device).unwrap().report();
    assert!(report.pinned_bytes > 0 && report.fallbacks == 0, "{report}");
}
