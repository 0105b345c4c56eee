"""How a process ends: no crash and no message, whatever is still alive. Each test is a program of its own."""

import os
import subprocess
import sys
import time

import pytest

from conftest import present

HEAD = """
import gc, sys, threading
import numpy as np
from cuda_interop import *
values = np.arange(1 << 16, dtype=np.uint8)
def filled():
    buffer = CudaBuffer(values.shape, np.uint8)
    buffer.copy_from(values)
    return buffer
"""


def ends_silently(program, head=HEAD, **environment):
    """Runs a program, which must end with status 0 and not write a byte to standard error."""
    path = os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")])
    result = subprocess.run(
        [sys.executable, "-W", "error", "-X", "faulthandler", "-c", head + program],
        env=dict(os.environ, PYTHONPATH=path.rstrip(os.pathsep), **environment),
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    return result.stdout


PROGRAMS = {
    "a buffer in a module global": "buffer = filled()",
    "a buffer of each allocator": """
buffers = [CudaBuffer(1000, np.uint8, allocator=name) for name in ("cuda", "pool", "pinned", "managed")]
""",
    "views and copies": "b = filled(); v = b[::2]; w = v[::-1]; c = w.copy()",
    "a buffer in another module": "import types; m = types.ModuleType('m'); sys.modules['m'] = m; m.buffer = filled()",
    "a buffer in a builtin module": "import builtins; builtins.kept = filled()",
    "a buffer in a reference cycle": "a = []; a.append((a, filled()))",
    "a buffer in a cycle through its owner": """
class Node: pass
node = Node(); source = filled()
node.buffer = CudaBuffer(values.shape, np.uint8, source.ptr, owner=node)
""",
    "a buffer in a cycle with the collector off": "gc.disable(); a = []; a.append((a, filled())); del a",
    "a buffer in thread-local memory": "local = threading.local(); local.buffer = filled()",
    "a buffer that an atexit function uses": """
import atexit
buffer = filled()
atexit.register(lambda: buffer.numpy())
""",
    "a buffer that a finaliser uses": """
class Last:
    def __init__(self): self.buffer = filled()
    def __del__(self):
        try: self.buffer.numpy()
        except (CudaError, ImportError): pass
last = Last()
""",
    "a finaliser that closes": """
class Last:
    def __init__(self): self.buffer = filled()
    def __del__(self): self.buffer.close()
last = Last()
""",
    "pinned arrays and their views": "array = pinned_empty(1000, np.uint8); view = array[::2]",
    "streams and events": "stream = Stream(); event = stream.record(); buffer = CudaBuffer(3, np.uint8, stream=stream)",
    "a stream of another library": """
class Foreign:
    def __init__(self): self.stream = Stream()
    def __cuda_stream__(self): return self.stream.__cuda_stream__()
buffer = CudaBuffer(3, np.uint8, stream=Foreign())
""",
    "a capsule that nobody consumed": """
capsule = filled().__dlpack__(max_version=(1, 0))
legacy = filled().__dlpack__()
""",
    "a tensor that nobody released": """
from peers import Consumed
tensor = Consumed(filled().__dlpack__(max_version=(1, 0)))
source = filled()
foreign = Consumed(CudaBuffer.from_cuda(source.__cuda_array_interface__).__dlpack__())
""",
    "buffers of foreign memory": """
from peers import Interface, Producer, described
source = filled()
a = CudaBuffer.from_cuda(Interface(described(source), source)); b = CudaBuffer.from_cuda(Producer(source))
""",
    "a tensor that lives in a C library": """
import ctypes
from peers import Consumed
tensor = Consumed(filled().__dlpack__(max_version=(1, 0)))
# Runs after the interpreter is gone: the C library calls the deleter with its argument.
libc = ctypes.CDLL(None)
deleter = ctypes.cast(tensor.managed.deleter, ctypes.c_void_p)
libc.__cxa_atexit.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
assert libc.__cxa_atexit(deleter, tensor.address, None) == 0
""",
    "a tensor over a Python object's memory that lives in a C library": """
import ctypes
from peers import Consumed
class Owner: pass
source = filled()
tensor = Consumed(CudaBuffer(values.shape, np.uint8, source.ptr, owner=Owner()).__dlpack__(max_version=(1, 0)))
libc = ctypes.CDLL(None)
deleter = ctypes.cast(tensor.managed.deleter, ctypes.c_void_p)
libc.__cxa_atexit.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
assert libc.__cxa_atexit(deleter, tensor.address, None) == 0
""",
    "daemon threads that copy": """
import time
def work():
    buffer, host = filled(), values.copy()
    while True:
        memcpy_h2d(host, buffer); memcpy_d2h(buffer, host)
for _ in range(8): threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
""",
    "daemon threads that exchange": """
import time
def work():
    source = filled()
    while True:
        CudaBuffer.from_cuda(source.__dlpack__(max_version=(1, 0)))[::2]
        CudaBuffer.from_cuda(source.__cuda_array_interface__)
for _ in range(8): threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
""",
    "daemon threads that allocate": """
import time
def work():
    while True: CudaBuffer(4096, np.uint8)
for _ in range(8): threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
""",
    "daemon threads that wait": """
import time
def work():
    while True: synchronize()
for _ in range(4): threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
""",
    "daemon threads that are starting CUDA": """
for _ in range(4): threading.Thread(target=synchronize, daemon=True).start()
""",
    "a thread that still runs": """
def work():
    buffer = filled()
    for _ in range(50): buffer.numpy()
threading.Thread(target=work).start()
""",
    "sys.exit from a function that holds one": """
def main():
    buffer = filled()
    sys.exit(0)
main()
""",
    "nothing used at all": "",
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_a_process_ends_with(what):
    ends_silently(PROGRAMS[what])


def test_a_process_ends_after_the_work_that_a_daemon_thread_waits_for():
    """Else CUDA is taken down while a thread is inside it, which has ended processes by SIGSEGV."""
    said = ends_silently(
        """
import time
buffer, waits = filled(), threading.Event()
def work():
    buffer.copy_from(values)
    waits.set()
    synchronize()
threading.Thread(target=work, daemon=True).start()
waits.wait()
print(time.monotonic())
""",
        CUDA_INTEROP_RUNTIME="emulator",
        CUDA_EMULATOR_DELAY_US="1000000",
    )
    assert time.monotonic() - float(said) > 0.5


def test_a_process_does_not_wait_for_deleters_that_wait_for_python():
    said = ends_silently(
        """
import time
class Owner: pass
source = filled()
def work():
    while True: CudaBuffer.from_cuda(CudaBuffer(values.shape, np.uint8, source.ptr, owner=Owner()).__dlpack__())
for _ in range(8): threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
print(time.monotonic())
"""
    )
    assert time.monotonic() - float(said) < 5


def test_an_atexit_function_registered_before_the_import_may_use_a_buffer():
    ends_silently(
        """
import atexit, sys
import numpy as np
kept = {}
def last():
    try:
        print(kept["buffer"].numpy().sum())
    except kept["error"] as error:
        print(error)
atexit.register(last)
from cuda_interop import CudaBuffer, CudaError
kept["error"] = CudaError
kept["buffer"] = CudaBuffer(3, np.uint8)
kept["buffer"].copy_from(np.ones(3, np.uint8))
""",
        head="",
    )


def test_an_uncaught_exception_is_the_only_message():
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + "buffer = filled(); raise SystemExit(3)"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (3, "")


class TestFork:
    """After fork the child has no CUDA. That is an error of its own type there, and nothing in the parent."""

    def test_the_child_gets_a_typed_error_and_the_parent_none(self):
        said = ends_silently(
            """
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)
buffer = filled()
read, write = os.pipe()
child = os.fork()
if child == 0:
    said = []
    for call in (buffer.numpy, lambda: CudaBuffer(3, np.uint8), synchronize, Stream, buffer.copy):
        try:
            call()
            said.append("nothing")
        except ForkedProcessError as error:
            assert isinstance(error, CudaError) and "spawn" in str(error).lower() or "fork" in str(error).lower()
            said.append("typed")
    os.write(write, " ".join(said).encode())
    # The buffers of the parent die here without a call to CUDA.
    del buffer
    gc.collect()
    sys.exit(0)
os.close(write)
_, status = os.waitpid(child, 0)
print(os.read(read, 1000).decode(), status)
assert (buffer.numpy() == values).all()
assert CudaBuffer(3, np.uint8).shape == (3,)
"""
        )
        assert said.split() == ["typed"] * 5 + ["0"]

    def test_a_child_does_not_wait_at_its_end_for_threads_that_it_does_not_have(self):
        ends_silently(
            """
import os, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.12 on, of fork with threads
def work():
    while True: synchronize()
for _ in range(4): threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
children = []
for _ in range(20):  # some of them while a thread is inside a call
    child = os.fork()
    if child == 0: sys.exit(0)
    children.append(child)
begun = time.monotonic()
for child in children:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert time.monotonic() - begun < 8, "a child has waited"
""",
        )

    def test_multiprocessing_with_fork_reports_the_error_to_the_parent(self):
        said = ends_silently(
            """
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)
def work(_):
    try: CudaBuffer(3, np.uint8)
    except ForkedProcessError: return "typed"
    return "nothing"
buffer = filled()
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(*pool.map(work, range(4)))
assert (buffer.numpy() == values).all()
"""
        )
        assert said.split() == ["typed"] * 4

    def test_a_child_forked_before_the_first_use_has_cuda(self):
        said = ends_silently(
            """
import os, warnings
warnings.simplefilter("ignore", DeprecationWarning)
child = os.fork()
buffer = filled()
assert (buffer.numpy() == values).all()
if child: print(os.waitpid(child, 0)[1])
"""
        )
        assert said.split() == ["0"]

    def test_spawn_works(self, tmp_path):
        script = tmp_path / "spawned.py"
        script.write_text(
            """
import multiprocessing
import numpy as np
from cuda_interop import CudaBuffer

def work(number):
    buffer = CudaBuffer(1000, np.int32)
    buffer.copy_from(np.full(1000, number, np.int32))
    return int(buffer.numpy().sum())

if __name__ == "__main__":
    kept = CudaBuffer(3, np.uint8)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(work, range(4)) == [0, 1000, 2000, 3000]
"""
        )
        result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
        assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("first", ["torch", "cupy", "cuda_interop"])
@pytest.mark.parametrize("second", ["torch", "cupy", "cuda_interop"])
def test_every_import_order_of_frameworks_ends_silently(first, second):
    if first == second:
        second = "numpy"
    for name in {first, second, "torch", "cupy"} - {"cuda_interop", "numpy"}:
        present(name)
    ends_silently(
        f"""
import {first}, {second}
import torch, cupy
import numpy as np
from cuda_interop import CudaBuffer
buffer = CudaBuffer((4, 5), np.float32)
buffer.copy_from(np.ones((4, 5), np.float32))
held_by_torch = torch.from_dlpack(buffer)
held_by_cupy = cupy.from_dlpack(buffer)
also_by_torch = torch.as_tensor(buffer, device="cuda")
of_torch = CudaBuffer.from_cuda(torch.ones(3, device="cuda"))
of_cupy = CudaBuffer.from_cuda(cupy.ones(3))
assert float(held_by_torch.sum()) == 20 and float(held_by_cupy.sum()) == 20
""",
        head="",
    )
