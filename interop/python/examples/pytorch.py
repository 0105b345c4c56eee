"""PyTorch: tensors over our memory, our buffers over tensors, in the order of its current stream."""

import gc

import numpy as np
import torch

from cuda_interop import CudaBuffer, memcpy_h2d

image = np.random.default_rng(1).integers(0, 256, (300, 451, 3), np.uint8)


def ours_to_them():
    """PyTorch keeps the memory; ours may go first."""
    for take in (torch.from_dlpack, lambda buf: torch.as_tensor(buf, device="cuda")):
        buf = CudaBuffer(image.shape, image.dtype)
        memcpy_h2d(image, buf)
        tensor = take(buf)
        assert tensor.is_cuda and tensor.data_ptr() == buf.ptr
        del buf
        gc.collect()

        # HWC to CHW without a copy, then a mean over each channel, computed by PyTorch.
        planes = tensor.permute(2, 0, 1)
        assert planes.data_ptr() == tensor.data_ptr()
        means = planes.double().mean(dim=(1, 2)).cpu().numpy()
        np.testing.assert_allclose(means, image.mean(axis=(0, 1)))


def them_to_ours():
    """Every layout is taken as it is; the tensor is kept."""
    base = torch.arange(24, dtype=torch.float32, device="cuda").reshape(2, 3, 4)
    layouts = {
        "contiguous": base,
        "permuted": base.permute(2, 0, 1),
        "sliced": base[:, ::2, 1:],
        "expanded": base[:, :1].expand(2, 5, 4),
        "0-d": base[1, 2, 3],
        "empty": base[:0],
    }
    for name, tensor in layouts.items():
        taken = CudaBuffer.from_cuda(tensor)
        assert taken.shape == tuple(tensor.shape), name
        assert taken.ptr == tensor.data_ptr(), name
        expected = tensor.cpu().numpy()
        del tensor
        assert (taken.numpy() == expected).all(), name
    layouts.clear()

    brain = torch.tensor([1.0, -2.5, 300.0], dtype=torch.bfloat16, device="cuda")
    taken = CudaBuffer.from_cuda(brain)
    assert str(taken.dtype) == "bfloat16"
    assert taken.numpy().astype(np.float32).tolist() == [1.0, -2.5, 300.0]
    assert torch.equal(torch.from_dlpack(taken), brain)


def lifetime():
    """A tensor lives as long as the buffer taken from it."""
    tensor = torch.full((1 << 20,), 7, dtype=torch.uint8, device="cuda")
    taken = CudaBuffer.from_cuda(tensor)
    del tensor
    gc.collect()
    torch.zeros(1 << 20, dtype=torch.uint8, device="cuda")  # would be given the memory if it were free
    torch.cuda.synchronize()
    assert (taken.numpy() == 7).all()


def streams():
    """Work that PyTorch has only enqueued on its current stream is waited for, without a word from us."""
    with torch.cuda.stream(torch.cuda.Stream()):
        tensor = torch.zeros(1 << 20, device="cuda")
        torch.cuda._sleep(100_000_000)
        tensor += 3
        taken = CudaBuffer.from_cuda(tensor)
    assert (taken.numpy() == 3).all()


def shared_result():
    """PyTorch computes into our memory."""
    a, b, out = (CudaBuffer((64, 64), np.float64) for _ in range(3))
    values = np.random.default_rng(2).random((64, 64))
    a.copy_from(values)
    b.copy_from(values.T)
    torch.matmul(torch.from_dlpack(a), torch.from_dlpack(b), out=torch.from_dlpack(out))
    torch.cuda.current_stream().synchronize()
    np.testing.assert_allclose(out.numpy(), values @ values.T)


if __name__ == "__main__":
    ours_to_them()
    them_to_ours()
    lifetime()
    streams()
    shared_result()
    print("PyTorch", torch.__version__, "shares its memory with us, both ways")
