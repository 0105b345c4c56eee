//! A runtime in front of another one: it writes down which functions this thread calls, and fails those it is told to.
//!
//! It works in front of the emulator and of a real libcudart alike, because it only replaces entries of the table.

use std::cell::RefCell;
use std::ffi::{c_int, c_uint, c_void};
use std::mem::ManuallyDrop;

use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::table::Common;
use cuda_safe::cuda_sys::cudart::*;
use cuda_safe::{Device, DeviceMemory, Stream};

struct State {
    behind: Option<&'static Runtime>,
    calls: Vec<&'static str>,
    /// Function, calls that still succeed, and the code that the next one returns.
    faults: Vec<(&'static str, usize, cudaError_t)>,
    devices: Option<c_int>,
}

thread_local! {
    /// Never dropped, so that it can still be read in an exit handler.
    static STATE: ManuallyDrop<RefCell<State>> = const {
        ManuallyDrop::new(RefCell::new(State { behind: None, calls: Vec::new(), faults: Vec::new(), devices: None }))
    };
}

fn with_state<R>(use_it: impl FnOnce(&mut State) -> R) -> R {
    STATE.with(|state| use_it(&mut state.borrow_mut()))
}

/// A new runtime in front of `behind`. One a thread: a later one takes the earlier one's place.
pub(crate) fn recorder(behind: &'static Runtime) -> &'static Runtime {
    recorder_without(behind, |_table| {})
}

/// The same with functions taken out of the table.
pub(crate) fn recorder_without(behind: &'static Runtime, edit: impl FnOnce(&mut Common)) -> &'static Runtime {
    with_state(|state| {
        *state = State { behind: Some(behind), calls: Vec::new(), faults: Vec::new(), devices: None }
    });
    let mut table = *behind.table();
    replace(&mut table);
    edit(&mut table);
    // SAFETY: every entry is the function of that name behind, or one of this file that calls it.
    unsafe { Runtime::from_table("recorder", behind.version(), table, behind.versioned_table()) }
}

/// Lets the runtime say that it sees `count` devices.
pub(crate) fn pretend_devices(count: c_int) {
    with_state(|state| state.devices = Some(count));
}

/// Makes the next call of `function` fail.
pub(crate) fn fail_next(function: &'static str, code: cudaError_t) {
    fail_after(function, 0, code);
}

/// Makes the call of `function` after `successes` more fail. Several faults of one function follow one another.
pub(crate) fn fail_after(function: &'static str, successes: usize, code: cudaError_t) {
    with_state(|state| state.faults.push((function, successes, code)));
}

/// Takes all faults away.
pub(crate) fn heal() {
    with_state(|state| state.faults.clear());
}

/// What this thread called since it last asked.
pub(crate) fn calls() -> Vec<&'static str> {
    with_state(|state| std::mem::take(&mut state.calls))
}

/// Writes the call down and says whether it is to fail.
fn enter(function: &'static str) -> Result<&'static Runtime, cudaError_t> {
    with_state(|state| {
        state.calls.push(function);
        if let Some(index) = state.faults.iter().position(|fault| fault.0 == function) {
            if state.faults[index].1 == 0 {
                return Err(state.faults.remove(index).2);
            }
            state.faults[index].1 -= 1;
        }
        // Another thread than the one that made the recorder.
        state.behind.ok_or(cudaError_t::cudaErrorNotPermitted)
    })
}

unsafe extern "C" fn count(count: *mut c_int) -> cudaError_t {
    let behind = match enter("cudaGetDeviceCount") {
        Ok(behind) => behind,
        Err(code) => return code,
    };
    if let Some(pretended) = with_state(|state| state.devices) {
        // SAFETY: the caller passes a writable int.
        unsafe { count.write(pretended) };
        return cudaError_t::cudaSuccess;
    }
    // SAFETY: the arguments are the caller's.
    unsafe { behind.cudaGetDeviceCount(count) }.expect("every runtime has it")
}

macro_rules! replacements {
    ($($function:ident($($argument:ident: $type:ty),*);)*) => {
        $(
            #[allow(non_snake_case, reason = "the name is C's")]
            unsafe extern "C" fn $function($($argument: $type),*) -> cudaError_t {
                match enter(stringify!($function)) {
                    // SAFETY: the arguments are the caller's.
                    Ok(behind) => unsafe { behind.$function($($argument),*) }.expect("every runtime has it"),
                    Err(code) => code,
                }
            }
        )*

        fn replace(table: &mut Common) {
            table.cudaGetDeviceCount = Some(count);
            $(table.$function = Some($function);)*
        }
    };
}

replacements! {
    cudaDeviceSynchronize();
    cudaGetDevice(device: *mut c_int);
    cudaSetDevice(device: c_int);
    cudaMemGetInfo(free: *mut usize, total: *mut usize);
    cudaDeviceEnablePeerAccess(peer: c_int, flags: c_uint);
    cudaDeviceDisablePeerAccess(peer: c_int);
    cudaGetLastError();
    cudaPeekAtLastError();
    cudaStreamCreateWithPriority(stream: *mut cudaStream_t, flags: c_uint, priority: c_int);
    cudaStreamDestroy(stream: cudaStream_t);
    cudaStreamSynchronize(stream: cudaStream_t);
    cudaStreamQuery(stream: cudaStream_t);
    cudaStreamWaitEvent(stream: cudaStream_t, event: cudaEvent_t, flags: c_uint);
    cudaEventCreateWithFlags(event: *mut cudaEvent_t, flags: c_uint);
    cudaEventRecord(event: cudaEvent_t, stream: cudaStream_t);
    cudaEventQuery(event: cudaEvent_t);
    cudaEventSynchronize(event: cudaEvent_t);
    cudaEventDestroy(event: cudaEvent_t);
    cudaMalloc(pointer: *mut *mut c_void, bytes: usize);
    cudaFree(pointer: *mut c_void);
    cudaMallocFromPoolAsync(pointer: *mut *mut c_void, bytes: usize, pool: cudaMemPool_t, stream: cudaStream_t);
    cudaFreeAsync(pointer: *mut c_void, stream: cudaStream_t);
    cudaMemPoolDestroy(pool: cudaMemPool_t);
    cudaMemPoolTrimTo(pool: cudaMemPool_t, keep: usize);
    cudaMallocManaged(pointer: *mut *mut c_void, bytes: usize, flags: c_uint);
    cudaHostAlloc(pointer: *mut *mut c_void, bytes: usize, flags: c_uint);
    cudaFreeHost(pointer: *mut c_void);
    cudaHostRegister(pointer: *mut c_void, bytes: usize, flags: c_uint);
    cudaHostUnregister(pointer: *mut c_void);
    cudaMemcpyAsync(to: *mut c_void, from: *const c_void, bytes: usize, kind: cudaMemcpyKind, stream: cudaStream_t);
    cudaMemcpyPeerAsync(
        to: *mut c_void, to_device: c_int, from: *const c_void, from_device: c_int, bytes: usize, stream: cudaStream_t
    );
    cudaMemcpy2DAsync(
        to: *mut c_void, to_pitch: usize, from: *const c_void, from_pitch: usize, width: usize, height: usize,
        kind: cudaMemcpyKind, stream: cudaStream_t
    );
    cudaMemcpy3DAsync(copy: *const cudaMemcpy3DParms, stream: cudaStream_t);
    cudaMemsetAsync(to: *mut c_void, value: c_int, bytes: usize, stream: cudaStream_t);
}

/// A copy in a scope with these failures, in order; what was called after the copy, and the code that was reported.
pub(crate) fn copy_with(
    faults: &[(&'static str, cudaError_t)],
) -> Vec<(Vec<&'static str>, Option<cudaError_t>)> {
    super::runtimes()
        .into_iter()
        .map(|behind| {
            let device = Device::new(recorder(behind), 0).unwrap();
            let stream = Stream::new(device).unwrap();
            let mut memory = DeviceMemory::<u8>::zeroed(device, 64).unwrap();
            for (function, code) in faults {
                fail_next(function, *code);
            }
            calls();
            let source = vec![1; 64];
            let error = stream.scope(|s| s.copy_to_device(&source, memory.view_mut())).unwrap_err();
            let mut seen = calls();
            seen.retain(|call| {
                !matches!(*call, "cudaGetDevice" | "cudaGetLastError" | "cudaPeekAtLastError")
            });
            (seen.split_off(1), error.code())
        })
        .collect()
}
