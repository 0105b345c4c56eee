"""The runtime under test, and when a test may be skipped.

CUDA_TEST_RUNTIME is `emulator12`, `emulator13`, `cuda` or the path of a libcudart. Without it and without
CUDA_INTEROP_RUNTIME the tests run on the emulator. A test is skipped for a library or a device that is not there and
for nothing else; with CUDA_TEST_REQUIRE_GPU=1 a missing device is a failure.
"""

import os

TEST_RUNTIME = os.environ.get("CUDA_TEST_RUNTIME")
if TEST_RUNTIME and "/" in TEST_RUNTIME:
    os.environ["CUDA_SYS_CUDART"] = TEST_RUNTIME
    os.environ["CUDA_INTEROP_RUNTIME"] = "cuda"
elif TEST_RUNTIME:
    os.environ["CUDA_INTEROP_RUNTIME"] = TEST_RUNTIME
os.environ.setdefault("CUDA_INTEROP_RUNTIME", "emulator")

import gc  # noqa: E402
import importlib  # noqa: E402
import importlib.metadata  # noqa: E402
import importlib.util  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import warnings  # noqa: E402

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from cuda_interop import CudaBuffer, Device, Stream, devices, synchronize  # noqa: E402

from peers import Producer  # noqa: E402

EMULATED = os.environ["CUDA_INTEROP_RUNTIME"].startswith("emulator")


def pytest_collection_modifyitems(items):
    """JAX goes first: it takes whichever libcudart of its major is in the process, and an older one makes it crash."""
    items.sort(key=lambda item: item.path.name != "test_jax.py")


def without_device(reason):
    """Ends a test that needs a device which is not there."""
    if os.environ.get("CUDA_TEST_REQUIRE_GPU") == "1":
        pytest.fail(f"CUDA_TEST_REQUIRE_GPU=1, but {reason}", pytrace=False)
    pytest.skip(reason)


def present(name):
    """Skips the test if a framework is not installed, or has no GPU to work on."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        found = None
    if found is None:
        pytest.skip(f"{name} is not installed")
    if EMULATED:
        without_device(f"{name} needs a GPU")


def installed():
    """The names of all packages, as package indices write them."""
    names = (package.metadata["Name"] or "" for package in importlib.metadata.distributions())
    return {name.lower().replace("_", "-") for name in names}


def framework(name):
    """A framework on a GPU. One that is installed and cannot be imported is a failure."""
    present(name)
    with warnings.catch_warnings():
        # How a framework imports its own parts is not ours to judge.
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


@pytest.fixture
def torch():
    """PyTorch, on a GPU."""
    found = framework("torch")
    if not found.cuda.is_available():
        without_device("PyTorch sees no GPU")
    return found


@pytest.fixture
def cupy():
    """CuPy, on a GPU."""
    return framework("cupy")


@pytest.fixture
def numba_cuda():
    """Numba-CUDA, on a GPU."""
    # Kernels of a test are too small for the device, of which Numba would warn.
    os.environ["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"
    if not hasattr(np, "row_stack"):
        # Numba-CUDA 0.30 compiles no kernel without it, and NumPy 2.5 has dropped it.
        np.row_stack = np.vstack
    return framework("numba.cuda")


@pytest.fixture
def jax():
    """JAX, on a GPU."""
    # JAX would take most of the device's memory, which other tests measure.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    found = framework("jax")
    import jax.dlpack  # noqa: F401  the fixture gives the package with it

    if found.default_backend() != "gpu":
        if any(name.startswith("jax-cuda") and name.endswith("-plugin") for name in installed()):
            pytest.fail("JAX has its GPU plugin and does not use the GPU", pytrace=False)
        pytest.skip("this JAX was installed without its GPU plugin")
    return found


@pytest.fixture
def second_device():
    """A device other than the first; None where there is none, see below."""
    return Device(1) if len(devices()) > 1 else None


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """A test that needs a second device runs on the emulator, which has two, where the machine has only one."""
    if pyfuncitem.funcargs.get("second_device", "not asked for") is not None:
        return None
    pyfuncitem.user_properties.append(("ran on", "the emulator"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", pyfuncitem.nodeid]
    ours = ("CUDA_TEST_", "CUDA_EMULATOR_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    environment.update(CUDA_INTEROP_RUNTIME="emulator", PYTEST_ADDOPTS="")
    result = subprocess.run(
        command, cwd=pyfuncitem.config.rootpath, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0 and "1 passed" in result.stdout, result.stdout + result.stderr
    return True


@pytest.fixture
def filled():
    """Makes a buffer of a NumPy array's shape, type and contents."""

    def make(values, **arguments):
        values = np.asarray(values)
        buffer = CudaBuffer(values.shape, values.dtype, **arguments)
        buffer.copy_from(values)
        return buffer

    return make


@pytest.fixture
def pending():
    """Makes a buffer of a stream whose work is under way: its contents are being written, after others.

    With CUDA_EMULATOR_PACE_US, as test_order.py sets it, they are so for longer than a read takes that does not wait.
    """

    def make(values, stream):
        memory = CudaBuffer(values.shape, values.dtype)
        # These return before the bytes have arrived.
        for _ in range(4):
            memory.copy_from(np.zeros_like(values))
        memory.copy_from(values)
        stream.wait(Stream.legacy())
        assert not stream.query() or "CUDA_EMULATOR_PACE_US" not in os.environ, "nothing is pending"
        return CudaBuffer(values.shape, values.dtype, memory.ptr, stream=stream, owner=memory)

    return make


@pytest.fixture(params=["versioned", "legacy", "old"])
def producer(request):
    """Makes a producer of DLPack of each kind: versioned, legacy, and from before max_version."""
    kinds = {"versioned": {}, "legacy": {"versioned": False}, "old": {"old": True}}

    def make(*arguments, **keywords):
        return Producer(*arguments, **kinds[request.param], **keywords)

    return make


@pytest.fixture
def no_device_leak():
    """Fails if the test leaves more device memory in use than it found."""
    synchronize()
    before, _ = Device(0).memory_info()
    yield
    gc.collect()
    synchronize()
    after, _ = Device(0).memory_info()
    # On a GPU pools keep up to 64 MiB for the next allocations, and the driver grows its own memory in blocks.
    allowed = (2 if EMULATED else 96) << 20
    assert before - after <= allowed, f"{before - after} bytes of device memory are left in use"
