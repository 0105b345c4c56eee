"""python -m cuda_interop doctor: what CUDA this Python has, and why it is or is not usable."""

import sys

from . import CudaError, LibraryNotFound, devices, doctor

USAGE = "usage: python -m cuda_interop doctor"


def main(arguments: list[str]) -> int:
    """Prints the report; the exit status is 0 if a device can be used, 1 if not, 2 for wrong arguments."""
    if arguments in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    if arguments != ["doctor"]:
        print(USAGE, file=sys.stderr)
        return 2
    print(doctor(), end="")
    try:
        usable = [device for device in devices() if device.memory_info()]
    except (CudaError, LibraryNotFound, ValueError):
        return 1
    return 0 if usable else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
