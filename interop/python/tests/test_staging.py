"""What copies of ordinary host memory may use, by call."""

import os
import subprocess
import sys

import pytest

import cuda_interop

# Each in an interpreter of its own: the settings are the process's.
PROGRAM = """
import numpy as np
from cuda_interop import CudaBuffer, doctor, staging_configure, staging_trim

def in_force():
    return doctor().split("copies of pageable memory: ")[1].splitlines()[0]

def copy():
    values = np.arange(8 << 20, dtype=np.uint8)
    buffer = CudaBuffer(values.shape, values.dtype)
    buffer.copy_from(values)
    assert (buffer.numpy() == values).all()
"""


def run(program, **environment):
    command = [sys.executable, "-W", "error", "-c", PROGRAM + program]
    environment = {**os.environ, **environment}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr


def test_copies_go_by_what_was_configured_last():
    program = """
staging_configure("threads=2,chunk=64K,limit=8M,from=0")
copy()
assert "2 threads" in in_force(), in_force()
staging_configure("off")
copy()
assert "off" in in_force(), in_force()
staging_configure()
copy()
assert "3 threads" in in_force(), in_force()
"""
    run(program, CUDA_INTEROP_STAGING="threads=3,limit=8M,from=0")


def test_what_copies_keep_can_be_freed():
    program = """
staging_configure("threads=2,chunk=64K,limit=8M,from=0")
assert staging_trim() == 0
copy()
assert 0 < staging_trim() <= 8 << 20
assert staging_trim() == 0
copy()
"""
    run(program)


def test_no_settings_are_the_default():
    run('staging_configure("")\ncopy()')


@pytest.mark.parametrize("settings", ["fast", "threads=0", "threads=many", "chunk=1", "limit=0", "off,threads=2"])
def test_settings_that_cannot_be_understood_are_refused(settings):
    with pytest.raises(ValueError, match="CUDA_INTEROP_STAGING"):
        cuda_interop.staging_configure(settings)


def test_settings_are_text():
    with pytest.raises(TypeError):
        cuda_interop.staging_configure(4)
