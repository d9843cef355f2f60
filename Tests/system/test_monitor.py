"""The monitor sees what other programs do, for as long as they live."""

import json
import re
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest
from repository import MODELS, TOOL, run, shared_board


@contextmanager
def program(device, model="min_v2"):
    """A program that runs frames without end."""
    command = [TOOL, "run", MODELS / f"{model}.hef", "--frames", "100000000", "--device", device]
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def look(*options):
    result = run(TOOL, "monitor", "--json", "--interval", "0.5", *options)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def sessions_of(process, report):
    return [session for session in report["sessions"] if session["pid"] == process.pid]


def wait_for_frames(process, count=1):
    """Other programs of this user may run too, so that only those of one process are looked at."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        report = look()
        sessions = sessions_of(process, report)
        if sessions and sessions[0]["frames"] >= count:
            return report, sessions
    process.kill()
    raise AssertionError("no frames: " + process.stderr.read().decode())


def test_programs_are_seen_while_they_run():
    with program("emulator,fps=100") as first, program("emulator:hailo8,fps=100,board=second") as second:
        wait_for_frames(first)
        report, [session] = wait_for_frames(second)
        assert session["program"] == "hailoctl" and session["group"] == "min"
        assert session["device"] == "emulator:hailo8,fps=100,board=second"
        assert 1 < session["frames_per_second"] < 300 and 0 < session["busy"] <= 1
        assert session["turns"] == 1 and session["frames_in_flight"] > 0 and session["age_seconds"] > 0
        device = next(device for device in report["devices"] if device["device"] == f"{session['device']} in {second.pid}")
        assert device["sessions"] == 1 and device["frames_per_second"] == session["frames_per_second"]

        tables = run(TOOL, "monitor", "--interval", "0.2", "--count", "2").stdout
        assert len(re.findall(rf"^hailoctl \({first.pid}\)  min +emulator:hailo8,fps=100 ", tables, re.M)) == 2
        assert "IN FLIGHT" in tables and "\x1b" not in tables

        first.send_signal(signal.SIGKILL)
        first.wait()
        report = look()
        assert not sessions_of(first, report) and sessions_of(second, report)


def test_a_device_that_programs_share_counts_once():
    with shared_board() as name, program(device := f"emulator:hailo8,shared={name},fps=100") as process:
        report, _ = wait_for_frames(process)
        [entry] = [entry for entry in report["devices"] if entry["device"] == device]
        assert entry["temperature"] > 0 and entry["sessions"] == 1


@pytest.mark.parametrize(
    "words, text",
    [
        (["--interval", "0"], "--interval takes a number of seconds"),
        (["--interval", "soon"], "--interval takes a number of seconds"),
        (["--count", "0"], "--count takes a number from 1"),
        (["now"], 'unexpected word "now"'),
    ],
)
def test_wrong_calls(words, text):
    result = run(TOOL, "monitor", *words)
    assert (result.returncode, result.stdout) == (2, "") and text in result.stderr
