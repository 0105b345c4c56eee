"""Numba: kernels on our memory, our buffers over its device arrays."""

import gc

import numpy as np
from numba import cuda

from cuda_interop import CudaBuffer, Stream, memcpy_h2d

if not hasattr(np, "row_stack"):
    # Numba-CUDA 0.30 compiles no kernel without it, and NumPy 2.5 has dropped it.
    np.row_stack = np.vstack

values = np.random.default_rng(6).random((30, 50)).astype(np.float32)


@cuda.jit
def double(array):
    """Doubles every element."""
    row, column = cuda.grid(2)
    if row < array.shape[0] and column < array.shape[1]:
        array[row, column] *= 2


def launch(array, stream=0):
    """Runs the kernel over the whole array."""
    double[((array.shape[0] + 15) // 16, (array.shape[1] + 15) // 16), (16, 16), stream](array)


def ours_to_them():
    """A kernel takes the buffer itself, or an array over it; strided views too."""
    buf = CudaBuffer(values.shape, values.dtype)
    memcpy_h2d(values, buf)
    array = cuda.as_cuda_array(buf)
    assert array.device_ctypes_pointer.value == buf.ptr
    same = CudaBuffer.from_cuda(buf)
    launch(buf[::2])
    del buf
    gc.collect()
    launch(array)
    cuda.synchronize()
    expected = 2 * values
    expected[::2] *= 2
    np.testing.assert_allclose(same.numpy(), expected)


def them_to_ours():
    """The device array is kept, with its strides."""
    for order in "CF":
        array = cuda.to_device(np.asarray(values, order=order))
        taken = CudaBuffer.from_cuda(array)
        assert taken.ptr == array.device_ctypes_pointer.value and taken.strides == array.strides
        launch(array)
        cuda.synchronize()
        del array
        gc.collect()
        np.testing.assert_allclose(taken.numpy(), 2 * values)


def streams():
    """A kernel on our stream is ordered with our copies."""
    stream = Stream(non_blocking=True)
    buf = CudaBuffer(values.shape, values.dtype, stream=stream)
    memcpy_h2d(values, buf)
    launch(cuda.as_cuda_array(buf, sync=False), cuda.external_stream(stream.handle))
    np.testing.assert_allclose(buf.numpy(), 2 * values)


if __name__ == "__main__":
    ours_to_them()
    them_to_ours()
    streams()
    print("Numba shares its memory with us, both ways")
