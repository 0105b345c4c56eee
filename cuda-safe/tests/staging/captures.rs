//! A capture by another thread is not spoilt by what the engine does on its own account.

use std::cell::Cell;
use std::ffi::{c_uint, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use cuda_emulator::Flavour;
use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::{cudaError_t, cudaEvent_t, cudaStream_t, cudaStreamCaptureMode};
use cuda_safe::memory::staging::{Engine, Settings, Until};
use cuda_safe::{Device, DeviceMemory, Stream, StreamOptions};

use crate::support::{Dice, alone, down, emulated, engine_on, up};

/// Whether some thread captures a stream in the default mode.
static CAPTURING: AtomicBool = AtomicBool::new(false);
/// Calls that were forbidden.
static FORBIDDEN: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static MODE: Cell<cudaStreamCaptureMode> = const { Cell::new(cudaStreamCaptureMode::cudaStreamCaptureModeGlobal) };
}

fn behind() -> &'static Runtime {
    cuda_emulator::runtime(Flavour::Cuda13)
}

unsafe extern "C" fn exchange(mode: *mut cudaStreamCaptureMode) -> cudaError_t {
    // SAFETY: the caller passes a valid mode.
    let mode = unsafe { &mut *mode };
    *mode = MODE.replace(*mode);
    cudaError_t::cudaSuccess
}

/// Functions that CUDA forbids to every thread during a capture in the default mode, but those in the relaxed mode.
macro_rules! forbidden {
    ($($function:ident($($argument:ident: $type:ty),*);)*) => {
        $(
            #[allow(non_snake_case, reason = "the name is C's")]
            unsafe extern "C" fn $function($($argument: $type),*) -> cudaError_t {
                let exempt = MODE.get() == cudaStreamCaptureMode::cudaStreamCaptureModeRelaxed;
                if CAPTURING.load(Ordering::Relaxed) && !exempt {
                    FORBIDDEN.fetch_add(1, Ordering::Relaxed);
                    return cudaError_t::cudaErrorStreamCaptureUnsupported;
                }
                // SAFETY: the arguments are the caller's.
                unsafe { behind().$function($($argument),*) }.expect("the emulator has it")
            }
        )*

        fn with_captures() -> &'static Runtime {
            let mut table = *behind().table();
            table.cudaThreadExchangeStreamCaptureMode = Some(exchange);
            $(table.$function = Some($function);)*
            // SAFETY: every entry is the function of that name of the emulator, or one of this file that calls it.
            unsafe { Runtime::from_table("captures", behind().version(), table, behind().versioned_table()) }
        }
    };
}

forbidden! {
    cudaEventQuery(event: cudaEvent_t);
    cudaEventSynchronize(event: cudaEvent_t);
    cudaStreamQuery(stream: cudaStream_t);
    cudaStreamSynchronize(stream: cudaStream_t);
    cudaHostAlloc(pointer: *mut *mut c_void, bytes: usize, flags: c_uint);
    cudaFreeHost(pointer: *mut c_void);
    cudaMalloc(pointer: *mut *mut c_void, bytes: usize);
    cudaFree(pointer: *mut c_void);
}

#[test]
fn no_copy_of_any_size_spoils_a_capture_nor_the_mode_of_its_thread() {
    let _alone = alone();
    let _emulated = emulated("it lets captures be pretended");
    let device = Device::new(with_captures(), 0).unwrap();
    let free = StreamOptions { non_blocking: true, ..StreamOptions::default() };
    let stream = Stream::with_options(device, free).unwrap();
    let sizes = [1, 5000, 100_000, 300_000, 1 << 20, 5 << 20];
    let mut memories = sizes.map(|size| DeviceMemory::<u8>::new(device, size).unwrap());
    let mut dice = Dice(41);

    CAPTURING.store(true, Ordering::Relaxed);
    let engines = [
        engine_on(device, 3),
        Engine::new(device, Settings { threads: Some(3), ..Settings::default() }).unwrap(),
    ];
    for engine in &engines {
        for memory in &mut memories {
            for until in [Until::Done, Until::Staged] {
                let source = dice.bytes(memory.len());
                let mut back = vec![0; source.len()];
                let (to, bytes) = (memory.as_mut_ptr().cast(), source.len());
                // SAFETY: as many bytes on both sides; what is sent is brought back in the order of the same stream.
                if !unsafe { engine.upload_small(stream.as_ref(), to, source.as_ptr(), bytes) }.unwrap() {
                    up(engine, stream.as_ref(), memory, &source, until).unwrap();
                }
                // SAFETY: as above.
                if !unsafe { engine.download_small(stream.as_ref(), to, back.as_mut_ptr(), bytes) }.unwrap() {
                    down(engine, stream.as_ref(), &mut back, memory).unwrap();
                }
                assert!(back == source, "{bytes} bytes");
                assert_eq!(MODE.get(), cudaStreamCaptureMode::cudaStreamCaptureModeGlobal);
            }
        }
        assert!(engine.release() > 0);
        up(engine, stream.as_ref(), &mut memories[5], &vec![1; 5 << 20], Until::Staged).unwrap();
    }
    drop(engines);
    CAPTURING.store(false, Ordering::Relaxed);
    assert_eq!(FORBIDDEN.load(Ordering::Relaxed), 0, "calls that spoil the capture");
    assert_eq!(MODE.get(), cudaStreamCaptureMode::cudaStreamCaptureModeGlobal);
    stream.synchronize().unwrap();
}
