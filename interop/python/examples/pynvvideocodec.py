"""PyNvVideoCodec: decoded frames as buffers, in RGB and NV12.

A decoder uses the memory of its frames again for the next ones, so `from_cuda` gives a copy of a frame, made on the
device. With the argument `encode` the program encodes frames of ours; that needs a GPU with NVENC.
"""

import gc
import re
import sys
from pathlib import Path

import numpy as np
import PyNvVideoCodec as nvc

from cuda_interop import CudaBuffer, memcpy_h2d

VIDEO = str(Path(__file__).parent / "data" / "grey.mp4")
WIDTH, HEIGHT, FRAMES = 256, 128, 24


# No session can be opened on a GPU without an encoder, and a container may lack the driver's library.
NO_NVENC = re.compile(r"OpenEncodeSession|(unsupported|no.?encode).?device|library file is not found", re.IGNORECASE)


def luma(number):
    """What the luma of a frame is: see data/README.md."""
    frame = np.empty((HEIGHT, WIDTH), np.uint8)
    frame[:, : WIDTH // 2] = 32 + 8 * number
    frame[:, WIDTH // 2 :] = 232 - 8 * number
    return frame


def rgb():
    """Frames as interleaved RGB, all kept until the decoder is gone."""
    decoder = nvc.SimpleDecoder(VIDEO, output_color_type=nvc.OutputColorType.RGB)
    kept = []
    for _ in range(FRAMES // 6):
        kept += [CudaBuffer.from_cuda(frame) for frame in decoder.get_batch_frames(6)]
    del decoder
    gc.collect()
    assert len(kept) == FRAMES
    for number, buf in enumerate(kept):
        assert buf.shape == (HEIGHT, WIDTH, 3)
        grey = (luma(number).astype(float) - 16) * 255 / 219
        pixels = buf.numpy().astype(float)
        assert np.abs(pixels - grey.clip(0, 255)[:, :, None]).max() <= 2, f"frame {number}"


def nv12():
    """Frames as they come out of the decoder: rows of luma, then half as many rows of chroma pairs; also by planes."""
    decoder = nvc.SimpleDecoder(VIDEO, output_color_type=nvc.OutputColorType.NATIVE)
    for number in (0, 7, FRAMES - 1):
        frame = decoder[number]
        whole = CudaBuffer.from_cuda(frame)
        planes = [CudaBuffer.from_cuda(plane) for plane in frame.cuda()]
        del frame
        gc.collect()
        assert whole.shape == (HEIGHT * 3 // 2, WIDTH)
        np.testing.assert_array_equal(whole[:HEIGHT].numpy(), luma(number))
        assert (whole[HEIGHT:].numpy() == 128).all()
        assert [plane.shape for plane in planes] == [(HEIGHT, WIDTH, 1), (HEIGHT // 2, WIDTH // 2, 2)]
        np.testing.assert_array_equal(planes[0].numpy()[:, :, 0], luma(number))
        assert (planes[1].numpy() == 128).all()


class Frame:
    """A buffer in NV12 as the encoder takes frames: `cuda` gives the planes."""

    def __init__(self, buf):
        self.planes = [buf[:HEIGHT, :, None], buf[HEIGHT:].reshape(HEIGHT // 2, WIDTH // 2, 2)]

    def cuda(self):
        """The planes of luma and of chroma pairs."""
        return self.planes


def encode():
    """Frames of ours to H.264."""
    try:
        encoder = nvc.CreateEncoder(WIDTH, HEIGHT, "NV12", False, codec="h264")
    except Exception as refusal:  # which exception says that there is no NVENC is not documented
        said = " ".join(str(refusal).split())
        if not NO_NVENC.search(said):
            raise
        print("skipped: this GPU does not encode video:", said)
        sys.exit(77)
    packets = []
    for number in range(FRAMES):
        buf = CudaBuffer((HEIGHT * 3 // 2, WIDTH), np.uint8)
        memcpy_h2d(luma(number), buf[:HEIGHT])
        memcpy_h2d(np.full((HEIGHT // 2, WIDTH), 128, np.uint8), buf[HEIGHT:])
        packets += encoder.Encode(Frame(buf))
    packets += encoder.EndEncode()
    assert len(packets) == FRAMES
    assert packets[0]["data"][:4] == b"\0\0\0\1"


if __name__ == "__main__":
    if sys.argv[1:] == ["encode"]:
        encode()
    else:
        rgb()
        nv12()
    print("PyNvVideoCodec", nvc.__version__, "shares its memory with us")
