//! Processes that fork.

use std::sync::Arc;

use cuda_safe::ErrorKind;
use cuda_safe::memory::staging::{self, Settings};

use crate::copies::{BYTES, Copies, EXPECTED, copy_in_threads, engine, exit, require};

/// In a forked child: every use is refused, and nothing waits for threads that are not there.
fn refused_in_child(mut copies: Copies) -> ! {
    for outcome in [
        copies.up(),
        copies.down(),
        copies.engine.measure().map(drop),
        staging::shared(copies.engine.device()).map(drop),
        staging::configure(Settings::default()),
    ] {
        let error = outcome.err();
        let refused = matches!(error.as_ref().map(|e| e.kind()), Some(ErrorKind::ForkedProcess { .. }));
        require(refused, &format!("the child: {error:?}"));
    }
    let report = copies.engine.report();
    require(report.pinned_bytes == 0 && copies.engine.release() == 0, "the child has page-locked memory");
    drop(copies);
    // SAFETY: ends the child without the parent's exit handlers.
    unsafe { libc::_exit(EXPECTED) };
}

/// Waits for a forked child, which must have ended well.
fn await_child(child: libc::pid_t) {
    let mut status = 0;
    // SAFETY: the child is this process's own, the pointer is to a live integer.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    require(waited == child && libc::WIFEXITED(status), "the child was ended by a signal");
    require(libc::WEXITSTATUS(status) == EXPECTED, "the child failed");
}

/// Forks a child in which everything is refused, and waits for it.
fn fork(copies: Copies) -> Copies {
    // SAFETY: the child only asks what is refused at once, and ends by `_exit`. Locks of others may be held for ever in it: it
    // asks for none.
    let child = unsafe { libc::fork() };
    if child == 0 {
        refused_in_child(copies);
    }
    await_child(child);
    copies
}

/// The end of a parent, whose copies go on.
fn goes_on(mut copies: Copies) -> ! {
    copies.down().expect("the parent goes on");
    require(copies.host == vec![3; BYTES], "wrong bytes");
    exit();
}

pub(crate) fn forked() {
    let copies = Copies::new(engine());
    copies.up().expect("a copy");
    goes_on(fork(copies));
}

pub(crate) fn forked_while_copying() {
    let engine = engine();
    let copies = Copies::new(Arc::clone(&engine));
    copies.up().expect("a copy");
    copy_in_threads(&engine);
    goes_on((0..20).fold(copies, |copies, _| fork(copies)));
}
