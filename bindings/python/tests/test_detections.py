"""What was found: Detections, and what counts as one."""

import pathlib
import random
import struct
import sys

import hailoswift
import pytest
from hailoswift import Boxes, Format, InvalidArgumentError, InvalidOperationError, Order, Port, Type

REPOSITORY = pathlib.Path(__file__).parents[3]
DETECTOR = str(REPOSITORY / "Demo/shapes.hef")
PICTURE = 64 * 64 * 3


@pytest.fixture(params=["numpy", "plain"])
def arrays(request, monkeypatch):
    if request.param == "numpy":
        pytest.importorskip("numpy")
    else:
        monkeypatch.setitem(sys.modules, "numpy", None)
    return request.param


def port(order, classes=2, picture=None):
    return Port("found", True, Format(Type.FLOAT32, order, False), 0, Boxes(classes, 9, 9, 0), picture)


BOXES = [(0, 0.75, (0.125, 0.25, 0.5, 0.625)), (1, 0.5, (-0.5, 0.0, 1.5, 1.0)), (1, 0.25, (0.0, 0.0, 1.0, 1.0))]


def by_class():
    frame = b""
    for label in (0, 1):
        boxes = [(score, box) for number, score, box in BOXES if number == label]
        frame += struct.pack("<f", len(boxes)) + b"".join(struct.pack("<5f", *box, score) for score, box in boxes)
    return frame + bytes(40)


def by_score():
    return struct.pack("<H", 3) + b"".join(struct.pack("<5fH", *box, score, label) for label, score, box in BOXES) + bytes(22)


def with_masks():
    frame = struct.pack("<H", 3)
    for number, (label, score, box) in enumerate(BOXES):
        height, width = (int((box[2 + side] - box[side]) * 8) for side in (0, 1))
        frame += struct.pack("<5fHQQ", *box, score, label, height * width, 0xDEAD) + bytes([number]) * (height * width)
    return frame + bytes(100)


@pytest.mark.parametrize(
    "order, frame",
    [(Order.NMS_BY_CLASS, by_class()), (Order.NMS_BY_SCORE, by_score()), (Order.NMS_WITH_BYTE_MASK, with_masks())],
    ids=["by class", "by score", "with masks"],
)
def test_all_forms(arrays, order, frame):
    has_masks = order is Order.NMS_WITH_BYTE_MASK
    detections = port(order, picture=(8, 8) if has_masks else None).detections(bytearray(frame))
    assert len(detections) == 3
    for found, (label, score, box) in zip(detections, BOXES):
        assert (found.class_id, found.score) == (label, score)
        assert (found.y_min, found.x_min, found.y_max, found.x_max) == box
    assert list(detections.classes) == [0, 1, 1]
    assert [tuple(box) for box in detections.boxes] == [box for _, _, box in BOXES]
    if not has_masks:
        assert detections.masks is None and detections[0].mask is None
    else:
        sizes = [(len(mask), len(mask[0])) for mask in detections.masks]
        assert sizes == [(3, 3), (16, 8), (8, 8)]
        assert [{int(pixel) for row in mask for pixel in row} for mask in detections.masks] == [{0}, {1}, {2}]
    if arrays == "numpy":
        assert detections.boxes.shape == (3, 4) and detections.scores.dtype == "float32"
    assert repr(detections) == "<hailoswift.Detections 3>"


def test_frames_that_are_none(arrays):
    frame = by_class()
    for damaged in (frame[:20], struct.pack("<f", 1e9) + frame[4:], struct.pack("<f", float("nan")) + frame[4:]):
        with pytest.raises(InvalidArgumentError, match="this is not a frame of boxes in order HAILO NMS BY CLASS"):
            port(Order.NMS_BY_CLASS).detections(damaged)
    with pytest.raises(InvalidArgumentError, match="a mask has 9 bytes, its box 6 × 6 pixels"):
        port(Order.NMS_WITH_BYTE_MASK, picture=(16, 16)).detections(with_masks())
    with pytest.raises(InvalidOperationError, match="not lists of boxes"):
        port(Order.NHWC).detections(frame)
    assert len(port(Order.NMS_BY_CLASS).detections(bytes(8))) == 0


@pytest.fixture
def session():
    with hailoswift.Model(DETECTOR) as model, hailoswift.Device("emulator") as device:
        with hailoswift.Session(device, model) as session, session.active():
            yield session


def test_a_list_for_each_frame(session, arrays):
    results = session.run(bytes(3 * PICTURE))["shapes/found"]
    assert [type(frame) for frame in results] == [hailoswift.Detections] * 3
    with session.submit(bytes(2 * PICTURE)) as job:
        assert len(job.result(timeout=5)["shapes/found"]) == 2


def test_memory_of_ones_own(session):
    output = session.outputs[0]
    assert output.boxes == Boxes(3, 16, 48, 0) and output.picture is None
    frame = bytearray(output.frame_size)
    assert session.run(bytes(PICTURE), out=frame)["shapes/found"] is frame
    assert len(output.detections(frame)) == len(session.run(bytes(PICTURE))["shapes/found"][0])


def test_settings_hold_from_then_on(session):
    settings = session.detection_settings("shapes/found")
    assert (settings.max_per_class, settings.max_total, settings.max_mask_size) == (16, 48, 0)
    assert settings.score_threshold == pytest.approx(0.4) and settings.iou_threshold == pytest.approx(0.4)
    noise = random.Random(1).randbytes(PICTURE)
    session.set_detection_settings("shapes/found", settings.replace(score_threshold=1e-4, iou_threshold=2.0))
    (all_of_them,) = session.run(noise)["shapes/found"]
    session.set_detection_settings("shapes/found", settings.replace(score_threshold=1e-4, iou_threshold=2.0, max_per_class=3))
    (few,) = session.run(noise)["shapes/found"]
    best = [[score for score, label in zip(all_of_them.scores, all_of_them.classes) if label == wanted] for wanted in range(3)]
    assert max(map(len, best)) > 3
    assert list(few.scores) == [score for scores in best for score in scores[:3]]
    session.set_detection_settings("shapes/found", settings)
    assert session.detection_settings("shapes/found") == settings
    session.set_format("shapes/found", order=Order.NMS_BY_SCORE)
    assert session.outputs[0].frame_size == 2 + 48 * 22


def test_settings_that_cannot_be(session):
    settings = session.detection_settings("shapes/found")
    with pytest.raises(ValueError, match="max_total -1 is out of range"):
        session.set_detection_settings("shapes/found", settings.replace(max_total=-1))
    with pytest.raises(InvalidArgumentError, match="the IoU threshold is not a finite number"):
        session.set_detection_settings("shapes/found", settings.replace(iou_threshold=float("inf")))
    with pytest.raises(hailoswift.NotFoundError, match='there are "shapes/found"'):
        session.detection_settings("shapes/lost")
