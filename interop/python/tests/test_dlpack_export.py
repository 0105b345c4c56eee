"""DLPack, given away: legacy and versioned capsules."""

import gc

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, memcpy_d2h

from peers import (
    CPU,
    CUDA,
    CUDA_HOST,
    CUDA_MANAGED,
    DTYPES,
    IS_COPIED,
    LEGACY,
    READ_ONLY,
    VERSIONED,
    Consumed,
    capsule_name,
    described,
)

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)
BOTH = pytest.mark.parametrize("max_version", [None, (1, 0)], ids=["legacy", "versioned"])


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
    @pytest.mark.parametrize(("shape", "strides"), [((6, 4), (4, 24)), ((3, 4, 6), (0, 24, 4)), ((4, 6), (0, 0))], ids=str)
    def test_fortran_order_and_broadcast_axes_are_told(self, filled, shape, strides, max_version):
        source = filled(VALUES)
        view = CudaBuffer(shape, VALUES.dtype, source.ptr, strides=strides, owner=source)
        tensor = Consumed(view.__dlpack__(max_version=max_version))
        assert (tensor.first, tensor.shape) == (source.ptr, shape)
        assert [stride * 4 for stride in tensor.strides] == list(strides)
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

    @pytest.mark.parametrize("allocator", ["cuda", "pool", "pinned", "managed"])
    def test_a_copy_is_in_memory_of_the_kind_that_was_told(self, allocator):
        buffer = CudaBuffer(VALUES.shape, VALUES.dtype, allocator=allocator)
        buffer.copy_from(VALUES)
        tensor = Consumed(buffer.__dlpack__(copy=True, max_version=(1, 0)))
        assert tensor.device == buffer.__dlpack_device__()
        tensor.release()
        copy = buffer.copy()
        assert copy.__dlpack_device__() == buffer.__dlpack_device__() and copy.ptr != buffer.ptr
        np.testing.assert_array_equal(copy.numpy(), VALUES)

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
