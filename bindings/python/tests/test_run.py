import itertools
import sys
import threading
from pathlib import Path

import pytest

import hailoswift
from hailoswift import Order, Session, Type

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
boards = itertools.count()


@pytest.fixture
def open_session():
    def open_one(name, **options):
        device = hailoswift.Device(f"emulator,board=run-{next(boards)}")
        return Session(device, hailoswift.Model(HEF / f"{name}.hef"), **options)

    return open_one


@pytest.fixture(params=["numpy", "plain"])
def arrays(request, monkeypatch):
    """With NumPy, and as if it were not installed."""
    if request.param == "numpy":
        pytest.importorskip("numpy")
    else:
        monkeypatch.setitem(sys.modules, "numpy", None)
    return request.param


def expected(frames, first=0):
    """What the emulated device makes of min_v2: numbers that count up in the chip's order, feature by feature in each row."""
    chip = [[(i + 13 * 16 + 7 * f) & 255 for i in range(128)] for f in range(first, first + frames)]
    places = [row * 32 + feature * 4 + column for row in range(4) for column in range(4) for feature in range(8)]
    return bytes(frame[place] for frame in chip for place in places)


def test_frames(open_session, arrays):
    session = open_session("min_v2")
    (given,), (taken,) = session.inputs, session.outputs
    assert (given.name, given.frame_size, given.format.order) == ("min/input_layer1", 512, Order.NHWC)
    with session.active():
        for frames, first in ((1, 0), (5, 1)):
            outputs = session.run(bytes(512 * frames), timeout=5)
            assert list(outputs) == [taken.name]
            assert bytes(outputs[taken.name]) == expected(frames, first)
    if arrays == "numpy":
        assert outputs[taken.name].shape == (5, 4, 4, 8)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: memoryview(bytearray(data)).toreadonly()])
def test_buffers_of_all_kinds(open_session, kind):
    session = open_session("min_v2")
    with session.active():
        outputs = session.run({"min/input_layer1": kind(bytes(1024))})
    assert bytes(outputs["min/conv1"]) == expected(2)


def test_floating_point_numbers(open_session):
    numpy = pytest.importorskip("numpy")
    session = open_session("min_v2")
    session.set_format("min/conv1", Type.FLOAT32)
    session.set_format("min/input_layer1", Type.FLOAT32)
    assert [port.frame_size for port in (*session.inputs, *session.outputs)] == [2048, 512]
    with session.active():
        output = session.run(numpy.zeros((3, 8, 8, 8), numpy.float32))["min/conv1"]
    assert output.dtype == numpy.float32
    raw = numpy.frombuffer(expected(3), numpy.uint8).reshape(3, 4, 4, 8)
    assert (output == (raw.astype(numpy.float32) - 10) * numpy.float32(0.125)).all()


def test_several_outputs_and_parts(open_session):
    for name, outputs in (("io_multi", 4), ("mux2", 2)):
        session = open_session(name)
        with session.active():
            given = {port.name: bytes(3 * port.frame_size) for port in session.inputs}
            taken = session.run(given)
        assert len(taken) == outputs
        assert [memoryview(taken[port.name]).nbytes for port in session.outputs] == [
            3 * port.frame_size for port in session.outputs
        ]


def test_what_cannot_run(open_session):
    session = open_session("min_v2")
    with pytest.raises(hailoswift.InvalidOperationError, match="not active"):
        session.run(bytes(512))
    with pytest.raises(hailoswift.InvalidArgumentError, match="no input 'other'"):
        session.run({"other": bytes(512), "min/input_layer1": bytes(512)})
    with pytest.raises(hailoswift.InvalidArgumentError, match="'min/input_layer1' is missing"):
        session.run({})
    with session.active(), pytest.raises(hailoswift.InvalidArgumentError, match="2 frames of 512 bytes must fit"):
        session.run(bytes(1025))
    with pytest.raises(hailoswift.NotFoundError, match="other"):
        session.set_format("other", Type.FLOAT32)


def test_threads_take_turns(open_session):
    session = open_session("min_v2")
    results = []

    def work():
        for _ in range(20):
            results.append(len(session.run(bytes(512 * 3))["min/conv1"]) > 0)

    with session.active():
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        output = session.run(bytes(512))["min/conv1"]
    assert len(results) == 160
    assert bytes(output) == expected(1, first=480)
