"""The demo: digits and shapes that the networks have never seen, through Python, the tool and C."""

import json
import re
import struct
import sys
import zlib

import pytest
from repository import ROOT, TOOL, run

pytest.importorskip("numpy", reason="numpy is not installed")

DIGITS = ROOT / "Demo/digits.hef"
EQUAL = "every digit as in numpy"


def python(*words):
    return run(
        sys.executable, "-B", *words, PYTHONPATH=ROOT / "bindings/python/src", HAILOSWIFT_LIBRARY=ROOT / "build/libhailoswift.so"
    )


def accuracies(text):
    return [float(number) for number in re.findall(r"(0\.\d+) right", text)]


def test_digits_through_python(tmp_path):
    """In one context and in three, with rows in the host's memory, every digit is what numpy finds."""
    contexts = tmp_path / "contexts.hef"
    compiled = run(
        TOOL, "compile-emulated", ROOT / "Demo/digits.net", "--weights", ROOT / "Demo/digits.npz", "--context", "pool",
        "--context", "scores", "--buffer", "conv3", "--output", contexts,
    )  # fmt: skip
    assert compiled.returncode == 0, compiled.stderr
    png = tmp_path / "digits.png"
    result = python(ROOT / "Demo/digits.py", DIGITS, contexts, "--png", png)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count(EQUAL) == 2 and "(computed)" in result.stdout
    shown = accuracies(result.stdout)
    assert len(shown) == 4 and min(shown) >= 0.95
    # Whole numbers: numpy, and both models on the emulated device.
    assert shown[1] == shown[2] == shown[3]
    assert png.read_bytes().startswith(b"\x89PNG")


def test_digits_through_the_tool_and_c(tmp_path):
    raw = tmp_path / "digits.raw"
    assert python(ROOT / "Demo/digits.py", "--write-frames", raw).returncode == 0
    found = run(
        TOOL, "run", DIGITS, "--input", f"digits/image={raw}", "--output-dir", tmp_path, "--device", "emulator:hailo8"
    )
    assert found.returncode == 0 and "synthetic" not in found.stdout, found.stderr
    assert EQUAL in python(ROOT / "Demo/digits.py", "--compare", tmp_path / "digits-digit.raw").stdout

    program = tmp_path / "classify"
    flags = ["-Wall", f"-I{ROOT}/include", f"-L{ROOT}/build", "-lhailoswift", f"-Wl,-rpath,{ROOT}/build"]
    assert run("cc", ROOT / "bindings/c/examples/classify.c", "-o", program, *flags).returncode == 0
    classes = run(program, DIGITS, raw, "emulator")
    (tmp_path / "classes.txt").write_text(classes.stdout)
    assert EQUAL in python(ROOT / "Demo/digits.py", "--compare", tmp_path / "classes.txt").stdout
    assert "cannot read the frames" in run(program, DIGITS, tmp_path / "nothing", "emulator").stderr


def test_a_wrong_class_is_noticed(tmp_path):
    (tmp_path / "wrong.txt").write_text("1\n" * 360)
    result = python(ROOT / "Demo/digits.py", "--compare", tmp_path / "wrong.txt")
    assert result.returncode == 1 and "NOT as in numpy" in result.stdout


def test_shapes(tmp_path):
    result = python(ROOT / "Demo/find_shapes.py", ROOT / "Demo/shapes.hef", "--png", tmp_path / "shapes.png")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "every box as in numpy" in result.stdout
    recall, precision = (float(number) for number in re.findall(r"(0\.\d+) (?:found|of the boxes)", result.stdout))
    assert recall > 0.85 and precision > 0.85
    assert (tmp_path / "shapes.png").read_bytes().startswith(b"\x89PNG")


def test_boxes_through_the_tool_c_and_python(tmp_path):
    """One picture: the same boxes in words, and drawn."""
    raw = tmp_path / "shapes.raw"
    assert python(ROOT / "Demo/find_shapes.py", "--write-frames", raw).returncode == 0
    raw.write_bytes(raw.read_bytes()[: 64 * 64 * 3])
    model, png = ROOT / "Demo/shapes.hef", tmp_path / "found.png"
    result = run(
        TOOL, "run", model, "--input", f"shapes/image={raw}", "--device", "emulator:hailo8", "--json", "--detections", "--draw", png
    )
    assert result.returncode == 0, result.stderr
    boxes = json.loads(result.stdout)["groups"][0]["found"][0]["detections"]
    lines = [
        f"class {box['class']}, score {box['score']:.3f}, from ({box['x_min']:.3f}, {box['y_min']:.3f}) to ({box['x_max']:.3f}, {box['y_max']:.3f})"
        for box in boxes
    ]
    expected = "\n".join([*lines, f"{len(lines)} found", ""])
    assert lines
    header = png.read_bytes()
    assert header.startswith(b"\x89PNG") and struct.unpack(">II", header[16:24]) == (384, 384)
    pixels = zlib.decompress(b"".join(chunks(header, b"IDAT")))
    assert len(pixels) == 384 * (384 * 3 + 1)

    program, cpp_program = tmp_path / "detect", tmp_path / "detect_cpp"
    flags = ["-Wall", f"-I{ROOT}/include", f"-L{ROOT}/build", "-lhailoswift", f"-Wl,-rpath,{ROOT}/build"]
    assert run("cc", ROOT / "bindings/c/examples/detect.c", "-o", program, *flags).returncode == 0
    flags = ["-std=c++17", f"-I{ROOT}/bindings/c/include", *flags]
    assert run("c++", ROOT / "bindings/c/examples/detect.cpp", "-o", cpp_program, *flags).returncode == 0
    found = run(program, model, raw, tmp_path / "c.ppm", "emulator")
    assert (found.stdout, found.stderr) == (expected, "")
    found = python(ROOT / "bindings/python/examples/detect.py", model, raw, tmp_path / "python.ppm", "emulator")
    assert (found.stdout, found.stderr) == (expected, "")
    drawn = [(tmp_path / name).read_bytes() for name in ("c.ppm", "python.ppm")]
    assert all(picture.startswith(b"P6\n64 64\n255\n") and picture[13:] != raw.read_bytes() for picture in drawn)
    found = run(cpp_program, model, raw, "0.1", "emulator")
    assert (found.stdout, found.stderr) == (expected, "")
    assert run(cpp_program, model, raw, "1.5", "emulator").stdout == "0 found\n"
    digits = run(cpp_program, ROOT / "Demo/digits.hef", raw, "0.1", "emulator")
    assert digits.stderr == "detect: no output of this model consists of boxes\n"
    assert "cannot read a whole picture" in run(program, model, tmp_path / "nothing", tmp_path / "c.ppm", "emulator").stderr
    assert "not a color picture" in run(program, ROOT / "Tests/Fixtures/hef/min_v2.hef", raw, tmp_path / "c.ppm", "emulator").stderr


def test_a_detector_feeds_a_classifier(tmp_path):
    pictures = tmp_path / "pictures.raw"
    pictures.write_bytes((ROOT / "Demo/picture.rgb").read_bytes() * 5)
    words = (ROOT / "Demo/shapes.hef", ROOT / "Demo/digits.hef", pictures, "emulator")
    found = python(ROOT / "bindings/python/examples/cascade.py", *words)
    assert (found.returncode, found.stderr) == (0, "")
    lines = found.stdout.splitlines()
    assert lines[-1] == "5 pictures"
    by_picture = [[line.split(": ")[1] for line in lines[:-1] if line.startswith(f"picture {number}:")] for number in range(5)]
    assert by_picture[0] and all(other == by_picture[0] for other in by_picture)
    assert sorted(lines[:-1], key=lambda line: line.split(":")[0]) == lines[:-1]
    wrong = python(ROOT / "bindings/python/examples/cascade.py", words[1], words[0], pictures, "emulator")
    assert "must take color pictures and deliver boxes" in wrong.stderr


def chunks(png, kind):
    """The contents of all chunks of a kind, whose checksums are right."""
    offset = 8
    while offset < len(png):
        (size,) = struct.unpack(">I", png[offset : offset + 4])
        checked = png[offset + 4 : offset + 8 + size]
        assert struct.unpack(">I", png[offset + 8 + size :][:4]) == (zlib.crc32(checked),)
        if checked[:4] == kind:
            yield checked[4:]
        offset += 12 + size
