"""CuPy as the other side: arrays of any layout by both protocols, and its streams."""

import gc

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, memcpy_d2h, memcpy_h2d

from peers import Consumed

VALUES = np.arange(120, dtype=np.float32).reshape(4, 5, 6)
DTYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]
LAYOUTS = {
    "C": lambda a: a,
    "F": lambda a: a.T,
    "sliced": lambda a: a[1:, ::2, 1:5],
    "negative": lambda a: a[::-1, :, ::-2],
    "permuted": lambda a: a.transpose(2, 0, 1),
    "0-d": lambda a: a[1, 2, 3, ...],
    "empty": lambda a: a[:0],
    "new axis": lambda a: a[:, None],
}
TAKE = {"asarray": lambda cupy, b: cupy.asarray(b), "from_dlpack": lambda cupy, b: cupy.from_dlpack(b)}


class TestFromCupy:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_layout_is_taken_as_it_is(self, cupy, layout):
        array, expected = LAYOUTS[layout](cupy.asarray(VALUES)), LAYOUTS[layout](VALUES)
        taken = CudaBuffer.from_cuda(array)
        assert taken.nbytes == 0 or taken.ptr == array.data.ptr
        np.testing.assert_array_equal(taken.numpy(), expected)

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_dtype_is_taken(self, cupy, dtype):
        values = np.arange(6).astype(dtype)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(cupy.asarray(values)).numpy(), values)

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_its_capsule_is_taken(self, cupy, layout):
        array = LAYOUTS[layout](cupy.asarray(VALUES))
        # CuPy divides negative strides as unsigned numbers (cupy#10172), which no array can have.
        tensor = Consumed(array.__dlpack__())
        told = all(abs(stride) <= VALUES.size for stride in tensor.strides)
        tensor.release()
        assert told or layout == "negative"
        for version in (None, (1, 0)):
            if not told:
                with pytest.raises((BufferError, ValueError)):
                    CudaBuffer.from_cuda(array.__dlpack__(max_version=version))
                continue
            taken = CudaBuffer.from_cuda(array.__dlpack__(max_version=version))
            np.testing.assert_array_equal(taken.numpy(), LAYOUTS[layout](VALUES))

    def test_broadcast_arrays_are_taken(self, cupy):
        array = cupy.broadcast_to(cupy.arange(6), (4, 6))
        np.testing.assert_array_equal(CudaBuffer.from_cuda(array).numpy(), np.broadcast_to(np.arange(6), (4, 6)))

    def test_the_array_is_kept(self, cupy):
        array = cupy.asarray(VALUES)
        taken = CudaBuffer.from_cuda(array)
        del array
        gc.collect()
        cupy.zeros(VALUES.shape, np.float32)
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    @pytest.mark.parametrize("non_blocking", [True, False])
    def test_work_on_its_current_stream_is_waited_for(self, cupy, non_blocking):
        with cupy.cuda.Stream(non_blocking=non_blocking):
            array = cupy.zeros(1 << 22, np.float32)
            for _ in range(100):
                array += 1
            taken = CudaBuffer.from_cuda(array)
        assert (taken.numpy() == 100).all()

    def test_managed_and_pooled_memory_is_taken(self, cupy):
        with cupy.cuda.using_allocator(cupy.cuda.MemoryPool(cupy.cuda.malloc_managed).malloc):
            array = cupy.asarray(VALUES)
        np.testing.assert_array_equal(CudaBuffer.from_cuda(array).numpy(), VALUES)

    def test_an_array_is_the_device_side_of_a_copy(self, cupy):
        array = cupy.zeros((5, 6, 4), np.float32).transpose(2, 0, 1)
        memcpy_h2d(VALUES, array)
        np.testing.assert_array_equal(array.get(), VALUES)
        back = np.zeros((4, 5, 3), np.float32)
        memcpy_d2h(array[::-1, :, ::2], back)
        np.testing.assert_array_equal(back, VALUES[::-1, :, ::2])


@pytest.mark.parametrize("take", TAKE)
class TestToCupy:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_layout_is_given_as_it_is(self, cupy, filled, take, layout):
        expected = LAYOUTS[layout](VALUES)
        buffer = filled(VALUES)
        view = {"F": lambda b: b.transpose(), "permuted": lambda b: b.permute(2, 0, 1)}.get(layout, LAYOUTS[layout])(
            buffer
        )
        if (layout, take) == ("negative", "from_dlpack"):
            # PyTorch would abort on them, and a producer does not know who asks.
            with pytest.raises(BufferError, match="negative strides"):
                TAKE[take](cupy, view)
            return
        array = TAKE[take](cupy, view)
        assert view.nbytes == 0 or array.data.ptr == view.ptr
        np.testing.assert_array_equal(array.get(), expected)

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_dtype_is_given(self, cupy, filled, take, dtype):
        values = np.arange(6).astype(dtype)
        array = TAKE[take](cupy, filled(values))
        assert array.dtype == values.dtype
        np.testing.assert_array_equal(array.get(), values)

    def test_the_memory_is_kept(self, cupy, filled, take):
        buffer = filled(VALUES)
        array = TAKE[take](cupy, buffer)
        del buffer
        gc.collect()
        CudaBuffer(VALUES.shape, np.float32).copy_from(np.zeros(VALUES.shape, np.float32))
        np.testing.assert_array_equal(array.get(), VALUES)

    def test_it_is_the_same_memory(self, cupy, filled, take):
        buffer = filled(VALUES)
        TAKE[take](cupy, buffer)[...] = 5
        cupy.cuda.get_current_stream().synchronize()
        assert (buffer.numpy() == 5).all()

    def test_a_stream_of_ours_is_named(self, cupy, take):
        stream = Stream(non_blocking=True)
        buffer = CudaBuffer(1 << 20, np.float32, stream=stream)
        buffer.copy_from(np.ones(1 << 20, np.float32))
        with cupy.cuda.Stream(non_blocking=True):
            assert float(TAKE[take](cupy, buffer).sum()) == 1 << 20

    def test_a_stream_of_cupys_is_ours(self, cupy, take):
        stream = cupy.cuda.Stream(non_blocking=True)
        buffer = CudaBuffer(1000, np.float32, stream=stream)
        with stream:
            TAKE[take](cupy, buffer)[...] = 3
        assert (buffer.numpy() == 3).all()
