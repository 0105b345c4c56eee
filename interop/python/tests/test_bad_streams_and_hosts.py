"""Bad input: streams, masks, host memory where device memory is asked for, and what errors say."""


import numpy as np
import pytest
from cuda_interop import (
    CudaBuffer,
    CudaError,
    Device,
    Event,
    LibraryNotFound,
    Stream,
    memcpy_d2h,
    memcpy_h2d,
)

from peers import described

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


@pytest.fixture
def buffer(filled):
    """A buffer that must hold the same values afterwards."""
    buffer = filled(VALUES)
    yield buffer
    if not buffer.closed:
        np.testing.assert_array_equal(buffer.numpy(), VALUES)


class TestStream0:
    @pytest.mark.parametrize(
        "use",
        [
            lambda b: CudaBuffer(3, np.uint8, stream=0),
            lambda b: Stream.from_handle(0),
            lambda b: memcpy_h2d(VALUES, b, stream=0),
            lambda b: memcpy_d2h(b, VALUES.copy(), stream=0),
            lambda b: b.__dlpack__(stream=0),
            lambda b: CudaBuffer.from_cuda(described(b, stream=0)),
            lambda b: CudaBuffer.from_cuda(b, stream=0),
            lambda b: CudaBuffer(3, np.uint8, b.ptr, stream=0),
        ],
        ids=["new", "from_handle", "h2d", "d2h", "dlpack", "interface", "from_cuda", "wrap"],
    )
    def test_is_refused_as_ambiguous(self, buffer, use):
        with pytest.raises((ValueError, BufferError), match="stream"):
            use(buffer)

    @pytest.mark.parametrize("stream", [-1, -2, 2**64], ids=str)
    def test_no_handle(self, buffer, stream):
        with pytest.raises(ValueError, match="stream"):
            memcpy_h2d(VALUES, buffer, stream=stream)

    @pytest.mark.parametrize("stream", ["1", 1.0, object()], ids=repr)
    def test_no_stream(self, buffer, stream):
        with pytest.raises(TypeError, match="stream"):
            memcpy_h2d(VALUES, buffer, stream=stream)

    @pytest.mark.parametrize("answer", [None, 5, (0,), (0, "1"), ("0", 1)], ids=repr)
    def test_a_stream_object_that_answers_nonsense(self, buffer, answer):
        class Odd:
            def __cuda_stream__(self):
                return answer

        with pytest.raises(TypeError, match="__cuda_stream__"):
            memcpy_h2d(VALUES, buffer, stream=Odd())

    def test_a_stream_object_of_another_version(self, buffer):
        class Newer:
            def __cuda_stream__(self):
                return 1, 2

        with pytest.raises(ValueError, match="version 1"):
            memcpy_h2d(VALUES, buffer, stream=Newer())


class TestMask:
    def test_is_refused(self, buffer):
        mask = CudaBuffer((4, 6), np.bool_)
        with pytest.raises(ValueError, match="mask"):
            CudaBuffer.from_cuda(described(buffer, mask=mask))


class TestHostPointers:
    @pytest.mark.parametrize("offset", [0, 4])
    def test_of_ordinary_memory_are_refused_everywhere(self, offset):
        host = np.zeros(8, np.float32)
        address = host.ctypes.data + offset
        for use in (
            lambda: CudaBuffer(3, np.float32, address),
            lambda: memcpy_h2d(np.ones(3, np.float32), address),
            lambda: memcpy_d2h(address, np.ones(3, np.float32)),
            lambda: CudaBuffer.from_cuda({"shape": (3,), "typestr": "<f4", "data": (address, False), "version": 3}),
        ):
            with pytest.raises(ValueError, match="host memory"):
                use()
        assert not host.any()

    @pytest.mark.parametrize("address", [8, 4096, 2**47 - 4096, 2**63], ids=str)
    def test_that_point_nowhere_are_refused(self, address):
        with pytest.raises(ValueError):
            memcpy_h2d(np.zeros(3, np.float32), address)

    def test_0_is_refused_unless_there_is_nothing_to_copy(self):
        with pytest.raises(ValueError, match="address is 0"):
            memcpy_h2d(np.zeros(3, np.float32), 0)
        memcpy_h2d(np.zeros(0, np.float32), 0)

    @pytest.mark.parametrize("address", [-1, 2**64], ids=str)
    def test_that_are_no_addresses_are_refused(self, address):
        with pytest.raises(ValueError, match=str(address)):
            memcpy_h2d(np.zeros(3, np.float32), address)

    def test_a_copy_beyond_the_allocation_is_refused(self):
        buffer = CudaBuffer(1 << 22, np.uint8)
        with pytest.raises((ValueError, CudaError)):
            # 32 TiB, of which only one byte exists.
            memcpy_h2d(np.broadcast_to(np.uint8(0), (1 << 45,)), buffer.ptr)

    def test_a_device_array_as_host_array_is_told_apart(self, buffer):
        with pytest.raises(TypeError, match="device array"):
            memcpy_h2d(buffer, VALUES)
        with pytest.raises(TypeError, match="device array"):
            memcpy_d2h(buffer, CudaBuffer((4, 6), np.float32))

    def test_a_list_is_no_host_array(self, buffer):
        with pytest.raises(TypeError, match="buffer protocol"):
            memcpy_h2d([[1.0] * 6] * 4, buffer)


class TestHostInterface:
    """The keys of a host array's own interface are checked like those of a device's."""

    @pytest.mark.parametrize(
        "change",
        [
            {"shape": (-1,)},
            {"shape": 3},
            {"typestr": 3},
            {"data": 5},
            {"data": (0, False)},
            {"strides": (1, 2)},
            {"mask": object()},
        ],
        ids=str,
    )
    def test_a_malformed_one_is_refused(self, change):
        values = np.zeros(3, np.float32)

        class Host:
            __array_interface__ = {**values.__array_interface__, **change}

        with pytest.raises((TypeError, ValueError)):
            memcpy_h2d(Host(), CudaBuffer(3, np.float32))


class TestErrors:
    def test_a_full_device_is_a_memory_error_with_the_bytes(self):
        _, total = Device(0).memory_info()
        with pytest.raises(MemoryError, match=str(2 * total)):
            CudaBuffer(2 * total, np.uint8)
        # The failure is not left behind.
        CudaBuffer(3, np.uint8).copy_from(np.zeros(3, np.uint8))

    def test_a_full_pool_is_a_memory_error(self):
        _, total = Device(0).memory_info()
        with pytest.raises(MemoryError):
            CudaBuffer(2 * total, np.uint8, allocator="pool")
        CudaBuffer(3, np.uint8, allocator="pool").copy_from(np.zeros(3, np.uint8))

    def test_a_cuda_error_is_a_runtime_error_with_code_name_and_call(self):
        earlier, later = Event(), Stream().record()
        with pytest.raises(CudaError) as refused:
            later.elapsed_since(earlier)
        assert isinstance(refused.value, RuntimeError)
        assert isinstance(refused.value.code, int | None)
        assert refused.value.call.startswith("cudaEvent")
        assert str(refused.value)

    def test_a_missing_library_is_an_os_error(self):
        assert issubclass(LibraryNotFound, OSError)

    def test_a_refusal_leaves_no_memory_behind(self, no_device_leak):
        values = np.zeros(1 << 20, np.uint8)
        for _ in range(20):
            target = CudaBuffer(1 << 20, np.uint8)
            with pytest.raises(TypeError):
                target.copy_from(values.view(np.int8))
