"""PyNvVideoCodec: decoded frames as buffers, in RGB and NV12.

A decoder hands out its own memory and uses it again: a frame that is needed after the next batch must be copied, which
`copy` does on the device. With the argument `encode` the program encodes frames of ours; that needs a GPU with NVENC.
"""

import gc
import sys
from pathlib import Path

import numpy as np
import PyNvVideoCodec as nvc

from cuda_interop import CudaBuffer, memcpy_h2d

VIDEO = str(Path(__file__).parent / "data" / "grey.mp4")
WIDTH, HEIGHT, FRAMES = 256, 128, 24


def luma(number):
    """What the luma of a frame is: see data/README.md."""
    frame = np.empty((HEIGHT, WIDTH), np.uint8)
    frame[:, : WIDTH // 2] = 32 + 8 * number
    frame[:, WIDTH // 2 :] = 232 - 8 * number
    return frame


def rgb():
    """Frames as interleaved RGB, each copied before the decoder goes on."""
    decoder = nvc.SimpleDecoder(VIDEO, output_color_type=nvc.OutputColorType.RGB)
    kept = []
    for _ in range(FRAMES // 6):
        for frame in decoder.get_batch_frames(6):
            taken = CudaBuffer.from_cuda(frame)
            assert taken.shape == (HEIGHT, WIDTH, 3)
            kept.append(taken.copy())
    assert len(kept) == FRAMES
    del decoder, frame, taken
    gc.collect()
    for number, buf in enumerate(kept):
        grey = (luma(number).astype(float) - 16) * 255 / 219
        pixels = buf.numpy().astype(float)
        assert np.abs(pixels - grey.clip(0, 255)[:, :, None]).max() <= 2, f"frame {number}"


def nv12():
    """Frames as they come out of the decoder: rows of luma, then half as many rows of chroma pairs."""
    decoder = nvc.SimpleDecoder(VIDEO, output_color_type=nvc.OutputColorType.NATIVE)
    for number in (0, 7, FRAMES - 1):
        frame = decoder[number]
        taken = CudaBuffer.from_cuda(frame)
        assert taken.shape == (HEIGHT * 3 // 2, WIDTH)
        del frame
        gc.collect()
        np.testing.assert_array_equal(taken[:HEIGHT].numpy(), luma(number))
        assert (taken[HEIGHT:].numpy() == 128).all()


def encode():
    """Frames of ours to H.264."""
    try:
        encoder = nvc.CreateEncoder(WIDTH, HEIGHT, "NV12", False, codec="h264")
    except Exception as refusal:  # what is raised without NVENC is not documented
        print("skipped: this GPU does not encode video:", str(refusal).splitlines()[0])
        sys.exit(77)
    stream = bytearray()
    for number in range(FRAMES):
        buf = CudaBuffer((HEIGHT * 3 // 2, WIDTH), np.uint8)
        memcpy_h2d(luma(number), buf[:HEIGHT])
        memcpy_h2d(np.full((HEIGHT // 2, WIDTH), 128, np.uint8), buf[HEIGHT:])
        stream += bytes(encoder.Encode(buf))
    stream += bytes(encoder.EndEncode())
    assert stream[:4] == b"\0\0\0\1"


if __name__ == "__main__":
    if sys.argv[1:] == ["encode"]:
        encode()
    else:
        rgb()
        nv12()
    print("PyNvVideoCodec", nvc.__version__, "shares its memory with us")
