"""hailoctl run: frames from files and pipes, through the emulated device, into files."""

import json
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from repository import BROKEN_MODELS, HEADER, MODELS, ROOT, TOOL, run

#: What stands behind the number of frames that nobody computed.
SYNTHETIC = r" \(synthetic outputs: no chip computed them\)"
#: What "run" says of a group, in a pipe as on a terminal.
RATE = r"group {group}: {frames}" + SYNTHETIC + r", \d+ frames/s, latency [\d.]+ ms \(median\), [\d.]+ ms \(99 %\) with \d+ in flight"


def test_a_full_disk_is_a_failure(tmp_path):
    """The file of a size limit stands for the disk: what is there is cut, and the tool says so."""
    words = [str(TOOL), "plan", "--json", str(MODELS / "mc70_chain.hef")]
    result = run("sh", "-c", f'ulimit -f 8; trap "" XFSZ; "$@" >{tmp_path}/plan.json', "sh", *words)
    assert result.returncode == 1 and "cannot write to standard output (File too large)" in result.stderr
    words = [str(TOOL), "run", str(MODELS / "min_v2.hef"), "--device", "emulator", "--frames", "1000", "--output-dir", str(tmp_path)]
    result = run("sh", "-c", 'ulimit -f 8; trap "" XFSZ; "$@"', "sh", *words)
    assert result.returncode == 1 and f"cannot write {tmp_path}/min-conv1.raw (File too large)" in result.stderr


def test_run_sets_all_groups_up():
    result = run(TOOL, "run", MODELS / "groups2.hef", "--frames", "0", "--device", "emulator")
    assert (result.returncode, result.stderr) == (0, "")
    groups = [line.split(":")[0] for line in result.stdout.splitlines()]
    assert len(groups) == 2
    assert groups == sorted(groups)


def test_run_one_group_with_batches_of_networks():
    report = json.loads(run(TOOL, "inspect", MODELS / "groups2.hef", "--json").stdout)
    group = report["groups"][0]
    batch = ",".join(f"{name}=3" for name in group["networks"])
    options = ["--group", group["name"], "--batch", batch, "--power", "ultra_performance"]
    result = run(TOOL, "run", MODELS / "groups2.hef", "--frames", 0, "--device", "emulator", *options)
    assert result.returncode == 0
    assert result.stdout == f"group {group['name']}: configured, activated and deactivated\n"


@pytest.mark.parametrize("depth", [[], ["--async", "1"], ["--async", "100"]])
def test_run_writes_the_frames_of_all_outputs(tmp_path, depth):
    model = MODELS / "io_multi.hef"
    result = run(TOOL, "run", model, "--frames", 50, "--raw", "--output-dir", tmp_path, "--device", "emulator", *depth)
    assert (result.returncode, result.stderr) == (0, "")
    first, *written = result.stdout.splitlines()
    assert re.fullmatch(RATE.format(group="mio", frames="50 frames"), first)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 4
    assert sorted(written) == [f"wrote {file}" for file in files]
    for file in files:
        data = file.read_bytes()
        size = len(data) // 50
        # Byte 0 of frame f on a channel is 13 times its number + 7 f.
        assert [data[start] for start in range(0, len(data), size)] == [(data[0] + 7 * f) & 255 for f in range(50)]


def test_run_cycles_inputs_and_counts_their_frames(tmp_path):
    frames = tmp_path / "frames"
    frames.write_bytes(b"".join(bytes([number]) * 512 for number in range(3)))
    words = ["--raw", "--output-dir", tmp_path, "--device", "emulator,output=checksum", "--input", f"min/input_layer1={frames}"]
    for count, more in ((3, []), (7, ["--frames", 7])):
        result = run(TOOL, "run", MODELS / "min_v2.hef", *words, *more)
        assert re.fullmatch(RATE.format(group="min", frames=f"{count} frames"), result.stdout.splitlines()[0])
    data = (tmp_path / "min-conv1.raw").read_bytes()
    outputs = [data[start : start + 128] for start in range(0, len(data), 128)]
    # What comes out tells what went in: frames 0, 1, 2 and again.
    assert outputs == (outputs[:3] * 3)[:7] and len(set(outputs)) == 3


def test_one_frame_is_singular():
    result = run(TOOL, "run", MODELS / "min_v2.hef", "--device", "emulator")
    assert re.fullmatch(RATE.format(group="min", frames="1 frame"), result.stdout.strip())


@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
@pytest.mark.parametrize("named", ["", "min/input_layer1="])
def test_run_reads_frames_from_standard_input(tmp_path, path, named):
    frames = b"".join(bytes([number]) * 512 for number in range(5))
    words = ["run", MODELS / "min_v2.hef", "--raw", "--device", "emulator,output=checksum", "--output-dir", tmp_path]
    (tmp_path / "frames").write_bytes(frames)
    outputs = []
    for source in (path, str(tmp_path / "frames")):
        # A pipe, which cannot be mapped.
        result = subprocess.run([TOOL, *words, "--input", named + source], input=frames, capture_output=True, check=False)
        assert result.returncode == 0, result.stderr
        outputs.append((tmp_path / "min-conv1.raw").read_bytes())
    assert outputs[0] == outputs[1] and len(outputs[0]) == 5 * 128


def test_the_only_input_needs_no_name():
    several = run(TOOL, "run", MODELS / "io_multi.hef", "--input", "x.bin", "--device", "emulator")
    assert several.returncode == 1 and "--input takes NAME=PATH for each" in several.stderr
    twice = run(TOOL, "run", MODELS / "groups2.hef", "--input", "-", "--device", "emulator")
    assert twice.returncode == 1 and "standard input can be read only once" in twice.stderr


def test_two_dashes_end_the_options(tmp_path):
    model = tmp_path / "--json"
    model.write_bytes((MODELS / "min_v2.hef").read_bytes())
    for command in (["inspect"], ["plan"], ["run", "--device", "emulator", "--frames", "2"]):
        result = subprocess.run([TOOL, *command, "--", "--json"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert result.returncode == 0 and "{" not in result.stdout, result.stderr


def test_what_inspect_prints_is_what_run_takes():
    for name in ("min_v2", "nf_yolov5", "fmt_out_nhwc_u16", "nf_argmax_nhcw", "fmt_out_f8cr"):
        text = run(TOOL, "inspect", MODELS / f"{name}.hef").stdout
        (row,) = (line.split() for line in text.splitlines() if line.strip().startswith("output "))
        kind, order = next((row[index : index + 2] for index, word in enumerate(row) if word in ("u8", "u16", "f32")))
        words = ["--type", kind, "--order", order]
        result = run(TOOL, "run", MODELS / f"{name}.hef", "--device", "emulator", *words)
        assert result.returncode == 0, f"{name} {words}: {result.stderr}"
        upper = run(TOOL, "run", MODELS / f"{name}.hef", "--device", "emulator", "--type", kind.upper(), "--order", order.upper())
        assert upper.returncode == 0, upper.stderr


def test_pictures_are_named_and_small(tmp_path):
    picture = tmp_path / "found.png"
    words = ["--input", ROOT / "Demo/picture.rgb", "--device", "emulator", "--draw", picture]
    result = run(TOOL, "run", ROOT / "Demo/shapes.hef", *words)
    assert result.stdout.splitlines()[1:] == [f"wrote {picture}"]
    assert json.loads(run(TOOL, "run", ROOT / "Demo/shapes.hef", *words, "--json").stdout)["groups"][0]["pictures"] == [str(picture)]
    data = picture.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    (start, size) = (data.index(b"IDAT"), struct.unpack(">I", data[data.index(b"IDAT") - 4 :][:4])[0])
    lines = zlib.decompress(data[start + 4 :][:size])
    assert len(lines) == height * (3 * width + 1) and len(data) < len(lines) // 4
    rows, above = [], bytes(3 * width)
    for y in range(height):
        line = lines[y * (3 * width + 1) :][: 3 * width + 1]
        assert line[0] == 2
        above = bytes((a + b) & 255 for a, b in zip(line[1:], above))
        rows.append(above)
    # The upper left pixel of the picture, six times as large.
    assert rows[0][:18] == rows[5][:18] == (ROOT / "Demo/picture.rgb").read_bytes()[:3] * 6
    # The label of the square: white on the colour of its class.
    assert b"\xff\xff\xff" in b"".join(rows) and bytes((60, 180, 75)) in b"".join(rows)


def test_tensors_without_bytes_are_refused():
    """Damaged models of this kind ended the tool with SIGILL."""
    model = BROKEN_MODELS.parent / "unplannable/no_features.hef"
    for words in (["doctor"], ["run", "--device", "emulator"], ["run", "--device", "emulator", "--raw"], ["plan"]):
        result = run(TOOL, words[0], model, *words[1:])
        assert result.returncode == 1, (words, result.returncode)
        assert "its frames have no bytes" in result.stdout + result.stderr, words


def test_no_more_frames_than_fit_are_in_flight():
    result = run(TOOL, "run", MODELS / "min_v2.hef", "--device", "emulator", "--frames", "40", "--async", str(2**63 - 1))
    assert result.returncode == 0, result.stderr


def test_run_reports_as_json(tmp_path):
    words = ["--frames", 200, "--async", 3, "--json", "--type", "f32", "--output-dir", tmp_path]
    report = json.loads(run(TOOL, "run", MODELS / "groups2.hef", *words, "--device", "emulator").stdout)
    assert report["emulated"] is True and report["device"] == "emulator:hailo8"
    assert {group["data_origin"] for group in report["groups"]} == {"synthetic"}
    assert [group["group"] for group in report["groups"]] == ["first", "second"]
    for group in report["groups"]:
        assert (group["frames"], group["depth"]) == (200, 3)
        assert group["frames_per_second"] > 0
        assert 0 < group["latency_ms"]["p50"] <= group["latency_ms"]["p99"] <= group["latency_ms"]["max"]
        for output in group["outputs"]:
            assert Path(output["file"]).stat().st_size == 200 * output["frame_size"]


def test_run_shows_rate_and_progress_on_a_terminal():
    program = (
        "import pty, sys; "
        f"sys.exit(pty.spawn([{str(TOOL)!r}, 'run', {str(MODELS / 'min_v2.hef')!r}, '--frames', '20000', '--async', '1', "
        "'--device', 'emulator']) >> 8)"
    )
    result = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    text = result.stdout.decode()
    assert result.returncode == 0
    assert "of 20000 frames" in text and "frames/s, latency" in text and "1 in flight" in text


def test_run_says_once_why_frames_stopped():
    result = run(TOOL, "run", MODELS / "min_v2.hef", "--frames", 100, "--device", "emulator,fault=transfer#20:error")
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert "stopped with an error at network group 0" in line or "closed the channel" in line


@pytest.mark.parametrize(
    "words, status, text",
    [
        (["run"], 2, "no file given"),
        (["run", "x.hef", "--async", "0"], 2, "--async takes a number from 1"),
        (["run", "x.hef", "--frames", "-3"], 2, "--frames takes a number from 0"),
        (["run", "x.hef", "--frames", "1", "--type", "i4"], 2, "--type takes auto"),
        (["run", "x.hef", "--frames", "1", "--order", "hwcn"], 2, "--order takes auto"),
        (["run", "x.hef", "--frames", "1", "--input", "a="], 2, "--input takes PATH or NAME=PATH"),
        (["run", "x.hef", "--frames", "1", "--timeout", "soon"], 2, "--timeout takes a number"),
        (["run", MODELS / "min_v2.hef", "--frames", "1", "--input", "a=b"], 1, 'it has "min/input_layer1"'),
        (["run", MODELS / "min_v2.hef", "--frames", "1", "--input", f"min/input_layer1={HEADER}"], 1, "not a whole number of frames"),
        (["run", MODELS / "min_v2.hef", "--frames", "1", "--output-dir", "/nowhere"], 1, "cannot write /nowhere/min-conv1.raw"),
        (["run", MODELS / "nf_yolov5.hef", "--frames", "1", "--score", "high"], 2, "--score takes a number"),
        (["run", MODELS / "nf_yolov5.hef", "--frames", "1", "--max-per-class", "0"], 1, "it must be at least 1"),
        (["run", MODELS / "nf_yolov5.hef", "--frames", "1", "--raw", "--draw", "x.png"], 2, "raw frames contain no detections"),
        (["run", MODELS / "nf_yolov5.hef", "--frames", "1", "--draw", "/nowhere/x.png"], 1, "cannot write /nowhere/x.png"),
        (["run", MODELS / "min_v2.hef", "--frames", "1", "--detections"], 1, "no output of boxes"),
        (["run", MODELS / "min_v2.hef", "--frames", "1", "--iou", "0.5"], 1, "thresholds and limits do not apply"),
        (["run", MODELS / "nf_argmax_nhcw.hef", "--frames", "1", "--order", "nhwc"], 1, "does not deliver order NHWC"),
        (["run", "--frames", "0"], 2, "no file given"),
        (["run", "x.hef", "y.hef", "--frames", "0"], 2, "only one file can be given"),
        (["run", MODELS / "min_v2.hef", "--frames", "0", "--batch", "min/min"], 2, "NETWORK=N"),
        (["run", MODELS / "min_v2.hef", "--frames", "0", "--batch", "other=2"], 1, "which the model does not have"),
        (["run", MODELS / "min_v2.hef", "--frames", "0", "--batch", "64"], 1, "up to 63 frames"),
        (["run", MODELS / "min_v2.hef", "--frames", "0", "--group", "other"], 1, 'it has "min"'),
        (["run", MODELS / "min_v2.hef", "--frames", "0", "--power", "low"], 2, "performance or ultra_performance"),
        (["run", BROKEN_MODELS / "bad_run_inputs15.hef", "--frames", "0"], 1, "no DMA channel is left"),
        (["run", BROKEN_MODELS / "bad_arch_h15h.hef", "--frames", "0"], 1, "compiled for HAILO15H, the device is a Hailo-8"),
        (["plan"], 2, "no file given"),
        (["plan", MODELS / "min_v2.hef", "--arch", "hailo9"], 2, "hailo8 or hailo8l"),
        (["plan", MODELS / "min_v2.hef", "--layout", "0x33"], 2, "is for --arch hailo8l"),
        (["plan", MODELS / "l8_partial.hef", "--arch", "hailo8l", "--layout", "many"], 2, "a bitmap of clusters"),
        (["plan", MODELS / "l8_partial.hef", "--arch", "hailo8l", "--layout", "0x77"], 1, "layout 0x77"),
        (["plan", MODELS / "min_v2.hef", "--arch", "hailo8l"], 1, "the device is a Hailo-8L"),
    ],
)
def test_wrong_words_for_models(words, status, text):
    result = run(TOOL, *words, HAILOSWIFT_DEVICE="emulator")
    assert result.returncode == status
    assert text in result.stderr
    assert result.stdout == ""


def test_too_little_memory_is_told():
    words = [str(TOOL), "run", str(MODELS / "nf_yolov5_seg.hef"), "--device", "emulator", "--frames", "1", "--max-mask-bytes", "1000000000"]
    result = run("sh", "-c", 'ulimit -v 500000; exec "$@"', "sh", *words)
    assert (result.returncode, result.stderr) == (1, "hailoctl: cannot allocate 1000000306 bytes of working memory\n")
