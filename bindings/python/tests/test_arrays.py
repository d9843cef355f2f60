"""Arrays that do not fit their input or output are refused, with the reason; plain buffers stay free of form."""

import itertools
from pathlib import Path

import pytest

import hailoswift
from hailoswift import InvalidArgumentError, Order, Session, Type

np = pytest.importorskip("numpy")
HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
boards = itertools.count()
NAME = "min/input_layer1"
OUT = "min/conv1"


@pytest.fixture
def session():
    """An input of 8 x 8 x 8 bytes, an output of 4 x 4 x 8."""
    device = hailoswift.Device(f"emulator,board=arrays-{next(boards)}")
    with Session(device, hailoswift.Model(HEF / "min_v2.hef")) as opened, opened.active():
        yield opened


def frames_of(outputs):
    return memoryview(outputs[OUT]).nbytes // 128


@pytest.mark.parametrize(
    "array, frames",
    [
        (np.zeros((8, 8, 8), np.uint8), 1),
        (np.zeros((1, 8, 8, 8), np.uint8), 1),
        (np.zeros((5, 8, 8, 8), np.uint8), 5),
        (np.zeros((5, 1, 8, 8, 8), np.uint8), 5),
        (np.zeros(512, np.uint8), 1),
        (np.zeros(1024, np.uint8), 2),
        (np.zeros((0, 8, 8, 8), np.uint8), 0),
        (np.zeros((3, 8, 8, 8), np.dtype(">u1")), 3),
        (bytes(1024), 2),
        (bytearray(512), 1),
        (memoryview(bytes(2048)).cast("B", (4, 2, 256)), 4),
    ],
    ids=lambda value: str(getattr(value, "shape", value)) if not isinstance(value, (bytes, bytearray)) else "buffer",
)
def test_what_fits_is_taken(session, array, frames):
    assert frames_of(session.run(array, timeout=5)) == frames


@pytest.mark.parametrize(
    "array, text",
    [
        (np.zeros((8, 8, 8), np.float32), "elements of type float32; it takes uint8: quantize it, or choose set_format"),
        (np.zeros((8, 8, 8), np.float64), 'it takes uint8: convert it with array.astype\\("uint8"\\)'),
        (np.zeros((8, 8), np.int64), "int64; it takes uint8"),
        (np.zeros((8, 8, 8), np.int8), "int8; it takes uint8"),
        (np.zeros((8, 8, 8), np.bool_), "bool; it takes uint8"),
        (np.zeros((8, 8, 8), np.complex64), "complex64; it takes uint8"),
        (np.zeros((8, 8, 8), object), "object; it takes uint8"),
        (np.zeros((2, 2, 8), ">u2"), "u2; it takes uint8"),
        (np.zeros((5, 16, 8, 8), np.uint8), r"shape \(5, 16, 8, 8\); a frame has \(8, 8, 8\), and several frames \(n, 8, 8, 8\)"),
        (np.zeros((20, 20, 3), np.uint8), "a frame has"),
        (np.zeros((5, 2, 8, 8, 8), np.uint8), "a frame has"),
        (np.zeros((512, 1), np.uint8), "a frame has"),
        (np.zeros((8, 8, 16), np.uint8)[:, :, ::2], "input 'min/input_layer1' is not contiguous.*np.ascontiguousarray"),
        (np.zeros((8, 8, 8), np.uint8, order="F"), "not contiguous.*np.ascontiguousarray"),
        (np.zeros((2, 8, 8, 8), np.uint8)[::-1], "not contiguous.*np.ascontiguousarray"),
    ],
)
def test_what_does_not_fit_is_refused(session, array, text):
    for call in (session.run, session.submit):
        with pytest.raises(InvalidArgumentError, match=text) as caught:
            call({NAME: array})
        assert f"input {NAME!r}" in str(caught.value)
    assert session.queue.jobs_under_way == 0
    assert frames_of(session.run(bytes(512), timeout=5)) == 1


def test_the_order_of_the_axes_is_named():
    device = hailoswift.Device(f"emulator,board=arrays-{next(boards)}")
    with Session(device, hailoswift.Model(HEF / "nf_yolov5.hef")) as session, session.active():
        for picture in (np.zeros((3, 32, 32), np.uint8), np.zeros((4, 3, 32, 32), np.uint8)):
            with pytest.raises(InvalidArgumentError, match=r"features come first: choose .*order=Order.NCHW"):
                session.run(picture)
            # What the message proposes works.
            assert session.run(np.ascontiguousarray(np.moveaxis(picture, -3, -1)), timeout=5)


def test_the_order_of_an_output_is_named(session):
    session.set_format(OUT, order=Order.NCHW)
    assert session.run(bytes(512), out=np.zeros((8, 4, 4), np.uint8), timeout=5)
    with pytest.raises(InvalidArgumentError, match=r"features come last: choose set_format\('min/conv1', order=Order.NHWC\)"):
        session.run(bytes(512), out=np.zeros((4, 4, 8), np.uint8))


def test_a_chosen_type_counts(session):
    session.set_format(NAME, Type.FLOAT32)
    assert frames_of(session.run(np.zeros((2, 8, 8, 8), np.float32), timeout=5)) == 2
    with pytest.raises(InvalidArgumentError, match="uint8; it takes float32"):
        session.run(np.zeros((2, 8, 8, 8), np.uint8))
    with pytest.raises(InvalidArgumentError, match='byte order of another machine; pass array.astype\\("float32"\\)'):
        session.run(np.zeros((2, 8, 8, 8), ">f4"))


@pytest.mark.parametrize(
    "array, text",
    [
        (np.zeros((4, 4, 8), np.float32), "float32; it takes uint8"),
        (np.zeros((8, 4, 4), np.uint8), "a frame has"),
        (np.zeros((4, 4, 16), np.uint8)[:, :, ::2], "output 'min/conv1' is not contiguous"),
        (np.zeros((2, 4, 4, 8), np.uint8), "must fit exactly"),
    ],
)
def test_memory_for_outputs_is_checked_too(session, array, text):
    for out in (array, {OUT: array}):
        with pytest.raises(InvalidArgumentError, match=text):
            session.run(bytes(512), out=out)
    assert not array.any()


def test_other_arrays_count_as_numpy_sees_them(session):
    class Foreign:
        """As another package has it: no buffer, but an array interface."""

        def __init__(self, array):
            self.array, self.dtype, self.shape = array, array.dtype, array.shape
            self.__array_interface__ = array.__array_interface__

    assert frames_of(session.run(Foreign(np.zeros((2, 8, 8, 8), np.uint8)), timeout=5)) == 2
    with pytest.raises(InvalidArgumentError, match="float64; it takes uint8"):
        session.run(Foreign(np.zeros((2, 8, 8, 8))))


@pytest.mark.parametrize("given", [5, "text", 1.5, [1, 2], object(), None])
def test_what_is_no_buffer_at_all(session, given):
    with pytest.raises(TypeError, match="input 'min/input_layer1' must be an array, bytes or another contiguous buffer, not"):
        session.run(given)
