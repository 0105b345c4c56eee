"""CUDA Python: pointers of cuda.bindings, and Buffer, Stream and StridedMemoryView of cuda.core."""

import gc

import numpy as np
from cuda.bindings import driver, runtime
from cuda.core import Buffer, Device
from cuda.core.utils import StridedMemoryView

from cuda_interop import CudaBuffer, Stream, memcpy_d2h, memcpy_h2d

values = np.random.default_rng(5).random((16, 24)).astype(np.float32)


def checked(answer):
    """The result of a call of cuda.bindings, or its error."""
    error, *result = answer
    if error != runtime.cudaError_t.cudaSuccess:
        raise RuntimeError(error)
    return result[0] if result else None


def bindings():
    """Addresses go in and out as ints, a CUdeviceptr by int(); the runtime copies between them."""
    buf = CudaBuffer(values.shape, values.dtype)
    memcpy_h2d(values, buf)
    address = checked(runtime.cudaMalloc(buf.nbytes))
    checked(runtime.cudaMemcpy(address, buf.ptr, buf.nbytes, runtime.cudaMemcpyKind.cudaMemcpyDeviceToDevice))

    class Owner:
        """Frees the memory when the last buffer over it is gone."""

        def __del__(self):
            freed.append(checked(runtime.cudaFree(address)))

    freed = []
    taken = CudaBuffer(values.shape, values.dtype, int(address), owner=Owner())
    assert taken.ptr == int(address) and not taken.owns_memory
    view = taken[::2]
    del taken
    gc.collect()
    np.testing.assert_array_equal(view.numpy(), values[::2])
    assert not freed
    back = np.zeros_like(values)
    memcpy_d2h(int(address), back)
    np.testing.assert_array_equal(back, values)
    memcpy_d2h(int(driver.CUdeviceptr(address)), back)
    np.testing.assert_array_equal(back, values)
    del view
    gc.collect()
    assert len(freed) == 1


def core_buffers():
    """A Buffer of cuda.core is bytes: we take it by DLPack, and it takes ours by address and owner."""
    device = Device(0)
    device.set_current()
    stream = device.create_stream()

    theirs = device.allocate(values.nbytes, stream=stream)
    theirs.fill(0, stream=stream)
    stream.sync()
    taken = CudaBuffer.from_cuda(theirs).view(np.float32).reshape(values.shape)
    assert taken.ptr == int(theirs.handle)
    memcpy_h2d(values, taken)

    buf = CudaBuffer(values.shape, values.dtype)
    ours = Buffer.from_handle(buf.ptr, buf.nbytes, owner=buf)
    theirs.copy_to(ours, stream=stream)
    stream.sync()
    same = CudaBuffer.from_cuda(buf)
    del buf, theirs
    gc.collect()
    np.testing.assert_array_equal(same.numpy(), values)
    np.testing.assert_array_equal(taken.numpy(), values)


def core_streams():
    """Streams cross over by CUDA's stream protocol, both ways."""
    device = Device(0)
    device.set_current()
    theirs = device.create_stream()
    buf = CudaBuffer(values.shape, values.dtype, stream=theirs)
    assert buf.stream.handle == int(theirs.handle)
    memcpy_h2d(values, buf, stream=theirs)
    ours = Stream()
    wrapped = device.create_stream(ours)
    assert int(wrapped.handle) == ours.handle
    memory = Buffer.from_handle(buf.ptr, buf.nbytes, owner=buf)
    memory.fill(0, stream=wrapped)
    wrapped.sync()
    assert not buf.numpy().any()


def strided_memory_view():
    """A StridedMemoryView sees shape, strides and address of ours, and we take what it views."""
    Device(0).set_current()
    buf = CudaBuffer(values.shape, values.dtype)
    memcpy_h2d(values, buf)
    part = buf[::2, 4:]
    view = StridedMemoryView.from_any_interface(part, stream_ptr=-1)
    assert (view.ptr, view.shape, view.device_id) == (part.ptr, part.shape, 0)
    assert view.strides == (48, 1)
    assert view.is_device_accessible and not view.readonly
    # The other way: the object that it views is taken, or its address, which keeps the view.
    taken = CudaBuffer.from_cuda(view.exporting_obj)
    assert (taken.ptr, taken.strides) == (part.ptr, part.strides)
    strides = [4 * stride for stride in view.strides]
    same = CudaBuffer(view.shape, np.float32, view.ptr, strides=strides, owner=view)
    del buf, part, taken, view
    gc.collect()
    np.testing.assert_array_equal(same.numpy(), values[::2, 4:])


if __name__ == "__main__":
    bindings()
    core_buffers()
    core_streams()
    strided_memory_view()
    print("CUDA Python shares its memory and streams with us, both ways")
