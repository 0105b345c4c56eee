"""CudaBuffer itself: how it is made, what it says of itself, how it ends."""

import gc
import weakref

import ml_dtypes
import numpy as np
import pytest
from cuda_interop import CudaBuffer, Device, Stream, devices


class Index:
    def __index__(self):
        return 4


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ((), ()),
        (5, (5,)),
        ((5,), (5,)),
        ([2, 3], (2, 3)),
        (np.int64(7), (7,)),
        (np.array([2, 3, 4]), (2, 3, 4)),
        ((np.int32(2), 3), (2, 3)),
        (Index(), (4,)),
        (range(1, 4), (1, 2, 3)),
        (0, (0,)),
        ((3, 0, 2), (3, 0, 2)),
        ((1,) * 32, (1,) * 32),
    ],
    ids=str,
)
def test_a_shape_is_an_int_or_a_sequence_of_ints(given, shape):
    buffer = CudaBuffer(given, np.float32)
    assert buffer.shape == shape
    assert all(type(length) is int for length in buffer.shape)


@pytest.mark.parametrize("dtype", ["?", "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "F", "D"])
def test_a_dtype_is_whatever_numpy_takes(dtype):
    expected = np.dtype(dtype)
    for given in (dtype, expected, expected.type, expected.name, expected.str):
        buffer = CudaBuffer(3, given)
        assert buffer.dtype == expected
        assert isinstance(buffer.dtype, np.dtype)


@pytest.mark.parametrize("python_type", [int, float, complex, bool])
def test_a_python_type_is_the_dtype_that_numpy_takes_it_for(python_type):
    assert CudaBuffer(3, python_type).dtype == np.dtype(python_type)


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3b11fnuz", "float8_e8m0fnu"])
def test_a_dtype_is_a_type_of_ml_dtypes(name):
    scalar = getattr(ml_dtypes, name)
    for given in (scalar, np.dtype(scalar), name):
        buffer = CudaBuffer((2, 3), given)
        assert buffer.dtype == np.dtype(scalar)
        assert buffer.nbytes == 6 * np.dtype(scalar).itemsize


def test_the_arguments_have_names():
    buffer = CudaBuffer(shape=(10, 10), dtype=np.float32)
    assert buffer.shape == (10, 10)


def test_the_arguments_have_an_order():
    first = CudaBuffer((10, 10), np.float32)
    assert CudaBuffer((10, 10), np.float32, first.ptr).ptr == first.ptr


def test_it_says_what_it_is():
    buffer = CudaBuffer((4, 5), np.int16)
    assert buffer.shape == (4, 5)
    assert buffer.strides == (10, 2)
    assert (buffer.ndim, buffer.itemsize, buffer.size, buffer.nbytes) == (2, 2, 40, 40)
    assert type(buffer.ptr) is int and buffer.ptr != 0
    assert buffer.owns_memory is True
    assert buffer.readonly is False
    assert buffer.owner is None
    assert buffer.is_c_contiguous is True
    assert buffer.device == Device(0) == 0
    assert isinstance(buffer.stream, Stream)
    assert len(buffer) == 4


def test_without_axes_it_has_one_element_and_no_length():
    buffer = CudaBuffer((), np.float64)
    assert (buffer.size, buffer.ndim, buffer.strides) == (8, 0, ())
    with pytest.raises(TypeError, match="length"):
        len(buffer)


@pytest.mark.parametrize("shape", [0, (0, 5), (5, 0), (2, 0, 3)], ids=str)
def test_without_elements_its_address_is_0(shape):
    buffer = CudaBuffer(shape, np.float32)
    assert (buffer.ptr, buffer.nbytes) == (0, 0)


@pytest.mark.parametrize("words", ["(2, 3)", "float32", "device 0"])
def test_its_repr_says_what_and_where(words):
    assert words in repr(CudaBuffer((2, 3), np.float32))


def test_its_repr_tells_strides_and_read_only(filled):
    buffer = filled(np.zeros((2, 3), np.float32))
    assert "strides" in repr(buffer[:, ::2])
    description = dict(buffer.__cuda_array_interface__, data=(buffer.ptr, True))
    assert "read-only" in repr(CudaBuffer.from_cuda(description))


@pytest.mark.parametrize(("allocator", "device_type"), [("cuda", 2), ("pool", 2), ("pinned", 3), ("managed", 13)])
def test_each_allocator_gives_its_kind_of_memory(allocator, device_type):
    values = np.arange(12, dtype=np.int32).reshape(3, 4)
    buffer = CudaBuffer(values.shape, values.dtype, allocator=allocator)
    assert buffer.__dlpack_device__() == (device_type, 0)
    assert buffer.owns_memory
    buffer.copy_from(values)
    np.testing.assert_array_equal(buffer.numpy(), values)


def test_an_unknown_allocator_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="pool.*pinned.*managed"):
        CudaBuffer(3, np.float32, allocator="heap")


def test_an_allocator_is_for_new_memory(filled):
    with pytest.raises(ValueError, match="allocator"):
        CudaBuffer(3, np.uint8, filled(np.zeros(3, np.uint8)).ptr, allocator="pool")


def test_it_is_made_on_the_device_that_is_named(second_device):
    for device in (second_device, second_device.ordinal):
        buffer = CudaBuffer(3, np.float32, device=device)
        assert buffer.device == second_device
        assert buffer.__dlpack_device__() == (2, second_device.ordinal)


def test_making_one_elsewhere_leaves_the_current_device(second_device):
    CudaBuffer(3, np.float32, device=second_device).copy_from(np.zeros(3, np.float32))
    assert CudaBuffer(3, np.float32).device == 0


def test_a_stream_names_the_device(second_device):
    stream = Stream(second_device)
    buffer = CudaBuffer(3, np.float32, stream=stream)
    assert buffer.device == second_device
    assert buffer.stream == stream


def test_memory_that_exists_is_wrapped_and_not_owned(filled):
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    ours = filled(values)
    wrapped = CudaBuffer((2, 3), np.float32, ours.ptr)
    assert wrapped.ptr == ours.ptr
    assert wrapped.owns_memory is False
    np.testing.assert_array_equal(wrapped.numpy(), values)
    del wrapped
    np.testing.assert_array_equal(ours.numpy(), values)


def test_memory_that_exists_may_have_strides(filled):
    values = np.arange(24, dtype=np.int32).reshape(4, 6)
    ours = filled(values)
    wrapped = CudaBuffer((2, 3), np.int32, ours.ptr, strides=(48, 8))
    assert wrapped.strides == (48, 8)
    assert not wrapped.is_c_contiguous
    np.testing.assert_array_equal(wrapped.numpy(), values[::2, ::2])


def test_strides_of_wrapped_memory_may_be_negative(filled):
    ours = filled(np.arange(5, dtype=np.int32))
    wrapped = CudaBuffer(5, np.int32, ours.ptr + 16, strides=-4)
    np.testing.assert_array_equal(wrapped.numpy(), [4, 3, 2, 1, 0])


def test_the_owner_is_kept_and_shown(filled):
    class Owner:
        pass

    ours, owner = filled(np.zeros(3, np.uint8)), Owner()
    wrapped = CudaBuffer(3, np.uint8, ours.ptr, owner=owner)
    assert wrapped.owner is owner
    died = weakref.ref(owner)
    del owner
    gc.collect()
    assert died() is not None
    view = wrapped[1:]
    del wrapped
    gc.collect()
    assert died() is not None, "the view needs the owner"
    del view
    gc.collect()
    assert died() is None


@pytest.mark.parametrize("argument", [{"strides": (4,)}, {"owner": object()}], ids=["strides", "owner"])
def test_strides_and_owner_need_an_address(argument):
    with pytest.raises(ValueError, match="ptr"):
        CudaBuffer(3, np.float32, **argument)


def test_a_with_block_ends_with_a_closed_buffer():
    with CudaBuffer(3, np.float32) as buffer:
        assert buffer.shape == (3,)
    assert buffer.closed
    assert "closed" in repr(buffer)


def test_closing_frees_the_memory():
    before, _ = Device(0).memory_info()
    buffer = CudaBuffer(64 << 20, np.uint8)
    assert before - Device(0).memory_info()[0] >= 64 << 20
    buffer.close()
    assert before - Device(0).memory_info()[0] < 64 << 20


def test_closing_twice_is_closing_once():
    buffer = CudaBuffer(3, np.float32)
    buffer.close()
    buffer.close()
    assert buffer.closed


def test_closing_leaves_views_alive(filled):
    buffer = filled(np.arange(4, dtype=np.int8))
    view = buffer[1:]
    buffer.close()
    np.testing.assert_array_equal(view.numpy(), [1, 2, 3])


def test_it_can_be_referred_to_weakly():
    buffer = CudaBuffer(3, np.float32)
    reference = weakref.ref(buffer)
    assert reference() is buffer
    del buffer
    assert reference() is None


def test_numpy_does_not_copy_it_unasked(filled):
    with pytest.raises(TypeError, match=r"numpy\(\)"):
        np.asarray(filled(np.zeros(3)))


def test_devices_are_listed_and_counted_from_0():
    found = devices()
    assert [device.ordinal for device in found] == list(range(len(found)))
    device = found[0]
    assert device.name and device.uuid and device.pci_bus_id
    assert device.total_memory >= device.memory_info()[0] > 0
    assert len(device.compute_capability) == 2
    assert {device: "first"}[0] == "first"


def test_a_class_may_change_the_type_that_it_names():
    class Sample:
        dtype = np.dtype("f4")

    assert CudaBuffer((2,), Sample).dtype == "f4"
    Sample.dtype = np.dtype("f8")
    assert CudaBuffer((2,), Sample).dtype == np.dtype(Sample) == "f8"
