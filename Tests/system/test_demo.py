"""The demo: digits and shapes that the networks have never seen, through Python, the tool and C."""

import re
import sys

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
    assert "every number as in numpy" in result.stdout
    recall, precision = (float(number) for number in re.findall(r"(0\.\d+) (?:found|of the boxes)", result.stdout))
    assert recall > 0.85 and precision > 0.85
    assert (tmp_path / "shapes.png").read_bytes().startswith(b"\x89PNG")
