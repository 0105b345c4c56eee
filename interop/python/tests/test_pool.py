"""Memory of a pool is given to the next allocation at once, in the order of its stream: not while others may use it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, synchronize

from peers import Consumed

VALUES = np.arange(1 << 16, dtype=np.uint8)
EXPORTS = {
    "dlpack": lambda buffer: Consumed(buffer.__dlpack__(max_version=(1, 0))).release(),
    "dlpack legacy": lambda buffer: Consumed(buffer.__dlpack__()).release(),
    "a capsule that nobody takes": lambda buffer: buffer.__dlpack__(max_version=(1, 0)),
    "array interface": lambda buffer: buffer.__cuda_array_interface__,
    "array interface of a view": lambda buffer: buffer[::2].__cuda_array_interface__,
}

PROGRAM = """
import os, sys
os.environ["CUDA_EMULATOR_DELAY_US"] = "300000"
import numpy as np
sys.path.insert(0, {tests!r})
from test_pool import EXPORTS
from cuda_interop import CudaBuffer, Stream
buffer = CudaBuffer(1 << 16, np.uint8, allocator={allocator!r})
{export}
# A consumer's stream has work that will take a while; ours knows nothing of it.
pending = Stream(non_blocking=True).record()
assert not pending.query()
del buffer
print("waited" if pending.query() else "went on")
"""


def ending(allocator, export):
    """Whether the memory was freed at once, while a consumer's stream still worked."""
    line = f"EXPORTS[{export!r}](buffer)" if export else ""
    program = PROGRAM.format(tests=os.path.dirname(__file__), allocator=allocator, export=line)
    environment = dict(os.environ, CUDA_INTEROP_RUNTIME="emulator")
    environment.pop("CUDA_TEST_RUNTIME", None)
    command = [sys.executable, "-W", "error", "-c", program]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.strip()


@pytest.mark.parametrize("export", EXPORTS)
def test_exported_memory_of_a_pool_is_freed_when_the_device_is_done(export):
    assert ending("pool", export) == "waited"


def test_memory_of_a_pool_that_nobody_else_saw_is_freed_at_once():
    assert ending("pool", None) == "went on"


def test_memory_of_a_pool_is_used_again():
    addresses = [CudaBuffer(12_345, np.uint8, allocator="pool").ptr for _ in range(20)]
    assert len(set(addresses)) < len(addresses)


def test_memory_of_a_pool_waits_for_the_work_of_pytorch(torch, filled):
    """PyTorch still writes on a stream of its own when the last name of the memory is deleted."""
    for _ in range(5):
        buffer = filled(VALUES, allocator="pool")
        with torch.cuda.stream(torch.cuda.Stream()):
            tensor = torch.from_dlpack(buffer)
            torch.cuda._sleep(50_000_000)
            tensor.fill_(255)
        del tensor, buffer
        other = filled(np.zeros_like(VALUES), allocator="pool")
        synchronize()
        assert not other.numpy().any()


def test_memory_of_a_pool_waits_for_the_work_of_cupy(cupy, filled):
    """The same for CuPy, which was given the memory by the array interface."""
    for _ in range(5):
        buffer = filled(VALUES, allocator="pool")
        busy = cupy.zeros(1 << 26, cupy.float32)
        with cupy.cuda.Stream(non_blocking=True):
            array = cupy.asarray(buffer)
            for _ in range(20):
                busy += 1
            array[...] = 255
        del array, buffer
        other = filled(np.zeros_like(VALUES), allocator="pool")
        synchronize()
        assert not other.numpy().any()


def test_a_stream_of_its_own_orders_the_next_use():
    """Memory of a pool that was freed on one stream is whole on another."""
    first, second = Stream(non_blocking=True), Stream(non_blocking=True)
    for turn in range(20):
        buffer = CudaBuffer(VALUES.shape, np.uint8, stream=(first, second)[turn % 2], allocator="pool")
        buffer.copy_from(VALUES + np.uint8(turn))
        np.testing.assert_array_equal(buffer.numpy(), VALUES + np.uint8(turn))
