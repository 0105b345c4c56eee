//! Faults on request: calls that fail although nothing is wrong with them.
//!
//! A fault lasts as long as its [`FaultGuard`] and concerns only the thread that made it, so that tests in one process do
//! not disturb each other; [`FaultGuard::everywhere`] extends it to all threads. A call that fails by request has no effect.
//!
//! ```
//! use cuda_emulator::{Fault, Flavour, cuda_sys::cudart::cudaError_t};
//!
//! let cuda = cuda_emulator::runtime(Flavour::Cuda12);
//! let fault = Fault::call("cudaMalloc").nth(2).fails_with(cudaError_t::cudaErrorMemoryAllocation);
//! let mut pointers = [std::ptr::null_mut(); 3];
//! // SAFETY: each slot is valid for one pointer.
//! let codes = pointers.each_mut().map(|slot| unsafe { cuda.cudaMalloc(slot, 1024) }.unwrap());
//! assert_eq!(codes.map(|code| code.0), [0, 2, 0]);
//! assert_eq!(fault.hits(), 1);
//! ```

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, ThreadId};

use crate::lock::lock;
use crate::outcome::{Code, Outcome};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Trigger {
    /// A call of this name: the n-th since the fault was installed, or each.
    Call { name: String, nth: Option<u64> },
    /// An allocation of more than this many bytes.
    Allocation { above: usize },
    /// Any call that a broken device would refuse.
    Sticky,
    /// Any call at all.
    Exiting,
}

struct Installed {
    id: u64,
    trigger: Trigger,
    code: Code,
    thread: Option<ThreadId>,
    seen: u64,
    hits: u64,
}

static FAULTS: Mutex<Vec<Installed>> = Mutex::new(Vec::new());
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The faults that can be asked for. [`Fault::call`] is completed by [`CallFault::fails_with`].
///
/// ```
/// use cuda_emulator::{Fault, Flavour, cuda_sys::cudart::cudaError_t, runtime};
///
/// let (cuda, mut pointer) = (runtime(Flavour::Cuda13), std::ptr::null_mut());
/// let _full = Fault::out_of_memory_above(1 << 20);
/// // SAFETY: `pointer` is valid for one pointer.
/// let refused = unsafe { cuda.cudaMalloc(&mut pointer, 2 << 20) }?;
/// assert_eq!(refused, cudaError_t::cudaErrorMemoryAllocation);
/// # Ok::<(), cuda_emulator::cuda_sys::MissingSymbol>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Fault {}

impl Fault {
    /// A fault of the C function `name`, for example `"cudaMalloc"`.
    #[must_use = "the fault begins with `fails_with`"]
    pub fn call(name: &str) -> CallFault {
        CallFault { name: name.to_owned(), nth: None }
    }

    /// Allocations of more than `bytes` fail with `cudaErrorMemoryAllocation`, whatever memory is free.
    pub fn out_of_memory_above(bytes: usize) -> FaultGuard {
        install(Trigger::Allocation { above: bytes }, Code::cudaErrorMemoryAllocation)
    }

    /// Every call that needs a device fails with `code`, as after a kernel that crashed. `cudaGetLastError` gives the
    /// code as well and does not clear it.
    pub fn sticky(code: Code) -> FaultGuard {
        install(Trigger::Sticky, code)
    }

    /// Every call fails with `cudaErrorCudartUnloading`, as in a process that is exiting.
    pub fn exiting() -> FaultGuard {
        install(Trigger::Exiting, Code::cudaErrorCudartUnloading)
    }
}

/// A fault of one function, to be completed by [`fails_with`](Self::fails_with).
///
/// ```
/// use cuda_emulator::{Fault, Flavour, cuda_sys::cudart::cudaError_t, fault::CallFault, runtime};
///
/// let second: CallFault = Fault::call("cudaDeviceSynchronize").nth(2);
/// let _fault = second.fails_with(cudaError_t::cudaErrorLaunchFailure);
/// let cuda = runtime(Flavour::Cuda13);
/// // SAFETY: the call takes no argument.
/// let codes = [(); 3].map(|()| unsafe { cuda.cudaDeviceSynchronize() }.unwrap());
/// let [ok, failed] = [cudaError_t::cudaSuccess, cudaError_t::cudaErrorLaunchFailure];
/// assert_eq!(codes, [ok, failed, ok]);
/// ```
#[derive(Clone, Debug)]
#[must_use = "the fault begins with `fails_with`"]
pub struct CallFault {
    name: String,
    nth: Option<u64>,
}

impl CallFault {
    /// Only the n-th call fails, counted from 1 since the fault began. Without this every call does.
    pub fn nth(self, nth: u64) -> Self {
        Self { nth: Some(nth), ..self }
    }

    /// Begins the fault: the chosen calls give `code` and do nothing.
    pub fn fails_with(self, code: Code) -> FaultGuard {
        install(Trigger::Call { name: self.name, nth: self.nth }, code)
    }
}

/// A fault in force; dropping it ends the fault.
///
/// ```
/// use cuda_emulator::{Fault, Flavour, cuda_sys::cudart::cudaError_t, fault::FaultGuard, runtime};
///
/// let cuda = runtime(Flavour::Cuda13);
/// let guard: FaultGuard = Fault::sticky(cudaError_t::cudaErrorIllegalAddress);
/// // SAFETY: the call takes no argument.
/// let refused = unsafe { cuda.cudaDeviceSynchronize() }?;
/// assert_eq!((refused, guard.hits()), (cudaError_t::cudaErrorIllegalAddress, 1));
/// drop(guard);
/// // SAFETY: as before.
/// assert_eq!(unsafe { cuda.cudaDeviceSynchronize() }?, cudaError_t::cudaSuccess);
/// # Ok::<(), cuda_emulator::cuda_sys::MissingSymbol>(())
/// ```
#[derive(Debug)]
#[must_use = "the fault ends when its guard is dropped"]
pub struct FaultGuard {
    id: u64,
}

impl FaultGuard {
    /// Lets the fault concern every thread of the process, not only this one.
    pub fn everywhere(self) -> Self {
        self.with(|fault| fault.thread = None);
        self
    }

    /// How many calls have failed because of this fault.
    pub fn hits(&self) -> u64 {
        self.with(|fault| fault.hits).unwrap_or(0)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Installed) -> T) -> Option<T> {
        lock(&FAULTS).iter_mut().find(|fault| fault.id == self.id).map(change)
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        let mut faults = lock(&FAULTS);
        faults.retain(|fault| fault.id != self.id);
        COUNT.store(faults.len(), Ordering::Release);
    }
}

fn install(trigger: Trigger, code: Code) -> FaultGuard {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut faults = lock(&FAULTS);
    faults.push(Installed { id, trigger, code, thread: Some(thread::current().id()), seen: 0, hits: 0 });
    COUNT.store(faults.len(), Ordering::Release);
    FaultGuard { id }
}

/// Refuses a call that a fault chose. `sticky` tells whether a failed device would refuse it.
pub(crate) fn check_call(call: &str, sticky: impl Fn() -> bool) -> Outcome {
    check(|fault| match &fault.trigger {
        Trigger::Exiting => true,
        Trigger::Sticky => sticky(),
        Trigger::Allocation { .. } => false,
        Trigger::Call { name, .. } if name != call => false,
        Trigger::Call { nth, .. } => {
            fault.seen += 1;
            nth.is_none_or(|nth| nth == fault.seen)
        }
    })
}

/// Refuses an allocation that a fault chose.
pub(crate) fn check_allocation(bytes: usize) -> Outcome {
    check(|fault| matches!(fault.trigger, Trigger::Allocation { above } if bytes > above))
}

/// The error that a sticky fault keeps on this thread.
pub(crate) fn sticky_error() -> Outcome {
    check(|fault| matches!(fault.trigger, Trigger::Sticky | Trigger::Exiting))
}

fn check(mut chosen: impl FnMut(&mut Installed) -> bool) -> Outcome {
    if COUNT.load(Ordering::Acquire) == 0 {
        return Ok(());
    }
    let here = thread::current().id();
    let mut refusal = Ok(());
    // Every fault sees the call, so that each counts on its own; the one installed first decides.
    for fault in lock(&FAULTS).iter_mut().filter(|fault| fault.thread.is_none_or(|thread| thread == here)) {
        if chosen(fault) && refusal.is_ok() {
            fault.hits += 1;
            refusal = Err(fault.code);
        }
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_chosen_call_fails() {
        let _guard = Fault::call("a").nth(2).fails_with(Code::cudaErrorInvalidValue);
        let outcomes = [("b", true), ("a", true), ("a", false), ("a", true), ("b", true)];
        for (call, works) in outcomes {
            assert_eq!(check_call(call, || true).is_ok(), works);
        }
    }

    #[test]
    fn a_fault_belongs_to_its_thread_until_it_is_extended() {
        let guard = Fault::exiting();
        let elsewhere = || thread::spawn(|| check_call("fault test", || false)).join().unwrap();
        assert_eq!(elsewhere(), Ok(()));
        assert!(check_call("fault test", || false).is_err());
        drop(guard);
        assert_eq!(check_call("fault test", || false), Ok(()));
        let _guard = Fault::call("fault test").fails_with(Code::cudaErrorUnknown).everywhere();
        assert_eq!(elsewhere(), Err(Code::cudaErrorUnknown));
    }

    #[test]
    fn large_allocations_fail_when_asked() {
        let guard = Fault::out_of_memory_above(100);
        assert_eq!(check_allocation(100), Ok(()));
        assert_eq!(check_allocation(101), Err(Code::cudaErrorMemoryAllocation));
        assert_eq!(guard.hits(), 1);
    }
}
