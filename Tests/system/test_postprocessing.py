"""What the host makes of outputs, against plain numpy: random numbers go through the emulated chip unchanged, and what comes out
at the other end has to be what a straightforward implementation of the op makes of the same numbers.
"""

import hashlib
import os
import sys

import pytest
from repository import ROOT, TOOL, run

np = pytest.importorskip("numpy", reason="numpy is not installed")
os.environ.setdefault("HAILOSWIFT_LIBRARY", str(ROOT / "build/libhailoswift.so"))
sys.path[:0] = [str(ROOT / "bindings/python/src"), str(ROOT / "Tests/Fixtures")]
import hailoswift  # noqa: E402
import postprocess_cases  # noqa: E402
from hailoswift import Order  # noqa: E402


class Layer:
    """Random stored numbers, and what they mean."""

    def __init__(self, random, height, width, features, scale, zero=0, bits=8, low=0, high=None):
        self.shape, self.scale, self.zero, self.bits = (height, width, features), scale, zero, bits
        high = 2**bits - 1 if high is None else high
        self.stored = random.integers(low, high + 1, self.shape).astype(np.uint16 if bits == 16 else np.uint8)

    @property
    def real(self):
        return (self.stored.astype(np.float64) - self.zero) * self.scale


def run_op(folder, layers, line, prepare=lambda session: None):
    """Lets the layers pass through the chip, and returns what the op of this line makes of them."""
    text = ["network net"]
    for name, layer in layers.items():
        shape = "x".join(str(side) for side in layer.shape)
        text.append(f"input {name}_in shape={shape} scale={layer.scale!r} zero={layer.zero} bits={layer.bits}")
    text += [f"maxpool {name} from={name}_in size=1 stride=1" for name in layers]
    text += [f"output {name}" for name in layers] + [line]
    (folder / "net.net").write_text("\n".join(text) + "\n")
    compiled = run(TOOL, "compile-emulated", folder / "net.net", "--output", folder / "net.hef")
    assert compiled.returncode == 0, compiled.stderr
    name = "net/" + line.split()[1]
    with hailoswift.Model(str(folder / "net.hef")) as model, hailoswift.Device("emulator") as device:
        with hailoswift.Session(device, model) as session:
            prepare(session)
            with session.active():
                result = session.run({f"net/{name}_in": layer.stored for name, layer in layers.items()})[name]
            return result[0]


# Plain implementations ----------------------------------------------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def yolov8_boxes(reg, stride, picture):
    height, width, features = reg.shape
    powers = np.exp(reg.real.reshape(height, width, 4, features // 4))
    left, top, right, bottom = np.moveaxis((powers * np.arange(features // 4)).sum(3) / powers.sum(3), 2, 0) * stride
    y, x = (np.mgrid[:height, :width] + 0.5) * stride
    return np.stack([(y - top) / picture[0], (x - left) / picture[1], (y + bottom) / picture[0], (x + right) / picture[1]], 2)


def corners(x, y, width, height):
    return np.stack([y - height / 2, x - width / 2, y + height / 2, x + width / 2], -1)


def yolox_boxes(reg):
    height, width, _ = reg.shape
    y, x = np.mgrid[:height, :width]
    real = reg.real
    return corners((real[..., 0] + x) / width, (real[..., 1] + y) / height, np.exp(real[..., 2]) / width, np.exp(real[..., 3]) / height)


def yolov5_parts(layer, anchors, classes, picture, activation=lambda x: x, extra=0):
    """Boxes, certainty and scores of each place and anchor, and what else there is."""
    height, width, _ = layer.shape
    raw = layer.real.reshape(height, width, len(anchors), 5 + classes + extra)
    real = activation(raw)
    y, x = (side[..., None] for side in np.mgrid[:height, :width])
    sizes = np.array(anchors)
    boxes = corners(
        (real[..., 0] * 2 - 0.5 + x) / width, (real[..., 1] * 2 - 0.5 + y) / height,
        (real[..., 2] * 2) ** 2 * sizes[:, 0] / picture[1], (real[..., 3] * 2) ** 2 * sizes[:, 1] / picture[0],
    )  # fmt: skip
    return boxes, real[..., 4], real[..., 5 : 5 + classes], raw[..., 5 + classes :]


def ssd_boxes(reg, anchors):
    height, width, _ = reg.shape
    real = reg.real.reshape(height, width, len(anchors), 4)
    y, x = (side[..., None] for side in np.mgrid[:height, :width] + 0.5)
    sizes = np.array(anchors)
    return corners(
        real[..., 1] / 10 * sizes[:, 0] + x / width, real[..., 0] / 10 * sizes[:, 1] + y / height,
        np.exp(real[..., 3] / 5) * sizes[:, 0], np.exp(real[..., 2] / 5) * sizes[:, 1],
    )  # fmt: skip


def candidates(boxes, scores, threshold):
    """Rows of class, score and box for all scores that are large enough. A score may be a last digit away from the threshold."""
    flat = scores.reshape(-1, scores.shape[-1])
    places, labels = np.nonzero(flat >= threshold)
    return np.column_stack([labels, flat[places, labels], boxes.reshape(-1, 4)[places]])


def shares(box, others):
    """Intersection over union of one box with others."""
    height = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    width = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    common = np.maximum(height, 0) * np.maximum(width, 0)
    area = (box[2] - box[0]) * (box[3] - box[1])
    return common / (area + (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1]) - common)


def suppressed(rows, overlap, most):
    """The best boxes of each class of which none covers another, class by class."""
    kept = []
    for label in np.unique(rows[:, 0]):
        left = rows[rows[:, 0] == label]
        left = left[np.argsort(-left[:, 1], kind="stable")]
        count = 0
        while len(left) and count < most:
            kept.append(left[0])
            count += 1
            left = left[1:][shares(left[0, 2:], left[1:, 2:]) < overlap]
    return np.array(kept).reshape(-1, 6)


def as_rows(detections):
    return np.column_stack([detections.classes, detections.scores, detections.boxes]).reshape(-1, 6)


def in_order(rows):
    """Class by class, the best first, and those with the same score from top to bottom."""
    return rows[np.lexsort((rows[:, 2].round(4), -rows[:, 1].round(6), rows[:, 0]))]


def check_equal(detections, rows, overlap, most):
    expected = suppressed(rows, overlap, most)
    found = as_rows(detections)
    assert len(found) == len(expected) > 0
    assert np.array_equal(found[:, 0], np.sort(found[:, 0])) and (np.diff(found[:, 1])[np.diff(found[:, 0]) == 0] <= 0).all()
    np.testing.assert_allclose(in_order(found), in_order(expected), rtol=2e-5, atol=2e-5)


def check_valid(detections, rows, overlap):
    """For candidates with equal scores, of which any may stay: what was kept is among them, none covers another, and whatever
    is missing is covered by one that is no worse.
    """
    found = as_rows(detections)
    for row in found:
        assert np.abs(rows - row).max(axis=1).min() < 1e-4
    for label in np.unique(rows[:, 0]):
        ours, all_of_class = found[found[:, 0] == label], rows[rows[:, 0] == label]
        for number, row in enumerate(ours):
            assert (shares(row[2:], np.delete(ours, number, 0)[:, 2:]) < overlap + 1e-4).all()
        for row in all_of_class:
            assert (shares(row[2:], ours[:, 2:])[ours[:, 1] >= row[1] - 1e-5] >= overlap - 1e-4).any()


PICTURE = (160, 160)


def heads(random, bits=16, **scores):
    """The layers of a YOLOv8 head of two scales."""
    top = 2**bits - 1
    box = dict(scale=8 / top, zero=top // 2, bits=bits)
    score = dict(scale=1 / top, bits=bits) | scores
    return {
        "r0": Layer(random, 9, 11, 32, **box), "c0": Layer(random, 9, 11, 3, **score),
        "r1": Layer(random, 5, 4, 32, **box), "c1": Layer(random, 5, 4, 3, **score),
    }  # fmt: skip


YOLOV8 = "yolov8 found boxes=r0,r1 classes=c0,c1 strides=8,16 picture=160x160 score=0.6 iou=0.4 most=200"


def yolov8_rows(layers, threshold):
    return np.vstack([candidates(yolov8_boxes(layers[f"r{i}"], stride, PICTURE), layers[f"c{i}"].real, threshold) for i, stride in ((0, 8), (1, 16))])


@pytest.mark.parametrize("seed", range(3))
def test_yolov8(tmp_path, seed):
    layers = heads(np.random.default_rng(seed))
    check_equal(run_op(tmp_path, layers, YOLOV8), yolov8_rows(layers, 0.6), 0.4, 200)


def test_thresholds_and_limits_of_a_session(tmp_path):
    layers = heads(np.random.default_rng(9))

    def prepare(session):
        settings = session.detection_settings("net/found")
        assert settings == hailoswift.DetectionSettings(pytest.approx(0.6), pytest.approx(0.4), 200, 600, 0)
        session.set_detection_settings("net/found", settings.replace(score_threshold=0.3, iou_threshold=0.7, max_per_class=5))
        assert session.outputs[0].frame_size == 3 * (4 + 5 * 20)

    check_equal(run_op(tmp_path, layers, YOLOV8, prepare), yolov8_rows(layers, 0.3), 0.7, 5)


def test_by_score(tmp_path):
    layers = heads(np.random.default_rng(10))

    def prepare(session):
        session.set_format("net/found", order=Order.NMS_BY_SCORE)
        settings = session.detection_settings("net/found").replace(max_total=17)
        session.set_detection_settings("net/found", settings)
        assert session.outputs[0].frame_size == 2 + 17 * 22

    expected = suppressed(yolov8_rows(layers, 0.6), 0.4, 1000)
    expected = expected[np.argsort(-expected[:, 1])][:17]
    np.testing.assert_allclose(as_rows(run_op(tmp_path, layers, YOLOV8, prepare)), expected, rtol=2e-5, atol=2e-5)


def test_yolox(tmp_path):
    random = np.random.default_rng(20)
    layers = {
        "r": Layer(random, 12, 7, 4, scale=4 / 65535, zero=32768, bits=16),
        "o": Layer(random, 12, 7, 1, scale=1 / 65535, bits=16),
        "c": Layer(random, 12, 7, 5, scale=1 / 65535, bits=16),
    }
    line = "yolox found boxes=r objectness=o classes=c picture=96x56 score=0.5 iou=0.5 most=50"
    rows = candidates(yolox_boxes(layers["r"]), layers["o"].real * layers["c"].real, 0.5)
    check_equal(run_op(tmp_path, layers, line), rows, 0.5, 50)


def test_yolov5(tmp_path):
    random = np.random.default_rng(30)
    anchors = [[(10, 13), (16, 30)], [(62, 45), (59, 119)]]
    layers = {f"y{i}": Layer(random, side, side + 1, 2 * 9, scale=1 / 65535, bits=16) for i, side in enumerate((10, 5))}
    line = "yolov5 found layers=y0,y1 anchors=10x13+16x30,62x45+59x119 classes=4 picture=160x176 score=0.5 iou=0.45 most=99"
    parts = [yolov5_parts(layers[f"y{i}"], anchors[i], 4, (160, 176)) for i in (0, 1)]
    rows = np.vstack([candidates(boxes, sure[..., None] * scores, 0.5) for boxes, sure, scores, _ in parts])
    check_equal(run_op(tmp_path, layers, line), rows, 0.45, 99)


@pytest.mark.parametrize("background", [0, 2, 5])
def test_ssd(tmp_path, background):
    random = np.random.default_rng(40 + background)
    anchors = [[(0.2, 0.3), (0.4, 0.2)], [(0.6, 0.6)]]
    layers = {
        "r0": Layer(random, 8, 9, 8, scale=8 / 65535, zero=32768, bits=16), "c0": Layer(random, 8, 9, 12, scale=1 / 65535, bits=16),
        "r1": Layer(random, 3, 3, 4, scale=8 / 65535, zero=32768, bits=16), "c1": Layer(random, 3, 3, 6, scale=1 / 65535, bits=16),
    }  # fmt: skip
    line = (
        "ssd found boxes=r0,r1 classes=c0,c1 anchors=0.2x0.3+0.4x0.2,0.6x0.6 picture=300x300 score=0.7 iou=0.5 most=60 "
        f"background={background}"
    )
    rows = []
    for i in (0, 1):
        scores = np.delete(layers[f"c{i}"].real.reshape(*layers[f"c{i}"].shape[:2], len(anchors[i]), 6), background, axis=3)
        rows.append(candidates(ssd_boxes(layers[f"r{i}"], anchors[i]), scores, 0.7))
    check_equal(run_op(tmp_path, layers, line), np.vstack(rows), 0.5, 60)


def resized(values, height, width):
    """Bilinear, pixels at their middles, edges continued."""

    def weights(old, new):
        place = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        low = np.floor(place).astype(int)
        return low, np.minimum(low + 1, old - 1), place - low

    top, bottom, down = weights(values.shape[0], height)
    left, right, across = weights(values.shape[1], width)
    upper = values[top][:, left] * (1 - across) + values[top][:, right] * across
    lower = values[bottom][:, left] * (1 - across) + values[bottom][:, right] * across
    return upper * (1 - down[:, None]) + lower * down[:, None]


def test_masks(tmp_path):
    random = np.random.default_rng(50)
    anchors = [(24, 24), (40, 30)]
    layers = {
        "y": Layer(random, 5, 6, 2 * 40, scale=8 / 65535, zero=32768, bits=16),
        "p": Layer(random, 20, 24, 32, scale=2 / 255, zero=128),
    }
    line = "yolov5seg found layers=y prototypes=p anchors=24x24+40x30 classes=3 picture=80x96 score=0.5 iou=0.6 most=50 mask=0.5"
    boxes, sure, scores, weights = yolov5_parts(layers["y"], anchors, 3, (80, 96), sigmoid, extra=32)

    def prepare(session):
        settings = session.detection_settings("net/found")
        session.set_detection_settings("net/found", settings.replace(max_mask_size=1 << 20))

    found = run_op(tmp_path, layers, line, prepare)
    rows = suppressed(candidates(boxes, sure[..., None] * scores, 0.5), 0.6, 1000)
    rows = rows[np.argsort(-rows[:, 1])]
    np.testing.assert_allclose(as_rows(found), rows, rtol=2e-5, atol=2e-5)
    assert len(found.masks) == len(rows) > 3
    # The weights of the masks, by the places of the boxes.
    flat = boxes.reshape(-1, 4)
    for detection, mask, row in zip(found, found.masks, rows):
        place = np.abs(flat - row[2:]).max(axis=1).argmin()
        coefficients = weights.reshape(-1, 32)[place] * sure.reshape(-1)[place]
        whole = resized(sigmoid(layers["p"].real @ coefficients), 80, 96)
        top, left = (max(int(np.ceil(part)), 0) for part in (row[2] * 80, row[3] * 96))
        bottom, right = (np.clip(int(np.ceil(part)) + 1, 0, side) for part, side in ((row[4] * 80, 80), (row[5] * 96, 96)))
        assert mask.shape == (np.ceil((detection.y_max - detection.y_min) * 80), np.ceil((detection.x_max - detection.x_min) * 96))
        expected = np.zeros(mask.shape)
        part = whole[top : min(bottom, top + mask.shape[0]), left : min(right, left + mask.shape[1])]
        expected[: part.shape[0], : part.shape[1]] = part
        # Where it is a matter of the last digits, either is right.
        sharp = np.abs(expected - 0.5) > 1e-4
        assert np.array_equal(mask[sharp], expected[sharp] > 0.5) and sharp.mean() > 0.99


def test_boxes_of_all_anchors(tmp_path):
    layers = heads(np.random.default_rng(60))
    found = run_op(tmp_path, layers, YOLOV8.replace("strides", "only_boxes=yes strides"))
    rows = [np.dstack([yolov8_boxes(layers[f"r{i}"], stride, PICTURE), layers[f"c{i}"].real]).reshape(-1, 7) for i, stride in ((0, 8), (1, 16))]
    np.testing.assert_allclose(found.reshape(-1, 7), np.vstack(rows), rtol=2e-5, atol=2e-5)

    layer = Layer(np.random.default_rng(61), 4, 6, 2 * 8, scale=1 / 255)
    found = run_op(
        tmp_path, {"y": layer},
        "yolov5 found layers=y anchors=10x13+16x30 classes=3 picture=64x96 only_boxes=yes",
    )  # fmt: skip
    boxes, sure, scores, _ = yolov5_parts(layer, [(10, 13), (16, 30)], 3, (64, 96))
    expected = np.concatenate([boxes, sure[..., None], scores], axis=3).reshape(-1, 8)
    np.testing.assert_allclose(found.reshape(-1, 8), expected, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("shape", [(6, 7, 10), (1, 1, 40), (3, 5, 64), (2, 2, 1)])
def test_softmax(tmp_path, shape):
    layer = Layer(np.random.default_rng(sum(shape)), *shape, scale=0.05, zero=100)
    found = run_op(tmp_path, {"x": layer}, "host_softmax best from=x")
    powers = np.exp(layer.real)
    np.testing.assert_allclose(found.reshape(shape), powers / powers.sum(2, keepdims=True), rtol=1e-5, atol=1e-7)


def test_softmax_of_large_numbers(tmp_path):
    """Their exponentials are beyond all floating point numbers."""
    layer = Layer(np.random.default_rng(3), 4, 4, 9, scale=7.5)
    found = run_op(tmp_path, {"x": layer}, "host_softmax best from=x")
    powers = np.exp(layer.real - layer.real.max(2, keepdims=True))
    np.testing.assert_allclose(found.reshape(4, 4, 9), powers / powers.sum(2, keepdims=True), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("shape", [(6, 7, 10), (1, 1, 40), (9, 8, 200)])
def test_argmax(tmp_path, shape, bits):
    layer = Layer(np.random.default_rng(sum(shape)), *shape, scale=0.1, bits=bits, high=30)
    found = run_op(tmp_path, {"x": layer}, "host_argmax best from=x")
    # Of equal numbers the first counts, for numpy too.
    assert np.array_equal(np.asarray(found).reshape(shape[:2]), layer.stored.argmax(2))


# Edges --------------------------------------------------------------------------------------------------------------


def test_no_candidates(tmp_path):
    found = run_op(tmp_path, heads(np.random.default_rng(1), high=1000), YOLOV8)
    assert len(found) == 0 and found.boxes.shape == (0, 4) and list(found) == []


def test_a_threshold_that_nothing_reaches(tmp_path):
    found = run_op(tmp_path, heads(np.random.default_rng(1)), YOLOV8.replace("score=0.6", "score=1.5"))
    assert len(found) == 0


def test_everything_is_a_candidate(tmp_path):
    layers = heads(np.random.default_rng(2))
    line = YOLOV8.replace("score=0.6", "score=0")
    check_equal(run_op(tmp_path, layers, line), yolov8_rows(layers, 0), 0.4, 200)


@pytest.mark.parametrize("bits", [8, 16])
def test_equal_scores(tmp_path, bits):
    layers = heads(np.random.default_rng(4), bits, low=200, high=200, scale=1 / 255)
    found = run_op(tmp_path, layers, YOLOV8)
    check_valid(found, yolov8_rows(layers, 0.6), 0.4)
    again = run_op(tmp_path, layers, YOLOV8)
    assert np.array_equal(as_rows(found), as_rows(again))


def test_boxes_beyond_the_borders(tmp_path):
    """Boxes are not cut: they may begin and end outside of the picture, or fill it."""
    layers = heads(np.random.default_rng(5))
    for name in ("r0", "r1"):
        layers[name].stored[..., -1] = layers[name].stored[..., 7] = 65535
    found = run_op(tmp_path, layers, YOLOV8)
    check_equal(found, yolov8_rows(layers, 0.6), 0.4, 200)
    assert found.boxes.min() < 0 and found.boxes.max() > 0.9


@pytest.mark.parametrize("scale", [0.0, 1e-38, 1e38])
def test_scales_that_make_no_sense(tmp_path, scale):
    """Whatever the scales are, nothing comes out that is no number."""
    random = np.random.default_rng(6)
    layers = {
        "r": Layer(random, 6, 6, 4, scale=scale, zero=128), "o": Layer(random, 6, 6, 1, scale=1 / 255),
        "c": Layer(random, 6, 6, 2, scale=1 / 255),
    }  # fmt: skip
    found = run_op(tmp_path, layers, "yolox found boxes=r objectness=o classes=c picture=64x64 score=0.1 iou=0.5")
    assert not np.isnan(found.boxes).any() and not np.isnan(found.scores).any()
    soft = run_op(tmp_path, {"x": Layer(random, 3, 3, 7, scale=scale, zero=100)}, "host_softmax best from=x")
    assert not np.isnan(soft).any()
    np.testing.assert_allclose(np.asarray(soft).reshape(-1, 7).sum(1), 1, rtol=1e-5)


def test_what_cannot_be_is_refused(tmp_path):
    def compile_error(line):
        (tmp_path / "net.net").write_text(
            "network net\ninput a_in shape=4x4x4\ninput b_in shape=4x4x3\nmaxpool a from=a_in size=1\nmaxpool b from=b_in size=1\n"
            f"output a\noutput b\n{line}\n"
        )
        result = run(TOOL, "compile-emulated", tmp_path / "net.net", "--output", tmp_path / "net.hef")
        assert result.returncode == 1
        return result.stderr

    assert 'line 8: yolov8 x: there is no output "c"' in compile_error("yolov8 x boxes=c classes=b strides=8 picture=32x32")
    assert "it needs picture=" in compile_error("yolov8 x boxes=a classes=b strides=8")
    assert "it has no attribute colour" in compile_error("yolov8 x boxes=a classes=b strides=8 picture=32x32 colour=red")
    assert "anchors takes WIDTHxHEIGHT" in compile_error("yolov5 x layers=a anchors=3 classes=2 picture=32x32")
    assert "most takes a number from 1" in compile_error("yolov8 x boxes=a classes=b strides=8 picture=32x32 most=0")

    random = np.random.default_rng(0)
    layers = {"r": Layer(random, 4, 4, 8, 1.0), "c": Layer(random, 4, 4, 3, 1 / 255)}

    def refused(change):
        with pytest.raises(hailoswift.HailoError) as caught:
            run_op(tmp_path, layers, "yolov8 found boxes=r classes=c strides=8 picture=32x32", change)
        return str(caught.value)

    def settings(**changes):
        return lambda session: session.set_detection_settings(
            "net/found", session.detection_settings("net/found").replace(**changes)
        )

    assert "the score threshold is not a finite number" in refused(settings(score_threshold=float("nan")))
    assert "it must be at least 1" in refused(settings(max_per_class=0))
    assert "this output has no masks" in refused(settings(max_mask_size=100))
    assert "would have more than" in refused(settings(max_per_class=2**32 - 1))
    assert "does not deliver UINT8 numbers" in refused(lambda session: session.set_format("net/found", hailoswift.Type.UINT8))
    assert "order NCHW" in refused(lambda session: session.set_format("net/found", order=Order.NCHW))
    assert 'there is no output "net/lost"; there are "net/found"' in refused(lambda session: session.detection_settings("net/lost"))


def test_the_script_makes_the_tensors_of_the_swift_tests():
    frames = b"".join(frame for _, frame in sorted(postprocess_cases.tensors("yolov8_4")))
    assert hashlib.md5(frames).hexdigest() == "9476384f3fafa443ad0004a4238ee8ba"


def test_lines_of_the_script_are_those_of_the_fixture(tmp_path):
    """A frame of zeros has another checksum than the one in the fixture, and the same description."""
    frame = tmp_path / "frame.raw"
    frame.write_bytes(bytes(312))
    line = postprocess_cases.description("yolov8_4")
    result = run(sys.executable, ROOT / "Tests/Fixtures/postprocess_cases.py", "line", "yolov8_4", frame)
    assert result.stdout.startswith(f"{line} = ") and result.stdout.endswith(" 312\n")
    assert result.stdout.split(" = ")[1] != (postprocess_cases.CASES.read_text().split(f"{line} = ")[1].split("\n")[0] + "\n")
