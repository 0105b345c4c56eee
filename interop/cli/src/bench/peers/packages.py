"""Packages that copy and allocate as `cuda-interop bench` does, each with the same three methods. The first half of the
script of `bench --peers`; measure.py is the second, and imports NumPy for both.

`copy` makes what copies between an array on the device, which it makes too, and the array of the host that it is then
called with; it has ended when it returns. `allocate` makes what allocates so many bytes and gives them up again.
"""

ROW, PITCH = 23_040, 32_768


class Torch:
    key, name, module = "pytorch", "PyTorch", "torch"

    def __init__(self, torch, device):
        if not torch.cuda.is_available():
            raise RuntimeError("it finds no GPU")
        torch.cuda.set_device(device)
        self.torch = torch

    def allocate(self, size):
        torch = self.torch
        return lambda: torch.empty(size, dtype=torch.uint8, device="cuda")

    def copy(self, to_device, memory, shape, dtype):
        torch = self.torch
        array = torch.ones(shape, dtype=getattr(torch, dtype), device="cuda")
        stream = torch.cuda.current_stream()

        def upload(host):
            array.copy_(torch.from_numpy(host))
            stream.synchronize()

        if to_device:
            return upload
        if memory == "fresh":
            return lambda _: array.cpu()
        return lambda host: torch.from_numpy(host).copy_(array)


class CuPy:
    key, name, module = "cupy", "CuPy", "cupy"

    def __init__(self, cupy, device):
        cupy.cuda.Device(device).use()
        cupy.empty(1)
        self.cupy = cupy

    def allocate(self, size):
        cupy = self.cupy
        return lambda: cupy.empty(size, dtype="uint8")

    def copy(self, to_device, memory, shape, dtype):
        cupy = self.cupy
        array = cupy.ones(shape, dtype=dtype)
        stream = cupy.cuda.get_current_stream()

        def upload(host):
            array.set(host)
            stream.synchronize()

        def upload_strided(host):
            made = cupy.asarray(host, order="C")
            stream.synchronize()
            return made

        def download_strided(host):
            host[...] = cupy.asnumpy(array)

        if memory in ("rows", "transposed"):
            return upload_strided if to_device else download_strided
        if to_device:
            return upload
        if memory == "fresh":
            return lambda _: cupy.asnumpy(array)
        return lambda host: array.get(out=host)


class Numba:
    key, name, module = "numba", "Numba", "numba.cuda"

    def __init__(self, cuda, device):
        if not cuda.is_available():
            raise RuntimeError("it finds no GPU")
        cuda.select_device(device)
        self.cuda = cuda
        # The driver shares a block among small allocations; with none left, every one would take and give a block.
        self.kept = cuda.device_array(1, "uint8")

    def allocate(self, size):
        cuda = self.cuda
        return lambda: cuda.device_array(size, "uint8")

    def copy(self, to_device, memory, shape, dtype):
        cuda = self.cuda
        array = cuda.device_array(shape, dtype)
        stream = cuda.default_stream()

        def upload(host):
            # It takes no strided arrays, and would not transpose.
            cuda.to_device(np.ascontiguousarray(host), to=array)
            stream.synchronize()

        def download_strided(host):
            host[...] = array.copy_to_host()

        if to_device:
            return upload
        if memory in ("rows", "transposed"):
            return download_strided
        if memory == "fresh":
            return lambda _: array.copy_to_host()
        return lambda host: array.copy_to_host(host)


class CudaBindings:
    key, name, module = "cuda_bindings", "cuda-bindings", "cuda.bindings.runtime"

    def __init__(self, runtime, device):
        self.runtime = runtime
        self.check(runtime.cudaSetDevice(device))
        self.kept = Freed(runtime, self.check(runtime.cudaMalloc(1)))

    def check(self, answer):
        status, *values = answer
        if status != self.runtime.cudaError_t.cudaSuccess:
            raise RuntimeError(str(status))
        return values[0] if values else None

    def allocate(self, size):
        runtime = self.runtime

        def once():
            _, pointer = runtime.cudaMalloc(size)
            runtime.cudaFree(pointer)

        return once

    def allocate_from_pool(self, size):
        runtime = self.runtime
        pool = self.check(runtime.cudaDeviceGetDefaultMemPool(self.check(runtime.cudaGetDevice())))
        keep = runtime.cudaMemPoolAttr.cudaMemPoolAttrReleaseThreshold
        try:
            runtime.cudaMemPoolSetAttribute(pool, keep, 1 << 30)
        except (TypeError, AttributeError):
            # Some versions want an object of their own.
            from cuda.bindings import driver

            runtime.cudaMemPoolSetAttribute(pool, keep, driver.cuuint64_t(1 << 30))
        stream = self.check(runtime.cudaStreamCreate())

        def once():
            _, pointer = runtime.cudaMallocAsync(size, stream)
            runtime.cudaFreeAsync(pointer, stream)

        return once

    def copy(self, to_device, memory, shape, dtype):
        runtime, check = self.runtime, self.check
        size = np.dtype(dtype).itemsize
        for length in shape:
            size *= length
        memory_here = Freed(runtime, check(runtime.cudaMalloc(size)))
        kinds = runtime.cudaMemcpyKind
        kind = kinds.cudaMemcpyHostToDevice if to_device else kinds.cudaMemcpyDeviceToHost

        def upload(host):
            packed = np.ascontiguousarray(host)
            check(runtime.cudaMemcpy(memory_here.pointer, packed.ctypes.data, size, kind))
            check(runtime.cudaStreamSynchronize(0))

        def download(host):
            target = np.empty(shape, dtype) if memory in ("fresh", "transposed") else host
            check(runtime.cudaMemcpy(target.ctypes.data, memory_here.pointer, size, kind))
            if memory == "transposed":
                host[...] = target
            return target

        def rows(host):
            inside, outside = (memory_here.pointer, ROW), (host.ctypes.data, PITCH)
            dst, src = (inside, outside) if to_device else (outside, inside)
            check(runtime.cudaMemcpy2D(*dst, *src, ROW, shape[0], kind))
            check(runtime.cudaStreamSynchronize(0))

        if memory == "rows":
            return rows
        return upload if to_device else download


class Freed:
    """Device memory that is freed when nobody needs it."""

    def __init__(self, runtime, pointer):
        self.runtime, self.pointer = runtime, pointer

    def __del__(self):
        self.runtime.cudaFree(self.pointer)


class Ours:
    key, name, module = "python", "cuda_interop", "cuda_interop"
    # Its engine is made by the first copies.
    warms_up = True

    def __init__(self, package, device):
        self.package, self.device = package, package.Device(device)
        self.kept = package.CudaBuffer((1,), "uint8", device=self.device)

    def allocate(self, size):
        package, device = self.package, self.device
        return lambda: package.CudaBuffer((size,), "uint8", device=device)

    def copy(self, to_device, memory, shape, dtype):
        package = self.package
        array = package.CudaBuffer(shape, dtype, device=self.device)
        stream = array.stream

        def upload(host):
            package.memcpy_h2d(host, array)
            stream.synchronize()

        if to_device:
            return upload
        if memory == "fresh":
            return lambda _: array.numpy()
        return lambda host: package.memcpy_d2h(array, host)


# In the order of import: cuda_interop takes the libcudart that the others bring.
PACKAGES = [Torch, CuPy, Numba, CudaBindings, Ours]
