"""GPU memory that every framework can see, without a copy.

    buf = CudaBuffer((300, 451, 3), np.uint8)
    memcpy_h2d(image, buf)
    tensor = torch.from_dlpack(buf)              # zero copy; also cvcuda.as_tensor, cupy.asarray, ...
    back = CudaBuffer.from_cuda(tensor)          # keeps the tensor alive

Importing the package loads no CUDA: the first call that needs it does, and takes the libcudart that is already in the
process. CUDA_INTEROP_RUNTIME=emulator selects an emulation in host memory, for tests without a GPU.
"""

from ._native import (
    CudaBuffer,
    CudaError,
    Device,
    Event,
    ForkedProcessError,
    LibraryNotFound,
    Stream,
    __version__,
    devices,
    doctor,
    memcpy_d2h,
    memcpy_d2h_batch,
    memcpy_h2d,
    memcpy_h2d_batch,
    pinned_empty,
    pinned_stats,
    pinned_trim,
    staging_configure,
    staging_trim,
    synchronize,
)

cuda_memcpy_h2d = memcpy_h2d
cuda_memcpy_d2h = memcpy_d2h

__all__ = [
    "CudaBuffer",
    "CudaError",
    "Device",
    "Event",
    "ForkedProcessError",
    "LibraryNotFound",
    "Stream",
    "__version__",
    "cuda_memcpy_d2h",
    "cuda_memcpy_h2d",
    "devices",
    "doctor",
    "memcpy_d2h",
    "memcpy_d2h_batch",
    "memcpy_h2d",
    "memcpy_h2d_batch",
    "pinned_empty",
    "pinned_stats",
    "pinned_trim",
    "staging_configure",
    "staging_trim",
    "synchronize",
]
