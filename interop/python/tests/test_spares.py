"""Blocks of a pool that were let go are given to the next array of their size, where that is as good as a new one."""

import gc
import re
import subprocess
import sys

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Device, Stream

VALUES = np.arange(1000, dtype=np.float32)


def pooled(values=VALUES, **arguments):
    buffer = CudaBuffer(values.shape, values.dtype, allocator="pool", **arguments)
    buffer.copy_from(values)
    return buffer


def where(buffer):
    """The address, asked in a way that does not count as an export."""
    return int(re.search(r" at (0x[0-9a-f]+) ", repr(buffer))[1], 16)


def test_the_next_array_has_the_memory_and_its_own_contents():
    first = pooled()
    address = where(first)
    first.close()
    second = pooled(-VALUES)
    assert where(second) == address == second.ptr
    np.testing.assert_array_equal(second.numpy(), -VALUES)


def test_another_shape_and_type_of_as_many_bytes_will_do():
    first = pooled()
    address = where(first)
    del first
    second = CudaBuffer((10, 50), np.complex64, allocator="pool")
    assert (where(second), second.shape, second.strides) == (address, (10, 50), (400, 8))


@pytest.mark.order
def test_memory_whose_address_was_read_waits_for_the_work_on_it(pending):
    """Whoever has the address may write there on a stream of its own, which the next array is not to overtake."""
    theirs = Stream(non_blocking=True)
    first = pooled()
    assert first.ptr
    work = pending(VALUES, theirs)
    first.close()
    # The free is the pool's, in the order of all work that the device has now.
    second = CudaBuffer(VALUES.shape, VALUES.dtype, allocator="pool")
    second.stream.synchronize()
    assert theirs.query()
    del work


def test_memory_that_a_view_uses_is_not_given_out():
    first = pooled()
    view = first[500:]
    first.close()
    others = [pooled(-VALUES) for _ in range(3)]
    np.testing.assert_array_equal(view.numpy(), VALUES[500:])
    del others


@pytest.mark.parametrize("export", ["interface", "dlpack", "share"])
def test_memory_that_an_export_uses_is_not_given_out(export):
    first = pooled()
    kept = {
        "interface": lambda: CudaBuffer.from_cuda(first.__cuda_array_interface__),
        "dlpack": lambda: CudaBuffer.from_cuda(first.__dlpack__(max_version=(1, 0))),
        "share": lambda: first.share(CudaBuffer),
    }[export]()
    address = where(first)
    if export != "interface":
        # A description keeps nothing: whoever reads it keeps the object.
        del first
        gc.collect()
    others = [pooled(-VALUES) for _ in range(3)]
    assert all(where(other) != address for other in others)
    np.testing.assert_array_equal(kept.numpy(), VALUES)


def test_contents_are_whole_when_streams_change():
    stream = Stream()
    for turn in range(50):
        buffer = pooled(VALUES + turn, stream=stream if turn % 2 else None)
        np.testing.assert_array_equal(buffer.numpy(), VALUES + turn)


def test_what_is_kept_is_little():
    free = Device(0).memory_info()[0]
    for size in range(1, 300):
        CudaBuffer(size << 12, np.uint8, allocator="pool")
        CudaBuffer((1 << 20) + size, np.uint8, allocator="pool")
    # 16 blocks of at most 1 MiB, and what the pool keeps itself.
    assert free - Device(0).memory_info()[0] <= (16 << 20) + (256 << 20)


def test_a_full_device_gets_them_back():
    pooled()
    total = Device(0).total_memory
    with pytest.raises(MemoryError):
        CudaBuffer(2 * total, np.uint8, allocator="pool")
    np.testing.assert_array_equal(pooled().numpy(), VALUES)


def test_nothing_needs_no_block():
    for _ in range(3):
        assert CudaBuffer((0, 4), np.float32, allocator="pool").ptr == 0


def test_a_forked_child_is_given_nothing():
    script = """
import os, warnings
# Python 3.12 warns of threads, which CUDA has, at a fork.
warnings.simplefilter("ignore", DeprecationWarning)
from cuda_interop import CudaBuffer, ForkedProcessError

CudaBuffer(100, "uint8", allocator="pool").close()
kept = CudaBuffer(200, "uint8", allocator="pool")
child = os.fork()
if child == 0:
    kept.close()
    try:
        CudaBuffer(100, "uint8", allocator="pool")
    except ForkedProcessError:
        os._exit(0)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
CudaBuffer(100, "uint8", allocator="pool").copy_from(b"x" * 100)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
