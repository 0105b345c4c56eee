"""nvImageCodec: a JPEG decoded on the device, taken, changed, encoded again, and decoded once more."""

import gc
import io
from pathlib import Path

import numpy as np
from nvidia import nvimgcodec
from PIL import Image

from cuda_interop import CudaBuffer, memcpy_h2d

PICTURE = Path(__file__).parents[2] / "cli" / "assets" / "chelsea.png"


def jpeg():
    """The picture as a JPEG, and the pixels that a reader on the host finds in it."""
    file = io.BytesIO()
    Image.open(PICTURE).convert("RGB").save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue(), np.asarray(Image.open(file))


def near(pixels, expected, mean):
    """JPEG decoders may differ in the last digit, and each encoding loses a little."""
    assert pixels.shape == expected.shape
    difference = np.abs(pixels.astype(int) - expected).mean()
    assert difference < mean, f"the pixels differ by {difference} on average"


def main():
    """Decode, take, change, give back, encode, decode."""
    data, pixels = jpeg()
    decoder, encoder = nvimgcodec.Decoder(), nvimgcodec.Encoder()
    decoded = decoder.decode(nvimgcodec.CodeStream(data))
    address = decoded.__cuda_array_interface__["data"][0]
    taken = CudaBuffer.from_cuda(decoded)
    assert taken.ptr == address and taken.shape == pixels.shape
    del decoded
    gc.collect()
    near(taken.numpy(), pixels, 1)

    # Mirrored on the device, with a black corner from the host.
    mirrored = taken[:, ::-1].copy()
    memcpy_h2d(np.zeros((64, 64, 3), np.uint8), mirrored[:64, :64])
    expected = pixels[:, ::-1].copy()
    expected[:64, :64] = 0
    near(mirrored.numpy(), expected, 1)

    image = nvimgcodec.as_image(mirrored)
    assert image.__cuda_array_interface__["data"][0] == mirrored.ptr
    del mirrored
    gc.collect()
    quality = nvimgcodec.EncodeParams(
        quality_type=nvimgcodec.QualityType.QUALITY,
        quality_value=95,
        chroma_subsampling=nvimgcodec.ChromaSubsampling.CSS_444,
    )
    encoded = bytes(encoder.encode(image, "jpeg", params=quality))
    assert encoded[:2] == b"\xff\xd8"
    near(np.asarray(Image.open(io.BytesIO(encoded))), expected, 3)
    again = CudaBuffer.from_cuda(decoder.decode(nvimgcodec.CodeStream(encoded)))
    near(again.numpy(), expected, 3)


if __name__ == "__main__":
    main()
    print("nvImageCodec", nvimgcodec.__version__, "shares its memory with us, both ways")
