//! Streams: order, the rules of the default streams, handles, host functions.

mod support;

use std::ffi::c_void;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use support::*;

fn destroy(stream: cudaStream_t) {
    let cuda = cuda();
    ok!(cuda.cudaStreamDestroy(stream));
}

fn idle(stream: cudaStream_t) -> bool {
    let cuda = cuda();
    match code!(cuda.cudaStreamQuery(stream)) {
        SUCCESS => true,
        NOT_READY => false,
        other => panic!("{other}"),
    }
}

fn done(event: cudaEvent_t) -> bool {
    let cuda = cuda();
    code!(cuda.cudaEventQuery(event)) == SUCCESS
}

/// Long enough for a worker to do what it should not do.
fn grace() {
    std::thread::sleep(Duration::from_millis(30));
}

#[test]
fn a_blocking_stream_waits_for_the_legacy_stream() {
    let (cuda, _) = own_device();
    let stream = stream(0);
    let held = hold(LEGACY);
    let event = recorded(stream);
    grace();
    assert!(!done(event));
    drop(held);
    ok!(cuda.cudaEventSynchronize(event));
    destroy(stream);
}

#[test]
fn the_legacy_stream_waits_for_blocking_streams() {
    let (cuda, _) = own_device();
    let stream = stream(0);
    let held = hold(stream);
    let event = recorded(LEGACY);
    grace();
    assert!(!done(event) && !idle(LEGACY));
    drop(held);
    ok!(cuda.cudaStreamSynchronize(LEGACY));
    assert!(done(event));
    destroy(stream);
}

#[test]
fn a_non_blocking_stream_ignores_the_legacy_stream() {
    let (cuda, _) = own_device();
    let stream = non_blocking();
    let held = hold(LEGACY);
    ok!(cuda.cudaEventSynchronize(recorded(stream)));
    drop(held);
    let held = hold(stream);
    ok!(cuda.cudaEventSynchronize(recorded(LEGACY)));
    drop(held);
    destroy(stream);
}

#[test]
fn the_per_thread_stream_belongs_to_its_thread_and_is_blocking() {
    let (cuda, device) = own_device();
    let held = hold(PER_THREAD);
    let elsewhere = std::thread::spawn(move || {
        let mut id = 0;
        ok!(cuda.cudaSetDevice(device));
        ok!(cuda.cudaStreamGetId(PER_THREAD, &mut id));
        ok!(cuda.cudaEventSynchronize(recorded(PER_THREAD)));
        id
    });
    let (mut id, elsewhere) = (0, elsewhere.join().unwrap());
    ok!(cuda.cudaStreamGetId(PER_THREAD, &mut id));
    assert_ne!(id, elsewhere);
    let event = recorded(LEGACY);
    grace();
    assert!(!done(event));
    drop(held);
    ok!(cuda.cudaEventSynchronize(event));
}

#[test]
fn null_is_the_legacy_stream() {
    let (cuda, _) = own_device();
    let (mut null, mut one) = (0, 0);
    ok!(cuda.cudaStreamGetId(ptr::null_mut(), &mut null));
    ok!(cuda.cudaStreamGetId(LEGACY, &mut one));
    assert_eq!(null, one);
}

#[test]
fn a_stream_waits_for_an_event_of_another_device() {
    let (cuda, _) = own_device();
    let first = non_blocking();
    let held = hold(first);
    let event = recorded(first);
    own_device();
    let second = non_blocking();
    ok!(cuda.cudaStreamWaitEvent(second, event, 0));
    grace();
    assert!(!idle(second));
    drop(held);
    ok!(cuda.cudaStreamSynchronize(second));
    assert!(idle(first));
    destroy(first);
    destroy(second);
}

#[test]
fn waiting_for_an_event_means_its_last_recording_before_the_wait() {
    let (cuda, _) = own_device();
    let (first, second, event) = (non_blocking(), non_blocking(), event());
    ok!(cuda.cudaStreamWaitEvent(second, event, 0)); // never recorded: nothing to wait for
    ok!(cuda.cudaEventRecord(event, first));
    ok!(cuda.cudaStreamSynchronize(first));
    ok!(cuda.cudaStreamWaitEvent(second, event, 0));
    let held = hold(first);
    ok!(cuda.cudaEventRecord(event, first));
    ok!(cuda.cudaStreamSynchronize(second));
    drop(held);
    destroy(first);
    destroy(second);
}

#[test]
fn work_of_a_destroyed_stream_is_still_done() {
    let (cuda, _) = own_device();
    let (stream, device) = (non_blocking(), malloc(64));
    let held = hold(stream);
    ok!(cuda.cudaMemsetAsync(device, 3, 64, stream));
    let event = recorded(stream);
    destroy(stream);
    drop(held);
    ok!(cuda.cudaEventSynchronize(event));
    assert_eq!(download(device, 64), [3; 64]);
    free(device);
}

#[test]
fn cuda_calls_in_a_host_function_are_refused() {
    static ANSWERS: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    unsafe extern "C" fn callback(_: *mut c_void) {
        let (cuda, mut device, mut pointer) = (cuda(), 0, ptr::null_mut());
        let answers = [
            code!(cuda.cudaGetDevice(&mut device)),
            code!(cuda.cudaMalloc(&mut pointer, 16)),
            code!(cuda.cudaDeviceSynchronize()),
        ];
        ANSWERS.lock().unwrap().extend(answers);
    }
    let (cuda, _) = own_device();
    let stream = non_blocking();
    ok!(cuda.cudaLaunchHostFunc(stream, Some(callback), ptr::null_mut()));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(*ANSWERS.lock().unwrap(), [800; 3]);
    assert_eq!(code!(cuda.cudaLaunchHostFunc(stream, None, ptr::null_mut())), INVALID_VALUE);
    destroy(stream);
}

#[test]
fn callbacks_get_the_stream_and_the_status() {
    static SEEN: Mutex<Option<(usize, u32, usize)>> = Mutex::new(None);
    unsafe extern "C" fn callback(stream: cudaStream_t, status: cudart::cudaError_t, data: *mut c_void) {
        *SEEN.lock().unwrap() = Some((stream.addr(), status.0, data.addr()));
    }
    let (cuda, _) = own_device();
    let stream = non_blocking();
    ok!(cuda.cudaStreamAddCallback(stream, Some(callback), ptr::without_provenance_mut(77), 0));
    ok!(cuda.cudaStreamSynchronize(stream));
    assert_eq!(*SEEN.lock().unwrap(), Some((stream.addr(), 0, 77)));
    destroy(stream);
}

#[test]
fn flags_priority_and_device_are_reported() {
    let (cuda, own) = own_device();
    let (mut least, mut greatest) = (9, 9);
    ok!(cuda.cudaDeviceGetStreamPriorityRange(&mut least, &mut greatest));
    assert!(greatest < least);
    let mut stream = ptr::null_mut();
    ok!(cuda.cudaStreamCreateWithPriority(&mut stream, 1, greatest - 100));
    let (mut priority, mut flags, mut device) = (9, 9, 9);
    ok!(cuda.cudaStreamGetPriority(stream, &mut priority));
    ok!(cuda.cudaStreamGetFlags(stream, &mut flags));
    ok!(cuda.cudaStreamGetDevice(stream, &mut device));
    assert_eq!((priority, flags, device), (greatest, 1, own));
    assert_eq!(code!(cuda.cudaStreamCreateWithFlags(&mut stream, 2)), INVALID_VALUE);
    destroy(stream);
}

#[test]
fn the_device_is_synchronised_when_all_its_streams_are_done() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    unsafe extern "C" fn slow(_: *mut c_void) {
        std::thread::sleep(Duration::from_millis(20));
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    let (cuda, _) = own_device();
    let streams = [stream(0), non_blocking(), PER_THREAD, non_blocking()];
    for stream in streams {
        ok!(cuda.cudaLaunchHostFunc(stream, Some(slow), ptr::null_mut()));
    }
    ok!(cuda.cudaDeviceSynchronize());
    assert_eq!(COUNT.load(Ordering::SeqCst), 4);
    for stream in [streams[0], streams[1], streams[3]] {
        destroy(stream);
    }
}

#[test]
fn events_measure_the_time_between_them() {
    unsafe extern "C" fn pause(_: *mut c_void) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let (cuda, _) = own_device();
    let (stream, begin, mut milliseconds) = (non_blocking(), Instant::now(), 0.0);
    let start = recorded(stream);
    ok!(cuda.cudaLaunchHostFunc(stream, Some(pause), ptr::null_mut()));
    let end = recorded(stream);
    assert_eq!(code!(cuda.cudaEventElapsedTime(&mut milliseconds, start, end)), NOT_READY);
    ok!(cuda.cudaEventSynchronize(end));
    ok!(cuda.cudaEventElapsedTime(&mut milliseconds, start, end));
    assert!(milliseconds >= 20.0 && milliseconds <= begin.elapsed().as_secs_f32() * 1000.0, "{milliseconds}");
    ok!(cuda.cudaEventElapsedTime(&mut milliseconds, end, start));
    assert!(milliseconds < 0.0);
    destroy(stream);
}

#[test]
fn elapsed_time_needs_two_timed_recorded_events() {
    let (cuda, _) = own_device();
    let (timed, mut untimed, mut milliseconds) = (recorded(LEGACY), ptr::null_mut(), 0.0);
    ok!(cuda.cudaEventCreateWithFlags(&mut untimed, cudart::cudaEventDisableTiming));
    ok!(cuda.cudaEventRecord(untimed, LEGACY));
    for other in [untimed, event(), ptr::null_mut()] {
        assert_eq!(code!(cuda.cudaEventElapsedTime(&mut milliseconds, timed, other)), INVALID_HANDLE);
    }
}

#[test]
fn an_event_that_was_never_recorded_is_done() {
    let ((cuda, _), event) = (own_device(), event());
    ok!(cuda.cudaEventQuery(event));
    ok!(cuda.cudaEventSynchronize(event));
    ok!(cuda.cudaEventDestroy(event));
}

#[test]
fn an_event_is_recorded_only_in_streams_of_its_device() {
    let (cuda, _) = own_device();
    let (event, stream) = (event(), non_blocking());
    own_device();
    assert_eq!(code!(cuda.cudaEventRecord(event, LEGACY)), INVALID_HANDLE);
    ok!(cuda.cudaEventRecord(event, stream));
    ok!(cuda.cudaEventSynchronize(event));
    destroy(stream);
}
