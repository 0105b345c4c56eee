//! Whoever wants to know how far a copy is.

use cuda_safe::memory::staging::Transfer;

/// Whoever wants to know how far a copy is, or nobody.
#[derive(Default)]
pub(super) struct Progress<'a>(pub(super) Option<&'a mut dyn FnMut(usize)>);

impl Progress<'_> {
    /// The transfer, which tells of itself.
    pub(super) fn of<'t>(&'t mut self, transfer: Transfer<'t>) -> Transfer<'t> {
        match &mut self.0 {
            Some(callback) => transfer.progress(callback),
            None => transfer,
        }
    }
}
