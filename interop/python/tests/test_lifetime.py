"""Who keeps the memory: whichever side dies first, nothing is freed too early, and nothing is left behind."""

import ctypes
import gc
import os
import sys
import threading
import weakref

import numpy as np
import pytest
from cuda_interop import (
    CudaBuffer,
    Device,
    memcpy_d2h,
    memcpy_h2d,
    pinned_empty,
    synchronize,
)

from peers import Consumed, DLManagedTensorVersioned, Interface, Producer, described

VALUES = np.arange(1 << 16, dtype=np.uint8)
EXCHANGES = int(os.environ.get("CUDA_TEST_EXCHANGES", "100000"))


def resident():
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_memory():
    synchronize()
    return Device(0).memory_info()[0]


def growth(work, rounds=3):
    """Bytes of the process and of the device that `work` leaves in use, the least of some times: what leaks does so every
    time, while the driver and the interpreter take memory for their own use once in a while."""
    process, device = [], []
    for _ in range(rounds):
        before = resident(), free_memory()
        work()
        gc.collect()
        process.append(resident() - before[0])
        device.append(before[1] - free_memory())
    return min(process), min(device)


EXPORTS = {
    "interface": lambda buffer: Interface(described(buffer), buffer),
    "dlpack": lambda buffer: Producer(buffer),
    "dlpack legacy": lambda buffer: Producer(buffer, versioned=False),
    "capsule": lambda buffer: buffer.__dlpack__(max_version=(1, 0)),
    "capsule legacy": lambda buffer: buffer.__dlpack__(),
    "ours": lambda buffer: buffer,
}


@pytest.mark.parametrize("export", EXPORTS)
class TestEitherSideFirst:
    def test_the_producer_dies_first(self, filled, export, no_device_leak):
        source = filled(VALUES)
        taken = CudaBuffer.from_cuda(EXPORTS[export](source))
        del source
        gc.collect()
        # Memory that was freed too early would be given to these.
        others = [CudaBuffer(VALUES.shape, np.uint8) for _ in range(8)]
        for other in others:
            other.copy_from(np.zeros_like(VALUES))
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    def test_the_consumer_dies_first(self, filled, export, no_device_leak):
        source = filled(VALUES)
        taken = CudaBuffer.from_cuda(EXPORTS[export](source))
        del taken
        gc.collect()
        others = [CudaBuffer(VALUES.shape, np.uint8) for _ in range(8)]
        for other in others:
            other.copy_from(np.zeros_like(VALUES))
        np.testing.assert_array_equal(source.numpy(), VALUES)

    def test_a_chain_lives_as_long_as_its_end(self, filled, export, no_device_leak):
        source = filled(VALUES)
        end = source
        for _ in range(10):
            end = CudaBuffer.from_cuda(EXPORTS[export](end))
        view = end[::2][::-1]
        del source, end
        gc.collect()
        np.testing.assert_array_equal(view.numpy(), VALUES[::2][::-1])

    def test_many_exchanges_leak_nothing(self, filled, export):
        """100,000 exchanges over all protocols, process and device memory both measured."""
        source = filled(VALUES[:1024])
        make = EXPORTS[export]

        def exchange(times):
            for _ in range(times):
                taken = CudaBuffer.from_cuda(make(source))
                assert taken.ptr == source.ptr

        times = EXCHANGES // len(EXPORTS) // 3
        exchange(times // 3)
        gc.collect()
        references = sys.getrefcount(source)
        process, device = growth(lambda: exchange(times))
        # A leak is 8 bytes of each exchange at least.
        assert process < 8 * times, f"each time {times} exchanges leave {process} bytes of the process"
        assert device <= 0, f"each time {times} exchanges leave {device} bytes of the device"
        assert sys.getrefcount(source) == references


@pytest.mark.parametrize("allocator", ["cuda", "pool", "pinned", "managed"])
def test_many_allocations_leak_nothing(allocator):
    def allocate(times):
        for _ in range(times):
            CudaBuffer(4096, np.uint8, allocator=allocator)

    allocate(200)
    gc.collect()
    process, device = growth(lambda: allocate(2000))
    assert process < 4 << 20
    assert device <= 0


def test_many_pinned_arrays_leak_nothing():
    for _ in range(100):
        pinned_empty(4096, np.uint8)
    gc.collect()
    process = resident()
    for _ in range(1000):
        pinned_empty(4096, np.uint8)[::2]
    gc.collect()
    assert resident() - process < 4 << 20


def test_many_copies_leak_nothing(filled):
    buffer, host = filled(VALUES), VALUES.copy()

    def copy(times):
        for _ in range(times):
            memcpy_h2d(host, buffer)
            memcpy_d2h(buffer, host)
            buffer[::2].numpy()

    copy(100)
    gc.collect()
    process, device = growth(lambda: copy(1000))
    assert process < 8 << 20
    assert device <= 0


def test_many_refusals_leak_nothing(filled):
    source = filled(VALUES)
    wrong = described(source, typestr=3), described(source, version=9), described(source, shape=(-1,)), object()

    def refuse(times):
        for _ in range(times):
            for given in wrong:
                with pytest.raises((TypeError, ValueError)):
                    CudaBuffer.from_cuda(given)
            maker = Producer(source, shape=(-1,), strides=None)
            with pytest.raises((BufferError, ValueError)):
                CudaBuffer.from_cuda(maker)
            assert maker.deleted == 1

    refuse(100)
    gc.collect()
    process = resident()
    refuse(2000)
    gc.collect()
    assert resident() - process < 4 << 20


class TestCycles:
    class Node:
        pass

    def test_a_cycle_through_the_owner_is_collected(self, filled):
        source, node = filled(VALUES), self.Node()
        node.buffer = CudaBuffer(VALUES.shape, np.uint8, source.ptr, owner=node)
        died = weakref.ref(node)
        del node
        gc.collect()
        assert died() is None

    def test_a_cycle_through_a_producer_is_collected(self, filled):
        source = filled(VALUES)
        producer = Interface(described(source), source)
        producer.taken = CudaBuffer.from_cuda(producer)
        died = weakref.ref(producer)
        del producer
        gc.collect()
        assert died() is None

    def test_a_cycle_frees_device_memory(self):
        before = free_memory()
        for _ in range(10):
            node = self.Node()
            node.buffer = CudaBuffer(32 << 20, np.uint8)
            node.itself = node
        del node
        gc.collect()
        assert before - free_memory() < 32 << 20

    def test_views_in_a_cycle_are_collected(self, filled):
        source, node = filled(VALUES), self.Node()
        node.views = [CudaBuffer.from_cuda(Interface(described(source), node))[1:]]
        node.views.append(node.views[0][::2])
        died = weakref.ref(node)
        del node
        gc.collect()
        assert died() is None


class TestForeignThreads:
    def test_a_deleter_runs_on_a_thread_of_python(self, filled, no_device_leak):
        tensors = [Consumed(filled(VALUES).__dlpack__(max_version=(1, 0))) for _ in range(16)]
        threads = [threading.Thread(target=tensor.release) for tensor in tensors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @pytest.mark.parametrize("owned", [True, False], ids=["our memory", "memory of a Python object"])
    def test_a_deleter_runs_without_the_interpreters_lock_on_a_thread_that_python_does_not_know(
        self, filled, owned, no_device_leak
    ):
        """The C library's own thread calls the deleter, as a framework's worker does."""
        pthread = ctypes.CDLL(None)
        create, join = pthread.pthread_create, pthread.pthread_join
        create.argtypes = [ctypes.POINTER(ctypes.c_ulong), ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        join.argtypes = [ctypes.c_ulong, ctypes.c_void_p]

        class Owner:
            pass

        for _ in range(20):
            source, owner = filled(VALUES), Owner()
            died = weakref.ref(owner)
            buffer = source if owned else CudaBuffer(VALUES.shape, np.uint8, source.ptr, owner=owner)
            tensor = Consumed(buffer.__dlpack__(max_version=(1, 0)))
            deleter = ctypes.cast(tensor.managed.deleter, ctypes.c_void_p)
            del buffer, owner
            gc.collect()
            assert owned or died() is not None
            thread = ctypes.c_ulong()
            # A deleter takes one pointer, as the start of a thread does.
            assert create(ctypes.byref(thread), None, deleter, tensor.address) == 0
            assert join(thread, None) == 0
            assert died() is None
            np.testing.assert_array_equal(source.numpy(), VALUES)

    def test_buffers_die_on_another_thread(self, no_device_leak):
        buffers = [CudaBuffer(1 << 20, np.uint8) for _ in range(32)]
        thread = threading.Thread(target=buffers.clear)
        thread.start()
        thread.join()
        assert not buffers

    def test_pinned_arrays_die_on_another_thread(self):
        arrays = [pinned_empty(1 << 16, np.uint8) for _ in range(32)]
        thread = threading.Thread(target=arrays.clear)
        thread.start()
        thread.join()
        assert not arrays

    def test_the_struct_is_the_protocols(self):
        assert ctypes.sizeof(DLManagedTensorVersioned) == 80
