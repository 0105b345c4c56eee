"""Numba-CUDA as the other side of the array interface."""

import gc

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream

from peers import described

# Numba's own use of NumPy is not ours to judge.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

VALUES = np.arange(60, dtype=np.float32).reshape(10, 6)


@pytest.fixture
def increment(numba_cuda):
    @numba_cuda.jit
    def kernel(array):
        place = numba_cuda.grid(1)
        if place < array.shape[0]:
            array[place] += 1

    return lambda array, stream=0: kernel[1, 256, stream](array)


class TestToNumba:
    def test_a_buffer_is_an_argument_of_a_kernel(self, numba_cuda, increment, filled):
        buffer = filled(np.zeros(100, np.float32))
        increment(buffer)
        numba_cuda.synchronize()
        assert (buffer.numpy() == 1).all()

    def test_a_strided_view_is_an_argument_of_a_kernel(self, numba_cuda, increment, filled):
        buffer = filled(np.zeros(100, np.float32))
        increment(buffer[::2])
        numba_cuda.synchronize()
        np.testing.assert_array_equal(buffer.numpy(), np.tile([1, 0], 50))

    @pytest.mark.parametrize("key", [np.s_[:], np.s_[::2], np.s_[:, 1:4], np.s_[::-1], np.s_[3]], ids=str)
    def test_an_array_over_a_view_has_its_layout(self, numba_cuda, filled, key):
        view = filled(VALUES)[key]
        array = numba_cuda.as_cuda_array(view)
        assert array.shape == view.shape and array.strides == view.strides
        assert array.device_ctypes_pointer.value == view.ptr

    @pytest.mark.parametrize("dtype", ["?", "i1", "u2", "i4", "u8", "f2", "f4", "f8", "c8", "c16"])
    def test_every_dtype_is_given(self, numba_cuda, filled, dtype):
        values = np.arange(6).astype(dtype)
        np.testing.assert_array_equal(numba_cuda.as_cuda_array(filled(values)).copy_to_host(), values)

    def test_a_buffer_is_a_cuda_array(self, numba_cuda, filled):
        assert numba_cuda.is_cuda_array(filled(VALUES))

    def test_the_memory_is_kept(self, numba_cuda, filled):
        buffer = filled(VALUES)
        array = numba_cuda.as_cuda_array(buffer)
        del buffer
        gc.collect()
        CudaBuffer(VALUES.shape, np.float32).copy_from(np.zeros(VALUES.shape, np.float32))
        np.testing.assert_array_equal(array.copy_to_host(), VALUES)

    def test_without_elements(self, numba_cuda):
        array = numba_cuda.as_cuda_array(CudaBuffer((0, 6), np.float32))
        assert array.shape == (0, 6) and array.size == 0

    def test_the_stream_is_named(self, numba_cuda):
        stream = Stream()
        array = numba_cuda.as_cuda_array(CudaBuffer(3, np.float32, stream=stream), sync=False)
        assert int(array.stream) == stream.handle

    def test_a_kernel_on_our_stream_is_ordered_with_our_copies(self, numba_cuda, increment):
        stream = Stream(non_blocking=True)
        buffer = CudaBuffer(100, np.float32, stream=stream)
        theirs = numba_cuda.external_stream(stream.handle)
        for number in range(20):
            buffer.copy_from(np.full(100, number, np.float32))
            increment(numba_cuda.as_cuda_array(buffer, sync=False), theirs)
            assert (buffer.numpy() == number + 1).all()


class TestFromNumba:
    @pytest.mark.parametrize("order", "CF")
    def test_arrays_are_taken_with_their_strides(self, numba_cuda, order):
        array = numba_cuda.to_device(np.asarray(VALUES, order=order))
        taken = CudaBuffer.from_cuda(array)
        assert taken.ptr == array.device_ctypes_pointer.value and taken.strides == array.strides
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    @pytest.mark.parametrize("key", [np.s_[2:8], np.s_[::2], np.s_[:, 1], np.s_[::3, 1:5]], ids=str)
    def test_views_are_taken(self, numba_cuda, key):
        array = numba_cuda.to_device(VALUES)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(array[key]).numpy(), VALUES[key])

    def test_the_array_is_kept(self, numba_cuda):
        array = numba_cuda.to_device(VALUES)
        taken = CudaBuffer.from_cuda(array)
        del array
        gc.collect()
        numba_cuda.to_device(np.zeros_like(VALUES))
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    def test_without_elements(self, numba_cuda):
        taken = CudaBuffer.from_cuda(numba_cuda.device_array((0, 6), np.float32))
        assert taken.shape == (0, 6) and taken.ptr == 0

    def test_its_stream_is_waited_for(self, numba_cuda, increment):
        stream = numba_cuda.stream()
        array = numba_cuda.to_device(np.zeros(256, np.float32), stream=stream)
        for _ in range(200):
            increment(array, stream)
        # The array names the stream it was made on.
        assert (CudaBuffer.from_cuda(array).numpy() == 200).all()

    def test_managed_and_pinned_arrays_are_taken(self, numba_cuda):
        managed = numba_cuda.managed_array(10, np.int32)
        managed[...] = np.arange(10)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(managed).numpy(), np.arange(10))

    def test_a_mask_is_refused_on_both_sides(self, numba_cuda, filled):
        source = filled(VALUES)
        masked = described(source, mask=filled(np.zeros(VALUES.shape, bool)))
        with pytest.raises(ValueError, match="mask"):
            CudaBuffer.from_cuda(masked)
