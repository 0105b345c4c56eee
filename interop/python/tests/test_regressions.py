"""Faults that runs on a GPU have shown, with stand-ins for the libraries that they were seen with."""

import ctypes
import gc
import os
import subprocess
import sys
import weakref
from ctypes import POINTER, byref, c_int64, c_void_p, cast, pythonapi
from pathlib import Path

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, memcpy_d2h, memcpy_h2d

from peers import (
    COMPLEX,
    CUDA,
    FLOAT,
    INT,
    READ_ONLY,
    DLDataType,
    DLDevice,
    DLTensor,
    Interface,
    Producer,
    described,
)
from test_exchange_table import (
    NAME,
    Allocate,
    FromObject,
    Header,
    Lend,
    Table,
    ToObject,
    WorkStream,
)

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


class TestSequences:
    """PyNvVideoCodec writes shape and strides as lists."""

    @pytest.mark.parametrize("of", [list, tuple], ids=str)
    def test_any_sequence_is_a_shape_and_strides(self, filled, of):
        buffer = filled(VALUES)[::2, 1:5]
        taken = CudaBuffer.from_cuda(described(buffer, shape=of(buffer.shape), strides=of(buffer.strides)))
        assert (taken.shape, taken.strides) == (buffer.shape, buffer.strides)
        np.testing.assert_array_equal(taken.numpy(), VALUES[::2, 1:5])

    def test_a_range_is_a_sequence(self, filled):
        buffer = filled(VALUES)
        assert CudaBuffer.from_cuda(described(buffer, shape=range(1, 5))).shape == (1, 2, 3, 4)

    @pytest.mark.parametrize("shape", ["46", b"\4\6", {4: 6}, {4, 6}, 4, iter((4, 6))], ids=repr)
    def test_what_is_no_sequence_of_ints_is_refused(self, filled, shape):
        with pytest.raises(TypeError, match="shape"):
            CudaBuffer.from_cuda(described(filled(VALUES), shape=shape))

    def test_a_list_of_something_else_is_refused(self, filled):
        with pytest.raises(TypeError, match=r"shape\[1\]"):
            CudaBuffer.from_cuda(described(filled(VALUES), shape=[4, "6"]))


def of_module(base, module):
    return type(base.__name__, (base,), {"__module__": module})


MODULES = pytest.mark.parametrize("module", ["_PyNvVideoCodec", "PyNvVideoCodec", "_PyNvVideoCodec_130.decoders"])


class TestDecodedFrames:
    """PyNvVideoCodec writes its next batch into the memory of the frames that it gave, on a stream it does not tell."""

    def plane(self, buffer, module="_PyNvVideoCodec", **changes):
        changes = {"shape": list(buffer.shape), "strides": list(buffer.strides), "stream": 0} | changes
        return of_module(Interface, module)(described(buffer, **changes), buffer)

    def frame(self, buffer, module="_PyNvVideoCodec"):
        return of_module(Producer, module)(buffer, old=True)

    @MODULES
    @pytest.mark.parametrize("what", ["plane", "frame"])
    def test_a_frame_is_copied(self, filled, what, module):
        decoders = filled(VALUES)
        taken = CudaBuffer.from_cuda(getattr(self, what)(decoders, module))
        assert taken.owns_memory and taken.owner is None and taken.ptr != decoders.ptr
        decoders.copy_from(-VALUES)
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    @pytest.mark.parametrize("what", ["plane", "frame"])
    def test_a_frame_is_let_go_once_it_is_copied(self, filled, what):
        theirs = getattr(self, what)(filled(VALUES))
        died, taken = weakref.ref(theirs), CudaBuffer.from_cuda(theirs)
        del theirs
        gc.collect()
        assert died() is None
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    def test_a_type_that_derives_from_a_frames_is_copied_too(self, filled):
        class Mine(of_module(Interface, "_PyNvVideoCodec")):
            pass

        decoders = filled(VALUES)
        assert CudaBuffer.from_cuda(Mine(described(decoders, stream=0))).ptr != decoders.ptr

    @pytest.mark.parametrize("stream", [0, 1, 2, None], ids=str)
    def test_what_it_says_about_its_stream_does_not_matter(self, filled, stream):
        theirs = self.plane(filled(VALUES), stream=stream)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(theirs).numpy(), VALUES)

    def test_a_strided_frame_is_copied_in_c_order(self, filled):
        taken = CudaBuffer.from_cuda(self.plane(filled(VALUES)[::2, 1:5]))
        assert taken.is_c_contiguous
        np.testing.assert_array_equal(taken.numpy(), VALUES[::2, 1:5])

    def test_the_copy_is_on_the_stream_that_was_asked_for(self, filled):
        own = Stream()
        assert CudaBuffer.from_cuda(self.plane(filled(VALUES)), stream=own).stream == own

    def test_copies_reach_the_frame_itself(self, filled):
        decoders, back = filled(VALUES), np.zeros_like(VALUES)
        memcpy_h2d(-VALUES, self.plane(decoders))
        np.testing.assert_array_equal(decoders.numpy(), -VALUES)
        memcpy_d2h(self.frame(decoders), back)
        np.testing.assert_array_equal(back, -VALUES)

    def test_a_read_only_frame_gives_a_copy_that_may_be_written(self, filled):
        decoders = filled(VALUES)
        assert not CudaBuffer.from_cuda(self.plane(decoders, data=(decoders.ptr, True))).readonly

    def test_rules_hold_for_frames(self, filled):
        with pytest.raises(ValueError, match="mask"):
            CudaBuffer.from_cuda(self.plane(filled(VALUES), mask=object()))

    def test_stream_0_is_refused_for_everybody_else(self, filled):
        buffer = filled(VALUES)
        for other in (
            described(buffer, stream=0),
            Interface(described(buffer, stream=0)),
            self.plane(buffer, "nvimgcodec.PyNvVideoCodec"),
            self.plane(buffer).__cuda_array_interface__,
        ):
            with pytest.raises(ValueError, match="stream is 0"):
                CudaBuffer.from_cuda(other)

    def test_an_instance_that_only_claims_the_module_is_not_copied(self, filled):
        theirs = Interface(described(buffer := filled(VALUES)))
        theirs.__module__ = "_PyNvVideoCodec"
        assert CudaBuffer.from_cuda(theirs).ptr == buffer.ptr

    @pytest.mark.parametrize("module", [None, 3, ""], ids=repr)
    def test_a_type_without_a_module_is_taken(self, filled, module):
        theirs = of_module(Interface, module)(described(buffer := filled(VALUES)), buffer)
        assert CudaBuffer.from_cuda(theirs).ptr == buffer.ptr


TABLES = []


@pytest.fixture
def tensor():
    """Makes an object like a tensor of PyTorch, which lends itself by the table and may be marked."""

    def make(buffer, dtype=(FLOAT, 32), *, module="torch", base=(), shape=None, strides=None, data=None, marks=()):
        shape = buffer.shape if shape is None else shape
        steps = [stride // buffer.itemsize for stride in buffer.strides] if strides is None else strides
        lengths, steps = (c_int64 * max(len(shape), 1))(*shape), (c_int64 * max(len(shape), 1))(*steps)
        asked = []

        def lend(_exported, out):
            lent = out[0]
            lent.data, lent.ndim, lent.byte_offset = buffer.ptr if data is None else data, len(shape), 0
            lent.device, lent.dtype = DLDevice(CUDA, 0), DLDataType(*dtype, 1)
            lent.shape, lent.strides = cast(lengths, POINTER(c_int64)), cast(steps, POINTER(c_int64))
            return 0

        def work_stream(_device_type, _device_id, out):
            out[0] = 1
            return 0

        def mark(name):
            def answer(_self):
                asked.append(name)
                return name in marks

            return answer

        table = Table(Header(1, 3, None), Allocate(), FromObject(), ToObject(), Lend(lend), WorkStream(work_stream))
        capsule = pythonapi.PyCapsule_New(ctypes.addressof(table), NAME, None)
        # A table lives as long as the process.
        TABLES.append((table, lengths, steps, buffer))
        namespace = {"__module__": module, "__dlpack_c_exchange_api__": capsule}
        found = type("Tensor", base, namespace | {name: mark(name) for name in ("is_conj", "is_neg")})()
        found.asked = asked
        return found

    return make


class TestMarkedTensors:
    """PyTorch lends a tensor that is to be conjugated or negated as if it were not."""

    @pytest.mark.parametrize(("kind", "bits"), [(np.complex64, 64), (np.complex128, 128)], ids=str)
    @pytest.mark.parametrize(("mark", "advice"), [("is_conj", "resolve_conj"), ("is_neg", "resolve_neg")])
    def test_a_complex_tensor_that_is_marked_is_refused(self, filled, tensor, kind, bits, mark, advice):
        buffer = filled(np.zeros(3, kind))
        with pytest.raises(BufferError, match=advice):
            CudaBuffer.from_cuda(tensor(buffer, (COMPLEX, bits), marks={mark}))
        assert CudaBuffer.from_cuda(tensor(buffer, (COMPLEX, bits))).ptr == buffer.ptr

    @pytest.mark.parametrize(("kind", "bits"), [(np.float16, 16), (np.float32, 32), (np.float64, 64)], ids=str)
    def test_imaginary_parts_that_are_marked_are_refused(self, filled, tensor, kind, bits):
        # As `imag` of a conjugate: behind the first real part, one item in two.
        buffer = filled(np.arange(12, dtype=kind))
        parts = {"shape": (2, 3), "strides": (6, 2), "data": buffer.ptr + buffer.itemsize}
        with pytest.raises(BufferError, match="resolve_neg"):
            CudaBuffer.from_cuda(tensor(buffer, (FLOAT, bits), marks={"is_neg"}, **parts))
        taken = CudaBuffer.from_cuda(tensor(buffer, (FLOAT, bits), **parts))
        np.testing.assert_array_equal(taken.numpy(), np.arange(12, dtype=kind).reshape(2, 6)[:, 1::2])

    @pytest.mark.parametrize(
        "view",
        [
            {"shape": (), "strides": ()},
            {"shape": (1, 1), "strides": (1, 1)},
            {"shape": (3, 1), "strides": (2, 1)},
            {"shape": (3, 3), "strides": (2, 0)},
            {"shape": (2, 2), "strides": (2, 4)},
            {"shape": (3,), "strides": (1,), "behind": True},
        ],
        ids=str,
    )
    def test_whatever_may_be_imaginary_parts_is_asked(self, filled, tensor, view):
        buffer, view = filled(np.arange(12, dtype=np.float32)), dict(view)
        data = buffer.ptr + (4 if view.pop("behind", False) else 0)
        with pytest.raises(BufferError, match="resolve_neg"):
            CudaBuffer.from_cuda(tensor(buffer, data=data, marks={"is_neg"}, **view))

    def test_a_class_that_derives_from_a_tensors_is_asked(self, filled, tensor):
        base = type("Tensor", (), {"__module__": "torch"})
        marked = tensor(
            filled(np.zeros(3, np.complex64)), (COMPLEX, 64), module="mine", base=(base,), marks={"is_conj"}
        )
        with pytest.raises(BufferError, match="resolve_conj"):
            CudaBuffer.from_cuda(marked)

    @pytest.mark.parametrize(("dtype", "kind"), [((FLOAT, 32), np.float32), ((INT, 64), np.int64)], ids=str)
    def test_plain_tensors_are_not_asked(self, filled, tensor, dtype, kind):
        theirs = tensor(filled(np.zeros((4, 6), kind)), dtype)
        CudaBuffer.from_cuda(theirs)
        assert theirs.asked == []


class TestNegativeStrides:
    """PyTorch ends the process for a capsule with negative strides; it is the consumer that asks for any capsule."""

    def test_a_refusal_says_what_to_do(self, filled):
        with pytest.raises(BufferError, match=r"negative strides, \[-24, 4\].*copy\(\)"):
            filled(VALUES)[::-1].__dlpack__(max_version=(1, 0))

    def test_the_table_refuses_every_time(self, filled):
        table = Table.from_address(pythonapi.PyCapsule_GetPointer(CudaBuffer.__dlpack_c_exchange_api__, NAME))
        view = filled(VALUES)[:, ::-1]
        for _ in range(2):
            with pytest.raises(BufferError, match="negative strides"):
                table.lend(view, byref(DLTensor()))
            with pytest.raises(BufferError, match="negative strides"):
                table.from_object(view, byref(c_void_p()))

    def test_they_are_still_shared_by_the_array_interface(self, filled):
        view = filled(VALUES)[::-1]
        taken = CudaBuffer.from_cuda(described(view))
        np.testing.assert_array_equal(taken.numpy(), VALUES[::-1])

    def test_they_are_still_taken_from_others(self, filled):
        taken = CudaBuffer.from_cuda(Producer(filled(VALUES)[::-1], flags=READ_ONLY))
        np.testing.assert_array_equal(taken.numpy(), VALUES[::-1])


def test_the_benchmark_judges_nothing_without_a_gpu(tmp_path):
    program, report = Path(__file__).parents[1] / "benches" / "speed.py", tmp_path / "report.md"
    environment = os.environ | {"CUDA_INTEROP_RUNTIME": "emulator"}
    subprocess.run([sys.executable, program, "--rounds=2", f"--out={report}"], env=environment, check=True, timeout=120)
    text = report.read_text()
    assert "emulator" in text and "| CudaBuffer | " in text and "| PyTorch | absent" in text
    assert text.count("not judged") == text.count("- Goal") + 1 and "MISSED" not in text
