"""CuPy: arrays over our memory, our buffers over arrays of any layout, streams included."""

import gc

import cupy
import numpy as np

from cuda_interop import CudaBuffer, Stream, memcpy_h2d

values = np.random.default_rng(3).random((40, 60)).astype(np.float32)


def ours_to_them():
    """CuPy keeps the memory; ours may go first."""
    for take in (cupy.asarray, cupy.from_dlpack):
        buf = CudaBuffer(values.shape, values.dtype)
        memcpy_h2d(values, buf)
        array = take(buf)
        assert array.data.ptr == buf.ptr
        del buf
        gc.collect()
        sums = cupy.sort(array, axis=1).cumsum(axis=1)
        np.testing.assert_allclose(sums.get(), np.sort(values, axis=1).cumsum(axis=1), rtol=1e-4)


def them_to_ours():
    """C and Fortran order, steps, negative strides and broadcasts are taken as they are; the array is kept."""
    layouts = {
        "C": lambda a: a,
        "F": lambda a: a.T,
        "steps": lambda a: a[1::3, ::2],
        "negative": lambda a: a[::-1, ::-2],
        "0-d": lambda a: a[3, 4],
        "empty": lambda a: a[:0],
    }
    for name, layout in layouts.items():
        array = layout(cupy.asarray(values))
        expected = layout(values)
        taken = CudaBuffer.from_cuda(array)
        assert taken.shape == array.shape, name
        assert taken.nbytes == 0 or taken.ptr == array.data.ptr, name
        del array
        gc.collect()
        cupy.zeros((40, 60), cupy.float32)  # would be given the memory if it were free
        np.testing.assert_array_equal(taken.numpy(), expected, err_msg=name)


def streams():
    """CuPy names its current stream; our buffer waits for it. CuPy also works on a stream of ours."""
    with cupy.cuda.Stream(non_blocking=True):
        array = cupy.zeros(1 << 22, cupy.float32)
        for _ in range(50):
            array += 1
        taken = CudaBuffer.from_cuda(array)
    assert (taken.numpy() == 50).all()

    stream = Stream(non_blocking=True)
    buf = CudaBuffer(1 << 20, np.float32, stream=stream)
    with cupy.cuda.ExternalStream(stream.handle):
        cupy.asarray(buf)[...] = 4
    assert (buf.numpy() == 4).all()


if __name__ == "__main__":
    ours_to_them()
    them_to_ours()
    streams()
    print("CuPy", cupy.__version__, "shares its memory with us, both ways")
