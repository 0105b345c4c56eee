"""Bad input: refused before anything is touched, by the exception that Python users expect, which names the numbers."""

import gc
import sys

import numpy as np
import pytest
from cuda_interop import (
    CudaBuffer,
    Device,
    Stream,
    memcpy_d2h,
    memcpy_h2d,
    pinned_empty,
)

from peers import Interface, Producer, described

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


@pytest.fixture
def buffer(filled):
    """A buffer that must hold the same values afterwards."""
    buffer = filled(VALUES)
    yield buffer
    if not buffer.closed:
        np.testing.assert_array_equal(buffer.numpy(), VALUES)


class TestWrongDtype:
    @pytest.mark.parametrize("dtype", ["f8", "i4", "f2", "c8", "u4", "?"])
    def test_of_the_host_array(self, buffer, dtype):
        host = np.ones((4, 6), dtype)
        for copy in (lambda: memcpy_h2d(host, buffer), lambda: buffer.copy_from(host)):
            with pytest.raises(TypeError, match=f"{host.dtype.name}.*float32"):
                copy()
        for copy in (lambda: memcpy_d2h(buffer, host), lambda: buffer.copy_to(host)):
            with pytest.raises(TypeError, match="float32"):
                copy()
        assert (host == 1).all()

    def test_of_the_other_byte_order(self, buffer):
        with pytest.raises(TypeError, match="byte order"):
            memcpy_h2d(VALUES.astype(">f4"), buffer)

    @pytest.mark.parametrize(
        "dtype", [">f4", "M8[s]", "m8[ns]", "U4", "S3", "O", [("a", "f4")], "f4,i4", "V3", "g"], ids=str
    )
    def test_that_is_not_moved(self, dtype):
        with pytest.raises(TypeError):
            CudaBuffer(3, dtype)

    @pytest.mark.parametrize("dtype", ["nonsense", 3, None, object(), [1, 2]], ids=repr)
    def test_that_is_none(self, dtype):
        with pytest.raises(TypeError):
            CudaBuffer(3, dtype)

    @pytest.mark.parametrize(
        "values",
        [np.zeros(3, [("a", "f4"), ("b", "i2")]), np.zeros(3, "U4"), np.array([object()] * 3)],
        ids=["record", "text", "objects"],
    )
    def test_of_a_structured_host_array(self, values):
        target = CudaBuffer(3, np.float32)
        with pytest.raises((TypeError, ValueError)):
            memcpy_h2d(values, target)


class TestWrongShape:
    @pytest.mark.parametrize("shape", [(4,), (6, 4), (4, 6, 1), (1, 4, 6), (4, 5), (24,), (), (0, 6), (1, 6)], ids=str)
    def test_of_the_host_array(self, buffer, shape):
        host = np.full(shape, 7, np.float32)
        with pytest.raises(ValueError, match=r"4, 6"):
            memcpy_h2d(host, buffer)
        with pytest.raises(ValueError, match=r"4, 6"):
            memcpy_d2h(buffer, host)
        assert (host == 7).all()

    @pytest.mark.parametrize(
        "shape", [-1, (-1,), (3, -2), (2**31, 2**31, 2**31), (2**62,), (2**70,), (sys.maxsize, 2), (1,) * 100], ids=str
    )
    def test_negative_overflowing_and_too_deep(self, shape):
        for make in (CudaBuffer, pinned_empty):
            with pytest.raises(ValueError):
                make(shape, np.float32)

    @pytest.mark.parametrize("shape", ["33", 3.5, (3, 2.5), None, (3, None), object(), [[1, 2]]], ids=repr)
    def test_that_is_none(self, shape):
        with pytest.raises(TypeError, match="shape"):
            CudaBuffer(shape, np.float32)


class TestReadOnly:
    def test_host_destination(self, buffer):
        host = np.zeros((4, 6), np.float32)
        host.flags.writeable = False
        for copy in (lambda: memcpy_d2h(buffer, host), lambda: buffer.copy_to(host)):
            with pytest.raises(ValueError, match="read-only"):
                copy()
        assert not host.any()

    def test_bytes_as_destination(self):
        with pytest.raises((ValueError, BufferError, TypeError)):
            memcpy_d2h(CudaBuffer(4, np.uint8), b"1234")

    @pytest.mark.parametrize("how", ["buffer", "object", "dict", "dlpack"])
    def test_device_destination(self, buffer, how):
        description = described(buffer, data=(buffer.ptr, True))
        target = {
            "buffer": lambda: CudaBuffer.from_cuda(description),
            "object": lambda: Interface(description),
            "dict": lambda: description,
            "dlpack": lambda: Producer(buffer, flags=1),
        }[how]()
        with pytest.raises(ValueError, match="read-only"):
            memcpy_h2d(-VALUES, target)

    def test_a_broadcast_buffer_is_no_destination(self, buffer):
        target = CudaBuffer.from_cuda(described(buffer, shape=(3, 4, 6), strides=(0, 24, 4)))
        with pytest.raises(ValueError):
            memcpy_h2d(np.zeros((3, 4, 6), np.float32), target)

    def test_a_broadcast_host_array_is_no_destination(self, buffer):
        host = np.lib.stride_tricks.as_strided(np.zeros(6, np.float32), (4, 6), (0, 4))
        with pytest.raises(ValueError):
            memcpy_d2h(buffer, host)


class TestClosed:
    @pytest.fixture
    def closed(self, filled):
        buffer = filled(VALUES)
        buffer.close()
        return buffer

    @pytest.mark.parametrize(
        "use",
        [
            lambda b: b.shape,
            lambda b: b.dtype,
            lambda b: b.strides,
            lambda b: b.ptr,
            lambda b: b.nbytes,
            lambda b: b.device,
            lambda b: b.stream,
            lambda b: b[0],
            lambda b: len(b),
            lambda b: b.reshape(-1),
            lambda b: b.transpose(),
            lambda b: b.permute(1, 0),
            lambda b: b.view("u1"),
            lambda b: b.numpy(),
            lambda b: b.copy(),
            lambda b: b.copy_from(VALUES),
            lambda b: b.copy_to(VALUES.copy()),
            lambda b: memcpy_h2d(VALUES, b),
            lambda b: memcpy_d2h(b, VALUES.copy()),
            lambda b: b.__cuda_array_interface__,
            lambda b: b.__dlpack__(),
            lambda b: b.__dlpack_device__(),
            lambda b: CudaBuffer.from_cuda(b),
            lambda b: b.__enter__(),
        ],
        ids=[
            "shape",
            "dtype",
            "strides",
            "ptr",
            "nbytes",
            "device",
            "stream",
            "index",
            "len",
            "reshape",
            "transpose",
            "permute",
            "view",
            "numpy",
            "copy",
            "copy_from",
            "copy_to",
            "h2d",
            "d2h",
            "interface",
            "dlpack",
            "dlpack_device",
            "from_cuda",
            "with",
        ],
    )
    def test_every_use_is_refused(self, closed, use):
        with pytest.raises(ValueError, match="closed"):
            use(closed)

    def test_a_closed_producer_is_refused(self, closed):
        class Wrapper:
            @property
            def __cuda_array_interface__(self):
                return closed.__cuda_array_interface__

        with pytest.raises(ValueError, match="closed"):
            CudaBuffer.from_cuda(Wrapper())


class TestFreedOwner:
    def test_a_dict_whose_owner_is_gone_is_refused_by_its_address(self):
        # The dict has no owner to keep; the address is looked up each time.
        owner = CudaBuffer(64 << 20, np.uint8)
        description = described(owner)
        del owner
        gc.collect()
        with pytest.raises(ValueError, match="host memory"):
            CudaBuffer.from_cuda(description)

    def test_an_address_whose_owner_is_gone_is_refused(self):
        owner = CudaBuffer(64 << 20, np.uint8)
        address = owner.ptr
        owner.close()
        with pytest.raises(ValueError, match="host memory"):
            memcpy_h2d(np.zeros(4, np.uint8), address)
        with pytest.raises(ValueError, match="host memory"):
            CudaBuffer(4, np.uint8, address)


class TestWrongDevice:
    @pytest.mark.parametrize("device", [-1, 99, 2**70], ids=str)
    def test_that_does_not_exist(self, device):
        for make in (lambda: CudaBuffer(3, np.uint8, device=device), lambda: Device(device), lambda: Stream(device)):
            with pytest.raises(ValueError, match=str(device)):
                make()

    @pytest.mark.parametrize("device", ["0", 1.0, object(), (2, 0)], ids=repr)
    def test_that_is_none(self, device):
        with pytest.raises(TypeError, match="device"):
            CudaBuffer(3, np.uint8, device=device)

    def test_for_memory_that_exists(self, buffer, second_device):
        with pytest.raises(ValueError, match="device 0.*device 1"):
            CudaBuffer(24, np.float32, buffer.ptr, device=second_device)

    def test_of_the_stream_of_new_memory(self, second_device):
        with pytest.raises(ValueError, match="device"):
            CudaBuffer(3, np.uint8, device=0, stream=Stream(second_device))

    def test_of_the_stream_of_a_copy_is_allowed_by_cuda(self, buffer, second_device):
        memcpy_h2d(VALUES + 1, buffer, stream=Stream(second_device))
        memcpy_h2d(VALUES, buffer, stream=Stream(second_device))


class TestHugeStrides:
    @pytest.mark.parametrize(
        "strides", [(2**62, 4), (-(2**62), 4), (2**63 - 1, 4), (2**40, 2**40), (-(2**47), 4)], ids=str
    )
    def test_are_refused(self, buffer, strides):
        with pytest.raises(ValueError):
            CudaBuffer((4, 6), np.float32, buffer.ptr, strides=strides)
        with pytest.raises(ValueError):
            CudaBuffer.from_cuda(described(buffer, strides=strides))
        with pytest.raises(ValueError):
            memcpy_h2d(VALUES, described(buffer, strides=strides))

    @pytest.mark.parametrize("strides", [(24,), (24, 4, 4), ()], ids=str)
    def test_of_another_number_are_refused(self, buffer, strides):
        with pytest.raises(ValueError):
            CudaBuffer((4, 6), np.float32, buffer.ptr, strides=strides)

    @pytest.mark.parametrize("strides", [("24", 4), (24.0, 4), "ab", (None, 4)], ids=repr)
    def test_that_are_no_ints_are_refused(self, buffer, strides):
        with pytest.raises(TypeError, match="strides"):
            CudaBuffer((4, 6), np.float32, buffer.ptr, strides=strides)
