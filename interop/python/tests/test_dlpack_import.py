"""DLPack, taken over: capsules of every age."""

import gc

import ml_dtypes
import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream

from peers import (
    BFLOAT,
    CUDA,
    CUDA_HOST,
    CUDA_MANAGED,
    DTYPES,
    READ_ONLY,
    USED,
    Consumed,
    Producer,
    capsule_name,
)

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


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
