//! What CUDA keeps for each host thread: its current device, its last error, its default streams, and whether it is
//! running a host function just now.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::outcome::{Code, Outcome};
use crate::stream::Stream;

thread_local! {
    static DEVICE: Cell<usize> = const { Cell::new(0) };
    static LAST_ERROR: Cell<u32> = const { Cell::new(0) };
    static IN_HOST_FUNCTION: Cell<bool> = const { Cell::new(false) };
    static STREAMS: RefCell<Vec<Option<Arc<Stream>>>> = const { RefCell::new(Vec::new()) };
}

/// The thread's current device.
pub(crate) fn device() -> usize {
    DEVICE.get()
}

/// Chooses the thread's current device.
pub(crate) fn set_device(device: usize) {
    DEVICE.set(device);
}

/// The error of the last failed call on this thread.
pub(crate) fn last_error() -> Code {
    Code(LAST_ERROR.get())
}

/// Remembers an error, or with `cudaSuccess` forgets it.
pub(crate) fn set_last_error(code: Code) {
    LAST_ERROR.set(code.0);
}

/// Whether the thread is inside a host function that a stream called.
pub(crate) fn in_host_function() -> bool {
    IN_HOST_FUNCTION.get()
}

/// Runs a host function; CUDA calls inside it are refused.
pub(crate) fn host_function(run: impl FnOnce()) {
    IN_HOST_FUNCTION.set(true);
    run();
    IN_HOST_FUNCTION.set(false);
}

/// The thread's own default stream on `device`, made by `make` when it is first used.
pub(crate) fn default_stream(device: usize, make: impl FnOnce() -> Arc<Stream>) -> Outcome<Arc<Stream>> {
    let found = STREAMS.try_with(|streams| {
        let mut streams = streams.borrow_mut();
        if streams.len() <= device {
            streams.resize(device + 1, None);
        }
        Arc::clone(streams[device].get_or_insert_with(make))
    });
    // The thread is ending and has already given up its streams.
    found.map_err(|_| Code::cudaErrorCudartUnloading)
}

/// Forgets the thread's default stream on a device that was reset.
pub(crate) fn forget_default_stream(device: usize) {
    let _thread_is_ending = STREAMS.try_with(|streams| {
        if let Some(stream) = streams.borrow_mut().get_mut(device) {
            *stream = None;
        }
    });
}
