"""No copy and no array leaves the allocation that its address lies in: CUDA tells where that begins and ends."""

import os
import subprocess
import sys

import numpy as np
import pytest
from cuda_interop import CudaBuffer, memcpy_d2h, memcpy_h2d, pinned_empty

from conftest import present
from peers import Interface, Producer, described

SIZE = 512


# Pinned memory is cut out of larger allocations, whose end is not an array's.
ALLOCATORS = ["cuda", "pool", "managed"]


@pytest.fixture(params=ALLOCATORS)
def neighbours(request):
    """Allocations of which some lie directly behind others, lowest address first; none may change."""
    buffers = [CudaBuffer(SIZE, np.uint8, allocator=request.param) for _ in range(8)]
    for number, buffer in enumerate(buffers):
        buffer.copy_from(np.full(SIZE, number, np.uint8))
    yield sorted(buffers, key=lambda buffer: buffer.ptr)
    for number, buffer in enumerate(buffers):
        assert (buffer.numpy() == number).all()


REACHES = [(0, SIZE + 1), (0, 2 * SIZE), (SIZE - 1, 2), (SIZE // 2, SIZE)]


@pytest.mark.parametrize(("offset", "count"), REACHES)
class TestBeyondTheEnd:
    """The byte behind is memory of CUDA too, of somebody else."""

    def test_of_a_copy_to_an_address(self, neighbours, offset, count):
        for buffer in neighbours[:-1]:
            with pytest.raises(ValueError, match="allocation|host memory"):
                memcpy_h2d(np.zeros(count, np.uint8), buffer.ptr + offset)

    def test_of_a_copy_from_an_address(self, neighbours, offset, count):
        host = np.full(count, 99, np.uint8)
        for buffer in neighbours[:-1]:
            with pytest.raises(ValueError, match="allocation|host memory"):
                memcpy_d2h(buffer.ptr + offset, host)
        assert (host == 99).all()

    def test_of_a_wrapped_address(self, neighbours, offset, count):
        with pytest.raises(ValueError, match="allocation|host memory"):
            CudaBuffer(count, np.uint8, neighbours[0].ptr + offset)

    @pytest.mark.parametrize("how", [dict, Interface], ids=["dict", "object"])
    def test_of_a_description(self, neighbours, offset, count, how):
        first = neighbours[0]
        given = how(described(first, shape=(count,), data=(first.ptr + offset, False)))
        for use in (
            lambda: CudaBuffer.from_cuda(given),
            lambda: memcpy_h2d(np.zeros(count, np.uint8), given),
            lambda: memcpy_d2h(given, np.zeros(count, np.uint8)),
        ):
            with pytest.raises(ValueError, match="allocation|host memory"):
                use()

    def test_of_a_tensor(self, neighbours, offset, count):
        first = neighbours[0]
        given = Producer(first, shape=(count,), strides=(1,), data=first.ptr + offset)
        with pytest.raises((ValueError, BufferError), match="allocation|host memory"):
            CudaBuffer.from_cuda(given)
        assert given.deleted == 1


def test_the_message_says_how_far_it_is():
    buffer = CudaBuffer(SIZE, np.uint8)
    with pytest.raises(ValueError, match=f"{buffer.ptr + SIZE:#x}, 100 bytes"):
        memcpy_h2d(np.zeros(SIZE + 100, np.uint8), buffer.ptr)


def test_strides_count(neighbours):
    first = neighbours[0]
    columns = CudaBuffer((8, 64), np.uint8, first.ptr, strides=(1, 8))
    assert columns.nbytes == SIZE
    for strides in [(2, 8), (1, 9), (1, 8 * SIZE)]:
        with pytest.raises(ValueError):
            CudaBuffer((8, 64), np.uint8, first.ptr, strides=strides)


@pytest.mark.parametrize("allocator", ALLOCATORS)
@pytest.mark.parametrize("size", [1, 511, 4096, (2 << 20) + 1, 9 << 20], ids=str)
def test_every_byte_of_an_allocation_can_be_reached(allocator, size):
    buffer = CudaBuffer(size, np.uint8, allocator=allocator)
    values = np.resize(np.arange(251, dtype=np.uint8), size)
    memcpy_h2d(values, buffer.ptr)
    back = np.zeros_like(values)
    memcpy_d2h(buffer.ptr, back)
    np.testing.assert_array_equal(back, values)
    memcpy_d2h(buffer.ptr + size - 1, last := np.zeros(1, np.uint8))
    assert last[0] == values[-1]
    with pytest.raises(ValueError):
        memcpy_h2d(np.zeros(size + 1, np.uint8), buffer.ptr)


def test_a_pinned_array_is_memory_that_can_be_addressed():
    host = pinned_empty(SIZE, np.uint8)
    memcpy_h2d(np.full(SIZE, 3, np.uint8), host.ctypes.data)
    assert (host == 3).all()
    memcpy_d2h(host.ctypes.data + SIZE - 1, last := np.zeros(1, np.uint8))
    assert last[0] == 3
    with pytest.raises(ValueError):
        memcpy_h2d(np.broadcast_to(np.uint8(0), (1 << 32,)), host.ctypes.data)


def test_memory_of_an_expandable_segment_is_one_allocation():
    """PyTorch maps such memory piece by piece; a tensor may lie over several of them."""
    present("torch")
    program = """
import torch
from cuda_interop import CudaBuffer, memcpy_d2h, memcpy_h2d
import numpy as np
tensor = torch.arange(100 << 20, dtype=torch.int32, device="cuda")
class Plain:
    __cuda_array_interface__ = tensor.__cuda_array_interface__
for given in (tensor, Plain(), tensor.__cuda_array_interface__):
    taken = CudaBuffer.from_cuda(given)
    assert taken.ptr == tensor.data_ptr() and int(taken[-1].numpy()) == (100 << 20) - 1
memcpy_h2d(np.full(64 << 20, 7, np.int32), tensor.data_ptr())
assert bool((tensor[: 64 << 20] == 7).all())
memcpy_d2h(tensor.data_ptr() + 4 * (64 << 20), back := np.zeros(36 << 20, np.int32))
assert back[0] == 64 << 20
"""
    settings = dict.fromkeys(("PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF"), "expandable_segments:True")
    result = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **settings}, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
