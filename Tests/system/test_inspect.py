"""hailoctl inspect: models as a table and as JSON."""

import json

import pytest
from repository import BROKEN_MODELS, MODELS, TOOL, run


def inspect(name, *words):
    return run(TOOL, "inspect", MODELS / name, *words)


def test_the_table_of_a_detector():
    result = inspect("nf_yolov5.hef")
    assert result.returncode == 0
    assert result.stderr == ""
    for part in [
        "compiled for    HAILO8 (runs on Hailo-8)",
        "network group y5",
        "input   y5/input_layer1            32x32x3",
        "3 classes, 8 boxes each",
        "576 bytes",
        "6 x write configuration",
        "on the host: YOLOv5 NMS makes y5/yolov5_nms_postprocess from y5/conv0, y5/conv1",
    ]:
        assert part in result.stdout


def test_json_has_what_scripts_need():
    report = json.loads(inspect("nf_yolov5.hef", "--json").stdout)
    assert (report["arch"], len(report["hash"])) == ("HAILO8", 16)
    assert report["compiler"]
    (group,) = report["groups"]
    assert (group["name"], group["sorted_outputs"]) == ("y5", ["y5/yolov5_nms_postprocess"])
    assert set(group["streams"][0]) >= {
        "name", "direction", "index", "shape", "hw_shape", "hw_data_bytes", "hw_frame_size", "format", "quant",
    }  # fmt: skip
    assert set(group["vstreams"][1]) >= {"name", "network", "direction", "format", "nms", "frame_size"}
    assert group["vstreams"][1]["nms"]["classes"] == 3


def test_no_model_of_the_corpus_upsets_it():
    for path in sorted(MODELS.glob("*.hef")):
        table, report = run(TOOL, "inspect", path), run(TOOL, "inspect", path, "--json")
        assert (table.returncode, report.returncode) == (0, 0), path
        names = [group["name"] for group in json.loads(report.stdout)["groups"]]
        assert all(f"network group {name}" in table.stdout for name in names), path


@pytest.mark.parametrize(
    "name, text",
    [
        ("bad_checksum_v2.hef", "Copy or download it again"),
        ("bad_trunc_hdr_v1.hef", "it is cut off"),
        ("bad_ext_8.hef", "MULTI_NETWORK_VARIABLE_BATCH_SIZE"),
        ("bad_cache_negative.hef", 'group "ch", context 0, layer "ch/w"'),
        ("nothing.hef", "there is no such file"),
    ],
)
def test_broken_files(name, text):
    for words in [], ["--json"]:
        result = run(TOOL, "inspect", BROKEN_MODELS / name, *words)
        assert result.returncode == 1
        assert not words or json.loads(result.stdout)["error"]["message"] in result.stderr
        assert words or result.stdout == ""
        assert result.stderr.startswith("hailoctl: ")
        assert str(BROKEN_MODELS / name) in result.stderr
        assert text in result.stderr


@pytest.mark.parametrize(
    "words, text", [([], "no file given"), (["a", "b"], "only one file"), (["a", "--dance"], "unknown option --dance")]
)
def test_wrong_calls(words, text):
    result = run(TOOL, "inspect", *words)
    assert result.returncode == 2
    assert text in result.stderr
