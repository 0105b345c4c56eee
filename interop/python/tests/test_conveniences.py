"""What Python users try first: assignment, `.T`, truth, NumPy's integers as addresses, and messages that say what is wrong."""

import numpy as np
import pytest
from cuda_interop import CudaBuffer, CudaError, Event, Stream, memcpy_d2h, memcpy_h2d

from peers import Interface, described

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


class TestAssignment:
    @pytest.mark.parametrize("key", [np.s_[...], np.s_[1], np.s_[:, ::2], np.s_[::-1, 1:3], np.s_[2, 3], np.s_[:0]], ids=str)
    def test_a_part_is_filled_from_the_host(self, filled, key):
        buffer, expected = filled(VALUES), VALUES.copy()
        part = np.asarray(-VALUES[key])
        buffer[key] = part
        expected[key] = part
        np.testing.assert_array_equal(buffer.numpy(), expected)

    def test_another_shape_or_type_is_refused_before_anything_moves(self, filled):
        buffer = filled(VALUES)
        with pytest.raises(ValueError, match=r"\[6\].*\[5\]|\[5\].*\[6\]"):
            buffer[0] = np.ones(5, np.float32)
        with pytest.raises(TypeError, match="float64"):
            buffer[0] = np.ones(6)
        np.testing.assert_array_equal(buffer.numpy(), VALUES)

    def test_a_number_is_not_spread(self, filled):
        with pytest.raises(TypeError, match="host array"):
            filled(VALUES)[0] = 0

    def test_an_index_out_of_range_is_refused(self, filled):
        with pytest.raises(IndexError, match="4"):
            filled(VALUES)[4] = VALUES[0]

    def test_nothing_can_be_deleted(self, filled):
        with pytest.raises(NotImplementedError, match="delete"):
            del filled(VALUES)[0]


def test_the_axes_are_reversed_by_t(filled):
    buffer = filled(VALUES)
    assert buffer.T.ptr == buffer.ptr and buffer.T.strides == (4, 24)
    np.testing.assert_array_equal(buffer.T.numpy(), VALUES.T)


@pytest.mark.parametrize("shape", [(), (0,), (3,)], ids=str)
def test_the_truth_is_ambiguous(shape):
    with pytest.raises(ValueError, match="ambiguous.*is not None"):
        bool(CudaBuffer(shape, np.uint8))


class TestMessages:
    def test_a_closed_buffer_says_what_it_was(self):
        buffer = CudaBuffer((4, 6), np.float32)
        buffer.close()
        with pytest.raises(ValueError, match=r"closed; it was float32 \[4, 6\]"):
            buffer.numpy()

    def test_a_read_only_buffer_is_named_by_shape_and_type(self, filled):
        source = filled(VALUES)
        taken = CudaBuffer.from_cuda(Interface(described(source, data=(source.ptr, True)), source))
        with pytest.raises(ValueError, match=r"float32 array \[4, 6\].*read-only"):
            taken.copy_from(VALUES)

    def test_a_read_only_host_array_is_named_by_shape_and_type(self, filled):
        target = VALUES.copy()
        target.flags.writeable = False
        with pytest.raises(ValueError, match=r"float32 \[4, 6\], is read-only"):
            filled(VALUES).copy_to(target)

    def test_an_error_of_cuda_has_its_code_its_name_and_the_call(self):
        earlier, later = Event(), Stream().record()
        later.synchronize()
        with pytest.raises(CudaError) as caught:
            later.elapsed_since(earlier)
        assert (caught.value.code, caught.value.name) == (400, "cudaErrorInvalidResourceHandle")
        assert caught.value.call.startswith("cudaEventElapsedTime") and caught.value.call in str(caught.value)

    def test_large_contents_are_not_printed(self):
        description = {"shape": (10_000,), "typestr": "|u1", "data": b"x" * 10_000, "version": 3}
        with pytest.raises(TypeError, match="data must be") as caught:
            CudaBuffer.from_cuda(description)
        assert len(str(caught.value)) < 400


class Address:
    """An address of a library in C, such as the CUdeviceptr of CUDA Python."""

    def __init__(self, address):
        self.address = address

    def __int__(self):
        return self.address


class TestNumbers:
    def test_an_address_may_be_an_integer_of_numpy(self, filled):
        buffer, back = filled(VALUES), np.zeros_like(VALUES)
        memcpy_d2h(np.uint64(buffer.ptr), back)
        np.testing.assert_array_equal(back, VALUES)
        memcpy_h2d(-VALUES, np.uint64(buffer.ptr))
        same = CudaBuffer(VALUES.shape, VALUES.dtype, np.uint64(buffer.ptr), owner=buffer)
        np.testing.assert_array_equal(same.numpy(), -VALUES)

    def test_an_address_of_another_type_is_refused_with_a_hint(self, filled):
        address = Address(filled(VALUES).ptr)
        with pytest.raises(TypeError, match=r"Address.*pass int\(\.\.\.\)"):
            memcpy_d2h(address, np.zeros_like(VALUES))
        with pytest.raises(TypeError, match=r"not Address: pass int\(\.\.\.\)"):
            CudaBuffer(VALUES.shape, VALUES.dtype, address)

    def test_a_handle_may_be_an_integer_of_numpy(self):
        stream = Stream()
        assert Stream.from_handle(np.uint64(stream.handle)) == stream
        assert CudaBuffer(3, np.uint8, stream=np.uint64(stream.handle)).stream == stream


class TestStreams:
    def test_an_event_that_exists_is_recorded(self):
        event, stream = Event(timing=True), Stream()
        assert stream.record(event) is event
        later = stream.record(timing=True)
        later.synchronize()
        assert later.elapsed_since(event) >= 0

    def test_timing_is_asked_of_a_new_event(self):
        with pytest.raises(ValueError, match="timing"):
            Stream().record(Event(), timing=True)

    def test_an_owner_of_an_object_is_refused(self):
        stream = Stream()

        class Foreign:
            def __cuda_stream__(self):
                return 0, stream.handle

        with pytest.raises(ValueError, match="Foreign is kept itself"):
            Stream.from_handle(Foreign(), owner=stream)
        assert Stream.from_handle(stream.handle, owner=Foreign()) == stream
