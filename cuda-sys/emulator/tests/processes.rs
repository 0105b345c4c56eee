//! What other processes see: a host that reads a device pointer, a child of a fork, an exit.

mod support;

use std::ffi::c_void;
use std::ptr;

use support::*;

/// Runs `child` in a child process and gives the signal that killed it, or its exit code.
fn in_child(child: impl FnOnce() -> i32) -> Result<i32, i32> {
    // SAFETY: the child touches only its own copy of the memory, makes no lock and allocates nothing before `_exit`.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let code = child();
        // SAFETY: ends the child without running anything else.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: waits for the child made above.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
    if libc::WIFSIGNALED(status) { Err(libc::WTERMSIG(status)) } else { Ok(libc::WEXITSTATUS(status)) }
}

fn read_by_the_host(address: *const c_void) -> Result<i32, i32> {
    in_child(|| {
        // SAFETY: none: the read must fault, which ends the child.
        let byte = unsafe { address.cast::<u8>().read_volatile() };
        i32::from(byte)
    })
}

#[test]
fn the_host_cannot_read_device_memory() {
    let pointer = upload(&[7; 64]);
    assert_eq!(read_by_the_host(pointer), Err(libc::SIGSEGV));
    free(pointer);
    assert_eq!(read_by_the_host(pointer), Err(libc::SIGSEGV));
}

#[test]
fn the_host_cannot_write_device_memory() {
    let pointer = malloc(64);
    let written = in_child(|| {
        // SAFETY: none: the write must fault, which ends the child.
        unsafe { pointer.cast::<u8>().write_volatile(1) };
        0
    });
    assert_eq!(written, Err(libc::SIGSEGV));
    free(pointer);
}

#[test]
fn the_host_cannot_follow_a_handle() {
    let (stream, event) = (non_blocking(), event());
    assert!(read_by_the_host(stream.cast()).is_err());
    assert!(read_by_the_host(event.cast()).is_err());
}

#[test]
fn the_host_can_read_managed_and_pinned_memory_until_it_is_freed() {
    // Large, for the first page of the hole that it leaves is the last that another thread's memory would fill.
    const SIZE: usize = 16 << 20;
    let (cuda, pinned, mut managed) = (cuda(), pinned(SIZE, 42), ptr::null_mut());
    ok!(cuda.cudaMallocManaged(&mut managed, SIZE, cudart::cudaMemAttachGlobal));
    // SAFETY: managed memory of this size, which nobody else uses.
    unsafe { managed.cast::<u8>().write_bytes(43, SIZE) };
    assert_eq!(read_by_the_host(pinned.cast()), Ok(42));
    assert_eq!(read_by_the_host(managed), Ok(43));
    ok!(cuda.cudaFreeHost(pinned.cast()));
    ok!(cuda.cudaFree(managed));
    assert_eq!(read_by_the_host(pinned.cast()), Err(libc::SIGSEGV));
    assert_eq!(read_by_the_host(managed), Err(libc::SIGSEGV));
}

#[test]
fn a_child_of_a_fork_cannot_use_cuda() {
    let cuda = cuda();
    let pointer = malloc(64);
    let in_the_child = in_child(|| {
        let (mut count, mut other) = (0, ptr::null_mut());
        // SAFETY: out pointers of this function.
        let first = unsafe { cuda.cudaGetDeviceCount(&mut count) }.map_or(99, |code| code.0);
        // SAFETY: out pointers of this function.
        let second = unsafe { cuda.cudaMalloc(&mut other, 16) }.map_or(99, |code| code.0);
        i32::from(first == 3 && second == 3)
    });
    assert_eq!(in_the_child, Ok(1));
    free(pointer);
}

/// Not a test of its own: what the next test runs in another process.
#[test]
fn exit_with_a_call_in_the_last_handler() {
    if std::env::var_os("EMULATOR_EXIT_TEST").is_none() {
        return;
    }
    extern "C" fn last() {
        let (cuda, mut pointer) = (cuda(), ptr::null_mut());
        // SAFETY: an out pointer of this function.
        let code = unsafe { cuda.cudaMalloc(&mut pointer, 16) }.map_or(99, |code| code.0);
        // SAFETY: ends the process at once; there is nothing left to clean up.
        unsafe { libc::_exit(40 + code as i32) };
    }
    cuda();
    // Handlers run in reverse order: this one after the emulator's, which the first call installs.
    // SAFETY: the handler is a function of this program and does not unwind.
    unsafe { libc::atexit(last) };
    free(malloc(16));
    std::process::exit(0);
}

#[test]
fn calls_during_the_exit_of_the_process_are_refused() {
    let program = std::env::current_exe().unwrap();
    let mut process = std::process::Command::new(program);
    process.args(["--exact", "exit_with_a_call_in_the_last_handler"]).env("EMULATOR_EXIT_TEST", "1");
    assert_eq!(process.output().unwrap().status.code(), Some(40 + 4));
}
