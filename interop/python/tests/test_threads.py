"""Sixteen threads at once: copies and exchanges, with every content checked."""

import gc
import itertools
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from cuda_interop import (
    CudaBuffer,
    Device,
    Stream,
    memcpy_d2h,
    memcpy_h2d,
    pinned_empty,
    synchronize,
)

from conftest import EMULATED
from peers import Interface, described

THREADS = 16
# A minute on a GPU; a few seconds where continuous integration has none.
SECONDS = float(os.environ.get("CUDA_TEST_THREAD_SECONDS", "3" if EMULATED else "60"))


def free_memory():
    """Bytes that are free once the frameworks that earlier tests used have let go what they only keep."""
    gc.collect()
    if "torch" in sys.modules and not EMULATED:
        sys.modules["torch"].cuda.empty_cache()
    if "cupy" in sys.modules and not EMULATED:
        sys.modules["cupy"].get_default_memory_pool().free_all_blocks()
    synchronize()
    return Device(0).memory_info()[0]


def run(work, seconds=SECONDS, threads=THREADS):
    """Calls work(number, round) on each thread, at least once, until the time is over; raises the first failure."""
    failures, rounds, end = [], [0] * threads, time.monotonic() + seconds
    start = threading.Barrier(threads)

    def body(number):
        try:
            start.wait()
            while not rounds[number] or (time.monotonic() < end and not failures):
                work(number, rounds[number])
                rounds[number] += 1
        except BaseException as failure:  # noqa: BLE001  it is raised below
            failures.append(failure)

    workers = [threading.Thread(target=body, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]


def test_sixteen_threads_copy_and_exchange_with_contents_checked():
    local = threading.local()

    def work(number, turn):
        if not hasattr(local, "random"):
            local.random, local.stream = np.random.default_rng(number), Stream()
            local.pinned = pinned_empty((64, 48), np.int32)
        shape = (64, 48)
        values = local.random.integers(0, 1 << 30, shape, np.int32)
        buffer = CudaBuffer(shape, np.int32, allocator=("cuda", "pool", "managed", "pinned")[turn % 4])
        memcpy_h2d(values, buffer)
        way = turn % 5
        if way == 0:
            taken = CudaBuffer.from_cuda(Interface(described(buffer), buffer))
        elif way == 1:
            taken = CudaBuffer.from_cuda(buffer.__dlpack__(max_version=(1, 0)))
        elif way == 2:
            taken = CudaBuffer.from_cuda(buffer.__dlpack__())
        elif way == 3:
            taken = CudaBuffer.from_cuda(buffer, stream=local.stream)
        else:
            taken = buffer.copy()
        if turn % 2:
            del buffer
        np.testing.assert_array_equal(taken.numpy(), values)
        np.testing.assert_array_equal(taken[::-2, 1::3].transpose().numpy(), values[::-2, 1::3].T)
        memcpy_d2h(taken, local.pinned, stream=local.stream)
        np.testing.assert_array_equal(local.pinned, values)

    # What pools, streams and the driver keep for the next time comes and goes by tens of MiB. The threads make gigabytes of
    # buffers: of a leak of one in twenty more would be left.
    run(work, SECONDS / 7)
    before = free_memory()
    run(work, SECONDS * 6 / 7)
    left = before - free_memory()
    assert left <= 128 << 20, f"{left} bytes are left in use"


def test_threads_read_one_buffer_at_once(filled):
    values = np.arange(10_000, dtype=np.float64)
    buffer = filled(values)

    def work(_number, turn):
        part = slice(turn % 100, None, 1 + turn % 7)
        np.testing.assert_array_equal(buffer[part].numpy(), values[part])
        assert buffer.__cuda_array_interface__["shape"] == values.shape

    run(work, min(SECONDS, 5) / 2)


def test_threads_write_parts_of_one_buffer(filled):
    buffer = filled(np.zeros((THREADS, 1000), np.int32))

    def work(number, turn):
        row = buffer[number]
        row.copy_from(np.full(1000, turn, np.int32))
        assert (row.numpy() == turn).all()

    run(work, min(SECONDS, 5) / 2)


def test_threads_close_one_buffer_at_once(filled):
    for _ in range(50):
        buffer = filled(np.ones(1000, np.uint8))
        tensors = []

        def work(number, _turn, buffer=buffer, tensors=tensors):
            try:
                if number % 2:
                    buffer.close()
                else:
                    tensors.append(buffer[1:])
            except ValueError as refused:
                assert "closed" in str(refused)

        run(work, 0.01, 8)
        for view in tensors[:3]:
            assert (view.numpy() == 1).all()


def test_one_thread_alone_gets_what_a_capsule_holds(filled):
    """Without the interpreter's lock two threads may look at its name at the same moment."""
    values, count = np.arange(100, dtype=np.int32), 1000
    buffer = filled(values)
    for version in (None, (1, 0)):
        capsules = [buffer.__dlpack__(max_version=version) for _ in range(count)]
        taken, at = [[], []], [0, 0]

        def work(number, _turn, capsules=capsules, taken=taken, at=at):
            try:
                for turn, capsule in enumerate(capsules):
                    at[number] = turn
                    # Both come to the same capsule before either asks for it.
                    while at[1 - number] < turn:
                        time.sleep(0)
                    try:
                        taken[number].append(CudaBuffer.from_cuda(capsule))
                    except BufferError as refused:
                        assert "consumed before" in str(refused)
            finally:
                # If this thread fails, the other one need not wait for it.
                at[number] = count

        run(work, 0, 2)
        assert len(taken[0]) + len(taken[1]) == count
        assert all((array.numpy() == values).all() for array in taken[0][-1:] + taken[1][-1:])


def test_a_dtype_is_remembered_once():
    """Threads that ask for one at the same time would each keep it, and few places are there."""
    CudaBuffer(1, np.uint8)
    for turn in range(8):
        dtype = np.dtype(np.int32, metadata={"turn": turn})
        before = sys.getrefcount(dtype)
        run(lambda _number, _turn, dtype=dtype: CudaBuffer(1, dtype), 0, 8)
        # Without the interpreter's lock a function, and what it holds, goes when it is collected.
        gc.collect()
        assert sys.getrefcount(dtype) - before <= 1


def locked_share(work):
    """The largest part of the time of `work` for which no other thread of Python ran."""
    working, ticks = threading.Event(), []

    def tick():
        working.wait()
        while working.is_set():
            ticks.append(time.perf_counter())

    ticker = threading.Thread(target=tick)
    ticker.start()
    working.set()
    begin = time.perf_counter()
    work()
    end = time.perf_counter()
    working.clear()
    ticker.join()
    inside = [begin, *(tick for tick in ticks if begin < tick < end), end]
    return max(later - earlier for earlier, later in itertools.pairwise(inside)) / (end - begin)


def test_a_copy_lets_other_threads_run():
    """While one thread waits for a copy the interpreter's lock is free."""
    buffer, host = CudaBuffer(256 << 20, np.uint8), np.ones(256 << 20, np.uint8)
    memcpy_h2d(host, buffer)
    # On a busy machine the other thread may not run for a while; with the lock held it never does.
    assert min(locked_share(lambda: memcpy_h2d(host, buffer)) for _ in range(5)) < 0.5


# What waits for a device on which a fifth of a second of work is under way.
WAITS = {
    "an array for the per-thread stream": "CudaBuffer.from_cuda(described, stream=Stream.per_thread())",
    "an object for the per-thread stream": "CudaBuffer.from_cuda(buffer, stream=Stream.per_thread())",
    "a capsule of pinned memory": "pinned.__dlpack__()",
    "the last of our memory": "del other",
    "the last view of our memory": "del view",
    "a capsule that nobody consumed": "del capsule",
    "a buffer of a capsule": "del taken",
}


@pytest.mark.parametrize("what", WAITS)
def test_other_threads_run_while_one_waits_for(what):
    """With the interpreter's lock held, a host function that needs it would wait for ever, and the device for that."""
    program = f"""
import sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
import numpy as np
from cuda_interop import *
from test_threads import locked_share

values = np.ones(1000, np.uint8)
def new(**arguments): return CudaBuffer(1000, np.uint8, **arguments)
buffer, pinned, other = new(), new(allocator="pinned"), new()
described = dict(new().__cuda_array_interface__, stream=1, data=(buffer.ptr, False))
view = new()[1:]
capsule = new().__dlpack__(max_version=(1, 0))
taken = CudaBuffer.from_cuda(new().__dlpack__())
synchronize()
for _ in range(5): buffer.copy_from(values)
def work():
    global other, view, capsule, taken
    {WAITS[what]}
print(locked_share(work), Stream.legacy().query())
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CUDA_TEST_")}
    environment.update(CUDA_INTEROP_RUNTIME="emulator", CUDA_EMULATOR_PACE_US="40000")
    result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    share, waited = result.stdout.split()
    assert waited == "True" and float(share) < 0.5


@pytest.mark.parametrize("what", ["allocator", "streams", "pinned"])
def test_threads_make_and_drop(what, no_device_leak):
    make = {
        "allocator": lambda number: CudaBuffer(4096 << (number % 8), np.uint8, allocator=("cuda", "pool")[number % 2]),
        "streams": lambda _number: Stream().record(),
        "pinned": lambda number: pinned_empty(4096 << (number % 4), np.uint8),
    }[what]
    run(lambda number, _turn: make(number), min(SECONDS, 4) / 4)
    synchronize()
