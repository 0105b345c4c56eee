"""What a call costs here and in the packages that do the same, all in one run, as a table in Markdown.

    python benches/speed.py [--out FILE] [--rounds N]

The cases of a table take turns: one round is a few milliseconds of each, and the table has the median and the quartiles over
all rounds, of nanoseconds a call. Packages that are not installed are marked as absent. CUDA_INTEROP_RUNTIME=emulator means
no GPU, so all peers are absent and no goal is judged: the figures only show that the program works.
"""

import argparse
import gc
import importlib
import operator
import os
import platform
import re
import statistics
import sys
import timeit
from dataclasses import dataclass, field

import numpy as np

EMULATED = os.environ.get("CUDA_INTEROP_RUNTIME", "").startswith("emulator")
ROUND = 3e-3


def peer(name):
    """A package on a GPU, or None."""
    if EMULATED:
        return None
    try:
        return importlib.import_module(name)
    except (ImportError, OSError):
        return None


# Before ours, which takes the libcudart that they bring.
torch, cupy = peer("torch"), peer("cupy")
bindings, core = peer("cuda.bindings.runtime"), peer("cuda.core.utils")
if torch:
    torch.cuda.init()

from cuda_interop import CudaBuffer, Device, __version__, doctor, memcpy_d2h, memcpy_h2d  # noqa: E402


class Described:
    """An array-interface object and nothing else."""

    def __init__(self, buffer):
        self.buffer, self.__cuda_array_interface__ = buffer, buffer.__cuda_array_interface__


class Ready:
    """A producer that does nothing but hand out a capsule of PyTorch's own: what torch.from_dlpack costs by itself."""

    def __init__(self, tensor):
        self.tensor, self.capsule = tensor, torch.utils.dlpack.to_dlpack

    def __dlpack_device__(self):
        return (2, 0)

    def __dlpack__(self, **_arguments):
        return self.capsule(self.tensor)


class Plain:
    """A buffer as people write it in plain Python over cuda-bindings."""

    def __init__(self, shape, dtype, ptr=None):
        self.shape, self.dtype = shape, np.dtype(dtype)
        self.size = int(np.prod(shape)) * self.dtype.itemsize
        self.owned = ptr is None
        if self.owned:
            error, ptr = bindings.cudaMalloc(self.size)
            assert error == bindings.cudaError_t.cudaSuccess, error
        self.ptr = ptr

    @classmethod
    def from_cuda(cls, obj):
        described = obj.__cuda_array_interface__
        return cls(described["shape"], np.dtype(described["typestr"]), described["data"][0])

    @property
    def __cuda_array_interface__(self):
        data = (int(self.ptr), False)
        return {"version": 3, "shape": self.shape, "typestr": self.dtype.str, "data": data, "strides": None}

    def copy_from(self, host):
        kind = bindings.cudaMemcpyKind.cudaMemcpyHostToDevice
        (error,) = bindings.cudaMemcpy(self.ptr, host.ctypes.data, host.nbytes, kind)
        assert error == bindings.cudaError_t.cudaSuccess, error

    def __del__(self):
        if self.owned:
            bindings.cudaFree(self.ptr)


@dataclass
class Case:
    name: str
    statement: str
    # What the statement needs; None for a peer that is absent.
    names: dict
    rounds: list = field(default_factory=list)
    # Why there are no figures.
    without: str | None = None

    def prepare(self):
        """Whether the case can be run: a peer may be absent, or refuse what it is given."""
        if any(value is None for value in self.names.values()):
            self.without = "absent"
            return False
        self.timer = timeit.Timer(self.statement, globals=dict(self.names))
        try:
            self.timer.timeit(200)
        except Exception as refusal:  # what a peer raises is its own choice
            self.without = f"refused: {type(refusal).__name__}"
            return False
        self.number = max(20, int(ROUND / (self.timer.timeit(200) / 200)))
        return True

    def row(self):
        return f"| {self.name} | {self.without + ' | |' if self.without else quartiles(self.rounds) + ' |'}"

    def run(self):
        self.rounds.append(self.timer.timeit(self.number) / self.number * 1e9)


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:,.0f} | {low:,.0f} to {high:,.0f}"


def measure(cases, rounds):
    """Fills the rounds of the cases that are present, each round in another order."""
    present = [case for case in cases if case.prepare()]
    gc.collect()
    for turn in range(rounds if present else 0):
        start = turn % len(present)
        for case in present[start:] + present[:start]:
            case.run()


def table(title, cases, goals, rounds):
    """One section: what was measured, and whether the goals were met. A goal is what it says, the limit (None: it is only
    told), the cases it is about, and the figure of them that shall be within the limit, taken in each round."""
    measure(cases, rounds)
    lines = [f"## {title}", "", "| case | median ns | quartiles |", "|---|---:|---:|"]
    lines += [case.row() for case in cases] + [""]
    named = {case.name: case.rounds for case in cases}
    for says, limit, names, figure in goals:
        figures = [figure(*values) for values in zip(*(named[name] for name in names), strict=False)]
        value = f"{statistics.median(figures):,.2f}" if figures and not EMULATED else None
        if limit is None:
            lines.append(f"- {says}: {value or 'not measured'}")
            continue
        verdict = f"{value}, {'met' if statistics.median(figures) <= limit else 'MISSED'}" if value else "not judged"
        lines.append(f"- Goal: {says}, at most {limit}: {verdict}")
    return "\n".join(lines) + "\n"


def sections(rounds):
    """The tables, one after the other."""
    host = np.random.default_rng(1).random((32, 32), np.float32)
    buffer = CudaBuffer(host.shape, host.dtype)
    buffer.copy_from(host)
    described = Described(buffer)
    plain = Plain(host.shape, host.dtype) if bindings else None
    tensor = torch.empty(32, 32, device="cuda") if torch else None
    array = cupy.empty((32, 32), cupy.float32) if cupy else None
    view = core.StridedMemoryView.from_any_interface if core else None
    ours, theirs = CudaBuffer.from_cuda, Plain.from_cuda if bindings else None
    alone, ratio = float, operator.truediv

    yield table(
        "from_cuda of an array-interface object",
        [
            Case("CudaBuffer.from_cuda", "f(o)", {"f": ours, "o": described}),
            Case("plain Python", "f(o)", {"f": theirs, "o": described}),
            Case("StridedMemoryView", "f(o, stream_ptr=-1)", {"f": view, "o": described}),
            Case("CudaBuffer.from_cuda, of CuPy", "f(o)", {"f": ours, "o": array}),
            Case("StridedMemoryView, of CuPy", "f(o, stream_ptr=-1)", {"f": view, "o": array}),
        ],
        [("ns of our call", 500, ["CudaBuffer.from_cuda"], alone)],
        rounds,
    )
    yield table(
        "from_cuda of a tensor of PyTorch",
        [
            Case("CudaBuffer.from_cuda", "f(o)", {"f": ours, "o": tensor}),
            Case("plain Python", "f(o)", {"f": theirs, "o": tensor}),
            Case("StridedMemoryView", "f(o, stream_ptr=-1)", {"f": view, "o": tensor}),
            # Every second column: it may be marked as negative, so PyTorch is asked.
            Case("CudaBuffer.from_cuda, strided", "f(o)", {"f": ours, "o": None if tensor is None else tensor[:, ::2]}),
        ],
        [("ns of our call", 150, ["CudaBuffer.from_cuda"], alone)],
        rounds,
    )
    yield table(
        "read __cuda_array_interface__",
        [
            Case("CudaBuffer", "o.__cuda_array_interface__", {"o": buffer}),
            Case("plain Python", "o.__cuda_array_interface__", {"o": plain}),
            Case("CuPy", "o.__cuda_array_interface__", {"o": array}),
            Case("PyTorch", "o.__cuda_array_interface__", {"o": tensor}),
        ],
        [("ns of our call", 250, ["CudaBuffer"], alone)],
        rounds,
    )
    to_torch, to_cupy = torch and torch.from_dlpack, cupy and cupy.from_dlpack
    own, ready = "torch.from_dlpack(an object with PyTorch's own capsule)", torch and Ready(tensor)
    capsule = "PyTorch's own capsule alone"
    yield table(
        "DLPack to a framework",
        [
            Case("torch.from_dlpack(CudaBuffer)", "f(o)", {"f": to_torch, "o": buffer}),
            Case("torch.from_dlpack(cupy.ndarray)", "f(o)", {"f": to_torch, "o": array}),
            Case(own, "f(o)", {"f": to_torch, "o": ready}),
            Case(capsule, "f(t)", {"f": ready and ready.capsule, "t": tensor}),
            Case("torch.from_dlpack(CudaBuffer.__dlpack__())", "f(o.__dlpack__())", {"f": to_torch, "o": buffer}),
            Case("CudaBuffer.share(torch.Tensor)", "o.share(t)", {"o": buffer, "t": torch and torch.Tensor}),
            Case("cupy.from_dlpack(CudaBuffer)", "f(o)", {"f": to_cupy, "o": buffer}),
            Case("cupy.from_dlpack(torch.Tensor)", "f(o)", {"f": to_cupy, "o": tensor}),
            Case("CudaBuffer.__dlpack__ alone", "o.__dlpack__(max_version=(1, 0))", {"o": buffer}),
        ],
        [
            (
                "PyTorch, ours by theirs",
                0.5,
                ["torch.from_dlpack(CudaBuffer)", "torch.from_dlpack(cupy.ndarray)"],
                ratio,
            ),
            (
                "of which PyTorch's function costs by itself, ns, whatever the producer",
                None,
                [own, capsule],
                operator.sub,
            ),
            (
                "PyTorch by share(torch.Tensor), ours by theirs",
                0.5,
                ["CudaBuffer.share(torch.Tensor)", "torch.from_dlpack(cupy.ndarray)"],
                ratio,
            ),
            (
                "CuPy, ours by theirs",
                0.5,
                ["cupy.from_dlpack(CudaBuffer)", "cupy.from_dlpack(torch.Tensor)"],
                ratio,
            ),
        ],
        rounds,
    )
    kind = bindings and bindings.cudaMemcpyKind.cudaMemcpyHostToDevice
    raw = {"f": bindings and bindings.cudaMemcpy, "to": plain and plain.ptr, "at": host.ctypes.data, "kind": kind}
    thin = {"f": cupy and cupy.cuda.runtime.memcpy, "to": buffer.ptr, "at": host.ctypes.data}
    yield table(
        "4 KiB from NumPy to the device",
        [
            Case("memcpy_h2d", "f(h, d)", {"f": memcpy_h2d, "h": host, "d": buffer}),
            Case("CudaBuffer.copy_from", "d.copy_from(h)", {"h": host, "d": buffer}),
            Case("plain Python", "d.copy_from(h)", {"h": host, "d": plain}),
            Case("CuPy, set", "d.set(h)", {"h": host, "d": array}),
            Case("PyTorch, copy_", "d.copy_(h)", {"h": torch and torch.from_numpy(host), "d": tensor}),
            Case("cuda-bindings, cudaMemcpy", "f(to, at, 4096, kind)", raw),
            Case("cuda-bindings, cudaMemcpy of 0 bytes", "f(to, at, 0, kind)", raw),
            Case("CuPy, runtime.memcpy", "f(to, at, 4096, 1)", thin),
        ],
        [
            (
                # Without bytes the call costs what Python and the binding do; the little that C does counts against us.
                "ns more than C, which is cuda-bindings' call less the one of 0 bytes",
                300,
                ["memcpy_h2d", "cuda-bindings, cudaMemcpy", "cuda-bindings, cudaMemcpy of 0 bytes"],
                lambda own, call, nothing: own - (call - nothing),
            ),
            (
                "ns more than CuPy's call of cudaMemcpy, its own cost included",
                300,
                ["memcpy_h2d", "CuPy, runtime.memcpy"],
                operator.sub,
            ),
        ],
        rounds,
    )
    back = np.empty_like(host)
    kind = bindings and bindings.cudaMemcpyKind.cudaMemcpyDeviceToHost
    raw = {"f": bindings and bindings.cudaMemcpy, "to": back.ctypes.data, "at": plain and plain.ptr, "kind": kind}
    yield table(
        "4 KiB from the device to NumPy",
        [
            Case("memcpy_d2h", "f(d, h)", {"f": memcpy_d2h, "h": back, "d": buffer}),
            Case("CudaBuffer.numpy", "d.numpy()", {"d": buffer}),
            Case("CuPy, get", "d.get(out=h)", {"h": back, "d": array}),
            Case("PyTorch, copy_", "h.copy_(d)", {"h": torch and torch.from_numpy(back), "d": tensor}),
            Case("cuda-bindings, cudaMemcpy", "f(to, at, 4096, kind)", raw),
            Case("cuda-bindings, cudaMemcpy of 0 bytes", "f(to, at, 0, kind)", raw),
        ],
        [
            (
                "ns more than C, taken as above",
                300,
                ["memcpy_d2h", "cuda-bindings, cudaMemcpy", "cuda-bindings, cudaMemcpy of 0 bytes"],
                lambda own, call, nothing: own - (call - nothing),
            ),
        ],
        rounds,
    )
    dtype, half = np.dtype(np.float32), {"n": 1024}
    yield table(
        "allocate and free 4 KiB",
        [
            Case('CudaBuffer, allocator="pool"', 'f(n, d, allocator="pool")', {"f": CudaBuffer, "d": dtype} | half),
            Case("CudaBuffer", "f(n, d)", {"f": CudaBuffer, "d": dtype} | half),
            Case("plain Python", "f((n,), d)", {"f": bindings and Plain, "d": dtype} | half),
            Case("CuPy, empty", "f(n, d)", {"f": cupy and cupy.empty, "d": dtype} | half),
            Case("PyTorch, empty", "f(n, device='cuda')", {"f": torch and torch.empty} | half),
            Case(
                "cuda-bindings, cudaMallocAsync and cudaFreeAsync",
                "g(f(4096, 0)[1], 0)",
                {"f": bindings and bindings.cudaMallocAsync, "g": bindings and bindings.cudaFreeAsync},
            ),
        ],
        [("ns of our call", 1000, ['CudaBuffer, allocator="pool"'], alone)],
        rounds,
    )


def head(rounds):
    """Where and with what."""
    versions = [f"cuda_interop {__version__}", f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    for name in ("torch", "cupy", "cuda.bindings", "cuda.core"):
        module = peer(name)
        versions.append(f"{name} {getattr(module, '__version__', '')}" if module else f"{name} absent")
    runtime = next(line for line in doctor().splitlines() if line.startswith("runtime:"))
    # Which folder of this machine the library is in is of no use to a reader.
    runtime = re.sub(r" from \S*/", " from ", runtime)
    lines = [
        "# What a call from Python costs",
        "",
        f"{Device(0).name}; {platform.machine()}, {os.cpu_count()} CPUs; {', '.join(versions)}.",
        f"R{runtime[1:]}.",
        f"{rounds} rounds of {ROUND * 1e3:.0f} ms a case, the cases of a table in turns; `benches/speed.py`.",
    ]
    if EMULATED:
        lines += ["", "**No GPU: this is the emulator. The peers are absent and the goals are not judged.**"]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", help="write the report there instead of to the standard output")
    parser.add_argument("--rounds", type=int, default=101)
    arguments = parser.parse_args()
    report = "\n".join([head(arguments.rounds), *sections(arguments.rounds)])
    if arguments.out:
        with open(arguments.out, "w", encoding="utf-8") as file:
            file.write(report)
    else:
        sys.stdout.write(report)


if __name__ == "__main__":
    main()
