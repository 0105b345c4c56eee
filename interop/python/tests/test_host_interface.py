"""Host arrays that are described by `__array_interface__`: by an address, or by an object that lends the bytes."""

import ml_dtypes
import numpy as np
import pytest
from cuda_interop import CudaBuffer

VALUES = np.arange(24, dtype=np.uint8).reshape(4, 6)


class Host:
    """An object with an array interface, and nothing else."""

    def __init__(self, data=..., **changes):
        self.__array_interface__ = {"shape": (4, 6), "typestr": "|u1", "version": 3, "data": data, **changes}
        if data is ...:
            del self.__array_interface__["data"]


def copied(host, dtype=np.uint8, shape=(4, 6)):
    buffer = CudaBuffer(shape, dtype)
    buffer.copy_from(host)
    return buffer.numpy()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_read(kind):
    np.testing.assert_array_equal(copied(Host(kind(VALUES.tobytes()))), VALUES)


def test_an_offset_and_strides_are_honoured():
    host = Host(VALUES.tobytes(), offset=6, shape=(2, 6), strides=(12, 1))
    np.testing.assert_array_equal(copied(host, shape=(2, 6)), VALUES[1::2])


def test_a_bytearray_is_written_and_bytes_are_not(filled):
    target = bytearray(24)
    filled(VALUES).copy_to(Host(target))
    assert target == VALUES.tobytes()
    with pytest.raises(ValueError, match=r"uint8 \[4, 6\], is read-only"):
        filled(VALUES).copy_to(Host(bytes(24)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": bytes(23)}, "bytes 0 to 24 of data, which has 23"),
        ({"data": bytes(24), "offset": 1}, "bytes 0 to 24 of data, which has 23"),
        ({"data": bytes(24), "offset": 25}, "offset is 25, but data has 24"),
        ({"data": bytes(24), "strides": (-6, 1)}, "bytes -18 to 6 of data"),
        ({"data": bytes(24), "typestr": "<f8", "shape": (4,)}, "bytes 0 to 32 of data, which has 24"),
    ],
    ids=str,
)
def test_fewer_bytes_than_the_shape_needs_are_refused(changes, said):
    host = Host(**changes)
    dtype = np.dtype(host.__array_interface__["typestr"])
    with pytest.raises(ValueError, match=said):
        copied(host, dtype, host.__array_interface__["shape"])


@pytest.mark.parametrize("data", [..., None, 5, "text", (1,)], ids=str)
def test_data_that_is_neither_is_refused(data):
    with pytest.raises((TypeError, ValueError), match="data"):
        copied(Host(data))


def test_a_dtype_of_another_size_than_the_typestr_is_refused():
    host = Host((VALUES.ctypes.data, False))
    host.dtype = np.dtype("f8")
    with pytest.raises(TypeError, match=r"'\|u1'|\"\|u1\".*float64.*8 bytes"):
        copied(host, np.float64)


def test_a_dtype_of_the_same_size_tells_more_than_the_typestr():
    values = np.arange(24).astype(ml_dtypes.bfloat16).reshape(4, 6)
    np.testing.assert_array_equal(copied(values, values.dtype).view(np.uint16), values.view(np.uint16))


def test_an_image_of_pillow_is_read():
    image = pytest.importorskip("PIL.Image").fromarray(VALUES)
    np.testing.assert_array_equal(copied(image), VALUES)
