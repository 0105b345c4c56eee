//! A stream lives as long as its last holder; a thread may keep the count of memory that it freed, and nothing else is late.

use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;

use cuda_safe::cuda_sys::Runtime;
use cuda_safe::cuda_sys::cudart::{cudaError_t, cudaStream_t};
use cuda_safe::{Device, DeviceMemory, MemoryPool, Stream};

use crate::support::runtimes;

/// The runtime behind, and the streams that were destroyed, by any thread.
static WITNESS: Mutex<Option<(&'static Runtime, Vec<usize>)>> = Mutex::new(None);

unsafe extern "C" fn destroy(stream: cudaStream_t) -> cudaError_t {
    let mut witness = WITNESS.lock().unwrap_or_else(PoisonError::into_inner);
    let (behind, destroyed) = witness.as_mut().expect("installed");
    destroyed.push(stream.addr());
    // SAFETY: the argument is the caller's.
    unsafe { behind.cudaStreamDestroy(stream) }.expect("every runtime has it")
}

/// Runs a test where every destruction is seen; one at a time.
fn on_each_watched(test: impl Fn(Device)) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for behind in runtimes() {
        *WITNESS.lock().unwrap_or_else(PoisonError::into_inner) = Some((behind, Vec::new()));
        let mut table = *behind.table();
        table.cudaStreamDestroy = Some(destroy);
        // SAFETY: every entry is the function of that name behind, or the one above that calls it.
        let watched =
            unsafe { Runtime::from_table("watched", behind.version(), table, behind.versioned_table()) };
        test(Device::new(watched, 0).unwrap());
    }
}

/// How often the stream of that handle was destroyed since the last question.
fn destroyed(handle: cudaStream_t) -> usize {
    let mut witness = WITNESS.lock().unwrap_or_else(PoisonError::into_inner);
    let (_behind, destroyed) = witness.as_mut().expect("installed");
    destroyed.extract_if(.., |stream| *stream == handle.addr()).count()
}

fn allocate(stream: &Stream) -> DeviceMemory<u8> {
    DeviceMemory::from_pool(&MemoryPool::default_of(stream.device()).unwrap(), stream, 4096).unwrap()
}

#[test]
fn memory_keeps_its_stream_whatever_goes_first() {
    on_each_watched(|device| {
        for memory_first in [true, false] {
            let stream = Stream::new(device).unwrap();
            let (handle, memory) = (stream.as_raw(), allocate(&stream));
            drop(allocate(&stream));
            if memory_first {
                drop(memory);
                assert_eq!(destroyed(handle), 0);
                drop(stream);
            } else {
                drop(stream);
                assert_eq!(destroyed(handle), 0);
                drop(memory);
            }
            assert_eq!(destroyed(handle), 1, "memory first: {memory_first}");
        }
    });
}

#[test]
fn the_last_of_several_pieces_ends_the_stream() {
    on_each_watched(|device| {
        let stream = Stream::new(device).unwrap();
        let handle = stream.as_raw();
        let mut pieces: Vec<_> = (0..5).map(|_| allocate(&stream)).collect();
        pieces.truncate(3);
        pieces.extend((0..5).map(|_| allocate(&stream)));
        drop(stream);
        while pieces.pop().is_some() {
            assert_eq!(destroyed(handle), usize::from(pieces.is_empty()));
        }
    });
}

#[test]
fn closing_a_stream_destroys_it_when_its_memory_is_freed() {
    on_each_watched(|device| {
        let stream = Stream::new(device).unwrap();
        let handle = stream.as_raw();
        drop(allocate(&stream));
        stream.close().unwrap();
        assert_eq!(destroyed(handle), 1);
    });
}

#[test]
fn a_thread_that_freed_memory_keeps_the_stream_until_it_ends_at_most() {
    on_each_watched(|device| {
        let stream = Stream::new(device).unwrap();
        let handle = stream.as_raw();
        let memory = allocate(&stream);
        let (freed, end) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                drop(memory);
                freed.wait();
                end.wait();
            });
            freed.wait();
            drop(stream);
            assert_eq!(destroyed(handle), 0, "that thread keeps it");
            end.wait();
        });
        // A scope ends before the thread-local values of its threads are dropped.
        while destroyed(handle) == 0 {
            thread::yield_now();
        }
    });
}

#[test]
fn a_kept_stream_goes_when_the_thread_frees_memory_of_another_one() {
    on_each_watched(|device| {
        let (stream, other) = (Stream::new(device).unwrap(), Stream::new(device).unwrap());
        let handle = stream.as_raw();
        drop(allocate(&stream));
        thread::spawn(move || drop(stream)).join().unwrap();
        assert_eq!(destroyed(handle), 0, "this thread keeps it");
        drop(allocate(&other));
        assert_eq!(destroyed(handle), 1);
    });
}

#[test]
fn the_owner_of_a_foreign_stream_goes_with_its_last_holder() {
    on_each_watched(|device| {
        let owner = Arc::new(Stream::new(device).unwrap());
        // SAFETY: the handle lives as long as its owner, which goes along.
        let foreign = unsafe { Stream::foreign(device, owner.as_raw(), Arc::clone(&owner)) }.unwrap();
        let memory = allocate(&foreign);
        thread::spawn(move || drop(foreign)).join().unwrap();
        assert_eq!(Arc::strong_count(&owner), 2, "memory holds it");
        drop(memory);
        assert_eq!(Arc::strong_count(&owner), 1, "nothing is kept");
    });
}

#[test]
fn many_threads_share_a_stream_and_it_is_destroyed_once() {
    on_each_watched(|device| {
        let stream = Stream::new(device).unwrap();
        let handle = stream.as_raw();
        let (send, receive) = std::sync::mpsc::channel::<DeviceMemory<u8>>();
        let receive = Arc::new(Mutex::new(receive));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (stream, send, receive) = (stream.clone(), send.clone(), Arc::clone(&receive));
                thread::spawn(move || {
                    for round in 0..200 {
                        let memory = allocate(&stream);
                        if round % 3 == 0 {
                            send.send(memory).unwrap();
                        }
                        if round % 5 == 0 {
                            drop(receive.lock().unwrap().try_recv());
                        }
                    }
                })
            })
            .collect();
        drop(stream);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(destroyed(handle), 0, "memory that nobody took still holds it");
        drop((send, receive));
        assert_eq!(destroyed(handle), 1);
    });
}
