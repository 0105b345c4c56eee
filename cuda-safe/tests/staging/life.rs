//! What an engine holds and for how long, and what it tells on the way.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cuda_safe::memory::staging::{
    self, Engine, HostBytes, HostBytesMut, Place, Settings, Source, Stores, Transfer, Until,
};
use cuda_safe::{Device, DeviceMemory, ErrorKind, Stream};

use crate::support::{CHUNK, Dice, Gate, alone, device, engine, free_stream, up};

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
fn progress_grows_to_the_end() {
    let _alone = alone();
    let stream = Stream::new(device()).unwrap();
    let mut host = Dice(17).bytes(100 * CHUNK);
    let mut memory = DeviceMemory::<u8>::new(device(), host.len()).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    for threads in [1, 3] {
        let engine = engine(threads);
        for upload in [true, false] {
            let mut told = Vec::new();
            let mut note = |bytes| told.push(bytes);
            let transfer = Transfer::new(stream.as_ref(), place, host.len()).progress(&mut note);
            match upload {
                // SAFETY: both have as many bytes.
                true => unsafe { engine.upload(transfer, &HostBytes::new(host.as_ptr())) },
                // SAFETY: as above.
                false => unsafe { engine.download(transfer, &HostBytesMut::new(host.as_mut_ptr())) },
            }
            .unwrap();
            assert!(told.is_sorted() && told.last() == Some(&host.len()), "{told:?}");
            // After each piece of the caller, and at the end. How many the others took is not known.
            if threads == 1 {
                assert_eq!(told.len(), 101);
                assert_eq!(told[..3], [CHUNK, 2 * CHUNK, 3 * CHUNK]);
            }
        }
    }
}

#[test]
fn a_panic_of_the_progress_callback_half_way_ends_the_copy_there() {
    let _alone = alone();
    let (engine, stream) = (engine(1), Stream::new(device()).unwrap());
    let mut host = vec![1; 100 * CHUNK];
    let mut memory = DeviceMemory::<u8>::zeroed(device(), host.len()).unwrap();
    let place = Place::Run { base: memory.as_mut_ptr().cast() };
    let mut fail = |bytes| assert!(bytes < 5 * CHUNK, "enough");
    let transfer = Transfer::new(stream.as_ref(), place, host.len()).progress(&mut fail);
    // SAFETY: both have as many bytes.
    let error = unsafe { engine.download(transfer, &HostBytesMut::new(host.as_mut_ptr())) }.unwrap_err();
    let ErrorKind::Interrupted { done, .. } = error.kind() else { panic!("{error}") };
    assert!(*done >= 5 * CHUNK && *done < 20 * CHUNK, "{error}");
    assert!(host[..*done].iter().all(|&byte| byte == 0) && host[99 * CHUNK] == 1);
}

#[test]
fn a_panic_of_the_progress_callback_is_an_error_however_the_copy_goes() {
    let _alone = alone();
    let stream = Stream::new(device()).unwrap();
    // Staged on several threads; one plain call.
    let plain = Engine::new(device(), "off".parse().unwrap()).unwrap();
    for engine in [engine(3), plain] {
        for size in [1, 100 * CHUNK] {
            let mut host = vec![7u8; size];
            let mut memory = DeviceMemory::<u8>::zeroed(device(), size).unwrap();
            let place = Place::Run { base: memory.as_mut_ptr().cast() };
            for upload in [true, false] {
                let mut fail = |_| panic!("enough");
                let transfer = Transfer::new(stream.as_ref(), place, size).progress(&mut fail);
                let outcome = catch_unwind(AssertUnwindSafe(|| match upload {
                    // SAFETY: both have as many bytes.
                    true => unsafe { engine.upload(transfer, &HostBytes::new(host.as_ptr())) },
                    // SAFETY: as above.
                    false => unsafe { engine.download(transfer, &HostBytesMut::new(host.as_mut_ptr())) },
                }));
                let error = outcome.unwrap().unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Interrupted { .. }), "{error}");
                assert!(error.to_string().contains("enough"), "{error}");
            }
            // The engine goes on.
            up(&engine, stream.as_ref(), &mut memory, &vec![9; size], Until::Done).unwrap();
            assert_eq!(memory.to_vec().unwrap(), vec![9; size]);
        }
    }
}

/// Zeros, which come slowly until somebody says that it is enough.
struct Slow<'a> {
    hurry: &'a AtomicBool,
    begun: &'a AtomicBool,
}

// SAFETY: every byte of the range is written.
unsafe impl Source for Slow<'_> {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
        self.begun.store(true, Ordering::Relaxed);
        if !self.hurry.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
        // SAFETY: `to` has room for the range.
        unsafe { to.write_bytes(0, range.len()) };
    }
}

#[test]
fn a_short_copy_does_not_wait_for_the_end_of_a_long_one() {
    let _alone = alone();
    let (hurry, begun, ended) = (AtomicBool::new(false), AtomicBool::new(false), AtomicBool::new(false));
    for threads in [1, 4] {
        let engine = engine(threads);
        // Twenty seconds and more for one thread, if nobody else gets its turn.
        let size = 20_000 * CHUNK;
        for flag in [&hurry, &begun, &ended] {
            flag.store(false, Ordering::Relaxed);
        }
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut memory = DeviceMemory::<u8>::new(device(), size).unwrap();
                let stream = Stream::new(device()).unwrap();
                let place = Place::Run { base: memory.as_mut_ptr().cast() };
                let slow = Slow { hurry: &hurry, begun: &begun };
                // SAFETY: both have as many bytes.
                unsafe { engine.upload(Transfer::new(stream.as_ref(), place, size), &slow) }.unwrap();
                ended.store(true, Ordering::Relaxed);
            });
            while !begun.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            let expected = Dice(31).bytes(10 * CHUNK);
            let stream = Stream::new(device()).unwrap();
            let mut memory = DeviceMemory::<u8>::new(device(), expected.len()).unwrap();
            for _ in 0..3 {
                up(&engine, stream.as_ref(), &mut memory, &expected, Until::Done).unwrap();
                assert_eq!(memory.to_vec().unwrap(), expected);
            }
            assert!(!ended.load(Ordering::Relaxed), "the long copy came first");
            hurry.store(true, Ordering::Relaxed);
        });
    }
}

/// The folders of the threads that engines have started.
#[cfg(target_os = "linux")]
fn workers() -> Vec<std::path::PathBuf> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    // A thread that ended meanwhile is none.
    let name = |folder: &std::path::PathBuf| std::fs::read_to_string(folder.join("comm")).unwrap_or_default();
    let folders = tasks.map(|task| task.unwrap().path());
    folders.filter(|folder| name(folder).starts_with("cuda-staging")).collect()
}

/// How often the workers of all engines have gone to sleep, once none of them is about to.
#[cfg(target_os = "linux")]
fn sleeps_of_workers() -> Vec<String> {
    let read = || {
        let mut sleeps = Vec::new();
        for folder in workers() {
            let Ok(status) = std::fs::read_to_string(folder.join("status")) else { continue };
            let switches = status.lines().filter(|line| line.contains("ctxt_switches"));
            sleeps.push(format!("{folder:?} {}", switches.collect::<String>()));
        }
        sleeps.sort();
        sleeps
    };
    let mut before = read();
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let now = read();
        if now == before {
            return now;
        }
        before = now;
    }
}

#[cfg(target_os = "linux")]
#[test]
fn workers_without_work_do_not_wake_up() {
    let _alone = alone();
    let engine = engine(4);
    let stream = Stream::new(device()).unwrap();
    let source = Dice(37).bytes(200 * CHUNK);
    let mut memory = DeviceMemory::<u8>::new(device(), source.len()).unwrap();
    up(&engine, stream.as_ref(), &mut memory, &source, Until::Done).unwrap();
    assert!(engine.report().workers > 0);
    eventually(|| workers().len() >= engine.report().workers);
    let before = sleeps_of_workers();
    assert!(!before.is_empty());
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(sleeps_of_workers(), before);
}

#[test]
fn everybody_has_the_same_engine_until_it_is_configured_anew() {
    let _alone = alone();
    // Whatever the machine's speed, this one stages.
    staging::configure("threads=2,limit=8M,from=0".parse().unwrap()).unwrap();
    let first = staging::shared(device()).unwrap();
    assert!(Arc::ptr_eq(&first, &staging::shared(device()).unwrap()));
    for other in Device::all_of(device().runtime()).unwrap().into_iter().skip(1) {
        let engine = staging::shared(other).unwrap();
        assert!(!Arc::ptr_eq(&first, &engine) && engine.device() == other);
    }
    let settings: Settings = "threads=2,limit=4M".parse().unwrap();
    staging::configure(settings).unwrap();
    let next = staging::shared(device()).unwrap();
    assert!(!Arc::ptr_eq(&first, &next) && *next.settings() == settings);
    // The former one serves those who have it.
    let stream = Stream::new(device()).unwrap();
    let mut memory = DeviceMemory::<u8>::new(device(), 20 << 20).unwrap();
    up(&first, stream.as_ref(), &mut memory, &vec![5; 20 << 20], Until::Done).unwrap();
    assert!(first.report().pinned_bytes > 0 && next.report().pinned_bytes == 0);
    // What is freed for everybody is what the present one keeps.
    up(&next, stream.as_ref(), &mut memory, &vec![6; 20 << 20], Until::Done).unwrap();
    let kept = next.report().pinned_bytes;
    assert!(kept > 0 && staging::release() == kept && next.report().pinned_bytes == 0);
}

#[test]
fn what_is_in_force_is_measured_on_request() {
    let _alone = alone();
    let engine = Engine::new(device(), Settings { threads: Some(2), ..Settings::default() }).unwrap();
    assert_eq!(engine.report().upload_link, None);
    let report = engine.measure().unwrap();
    assert!(report.upload_link > Some(0) && report.download_link > Some(0), "{report:?}");
    assert_eq!((report.threads, report.workers), (2, 0));
    // What was measured with is the first ring of the copies.
    assert!(report.pinned_bytes > 0 && report.pinned_bytes <= report.settings.limit / 2, "{report:?}");
    assert_eq!(engine.measure().unwrap().pinned_bytes, report.pinned_bytes);
    assert_eq!((report.fallbacks, report.shortage), (0, None));
}

#[test]
fn the_first_copy_waits_for_no_other_stream() {
    let _alone = alone();
    let (held, stream) = (free_stream(), free_stream());
    let engine = Engine::new(device(), Settings { threads: Some(2), ..Settings::default() }).unwrap();
    let source = vec![3; 20 << 20];
    let mut memory = DeviceMemory::<u8>::new(device(), source.len()).unwrap();
    let gate = Gate::closed(&held);
    up(&engine, stream.as_ref(), &mut memory, &source, Until::Done).unwrap();
    assert!(!held.query().unwrap(), "it has waited until the gate opened");
    drop(gate);
    assert!(engine.report().upload_link.is_some());
    assert!(memory.to_vec().unwrap() == source);
}

/// Bytes that only come one by one, so that no plain call can take them.
struct Apart<'a>(&'a (dyn Fn() + Sync));

// SAFETY: every byte of the range is written.
unsafe impl Source for Apart<'_> {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, _stores: Stores) {
        (self.0)();
        // SAFETY: `to` has room for the range.
        unsafe { to.write_bytes(6, range.len()) };
    }
}

#[test]
fn a_copy_from_inside_a_callback_never_waits_for_the_lane_of_its_own_thread() {
    let _alone = alone();
    let (engine, stream) = (engine(1), Stream::new(device()).unwrap());
    let size = 20 * CHUNK;
    let [mut outer, mut inner] = [(); 2].map(|()| DeviceMemory::<u8>::zeroed(device(), size).unwrap());
    let place = Place::Run { base: inner.as_mut_ptr().cast() };
    let again = || {
        let host = vec![5; size];
        let transfer = || Transfer::new(stream.as_ref(), place, size);
        // What needs no lane is copied.
        // SAFETY: both have as many bytes, as below.
        unsafe { engine.upload(transfer(), &HostBytes::new(host.as_ptr())) }.unwrap();
        // SAFETY: as above.
        let error = unsafe { engine.upload(transfer(), &Apart(&|| ())) }.unwrap_err();
        let ErrorKind::NotBegun { cause, .. } = error.kind() else { panic!("{error}") };
        assert!(matches!(cause.kind(), ErrorKind::Nested), "{error}");
    };
    let to = Place::Run { base: outer.as_mut_ptr().cast() };
    // From a source, and from a progress callback.
    // SAFETY: as above.
    unsafe { engine.upload(Transfer::new(stream.as_ref(), to, size), &Apart(&again)) }.unwrap();
    // At the end of the copy its lane is free again.
    let mut progress = |bytes| {
        if bytes < size {
            again()
        }
    };
    let transfer = Transfer::new(stream.as_ref(), to, size).progress(&mut progress);
    // SAFETY: as above.
    unsafe { engine.upload(transfer, &Apart(&|| ())) }.unwrap();
    assert_eq!((outer.to_vec().unwrap(), inner.to_vec().unwrap()), (vec![6; size], vec![5; size]));
}

#[cfg(target_os = "linux")]
#[test]
fn threads_end_with_their_engine() {
    let _alone = alone();
    // Those of an engine before may be about to go.
    let (mut others, mut before) = (workers().len(), usize::MAX);
    while others != before {
        std::thread::sleep(Duration::from_millis(20));
        (others, before) = (workers().len(), others);
    }
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
    assert_eq!(engine.report().workers, 2);
    // A thread has its name once it runs, and the system forgets it some time after it was joined.
    eventually(|| workers().len() == others + 2);
    drop(engine);
    eventually(|| workers().len() == others);
}

/// Waits for what comes by itself, and not for ever.
#[cfg(target_os = "linux")]
fn eventually(comes: impl Fn() -> bool) {
    let begun = Instant::now();
    while !comes() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it did not come");
        std::thread::sleep(Duration::from_millis(1));
    }
}
