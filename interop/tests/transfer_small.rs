//! Tiny copies: the host memory is free on return, and nobody can tell from the contents when the device was done.

mod support;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cuda_safe::memory::staging::{self, Settings};
use cuda_safe::{Device, MemoryPool, PinnedMemory, Stream, StreamOptions};
use interop::{
    Allocator, BufferOptions, CudaBuffer, DType, HostView, HostViewMut, ImportOptions, Layout, memcpy_d2d_on,
    memcpy_d2h, memcpy_h2d, memcpy_h2d_on,
};
use support::ramp;

const BYTES: usize = 4096;

/// Delays and settings concern every thread, so the tests take turns.
fn alone() -> (MutexGuard<'static, ()>, Device) {
    static TURN: Mutex<()> = Mutex::new(());
    (TURN.lock().unwrap_or_else(PoisonError::into_inner), support::emulated())
}

/// Every piece of asynchronous work begins late for as long as this lives.
struct Late;

impl Late {
    fn by(milliseconds: u64) -> Self {
        cuda_emulator::set_async_delay(Duration::from_millis(milliseconds));
        Self
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        cuda_emulator::set_async_delay(Duration::ZERO);
    }
}

/// A stream that no other one is ordered with.
fn stream(device: Device) -> Stream {
    Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() }).unwrap()
}

fn buffer_on(stream: &Stream, allocator: Allocator<'_>) -> CudaBuffer {
    let options = BufferOptions { allocator, stream: Some(stream.clone()), zeroed: true };
    CudaBuffer::with_options(stream.device(), &[BYTES], DType::U8, &options).unwrap()
}

fn contents(buffer: &CudaBuffer) -> Vec<u8> {
    let mut out = vec![0; BYTES];
    memcpy_d2h(buffer, &mut out).unwrap();
    out
}

#[test]
fn the_source_may_be_changed_while_the_copy_is_under_way() {
    let (_alone, device) = alone();
    let stream = Stream::legacy(device);
    let pool = MemoryPool::new(device).unwrap();
    for allocator in [Allocator::Cuda, Allocator::Pool(&pool)] {
        let mut buffer = buffer_on(&stream, allocator);
        memcpy_h2d(&[1u8; BYTES], &mut buffer).unwrap();
        stream.synchronize().unwrap();
        let late = Late::by(100);
        let mut source = ramp(BYTES);
        memcpy_h2d(&source, &mut buffer).unwrap();
        source.fill(0xee);
        assert!(!stream.query().unwrap(), "nobody has waited for the device");
        assert_eq!(contents(&buffer), ramp(BYTES));
        drop(late);
    }
}

#[test]
fn work_on_other_streams_that_is_asked_for_here_comes_after_the_copy() {
    let (_alone, device) = alone();
    let (home, other) = (Stream::legacy(device), stream(device));
    let (mut source, mut destination) =
        (buffer_on(&home, Allocator::Cuda), buffer_on(&other, Allocator::Cuda));
    let _late = Late::by(20);
    for turn in 1..6 {
        memcpy_h2d(&[turn; BYTES], &mut source).unwrap();
        memcpy_d2d_on(&other, &source, &mut destination).unwrap();
        assert_eq!(contents(&destination), [turn; BYTES]);
    }
}

#[test]
fn memory_that_is_dropped_with_a_copy_under_way_is_not_written_after_that() {
    let (_alone, device) = alone();
    let stream = Stream::legacy(device);
    let pool = MemoryPool::new(device).unwrap();
    for allocator in [Allocator::Cuda, Allocator::Pool(&pool)] {
        drop(buffer_on(&stream, allocator));
        let _late = Late::by(20);
        for turn in 0..5u8 {
            let mut first = buffer_on(&stream, allocator);
            memcpy_h2d(&[0xee_u8; BYTES], &mut first).unwrap();
            drop(first);
            // It has the same memory, where the allocator gives it again.
            let mut second = buffer_on(&stream, allocator);
            memcpy_h2d(&[turn; BYTES], &mut second).unwrap();
            assert_eq!(contents(&second), [turn; BYTES]);
        }
    }
}

#[test]
fn copies_whose_later_users_are_unknown_are_done_on_return() {
    let (_alone, device) = alone();
    let (home, other, own) = (Stream::legacy(device), stream(device), stream(device));
    let mut buffer = buffer_on(&home, Allocator::Cuda);
    let mut on_own = buffer_on(&own, Allocator::Cuda);
    let options = ImportOptions { stream: Some(home.clone()), ..Default::default() };
    let owned = buffer_on(&home, Allocator::Cuda);
    // SAFETY: the buffer owns the memory that it describes.
    let mut foreign = unsafe { CudaBuffer::from_cuda_with(owned, &options) }.unwrap();
    let mut per_thread = buffer_on(&Stream::per_thread(device), Allocator::Cuda);
    memcpy_h2d(&[1u8; BYTES], &mut buffer).unwrap();
    home.synchronize().unwrap();
    let _late = Late::by(50);
    memcpy_h2d_on(&other, &[2u8; BYTES], &mut buffer).unwrap();
    assert!(other.query().unwrap(), "on a stream that is not the buffer's");
    memcpy_h2d(&[3u8; BYTES], &mut foreign).unwrap();
    assert!(home.query().unwrap(), "memory that is freed by somebody else");
    memcpy_h2d(&[4u8; BYTES], &mut per_thread).unwrap();
    assert!(Stream::per_thread(device).query().unwrap(), "the stream of one thread");
    memcpy_h2d(&[5u8; BYTES], &mut on_own).unwrap();
    assert!(own.query().unwrap(), "a stream that others do not wait for");
    let found = [&buffer, &foreign, &per_thread, &on_own].map(contents);
    assert_eq!(found, [[2; BYTES], [3; BYTES], [4; BYTES], [5; BYTES]]);
}

#[test]
fn page_locked_destinations_are_written_by_the_device() {
    let (_alone, device) = alone();
    let stream = stream(device);
    let options = BufferOptions { stream: Some(stream.clone()), ..Default::default() };
    for bytes in [16, 8 << 10, (8 << 10) + 1, 128 << 10] {
        let mut buffer = CudaBuffer::with_options(device, &[bytes], DType::U8, &options).unwrap();
        let mut pinned = PinnedMemory::<u8>::zeroed(device, bytes).unwrap();
        memcpy_h2d(&ramp(bytes), &mut buffer).unwrap();
        memcpy_d2h(&buffer, &mut pinned[..]).unwrap();
        assert_eq!(pinned[..], ramp(bytes));
    }
}

#[test]
fn without_staging_every_copy_is_done_on_return() {
    let (_alone, device) = alone();
    let stream = Stream::legacy(device);
    let mut buffer = buffer_on(&stream, Allocator::Cuda);
    staging::configure("off".parse().unwrap()).unwrap();
    let late = Late::by(50);
    memcpy_h2d(&[5u8; BYTES], &mut buffer).unwrap();
    assert!(stream.query().unwrap());
    drop(late);
    staging::configure(Settings::default()).unwrap();
    assert_eq!(contents(&buffer), [5; BYTES]);
}

#[test]
fn a_strided_source_may_be_changed_while_the_copy_is_under_way() {
    let (_alone, device) = alone();
    let stream = Stream::legacy(device);
    let mut buffer = CudaBuffer::new(device, &[5, 32, 32], DType::U8).unwrap();
    let mut source = ramp(BYTES);
    let columns = |source: &[u8]| -> Vec<u8> {
        let at = |plane: usize, row: usize, column: usize| source[plane * 1024 + column * 32 + row];
        let rows = (0..4).flat_map(|plane| (0..32).map(move |row| (plane, row)));
        rows.flat_map(|(plane, row)| (0..32).map(move |column| at(plane, row, column))).collect()
    };
    let expected = columns(&source);
    stream.synchronize().unwrap();
    let late = Late::by(100);
    let turned = HostView::new(&source, &[4, 32, 32]).unwrap().permute(&[0, 2, 1]).unwrap();
    memcpy_h2d(&turned, buffer.view_mut().unwrap().slice(&[(1..5).into()]).unwrap()).unwrap();
    source.fill(0xee);
    assert!(!stream.query().unwrap(), "nobody has waited for the device");
    let mut back = vec![0; BYTES];
    let part = || buffer.view().slice(&[(1..5).into()]).unwrap();
    memcpy_d2h(part(), &mut back).unwrap();
    assert_eq!(back, expected);
    drop(late);
    // Back into a strided destination, of which only the elements are written.
    let mut spread = vec![9u8; 2 * BYTES];
    let layout = Layout::strided(&[4, 32, 32], &[2048, 2, 64], 1, 1).unwrap();
    // SAFETY: every element lies in the vector, which nobody else uses.
    let view = unsafe { HostViewMut::from_raw(spread.as_mut_ptr(), layout, DType::U8) }.unwrap();
    memcpy_d2h(part(), view).unwrap();
    let odd: Vec<u8> = spread.iter().skip(1).step_by(2).copied().collect();
    assert_eq!(odd, ramp(BYTES), "turned twice");
    assert!(spread.iter().step_by(2).all(|&gap| gap == 9));
}

#[test]
fn a_strided_array_of_another_shape_is_refused_before_anything_is_sent() {
    let (_alone, device) = alone();
    let mut buffer = buffer_on(&Stream::legacy(device), Allocator::Cuda);
    let source = ramp(BYTES);
    let turned = HostView::new(&source, &[64, 64]).unwrap().transpose();
    let error = memcpy_h2d(&turned, &mut buffer).unwrap_err();
    assert!(error.to_string().contains("[64, 64]") && error.to_string().contains("[4096]"), "{error}");
    assert_eq!(contents(&buffer), [0; BYTES]);
}

#[test]
fn long_rows_to_a_part_of_an_array_arrive_whatever_their_pitch() {
    let (_alone, device) = alone();
    for width in [511usize, 512, 600, 1024] {
        let wide = width as isize;
        for (pitch, rows) in
            [(wide, 3usize), (wide + 7, 3), (-wide - 7, 3), (100, 3), (0, 3), (-100, 4), (wide + 7, 2)]
        {
            let source = ramp(pitch.unsigned_abs() * (rows - 1) + width);
            let first = if pitch < 0 { -pitch * (rows as isize - 1) } else { 0 };
            let layout = Layout::strided(&[rows, width], &[pitch, 1], first, 1).unwrap();
            let view = HostView::strided(&source[..], layout).unwrap();
            let mut buffer = CudaBuffer::new(device, &[rows + 1, width], DType::U8).unwrap();
            let part = [(1..rows as isize + 1).into()];
            memcpy_h2d(&view, buffer.view_mut().unwrap().slice(&part).unwrap()).unwrap();
            let mut back = vec![0; rows * width];
            memcpy_d2h(buffer.view().slice(&part).unwrap(), &mut back).unwrap();
            let row = |row: usize| (first + row as isize * pitch) as usize;
            let expected: Vec<u8> =
                (0..rows).flat_map(|at| &source[row(at)..row(at) + width]).copied().collect();
            assert!(back == expected, "{rows} rows of {width} bytes, pitch {pitch}");
        }
    }
}

#[test]
fn managed_memory_is_read_when_the_call_returns() {
    let (_alone, device) = alone();
    // Rows through no slot, one run, rows that no slot would hold.
    let layouts: [(&[usize], &[isize]); 3] =
        [(&[3, 600], &[607, 1]), (&[40_000], &[1]), (&[200, 1500], &[1600, 1])];
    for (shape, strides) in layouts {
        let managed = CudaBuffer::with_options(
            device,
            &[400_000],
            DType::U8,
            &BufferOptions { allocator: Allocator::Managed, stream: None, zeroed: true },
        )
        .unwrap();
        let base = std::ptr::with_exposed_provenance::<u8>(managed.address());
        let layout = Layout::strided(shape, strides, 0, 1).unwrap();
        // SAFETY: the layout lies inside managed memory, which the host may read and nobody writes.
        let view = unsafe { HostView::from_raw(base, layout, DType::U8) }.unwrap();
        let mut buffer = CudaBuffer::new(device, shape, DType::U8).unwrap();
        let _late = Late::by(20);
        memcpy_h2d(&view, &mut buffer).unwrap();
        assert!(
            buffer.stream().query().unwrap(),
            "{shape:?}: nobody promises that it has been read otherwise"
        );
    }
}
