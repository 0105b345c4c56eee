"""The other side of each protocol in plain Python: producers that say what a test wants, and a consumer.

A producer owns no memory of its own: it describes that of a CudaBuffer or any address it is given.
"""

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
    py_object,
    pythonapi,
)

import numpy as np

CPU, CUDA, CUDA_HOST, CUDA_MANAGED = 1, 2, 3, 13
INT, UINT, FLOAT, OPAQUE, BFLOAT, COMPLEX, BOOL = range(7)
READ_ONLY, IS_COPIED = 1, 2

LEGACY, VERSIONED = b"dltensor", b"dltensor_versioned"
USED = {LEGACY: b"used_dltensor", VERSIONED: b"used_dltensor_versioned"}

# NumPy's and ml_dtypes' names with DLPack's code and bits.
DTYPES = [
    ("?", BOOL, 8),
    ("i1", INT, 8),
    ("i2", INT, 16),
    ("i4", INT, 32),
    ("i8", INT, 64),
    ("u1", UINT, 8),
    ("u2", UINT, 16),
    ("u4", UINT, 32),
    ("u8", UINT, 64),
    ("f2", FLOAT, 16),
    ("f4", FLOAT, 32),
    ("f8", FLOAT, 64),
    ("c8", COMPLEX, 64),
    ("c16", COMPLEX, 128),
    ("bfloat16", BFLOAT, 16),
    ("float8_e3m4", 7, 8),
    ("float8_e4m3", 8, 8),
    ("float8_e4m3b11fnuz", 9, 8),
    ("float8_e4m3fn", 10, 8),
    ("float8_e4m3fnuz", 11, 8),
    ("float8_e5m2", 12, 8),
    ("float8_e5m2fnuz", 13, 8),
    ("float8_e8m0fnu", 14, 8),
]

class Interface:
    """An object with a CUDA Array Interface, and nothing else."""

    def __init__(self, description, keeps=None):
        self.description, self.keeps, self.reads = description, keeps, 0

    @property
    def __cuda_array_interface__(self):
        self.reads += 1
        return self.description


def described(buffer, **changes):
    """The dictionary of a producer for a buffer, with other values; a key whose value is `...` is left out."""
    description = {
        "shape": buffer.shape,
        "typestr": buffer.dtype.str,
        "data": (buffer.ptr, False),
        "strides": None if buffer.is_c_contiguous else buffer.strides,
        "version": 3,
    }
    description.update(changes)
    return {key: value for key, value in description.items() if value is not ...}


class DLDevice(Structure):
    _fields_ = [("device_type", c_int32), ("device_id", c_int32)]


class DLDataType(Structure):
    _fields_ = [("code", c_uint8), ("bits", c_uint8), ("lanes", c_uint16)]


class DLTensor(Structure):
    _fields_ = [
        ("data", c_void_p),
        ("device", DLDevice),
        ("ndim", c_int32),
        ("dtype", DLDataType),
        ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
        ("byte_offset", c_uint64),
    ]


class DLManagedTensor(Structure):
    pass


class DLManagedTensorVersioned(Structure):
    pass


# A deleter may run on any thread: CFUNCTYPE takes the interpreter's lock, as a producer in Python must.
LegacyDeleter = CFUNCTYPE(None, POINTER(DLManagedTensor))
VersionedDeleter = CFUNCTYPE(None, POINTER(DLManagedTensorVersioned))
DLManagedTensor._fields_ = [("dl_tensor", DLTensor), ("manager_ctx", c_void_p), ("deleter", LegacyDeleter)]
DLManagedTensorVersioned._fields_ = [
    ("version_major", c_uint32),
    ("version_minor", c_uint32),
    ("manager_ctx", c_void_p),
    ("deleter", VersionedDeleter),
    ("flags", c_uint64),
    ("dl_tensor", DLTensor),
]

pythonapi.PyCapsule_New.restype = py_object
pythonapi.PyCapsule_New.argtypes = [c_void_p, c_char_p, c_void_p]
pythonapi.PyCapsule_GetPointer.restype = c_void_p
pythonapi.PyCapsule_GetPointer.argtypes = [py_object, c_char_p]
pythonapi.PyCapsule_GetName.restype = c_char_p
pythonapi.PyCapsule_GetName.argtypes = [py_object]
pythonapi.PyCapsule_SetName.restype = c_int
pythonapi.PyCapsule_SetName.argtypes = [py_object, c_char_p]


def capsule_name(capsule):
    return pythonapi.PyCapsule_GetName(capsule)


def dl_dtype(dtype):
    """The DLPack type of a numpy.dtype."""
    codes = {"i": INT, "u": UINT, "f": FLOAT, "c": COMPLEX, "b": BOOL}
    return codes[dtype.kind], dtype.itemsize * 8, 1


class Producer:
    """An object that exports one tensor by DLPack, and counts how often its deleter has run.

    What it is asked is in `asked`, one dictionary a call. An old producer knows only `stream`.
    """

    alive = {}

    def __init__(
        self,
        buffer=None,
        *,
        versioned=True,
        version=(1, 1),
        old=False,
        flags=0,
        device=None,
        deleter=True,
        data=None,
        shape=None,
        strides=...,
        byte_offset=0,
        dtype=None,
        ndim=None,
    ):
        self.buffer, self.versioned, self.old, self.has_deleter = buffer, versioned and not old, old, deleter
        self.version, self.flags, self.device = version, flags, device or (CUDA, 0)
        self.byte_offset, self.deleted, self.asked = byte_offset, 0, []
        self.data = buffer.ptr if data is None else data
        self.shape = tuple(buffer.shape if shape is None else shape)
        if strides is ...:
            strides = None if buffer is None else [stride // buffer.itemsize for stride in buffer.strides]
        self.strides = strides
        self.dtype = dl_dtype(buffer.dtype) if dtype is None else dtype
        self.ndim = len(self.shape) if ndim is None else ndim

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, **arguments):
        self.asked.append(arguments)
        if self.old and set(arguments) - {"stream"}:
            raise TypeError(f"__dlpack__() got an unexpected keyword argument {sorted(arguments)}")
        return self.capsule()

    def capsule(self):
        kind, callback = (
            (DLManagedTensorVersioned, VersionedDeleter) if self.versioned else (DLManagedTensor, LegacyDeleter)
        )
        managed = kind()
        if self.versioned:
            managed.version_major, managed.version_minor = self.version
            managed.flags = self.flags
        shape = (c_int64 * max(len(self.shape), 1))(*self.shape)
        strides = None if self.strides is None else (c_int64 * max(len(self.strides), 1))(*self.strides)
        tensor = managed.dl_tensor
        tensor.data, tensor.byte_offset, tensor.ndim = self.data, self.byte_offset, self.ndim
        tensor.device, tensor.dtype = DLDevice(*self.device), DLDataType(*self.dtype)
        tensor.shape = ctypes.cast(shape, POINTER(c_int64))
        if strides is not None:
            tensor.strides = ctypes.cast(strides, POINTER(c_int64))
        address = ctypes.addressof(managed)

        def delete(_pointer):
            self.deleted += 1
            Producer.alive.pop(address, None)

        delete = callback(delete)
        if self.has_deleter:
            managed.deleter = delete
        Producer.alive[address] = (self, managed, shape, strides, delete)
        return pythonapi.PyCapsule_New(address, VERSIONED if self.versioned else LEGACY, None)


class Consumed:
    """A tensor taken out of a capsule, as a consumer has it until it calls the deleter."""

    def __init__(self, capsule):
        name = capsule_name(capsule)
        if name not in USED:
            raise BufferError(f"the capsule is called {name}")
        kind = DLManagedTensorVersioned if name == VERSIONED else DLManagedTensor
        self.address = pythonapi.PyCapsule_GetPointer(capsule, name)
        assert pythonapi.PyCapsule_SetName(capsule, USED[name]) == 0
        self.managed, self.versioned = kind.from_address(self.address), name == VERSIONED
        self.tensor = self.managed.dl_tensor

    @property
    def shape(self):
        return tuple(self.tensor.shape[axis] for axis in range(self.tensor.ndim))

    @property
    def strides(self):
        return tuple(self.tensor.strides[axis] for axis in range(self.tensor.ndim))

    @property
    def device(self):
        return self.tensor.device.device_type, self.tensor.device.device_id

    @property
    def dtype(self):
        return self.tensor.dtype.code, self.tensor.dtype.bits, self.tensor.dtype.lanes

    @property
    def first(self):
        """The address of element 0."""
        return (self.tensor.data or 0) + self.tensor.byte_offset

    @property
    def flags(self):
        return self.managed.flags

    def host_values(self):
        """The elements of a contiguous tensor in host memory."""
        code, bits, _ = self.dtype
        kind = {INT: "i", UINT: "u", FLOAT: "f", COMPLEX: "c", BOOL: "b"}[code]
        dtype = np.dtype(f"{kind}{bits // 8}")
        count = int(np.prod(self.shape, dtype=int))
        raw = ctypes.string_at(self.first, count * dtype.itemsize)
        return np.frombuffer(raw, dtype).reshape(self.shape)

    def release(self):
        self.managed.deleter(byref(self.managed))
        self.managed = self.tensor = None
