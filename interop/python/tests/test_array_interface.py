"""The CUDA Array Interface, both ways."""

import gc
import weakref

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream

from peers import Interface, described

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)
DTYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]


class TestExport:
    def test_the_description_is_a_dict_of_version_3(self, filled):
        description = filled(VALUES).__cuda_array_interface__
        assert type(description) is dict
        assert description["version"] == 3

    def test_the_mandatory_keys_have_their_types(self, filled):
        buffer = filled(VALUES)
        description = buffer.__cuda_array_interface__
        assert description["shape"] == (4, 6) and type(description["shape"]) is tuple
        assert all(type(length) is int for length in description["shape"])
        assert description["typestr"] == "<f4"
        assert description["data"] == (buffer.ptr, False) and type(description["data"]) is tuple
        assert type(description["data"][0]) is int and type(description["data"][1]) is bool

    def test_there_is_no_mask(self, filled):
        assert filled(VALUES).__cuda_array_interface__.get("mask") is None

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_the_typestr_is_numpys(self, dtype):
        description = CudaBuffer(3, dtype).__cuda_array_interface__
        assert description["typestr"] == np.dtype(dtype).str

    @pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
    def test_a_type_without_a_typestr_has_no_description_and_says_why(self, dtype):
        buffer = CudaBuffer(3, dtype)
        assert not hasattr(buffer, "__cuda_array_interface__")
        with pytest.raises(AttributeError, match=f"{dtype}.*DLPack"):
            buffer.__cuda_array_interface__

    def test_a_contiguous_array_has_no_strides(self, filled):
        assert filled(VALUES).__cuda_array_interface__["strides"] is None

    @pytest.mark.parametrize("key", [np.s_[::2], np.s_[:, ::2], np.s_[::-1], np.s_[:, 1:3]], ids=str)
    def test_other_strides_are_told_in_bytes(self, filled, key):
        description = filled(VALUES)[key].__cuda_array_interface__
        assert description["strides"] == VALUES[key].strides
        assert type(description["strides"]) is tuple

    @pytest.mark.parametrize(("shape", "strides"), [((6, 4), (4, 24)), ((3, 4, 6), (0, 24, 4)), ((4, 6), (0, 0))], ids=str)
    def test_fortran_order_and_broadcast_axes_are_told(self, filled, shape, strides):
        source = filled(VALUES)
        view = CudaBuffer(shape, VALUES.dtype, source.ptr, strides=strides, owner=source)
        description = view.__cuda_array_interface__
        assert (description["shape"], description["strides"]) == (shape, strides)
        assert description["data"] == (source.ptr, False)

    def test_the_address_is_that_of_the_first_element(self, filled):
        buffer = filled(VALUES)
        assert buffer[2:, ::-1].__cuda_array_interface__["data"][0] == buffer.ptr + 2 * 24 + 5 * 4

    @pytest.mark.parametrize("shape", [0, (0, 6), (4, 0)], ids=str)
    def test_without_elements_the_address_is_0(self, shape):
        description = CudaBuffer(shape, np.float32).__cuda_array_interface__
        assert description["data"][0] == 0
        assert description["shape"] == (shape if isinstance(shape, tuple) else (shape,))

    def test_without_axes_the_shape_is_empty_and_the_address_is_not_0(self):
        description = CudaBuffer((), np.float32).__cuda_array_interface__
        assert description["shape"] == ()
        assert description["data"][0] != 0

    def test_read_only_is_told(self, filled):
        source = filled(VALUES)
        buffer = CudaBuffer.from_cuda(described(source, data=(source.ptr, True)))
        assert buffer.__cuda_array_interface__["data"][1] is True

    def test_the_stream_is_never_0(self, filled):
        assert filled(VALUES).__cuda_array_interface__.get("stream") != 0

    @pytest.mark.parametrize("make", [Stream, Stream.legacy, Stream.per_thread], ids=["own", "legacy", "per-thread"])
    def test_the_stream_is_the_buffers(self, make):
        stream = make()
        description = CudaBuffer(3, np.float32, stream=stream).__cuda_array_interface__
        assert description["stream"] == stream.handle

    def test_each_reader_gets_a_dict_of_its_own(self, filled):
        buffer = filled(VALUES)
        buffer.__cuda_array_interface__["shape"] = "spoiled"
        assert buffer.__cuda_array_interface__["shape"] == (4, 6)

    def test_the_description_of_a_closed_buffer_is_refused(self):
        buffer = CudaBuffer(3, np.float32)
        buffer.close()
        with pytest.raises(ValueError, match="closed"):
            buffer.__cuda_array_interface__

    def test_a_description_keeps_the_memory_after_close(self, filled):
        buffer = filled(VALUES)
        description = buffer.__cuda_array_interface__
        buffer.close()
        np.testing.assert_array_equal(CudaBuffer.from_cuda(description).numpy(), VALUES)


class TestImport:
    def take(self, buffer, **changes):
        return CudaBuffer.from_cuda(Interface(described(buffer, **changes), buffer))

    def test_an_object_and_its_dict_are_taken(self, filled):
        source = filled(VALUES)
        for given in (Interface(described(source)), described(source)):
            taken = CudaBuffer.from_cuda(given)
            assert (taken.ptr, taken.shape, taken.dtype) == (source.ptr, (4, 6), np.float32)
            np.testing.assert_array_equal(taken.numpy(), VALUES)

    def test_it_is_the_same_memory(self, filled):
        source = filled(VALUES)
        self.take(source).copy_from(VALUES * 2)
        np.testing.assert_array_equal(source.numpy(), VALUES * 2)

    def test_a_taken_buffer_is_taken_again(self, filled):
        source = filled(VALUES)
        again = CudaBuffer.from_cuda(self.take(source))
        assert again.ptr == source.ptr

    def test_the_object_is_kept_alive(self, filled):
        source = filled(VALUES)
        producer = Interface(described(source))
        died = weakref.ref(producer)
        taken = CudaBuffer.from_cuda(producer)
        assert taken.owner is producer
        assert taken.owns_memory is False
        view = taken[1:]
        del producer, taken
        gc.collect()
        assert died() is not None
        del view
        gc.collect()
        assert died() is None

    def test_a_subclass_of_ours_may_say_otherwise(self, filled):
        source = filled(VALUES)
        producer = Interface(described(source, shape=(2, 6)))
        assert CudaBuffer.from_cuda(producer).shape == (2, 6)

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_typestr_is_read(self, filled, dtype):
        values = np.arange(6).astype(dtype)
        taken = self.take(filled(values))
        assert taken.dtype == values.dtype
        np.testing.assert_array_equal(taken.numpy(), values)

    @pytest.mark.parametrize("typestr", ["=f4", "f4"])
    def test_a_typestr_may_leave_the_byte_order_open_but_not_out(self, filled, typestr):
        if typestr[0] == "=":
            assert self.take(filled(VALUES), typestr=typestr).dtype == np.float32
        else:
            # The interface wants the character.
            with pytest.raises(TypeError, match=typestr):
                self.take(filled(VALUES), typestr=typestr)

    @pytest.mark.parametrize("version", [0, 1, 2, 3])
    def test_every_version_is_taken(self, filled, version):
        np.testing.assert_array_equal(self.take(filled(VALUES), version=version).numpy(), VALUES)

    def test_strides_may_be_absent_none_or_told(self, filled):
        source = filled(VALUES)
        for strides in (..., None, (24, 4)):
            taken = self.take(source, strides=strides)
            assert taken.strides == (24, 4)
            assert taken.is_c_contiguous

    @pytest.mark.parametrize(
        ("shape", "strides", "offset", "view"),
        [
            ((2, 6), (48, 4), 0, lambda a: a[::2]),
            ((4, 3), (24, 8), 4, lambda a: a[:, 1::2]),
            ((6, 4), (4, 24), 0, lambda a: a.T),
            ((4, 6), (-24, 4), 72, lambda a: a[::-1]),
            ((4, 6), (-24, -4), 92, lambda a: a[::-1, ::-1]),
            ((3, 4, 6), (0, 24, 4), 0, lambda a: np.broadcast_to(a, (3, 4, 6))),
            ((1, 6), (12345, 4), 0, lambda a: a[:1]),
            ((4, 1), (24, -7), 0, lambda a: a[:, :1]),
        ],
        ids=["sliced", "offset", "transposed", "negative", "negative twice", "broadcast", "odd stride", "odd stride 2"],
    )
    def test_strides_and_offset_are_honoured(self, filled, shape, strides, offset, view):
        source = filled(VALUES)
        taken = self.take(source, shape=shape, strides=strides, data=(source.ptr + offset, False))
        np.testing.assert_array_equal(taken.numpy(), view(VALUES))

    def test_without_axes_there_is_one_element(self, filled):
        taken = self.take(filled(np.float32(2.5)), shape=())
        assert taken.shape == () and taken.numpy() == 2.5

    @pytest.mark.parametrize("shape", [(0,), (0, 5), (5, 0)], ids=str)
    def test_without_elements_the_address_may_be_0(self, filled, shape):
        taken = self.take(filled(VALUES), shape=shape, data=(0, False), strides=None)
        assert taken.shape == shape and taken.ptr == 0
        assert taken.numpy().shape == shape

    @pytest.mark.parametrize("version", [0, 1])
    def test_before_version_2_the_address_without_elements_does_not_matter(self, filled, version):
        taken = self.take(filled(VALUES), shape=(0, 6), strides=None, version=version)
        assert taken.ptr == 0

    def test_read_only_is_honoured(self, filled):
        source = filled(VALUES)
        taken = self.take(source, data=(source.ptr, True))
        assert taken.readonly
        with pytest.raises(ValueError, match="read-only"):
            taken.copy_from(VALUES)
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    @pytest.mark.parametrize("stream", [..., None, 1, 2], ids=["absent", "none", "legacy", "per-thread"])
    def test_a_stream_that_needs_no_handle_is_waited_for(self, filled, stream):
        np.testing.assert_array_equal(self.take(filled(VALUES), stream=stream).numpy(), VALUES)

    def test_a_stream_with_a_handle_is_waited_for(self, filled):
        stream = Stream()
        np.testing.assert_array_equal(self.take(filled(VALUES), stream=stream.handle).numpy(), VALUES)

    def test_the_consumer_may_name_its_own_stream(self, filled):
        source, stream = filled(VALUES), Stream()
        taken = CudaBuffer.from_cuda(Interface(described(source), source), stream=stream)
        assert taken.stream == stream

    def test_a_description_of_one_field_is_the_typestr_again(self, filled):
        assert self.take(filled(VALUES), descr=[("", "<f4")]).dtype == np.float32

    def test_an_unknown_key_is_ignored(self, filled):
        assert self.take(filled(VALUES), colour="blue").shape == (4, 6)

    def test_no_mask_is_no_mask(self, filled):
        assert self.take(filled(VALUES), mask=None).shape == (4, 6)

    def test_the_device_is_the_pointers(self, second_device):
        source = CudaBuffer(4, np.uint8, device=second_device)
        assert self.take(source).device == second_device

    def test_an_int_of_numpy_is_an_int(self, filled):
        source = filled(VALUES)
        taken = self.take(source, shape=(np.int64(4), np.int32(6)), data=(int(source.ptr), False))
        assert taken.shape == (4, 6)

    @pytest.mark.parametrize("allocator", ["pool", "pinned", "managed"])
    def test_every_kind_of_memory_is_recognised_by_its_address(self, filled, allocator):
        source = filled(VALUES, allocator=allocator)
        taken = self.take(source)
        assert taken.__dlpack_device__() == source.__dlpack_device__()
        np.testing.assert_array_equal(taken.numpy(), VALUES)

    def test_what_the_property_raises_is_raised(self):
        class Broken:
            @property
            def __cuda_array_interface__(self):
                raise RuntimeError("not today")

        with pytest.raises(RuntimeError, match="not today"):
            CudaBuffer.from_cuda(Broken())

    def test_an_import_and_an_export_are_inverses(self, filled):
        source = filled(VALUES)[::-1, ::2]
        there = CudaBuffer.from_cuda(source.__cuda_array_interface__)
        assert there.__cuda_array_interface__ == source.__cuda_array_interface__


class TestRefusals:
    """Every key, with every kind of wrong value; the message names the key."""

    @pytest.mark.parametrize("key", ["shape", "typestr", "data", "version"])
    def test_a_missing_key(self, filled, key):
        source = filled(VALUES)
        with pytest.raises(ValueError, match=f"{key}.*missing|missing.*{key}"):
            CudaBuffer.from_cuda(described(source, **{key: ...}))

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("shape", 4),
            ("shape", None),
            ("shape", "46"),
            ("shape", (4.0, 6)),
            ("shape", (4, None)),
            ("shape", (4, "6")),
            ("typestr", None),
            ("typestr", 4),
            ("typestr", b"<f4"),
            ("data", None),
            ("data", 1234),
            ("data", (1234,)),
            ("data", (1234, False, 0)),
            ("data", ("1234", False)),
            ("data", (1.5, False)),
            ("data", (None, False)),
            ("version", None),
            ("version", "3"),
            ("version", 3.5),
            ("strides", 4),
            ("strides", "24"),
            ("strides", (24.0, 4)),
            ("strides", (24, None)),
            ("stream", "legacy"),
            ("stream", 1.5),
            ("descr", "f4"),
            ("descr", [("a", "<f4"), ("b", "<f4")]),
        ],
        ids=repr,
    )
    def test_a_wrong_type(self, filled, key, value):
        source = filled(VALUES)
        with pytest.raises(TypeError, match=key):
            CudaBuffer.from_cuda(described(source, **{key: value}))

    @pytest.mark.parametrize(
        ("key", "value", "words"),
        [
            ("shape", (-1, 6), "-1"),
            ("shape", (2**62, 2**62), "larger"),
            ("shape", (2**70,), "larger"),
            ("strides", (24,), "strides"),
            ("strides", (24, 4, 1), "strides"),
            ("strides", (2**62, 4), "address"),
            ("strides", (-(2**62), 4), "address"),
            ("strides", (2**70, 4), "strides"),
            ("version", -1, "version"),
            ("version", 4, "version"),
            ("data", (0, False), "0"),
            ("data", (-4096, False), "-4096"),
            ("data", (2**64, False), str(2**64)),
            ("stream", 0, "stream.*0"),
            ("stream", -7, "-7"),
            ("stream", 2**64, "stream"),
            ("mask", Interface({}), "mask"),
        ],
        ids=repr,
    )
    def test_a_wrong_value(self, filled, key, value, words):
        source = filled(VALUES)
        with pytest.raises(ValueError, match=words):
            CudaBuffer.from_cuda(described(source, **{key: value}))

    @pytest.mark.parametrize(
        "typestr", ["", "f", "<f3", ">f4", "|O", "<U4", "|S3", "<M8[s]", "|V2", "<f16", "bfloat16"]
    )
    def test_a_typestr_that_is_not_moved(self, filled, typestr):
        source = filled(VALUES)
        with pytest.raises((TypeError, ValueError)) as refused:
            CudaBuffer.from_cuda(described(source, typestr=typestr))
        assert typestr in str(refused.value)

    @pytest.mark.parametrize("given", [None, [], (), "f4", 3, object()], ids=repr)
    def test_a_description_that_is_no_dict(self, given):
        with pytest.raises(TypeError):
            CudaBuffer.from_cuda(Interface(given))

    @pytest.mark.parametrize(
        "given", [None, 3, "f4", [1, 2], object(), np.zeros(3)], ids=lambda given: type(given).__name__
    )
    def test_an_object_that_is_no_device_array(self, given):
        with pytest.raises((TypeError, BufferError)):
            CudaBuffer.from_cuda(given)

    def test_a_host_address(self, filled):
        host = np.zeros((4, 6), np.float32)
        source = filled(VALUES)
        with pytest.raises(ValueError, match="host memory"):
            CudaBuffer.from_cuda(described(source, data=(host.ctypes.data, False)))

    def test_an_array_that_reaches_beyond_its_allocation(self):
        source = CudaBuffer(1 << 22, np.uint8)
        with pytest.raises(ValueError):
            CudaBuffer.from_cuda(described(source, shape=(1 << 40,)))

    def test_an_array_that_begins_before_its_allocation(self):
        source = CudaBuffer(1 << 22, np.uint8)
        with pytest.raises(ValueError):
            CudaBuffer.from_cuda(described(source, shape=(1 << 22,), strides=(-(1 << 20),)))
