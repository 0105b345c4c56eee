"""PyTorch as the other side: its DLPack, its C exchange table, its array interface, its streams."""

import gc
import weakref

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream, devices, memcpy_d2h, memcpy_h2d

DTYPES = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "bfloat16",
]
LAYOUTS = {
    "contiguous": lambda t: t,
    "permuted": lambda t: t.permute(2, 0, 1),
    "transposed": lambda t: t.transpose(0, 1),
    "sliced": lambda t: t[:, 1:, ::2],
    "expanded": lambda t: t[:, :1].expand(4, 7, 6),
    "narrowed": lambda t: t.narrow(1, 2, 2),
    "unsqueezed": lambda t: t.unsqueeze(1),
    "0-d": lambda t: t[1, 2, 3],
    "empty": lambda t: t[:0],
    "empty inside": lambda t: t[:, 2:2],
    "one element": lambda t: t[1:2, 1:2, 1:2],
}


@pytest.fixture
def values(torch):
    return torch.arange(120, dtype=torch.float32, device="cuda").reshape(4, 5, 6)


class TestFromTorch:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_layout_is_taken_as_it_is(self, values, layout):
        tensor = LAYOUTS[layout](values)
        taken = CudaBuffer.from_cuda(tensor)
        assert taken.shape == tuple(tensor.shape)
        assert taken.nbytes == 0 or taken.ptr == tensor.data_ptr()
        np.testing.assert_array_equal(taken.numpy(), tensor.cpu().numpy())

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_dtype_is_taken(self, torch, dtype):
        tensor = torch.arange(6, device="cuda").to(getattr(torch, dtype))
        taken = CudaBuffer.from_cuda(tensor)
        assert taken.dtype.name == dtype
        back = torch.from_dlpack(taken)
        assert torch.equal(back, tensor)

    @pytest.mark.parametrize("dtype", ["float8_e4m3fn", "float8_e5m2"])
    def test_fp8_is_taken(self, torch, dtype):
        tensor = torch.arange(6, device="cuda").to(getattr(torch, dtype))
        taken = CudaBuffer.from_cuda(tensor)
        assert taken.dtype.name == dtype
        np.testing.assert_array_equal(taken.view("u1").numpy(), tensor.view(torch.uint8).cpu().numpy())

    def test_the_tensor_is_kept(self, torch):
        tensor = torch.arange(120, dtype=torch.float32, device="cuda")
        died = weakref.ref(tensor)
        taken = CudaBuffer.from_cuda(tensor)
        del tensor
        gc.collect()
        torch.zeros(120, device="cuda")
        np.testing.assert_array_equal(taken.numpy(), np.arange(120, dtype=np.float32))
        assert died() is not None and taken.owner is died()
        del taken
        gc.collect()
        assert died() is None

    def test_it_is_the_same_memory(self, torch, values):
        CudaBuffer.from_cuda(values).copy_from(np.ones((4, 5, 6), np.float32))
        assert bool((values == 1).all())

    def test_work_on_the_current_stream_is_waited_for(self, torch):
        for _ in range(5):
            with torch.cuda.stream(torch.cuda.Stream()):
                tensor = torch.zeros(1 << 20, device="cuda")
                torch.cuda._sleep(50_000_000)
                tensor += 1
                taken = CudaBuffer.from_cuda(tensor)
            assert (taken.numpy() == 1).all()

    def test_work_of_the_consumers_stream_is_ordered_after_the_producers(self, torch):
        stream = Stream(non_blocking=True)
        with torch.cuda.stream(torch.cuda.Stream()):
            tensor = torch.zeros(1 << 20, device="cuda")
            torch.cuda._sleep(50_000_000)
            tensor += 1
            taken = CudaBuffer.from_cuda(tensor, stream=stream)
        back = np.zeros(1 << 20, np.float32)
        memcpy_d2h(taken, back, stream=stream)
        assert (back == 1).all()

    def test_a_tensor_on_the_host_is_refused(self, torch):
        with pytest.raises(BufferError):
            CudaBuffer.from_cuda(torch.zeros(3))

    def test_a_pinned_tensor_is_refused_as_the_host_memory_that_pytorch_says_it_is(self, torch):
        """`__dlpack_device__` names pinned memory, the tensor itself the CPU."""
        with pytest.raises(BufferError, match="CPU"):
            CudaBuffer.from_cuda(torch.arange(5, dtype=torch.int32).pin_memory())

    @pytest.mark.parametrize("view", ["conjugate", "negative"])
    def test_a_view_that_only_promises_its_numbers_is_refused(self, torch, view):
        """conj() and its imag do not change the memory, but set a bit that says what the numbers stand for."""
        tensor = torch.tensor([1 + 2j, 3 - 4j], device="cuda").conj()
        tensor = tensor.imag if view == "negative" else tensor
        assert tensor.is_neg() or tensor.is_conj()
        with pytest.raises(BufferError, match="conj|neg"):
            CudaBuffer.from_cuda(tensor)

    def test_a_tensor_with_gradients_is_taken_as_data_by_the_table_and_refused_without(self, torch):
        tensor = torch.ones(3, device="cuda", requires_grad=True)
        if hasattr(torch.Tensor, "__dlpack_c_exchange_api__"):
            assert (CudaBuffer.from_cuda(tensor).numpy() == 1).all()
        else:
            with pytest.raises((BufferError, RuntimeError), match="grad"):
                CudaBuffer.from_cuda(tensor)

    def test_a_parameter_and_a_subclass_are_taken_like_their_tensor(self, torch):
        class Mine(torch.Tensor):
            pass

        tensor = torch.ones(3, device="cuda").as_subclass(Mine)
        assert (CudaBuffer.from_cuda(tensor).numpy() == 1).all()

    def test_its_array_interface_is_taken_too(self, values):
        taken = CudaBuffer.from_cuda(values.__cuda_array_interface__)
        np.testing.assert_array_equal(taken.numpy(), values.cpu().numpy())

    def test_its_capsule_is_taken_too(self, torch, values):
        taken = CudaBuffer.from_cuda(torch.utils.dlpack.to_dlpack(values))
        np.testing.assert_array_equal(taken.numpy(), values.cpu().numpy())

    def test_a_tensor_is_the_device_side_of_a_copy(self, values):
        host = np.full((4, 5, 6), 3, np.float32)
        memcpy_h2d(host, values)
        assert bool((values == 3).all())
        back = np.zeros((6, 4, 5), np.float32)
        memcpy_d2h(values.permute(2, 0, 1), back)
        assert (back == 3).all()

    def test_a_tensor_of_any_device_is_taken_there(self, torch):
        for device in devices():
            tensor = torch.ones(3, device=f"cuda:{device.ordinal}")
            taken = CudaBuffer.from_cuda(tensor)
            assert taken.device == device
            assert (taken.numpy() == 1).all()

    def test_many_exchanges_leak_nothing(self, torch, values):
        gc.collect()
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        for _ in range(100_000):
            CudaBuffer.from_cuda(values)
        gc.collect()
        assert torch.cuda.memory_allocated() <= before


class TestToTorch:
    @pytest.mark.parametrize("take", ["from_dlpack", "as_tensor"])
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_dtype_is_given(self, torch, filled, dtype, take):
        if (dtype, take) == ("bfloat16", "as_tensor"):
            buffer = CudaBuffer(6, dtype)
            assert not hasattr(buffer, "__cuda_array_interface__")
            return
        source = CudaBuffer(6, dtype)
        source.copy_from(np.arange(6).astype(source.dtype))
        tensor = torch.from_dlpack(source) if take == "from_dlpack" else torch.as_tensor(source, device="cuda")
        assert tensor.dtype == getattr(torch, dtype) and tensor.data_ptr() == source.ptr
        assert torch.equal(tensor, torch.arange(6, device="cuda").to(getattr(torch, dtype)))

    @pytest.mark.parametrize(
        "key", [np.s_[:], np.s_[::2], np.s_[:, 1:3], np.s_[1], np.s_[1, 2], np.s_[:0], np.s_[:, None]], ids=str
    )
    def test_views_are_given_as_they_are(self, torch, filled, key):
        values = np.arange(24, dtype=np.float32).reshape(4, 6)
        view = filled(values)[key]
        tensor = torch.from_dlpack(view)
        assert tuple(tensor.shape) == view.shape
        np.testing.assert_array_equal(tensor.cpu().numpy(), values[key])

    def test_negative_strides_are_refused_before_pytorch_aborts(self, torch, filled):
        view = filled(np.arange(6, dtype=np.float32))[::-1]
        with pytest.raises(BufferError, match="negative strides"):
            torch.from_dlpack(view)
        assert torch.from_dlpack(view, copy=True).tolist() == [5, 4, 3, 2, 1, 0]
        assert torch.from_dlpack(view.copy()).tolist() == [5, 4, 3, 2, 1, 0]

    def test_the_memory_is_kept(self, torch, filled):
        values = np.arange(1 << 16, dtype=np.uint8)
        buffer = filled(values)
        tensors = torch.from_dlpack(buffer), torch.as_tensor(buffer, device="cuda")
        del buffer
        gc.collect()
        CudaBuffer(1 << 16, np.uint8).copy_from(np.zeros(1 << 16, np.uint8))
        for tensor in tensors:
            np.testing.assert_array_equal(tensor.cpu().numpy(), values)

    @pytest.mark.parametrize("own", [True, False], ids=["own stream", "default stream"])
    def test_a_side_stream_of_pytorch_sees_our_work(self, torch, own):
        stream = Stream(non_blocking=True) if own else None
        buffer = CudaBuffer(1 << 20, np.float32, stream=stream)
        with torch.cuda.stream(torch.cuda.Stream()):
            buffer.copy_from(np.ones(1 << 20, np.float32))
            tensor = torch.from_dlpack(buffer)
            total = float(tensor.sum())
        assert total == 1 << 20

    def test_a_stream_of_ours_is_a_stream_of_pytorch(self, torch):
        stream = Stream(non_blocking=True)
        with torch.cuda.stream(torch.cuda.ExternalStream(stream.handle)):
            tensor = torch.ones(1000, device="cuda") * 2
            taken = CudaBuffer.from_cuda(tensor, stream=stream)
        assert (taken.numpy() == 2).all()

    def test_a_stream_of_pytorch_is_a_stream_of_ours(self, torch):
        stream = torch.cuda.Stream()
        buffer = CudaBuffer(3, np.float32, stream=stream)
        assert buffer.stream.handle == stream.cuda_stream

    def test_a_copy_on_request(self, torch, filled):
        buffer = filled(np.arange(3, dtype=np.float32))
        tensor = torch.from_dlpack(buffer, copy=True)
        assert tensor.data_ptr() != buffer.ptr
        np.testing.assert_array_equal(tensor.cpu().numpy(), [0, 1, 2])

    def test_the_host_on_request(self, torch, filled):
        tensor = torch.from_dlpack(filled(np.arange(3, dtype=np.float32)), device="cpu", copy=True)
        assert tensor.device.type == "cpu" and tensor.tolist() == [0, 1, 2]

    def test_many_exchanges_leak_nothing(self, torch, filled):
        buffer = filled(np.zeros(1000, np.uint8))
        free = torch.cuda.mem_get_info()[0]
        for _ in range(20_000):
            torch.from_dlpack(buffer)
        gc.collect()
        assert free - torch.cuda.mem_get_info()[0] <= 4 << 20
