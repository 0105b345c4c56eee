"""Objects that are made without `object.__new__`, as `from_cuda` does of a lent tensor, are like all others."""

import ctypes
import gc
import sys
import threading
import weakref

import numpy as np
import pytest
from cuda_interop import CudaBuffer

from test_exchange_table import (
    NAME,
    TABLES,
    Allocate,
    FromObject,
    Header,
    Lend,
    Table,
    ToObject,
    WorkStream,
)

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


@pytest.fixture(scope="module")
def kind():
    """A type whose objects lend what their `memory` lends."""
    new, pointer = ctypes.pythonapi.PyCapsule_New, ctypes.pythonapi.PyCapsule_GetPointer
    ours = Table.from_address(pointer(CudaBuffer.__dlpack_c_exchange_api__, NAME))

    def lend(tensor, out):
        return ours.lend(tensor.memory, out)

    table = Table(Header(1, 3, None), Allocate(), FromObject(), ToObject(), Lend(lend), ours.work_stream)
    # A table lives as long as the process.
    TABLES.append(table)

    class Tensor:
        __module__ = "torch"
        __dlpack_c_exchange_api__ = new(ctypes.addressof(table), NAME, None)

        def __init__(self, memory):
            self.memory = memory

        def is_neg(self):
            return False

    return Tensor


def test_it_is_of_the_class_and_tracked(filled, kind):
    taken = CudaBuffer.from_cuda(kind(filled(VALUES)))
    assert type(taken) is CudaBuffer and gc.is_tracked(taken)
    # By identity: whatever else there is may refuse to be compared.
    assert any(found is taken for found in gc.get_objects())
    assert sys.getsizeof(taken) == sys.getsizeof(filled(VALUES))


def test_a_cycle_through_the_tensor_is_collected(filled, kind):
    died = []
    for _ in range(3):
        tensor = kind(filled(VALUES))
        tensor.taken = CudaBuffer.from_cuda(tensor)
        died += [weakref.ref(tensor), weakref.ref(tensor.taken)]
    del tensor
    gc.collect()
    assert [ref() for ref in died] == [None] * 6


def test_nothing_is_left_of_the_object_that_was_there_before(filled, kind):
    tensor = kind(filled(VALUES))
    taken = CudaBuffer.from_cuda(tensor)
    told, died = [], weakref.ref(taken, lambda _: told.append(True))
    taken.__cuda_array_interface__
    taken.close()
    del taken
    assert told == [True]
    again = CudaBuffer.from_cuda(tensor)
    assert died() is None and weakref.getweakrefcount(again) == 0
    assert not again.closed and not again.owns_memory and again.owner is tensor
    np.testing.assert_array_equal(again.numpy(), VALUES)


def test_every_reference_is_given_back(filled, kind):
    tensor = kind(filled(VALUES))

    def count():
        gc.collect()
        return sys.getrefcount(CudaBuffer), sys.getrefcount(tensor)

    before = count()
    for _ in range(1000):
        CudaBuffer.from_cuda(tensor)
    kept = [CudaBuffer.from_cuda(tensor) for _ in range(1000)]
    assert count() == (before[0] + 1000, before[1] + 1000)
    kept.clear()
    assert count() == before


def test_the_class_has_no_subclasses():
    with pytest.raises(TypeError):
        type("Derived", (CudaBuffer,), {})


def test_the_collector_runs_while_they_are_made_by_many_threads(filled, kind):
    tensor, wrong = kind(filled(VALUES)), []

    def make():
        for _ in range(500):
            taken = CudaBuffer.from_cuda(tensor)
            if taken.owner is not tensor or taken.shape != (4, 6) or taken.closed:
                wrong.append(taken)

    thresholds = gc.get_threshold()
    gc.set_threshold(1)
    try:
        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.set_threshold(*thresholds)
    assert not wrong
    before = sys.getrefcount(tensor)
    gc.collect()
    assert sys.getrefcount(tensor) == before
