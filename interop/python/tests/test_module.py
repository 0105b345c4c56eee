"""The module: what it costs to import, which CUDA it chooses, and what doctor says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import cuda_interop
import pytest

from conftest import EMULATED


def run(program, **environment):
    """Runs a program in a new interpreter, as strict as pytest about warnings."""
    environment = {key: value for key, value in {**os.environ, **environment}.items() if value is not None}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_importing_loads_no_cuda():
    program = """
import cuda_interop
with open("/proc/self/maps") as file:
    maps = file.read()
assert "libcudart" not in maps and "libcuda.so" not in maps, maps
"""
    result = run(program, CUDA_INTEROP_RUNTIME="cuda")
    assert (result.returncode, result.stderr) == (0, "")


def test_importing_imports_nothing_heavy():
    program = """
import sys
import cuda_interop
heavy = {"numpy", "torch", "cupy", "ml_dtypes", "ctypes"} & set(sys.modules)
assert not heavy, heavy
"""
    result = run(program)
    assert (result.returncode, result.stderr) == (0, "")


def test_importing_takes_no_time():
    program = """
import time
begin = time.perf_counter()
import cuda_interop
print(time.perf_counter() - begin)
"""
    best = min(float(run(program).stdout) for _ in range(5))
    # 5 ms is the goal for a release build on a quiet machine; a debug build on a busy one is given room.
    assert best < 0.05, best


def test_every_public_name_is_there():
    for name in cuda_interop.__all__:
        assert getattr(cuda_interop, name) is not None
    assert cuda_interop.__version__


def test_without_cuda_the_first_call_says_what_was_tried():
    program = """
import cuda_interop
try:
    cuda_interop.devices()
except cuda_interop.LibraryNotFound as error:
    assert isinstance(error, OSError)
    assert error.tried and all(isinstance(path, str) for path in error.tried), error.tried
    assert "/nowhere/libcudart.so" in " ".join(error.tried), error.tried
    print("told")
"""
    # An override that names no library is an error, never passed over.
    result = run(program, CUDA_INTEROP_RUNTIME="cuda", CUDA_SYS_CUDART="/nowhere/libcudart.so")
    assert (result.stdout, result.stderr, result.returncode) == ("told\n", "", 0)


def test_a_failure_is_not_remembered():
    program = """
import os
import cuda_interop
os.environ["CUDA_INTEROP_RUNTIME"] = "nonsense"
try:
    cuda_interop.devices()
except ValueError as error:
    assert "nonsense" in str(error) and "emulator" in str(error), error
os.environ["CUDA_INTEROP_RUNTIME"] = "emulator"
assert cuda_interop.devices()
"""
    result = run(program)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("flavour", ["emulator12", "emulator13"])
def test_the_emulator_of_each_major_can_be_chosen(flavour):
    result = run("import cuda_interop; print(cuda_interop.doctor())", CUDA_INTEROP_RUNTIME=flavour)
    assert f"CUDA {flavour[-2:]} emulator" in result.stdout, result.stderr


def test_doctor_names_the_runtime_and_every_device():
    report = cuda_interop.doctor()
    assert ("emulator" in report) == EMULATED
    for device in cuda_interop.devices():
        assert device.name in report and device.uuid in report
    assert report.count("copies of pageable memory: ") == len(cuda_interop.devices())


def test_doctor_runs_as_a_program():
    command = [sys.executable, "-W", "error", "-m", "cuda_interop", "doctor"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert cuda_interop.devices()[0].name in result.stdout


def test_doctor_without_cuda_says_so_and_fails():
    command = [sys.executable, "-m", "cuda_interop", "doctor"]
    environment = dict(os.environ, CUDA_INTEROP_RUNTIME="cuda", CUDA_SYS_CUDART="/nowhere/libcudart.so")
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert "/nowhere/libcudart.so" in result.stdout


def test_the_program_explains_itself():
    command = [sys.executable, "-m", "cuda_interop"]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 2
    assert subprocess.run([*command, "--help"], capture_output=True, timeout=60).returncode == 0


def test_importing_leaves_the_interpreters_lock_as_it_is():
    """A free-threaded Python takes its lock again for modules that do not say they can do without, and warns."""
    program = """
import sys
locked = getattr(sys, "_is_gil_enabled", lambda: True)
before = locked()
import cuda_interop
assert locked() == before
"""
    result = run(program)
    assert (result.returncode, result.stderr) == (0, "")


def test_what_the_readme_names_is_there():
    """README.md lists tests by name, and the package's README examples by file."""
    folder = Path(__file__).parent
    tests = "".join(path.read_text() for path in folder.glob("test_*.py"))
    for name in re.findall(r"`(test_\w+)`", (folder / "README.md").read_text()):
        assert f"def {name}(" in tests, name
    linked = set(re.findall(r"\]\(examples/(\w+\.py)\)", (folder.parent / "README.md").read_text()))
    assert linked == {path.name for path in (folder.parent / "examples").glob("*.py")}


def test_everything_public_has_a_doc_string():
    classes = (cuda_interop.CudaBuffer, cuda_interop.Device, cuda_interop.Event, cuda_interop.Stream)
    protocols = {"__cuda_array_interface__", "__cuda_stream__", "__dlpack__", "__dlpack_device__"}
    members = {name: getattr(cuda_interop, name) for name in cuda_interop.__all__ if name != "__version__"}
    for kind in classes:
        for name, value in vars(kind).items():
            if not name.startswith("_") or name in protocols:
                members[f"{kind.__name__}.{name}"] = value
    assert not [name for name, value in members.items() if not value.__doc__]
