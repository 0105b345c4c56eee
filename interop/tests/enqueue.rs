//! Copies that are only given to a stream: what they move, that they do not wait, and what they refuse.

mod support;

use cuda_safe::{Device, MemoryPool, PinnedMemory, Stream, StreamOptions};
use interop::{
    Allocator, BufferOptions, CudaBuffer, DType, Error, HostView, HostViewMut, enqueue_d2d, enqueue_d2h,
    enqueue_h2d,
};
use support::{Gate, contents, devices, filled, ramp};

fn pinned(device: Device, bytes: &[u8]) -> PinnedMemory<u8> {
    let mut memory = PinnedMemory::zeroed(device, bytes.len()).unwrap();
    memory.copy_from_slice(bytes);
    memory
}

fn stream(device: Device) -> Stream {
    Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() }).unwrap()
}

#[test]
fn a_chain_on_one_stream_is_waited_for_once() {
    for device in devices() {
        let stream = stream(device);
        let pool = MemoryPool::new(device).unwrap();
        let options = BufferOptions { allocator: Allocator::Pool(&pool), ..Default::default() };
        let source = pinned(device, &ramp(6000));
        let mut back = pinned(device, &[0; 1500]);
        let mut image = CudaBuffer::with_options(device, &[60, 100], DType::U8, &options).unwrap();
        let mut turned = CudaBuffer::with_options(device, &[100, 60], DType::U8, &options).unwrap();
        // memcheck makes such copies wait: a gate would only keep them.
        let gate = std::env::var_os("CUDA_TEST_MEMCHECK").is_none().then(|| Gate::closed(&stream));
        // SAFETY: the stream is waited for before any of the four arrays is touched again.
        unsafe { enqueue_h2d(&stream, &source[..], &mut image) }.unwrap();
        // SAFETY: as above.
        unsafe { enqueue_d2d(&stream, image.view().transpose(), &mut turned) }.unwrap();
        let part = turned.view().crop(&[10..60, 20..50]).unwrap();
        // SAFETY: as above.
        unsafe { enqueue_d2h(&stream, &part, &mut back[..]) }.unwrap();
        assert!(gate.is_none() || !stream.query().unwrap(), "something waited");
        drop(gate);
        stream.as_ref().settle().unwrap();
        let expected: Vec<u8> =
            (10..60).flat_map(|row| (20..50).map(move |column| (column * 100 + row) as u8)).collect();
        assert_eq!(&back[..], expected);
    }
}

#[test]
fn a_copy_with_the_host_that_one_call_cannot_do_is_refused_untouched() {
    for device in devices() {
        let stream = stream(device);
        let mut image = filled(device, &[4, 5, 6], &ramp(120));
        let mut host = pinned(device, &[9; 120]);
        let mirrored = HostView::new(&host[..], &[4, 5, 6]).unwrap().flip(0).unwrap();
        // SAFETY: nothing is enqueued.
        let refused = unsafe { enqueue_h2d(&stream, &mirrored, &mut image) }.unwrap_err();
        assert!(matches!(refused, Error::NotOneCall { calls: 4 }), "{refused}");
        assert_eq!(contents(&image), ramp(120));
        let mirrored = HostViewMut::new(&mut host[..], &[4, 5, 6]).unwrap().flip(0).unwrap();
        // SAFETY: as above.
        let refused = unsafe { enqueue_d2h(&stream, &image, mirrored) }.unwrap_err();
        assert!(refused.to_string().contains("need 4 calls"), "{refused}");
        stream.synchronize().unwrap();
        assert_eq!(&host[..], [9; 120]);
    }
}

#[test]
fn what_a_waiting_copy_refuses_is_refused_here() {
    for device in devices() {
        let stream = stream(device);
        let image = filled(device, &[2, 3], &ramp(6));
        let mut other = CudaBuffer::new(device, &[3, 2], DType::U8).unwrap();
        let mut floats = CudaBuffer::new(device, &[2, 3], DType::F32).unwrap();
        // SAFETY: nothing is enqueued.
        let shapes = unsafe { enqueue_d2d(&stream, &image, &mut other) };
        assert!(matches!(shapes, Err(Error::Layout(_))), "{shapes:?}");
        // SAFETY: as above.
        let types = unsafe { enqueue_d2d(&stream, &image, &mut floats) };
        assert!(matches!(types, Err(Error::DTypeMismatch { .. })), "{types:?}");
        // SAFETY: as above.
        let length = unsafe { enqueue_h2d(&stream, &[1u8; 5], &mut other) };
        assert!(matches!(length, Err(Error::SliceLength { .. })), "{length:?}");
        let mut share = image.share();
        // SAFETY: as above.
        let overlap = unsafe { enqueue_d2d(&stream, &image, &mut share) };
        assert!(matches!(overlap, Err(Error::Overlap)), "{overlap:?}");
        // SAFETY: as above.
        let element = unsafe { enqueue_d2h(&stream, &image, &mut [0i8; 6]) };
        assert!(matches!(element, Err(Error::DTypeMismatch { .. })), "{element:?}");
    }
}
