"""DLPack, both ways: legacy and versioned capsules."""

import gc
import weakref

import ml_dtypes
import numpy as np
import pytest
from peers import (
    BFLOAT,
    BOOL,
    COMPLEX,
    CPU,
    CUDA,
    CUDA_HOST,
    CUDA_MANAGED,
    FLOAT,
    INT,
    IS_COPIED,
    LEGACY,
    READ_ONLY,
    UINT,
    USED,
    VERSIONED,
    Consumed,
    Interface,
    Producer,
    capsule_name,
    described,
)

from cuda_interop import CudaBuffer, Stream, memcpy_d2h

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)
BOTH = pytest.mark.parametrize("max_version", [None, (1, 0)], ids=["legacy", "versioned"])
DTYPES = [
    ("?", BOOL, 8),
    ("i1", INT, 8),
    ("i2", INT, 16),
    ("i4", INT, 32),
    ("i8", INT, 64),
    ("u1", UINT, 8),
    ("u2", UINT, 16),
    ("u4", UINT, 32),
    ("u8", UINT, 64),
    ("f2", FLOAT, 16),
    ("f4", FLOAT, 32),
    ("f8", FLOAT, 64),
    ("c8", COMPLEX, 64),
    ("c16", COMPLEX, 128),
    ("bfloat16", BFLOAT, 16),
    ("float8_e3m4", 7, 8),
    ("float8_e4m3", 8, 8),
    ("float8_e4m3b11fnuz", 9, 8),
    ("float8_e4m3fn", 10, 8),
    ("float8_e4m3fnuz", 11, 8),
    ("float8_e5m2", 12, 8),
    ("float8_e5m2fnuz", 13, 8),
    ("float8_e8m0fnu", 14, 8),
]


class TestExport:
    @pytest.mark.parametrize(
        ("max_version", "name"),
        [
            (None, LEGACY),
            ((0, 8), LEGACY),
            ((1, 0), VERSIONED),
            ((1, 3), VERSIONED),
            ((1, 99), VERSIONED),
            ((2, 0), VERSIONED),
        ],
        ids=str,
    )
    def test_max_version_chooses_the_capsule(self, filled, max_version, name):
        assert capsule_name(filled(VALUES).__dlpack__(max_version=max_version)) == name

    def test_without_arguments_the_capsule_is_legacy(self, filled):
        assert capsule_name(filled(VALUES).__dlpack__()) == LEGACY

    @pytest.mark.parametrize(
        "allocator, device",
        [("cuda", (CUDA, 0)), ("pool", (CUDA, 0)), ("pinned", (CUDA_HOST, 0)), ("managed", (CUDA_MANAGED, 0))],
    )
    def test_the_device_is_that_of_the_tensor(self, filled, allocator, device):
        buffer = filled(VALUES, allocator=allocator)
        assert buffer.__dlpack_device__() == device
        tensor = Consumed(buffer.__dlpack__(max_version=(1, 0)))
        assert tensor.device == device
        tensor.release()

    @BOTH
    @pytest.mark.parametrize("dtype, code, bits", DTYPES)
    def test_every_element_type_has_its_code(self, dtype, code, bits, max_version):
        tensor = Consumed(CudaBuffer((2, 3), dtype).__dlpack__(max_version=max_version))
        assert tensor.dtype == (code, bits, 1)
        tensor.release()

    @BOTH
    @pytest.mark.parametrize("key", [np.s_[::-1], np.s_[:, ::-1], np.s_[::-1, ::-2]], ids=str)
    def test_negative_strides_are_refused_because_pytorch_would_abort(self, filled, key, max_version):
        view = filled(VALUES)[key]
        with pytest.raises(BufferError, match="negative strides.*copy"):
            view.__dlpack__(max_version=max_version)

    @BOTH
    def test_negative_strides_are_copied_on_request(self, filled, max_version):
        view = filled(VALUES)[::-1, ::-2]
        tensor = Consumed(view.__dlpack__(copy=True, max_version=max_version))
        back = np.zeros((4, 3), np.float32)
        memcpy_d2h(tensor.first, back)
        np.testing.assert_array_equal(back, VALUES[::-1, ::-2])
        tensor.release()

    @BOTH
    @pytest.mark.parametrize("key", [np.s_[:0, ::-1], np.s_[3::-4]], ids=str)
    def test_negative_strides_that_are_never_walked_do_not_matter(self, filled, key, max_version):
        tensor = Consumed(filled(VALUES)[key].__dlpack__(max_version=max_version))
        assert tensor.shape == VALUES[key].shape
        tensor.release()

    @BOTH
    @pytest.mark.parametrize(
        "key",
        [
            np.s_[:],
            np.s_[::2],
            np.s_[1:, ::2],
            np.s_[:, 1:3],
            np.s_[:1, ::-6],
            np.s_[1],
            np.s_[2, 3, ...],
            np.s_[:, None],
        ],
        ids=str,
    )
    def test_shape_and_strides_are_numpys_in_elements(self, filled, key, max_version):
        expected, view = VALUES[key], filled(VALUES)[key]
        tensor = Consumed(view.__dlpack__(max_version=max_version))
        assert tensor.shape == expected.shape
        assert tensor.first == view.ptr
        for length, stride, in_bytes in zip(
            tensor.shape, tensor.strides if tensor.shape else (), expected.strides, strict=True
        ):
            assert length == 1 or stride * 4 == in_bytes
        tensor.release()

    @BOTH
    @pytest.mark.parametrize("shape", [3, (2, 3), (2, 1, 3)], ids=str)
    def test_strides_are_always_told(self, shape, max_version):
        tensor = Consumed(CudaBuffer(shape, np.int16).__dlpack__(max_version=max_version))
        assert tensor.tensor.strides
        tensor.release()

    @BOTH
    @pytest.mark.parametrize("shape", [0, (0, 3), (3, 0)], ids=str)
    def test_without_elements_the_data_is_null(self, shape, max_version):
        tensor = Consumed(CudaBuffer(shape, np.float32).__dlpack__(max_version=max_version))
        assert tensor.tensor.data is None
        tensor.release()

    @BOTH
    def test_without_axes_there_are_no_lengths(self, max_version):
        tensor = Consumed(CudaBuffer((), np.float32).__dlpack__(max_version=max_version))
        assert tensor.tensor.ndim == 0 and tensor.tensor.data
        tensor.release()

    def test_the_version_is_of_major_1(self, filled):
        tensor = Consumed(filled(VALUES).__dlpack__(max_version=(1, 0)))
        assert tensor.managed.version_major == 1
        tensor.release()

    def test_flags_are_clear_for_what_can_be_written(self, filled):
        tensor = Consumed(filled(VALUES).__dlpack__(max_version=(1, 0)))
        assert tensor.flags == 0
        tensor.release()

    def test_read_only_is_a_flag(self, filled):
        source = filled(VALUES)
        buffer = CudaBuffer.from_cuda(described(source, data=(source.ptr, True)))
        tensor = Consumed(buffer.__dlpack__(max_version=(1, 0)))
        assert tensor.flags & READ_ONLY
        tensor.release()

    def test_read_only_cannot_be_said_by_a_legacy_capsule(self, filled):
        source = filled(VALUES)
        buffer = CudaBuffer.from_cuda(described(source, data=(source.ptr, True)))
        with pytest.raises(BufferError, match="read-only"):
            buffer.__dlpack__()

    @BOTH
    def test_the_memory_lives_until_the_deleter_has_run(self, max_version, no_device_leak):
        values = np.arange(1 << 20, dtype=np.uint8)
        buffer = CudaBuffer(values.shape, np.uint8)
        buffer.copy_from(values)
        tensor = Consumed(buffer.__dlpack__(max_version=max_version))
        address = buffer.ptr
        del buffer
        gc.collect()
        others = [CudaBuffer(1 << 20, np.uint8) for _ in range(4)]
        for other in others:
            other.copy_from(np.zeros(1 << 20, np.uint8))
        back = np.zeros_like(values)
        memcpy_d2h(address, back)
        np.testing.assert_array_equal(back, values)
        tensor.release()

    @BOTH
    def test_an_unconsumed_capsule_frees_the_memory(self, max_version, no_device_leak):
        for _ in range(50):
            CudaBuffer(8 << 20, np.uint8).__dlpack__(max_version=max_version)

    @BOTH
    def test_a_consumed_capsule_frees_nothing(self, filled, max_version):
        buffer = filled(VALUES)
        capsule = buffer.__dlpack__(max_version=max_version)
        tensor = Consumed(capsule)
        del capsule
        gc.collect()
        assert tensor.shape == (4, 6)
        tensor.release()
        np.testing.assert_array_equal(buffer.numpy(), VALUES)

    @pytest.mark.parametrize("stream", [None, -1, 1, 2], ids=str)
    def test_the_streams_of_the_protocol_are_taken(self, filled, stream):
        filled(VALUES).__dlpack__(stream=stream)

    def test_a_handle_and_a_stream_are_taken(self, filled):
        stream = Stream()
        filled(VALUES).__dlpack__(stream=stream.handle)
        filled(VALUES).__dlpack__(stream=stream)

    @pytest.mark.parametrize("stream", [0, -2, -100, 2**64], ids=str)
    def test_other_streams_are_refused(self, filled, stream):
        with pytest.raises((ValueError, BufferError), match="stream"):
            filled(VALUES).__dlpack__(stream=stream)

    @pytest.mark.parametrize("stream", ["1", 1.0, b"", object()], ids=repr)
    def test_what_is_no_stream_is_refused(self, filled, stream):
        with pytest.raises(TypeError, match="stream"):
            filled(VALUES).__dlpack__(stream=stream)

    def test_the_stream_may_be_given_by_position(self, filled):
        # As CV-CUDA 0.15 does.
        assert capsule_name(filled(VALUES).__dlpack__(1)) == LEGACY

    def test_the_buffers_own_device_may_be_asked_for(self, filled):
        buffer = filled(VALUES)
        tensor = Consumed(buffer.__dlpack__(dl_device=(CUDA, 0), max_version=(1, 0)))
        assert tensor.first == buffer.ptr
        tensor.release()

    @BOTH
    def test_the_host_may_be_asked_for_and_gets_a_copy(self, filled, max_version):
        buffer = filled(VALUES)
        tensor = Consumed(buffer[::-1].__dlpack__(dl_device=(CPU, 0), max_version=max_version))
        assert tensor.device == (CPU, 0)
        np.testing.assert_array_equal(tensor.host_values(), VALUES[::-1])
        if max_version:
            assert tensor.flags & IS_COPIED
        tensor.release()

    def test_the_host_without_a_copy_is_refused(self, filled):
        with pytest.raises(BufferError, match="copy"):
            filled(VALUES).__dlpack__(dl_device=(CPU, 0), copy=False)

    @pytest.mark.parametrize("device", [(CUDA, 99), (10, 0), (4, 0), (99, 0), (CPU, 1)], ids=str)
    def test_another_device_is_refused(self, filled, device):
        with pytest.raises((BufferError, ValueError)):
            Consumed(filled(VALUES).__dlpack__(dl_device=device, copy=False))

    def test_a_copy_is_made_when_it_is_asked_for(self, filled):
        buffer = filled(VALUES)
        tensor = Consumed(buffer.__dlpack__(copy=True, max_version=(1, 0)))
        assert tensor.first != buffer.ptr
        assert tensor.flags & IS_COPIED
        back = np.zeros_like(VALUES)
        memcpy_d2h(tensor.first, back)
        np.testing.assert_array_equal(back, VALUES)
        tensor.release()

    @pytest.mark.parametrize("copy", [None, False], ids=str)
    def test_no_copy_is_made_unasked(self, filled, copy):
        buffer = filled(VALUES)
        tensor = Consumed(buffer.__dlpack__(copy=copy, max_version=(1, 0)))
        assert tensor.first == buffer.ptr
        tensor.release()

    @pytest.mark.parametrize(
        "arguments",
        [
            {"max_version": 1},
            {"max_version": (1,)},
            {"max_version": "1.0"},
            {"dl_device": 2},
            {"dl_device": "cuda"},
            {"copy": "yes"},
            {"nothing": 1},
        ],
        ids=str,
    )
    def test_malformed_arguments_are_refused(self, filled, arguments):
        with pytest.raises((TypeError, ValueError)):
            filled(VALUES).__dlpack__(**arguments)

    def test_a_closed_buffer_is_not_exported(self):
        buffer = CudaBuffer(3, np.float32)
        buffer.close()
        for call in (buffer.__dlpack__, buffer.__dlpack_device__):
            with pytest.raises(ValueError, match="closed"):
                call()

    def test_a_tensor_outlives_close(self, filled):
        buffer = filled(VALUES)
        tensor = Consumed(buffer.__dlpack__(max_version=(1, 0)))
        buffer.close()
        back = np.zeros_like(VALUES)
        memcpy_d2h(tensor.first, back)
        np.testing.assert_array_equal(back, VALUES)
        tensor.release()

    def test_pinned_memory_is_an_array_of_numpy(self, filled):
        # NumPy takes memory of kind CUDAHost where it lies.
        buffer = filled(VALUES, allocator="pinned")
        array = np.from_dlpack(buffer)
        assert array.__array_interface__["data"][0] == buffer.ptr
        np.testing.assert_array_equal(array, VALUES)
        del buffer
        gc.collect()
        np.testing.assert_array_equal(array, VALUES)

    def test_numpy_refuses_device_memory(self, filled):
        with pytest.raises((BufferError, RuntimeError)):
            np.from_dlpack(filled(VALUES))


@pytest.fixture(params=["versioned", "legacy", "old"])
def producer(request):
    """Makes a producer of each kind: versioned, legacy, and from before max_version."""
    kinds = {"versioned": {}, "legacy": {"versioned": False}, "old": {"old": True}}

    def make(*arguments, **keywords):
        return Producer(*arguments, **kinds[request.param], **keywords)

    return make


class TestImport:
    def test_it_is_the_same_memory(self, filled, producer):
        source = filled(VALUES)
        taken = CudaBuffer.from_cuda(producer(source))
        assert (taken.ptr, taken.shape, taken.dtype) == (source.ptr, (4, 6), np.float32)
        assert not taken.owns_memory and not taken.readonly
        np.testing.assert_array_equal(taken.numpy(), VALUES)
        taken.copy_from(-VALUES)
        np.testing.assert_array_equal(source.numpy(), -VALUES)

    def test_a_bare_capsule_is_taken(self, filled, producer):
        source = filled(VALUES)
        maker = producer(source)
        taken = CudaBuffer.from_cuda(maker.capsule())
        np.testing.assert_array_equal(taken.numpy(), VALUES)
        del taken
        gc.collect()
        assert maker.deleted == 1

    def test_the_capsule_is_renamed(self, filled, producer):
        capsule = producer(filled(VALUES)).capsule()
        name = capsule_name(capsule)
        CudaBuffer.from_cuda(capsule)
        assert capsule_name(capsule) == USED[name]

    def test_a_capsule_used_twice_is_refused(self, filled, producer):
        maker = producer(filled(VALUES))
        capsule = maker.capsule()
        first = CudaBuffer.from_cuda(capsule)
        with pytest.raises((BufferError, ValueError), match="consumed"):
            CudaBuffer.from_cuda(capsule)
        assert maker.deleted == 0
        np.testing.assert_array_equal(first.numpy(), VALUES)

    def test_a_capsule_of_something_else_is_refused(self):
        import datetime

        with pytest.raises(BufferError):
            CudaBuffer.from_cuda(datetime.datetime_CAPI)

    def test_the_deleter_runs_once_after_the_last_view(self, filled, producer):
        maker = producer(filled(VALUES))
        taken = CudaBuffer.from_cuda(maker)
        view = taken[1:].transpose()
        del taken
        gc.collect()
        assert maker.deleted == 0
        np.testing.assert_array_equal(view.numpy(), VALUES[1:].T)
        del view
        gc.collect()
        assert maker.deleted == 1

    def test_the_deleter_runs_when_the_buffer_is_closed(self, filled, producer):
        maker = producer(filled(VALUES))
        taken = CudaBuffer.from_cuda(maker)
        taken.close()
        gc.collect()
        assert maker.deleted == 1
        del taken
        gc.collect()
        assert maker.deleted == 1

    def test_a_re_export_keeps_the_first_producer(self, filled, producer):
        maker = producer(filled(VALUES))
        tensor = Consumed(CudaBuffer.from_cuda(maker).__dlpack__(max_version=(1, 0)))
        gc.collect()
        assert maker.deleted == 0
        tensor.release()
        gc.collect()
        assert maker.deleted == 1

    def test_a_missing_deleter_is_nothing_to_call(self, filled, producer):
        taken = CudaBuffer.from_cuda(producer(filled(VALUES), deleter=False))
        np.testing.assert_array_equal(taken.numpy(), VALUES)
        taken.close()

    @pytest.mark.parametrize("dtype, code, bits", DTYPES)
    def test_every_element_type_is_read(self, producer, dtype, code, bits):
        source = CudaBuffer((2, 3), dtype)
        taken = CudaBuffer.from_cuda(producer(source, dtype=(code, bits, 1)))
        assert taken.dtype == source.dtype

    @pytest.mark.parametrize(
        "key",
        [
            np.s_[:],
            np.s_[::2],
            np.s_[1:, ::2],
            np.s_[::-1],
            np.s_[::-1, ::-2],
            np.s_[1],
            np.s_[2, 3, ...],
            np.s_[:, None],
        ],
        ids=str,
    )
    def test_strides_are_honoured(self, filled, producer, key):
        taken = CudaBuffer.from_cuda(producer(filled(VALUES)[key]))
        np.testing.assert_array_equal(taken.numpy(), VALUES[key])

    def test_missing_strides_mean_c_order(self, filled, producer):
        taken = CudaBuffer.from_cuda(producer(filled(VALUES), strides=None))
        assert taken.strides == (24, 4)

    def test_broadcast_strides_are_honoured(self, filled, producer):
        taken = CudaBuffer.from_cuda(producer(filled(VALUES), shape=(3, 4, 6), strides=(0, 6, 1)))
        np.testing.assert_array_equal(taken.numpy(), np.broadcast_to(VALUES, (3, 4, 6)))

    @pytest.mark.parametrize("strides", [(999, 1), (-5, 1), (0, 1)], ids=str)
    def test_the_stride_of_one_element_does_not_matter(self, filled, producer, strides):
        taken = CudaBuffer.from_cuda(producer(filled(VALUES), shape=(1, 6), strides=strides))
        np.testing.assert_array_equal(taken.numpy(), VALUES[:1])

    def test_the_byte_offset_is_added(self, filled, producer):
        source = filled(VALUES)
        taken = CudaBuffer.from_cuda(producer(source, shape=(2, 6), byte_offset=48))
        assert taken.ptr == source.ptr + 48
        np.testing.assert_array_equal(taken.numpy(), VALUES[2:])

    def test_without_axes_there_is_one_element(self, filled, producer):
        taken = CudaBuffer.from_cuda(producer(filled(np.float32(2.5))))
        assert taken.shape == () and taken.numpy() == 2.5

    @pytest.mark.parametrize("shape", [(0,), (0, 6), (6, 0)], ids=str)
    def test_without_elements_the_data_may_be_null(self, filled, producer, shape):
        taken = CudaBuffer.from_cuda(producer(filled(VALUES), data=0, shape=shape, strides=None))
        assert taken.shape == shape and taken.ptr == 0

    def test_read_only_is_honoured(self, filled):
        taken = CudaBuffer.from_cuda(Producer(filled(VALUES), flags=READ_ONLY))
        assert taken.readonly
        with pytest.raises(ValueError, match="read-only"):
            taken.copy_from(VALUES)

    @pytest.mark.parametrize("allocator, device", [("pinned", (CUDA_HOST, 0)), ("managed", (CUDA_MANAGED, 0))])
    def test_memory_that_the_host_sees_is_taken(self, filled, producer, allocator, device):
        source = filled(VALUES, allocator=allocator)
        taken = CudaBuffer.from_cuda(producer(source, device=device))
        assert taken.__dlpack_device__() == device
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    def test_memory_of_another_device_is_taken_there(self, producer, second_device):
        source = CudaBuffer(4, np.uint8, device=second_device)
        taken = CudaBuffer.from_cuda(producer(source, device=(CUDA, second_device.ordinal)))
        assert taken.device == second_device

    def test_the_producer_is_asked_for_version_1_and_a_stream(self, filled):
        maker = Producer(filled(VALUES))
        CudaBuffer.from_cuda(maker)
        asked = maker.asked[0]
        assert asked["max_version"][0] == 1
        assert asked["stream"] not in (0, None)

    def test_the_producer_is_told_the_consumers_stream(self, filled):
        maker, stream = Producer(filled(VALUES)), Stream()
        assert CudaBuffer.from_cuda(maker, stream=stream).stream == stream
        assert maker.asked[0]["stream"] == stream.handle

    def test_a_producer_is_never_asked_for_the_per_thread_stream(self, filled):
        # PyTorch refuses it.
        maker = Producer(filled(VALUES))
        taken = CudaBuffer.from_cuda(maker, stream=Stream.per_thread())
        assert maker.asked[0]["stream"] != 2
        assert taken.stream == Stream.per_thread()

    def test_an_old_producer_is_asked_again_without_a_version(self, filled):
        maker = Producer(filled(VALUES), old=True)
        CudaBuffer.from_cuda(maker)
        assert [set(asked) for asked in maker.asked] == [{"stream", "max_version"}, {"stream"}]

    def test_the_array_interface_is_left_when_it_cannot_say_the_type(self):
        source = CudaBuffer((2, 3), "bfloat16")

        class Both(Producer):
            @property
            def __cuda_array_interface__(self):
                return {"shape": (2, 3), "typestr": "<V2", "data": (source.ptr, False), "version": 2}

        taken = CudaBuffer.from_cuda(Both(source, dtype=(BFLOAT, 16, 1)))
        assert taken.dtype == np.dtype(ml_dtypes.bfloat16)


class TestRefusals:
    def refused(self, producer, *errors):
        with pytest.raises(errors or (BufferError, ValueError)) as refused:
            CudaBuffer.from_cuda(producer)
        return str(refused.value)

    @pytest.mark.parametrize("device", [(CPU, 0), (10, 0), (99, 0), (CUDA, 99), (CUDA, -1)], ids=str)
    def test_a_bad_device_is_refused(self, filled, device):
        self.refused(Producer(filled(VALUES), device=device))

    def test_host_memory_that_claims_to_be_a_devices_is_refused(self, filled):
        host = np.zeros((4, 6), np.float32)
        maker = Producer(filled(VALUES), data=host.ctypes.data)
        assert "host memory" in self.refused(maker)
        assert maker.deleted == 1

    @pytest.mark.parametrize(
        "dtype",
        [
            (FLOAT, 32, 2),
            (FLOAT, 24, 1),
            (INT, 4, 1),
            (3, 64, 1),
            (17, 4, 1),
            (99, 8, 1),
            (BFLOAT, 8, 1),
            (BOOL, 1, 1),
            (FLOAT, 0, 1),
            (INT, 128, 1),
        ],
        ids=str,
    )
    def test_an_element_type_that_is_not_moved_is_refused(self, filled, dtype):
        maker = Producer(filled(VALUES), dtype=dtype)
        self.refused(maker, TypeError, BufferError)
        assert maker.deleted == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"shape": (-1, 6)},
            {"shape": (2**62, 2**62), "strides": None},
            {"shape": (2, 2), "strides": (2**62, 1)},
            {"shape": (2, 2), "strides": (-(2**62), 1)},
            {"byte_offset": 2**63},
            {"data": 0},
            {"ndim": -1},
            {"ndim": 1000},
        ],
        ids=str,
    )
    def test_a_tensor_that_breaks_a_rule_is_refused_and_released(self, filled, changes):
        maker = Producer(filled(VALUES), **changes)
        self.refused(maker)
        assert maker.deleted == 1

    @pytest.mark.parametrize("version", [(2, 0), (99, 1)], ids=str)
    def test_a_tensor_of_another_major_version_is_released_and_nothing_else(self, filled, version):
        maker = Producer(filled(VALUES), version=version)
        assert str(version[0]) in self.refused(maker)
        assert maker.deleted == 1

    def test_a_newer_minor_version_is_understood(self, filled):
        np.testing.assert_array_equal(CudaBuffer.from_cuda(Producer(filled(VALUES), version=(1, 99))).numpy(), VALUES)

    def test_what_the_producer_raises_is_raised(self, filled):
        class Broken(Producer):
            def __dlpack__(self, **arguments):
                raise RuntimeError("not today")

        with pytest.raises(RuntimeError, match="not today"):
            CudaBuffer.from_cuda(Broken(filled(VALUES)))

    @pytest.mark.parametrize("answer", [None, 2, (2,), ("cuda", 0), (2, 0, 0)], ids=repr)
    def test_a_device_that_is_no_pair_of_ints_is_refused(self, filled, answer):
        maker = Producer(filled(VALUES))
        maker.device = answer
        with pytest.raises(TypeError, match="__dlpack_device__"):
            CudaBuffer.from_cuda(maker)

    @pytest.mark.parametrize("answer", [None, 3, "capsule"], ids=repr)
    def test_an_answer_that_is_no_capsule_is_refused(self, filled, answer):
        class Odd(Producer):
            def __dlpack__(self, **arguments):
                return answer

        with pytest.raises((TypeError, BufferError)):
            CudaBuffer.from_cuda(Odd(filled(VALUES)))

    def test_a_producer_that_dies_first_leaves_its_tensor(self, filled):
        maker = Producer(filled(VALUES))
        died = weakref.ref(maker.buffer)
        taken = CudaBuffer.from_cuda(maker)
        del maker
        gc.collect()
        assert died() is not None
        np.testing.assert_array_equal(taken.numpy(), VALUES)
        del taken
        gc.collect()
        assert died() is None


def test_interface_objects_are_not_asked_for_dlpack(filled):
    class Both(Interface):
        def __dlpack_device__(self):
            raise AssertionError("asked")

    assert CudaBuffer.from_cuda(Both(described(filled(VALUES)))).shape == (4, 6)
