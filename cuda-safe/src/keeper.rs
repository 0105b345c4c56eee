//! What keeps a stream's handle alive.
//!
//! The clones of a stream, and memory of a pool that lives in its order, share a [`Keeper`] through a [`Hold`] each; the
//! last of them ends it.
//!
//! Allocating from a pool would thus cost an atomic addition and freeing a subtraction, 5 to 6 ns each, which is more than
//! all else that the two calls cost here. So a thread that frees does not give its count back at once: it keeps it, one at
//! most, and hands it to its next allocation on the same stream. A kept count goes when the thread frees memory of another
//! stream, drops a hold on the same keeper in another way, or ends; and it is not kept where it would be the last one. All
//! that can come of it is that a stream whose owner dropped it on another thread is destroyed later. Only handles that were
//! created here are kept so: when the owner of a foreign one is dropped is none of our business.

use std::any::Any;
use std::cell::Cell;
use std::sync::Arc;

use cuda_sys::cudart::cudaStream_t;

use crate::call::call;
use crate::device::Device;
use crate::error::Result;
use crate::release;

/// One holder of a keeper, or of nothing: the default streams are always there.
#[derive(Clone)]
pub(crate) struct Hold(Option<Arc<Keeper>>);

/// Shared by the holders of a stream; the last of them ends it.
pub(crate) enum Keeper {
    /// The handle was created here and is destroyed here.
    Created(Owned),
    /// The handle lives as long as this object of somebody else.
    Foreign(#[expect(dead_code, reason = "only dropped")] Box<dyn Any + Send + Sync>),
}

/// The handle, destroyed with the last holder.
pub(crate) struct Owned {
    device: Device,
    raw: cudaStream_t,
}

// SAFETY: a stream handle may be used from every thread, and the runtime locks what it needs.
unsafe impl Send for Owned {}
// SAFETY: as above; the fields are never changed.
unsafe impl Sync for Owned {}

thread_local! {
    /// The keeper of which this thread keeps a count, or one of the marks below. It has no destructor, so that looking at it
    /// is one instruction.
    static SPARE: Cell<*const Keeper> = const { Cell::new(UNWATCHED) };
    /// Gives the count back when the thread ends.
    static WATCH: Watch = const { Watch };
}

/// Nothing was kept so far, and [`WATCH`] not looked at.
const UNWATCHED: *const Keeper = std::ptr::null();
/// Nothing is kept.
const EMPTY: *const Keeper = std::ptr::without_provenance(1);
/// The thread is ending, and keeps nothing more.
const ENDED: *const Keeper = std::ptr::without_provenance(2);

struct Watch;

impl Hold {
    /// Of a handle that needs no owner.
    pub(crate) const NONE: Self = Self(None);

    /// The first of a handle that was just created.
    pub(crate) fn created(device: Device, raw: cudaStream_t) -> Self {
        Self(Some(Arc::new(Keeper::Created(Owned { device, raw }))))
    }

    /// The first of a handle that lives as long as `owner`.
    pub(crate) fn foreign(owner: impl Any + Send + Sync) -> Self {
        Self(Some(Arc::new(Keeper::Foreign(Box::new(owner)))))
    }

    /// Another hold, by the count that the thread kept if it is one of this keeper.
    #[inline]
    pub(crate) fn again(keeper: &Arc<Keeper>) -> Self {
        Self(Some(take_spare_of(keeper).unwrap_or_else(|| one_more(keeper))))
    }

    /// What is held, if anything is.
    #[inline]
    pub(crate) fn keeper(&self) -> Option<&Arc<Keeper>> {
        self.0.as_ref()
    }

    /// Ends the hold by keeping its count, which keeps the handle until this thread does something else with that. Answers
    /// whether it did; if not, nothing changed, and [`keep`](Self::keep) has more to do.
    #[inline(always)]
    pub(crate) fn kept_at_once(&mut self) -> bool {
        match self.0.take_if(|keeper| SPARE.get() == EMPTY && may_be_kept(keeper)) {
            Some(keeper) => {
                SPARE.set(Arc::into_raw(keeper));
                true
            }
            None => false,
        }
    }

    /// Ends the hold by keeping its count, in the place of what the thread kept so far.
    pub(crate) fn keep(mut self) {
        if let Some(keeper) = self.0.take() {
            keep_instead(keeper);
        }
    }

    /// Whether both hold the same keeper; `None` if neither holds any.
    pub(crate) fn same(&self, other: &Self) -> Option<bool> {
        match (&self.0, &other.0) {
            (Some(own), Some(others)) => Some(Arc::ptr_eq(own, others)),
            (None, None) => None,
            _ => Some(false),
        }
    }

    /// As Drop, and reports what that could not.
    pub(crate) fn close(mut self) -> Result<()> {
        let Some(keeper) = self.0.take() else { return Ok(()) };
        drop(take_spare_of(&keeper));
        match Arc::try_unwrap(keeper) {
            Ok(Keeper::Created(owned)) => std::mem::ManuallyDrop::new(owned).destroy(),
            _ => Ok(()),
        }
    }
}

/// Not cold, but out of the way of whoever has a spare.
#[cold]
#[inline(never)]
fn one_more(keeper: &Arc<Keeper>) -> Arc<Keeper> {
    Arc::clone(keeper)
}

impl Drop for Hold {
    #[inline]
    fn drop(&mut self) {
        if let Some(keeper) = self.0.take() {
            give_back(keeper);
        }
    }
}

/// Ends a hold, and the count that the thread may have kept.
#[inline(never)]
fn give_back(keeper: Arc<Keeper>) {
    drop(take_spare_of(&keeper));
}

/// The count that the thread keeps, if it is one of this keeper.
#[inline]
fn take_spare_of(keeper: &Arc<Keeper>) -> Option<Arc<Keeper>> {
    let spare = SPARE.get();
    if spare != Arc::as_ptr(keeper) {
        return None;
    }
    SPARE.set(EMPTY);
    // SAFETY: it is no mark, so `keep` made it of an `Arc`; and nobody else makes one of it again.
    Some(unsafe { Arc::from_raw(spare) })
}

/// The last holder sees 1, for nobody is left who could add another.
#[inline]
fn may_be_kept(keeper: &Arc<Keeper>) -> bool {
    matches!(**keeper, Keeper::Created(_)) && Arc::strong_count(keeper) > 1
}

/// Keeps the count in the place of what the thread kept so far.
fn keep_instead(keeper: Arc<Keeper>) {
    // Without its watch, a thread would not give back what it keeps.
    if SPARE.get() == UNWATCHED && WATCH.try_with(|_watch| ()).is_ok() {
        SPARE.set(EMPTY);
    }
    drop(take_spare());
    if SPARE.get() == EMPTY && may_be_kept(&keeper) {
        SPARE.set(Arc::into_raw(keeper));
    }
}

/// The count that the thread keeps.
fn take_spare() -> Option<Arc<Keeper>> {
    let spare = SPARE.get();
    if [UNWATCHED, EMPTY, ENDED].contains(&spare) {
        return None;
    }
    SPARE.set(EMPTY);
    // SAFETY: as in `take_spare_of`.
    Some(unsafe { Arc::from_raw(spare) })
}

impl Drop for Watch {
    fn drop(&mut self) {
        let spare = take_spare();
        SPARE.set(ENDED);
        drop(spare);
    }
}

impl Owned {
    fn destroy(&self) -> Result<()> {
        // SAFETY: this owner created the handle, and the last holder is going.
        unsafe { call!(self.device.runtime(), self.device.subject(), cudaStreamDestroy(self.raw)) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if release::may_release(self.device.runtime()) {
            // Drop has nobody to tell; `close` does.
            let _ = self.destroy();
        }
    }
}
