"""DLPack: what is refused, and that refusing releases it."""

import gc
import weakref

import numpy as np
import pytest
from cuda_interop import CudaBuffer

from peers import (
    BFLOAT,
    BOOL,
    CPU,
    CUDA,
    FLOAT,
    INT,
    Interface,
    Producer,
    described,
)

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)


class TestRefusals:
    def refused(self, producer, *errors):
        with pytest.raises(errors or (BufferError, ValueError)) as refused:
            CudaBuffer.from_cuda(producer)
        return str(refused.value)

    @pytest.mark.parametrize("device", [(CPU, 0), (10, 0), (99, 0), (CUDA, 99), (CUDA, -1)], ids=str)
    def test_a_bad_device_is_refused(self, filled, device):
        self.refused(Producer(filled(VALUES), device=device))

    def test_host_memory_that_claims_to_be_a_devices_is_refused(self, filled):
        host = np.zeros((4, 6), np.float32)
        maker = Producer(filled(VALUES), data=host.ctypes.data)
        assert "host memory" in self.refused(maker)
        assert maker.deleted == 1

    @pytest.mark.parametrize(
        "dtype",
        [
            (FLOAT, 32, 2),
            (FLOAT, 24, 1),
            (INT, 4, 1),
            (3, 64, 1),
            (17, 4, 1),
            (99, 8, 1),
            (BFLOAT, 8, 1),
            (BOOL, 1, 1),
            (FLOAT, 0, 1),
            (INT, 128, 1),
        ],
        ids=str,
    )
    def test_an_element_type_that_is_not_moved_is_refused(self, filled, dtype):
        maker = Producer(filled(VALUES), dtype=dtype)
        self.refused(maker, TypeError, BufferError)
        assert maker.deleted == 1

    @pytest.mark.parametrize(
        "changes",
        [
            {"shape": (-1, 6)},
            {"shape": (2**62, 2**62), "strides": None},
            {"shape": (2, 2), "strides": (2**62, 1)},
            {"shape": (2, 2), "strides": (-(2**62), 1)},
            {"byte_offset": 2**63},
            {"data": 0},
            {"ndim": -1},
            {"ndim": 1000},
        ],
        ids=str,
    )
    def test_a_tensor_that_breaks_a_rule_is_refused_and_released(self, filled, changes):
        maker = Producer(filled(VALUES), **changes)
        self.refused(maker)
        assert maker.deleted == 1

    @pytest.mark.parametrize("version", [(2, 0), (99, 1)], ids=str)
    def test_a_tensor_of_another_major_version_is_released_and_nothing_else(self, filled, version):
        maker = Producer(filled(VALUES), version=version)
        assert str(version[0]) in self.refused(maker)
        assert maker.deleted == 1

    def test_a_newer_minor_version_is_understood(self, filled):
        np.testing.assert_array_equal(CudaBuffer.from_cuda(Producer(filled(VALUES), version=(1, 99))).numpy(), VALUES)

    def test_what_the_producer_raises_is_raised(self, filled):
        class Broken(Producer):
            def __dlpack__(self, **arguments):
                raise RuntimeError("not today")

        with pytest.raises(RuntimeError, match="not today"):
            CudaBuffer.from_cuda(Broken(filled(VALUES)))

    @pytest.mark.parametrize("answer", [None, 2, (2,), ("cuda", 0), (2, 0, 0)], ids=repr)
    def test_a_device_that_is_no_pair_of_ints_is_refused(self, filled, answer):
        maker = Producer(filled(VALUES))
        maker.device = answer
        with pytest.raises(TypeError, match="__dlpack_device__"):
            CudaBuffer.from_cuda(maker)

    @pytest.mark.parametrize("answer", [None, 3, "capsule"], ids=repr)
    def test_an_answer_that_is_no_capsule_is_refused(self, filled, answer):
        class Odd(Producer):
            def __dlpack__(self, **arguments):
                return answer

        with pytest.raises((TypeError, BufferError)):
            CudaBuffer.from_cuda(Odd(filled(VALUES)))

    def test_a_producer_that_dies_first_leaves_its_tensor(self, filled):
        maker = Producer(filled(VALUES))
        died = weakref.ref(maker.buffer)
        taken = CudaBuffer.from_cuda(maker)
        del maker
        gc.collect()
        assert died() is not None
        np.testing.assert_array_equal(taken.numpy(), VALUES)
        del taken
        gc.collect()
        assert died() is None


def test_interface_objects_are_not_asked_for_dlpack(filled):
    class Both(Interface):
        def __dlpack_device__(self):
            raise AssertionError("asked")

    assert CudaBuffer.from_cuda(Both(described(filled(VALUES)))).shape == (4, 6)
