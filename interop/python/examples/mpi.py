"""mpi4py: a buffer sent from the device of one process to the device of another, where MPI knows CUDA.

Run alone it starts itself twice under mpiexec.
"""

import os
import shutil
import subprocess
import sys

import numpy as np

from cuda_interop import CudaBuffer, memcpy_h2d, synchronize

SKIPPED = 77


def skip(reason):
    """Ends the program: there is nothing to show here."""
    print("skipped:", reason)
    sys.exit(SKIPPED)


def knows_cuda(mpi):
    """Whether this MPI library takes device addresses."""
    try:
        # MPI 4.1 lists the kinds of memory that it knows.
        kinds = mpi.COMM_WORLD.Get_info().Get("mpi_memory_alloc_kinds") or ""
    except mpi.Exception:
        kinds = ""
    if "cuda" in kinds:
        return True
    if "Open MPI" in mpi.Get_library_version() and (info := shutil.which("ompi_info")):
        # Older versions of Open MPI say it of how they were built.
        said = subprocess.run([info, "--parsable", "--all"], capture_output=True, text=True, check=False).stdout
        return "mpi_built_with_cuda_support:value:true" in said
    return False


def exchange(world):
    """Process 0 sends, process 1 doubles and sends back."""
    values = np.arange(100_000, dtype=np.float64)
    buf = CudaBuffer(values.shape, values.dtype)
    if world.rank == 0:
        memcpy_h2d(values, buf)
        synchronize()  # mpi4py asks for the memory with stream=-1: nobody waits for what is under way
        world.Send(buf, dest=1)
        world.Recv(buf, source=1)
        np.testing.assert_array_equal(buf.numpy(), 2 * values)
        print("MPI sends and receives our buffers")
    else:
        world.Recv(buf, source=0)
        memcpy_h2d(2 * buf.numpy(), buf)
        synchronize()
        world.Send(buf, dest=0)


def main():
    """Finds out what this MPI can do, starts a second process if there is none, and exchanges."""
    try:
        from mpi4py import MPI as mpi
    except (ImportError, RuntimeError) as error:
        skip(f"mpi4py cannot be used: {str(error).splitlines()[0]}")
    if not knows_cuda(mpi):
        # Some versions end in a zero byte.
        version = mpi.Get_library_version().replace("\0", "").splitlines()[0]
        skip(f"this MPI does not take device memory: {version}")
    if mpi.COMM_WORLD.size == 2:
        return exchange(mpi.COMM_WORLD)
    launcher = shutil.which("mpiexec")
    if launcher is None:
        skip("there is no mpiexec to start a second process with")
    os.execv(launcher, [launcher, "-n", "2", sys.executable, __file__])


if __name__ == "__main__":
    main()
