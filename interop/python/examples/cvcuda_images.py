"""CV-CUDA: its tensors and images over our memory, and ours over its."""

import gc

import cvcuda
import numpy as np

from cuda_interop import CudaBuffer, memcpy_d2h, memcpy_h2d

image = np.random.default_rng(8).integers(0, 256, (300, 451, 3), np.uint8)


def filled(values):
    """A buffer with these values."""
    buf = CudaBuffer(values.shape, values.dtype)
    memcpy_h2d(values, buf)
    return buf


def ours_to_them():
    """A tensor over our memory, resized; the result is taken back."""
    buf = filled(image)
    tensor = cvcuda.as_tensor(buf, "HWC")
    assert CudaBuffer.from_cuda(tensor.cuda()).ptr == buf.ptr
    del buf
    gc.collect()

    # Twice the size by the nearest pixel repeats each pixel.
    height, width, channels = image.shape
    resized = cvcuda.resize(tensor, (2 * height, 2 * width, channels), cvcuda.Interp.NEAREST)
    taken = CudaBuffer.from_cuda(resized.cuda())
    del tensor, resized
    gc.collect()
    np.testing.assert_array_equal(taken.numpy(), image.repeat(2, axis=0).repeat(2, axis=1))


def reformatted():
    """Channels first, by CV-CUDA and by our view: the same numbers."""
    batch = filled(image)[None]
    planes = cvcuda.reformat(cvcuda.as_tensor(batch, "NHWC"), "NCHW")
    taken = CudaBuffer.from_cuda(planes.cuda())
    assert taken.shape == (1, 3, 300, 451)
    np.testing.assert_array_equal(taken.numpy(), batch.permute(0, 3, 1, 2).numpy())


def them_to_ours():
    """A tensor of CV-CUDA is the buffer that copies fill and read: as an object, by its dict, by its address."""
    # Rows of a tensor are padded unless it is told otherwise; the object and the dict say so by their strides.
    for tensor in (
        cvcuda.Tensor(image.shape, np.uint8, "HWC"),
        cvcuda.Tensor(image.shape, np.uint8, "HWC", rowalign=1),
    ):
        device = tensor.cuda()
        for target in (device, device.__cuda_array_interface__):
            memcpy_h2d(image, target)
            back = np.zeros_like(image)
            memcpy_d2h(target, back)
            np.testing.assert_array_equal(back, image)
    # A bare address says nothing, so the rows must be packed, as in the second tensor.
    address = device.__cuda_array_interface__["data"][0]
    memcpy_h2d(image[::-1], address)
    memcpy_d2h(address, back)
    np.testing.assert_array_equal(back, image[::-1])

    taken = CudaBuffer.from_cuda(device)
    assert taken.ptr == address
    del tensor, device
    gc.collect()
    np.testing.assert_array_equal(taken.numpy(), image[::-1])


def image_batch():
    """Images of different sizes over our buffers; the items of the batch are taken back."""
    pictures = [image, np.ascontiguousarray(image[:100, ::2]), np.ascontiguousarray(image[::3])]
    buffers = [filled(picture) for picture in pictures]
    batch = cvcuda.ImageBatchVarShape(len(pictures))
    batch.pushback([cvcuda.as_image(buf, cvcuda.Format.RGB8) for buf in buffers])
    addresses = [buf.ptr for buf in buffers]
    del buffers
    gc.collect()
    for item, picture, address in zip(batch, pictures, addresses, strict=True):
        taken = CudaBuffer.from_cuda(item.cuda())
        assert taken.ptr == address
        np.testing.assert_array_equal(taken.numpy().reshape(picture.shape), picture)


if __name__ == "__main__":
    ours_to_them()
    reformatted()
    them_to_ours()
    image_batch()
    print("CV-CUDA", cvcuda.__version__, "shares its memory with us, both ways")
