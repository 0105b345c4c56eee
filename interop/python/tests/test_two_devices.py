"""Arrays and streams of different devices."""

import numpy as np
import pytest
from cuda_interop import CudaBuffer, Stream

from peers import Interface, Producer, described

VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)

EXPORTS = {
    "interface": lambda buffer: Interface(described(buffer), buffer),
    "dict": lambda buffer: described(buffer),
    "dlpack": lambda buffer: Producer(buffer, device=(2, 1)),
    "capsule": lambda buffer: buffer.__dlpack__(max_version=(1, 0)),
    "table": lambda buffer: buffer,
}


@pytest.fixture
def source(filled, second_device):
    return filled(VALUES, device=second_device)


@pytest.mark.parametrize("export", EXPORTS)
def test_a_handle_is_one_of_the_arrays_device(source, second_device, export):
    stream = Stream(second_device)
    taken = CudaBuffer.from_cuda(EXPORTS[export](source), stream=stream.handle)
    assert (taken.device, taken.stream) == (second_device, stream)
    np.testing.assert_array_equal(taken.numpy(), VALUES)


@pytest.mark.parametrize("export", EXPORTS)
def test_a_stream_of_another_device_is_refused(source, second_device, export):
    with pytest.raises(ValueError, match="device 1|device 0"):
        CudaBuffer.from_cuda(EXPORTS[export](source), stream=Stream(0))
