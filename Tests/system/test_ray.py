"""The example that spreads frames over actors, each with a device of its own."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from repository import LIBRARY, MODELS, ROOT, run, shared_board

EXAMPLE = ROOT / "bindings/python/examples/ray_frames.py"
MODEL = MODELS / "min_v2.hef"
COUNT = 300


@pytest.fixture(scope="module", autouse=True)
def environment():
    if run(sys.executable, "-c", "import ray").returncode != 0:
        pytest.skip("Ray is not installed; python3 -m pip install ray")
    path = os.pathsep.join([str(ROOT / "bindings/python/src"), os.environ.get("PYTHONPATH", "")])
    return {
        **os.environ, "PYTHONPATH": path, "HAILOSWIFT_LIBRARY": str(LIBRARY), "RAY_DEDUP_LOGS": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
    }  # fmt: skip


RUN_ALONE = """
import sys, hailoswift
data = sys.stdin.buffer.read()
with hailoswift.Device("emulator,output=checksum") as device:
    with hailoswift.Session(device, hailoswift.Model(sys.argv[1])) as session, session.active():
        for output in session.stream(data[start : start + 512] for start in range(0, len(data), 512)):
            sys.stdout.buffer.write(output["min/conv1"])
"""


@pytest.fixture
def frames(tmp_path, environment):
    """A file of frames, and what they become."""
    data = bytes((7 * index + index // 512) & 255 for index in range(COUNT * 512))
    path = tmp_path / "frames"
    path.write_bytes(data)
    command = [sys.executable, "-c", RUN_ALONE, MODEL]
    expected = subprocess.run(command, input=data, capture_output=True, env=environment, check=True).stdout
    return path, expected


@pytest.fixture
def boards():
    with shared_board() as first, shared_board() as second:
        yield [f"emulator,shared={name},output=checksum,fps=60" for name in (first, second)]


def start(environment, boards, path, output, *options):
    command = [sys.executable, EXAMPLE, MODEL, path, output, "--chunk", "10", *options]
    for board in boards:
        command += ["--device", board]
    return subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_frames_come_back_in_order_though_an_actor_is_lost(frames, environment, boards, tmp_path):
    path, expected = frames
    process = start(environment, boards, path, tmp_path / "output")
    text = ""
    # Both actors have begun.
    while len(workers := re.findall(r"^worker (\d): .*, process (\d+)$", text, re.M)) < 2:
        line = process.stderr.readline()
        assert line, text
        text += line
    assert [number for number, _ in workers] == ["0", "1"]
    time.sleep(0.5)
    os.kill(int(workers[0][1]), signal.SIGKILL)
    output, rest = process.communicate(timeout=120)
    assert process.returncode == 0, text + rest
    assert (tmp_path / "output").read_bytes() == expected
    assert f"{COUNT} frames" in output
    assert "worker 0 is lost" in rest and re.search(r"worker 0: .*, process \d+", rest)


def test_actors_that_find_no_device_are_not_tried_for_ever(frames, environment, boards, tmp_path):
    path, _ = frames
    # There are two devices.
    process = start(environment, boards, path, tmp_path / "output", "--workers", "3")
    _, errors = process.communicate(timeout=120)
    assert process.returncode != 0 and "was lost, and so were those that replaced it" in errors
