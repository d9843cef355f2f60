"""What hailoctl does with models besides running them: inspect, plan, doctor, compile-emulated."""

import json
import os
import re
import struct
import subprocess
import sys

import pytest
from repository import MODELS, TOOL, run


@pytest.mark.parametrize("columns", [80, 60, 132, 400])
@pytest.mark.parametrize("name", ["io_multi", "nf_yolov5_seg", "mc70_chain", "multinet3_order", "cfg_many_bursts"])
def test_inspect_fits_the_terminal(columns, name):
    model = MODELS / f"{name}.hef"
    program = (
        "import fcntl, os, pty, struct, subprocess, sys, termios\n"
        "main, side = pty.openpty()\n"
        f"fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack('HHHH', 40, {columns}, 0, 0))\n"
        f"process = subprocess.Popen([{str(TOOL)!r}, 'inspect', {str(model)!r}], stdout=side)\n"
        "os.close(side)\n"
        "try:\n"
        "    while data := os.read(main, 65536): sys.stdout.buffer.write(data)\n"
        "except OSError: pass\n"
        "sys.exit(process.wait())\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    plain = run(TOOL, "inspect", model).stdout
    assert max(map(len, lines)) <= max(columns, longest_word(plain) + 8)
    # Nothing gets lost, but for the headings of what speaks for itself.
    words = re.compile(r"[\w./]+")
    facts = {word.lower() for word in words.findall(plain) if word not in ("NAME", "STREAM", "CONTEXT", "LAYERS")}
    assert facts <= set(words.findall(result.stdout.lower()))


def longest_word(text):
    return max(map(len, text.split()))


@pytest.mark.parametrize(
    "text",
    [
        "input x shape=1x1x1 zero=-9223372036854775808",
        "input a shape=65535x65535x65535\n" + "".join(f"concat b{n} from={','.join([f'b{n - 1}' if n else 'a'] * 256)}\n" for n in range(6)),
        "input a shape=4x4x4\r\nmaxpool b from=a size=2\r\noutput b\r\n" + "nonsense",
    ],
    ids=["number", "sides", "lines"],
)
def test_networks_that_cannot_be(tmp_path, text):
    network = tmp_path / "bad.net"
    network.write_text(text, newline="")
    result = run(TOOL, "compile-emulated", network, "--output", tmp_path / "out.hef")
    assert result.returncode == 1 and "bad.net" in result.stderr, result
    if "nonsense" in text:
        assert "line 4" in result.stderr


def test_plan_tells_everything():
    text = run(TOOL, "plan", MODELS / "mc2.hef", "--batch", "4").stdout
    for part in ("network group mc2, batch size 4", "between contexts", "preliminary: ", "dynamic 1: ", "REPEATED_ACTION 8 times"):
        assert part in text
    plan = json.loads(run(TOOL, "plan", MODELS / "mc2.hef", "--batch", "4", "--json").stdout)["plans"][0]
    assert [context["name"] for context in plan["contexts"]] == [
        "activation", "batch switching", "preliminary", "dynamic 0", "dynamic 1"
    ]
    assert plan["batch_size"] == 4
    assert len(plan["lists"]) == sum("create" in step for step in plan["steps"])
    assert len(plan["buffers"]) == sum("map" in step for step in plan["steps"])
    for context in plan["contexts"]:
        for action in context["actions"]:
            assert action["action"].isupper()
    assert {channel["direction"] for channel in plan["channels"]} == {"input", "output"}


def test_plan_for_the_layout_of_the_chip():
    plans = [
        run(TOOL, "plan", MODELS / "l8_partial.hef", "--arch", "hailo8l", "--layout", layout, "--json").stdout
        for layout in ("0x33", "51", "0xcc")
    ]
    assert plans[0] == plans[1] != plans[2]


@pytest.mark.parametrize("name", ["min_v2", "mc2", "mc70_chain", "ddr_mc2", "cache_mc2", "multinet3_order", "nms_burst_frame", "nf_yolov8", "l8_partial"])
def test_the_doctor_finds_nothing_in_sound_models(name):
    result = run(TOOL, "doctor", MODELS / f"{name}.hef", "--frames", 6)
    assert result.returncode == 0, result.stdout
    assert result.stdout.endswith("no findings\n") and "synthetic outputs" in result.stdout


def test_the_doctor_tells_what_went_wrong():
    device = "emulator:hailo8,fault=SET_CONTEXT_INFO:0x4013007a"
    result = run(TOOL, "doctor", MODELS / "mc2.hef", "--device", device)
    assert result.returncode == 1
    assert "finding: mc2: " in result.stdout and "sram memory full" in result.stdout
    assert "1 finding\n" in result.stderr
    result = run(TOOL, "doctor", MODELS / "l8_partial_204.hef")
    assert result.returncode == 1 and "working clusters have layout 0x33" in result.stdout


@pytest.mark.parametrize(
    "words, status, text",
    [
        (["--nonsense"], 2, "unknown option --nonsense"),
        (["x.hef", "--frames", "0"], 2, '--frames takes a number from 1, not "0"'),
        (["/nowhere.hef"], 1, "cannot read /nowhere.hef"),
        ([MODELS / "min_v2.hef", "--device", "emulator:hailo15"], 1, "there is no emulated device"),
    ],
)
def test_the_doctor_is_called_wrongly(words, status, text):
    result = run(TOOL, "doctor", *words)
    assert result.returncode == status and text in result.stderr
