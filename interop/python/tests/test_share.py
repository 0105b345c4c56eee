"""`CudaBuffer.share`: an array of another framework over the same memory, made through the C exchange table of its type."""

import ctypes
import gc
from ctypes import POINTER, PYFUNCTYPE, Structure, c_int, c_int32, c_uint32, c_void_p, py_object, pythonapi

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, memcpy_d2h

from peers import CUDA, READ_ONLY, DLManagedTensorVersioned, described

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)
NAME = b"dlpack_exchange_api"

ToObject = PYFUNCTYPE(c_int, c_void_p, POINTER(py_object))
WorkStream = PYFUNCTYPE(c_int, c_int32, c_int32, POINTER(c_void_p))


class Table(Structure):
    _fields_ = [
        ("major", c_uint32),
        ("minor", c_uint32),
        ("prev_api", c_void_p),
        ("allocate", c_void_p),
        ("from_object", c_void_p),
        ("to_object", ToObject),
        ("lend", c_void_p),
        ("work_stream", WorkStream),
    ]


# A table lives as long as the process.
TABLES = []


@pytest.fixture
def framework():
    """Makes an array type of a framework that works on a stream of its own."""

    def make(stream=None, *, makes_objects=True):
        class Array:
            log = []

            def release(self):
                self.tensor.deleter(ctypes.byref(self.tensor))

        def to_object(tensor, out):
            Array.log.append("object")
            array = Array()
            array.tensor = DLManagedTensorVersioned.from_address(tensor)
            # The caller takes a reference.
            pythonapi.Py_IncRef(py_object(array))
            out[0] = py_object(array)
            return 0

        def work_stream(device_type, device_id, out):
            Array.log.append((device_type, device_id))
            out[0] = stream.handle if stream else None
            return 0

        object_maker = ToObject(to_object) if makes_objects else ToObject()
        table = Table(1, 3, None, None, None, object_maker, None, WorkStream(work_stream))
        TABLES.append(table)
        Array.__dlpack_c_exchange_api__ = pythonapi.PyCapsule_New(ctypes.addressof(table), NAME, None)
        return Array

    pythonapi.PyCapsule_New.restype = py_object
    pythonapi.PyCapsule_New.argtypes = [c_void_p, ctypes.c_char_p, c_void_p]
    return make


class TestOurOwnType:
    def test_it_is_the_same_memory(self, filled):
        buffer = filled(VALUES)
        other = buffer.share(CudaBuffer)
        assert isinstance(other, CudaBuffer) and other is not buffer
        assert (other.ptr, other.shape, other.dtype, other.device) == (buffer.ptr, (4, 6), buffer.dtype, buffer.device)
        other.copy_from(-VALUES)
        np.testing.assert_array_equal(buffer.numpy(), -VALUES)

    @pytest.mark.parametrize("allocator", ["cuda", "pool", "pinned", "managed"])
    def test_it_outlives_the_buffer(self, allocator):
        buffer = CudaBuffer(VALUES.shape, VALUES.dtype, allocator=allocator)
        buffer.copy_from(VALUES)
        other = buffer.share(CudaBuffer)
        buffer.close()
        del buffer
        gc.collect()
        CudaBuffer(VALUES.shape, VALUES.dtype, allocator=allocator).copy_from(VALUES * 0)
        np.testing.assert_array_equal(other.numpy(), VALUES)

    def test_the_owner_of_foreign_memory_is_kept(self, filled):
        source = filled(VALUES)
        other = CudaBuffer.from_cuda(described(source)).share(CudaBuffer)
        gc.collect()
        np.testing.assert_array_equal(other.numpy(), VALUES)

    def test_views_keep_their_layout(self, filled):
        view = filled(VALUES)[1:, ::2].transpose()
        other = view.share(CudaBuffer)
        assert (other.shape, other.strides, other.ptr) == (view.shape, view.strides, view.ptr)
        np.testing.assert_array_equal(other.numpy(), VALUES[1:, ::2].T)

    def test_nothing_is_shared_as_nothing(self):
        other = CudaBuffer((0, 3), np.int16).share(CudaBuffer)
        assert (other.shape, other.size, other.dtype) == ((0, 3), 0, np.int16)


class TestAFramework:
    def test_it_gets_a_tensor_that_it_releases(self, filled, framework):
        array = framework()
        taken = filled(VALUES).share(array)
        gc.collect()
        assert isinstance(taken, array) and "object" in array.log
        tensor = taken.tensor
        assert (tensor.version_major, tensor.flags, tensor.dl_tensor.device.device_type) == (1, 0, CUDA)
        assert [tensor.dl_tensor.shape[axis] for axis in range(2)] == [4, 6]
        taken.release()

    @pytest.mark.order
    def test_its_stream_is_asked_for_and_waits(self, pending, framework):
        theirs = Stream(non_blocking=True)
        array, buffer = framework(theirs), pending(VALUES, Stream())
        shared, back = buffer.share(array), np.zeros_like(VALUES)
        same = CudaBuffer(VALUES.shape, VALUES.dtype, buffer.ptr, stream=theirs, owner=buffer)
        memcpy_d2h(same, back, stream=theirs)
        shared.release()
        np.testing.assert_array_equal(back, VALUES)
        assert array.log == [(CUDA, 0), "object"]

    def test_read_only_is_told(self, filled, framework):
        source = filled(VALUES)
        buffer = CudaBuffer.from_cuda(described(source, data=(source.ptr, True)))
        taken = buffer.share(framework())
        assert taken.tensor.flags & READ_ONLY
        taken.release()

    def test_a_subclass_of_its_type_will_do(self, filled, framework):
        array = framework()
        taken = filled(VALUES).share(type("Parameter", (array,), {}))
        assert isinstance(taken, array)
        taken.release()

    def test_a_table_that_makes_no_objects_is_refused(self, filled, framework):
        with pytest.raises(TypeError, match="makes no objects"):
            filled(VALUES).share(framework(makes_objects=False))


class TestRefused:
    def test_a_type_without_a_table(self, filled):
        with pytest.raises(TypeError, match="dict.*__dlpack_c_exchange_api__.*from_dlpack"):
            filled(VALUES).share(dict)

    def test_what_is_no_type(self, filled):
        with pytest.raises(TypeError):
            filled(VALUES).share(filled(VALUES))

    def test_negative_strides(self, filled):
        with pytest.raises(BufferError, match="negative strides"):
            filled(VALUES)[::-1].share(CudaBuffer)

    def test_a_closed_buffer(self, filled):
        buffer = filled(VALUES)
        buffer.close()
        with pytest.raises(ValueError, match="closed"):
            buffer.share(CudaBuffer)


class TestPyTorch:
    @pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32", "complex64", "bool"])
    def test_a_tensor_is_the_same_memory_and_outlives_the_buffer(self, torch, filled, dtype):
        values = VALUES.astype(dtype)
        buffer = filled(values)
        tensor, address = buffer.share(torch.Tensor), buffer.ptr
        del buffer
        gc.collect()
        assert type(tensor) is torch.Tensor and tensor.is_cuda and tensor.data_ptr() == address
        assert (tuple(tensor.shape), str(tensor.dtype)) == ((4, 6), f"torch.{dtype}")
        np.testing.assert_array_equal(tensor.cpu().numpy(), values)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(tensor.permute(1, 0)).numpy(), values.T)

    def test_views_keep_their_layout(self, torch, filled):
        tensor = filled(VALUES)[1:, ::2].transpose().share(torch.Tensor)
        assert tensor.stride() == (2, 6)
        np.testing.assert_array_equal(tensor.cpu().numpy(), VALUES[1:, ::2].T)

    def test_its_current_stream_waits_for_ours(self, torch):
        stream = Stream()
        large = np.ones((64, 1 << 20), np.uint8)
        for _ in range(5):
            buffer = CudaBuffer(large.shape, large.dtype, stream=stream)
            with torch.cuda.stream(torch.cuda.Stream()):
                buffer.copy_from(large)
                total = int(buffer.share(torch.Tensor).sum(dtype=torch.int64))
            assert total == large.size
