//! What an engine holds and for how long, and what it tells on the way.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use cuda_safe::memory::staging::{HostBytes, Place, Source, Stores, Transfer, Until};
use cuda_safe::{DeviceMemory, Stream};

use crate::support::{CHUNK, Dice, alone, device, engine, up};

#[test]
fn memory_is_released_on_request_and_made_again() {
    let _alone = alone();
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let expected = Dice(13).bytes(30 * CHUNK);
    let mut memory = DeviceMemory::<u8>::new(device(), expected.len()).unwrap();
    assert_eq!(engine.report().pinned_bytes, 0);
    for _ in 0..3 {
        up(&engine, stream.as_ref(), &mut memory, &expected, Until::Staged).unwrap();
        assert!(engine.report().pinned_bytes > 0);
        assert!(engine.release() > 0);
        assert_eq!(engine.report().pinned_bytes, 0);
        assert_eq!(memory.to_vec().unwrap(), expected);
    }
}

#[test]
fn progress_grows_to_the_end_and_its_panic_is_an_error() {
    let _alone = alone();
    let engine = engine(3);
    let stream = Stream::new(device()).unwrap();
    let source = Dice(17).bytes(100 * CHUNK);
    let mut memory = DeviceMemory::<u8>::new(device(), source.len()).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    let host = HostBytes::new(source.as_ptr());
    let mut told = Vec::new();
    let mut note = |bytes| told.push(bytes);
    // SAFETY: both have as many bytes.
    unsafe { engine.upload(Transfer::new(stream.as_ref(), place, source.len()).progress(&mut note), &host) }
        .unwrap();
    assert!(told.is_sorted() && told.last() == Some(&source.len()), "{told:?}");
    let mut fail = |_| panic!("enough");
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: as above.
        unsafe {
            engine.upload(Transfer::new(stream.as_ref(), place, source.len()).progress(&mut fail), &host)
        }
    }));
    let error = outcome.unwrap().unwrap_err();
    assert!(error.to_string().contains("enough"), "{error}");
}

#[test]
fn threads_end_with_their_engine() {
    let _alone = alone();
    static READS: AtomicUsize = AtomicUsize::new(0);
    struct Counted(Vec<u8>);
    // SAFETY: every byte of the range is written.
    unsafe impl Source for Counted {
        unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
            READS.fetch_add(1, Ordering::Relaxed);
            // SAFETY: the range lies inside the vector, `to` has its length.
            unsafe { to.copy_from_nonoverlapping(self.0.as_ptr().wrapping_add(range.start), range.len()) };
        }
    }
    let stream = Stream::new(device()).unwrap();
    let mut memory = DeviceMemory::<u8>::new(device(), 33 * CHUNK + 1).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    let engine = engine(3);
    let transfer = Transfer::new(stream.as_ref(), place, memory.len());
    // SAFETY: both have as many bytes.
    unsafe { engine.upload(transfer, &Counted(vec![1; memory.len()])) }.unwrap();
    assert_eq!(READS.load(Ordering::Relaxed), 34);
    drop(engine);
}
