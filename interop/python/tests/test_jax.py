"""JAX as the other side of DLPack and the array interface."""

import gc

import numpy as np
import pytest
from cuda_interop import CudaBuffer

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)
DTYPES = ["int8", "uint8", "int16", "int32", "uint32", "float16", "float32", "complex64", "bfloat16"]


class TestFromJax:
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_dtype_is_taken(self, jax, dtype):
        array = jax.numpy.arange(6).astype(dtype)
        taken = CudaBuffer.from_cuda(array)
        assert taken.dtype.name == dtype and taken.ptr == array.unsafe_buffer_pointer()
        np.testing.assert_array_equal(taken.numpy(), np.asarray(array))

    @pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,), (2, 3, 4)], ids=str)
    def test_every_shape_is_taken(self, jax, shape):
        taken = CudaBuffer.from_cuda(jax.numpy.ones(shape, "float32"))
        assert taken.shape == shape
        np.testing.assert_array_equal(taken.numpy(), np.ones(shape))

    def test_the_array_is_kept(self, jax):
        array = jax.numpy.asarray(VALUES) + 1
        taken = CudaBuffer.from_cuda(array)
        del array
        gc.collect()
        jax.numpy.zeros((4, 6)).block_until_ready()
        np.testing.assert_array_equal(taken.numpy(), VALUES + 1)


class TestToJax:
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_dtype_is_given(self, jax, dtype):
        buffer = CudaBuffer(6, dtype)
        values = np.arange(6).astype(buffer.dtype)
        buffer.copy_from(values)
        array = jax.dlpack.from_dlpack(buffer)
        assert array.dtype == values.dtype
        np.testing.assert_array_equal(np.asarray(array), values)

    def test_the_memory_is_kept(self, jax, filled):
        buffer = filled(VALUES)
        array = jax.dlpack.from_dlpack(buffer)
        del buffer
        gc.collect()
        CudaBuffer((4, 6), np.float32).copy_from(np.zeros((4, 6), np.float32))
        np.testing.assert_array_equal(np.asarray(array), VALUES)
