
# Measures the packages of packages.py, which stands before this, for the job that the first argument describes in JSON.
# One JSON value a line is printed: which packages there are, one figure of each for each case, "done" after each case. The
# packages take turns, a few copies at a time.

import gc
import importlib
import json
import mmap
import os
import statistics
import sys
import time

LONG, BATCH, ENOUGH = 16 << 20, 16 << 20, 0.3


# What packages print is no figure.
told_here = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(line):
    print(json.dumps(line), file=told_here, flush=True)


def told(error):
    """An error in one line."""
    return (f"{type(error).__name__}: {error}".strip().splitlines() or [type(error).__name__])[0][:200]


def packages(device):
    """Those that can be measured; the others are named."""
    present = []
    for package in PACKAGES:
        try:
            module = importlib.import_module(package.module)
        except ModuleNotFoundError as error:
            missing = "not installed" if error.name in package.module.split(".") + [package.module] else told(error)
            say({"missing": {"peer": package.name, "why": missing}})
            continue
        except Exception as error:  # a broken installation raises what it likes
            say({"missing": {"peer": package.name, "why": told(error)}})
            continue
        try:
            present.append(package(module, device))
        except Exception as error:  # likewise without a GPU
            say({"missing": {"peer": package.name, "why": told(error)}})
            continue
        top = sys.modules[package.module.rpartition(".")[0] or package.module]
        version = getattr(top, "__version__", "")
        say({"present": {"peer": package.name, "version": version}})
    return present


def host_array(case, shared):
    """What a copy reads or writes; for a case of new memory to the device made anew each time."""
    memory, size = case["memory"], case["bytes"]
    if memory == "rows":
        rows = -(-size // ROW)
        return lambda: shared[: rows * PITCH].reshape(rows, PITCH)[:, :ROW]
    if memory == "transposed":
        side = int((size // 4) ** 0.5)
        return lambda: shared[:size].view("float32").reshape(side, side).T
    if memory == "fresh":
        if case["direction"] == "to_host":
            return lambda: None
        # Pages of the usual size, which np.zeros would not use.
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        return lambda: np.frombuffer(mmap.mmap(-1, size, flags=private), "uint8")
    return lambda: shared[:size]


def device_array(case):
    """Shape and element type on the device."""
    memory, size = case["memory"], case["bytes"]
    if memory == "rows":
        return (-(-size // ROW), ROW), "uint8"
    if memory == "transposed":
        return (int((size // 4) ** 0.5),) * 2, "float32"
    return (size,), "uint8"


def in_turns(timed, least, slice_seconds, number, batch=1):
    """Medians, in seconds, of callables that take turns, some calls at a time; each returns the seconds it took. One that
    has taken long enough is called no more."""
    times = {key: [] for key in timed}
    order, begun, turn = list(timed), time.perf_counter(), 0
    while order and (turn < least or time.perf_counter() - begun < slice_seconds * len(order)):
        start = (turn + number) % len(order)
        for key in order[start:] + order[:start]:
            if sum(times[key]) < ENOUGH:
                times[key] += [timed[key]() for _ in range(batch)]
        turn += 1
    return {key: statistics.median(each) for key, each in times.items()}


def prepared(present, what, make, warm_up):
    """What `make` makes of each package, after some uses; a package that raises is named and left out."""
    timed = {}
    for package in present:
        try:
            timed[package] = make(package)
            for _ in range(max(warm_up, getattr(package, "warms_up", False))):
                timed[package]()
        except Exception as error:  # what a package raises is its own choice
            timed.pop(package, None)
            say({"refused": {"peer": package.name, "what": what, "why": told(error)}})
    return timed


def measure_copy(present, case, shared, job):
    host, (shape, dtype) = host_array(case, shared), device_array(case)
    long = case["bytes"] >= LONG

    def make(package):
        copy = package.copy(case["direction"] == "to_device", case["memory"], shape, dtype)

        def timed():
            array = host()
            begun = time.perf_counter()
            result = copy(array)
            took = time.perf_counter() - begun
            del result
            return took

        return timed

    what = f"{case['memory']} {case['direction']}, {case['bytes']} bytes"
    timed = prepared(present, what, make, 0 if long else 4)
    least = 1 if case["bytes"] > 4 * LONG else 2 if long else 5
    size = np.dtype(dtype).itemsize
    for length in shape:
        size *= length
    batch = min(max(BATCH // case["bytes"], 1), 16)
    for package, seconds in in_turns(timed, least, job["slice_ms"] / 1e3, job["number"], batch).items():
        figure = {"case": case, "method": package.key, "gigabytes_per_second": size / seconds / 1e9}
        say({"measured": figure})


def measure_allocation(present, size, job):
    def batch(once):
        def timed():
            begun = time.perf_counter()
            for _ in range(10):
                once()
            return (time.perf_counter() - begun) / 10

        return timed

    timed = prepared(present, f"allocation of {size} bytes", lambda package: batch(package.allocate(size)), 2)
    pools = [package for package in present if hasattr(package, "allocate_from_pool")]
    what = f"allocation of {size} bytes from a pool"
    pooled = prepared(pools, what, lambda package: batch(package.allocate_from_pool(size)), 2)
    both = {(package, False): once for package, once in timed.items()}
    both |= {(package, True): once for package, once in pooled.items()}
    for (package, pool), seconds in in_turns(both, 5, job["slice_ms"] / 1e3, job["number"]).items():
        say({"measured": {"bytes": size, "peer": package.name, "pool": pool, "ns": seconds * 1e9}})


def main(job):
    end = time.monotonic() + job["seconds"]
    present = packages(job["device"])
    cases = job["cases"]
    spans = [c["bytes"] if c["memory"] != "rows" else -(-c["bytes"] // ROW) * PITCH for c in cases]
    # Not zero, for which no page would be touched.
    shared = np.full(max(spans, default=0), 1, "uint8") if present and cases else None
    gc.collect()
    gc.disable()
    for case in cases:
        if time.monotonic() < end:
            measure_copy(present, case, shared, job)
        say("done")
    for size in job["allocations"]:
        measure_allocation(present, size, job)
        say("done")


try:
    import numpy as np
except ImportError as error:
    for package in PACKAGES:
        say({"missing": {"peer": package.name, "why": f"NumPy cannot be imported ({error})"}})
else:
    main(json.loads(sys.argv[1]))
