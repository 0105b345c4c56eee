"""PyNvVideoCodec as the other side: a decoder that uses its memory again."""

from pathlib import Path

import numpy as np
import pytest
from cuda_interop import CudaBuffer, memcpy_d2h, memcpy_h2d

from conftest import framework

VIDEO = str(Path(__file__).parents[1] / "examples" / "data" / "grey.mp4")


@pytest.fixture
def codec():
    return framework("PyNvVideoCodec")


@pytest.mark.parametrize("what", ["frame", "plane"])
@pytest.mark.parametrize("colour", ["RGB", "NATIVE"])
def test_a_frame_is_not_silently_overwritten_by_the_next_batch(codec, colour, what):
    decoder = codec.SimpleDecoder(VIDEO, output_color_type=getattr(codec.OutputColorType, colour))
    frame = decoder.get_batch_frames(4)[0]
    taken = CudaBuffer.from_cuda(frame if what == "frame" else frame.cuda()[0])
    before = taken.numpy()
    for _ in range(5):
        assert len(decoder.get_batch_frames(4)) == 4
    np.testing.assert_array_equal(taken.numpy(), before)


def test_a_copy_into_a_frame_writes_the_frame(codec):
    """A frame as the device side of a copy is the decoder's memory, for as long as it holds the frame."""
    decoder = codec.SimpleDecoder(VIDEO, output_color_type=codec.OutputColorType.RGB)
    frame = decoder.get_batch_frames(1)[0]
    values = np.full((128, 256, 3), 77, np.uint8)
    memcpy_h2d(values, frame)
    back = np.zeros_like(values)
    memcpy_d2h(frame, back)
    np.testing.assert_array_equal(back, values)
