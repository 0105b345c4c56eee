"""PyCUDA: GPUArrays over our memory and our buffers over GPUArrays. Both use the primary context of the device."""

import gc

import numpy as np
import pycuda.autoprimaryctx  # noqa: F401  makes the primary context current
import pycuda.driver as driver
from pycuda import gpuarray
from pycuda.elementwise import ElementwiseKernel

from cuda_interop import CudaBuffer, memcpy_h2d

values = np.random.default_rng(4).random((32, 48)).astype(np.float32)
triple = ElementwiseKernel("float *x", "x[i] = 3 * x[i]", "triple")


def ours_to_them():
    """A GPUArray over the address; `base` keeps the buffer."""
    buf = CudaBuffer(values.shape, values.dtype)
    memcpy_h2d(values, buf)
    array = gpuarray.GPUArray(buf.shape, buf.dtype, gpudata=buf.ptr, base=buf)
    assert int(array.gpudata) == buf.ptr
    same = CudaBuffer.from_cuda(buf)
    del buf
    gc.collect()
    triple(array)
    driver.Context.synchronize()
    np.testing.assert_allclose(same.numpy(), 3 * values)


def them_to_ours():
    """The GPUArray is kept, with its strides."""
    array = gpuarray.to_gpu(values)
    taken, part = CudaBuffer.from_cuda(array), CudaBuffer.from_cuda(array[4:8])
    assert taken.ptr == int(array.gpudata) and part.ptr == taken.ptr + 4 * 48 * 4
    triple(array)
    driver.Context.synchronize()
    del array
    gc.collect()
    np.testing.assert_allclose(taken.numpy(), 3 * values)
    np.testing.assert_allclose(part.numpy(), 3 * values[4:8])


def one_context():
    """Memory of each side is reached by the other's calls, so the context is the same."""
    buf = CudaBuffer(1000, np.uint8)
    driver.memset_d8(buf.ptr, 9, 1000)
    assert (buf.numpy() == 9).all()
    memory = driver.mem_alloc(1000)
    memcpy_h2d(np.full(1000, 5, np.uint8), int(memory))
    back = np.zeros(1000, np.uint8)
    driver.memcpy_dtoh(back, memory)
    assert (back == 5).all()


if __name__ == "__main__":
    ours_to_them()
    them_to_ours()
    one_context()
    print("PyCUDA", ".".join(map(str, driver.get_version())), "shares its memory with us, both ways")
