"""Measures what Python packages take for the copies and allocations that `cuda-interop bench` measures.

    python peers.py '{"device": 0, "cases": [...], "allocations": [...], ...}'

The program runs this with --peers; it needs NumPy and any of PyTorch, CuPy, Numba, cuda-bindings and cuda_interop. It
prints one JSON value a line: which packages there are, one figure of each for each case, and "done" after each case. The
packages take turns, a few copies at a time. A copy has ended when its figure is taken: where a package does not wait, this does.
"""

import gc
import importlib
import json
import mmap
import statistics
import sys
import time

ROW, PITCH = 23_040, 32_768
LONG, BATCH, ENOUGH = 16 << 20, 1 << 20, 0.3


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
            import cuda.bindings.driver as driver

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

    def __init__(self, package, device):
        self.package, self.device = package, package.Device(device)
        package.CudaBuffer((1,), "uint8", device=self.device)

    def allocate(self, size):
        package, device = self.package, self.device
        return lambda: package.CudaBuffer((size,), "uint8", device=device)

    def copy(self, to_device, memory, shape, dtype):
        package = self.package
        array = package.CudaBuffer(shape, dtype, device=self.device)
        if to_device:
            return lambda host: package.memcpy_h2d(host, array)
        if memory == "fresh":
            return lambda _: array.numpy()
        return lambda host: package.memcpy_d2h(array, host)


# In the order of import: cuda_interop takes the libcudart that the others bring.
PACKAGES = [Torch, CuPy, Numba, CudaBindings, Ours]


def say(line):
    print(json.dumps(line), flush=True)


def told(error):
    """An error in one line."""
    return (f"{type(error).__name__}: {error}".strip().splitlines() or [type(error).__name__])[0][:200]


def packages(device):
    """Those that can be measured; the others are named."""
    present = []
    for package in PACKAGES:
        try:
            module = importlib.import_module(package.module)
        except ModuleNotFoundError as error:
            missing = "not installed" if error.name in package.module.split(".") + [package.module] else told(error)
            say({"missing": {"peer": package.name, "why": missing}})
            continue
        except Exception as error:  # a broken installation raises what it likes
            say({"missing": {"peer": package.name, "why": told(error)}})
            continue
        try:
            present.append(package(module, device))
        except Exception as error:  # likewise without a GPU
            say({"missing": {"peer": package.name, "why": told(error)}})
            continue
        top = sys.modules[package.module.rpartition(".")[0] or package.module]
        version = getattr(top, "__version__", "")
        say({"present": {"peer": package.name, "version": version}})
    return present


def host_array(case, shared):
    """What a copy reads or writes; for a case of new memory to the device made anew each time."""
    memory, size = case["memory"], case["bytes"]
    if memory == "rows":
        rows = -(-size // ROW)
        return lambda: shared[: rows * PITCH].reshape(rows, PITCH)[:, :ROW]
    if memory == "transposed":
        side = int((size // 4) ** 0.5)
        return lambda: shared[:size].view("float32").reshape(side, side).T
    if memory == "fresh":
        if case["direction"] == "to_host":
            return lambda: None
        # Pages of the usual size, which np.zeros would not use.
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        return lambda: np.frombuffer(mmap.mmap(-1, size, flags=private), "uint8")
    return lambda: shared[:size]


def device_array(case):
    """Shape and element type on the device."""
    memory, size = case["memory"], case["bytes"]
    if memory == "rows":
        return (-(-size // ROW), ROW), "uint8"
    if memory == "transposed":
        return (int((size // 4) ** 0.5),) * 2, "float32"
    return (size,), "uint8"


def in_turns(timed, least, slice_seconds, number, batch=1):
    """Medians, in seconds, of callables that take turns, some calls at a time; each returns the seconds it took. One that
    has taken long enough is called no more."""
    times = {key: [] for key in timed}
    order, begun, turn = list(timed), time.perf_counter(), 0
    while order and (turn < least or time.perf_counter() - begun < slice_seconds * len(order)):
        start = (turn + number) % len(order)
        for key in order[start:] + order[:start]:
            if sum(times[key]) < ENOUGH:
                times[key] += [timed[key]() for _ in range(batch)]
        turn += 1
    return {key: statistics.median(each) for key, each in times.items()}


def prepared(present, what, make, warm_up):
    """What `make` makes of each package, after some uses; a package that raises is named and left out."""
    timed = {}
    for package in present:
        try:
            timed[package] = make(package)
            for _ in range(warm_up):
                timed[package]()
        except Exception as error:  # what a package raises is its own choice
            timed.pop(package, None)
            say({"refused": {"peer": package.name, "what": what, "why": told(error)}})
    return timed


def measure_copy(present, case, shared, job):
    host, (shape, dtype) = host_array(case, shared), device_array(case)
    long = case["bytes"] >= LONG

    def make(package):
        copy = package.copy(case["direction"] == "to_device", case["memory"], shape, dtype)

        def timed():
            array = host()
            begun = time.perf_counter()
            result = copy(array)
            took = time.perf_counter() - begun
            del result
            return took

        return timed

    what = f"{case['memory']} {case['direction']}, {case['bytes']} bytes"
    timed = prepared(present, what, make, 0 if case["bytes"] > 4 * LONG else 1 if long else 4)
    least = 1 if case["bytes"] > 4 * LONG else 2 if long else 5
    size = np.dtype(dtype).itemsize
    for length in shape:
        size *= length
    batch = min(max(BATCH // case["bytes"], 1), 16)
    for package, seconds in in_turns(timed, least, job["slice_ms"] / 1e3, job["number"], batch).items():
        figure = {"case": case, "method": package.key, "gigabytes_per_second": size / seconds / 1e9}
        say({"measured": figure})


def measure_allocation(present, size, job):
    def batch(once):
        def timed():
            begun = time.perf_counter()
            for _ in range(10):
                once()
            return (time.perf_counter() - begun) / 10

        return timed

    timed = prepared(present, f"allocation of {size} bytes", lambda package: batch(package.allocate(size)), 2)
    pools = [package for package in present if hasattr(package, "allocate_from_pool")]
    what = f"allocation of {size} bytes from a pool"
    pooled = prepared(pools, what, lambda package: batch(package.allocate_from_pool(size)), 2)
    both = {(package, False): once for package, once in timed.items()}
    both |= {(package, True): once for package, once in pooled.items()}
    for (package, pool), seconds in in_turns(both, 5, job["slice_ms"] / 1e3, job["number"]).items():
        say({"measured": {"bytes": size, "peer": package.name, "pool": pool, "ns": seconds * 1e9}})


def main(job):
    end = time.monotonic() + job["seconds"]
    present = packages(job["device"])
    cases = job["cases"]
    spans = [c["bytes"] if c["memory"] != "rows" else -(-c["bytes"] // ROW) * PITCH for c in cases]
    # Not zero, for which no page would be touched.
    shared = np.full(max(spans, default=0), 1, "uint8") if present and cases else None
    gc.collect()
    gc.disable()
    left_out = 0
    for case in cases:
        if time.monotonic() > end:
            left_out += 1
        else:
            measure_copy(present, case, shared, job)
        say("done")
    for size in job["allocations"]:
        measure_allocation(present, size, job)
        say("done")
    if left_out:
        say({"refused": {"peer": "all", "what": f"{left_out} of {len(cases)} cases", "why": "the time was up"}})


try:
    import numpy as np
except ImportError as error:
    for package in PACKAGES:
        say({"missing": {"peer": package.name, "why": f"NumPy cannot be imported ({error})"}})
else:
    main(json.loads(sys.argv[1]))
