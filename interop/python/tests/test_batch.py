"""`memcpy_h2d_batch` and `memcpy_d2h_batch`: as many copies as there are pairs, in one call."""

import numpy as np
import pytest
from cuda_interop import CudaBuffer, memcpy_d2h_batch, memcpy_h2d, memcpy_h2d_batch

from peers import described


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize("count", [0, 1, 2, 300])
@pytest.mark.parametrize("allocator", ["cuda", "pool", "pinned", "managed"])
def test_every_pair_is_copied(rng, count, allocator):
    values = [rng.random(1 + number % 50, np.float32) for number in range(count)]
    buffers = [CudaBuffer(value.shape, value.dtype, allocator=allocator) for value in values]
    memcpy_h2d_batch(values, buffers)
    back = [np.zeros_like(value) for value in values]
    memcpy_d2h_batch(buffers, back)
    for value, copy in zip(values, back, strict=True):
        np.testing.assert_array_equal(copy, value)


def test_the_sources_may_be_changed_at_once(rng):
    values = rng.integers(0, 255, (500, 4096), np.uint8)
    sources, table = values.copy(), CudaBuffer(values.shape, values.dtype)
    memcpy_h2d_batch(list(sources), [table[row] for row in range(500)])
    sources.fill(0)
    np.testing.assert_array_equal(table.numpy(), values)


def test_layouts_types_and_kinds_of_device_arrays_mix(rng):
    image, table = rng.integers(0, 255, (40, 60, 3), np.uint8), CudaBuffer((6, 8), np.int32)
    crop, address = CudaBuffer((20, 30, 3), np.uint8), CudaBuffer(5, np.float64)
    numbers, last = np.arange(8, dtype=np.int32), rng.random(5)
    memcpy_h2d_batch(
        (image[::2, ::-2], numbers, numbers[::-1].copy(), last),
        iter([crop, table[0], described(table[5]), address.ptr]),
    )
    np.testing.assert_array_equal(crop.numpy(), image[::2, ::-2])
    back, column = np.zeros((8,), np.int32), np.zeros((6, 8), np.int32)
    memcpy_d2h_batch([table[0], table[5]], [back, column[2]])
    np.testing.assert_array_equal(back, numbers)
    np.testing.assert_array_equal(column[2], numbers[::-1])
    np.testing.assert_array_equal(address.numpy(), last)


class TestRefused:
    def test_sequences_of_different_lengths(self):
        with pytest.raises(ValueError, match="2 host arrays.*1 device"):
            memcpy_h2d_batch([b"1", b"2"], [CudaBuffer(1, np.uint8)])
        with pytest.raises(ValueError, match="0 host arrays.*1 device"):
            memcpy_d2h_batch([CudaBuffer(1, np.uint8)], [])

    def test_what_is_no_sequence(self):
        with pytest.raises(TypeError):
            memcpy_h2d_batch(3, [])

    @pytest.mark.parametrize(
        ("bad", "error"),
        [
            (lambda: (np.zeros(4, np.uint8), CudaBuffer(3, np.uint8)), ValueError),
            (lambda: (np.zeros(3, np.int8), CudaBuffer(3, np.uint8)), TypeError),
            (lambda: ("text", CudaBuffer(3, np.uint8)), TypeError),
            (lambda: (np.zeros(3, np.uint8), object()), TypeError),
        ],
        ids=["shape", "dtype", "host", "device"],
    )
    def test_one_bad_pair_and_nothing_is_touched(self, bad, error):
        good = CudaBuffer(3, np.uint8)
        memcpy_h2d(b"abc", good)
        host, device = bad()
        with pytest.raises(error):
            memcpy_h2d_batch([np.zeros(3, np.uint8), host], [good, device])
        assert bytes(good.numpy()) == b"abc"

    def test_a_read_only_host_array(self):
        with pytest.raises(ValueError, match="read-only"):
            memcpy_d2h_batch([CudaBuffer(3, np.uint8)], [b"abc"])

    def test_a_read_only_buffer(self):
        source = CudaBuffer(3, np.uint8)
        view = CudaBuffer.from_cuda(described(source, data=(source.ptr, True)))
        with pytest.raises(ValueError, match="read-only"):
            memcpy_h2d_batch([b"abc"], [view])

    def test_a_closed_buffer(self):
        buffer = CudaBuffer(3, np.uint8)
        buffer.close()
        with pytest.raises(ValueError, match="closed"):
            memcpy_h2d_batch([b"abc"], [buffer])
