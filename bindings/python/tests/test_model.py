import gc
import threading
from pathlib import Path

import pytest

import hailoswift
from hailoswift import Status

FIXTURES = Path(__file__).resolve().parents[3] / "Tests/Fixtures"
HEF = FIXTURES / "hef"
INVALID = FIXTURES / "invalid"


def test_a_model_says_what_it_is():
    with hailoswift.Model(HEF / "min_v2.hef") as model:
        assert model.architecture == "HAILO8"
        assert model.header_version == 2
        assert model.compiler_version
        assert (model.runs_on_hailo8, model.runs_on_hailo8l) == (True, False)
        assert len(model.hash) == 16
        assert repr(model) == "<hailoswift.Model min for HAILO8>"
        group = model.group
        assert model.groups == (group,)
        assert (group.name, group.networks, group.context_count) == ("min", ("min/min",), 1)
        assert group.bottleneck_fps > 0


def test_tensors_and_streams():
    group = hailoswift.Model(str(HEF / "nf_yolov5.hef")).group
    (image,) = group.inputs
    assert (image.name, image.network_name, image.is_output) == ("y5/input_layer1", "y5/y5", False)
    assert (image.shape, image.boxes, image.frame_size) == ((32, 32, 3), None, 3072)
    assert image.format == hailoswift.Format(hailoswift.Type.UINT8, hailoswift.Order.NHWC, False)
    assert image.quantization == hailoswift.Quantization(0.0, 1.0, 0.0, 255.0)
    (boxes,) = group.outputs
    assert boxes.is_output
    assert boxes.shape is None
    assert (boxes.boxes.classes, boxes.boxes.max_per_class) == (3, 8)
    assert boxes.format.order is hailoswift.Order.NMS_BY_CLASS
    assert boxes.frame_size == 492
    assert [(stream.name, stream.index) for stream in group.output_streams] == [("y5/conv0", 0), ("y5/conv1", 1)]
    (stream,) = group.input_streams
    assert (stream.hardware_shape, stream.hardware_frame_size, stream.is_mux) == ((32, 32, 3), 3072, False)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_model_from_memory_is_the_same(kind):
    path = HEF / "mux_nested.hef"
    from_memory = hailoswift.Model(kind(path.read_bytes()))
    from_file = hailoswift.Model(path)
    gc.collect()
    assert from_memory.groups == from_file.groups
    assert from_memory.hash == from_file.hash


def test_memory_may_change_after_loading():
    content = bytearray((HEF / "min_v2.hef").read_bytes())
    model = hailoswift.Model(content)
    content[:] = bytes(len(content))
    assert model.group.name == "min"


@pytest.mark.parametrize(
    "source, status, kind, text",
    [
        (HEF / "nothing.hef", Status.FILE_ERROR, hailoswift.FileError, "there is no such file"),
        (HEF, Status.FILE_ERROR, hailoswift.FileError, "it is a folder"),
        (b"", Status.FILE_ERROR, hailoswift.FileError, "0 bytes"),
        (INVALID / "bad_checksum_v2.hef", Status.HEF_CORRUPTED, hailoswift.HefError, "checksum"),
        (INVALID / "bad_magic.hef", Status.HEF_UNSUPPORTED, hailoswift.HefError, "does not begin like a HEF file"),
        (INVALID / "bad_ext_7.hef", Status.HEF_UNSUPPORTED, hailoswift.HefError, "TEST_ONE"),
        (INVALID / "bad_mux_count.hef", Status.HEF_INVALID, hailoswift.HefError, 'layer "mx/m"'),
        (INVALID / "bad_data_bytes_4.hef", Status.INVALID_ARGUMENT, hailoswift.InvalidArgumentError, "data_bytes is 4"),
    ],
)
def test_what_is_wrong_is_said(source, status, kind, text):
    with pytest.raises(kind) as caught:
        hailoswift.Model(source)
    assert caught.value.status is status
    assert text in str(caught.value)
    if not isinstance(source, bytes):
        assert str(source) in str(caught.value)


def test_no_path_and_no_bytes():
    with pytest.raises(TypeError):
        hailoswift.Model(None)
    with pytest.raises(TypeError):
        hailoswift.Model(7)


def test_what_a_model_told_outlives_it():
    model = hailoswift.Model(HEF / "min_v2.hef")
    group = model.group
    model.close()
    model.close()
    assert group.inputs[0].name == "min/input_layer1"
    assert model.group is group


def test_many_threads_may_load_and_ask():
    failures = []

    def load():
        try:
            for path in sorted(HEF.glob("n*.hef")):
                assert hailoswift.Model(path).groups
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
            failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
