"""Copies between host arrays and buffers: any layout, any element type, checked before anything moves."""

import array
import ctypes

import cuda_interop
import ml_dtypes
import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, memcpy_d2h, memcpy_h2d, pinned_empty

from peers import Interface, Producer, described

VALUES = np.arange(4 * 5 * 6, dtype=np.int32).reshape(4, 5, 6)

LAYOUTS = {
    "C": lambda a: a,
    "F": lambda a: a.T,
    "sliced": lambda a: a[1:3, ::2, 1:5],
    "reversed": lambda a: a[::-1],
    "reversed everywhere": lambda a: a[::-1, ::-1, ::-1],
    "permuted": lambda a: a.transpose(2, 0, 1),
    "one element": lambda a: a[1:2, 1:2, 1:2],
    "one column": lambda a: a[:, 2:3, ::3],
    "no axes": lambda a: a[1, 2, 3, ...],
    "empty": lambda a: a[1:1],
    "new axes": lambda a: a[:, None, 0, None],
}


@pytest.mark.parametrize("device_layout", LAYOUTS)
@pytest.mark.parametrize("host_layout", ["C", "F", "sliced", "reversed"])
def test_any_layout_on_either_side(device_layout, host_layout):
    where = LAYOUTS[device_layout]
    shape = where(VALUES).shape
    # A host array of that shape in the other layout.
    room = np.zeros([2 * length for length in shape], np.int32)
    inner = tuple(slice(0, length) for length in shape) + (...,)
    host = {
        "C": lambda: np.zeros(shape, np.int32),
        "F": lambda: np.zeros(shape, np.int32, order="F"),
        "sliced": lambda: room[tuple(slice(0, 2 * length, 2) for length in shape) + (...,)],
        "reversed": lambda: room[inner][tuple(slice(None, None, -1) for _ in shape) + (...,)],
    }[host_layout]()
    host[...] = np.arange(host.size, dtype=np.int32).reshape(shape) + 1000

    buffer = CudaBuffer(VALUES.shape, np.int32)
    buffer.copy_from(VALUES)
    view = {
        "F": lambda b: b.transpose(),
        "permuted": lambda b: b.permute(2, 0, 1),
    }.get(device_layout, where)(buffer)
    memcpy_h2d(host, view)
    expected = VALUES.copy()
    where(expected)[...] = host
    np.testing.assert_array_equal(buffer.numpy(), expected)

    back = host.copy()
    host[...] = 0
    memcpy_d2h(view, host)
    np.testing.assert_array_equal(host, back)
    if host_layout == "sliced" and shape:
        assert not room[tuple(slice(1, None, 2) for _ in shape)].any(), "between the elements nothing was written"


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"])
def test_every_dtype_survives_the_trip(dtype):
    values = np.arange(24).reshape(4, 6).astype(dtype)
    buffer = CudaBuffer(values.shape, dtype)
    memcpy_h2d(values, buffer)
    back = np.zeros_like(values)
    memcpy_d2h(buffer, back)
    np.testing.assert_array_equal(back, values)


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_types_of_ml_dtypes_survive_the_trip(name):
    values = np.arange(24).reshape(4, 6).astype(getattr(ml_dtypes, name))
    buffer = CudaBuffer(values.shape, name)
    memcpy_h2d(values, buffer)
    assert buffer.numpy().dtype == values.dtype
    np.testing.assert_array_equal(buffer.numpy(), values)
    back = np.zeros_like(values)
    memcpy_d2h(buffer[::-1], back[::-1])
    np.testing.assert_array_equal(back, values)


def test_every_element_type_of_one_size_is_told_apart():
    with pytest.raises(TypeError, match="bfloat16"):
        memcpy_h2d(np.zeros(3, np.float16), CudaBuffer(3, "bfloat16"))


@pytest.mark.parametrize(
    "host",
    [
        bytes(range(8)),
        bytearray(range(8)),
        memoryview(bytes(range(8))),
        memoryview(bytearray(range(16)))[::2],
        array.array("B", range(8)),
        (ctypes.c_uint8 * 8)(*range(8)),
    ],
    ids=lambda host: type(host).__name__,
)
def test_anything_with_the_buffer_protocol_is_a_source(host):
    buffer = CudaBuffer(8, np.uint8)
    memcpy_h2d(host, buffer)
    np.testing.assert_array_equal(buffer.numpy(), np.array(memoryview(host)))


@pytest.mark.parametrize("code", ["b", "h", "i", "l", "q", "f", "d", "H", "I", "L", "Q"])
def test_arrays_of_the_standard_library_are_both_ends(code):
    host = array.array(code, range(10))
    buffer = CudaBuffer(10, np.dtype(code))
    memcpy_h2d(host, buffer)
    back = array.array(code, [0] * 10)
    memcpy_d2h(buffer, back)
    assert back == host


def test_an_object_with_an_array_interface_is_both_ends():
    class Host:
        def __init__(self, values):
            self.values, self.__array_interface__ = values, values.__array_interface__

    values = np.arange(12, dtype=np.float32).reshape(3, 4).T
    buffer = CudaBuffer((4, 3), np.float32)
    memcpy_h2d(Host(values), buffer)
    np.testing.assert_array_equal(buffer.numpy(), values)
    back = np.zeros_like(values)
    memcpy_d2h(buffer, Host(back))
    np.testing.assert_array_equal(back, values)


def test_a_read_only_source_is_read():
    values = np.arange(5.0)
    values.flags.writeable = False
    buffer = CudaBuffer(5, np.float64)
    memcpy_h2d(values, buffer)
    np.testing.assert_array_equal(buffer.numpy(), values)


def test_a_broadcast_source_is_read():
    values = np.broadcast_to(np.arange(3, dtype=np.int16), (4, 3))
    buffer = CudaBuffer((4, 3), np.int16)
    memcpy_h2d(values, buffer)
    np.testing.assert_array_equal(buffer.numpy(), values)


def test_pinned_host_memory_is_both_ends():
    values = pinned_empty((100, 7), np.int64)
    values[...] = np.arange(700).reshape(100, 7)
    buffer = CudaBuffer((100, 7), np.int64)
    memcpy_h2d(values, buffer)
    back = pinned_empty((100, 7), np.int64)
    memcpy_d2h(buffer, back)
    np.testing.assert_array_equal(back, values)


@pytest.mark.parametrize(
    "as_device",
    [
        lambda buffer: buffer,
        lambda buffer: Interface(described(buffer), buffer),
        lambda buffer: described(buffer),
        lambda buffer: Producer(buffer),
        lambda buffer: buffer.ptr,
        lambda buffer: buffer.__dlpack__(max_version=(1, 0)),
    ],
    ids=["buffer", "interface", "dict", "dlpack", "address", "capsule"],
)
def test_the_device_side_is_a_buffer_an_export_or_an_address(as_device):
    buffer, back = CudaBuffer(VALUES.shape, np.int32), np.zeros_like(VALUES)
    memcpy_h2d(VALUES, as_device(buffer))
    np.testing.assert_array_equal(buffer.numpy(), VALUES)
    memcpy_d2h(as_device(buffer), back)
    np.testing.assert_array_equal(back, VALUES)


def test_the_names_with_cuda_are_the_same_functions():
    assert cuda_interop.cuda_memcpy_h2d is memcpy_h2d
    assert cuda_interop.cuda_memcpy_d2h is memcpy_d2h


def test_an_address_takes_the_bytes_of_a_strided_host_array_in_c_order():
    buffer = CudaBuffer(60, np.int32)
    memcpy_h2d(VALUES[:, :, ::2], buffer.ptr)
    np.testing.assert_array_equal(buffer.numpy(), VALUES[:, :, ::2].reshape(-1))


def test_an_address_inside_an_allocation_is_taken():
    buffer = CudaBuffer(8, np.uint8)
    memcpy_h2d(np.zeros(8, np.uint8), buffer)
    memcpy_h2d(np.full(3, 7, np.uint8), buffer.ptr + 2)
    np.testing.assert_array_equal(buffer.numpy(), [0, 0, 7, 7, 7, 0, 0, 0])


@pytest.mark.parametrize("make", [Stream, Stream.legacy, Stream.per_thread], ids=["own", "legacy", "per-thread"])
def test_a_copy_runs_on_the_stream_that_is_given(make):
    buffer, back, stream = CudaBuffer(5, np.int32), np.zeros(5, np.int32), make()
    memcpy_h2d(np.arange(5, dtype=np.int32), buffer, stream=stream)
    memcpy_d2h(buffer, back, stream=stream)
    np.testing.assert_array_equal(back, np.arange(5))
    buffer.copy_from(np.ones(5, np.int32), stream=stream.handle)
    buffer.copy_to(back, stream=stream.handle)
    np.testing.assert_array_equal(back, np.ones(5))


def test_copy_is_a_new_buffer_in_c_order(filled):
    buffer = filled(VALUES)
    copy = buffer[:, ::-2].transpose().copy()
    np.testing.assert_array_equal(copy.numpy(), VALUES[:, ::-2].T)
    assert copy.is_c_contiguous and copy.owns_memory and not copy.readonly
    copy.copy_from(np.zeros(copy.shape, np.int32))
    np.testing.assert_array_equal(buffer.numpy(), VALUES)


def test_a_copy_of_a_read_only_buffer_can_be_written(filled):
    source = filled(VALUES)
    read_only = CudaBuffer.from_cuda(described(source, data=(source.ptr, True)))
    assert read_only.readonly and not read_only.copy().readonly


def test_numpy_gives_a_writable_array_in_c_order(filled):
    back = filled(VALUES).transpose().numpy()
    assert back.flags.c_contiguous and back.flags.writeable and back.flags.owndata


@pytest.mark.parametrize("size", [1, 4095, 65537, 3 << 20, (40 << 20) + 3])
def test_copies_of_every_size_are_whole(size):
    values = np.random.default_rng(size).integers(0, 256, size, np.uint8)
    buffer = CudaBuffer(size, np.uint8)
    memcpy_h2d(values, buffer)
    assert (buffer.numpy() == values).all()


@pytest.mark.parametrize("shape", [0, (3, 0), (0, 3)], ids=str)
def test_copies_of_nothing_do_nothing(shape):
    buffer, host = CudaBuffer(shape, np.float32), np.zeros(shape, np.float32)
    memcpy_h2d(host, buffer)
    memcpy_d2h(buffer, host)
    assert buffer.copy().shape == buffer.shape
    assert buffer.numpy().shape == buffer.shape


def test_pinned_memory_lives_as_long_as_its_last_view():
    whole = pinned_empty((4, 4), np.float32)
    assert whole.shape == (4, 4) and whole.dtype == np.float32 and whole.flags.writeable
    part = whole[1:, ::2]
    whole[...] = 3
    del whole
    assert (part == 3).all()


@pytest.mark.parametrize("dtype", ["f4", "bfloat16", "c16", "?"])
def test_pinned_memory_is_of_any_type(dtype):
    assert pinned_empty((2, 3), dtype).dtype == CudaBuffer((2, 3), dtype).dtype


@pytest.mark.parametrize("shape", [(), 0, (0, 4)], ids=str)
def test_pinned_memory_of_any_shape(shape):
    assert pinned_empty(shape, np.float32).shape == np.zeros(shape).shape
