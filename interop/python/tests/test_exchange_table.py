"""The C exchange table of DLPack 1.3, called as a C extension would call it, and taken from other types."""

import ctypes
import gc
import weakref
from ctypes import (
    POINTER,
    PYFUNCTYPE,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_uint32,
    c_void_p,
    cast,
    py_object,
    pythonapi,
)

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, memcpy_d2h

from peers import (
    CPU,
    CUDA,
    CUDA_MANAGED,
    FLOAT,
    READ_ONLY,
    DLDataType,
    DLDevice,
    DLManagedTensorVersioned,
    DLTensor,
    Producer,
    described,
)

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


class Header(Structure):
    _fields_ = [("major", c_uint32), ("minor", c_uint32), ("prev_api", c_void_p)]


SetError = ctypes.CFUNCTYPE(None, c_void_p, c_char_p, c_char_p)
Allocate = PYFUNCTYPE(c_int, POINTER(DLTensor), POINTER(c_void_p), c_void_p, SetError)
FromObject = PYFUNCTYPE(c_int, py_object, POINTER(c_void_p))
ToObject = PYFUNCTYPE(c_int, c_void_p, POINTER(py_object))
Lend = PYFUNCTYPE(c_int, py_object, POINTER(DLTensor))
WorkStream = PYFUNCTYPE(c_int, c_int32, c_int32, POINTER(c_void_p))


class Table(Structure):
    _fields_ = [
        ("header", Header),
        ("allocate", Allocate),
        ("from_object", FromObject),
        ("to_object", ToObject),
        ("lend", Lend),
        ("work_stream", WorkStream),
    ]


NAME = b"dlpack_exchange_api"


@pytest.fixture(scope="module")
def table():
    capsule = CudaBuffer.__dlpack_c_exchange_api__
    return Table.from_address(pythonapi.PyCapsule_GetPointer(capsule, NAME))


def managed(table, buffer):
    out = c_void_p()
    assert table.from_object(buffer, byref(out)) == 0
    return DLManagedTensorVersioned.from_address(out.value)


class TestOurs:
    def test_it_is_on_the_type(self):
        assert "PyCapsule" in type(CudaBuffer.__dlpack_c_exchange_api__).__name__

    def test_its_size_and_version_are_the_protocols(self, table):
        assert ctypes.sizeof(Table) == 56
        assert (table.header.major, bool(table.header.prev_api)) == (1, False)

    def test_every_function_is_there(self, table):
        for function in (table.allocate, table.from_object, table.to_object, table.lend, table.work_stream):
            assert function

    def test_a_managed_tensor_is_the_same_memory(self, table, filled):
        buffer = filled(VALUES)
        tensor = managed(table, buffer)
        assert tensor.dl_tensor.data + tensor.dl_tensor.byte_offset == buffer.ptr
        assert (tensor.version_major, tensor.flags) == (1, 0)
        tensor.deleter(byref(tensor))

    def test_a_managed_tensor_outlives_the_buffer(self, table, filled):
        buffer = filled(VALUES)
        tensor = managed(table, buffer)
        del buffer
        gc.collect()
        back = np.zeros_like(VALUES)
        memcpy_d2h(tensor.dl_tensor.data + tensor.dl_tensor.byte_offset, back)
        np.testing.assert_array_equal(back, VALUES)
        tensor.deleter(byref(tensor))

    def test_read_only_is_a_flag_of_the_managed_tensor(self, table, filled):
        source = filled(VALUES)
        tensor = managed(table, CudaBuffer.from_cuda(described(source, data=(source.ptr, True))))
        assert tensor.flags & READ_ONLY
        tensor.deleter(byref(tensor))

    def test_a_lent_tensor_describes_the_buffer(self, table, filled):
        view, tensor = filled(VALUES)[::2, 1:5], DLTensor()
        assert table.lend(view, byref(tensor)) == 0
        assert tensor.data + tensor.byte_offset == view.ptr
        assert [tensor.shape[axis] for axis in range(tensor.ndim)] == [2, 4]
        assert [tensor.strides[axis] for axis in range(tensor.ndim)] == [12, 1]
        assert (tensor.dtype.code, tensor.dtype.bits, tensor.dtype.lanes) == (FLOAT, 32, 1)
        assert (tensor.device.device_type, tensor.device.device_id) == (CUDA, 0)

    def test_a_read_only_buffer_is_not_lent(self, table, filled):
        source = filled(VALUES)
        buffer = CudaBuffer.from_cuda(described(source, data=(source.ptr, True)))
        with pytest.raises(BufferError, match="read-only"):
            table.lend(buffer, byref(DLTensor()))

    def test_negative_strides_are_refused_because_pytorch_would_abort(self, table, filled):
        view = filled(VALUES)[::-1]
        with pytest.raises(BufferError, match="negative strides.*copy"):
            table.from_object(view, byref(c_void_p()))
        with pytest.raises(BufferError, match="negative strides.*copy"):
            table.lend(view, byref(DLTensor()))

    def test_a_closed_buffer_is_refused(self, table):
        buffer = CudaBuffer(3, np.float32)
        buffer.close()
        with pytest.raises(ValueError, match="closed"):
            table.from_object(buffer, byref(c_void_p()))
        with pytest.raises(ValueError, match="closed"):
            table.lend(buffer, byref(DLTensor()))

    def test_another_object_is_refused(self, table):
        with pytest.raises(TypeError):
            table.from_object(object(), byref(c_void_p()))

    def test_a_tensor_becomes_a_buffer(self, table, filled):
        maker = Producer(filled(VALUES))
        pointer = pythonapi.PyCapsule_GetPointer(maker.capsule(), b"dltensor_versioned")
        out = py_object()
        assert table.to_object(pointer, byref(out)) == 0
        taken = out.value
        # The call gave a reference of its own, which `out` does not know.
        pythonapi.Py_DecRef(py_object(taken))
        assert isinstance(taken, CudaBuffer)
        np.testing.assert_array_equal(taken.numpy(), VALUES)
        del taken, out
        gc.collect()
        assert maker.deleted == 1

    def prototype(self, device, dtype=(FLOAT, 32, 1), shape=(4, 6)):
        tensor, lengths = DLTensor(), (c_int64 * len(shape))(*shape)
        tensor.device, tensor.dtype, tensor.ndim = DLDevice(*device), DLDataType(*dtype), len(shape)
        tensor.shape = cast(lengths, POINTER(c_int64))
        tensor.kept = lengths
        return tensor

    @pytest.mark.parametrize("device", [(CUDA, 0), (3, 0), (CUDA_MANAGED, 0)], ids=str)
    def test_a_tensor_is_allocated_like_a_prototype(self, table, device):
        out, said = c_void_p(), []
        report = SetError(lambda _context, kind, message: said.append((kind, message)))
        assert table.allocate(byref(self.prototype(device)), byref(out), None, report) == 0
        tensor = DLManagedTensorVersioned.from_address(out.value)
        assert (tensor.dl_tensor.device.device_type, tensor.dl_tensor.ndim) == (device[0], 2)
        assert tensor.dl_tensor.data and not said
        tensor.deleter(byref(tensor))

    @pytest.mark.parametrize(
        "prototype",
        [
            {"device": (CPU, 0)},
            {"device": (CUDA, 99)},
            {"device": (CUDA, 0), "dtype": (FLOAT, 24, 1)},
            {"device": (CUDA, 0), "shape": (-1,)},
        ],
        ids=str,
    )
    def test_a_prototype_that_is_refused_is_reported(self, table, prototype):
        said = []
        report = SetError(lambda _context, kind, message: said.append((kind, message)))
        assert table.allocate(byref(self.prototype(**prototype)), byref(c_void_p()), None, report) == -1
        assert len(said) == 1 and said[0][1]

    def test_the_work_stream_can_be_asked_for(self, table):
        out = c_void_p(1234)
        assert table.work_stream(CUDA, 0, byref(out)) == 0
        # NULL is the legacy default stream as a cudaStream_t.
        assert out.value in (None, 1)


@pytest.fixture
def exporter():
    """Makes a type with a table of its own, whose managed tensors come from a Producer."""

    def make(source, major=1, previous=None, stream=None, **changes):
        log = []

        def from_object(exported, out):
            log.append("managed")
            capsule = exported.producer.capsule()
            out[0] = pythonapi.PyCapsule_GetPointer(capsule, b"dltensor_versioned")
            return 0

        def work_stream(_device_type, _device_id, out):
            log.append("stream")
            out[0] = stream
            return 0

        header = Header(major, 0, ctypes.addressof(previous) if previous else None)
        table = Table(header, Allocate(), FromObject(from_object), ToObject(), Lend(), WorkStream(work_stream))

        class Exporter:
            __dlpack_c_exchange_api__ = pythonapi.PyCapsule_New(ctypes.addressof(table), NAME, None)

            def __init__(self):
                self.producer, self.log, self.table = Producer(source, **changes), log, table

            def __dlpack_device__(self):
                return self.producer.__dlpack_device__()

            def __dlpack__(self, **arguments):
                log.append("capsule")
                return self.producer.__dlpack__(**arguments)

        # A table lives as long as the process.
        TABLES.append(table)
        return Exporter()

    return make


TABLES = []


class TestTheirs:
    def test_the_table_is_used_before_all_else(self, filled, exporter):
        exported = exporter(filled(VALUES))
        taken = CudaBuffer.from_cuda(exported)
        np.testing.assert_array_equal(taken.numpy(), VALUES)
        assert "capsule" not in exported.log and "managed" in exported.log

    def test_the_producers_stream_is_asked_for(self, filled, exporter):
        stream = Stream()
        exported = exporter(filled(VALUES), stream=stream.handle)
        CudaBuffer.from_cuda(exported)
        assert "stream" in exported.log

    def test_the_tensor_is_released_once_with_the_last_view(self, filled, exporter):
        exported = exporter(filled(VALUES))
        taken = CudaBuffer.from_cuda(exported)
        view = taken[1:]
        del taken
        gc.collect()
        assert exported.producer.deleted == 0
        del view
        gc.collect()
        assert exported.producer.deleted == 1

    def test_read_only_is_honoured(self, filled, exporter):
        assert CudaBuffer.from_cuda(exporter(filled(VALUES), flags=READ_ONLY)).readonly

    def test_a_table_of_another_major_version_is_left_alone(self, filled, exporter):
        exported = exporter(filled(VALUES), major=2)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(exported).numpy(), VALUES)
        assert exported.log == ["capsule"]

    def test_an_older_table_is_found_behind_a_newer_one(self, filled, exporter):
        source = filled(VALUES)
        newer = exporter(source, major=2, previous=exporter(source).table)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(newer).numpy(), VALUES)
        assert "capsule" not in newer.log

    def test_an_attribute_that_is_no_capsule_is_left_alone(self, filled):
        class Odd(Producer):
            __dlpack_c_exchange_api__ = "capsule"

        np.testing.assert_array_equal(CudaBuffer.from_cuda(Odd(filled(VALUES))).numpy(), VALUES)

    def test_a_device_that_does_not_exist_is_refused(self, filled, exporter):
        exported = exporter(filled(VALUES), device=(CUDA, 99))
        with pytest.raises(BufferError, match="99"):
            CudaBuffer.from_cuda(exported)
        gc.collect()
        assert exported.producer.deleted == 1

    def test_an_error_of_the_producer_is_raised(self):
        # A Python function behind ctypes cannot leave an exception set, so our C function is asked for an object
        # that is not its own.
        ours = Table.from_address(pythonapi.PyCapsule_GetPointer(CudaBuffer.__dlpack_c_exchange_api__, NAME))
        table = Table(Header(1, 0, None), Allocate(), ours.from_object, ToObject(), Lend(), WorkStream())
        TABLES.append(table)

        class Impostor:
            __dlpack_c_exchange_api__ = pythonapi.PyCapsule_New(ctypes.addressof(table), NAME, None)

        with pytest.raises(TypeError):
            CudaBuffer.from_cuda(Impostor())


class TestLentByPyTorch:
    """PyTorch's tensors are taken by the function that lends: its module's name on a type of ours does the same."""

    @pytest.fixture
    def lender(self):
        def make(buffer, *, stream=None, strides=True, **changes):
            shape = (c_int64 * max(buffer.ndim, 1))(*buffer.shape)
            steps = (c_int64 * max(buffer.ndim, 1))(*(stride // buffer.itemsize for stride in buffer.strides))

            def lend(_exported, out):
                tensor = out[0]
                tensor.data, tensor.ndim, tensor.byte_offset = buffer.ptr, buffer.ndim, 0
                tensor.device, tensor.dtype = DLDevice(CUDA, 0), DLDataType(FLOAT, 32, 1)
                tensor.shape = cast(shape, POINTER(c_int64))
                tensor.strides = cast(steps if strides else None, POINTER(c_int64))
                for name, value in changes.items():
                    setattr(tensor, name, value)
                return 0

            def work_stream(_device_type, _device_id, out):
                out[0] = stream
                return 0

            table = Table(Header(1, 3, None), Allocate(), FromObject(), ToObject(), Lend(lend), WorkStream(work_stream))
            capsule = pythonapi.PyCapsule_New(ctypes.addressof(table), NAME, None)
            # A tensor may be marked as negative without a word in what it lends.
            namespace = {"__module__": "torch", "__dlpack_c_exchange_api__": capsule, "is_neg": lambda _self: False}
            kind = type("Tensor", (), namespace)
            TABLES.append((table, shape, steps))
            tensor = kind()
            tensor.memory = buffer
            return tensor

        return make

    @pytest.mark.parametrize("key", [np.s_[:], np.s_[::2], np.s_[:, 1:3], np.s_[::-1], np.s_[1], np.s_[:0]], ids=str)
    def test_every_layout_is_taken(self, filled, lender, key):
        taken = CudaBuffer.from_cuda(lender(filled(VALUES)[key]))
        np.testing.assert_array_equal(taken.numpy(), VALUES[key])

    def test_missing_strides_mean_c_order(self, filled, lender):
        assert CudaBuffer.from_cuda(lender(filled(VALUES), strides=False)).strides == (24, 4)

    def test_the_object_is_kept(self, filled, lender):
        tensor = lender(filled(VALUES))
        died = weakref.ref(tensor)
        taken = CudaBuffer.from_cuda(tensor)
        view = taken[1:]
        del tensor, taken
        gc.collect()
        assert died() is not None
        np.testing.assert_array_equal(view.numpy(), VALUES[1:])
        del view
        gc.collect()
        assert died() is None

    @pytest.mark.order
    @pytest.mark.parametrize("handle", [None, 1, 2, "own"], ids=str)
    def test_the_current_stream_is_waited_for(self, pending, lender, handle):
        streams = {None: Stream.legacy, 1: Stream.legacy, 2: Stream.per_thread, "own": Stream}
        current, ours = streams[handle](), Stream(non_blocking=True)
        tensor = lender(pending(VALUES, current), stream=current.handle if handle == "own" else handle)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(tensor, stream=ours).numpy(), VALUES)

    def test_a_stream_of_another_device_is_refused(self, filled, lender, second_device):
        with pytest.raises(ValueError, match="array is on .*0.*stream is of .*1"):
            CudaBuffer.from_cuda(lender(filled(VALUES)), stream=Stream(second_device))

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"device": DLDevice(CUDA, 99)}, BufferError),
            ({"device": DLDevice(CPU, 0)}, BufferError),
            ({"dtype": DLDataType(FLOAT, 24, 1)}, (BufferError, TypeError)),
            ({"dtype": DLDataType(FLOAT, 32, 2)}, (BufferError, TypeError)),
            ({"ndim": -1}, BufferError),
            ({"ndim": 1000}, BufferError),
            ({"shape": None}, BufferError),
            ({"data": None}, BufferError),
            ({"byte_offset": 2**64 - 4}, (BufferError, ValueError)),
        ],
        ids=["device", "host", "dtype", "lanes", "negative ndim", "large ndim", "shape", "data", "offset"],
    )
    def test_a_tensor_that_breaks_a_rule_is_refused(self, filled, lender, changes, error):
        with pytest.raises(error):
            CudaBuffer.from_cuda(lender(filled(VALUES), **changes))
