"""Runs every test file in a process of its own and writes a report in Markdown.

    CUDA_TEST_RUNTIME=/path/to/libcudart.so.13 CUDA_TEST_REQUIRE_GPU=1 python tests/report.py REPORT.md

A crash then costs one file, and each file begins with a fresh CUDA. Files that measure memory run alone, others side by
side where there are processors enough. The exit status is 0 if every test passed or was skipped for a reason that the
report lists.
"""

import importlib.metadata
import itertools
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).parent
# A minute of threads, and what PyTorch and CuPy take to start twenty times.
LIMIT = float(os.environ.get("CUDA_TEST_FILE_SECONDS", "200"))
FRAMEWORKS = {
    "numpy": "NumPy",
    "torch": "PyTorch",
    "cupy": "CuPy",
    "cvcuda": "CV-CUDA",
    "numba-cuda": "Numba-CUDA",
    "jax": "JAX",
    "cuda-bindings": "cuda.bindings",
    "cuda-core": "cuda.core",
    "pycuda": "PyCUDA",
    "nvidia-nvimgcodec": "nvImageCodec",
    "pynvvideocodec": "PyNvVideoCodec",
    "mpi4py": "mpi4py",
    "ml-dtypes": "ml_dtypes",
    "pytest": "pytest",
}


def versions():
    """What is installed, by the names of the distributions: the CUDA major at the end of some does not count."""
    found = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"].lower().replace("_", "-")
        for suffix in ("-cuda12x", "-cuda13x", "-cu12", "-cu13"):
            name = name.removesuffix(suffix)
        if name in FRAMEWORKS:
            found[FRAMEWORKS[name]] = distribution.version
    return [f"{name} {found[name]}" for name in FRAMEWORKS.values() if name in found]


def doctor():
    """What the package says of CUDA on this machine, under the runtime of the tests."""
    program = "import conftest, cuda_interop; print(cuda_interop.__version__); print(cuda_interop.doctor(), end='')"
    result = subprocess.run([sys.executable, "-c", program], cwd=TESTS, capture_output=True, text=True, timeout=60)
    return (result.stdout or result.stderr).strip().splitlines()


class Outcome:
    """What became of one file."""

    def __init__(self, path, folder):
        self.name, self.passed, self.emulated = path.stem, 0, 0
        self.skipped, self.failed = [], []
        results, begin = folder / f"{self.name}.xml", time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "--tb=short"]
        command += [f"--junitxml={results}", str(path.relative_to(TESTS.parent))]
        try:
            run = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, timeout=LIMIT)
            ended, self.said = f"exit status {run.returncode}", run.stdout + run.stderr
            well = run.returncode == 0
        except subprocess.TimeoutExpired as late:
            said = late.stdout or b""
            self.said = said if isinstance(said, str) else said.decode(errors="replace")
            ended, well = f"no end after {LIMIT:.0f} s", False
        self.seconds = time.monotonic() - begin
        if results.exists():
            self.read(xml.parse(results))
        if not well and not self.failed:
            self.failed.append(("the whole file", ended))

    def read(self, tree):
        """The cases of a report of pytest."""
        for case in tree.iter("testcase"):
            for fault in (*case.iter("failure"), *case.iter("error")):
                first, *_ = (fault.get("message") or "no message").splitlines()
                self.failed.append((case.get("name"), first))
            skip = case.find("skipped")
            if skip is not None:
                self.skipped.append((case.get("name"), skip.get("message")))
            elif case.find("failure") is None and case.find("error") is None:
                self.passed += 1
                self.emulated += any(found.get("name") == "ran on" for found in case.iter("property"))


def write(to, outcomes, seconds):
    """The report."""
    told = doctor()
    passed, emulated = sum(one.passed for one in outcomes), sum(one.emulated for one in outcomes)
    skipped = [(one.name, *skip) for one in outcomes for skip in one.skipped]
    failed = [(one.name, *fault) for one in outcomes for fault in one.failed]
    outcomes = sorted(outcomes, key=lambda one: one.name)
    settings = [f"{key}={Path(value).name}" for key, value in sorted(os.environ.items()) if key.startswith("CUDA_TEST_")]
    lines = [
        "# The tests of the Python package",
        "",
        f"cuda_interop {told[0] if told else 'unknown'}; Python {platform.python_version()}, "
        f"{platform.machine()}, {os.cpu_count()} CPUs; {'; '.join(versions())}.",
        "",
        f"    {' '.join(settings)} python tests/report.py {to.name}",
        "",
        "```text",
        *(re.sub(r"/\S*/(?=\S)", "", line) for line in told[1:]),  # where a machine keeps its files is of no use here
        "```",
        "",
        f"**{passed} passed, {len(skipped)} skipped, {len(failed)} failed** in {seconds:.0f} s, each file in a process of its "
        f"own." + (f" {emulated} of them need two devices and ran on the emulator's." if emulated else ""),
        "",
        "| file | passed | skipped | failed | seconds |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {one.name} | {one.passed} | {len(one.skipped)} | {len(one.failed)} | {one.seconds:.1f} |"
            for one in outcomes
        ),
    ]
    reasons = {}
    for name, case, why in skipped:
        reasons.setdefault((name, " ".join(why.split())), []).append(case)
    if reasons:
        lines += ["", "## Skipped", ""]
    for (name, why), cases in reasons.items():
        lines.append(f"- {name}, {f'`{cases[0]}`' if len(cases) == 1 else f'{len(cases)} cases'}: {why}")
    if failed:
        lines += ["", "## Failed", ""]
    lines += [f"- {name}, `{case}`: {' '.join(why.split())}" for name, case, why in failed]
    to.write_text("\n".join(lines) + "\n")


def main(arguments):
    """Runs the files and writes the report."""
    if len(arguments) != 1:
        print("usage: python tests/report.py REPORT.md", file=sys.stderr)
        return 2
    begin, outcomes = time.monotonic(), []

    def done(one):
        outcomes.append(one)
        print(f"{one.name}: {one.passed} passed, {len(one.skipped)} skipped, {len(one.failed)} failed, {one.seconds:.1f} s")
        if one.failed:
            print(one.said, flush=True)
        write(Path(arguments[0]).resolve(), outcomes, time.monotonic() - begin)

    alone, others = [], []
    for path in sorted(TESTS.glob("test_*.py")):
        measures = "memory_info" in path.read_text() or "no_device_leak" in path.read_text()
        (alone if measures else others).append(path)
    with tempfile.TemporaryDirectory() as folder:
        with ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 4)) as pool:
            for one in pool.map(Outcome, others, itertools.repeat(Path(folder))):
                done(one)
        for path in alone:
            done(Outcome(path, Path(folder)))
    return 1 if any(one.failed for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
