"""Arrays of "other libraries", as tests need them: wrappers that show one protocol each."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from cuda_interop import CudaBuffer


class Described:
    """Shows the array interface and nothing else."""

    def __init__(self, buffer: CudaBuffer, **changes: Any) -> None:
        self.buffer = buffer
        self.described = dict(buffer.__cuda_array_interface__, **changes)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        return self.described


class Exporter:
    """Shows DLPack and nothing else, and remembers how it was asked."""

    def __init__(self, buffer: CudaBuffer) -> None:
        self.buffer = buffer
        self.asked: list[dict[str, Any]] = []

    def __dlpack__(self, **how: Any) -> Any:
        self.asked.append(how)
        return self.buffer.__dlpack__(**how)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.buffer.__dlpack_device__()


class OldExporter(Exporter):
    """As before DLPack 1.0: knows no argument but the stream."""

    def __dlpack__(self, stream: Any = None) -> Any:
        self.asked.append({"stream": stream})
        return self.buffer.__dlpack__(stream=stream)


def filled(array: np.ndarray[Any, Any], **options: Any) -> CudaBuffer:
    """A buffer with the contents of an array."""
    buffer = CudaBuffer(array.shape, array.dtype, **options)
    buffer.copy_from(array)
    return buffer


def numbers(*shape: int, dtype: Any = np.int32) -> np.ndarray[Any, Any]:
    """Numbers in order, in a shape."""
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program in a process of its own, with warnings as errors."""
    import os

    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


def assert_runs_silently(code: str, **environment: str) -> None:
    """The program ends with status 0 and says nothing."""
    done = run_python(code, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class DLDevice(ctypes.Structure):
    _fields_ = (("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32))


class DLDataType(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16))


class DLTensor(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("device", DLDevice),
        ("ndim", ctypes.c_int32),
        ("dtype", DLDataType),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    )


class DLManagedTensorVersioned(ctypes.Structure):
    pass


Deleter = ctypes.CFUNCTYPE(None, ctypes.POINTER(DLManagedTensorVersioned))
DLManagedTensorVersioned._fields_ = (
    ("version", ctypes.c_uint32 * 2),
    ("manager_ctx", ctypes.c_void_p),
    ("deleter", Deleter),
    ("flags", ctypes.c_uint64),
    ("dl_tensor", DLTensor),
)


class ExchangeTable(ctypes.Structure):
    """DLPackExchangeAPI, as bare addresses."""

    _fields_ = (
        ("version", ctypes.c_uint32 * 2),
        ("prev_api", ctypes.c_void_p),
        ("managed_tensor_allocator", ctypes.c_void_p),
        ("managed_tensor_from_py_object_no_sync", ctypes.c_void_p),
        ("managed_tensor_to_py_object_no_sync", ctypes.c_void_p),
        ("dltensor_from_py_object_no_sync", ctypes.c_void_p),
        ("current_work_stream", ctypes.c_void_p),
    )


Lend = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(DLTensor))
Give = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.POINTER(DLManagedTensorVersioned)))
Take = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.POINTER(DLManagedTensorVersioned), ctypes.POINTER(ctypes.py_object))
CurrentStream = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_int32, ctypes.c_int32, ctypes.POINTER(ctypes.c_void_p))

capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
capsule_pointer.restype = ctypes.c_void_p
capsule_pointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)


def tensor_of(capsule: Any) -> DLManagedTensorVersioned:
    """The tensor in a versioned capsule, which stays the capsule's."""
    address = capsule_pointer(capsule, b"dltensor_versioned")
    return DLManagedTensorVersioned.from_address(address)


@contextmanager
def collected() -> Iterator[Callable[[], None]]:
    """Gives a function that collects garbage."""
    import gc

    gc.collect()
    yield lambda: (gc.collect(), None)[1]
