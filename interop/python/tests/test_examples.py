"""Every example is run, each in a process of its own as a user runs it.

An example ends with status 77 and a line that says why where the machine cannot show it: no NVENC, an MPI without
CUDA, a framework that was built without it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import EMULATED, present

EXAMPLES = Path(__file__).parents[1] / "examples"
SKIPPED = 77

# What may lack something that its framework has elsewhere: a GPU plugin, CUDA in MPI, NVENC in the GPU.
LACKING = {"jax_arrays.py", "mpi.py", "pynvvideocodec.py"}

# What each example imports; None is what the emulator can show too.
NEEDS = {
    "cuda_python.py": ("cuda.bindings", "cuda.core"),
    "cupy_arrays.py": ("cupy",),
    "cvcuda_images.py": ("cvcuda",),
    "jax_arrays.py": ("jax",),
    "mpi.py": ("mpi4py",),
    "numba_arrays.py": ("numba.cuda",),
    "numpy_arrays.py": None,
    "nvimagecodec.py": ("nvidia.nvimgcodec", "PIL"),
    "pycuda_arrays.py": ("pycuda.driver",),
    "pynvvideocodec.py": ("PyNvVideoCodec",),
    "pytorch.py": ("torch",),
}


def run(name, *arguments):
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, env=dict(os.environ))
    said = result.stdout.strip().splitlines()
    if result.returncode == SKIPPED:
        assert name in LACKING and said, f"{name} skips what it is to show: {said}"
        pytest.skip(said[-1])
    assert result.returncode == 0, result.stdout + result.stderr
    assert said, "an example says what it has shown"
    return result


def test_every_example_is_listed():
    assert set(NEEDS) == {path.name for path in EXAMPLES.glob("*.py")}


@pytest.mark.parametrize("name", NEEDS)
def test_example(name):
    for needed in NEEDS[name] or ():
        present(needed)
    if EMULATED:
        assert NEEDS[name] is None
    run(name)


def test_encoding_of_video():
    present("PyNvVideoCodec")
    run("pynvvideocodec.py", "encode")
