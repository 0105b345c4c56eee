"""NumPy and device memory: copies of any layout and element type, none without being asked for."""

import numpy as np

from cuda_interop import CudaBuffer, memcpy_d2h, memcpy_h2d, pinned_empty


def there_and_back():
    """Both sides may have any strides; shape and type must agree."""
    image = np.arange(300 * 451 * 3, dtype=np.uint8).reshape(300, 451, 3)
    buf = CudaBuffer(image.shape, image.dtype)
    memcpy_h2d(image, buf)

    # Every second row, mirrored, channels first: a view on the device, copied into a view on the host.
    room = np.zeros((3, 150, 902), np.uint8)
    memcpy_d2h(buf[::2, ::-1].permute(2, 0, 1), room[:, :, ::2])
    assert (room[:, :, ::2] == image[::2, ::-1].transpose(2, 0, 1)).all()
    assert not room[:, :, 1::2].any()

    # A part of the buffer is written through a view.
    memcpy_h2d(np.zeros((100, 100, 3), np.uint8), buf[:100, :100])
    image[:100, :100] = 0
    assert (buf.numpy() == image).all()


def every_type():
    """Numbers of every size, complex numbers, bool; bfloat16 and fp8 with ml_dtypes."""
    for dtype in ("?", "i1", "u2", "i4", "u8", "f2", "f4", "f8", "c8", "c16"):
        values = np.arange(24).reshape(4, 6).astype(dtype)
        buf = CudaBuffer(values.shape, dtype)
        buf.copy_from(values)
        assert (buf.numpy() == values).all()
    try:
        CudaBuffer(3, [("x", "f4"), ("y", "f4")])
    except TypeError as refusal:
        print("refused as it should be:", refusal)
    else:
        raise AssertionError("a structured type was taken")


def read_only():
    """A read-only array is a source like any other, and never a destination."""
    values = np.arange(10.0)
    values.flags.writeable = False
    buf = CudaBuffer(10, np.float64)
    memcpy_h2d(values, buf)
    try:
        memcpy_d2h(buf, values)
    except ValueError as refusal:
        print("refused as it should be:", refusal)
    else:
        raise AssertionError("a read-only array was written")


def pinned():
    """Pinned memory is the fastest source and target; the array frees it with its last view."""
    host = pinned_empty((1000, 1000), np.float32)
    host[...] = 1.5
    buf = CudaBuffer(host.shape, host.dtype)
    memcpy_h2d(host, buf)
    part = host[500:]
    del host
    part[...] = 0
    memcpy_d2h(buf[500:], part)
    assert (part == 1.5).all()

    # A buffer in pinned memory is an array of NumPy without a copy.
    shared = CudaBuffer(4, np.int32, allocator="pinned")
    array = np.from_dlpack(shared)
    shared.copy_from(np.arange(4, dtype=np.int32))
    assert array.__array_interface__["data"][0] == shared.ptr
    del shared
    assert array.tolist() == [0, 1, 2, 3]


if __name__ == "__main__":
    there_and_back()
    every_type()
    read_only()
    pinned()
    print("NumPy: any layout and type, both ways")
