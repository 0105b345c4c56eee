"""The pool of page-locked memory: what is used again, when, and what is given back."""

import gc
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from cuda_interop import CudaBuffer, memcpy_d2h, memcpy_h2d, pinned_empty, pinned_stats, pinned_trim

MIB = 1 << 20
LIMIT = 268_435_456
# Arrays of 1 MiB that rest before the devices are waited for.
RESTING = 8


@pytest.fixture(autouse=True)
def empty_pool():
    """Begins and ends with nothing kept."""
    gc.collect()
    pinned_trim(limit=LIMIT)
    yield
    gc.collect()
    pinned_trim(limit=LIMIT)


def address(array):
    return array.__array_interface__["data"][0]


def many(count, nbytes=MIB):
    """Addresses of as many arrays, which all live at the same time."""
    return {address(array) for array in [pinned_empty(nbytes, np.uint8) for _ in range(count)]}


def test_memory_is_used_again_once_enough_arrays_rest():
    first = many(RESTING)
    assert pinned_stats()["resting"] == RESTING * MIB
    assert many(RESTING) == first
    assert many(3) <= first


def test_an_array_is_used_again_only_after_its_last_view():
    arrays = [pinned_empty((2, MIB // 2), np.uint8) for _ in range(RESTING)]
    view = arrays[0][1, ::2]
    view[:] = 7
    held = address(arrays[0])
    del arrays
    others = [pinned_empty(MIB, np.uint8) for _ in range(2 * RESTING)]
    for other in others:
        other[:] = 9
    assert held not in {address(other) for other in others}
    assert (view == 7).all()


def test_statistics_count_bytes():
    used = pinned_stats()["used"]
    array = pinned_empty(5000, np.uint8)
    assert pinned_stats() == {"used": used + 8192, "kept": 0, "resting": 0, "limit": LIMIT}
    del array
    assert pinned_stats() == {"used": used, "kept": 8192, "resting": 8192, "limit": LIMIT}
    assert pinned_trim() == 8192
    assert pinned_trim() == 0
    assert pinned_stats() == {"used": used, "kept": 0, "resting": 0, "limit": LIMIT}


def test_no_more_is_kept_than_the_limit():
    many(5)
    assert pinned_trim(limit=2 * MIB) == 5 * MIB
    many(5)
    assert pinned_stats()["kept"] == 2 * MIB
    pinned_trim(limit=0)
    many(2)
    assert pinned_stats()["kept"] == 0
    with pytest.raises(OverflowError):
        pinned_trim(limit=-1)
    with pytest.raises(TypeError):
        pinned_trim(LIMIT)


def test_buffers_of_page_locked_memory_come_from_the_pool():
    buffer = CudaBuffer(MIB, np.uint8, allocator="pinned")
    del buffer
    gc.collect()
    assert (pinned_stats()["kept"], pinned_stats()["resting"]) == (MIB, 0)
    buffer = CudaBuffer(MIB, np.uint8, allocator="pinned")
    assert pinned_stats()["kept"] == 0
    assert buffer.ptr != 0  # whoever knows the address may still be using it
    del buffer
    gc.collect()
    assert (pinned_stats()["kept"], pinned_stats()["resting"]) == (MIB, MIB)
    pinned_trim()
    buffers = [CudaBuffer(MIB, np.uint8, allocator="pinned") for _ in range(RESTING)]
    for buffer in buffers:
        buffer.__cuda_array_interface__  # noqa: B018  the address leaves
    del buffers, buffer
    gc.collect()
    assert pinned_stats()["resting"] >= RESTING * MIB


@pytest.mark.parametrize("nbytes", [1, 4096, MIB + 1, 9 * MIB, 33 * MIB + 5])
def test_arrays_of_every_origin_carry_data_both_ways(nbytes):
    for _ in range(3):
        source, back = pinned_empty(nbytes, np.uint8), pinned_empty(nbytes, np.uint8)
        source[:] = np.arange(nbytes, dtype=np.uint32).astype(np.uint8)
        back[:] = 0
        buffer = CudaBuffer(nbytes, np.uint8)
        memcpy_h2d(source, buffer)
        memcpy_d2h(buffer, back)
        np.testing.assert_array_equal(source, back)


def test_threads_never_share_an_array():
    wrong = []

    def work(number):
        for turn in range(100):
            array = pinned_empty(4096 << (turn % 6), np.uint8)
            array[:] = number
            if turn % 3:
                array = array[::2]
            if not (array == number).all():
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


FORK = """
import os
import numpy as np
from cuda_interop import CudaError, ForkedProcessError, pinned_empty, pinned_stats, pinned_trim

kept, used = pinned_empty(1 << 20, np.uint8), pinned_empty(1 << 20, np.uint8)
del kept
child = os.fork()
if child == 0:
    code = 0
    try:
        pinned_empty(1 << 20, np.uint8)
        code |= 1
    except ForkedProcessError:
        pass
    del used
    if pinned_trim() != 0 or pinned_stats()["kept"] != 0:
        code |= 2
    os._exit(code)
_, status = os.waitpid(child, 0)
assert status == 0, status
used[:] = 7
assert pinned_trim() == 1 << 20
assert (used == 7).all()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
def test_a_forked_child_neither_uses_nor_frees_the_pool():
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], capture_output=True, text=True, timeout=180)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout


def test_a_copy_of_pytorch_that_is_running_is_not_overwritten(torch):
    size = 64 * MIB
    stream = torch.cuda.Stream()
    busy = pinned_empty(size, np.uint8)
    target = torch.empty(size, dtype=torch.uint8, device="cuda")
    for turn in range(20):
        array = pinned_empty(size, np.uint8)
        array[:] = turn
        with torch.cuda.stream(stream):
            for _ in range(8):
                target.copy_(torch.from_numpy(busy), non_blocking=True)
            copied = torch.from_numpy(array).to("cuda", non_blocking=True)
        del array
        # The next owner of the memory, if it is the next, writes at once.
        pinned_empty(size, np.uint8)[:] = 255
        stream.synchronize()
        assert int(copied.min()) == int(copied.max()) == turn
