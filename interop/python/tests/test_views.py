"""Views without a copy: what NumPy's basic indexing, reshape and transpose give, over the same memory."""

import numpy as np
import pytest
from cuda_interop import CudaBuffer

VALUES = np.arange(4 * 5 * 6, dtype=np.int32).reshape(4, 5, 6)

KEYS = [
    np.s_[0],
    np.s_[-1],
    np.s_[1, 2],
    np.s_[1, 2, 3],
    np.s_[np.int64(2)],
    np.s_[:],
    np.s_[1:3],
    np.s_[::2],
    np.s_[::-1],
    np.s_[3:0:-2],
    np.s_[::-1, ::-1, ::-1],
    np.s_[:, 1:4],
    np.s_[:, :, ::-2],
    np.s_[..., 0],
    np.s_[..., ::3],
    np.s_[0, ...],
    np.s_[...],
    np.s_[1, ..., 2],
    np.s_[None],
    np.s_[:, None],
    np.s_[..., None],
    np.s_[None, 0, None, :, None],
    np.s_[1:1],
    np.s_[2:1],
    np.s_[-3:],
    np.s_[:-1, 1:],
    np.s_[100:],
    np.s_[:100],
    np.s_[-100:2],
    np.s_[::100],
    np.s_[0:4:3, 4:0:-3, 5],
    np.s_[()],
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_an_index_gives_the_view_that_numpy_gives(filled, key):
    buffer = filled(VALUES)
    # With an ellipsis NumPy gives a view where it would give a number.
    expected = VALUES[key] if VALUES[key].ndim else VALUES[(*key, ...)]
    view = buffer[key]
    assert view.shape == expected.shape
    np.testing.assert_array_equal(view.numpy(), expected)
    if view.nbytes:
        offset = expected.__array_interface__["data"][0] - VALUES.__array_interface__["data"][0]
        assert view.ptr == buffer.ptr + offset
    if min(expected.shape, default=2) > 1:
        assert view.strides == expected.strides


@pytest.mark.parametrize("key", [4, -5, (0, 5), (0, 0, 6), (0, 0, 0, 0), (..., ...), 2**70], ids=str)
def test_an_index_outside_is_an_index_error(filled, key):
    with pytest.raises(IndexError):
        filled(VALUES)[key]


@pytest.mark.parametrize("key", [1.0, "0", [0, 1], np.array([0, 1]), True, (0, [1])], ids=repr)
def test_what_would_need_a_copy_is_refused(filled, key):
    with pytest.raises(TypeError, match="index"):
        filled(VALUES)[key]


def test_a_step_of_0_is_refused(filled):
    with pytest.raises(ValueError, match="zero"):
        filled(VALUES)[::0]


def test_views_of_views_add_up(filled):
    view = filled(VALUES)[::-1, 1:][1:, ::2, ::-1]
    np.testing.assert_array_equal(view.numpy(), VALUES[::-1, 1:][1:, ::2, ::-1])


@pytest.mark.parametrize(
    "shape", [(120,), (4, 30), (20, 6), (2, 2, 5, 6), (1, 120), (120, 1), (-1,), (4, -1), (-1, 6), (4, 5, 6)], ids=str
)
def test_reshape_gives_another_shape_of_the_same_elements(filled, shape):
    buffer = filled(VALUES)
    for view in (buffer.reshape(shape), buffer.reshape(*shape)):
        assert view.ptr == buffer.ptr
        np.testing.assert_array_equal(view.numpy(), VALUES.reshape(shape))


@pytest.mark.parametrize("shape", [(119,), (7, -1), (-1, -1), (121,), (4, 5, 6, 0), (-2, 60)], ids=str)
def test_reshape_to_another_number_of_elements_is_refused(filled, shape):
    with pytest.raises(ValueError):
        filled(VALUES).reshape(shape)


def test_reshape_that_needs_a_copy_is_refused(filled):
    with pytest.raises(ValueError):
        filled(VALUES).transpose().reshape(120)


def test_reshape_of_a_strided_view_that_needs_none_is_a_view(filled):
    buffer = filled(VALUES)
    view = buffer[:, :, ::2].reshape(20, 3)
    np.testing.assert_array_equal(view.numpy(), VALUES[:, :, ::2].reshape(20, 3))
    assert view.ptr == buffer.ptr


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 0, 2), (2, 1, 0), (-1, 0, 1)], ids=str)
def test_permute_and_transpose_reorder_the_axes(filled, axes):
    buffer = filled(VALUES)
    for view in (buffer.permute(axes), buffer.permute(*axes), buffer.transpose(axes), buffer.transpose(*axes)):
        assert view.strides == VALUES.transpose(axes).strides
        np.testing.assert_array_equal(view.numpy(), VALUES.transpose(axes))


def test_transpose_without_axes_reverses_them(filled):
    buffer = filled(VALUES)
    for view in (buffer.transpose(), buffer.transpose(None)):
        np.testing.assert_array_equal(view.numpy(), VALUES.T)


@pytest.mark.parametrize("axes", [(0, 1), (0, 0, 1), (0, 1, 3), (0, 1, 2, 3), ()], ids=str)
def test_axes_that_are_no_permutation_are_refused(filled, axes):
    with pytest.raises(ValueError):
        filled(VALUES).permute(axes)


@pytest.mark.parametrize("dtype", ["u4", "f4", "u1", "i2", "f8", "c8", "u8"])
def test_view_shows_the_same_bytes_as_another_type(filled, dtype):
    buffer = filled(VALUES)
    view = buffer.view(dtype)
    assert view.ptr == buffer.ptr
    assert view.nbytes == buffer.nbytes
    np.testing.assert_array_equal(view.numpy().view("u1"), VALUES.view(dtype).view("u1"))


def test_view_that_does_not_fit_the_last_axis_is_refused(filled):
    with pytest.raises(ValueError):
        filled(np.zeros((2, 3), np.int32)).view(np.float64)


def test_view_of_a_strided_last_axis_as_a_smaller_type_is_refused(filled):
    with pytest.raises(ValueError):
        filled(VALUES)[:, :, ::2].view(np.uint8)


def test_writing_to_a_view_writes_to_the_buffer(filled):
    buffer = filled(VALUES)
    buffer[1, ::2, ::-1].copy_from(np.full((3, 6), -1, np.int32))
    expected = VALUES.copy()
    expected[1, ::2] = -1
    np.testing.assert_array_equal(buffer.numpy(), expected)


def test_a_view_says_whose_memory_it_is(filled):
    buffer = filled(VALUES)
    view = buffer[1:]
    assert view.device == buffer.device
    assert view.stream == buffer.stream
    assert view.owns_memory == buffer.owns_memory


def test_a_view_of_a_read_only_buffer_is_read_only(filled):
    buffer = filled(VALUES)
    read_only = CudaBuffer.from_cuda(dict(buffer.__cuda_array_interface__, data=(buffer.ptr, True)))
    for view in (read_only[1:], read_only.transpose(), read_only.reshape(-1), read_only.view("u1")):
        assert view.readonly


@pytest.mark.parametrize(
    ("view", "contiguous"),
    [
        (lambda b: b, True),
        (lambda b: b[1:3], True),
        (lambda b: b[:, 1:3], False),
        (lambda b: b[::-1], False),
        (lambda b: b[0, 0], True),
        (lambda b: b[:1, 1:3], True),
        (lambda b: b.transpose(), False),
        (lambda b: b[1:1, ::2], True),
        (lambda b: b[..., None], True),
    ],
)
def test_contiguity_is_numpys(filled, view, contiguous):
    assert view(filled(VALUES)).is_c_contiguous is contiguous
    assert view(VALUES).flags.c_contiguous is contiguous
