//! When CUDA may still be called, and what Drop does when it may not.
//!
//! Four situations make a call wrong or useless, and each of them is noticed here and nowhere else:
//!
//! | situation | noticed by | calls | Drop |
//! |---|---|---|---|
//! | a child of `fork` | a `pthread_atfork` handler | [`ForkedProcess`](crate::ErrorKind::ForkedProcess) | leaks |
//! | the process exits | an `atexit` handler, or `cudaErrorCudartUnloading` | [`Exiting`](crate::ErrorKind::Exiting) | leaks |
//! | a sticky error | the code of any failed call | CUDA's own error | does nothing |
//! | none | one relaxed load finds no flag | go through | releases |
//!
//! The `atexit` handler is registered after the runtime answered its first call, so it runs before the runtime's
//! own handlers, which take down what calls of other threads are using: the process may die of that. So the handler waits
//! for the threads that are [`UnderWay`] in a copy, which are refused their next call and end.
//!
//! A sticky error is remembered for the runtime that reported it, and not for one device: it ends the whole process for
//! CUDA. After a kernel fault on one of two H200 every call about the other one failed the same way, whichever was current
//! (driver 580, CUDA 12.9 and 13.0). So freeing anything could only fail again.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ffi::c_int;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst, fence};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cuda_sys::Runtime;
use cuda_sys::cudart::cudaError_t;

const EXITING: u8 = 1;
const FORKED: u8 = 2;
const POISONED: u8 = 4;
const UNLOADED: u8 = 8;

/// Every flag of the process. Zero, the usual value, means that calls and releases go through.
static STATE: Apart<AtomicU8> = Apart(AtomicU8::new(0));

/// Addresses of the runtimes (they live forever) that reported a sticky error.
static POISONED_RUNTIMES: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// Addresses of the runtimes for which the handlers are registered.
static WATCHED_RUNTIMES: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// How long the exit waits for copies that do not end, such as one behind a kernel that loops.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it waits if it was asked for within a copy.
const SHORT_PATIENCE: Duration = Duration::from_secs(2);

/// How many [`UnderWay`] there are, but for those of threads that stepped [`Aside`].
static UNDER_WAY: Apart<AtomicUsize> = Apart(AtomicUsize::new(0));

/// Has cache lines of its own: what threads change all the time would take those that all of them read away from the others.
#[repr(align(128))]
struct Apart<T>(T);

thread_local! {
    /// How many [`UnderWay`] are this thread's.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// As long as it lives, this thread is at work in a copy, and the exit of the process waits for it.
pub(crate) struct UnderWay {
    /// Not if the exit had begun: then nothing is called, and nothing is to be waited for.
    counted: bool,
    not_send: PhantomData<*const ()>,
}

impl UnderWay {
    /// Before the first call is made or refused.
    #[inline]
    pub(crate) fn enter() -> Self {
        // Threads that try again and again do not keep the handler from finding nobody.
        let mut counted = barrier().is_none();
        if counted {
            UNDER_WAY.0.fetch_add(1, SeqCst);
            // Whoever does not see EXITING after that is seen by the handler, for all four of these accesses have one order.
            counted = STATE.0.load(SeqCst) & EXITING == 0;
            if counted {
                OWN.set(OWN.get() + 1);
            } else {
                UNDER_WAY.0.fetch_sub(1, SeqCst);
            }
        }
        Self { counted, not_send: PhantomData }
    }
}

impl Drop for UnderWay {
    #[inline]
    fn drop(&mut self) {
        if self.counted {
            OWN.set(OWN.get() - 1);
            UNDER_WAY.0.fetch_sub(1, SeqCst);
        }
    }
}

/// As long as it lives, this thread waits for others and calls nothing, though it is at work for the engine.
pub(crate) struct Aside {
    own: usize,
    not_send: PhantomData<*const ()>,
}

impl Aside {
    pub(crate) fn step() -> Self {
        let own = OWN.replace(0);
        UNDER_WAY.0.fetch_sub(own, SeqCst);
        Self { own, not_send: PhantomData }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        UNDER_WAY.0.fetch_add(self.own, SeqCst);
        // The next call is refused, or the handler sees this thread: as on entering.
        fence(SeqCst);
        OWN.set(OWN.get() + self.own);
    }
}

/// Stays here while another thread ends the process.
pub(crate) fn await_end() -> ! {
    let _aside = Aside::step();
    loop {
        thread::park();
    }
}

/// Why no call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Barrier {
    Exiting,
    Forked,
}

/// What stands between this process and any call, if anything does.
#[inline]
pub(crate) fn barrier() -> Option<Barrier> {
    match STATE.0.load(Relaxed) & (EXITING | UNLOADED | FORKED) {
        0 => None,
        flags if flags & FORKED != 0 => Some(Barrier::Forked),
        _ => Some(Barrier::Exiting),
    }
}

/// Nothing at all was the matter a moment ago: calls go through, and Drop releases.
#[derive(Clone, Copy)]
pub(crate) struct AllIsWell(());

impl AllIsWell {
    /// Looks, in one load.
    #[inline]
    pub(crate) fn now() -> Option<Self> {
        (STATE.0.load(Relaxed) == 0).then_some(Self(()))
    }
}

/// Whether Drop may hand an object back to `runtime`. If not, the object is leaked.
#[inline]
pub(crate) fn may_release(runtime: &'static Runtime) -> bool {
    AllIsWell::now().is_some() || in_this_state_may_release(runtime)
}

#[cold]
fn in_this_state_may_release(runtime: &'static Runtime) -> bool {
    barrier().is_none() && !is_poisoned(runtime)
}

/// Whether `runtime` reported a sticky error.
pub(crate) fn is_poisoned(runtime: &'static Runtime) -> bool {
    // A forked child may have inherited a locked mutex: it is not asked there.
    STATE.0.load(Relaxed) & (POISONED | FORKED) == POISONED
        && locked(&POISONED_RUNTIMES).contains(&address(runtime))
}

/// Whether a runtime said that it is unloaded, which ends whatever it was doing.
pub(crate) fn is_unloaded() -> bool {
    STATE.0.load(Relaxed) & UNLOADED != 0
}

/// Learns from the code of a failed call.
#[cold]
pub(crate) fn observe(runtime: &'static Runtime, code: cudaError_t) {
    if code == cudaError_t::cudaErrorCudartUnloading {
        STATE.0.fetch_or(UNLOADED, Relaxed);
    } else if is_sticky(code) {
        locked(&POISONED_RUNTIMES).insert(address(runtime));
        STATE.0.fetch_or(POISONED, Relaxed);
    }
}

/// Whether the error stays until the process is restarted: the device's context is lost with everything in it.
pub(crate) fn is_sticky(code: cudaError_t) -> bool {
    matches!(
        code,
        cudaError_t::cudaErrorECCUncorrectable
            | cudaError_t::cudaErrorNvlinkUncorrectable
            | cudaError_t::cudaErrorContained
            | cudaError_t::cudaErrorIllegalAddress
            | cudaError_t::cudaErrorLaunchTimeout
            | cudaError_t::cudaErrorContextIsDestroyed
            | cudaError_t::cudaErrorAssert
            | cudaError_t::cudaErrorHardwareStackError
            | cudaError_t::cudaErrorIllegalInstruction
            | cudaError_t::cudaErrorMisalignedAddress
            | cudaError_t::cudaErrorInvalidAddressSpace
            | cudaError_t::cudaErrorInvalidPc
            | cudaError_t::cudaErrorLaunchFailure
            | cudaError_t::cudaErrorTensorMemoryLeak
            | cudaError_t::cudaErrorMpsClientTerminated
            | cudaError_t::cudaErrorExternalDevice
    )
}

/// Registers the handlers for a runtime that has just answered its first call; later calls do nothing.
///
/// # Errors
/// The name of the registration that the C library refused, which it does for want of memory.
pub(crate) fn watch(runtime: &'static Runtime) -> Result<(), &'static str> {
    let mut watched = locked(&WATCHED_RUNTIMES);
    if watched.contains(&address(runtime)) {
        return Ok(());
    }
    #[cfg(unix)]
    if watched.is_empty() {
        // SAFETY: the handler only sets an atomic flag, which a child of `fork` may do.
        if unsafe { libc::pthread_atfork(None, None, Some(child_of_fork)) } != 0 {
            return Err("pthread_atfork");
        }
    }
    // SAFETY: the handler takes no lock and uses atomics and this thread's counter, which needs no making and no dropping;
    // it is code of this program, never unloaded before exit.
    if unsafe { atexit(process_exits) } != 0 {
        return Err("atexit");
    }
    watched.insert(address(runtime));
    Ok(())
}

#[cfg(unix)]
extern "C" fn child_of_fork() {
    STATE.0.fetch_or(FORKED, Relaxed);
}

extern "C" fn process_exits() {
    let before = STATE.0.fetch_or(EXITING, SeqCst);
    fence(SeqCst);
    // A child has none of the threads that were counted; and for each runtime there is a handler, of which the first waits.
    if before & (FORKED | EXITING) != 0 {
        return;
    }
    // If a callback of a copy asked for the exit, this thread is one of them, and others may be waiting for what it holds.
    let own = OWN.get();
    let late = Instant::now() + if own > 0 { SHORT_PATIENCE } else { PATIENCE };
    while UNDER_WAY.0.load(SeqCst) > own && Instant::now() < late {
        thread::sleep(Duration::from_millis(1));
    }
}

unsafe extern "C" {
    /// The C standard's function, which every platform's C library has.
    fn atexit(handler: extern "C" fn()) -> c_int;
}

fn address(runtime: &'static Runtime) -> usize {
    std::ptr::from_ref(runtime).addr()
}

fn locked(set: &'static Mutex<BTreeSet<usize>>) -> MutexGuard<'static, BTreeSet<usize>> {
    set.lock().unwrap_or_else(PoisonError::into_inner)
}
