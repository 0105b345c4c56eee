"""Streams and events, and the order of work between a producer's stream and a consumer's."""

import numpy as np
import pytest
from cuda_interop import (
    CudaBuffer,
    Device,
    Event,
    Stream,
    memcpy_d2h,
    memcpy_h2d,
    synchronize,
)

from peers import Interface, Producer, described

KINDS = {"own": Stream, "legacy": Stream.legacy, "per-thread": Stream.per_thread}
VALUES = np.arange(1000, dtype=np.int32)


class Foreign:
    """A stream of another library, which has CUDA's stream protocol."""

    def __init__(self, stream):
        self.stream = stream

    def __cuda_stream__(self):
        return 0, self.stream.handle


class TestStream:
    def test_the_default_streams_have_the_handles_of_the_protocols(self):
        assert Stream.legacy().handle == 1
        assert Stream.per_thread().handle == 2
        assert Stream().handle > 2

    def test_equal_handles_are_equal_streams(self):
        stream = Stream()
        assert stream == Stream.from_handle(stream.handle)
        assert stream != Stream()
        assert hash(stream) == hash(Stream.from_handle(stream.handle))
        assert stream != stream.handle

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_stream_protocol_is_spoken(self, kind):
        stream = KINDS[kind]()
        assert stream.__cuda_stream__() == (0, stream.handle)

    def test_the_stream_protocol_is_understood(self):
        stream = Stream()
        assert Stream.from_handle(Foreign(stream)) == stream
        assert CudaBuffer(3, np.uint8, stream=Foreign(stream)).stream == stream

    def test_a_stream_protocol_of_an_early_implementation_is_a_property(self):
        stream = Stream()

        class Early:
            __cuda_stream__ = (0, stream.handle)

        assert Stream.from_handle(Early()) == stream

    def test_0_in_the_stream_protocol_is_the_legacy_stream(self):
        class Null:
            def __cuda_stream__(self):
                return 0, 0

        assert Stream.from_handle(Null()) == Stream.legacy()

    def test_a_foreign_stream_is_kept_alive(self):
        import gc
        import weakref

        foreign = Foreign(Stream())
        died = weakref.ref(foreign)
        buffer = CudaBuffer(3, np.uint8, stream=foreign)
        del foreign
        gc.collect()
        assert died() is not None
        del buffer
        gc.collect()
        assert died() is None

    def test_it_is_on_a_device(self, second_device):
        assert Stream().device == Device(0)
        assert Stream(second_device).device == second_device
        assert Stream.legacy(second_device).device == second_device

    def test_it_has_a_priority(self):
        assert Stream(priority=0).priority == 0
        assert isinstance(Stream(priority=-1).priority, int)

    @pytest.mark.parametrize("kind", KINDS)
    def test_it_can_be_waited_for(self, kind):
        stream = KINDS[kind]()
        stream.synchronize()
        assert stream.query() is True

    def test_its_repr_names_handle_and_device(self):
        stream = Stream()
        assert hex(stream.handle) in repr(stream) and "0" in repr(stream)
        assert "legacy" in repr(Stream.legacy())
        assert "per_thread" in repr(Stream.per_thread())

    def test_everything_can_be_waited_for(self):
        synchronize()
        synchronize(0)
        Device(0).synchronize()


class TestEvent:
    def test_nothing_marked_is_reached(self):
        assert Event().query() is True

    def test_a_mark_is_reached(self):
        event = Stream().record()
        event.synchronize()
        assert event.query() is True
        assert event.handle and event.device == 0
        assert hex(event.handle) in repr(event)

    def test_time_passes_between_two_marks(self):
        stream = Stream()
        first = stream.record(timing=True)
        memcpy_h2d(VALUES, CudaBuffer(VALUES.shape, VALUES.dtype), stream=stream)
        second = stream.record(timing=True)
        second.synchronize()
        assert 0 <= second.elapsed_since(first) < 60_000

    def test_a_stream_waits_for_an_event_and_for_a_stream(self):
        first, second = Stream(), Stream()
        second.wait(first.record())
        second.wait(first)
        second.wait(first.handle)
        second.synchronize()

    def test_a_stream_waits_for_nothing_else(self):
        with pytest.raises(TypeError):
            Stream().wait("event")


class TestContents:
    """Three kinds of streams on the producer's side times three on the consumer's; test_order.py shows who waits for whom."""

    @pytest.mark.parametrize("consumer", KINDS)
    @pytest.mark.parametrize("producer", KINDS)
    @pytest.mark.parametrize("protocol", ["interface", "dlpack", "ours"])
    def test_contents_arrive(self, producer, consumer, protocol):
        theirs, ours = KINDS[producer](), KINDS[consumer]()
        source = CudaBuffer(VALUES.shape, VALUES.dtype, stream=theirs)
        for number in range(5):
            source.copy_from(VALUES + number, stream=theirs)
            exported = {
                "interface": lambda: Interface(described(source, stream=theirs.handle), source),
                "dlpack": lambda: Producer(source),
                "ours": lambda: source,
            }[protocol]()
            taken = CudaBuffer.from_cuda(exported, stream=ours)
            assert taken.stream == ours
            back = np.zeros_like(VALUES)
            memcpy_d2h(taken, back, stream=ours)
            np.testing.assert_array_equal(back, VALUES + number)
            copy = taken.copy()
            np.testing.assert_array_equal(copy.numpy(), VALUES + number)

    @pytest.mark.parametrize("consumer", [None, -1, 1, 2, "own"], ids=str)
    @pytest.mark.parametrize("producer", KINDS)
    def test_an_export_is_ordered_for_every_consumer(self, producer, consumer):
        buffer = CudaBuffer(VALUES.shape, VALUES.dtype, stream=KINDS[producer]())
        buffer.copy_from(VALUES)
        stream = Stream() if consumer == "own" else consumer
        again = CudaBuffer.from_cuda(buffer.__dlpack__(stream=stream, max_version=(1, 0)))
        np.testing.assert_array_equal(again.numpy(), VALUES)
