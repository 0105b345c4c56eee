"""Memory of a pool is given to the next allocation at once, in the order of its stream: not while others may use it."""

import numpy as np
from cuda_interop import CudaBuffer, Stream, synchronize

VALUES = np.arange(1 << 16, dtype=np.uint8)


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
