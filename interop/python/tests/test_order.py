"""The order of work between a producer's stream and a consumer's: what is read is what was written last, though that is
still under way. An export asks nothing of the host."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, memcpy_d2h, synchronize

from peers import Interface, described

VALUES = np.arange(1, 1001, dtype=np.int32)
PRODUCERS = {
    "own": Stream,
    "non-blocking": lambda: Stream(non_blocking=True),
    "legacy": Stream.legacy,
    "per-thread": Stream.per_thread,
}

pytestmark = pytest.mark.order


class Methods:
    """An object with `__dlpack__` and nothing else."""

    def __init__(self, buffer):
        self.buffer = buffer

    def __dlpack__(self, **arguments):
        return self.buffer.__dlpack__(**arguments)

    def __dlpack_device__(self):
        return self.buffer.__dlpack_device__()


# A type of PyTorch before 2.10: no C exchange table, and an array interface of version 2, which names no stream.
OldTensor = type(
    "Tensor",
    (Methods,),
    {
        "__module__": "torch",
        "__cuda_array_interface__": property(lambda self: described(self.buffer, version=2)),
    },
)

EXPORTS = {
    "interface": lambda buffer: Interface(described(buffer, stream=buffer.stream.handle), buffer),
    "our interface": lambda buffer: Interface(buffer.__cuda_array_interface__, buffer),
    "dlpack": Methods,
    "table": lambda buffer: buffer,
    "PyTorch without a table": OldTensor,
}


def read(buffer, stream):
    """What a stream sees of a buffer, for which nothing else is waited."""
    back = np.zeros(buffer.shape, buffer.dtype)
    same = CudaBuffer(buffer.shape, buffer.dtype, buffer.ptr, stream=stream, owner=buffer)
    memcpy_d2h(same, back, stream=stream)
    return back


@pytest.fixture
def consumer():
    """A stream that waits for no other one unless it is told."""
    return Stream(non_blocking=True)


if "CUDA_EMULATOR_PACE_US" in os.environ:  # elsewhere nothing is late for certain

    def test_what_nobody_waits_for_is_not_there_yet(pending, consumer):
        """Otherwise the tests below would show nothing."""
        assert (read(pending(VALUES, Stream()), consumer) != VALUES).any()
        synchronize()


@pytest.mark.parametrize("producer", PRODUCERS)
@pytest.mark.parametrize("export", EXPORTS)
def test_a_consumers_stream_waits_for_the_producers(pending, consumer, export, producer):
    source = pending(VALUES, PRODUCERS[producer]())
    taken = CudaBuffer.from_cuda(EXPORTS[export](source), stream=consumer)
    assert taken.stream == consumer
    np.testing.assert_array_equal(read(taken, consumer), VALUES)


@pytest.mark.parametrize("producer", PRODUCERS)
@pytest.mark.parametrize("by", ["handle", "object"])
def test_a_capsule_is_ordered_for_the_stream_that_asks(pending, consumer, by, producer):
    source = pending(VALUES, PRODUCERS[producer]())
    capsule = source.__dlpack__(stream=consumer.handle if by == "handle" else consumer, max_version=(1, 0))
    np.testing.assert_array_equal(read(CudaBuffer.from_cuda(capsule, stream=consumer), consumer), VALUES)


@pytest.mark.parametrize("producer", PRODUCERS)
@pytest.mark.parametrize("export", EXPORTS)
def test_for_the_per_thread_stream_the_host_waits(pending, export, producer):
    """It is another stream on each thread, and the buffer may go to any of them."""
    source = pending(VALUES, PRODUCERS[producer]())
    CudaBuffer.from_cuda(EXPORTS[export](source), stream=Stream.per_thread())
    assert source.stream.query()


@pytest.mark.parametrize("allocator", ["pinned", "managed"])
@pytest.mark.parametrize("producer", PRODUCERS)
def test_numpy_is_given_memory_that_the_host_sees_once_the_work_on_it_is_done(pending, producer, allocator):
    stream = PRODUCERS[producer]()
    buffer = CudaBuffer(VALUES.shape, VALUES.dtype, allocator=allocator, stream=stream)
    buffer.copy_from(VALUES)
    work = pending(-VALUES, stream)
    array = np.from_dlpack(buffer)
    assert stream.query()
    np.testing.assert_array_equal(array, VALUES)
    np.testing.assert_array_equal(work.numpy(), -VALUES)


def test_copies_are_in_order_as_well(pending, consumer):
    source = pending(VALUES, Stream())
    copy = source.copy()
    np.testing.assert_array_equal(read(copy, consumer), VALUES)
    again = pending(-VALUES, Stream()).__dlpack__(copy=True)
    np.testing.assert_array_equal(read(CudaBuffer.from_cuda(again), consumer), -VALUES)


if "CUDA_EMULATOR_PACE_US" not in os.environ:  # that run is of all others

    def test_every_order_holds_on_a_device_that_takes_its_time():
        """The emulator can be told how long each operation takes, which shows a missing wait each time."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "order", str(Path(__file__).parent)]
        others = ("CUDA_TEST_RUNTIME", "CUDA_TEST_REQUIRE_GPU", "CUDA_INTEROP_RUNTIME", "CUDA_SYS_CUDART")
        environment = {name: value for name, value in os.environ.items() if name not in others}
        environment.update(CUDA_INTEROP_RUNTIME="emulator", CUDA_EMULATOR_PACE_US="5000", PYTEST_ADDOPTS="")
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, result.stdout
