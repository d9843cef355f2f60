"""hailoctl as a person and as a script use it: devices, help, failures, and where answers go."""

import errno
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from repository import HEADER, MODELS, TOOL, run


def test_devices_lists_the_emulated_ones():
    result = run(TOOL, "devices")
    assert result.returncode == 0
    assert result.stdout.splitlines()[0].split() == ["DEVICE", "FILE", "KIND", "DRIVER", "FIRMWARE", "SERVED"]
    assert "emulator:hailo8l" in result.stdout
    assert result.stderr == ""


def test_devices_as_json():
    devices = json.loads(run(TOOL, "devices", "--json").stdout)["devices"]
    emulated = [device for device in devices if device["emulated"]]
    versions = {"driver_version": "4.23.0", "firmware_version": "4.23.0"}
    assert emulated == [
        {"id": "emulator:hailo8", "path": "", "emulated": True, "supported": True, "served": True, **versions},
        {"id": "emulator:hailo8l", "path": "", "emulated": True, "supported": True, "served": True, **versions},
    ]


def test_devices_that_are_not_served_say_why():
    result = run(TOOL, "devices", "--json", HAILOSWIFT_EMULATOR="driver=4.17.0")
    assert result.returncode == 0
    device = next(device for device in json.loads(result.stdout)["devices"] if device["emulated"])
    assert device["served"] is False and "driver_version" not in device
    assert "kernel driver 4.17.0 is too old" in device["note"]
    text = run(TOOL, "devices", HAILOSWIFT_EMULATOR="firmware=5.0.0").stdout
    assert "firmware 5.0.0 is not supported; models cannot be run" in text
    refused = run(TOOL, "plan", MODELS / "min_v2.hef", "--firmware", "4.17.0")
    assert refused.returncode == 2 and "--firmware takes a version, 4.18 to 4.23" in refused.stderr
    plans = [run(TOOL, "plan", MODELS / "mc2.hef", "--firmware", version).stdout for version in ("4.20.1", "4.22.0", "4.23.0")]
    assert "periph_by_host=1" in plans[0] and "periph_by_host" not in plans[1] and plans[1] == plans[2]


def test_info():
    result = run(TOOL, "info", "--device", "emulator:hailo8l")
    assert result.returncode == 0
    lines = dict(line.split("  ", 1) for line in result.stdout.splitlines())
    assert lines["device"].strip().startswith("emulator:hailo8l (emulated")
    assert lines["architecture"].strip() == "hailo8l"
    assert lines["kernel driver"].strip() == "4.23.0"


def test_info_as_json():
    info = json.loads(run(TOOL, "info", "--device=emulator", "--json").stdout)
    assert info["architecture"] == "hailo8"
    assert info["emulated"] is True
    assert info["temperature"] == {"sensor0": 45.5, "sensor1": 46.25, "sample_count": 7}
    assert len(info["soc_id"]) == 64


def test_power_is_measured_on_request_only(tmp_path):
    """It switches the overcurrent protection off for a moment, also for a program that runs frames."""
    for words, measures in (([], False), (["--power"], True)):
        trace = tmp_path / f"trace-{measures}.jsonl"
        result = run(TOOL, "info", "--device", "emulator", "--json", *words, HAILOSWIFT_TRACE=trace)
        assert json.loads(result.stdout).get("power_watts") == (1.625 if measures else None)
        assert ("POWER_MEASUREMENT" in trace.read_text()) == measures
    assert "power" not in run(TOOL, "info", "--device", "emulator").stdout
    assert "1.625 W" in run(TOOL, "info", "--device", "emulator", "--power").stdout
    assert "overcurrent protection" in run(TOOL, "info", "--help").stdout


def test_the_environment_names_the_standard_device():
    assert "emulator:hailo8l" in run(TOOL, "info", HAILOSWIFT_DEVICE="emulator:hailo8l").stdout
    assert "emulator:hailo8 " in run(TOOL, "info", "--device", "emulator", HAILOSWIFT_DEVICE="nonsense").stdout


def test_version():
    result = run(TOOL, "--version")
    assert f'HAILOSWIFT_VERSION "{result.stdout.split()[1]}"' in HEADER.read_text()


@pytest.mark.parametrize("words", [["--help"], ["help"], ["-h"]])
def test_help_teaches(words):
    result = run(TOOL, *words)
    assert result.returncode == 0
    assert "usage: hailoctl COMMAND" in result.stdout
    assert "emulator:hailo8" in result.stdout


@pytest.mark.parametrize("words", [["info", "--help"], ["help", "info"], ["info", "--json", "-h"]])
def test_help_of_one_command(words):
    assert run(TOOL, *words).stdout.startswith("usage: hailoctl info")


@pytest.mark.parametrize(
    "words, text",
    [
        ([], "no command given"),
        (["dance"], 'there is no command "dance"'),
        (["scan"], 'you may be looking for "hailoctl devices"'),
        (["fw-control", "identify"], 'you may be looking for "hailoctl info"'),
        (["parse-hef", "x.hef"], 'you may be looking for "hailoctl inspect"'),
        (["measure-power"], 'you may be looking for "hailoctl info --power"'),
        (["info", "--dance"], "unknown option --dance"),
        (["info", "--device"], "option --device needs a value"),
        (["info", "emulator"], 'unexpected word "emulator"'),
        (["devices", "--json=yes"], "unknown option --json=yes"),
    ],
)
def test_wrong_calls_have_exit_status_2(words, text):
    result = run(TOOL, *words)
    assert result.returncode == 2
    assert result.stdout == ""
    assert text in result.stderr
    assert "--help" in result.stderr


@pytest.mark.parametrize(
    "device, text",
    [
        ("nonsense", '"nonsense" is not a device id'),
        ("emulator,driver=4.17.0", "kernel driver 4.17.0 is too old"),
        ("emulator,fault=GET_CHIP_TEMPERATURE:0x4003000f", "refused GET_CHIP_TEMPERATURE: control: unsupported opcode"),
        ("emulator,fault=GET_DEVICE_INFORMATION:removed", "the device is gone"),
    ],
)
def test_failures_have_exit_status_1_and_go_to_standard_error(device, text):
    result = run(TOOL, "info", "--device", device)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("hailoctl: ")
    assert text in result.stderr


def test_warnings_do_not_disturb_the_answer():
    result = run(TOOL, "info", "--json", "--device", "emulator,driver=4.24.0")
    assert result.returncode == 0
    assert json.loads(result.stdout)["driver_version"] == "4.24.0"
    assert "warning: " in result.stderr


def test_a_trace_records_every_call(tmp_path):
    trace = tmp_path / "trace-%p.jsonl"
    assert run(TOOL, "info", "--device", "emulator", HAILOSWIFT_TRACE=trace).returncode == 0
    (file,) = tmp_path.iterdir()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["seq"] for line in lines] == list(range(len(lines)))
    calls = [line["in"].get("opcode", line["ioctl"]) for line in lines if "ioctl" in line]
    assert calls[:3] == ["QUERY_DRIVER_INFO", "QUERY_DEVICE_PROPERTIES", "IDENTIFY"]
    assert {"CORE_IDENTIFY", "GET_DEVICE_INFORMATION", "GET_CHIP_TEMPERATURE"} <= set(calls)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a program that runs as another user")
def test_a_program_with_more_rights_than_its_caller_ignores_the_environment(tmp_path):
    """It would write a trace as another user, to wherever the caller says."""
    if os.statvfs(tmp_path).f_flag & os.ST_NOSUID:
        pytest.skip("programs in the temporary folder cannot run as another user")
    tool = Path(shutil.copy(TOOL, tmp_path))
    os.chown(tool, 65534, 65534)
    tool.chmod(0o4755)
    result = run(tool, "info", "--device", "emulator", HAILOSWIFT_TRACE="/nowhere/trace.jsonl")
    assert (result.returncode, result.stderr) == (0, "")


def test_a_trace_that_cannot_be_written_is_an_error():
    result = run(TOOL, "info", "--device", "emulator", HAILOSWIFT_TRACE="/nowhere/trace.jsonl")
    assert result.returncode == 1
    assert "cannot write the trace file /nowhere/trace.jsonl" in result.stderr


def test_a_trace_that_cannot_be_written_to_its_end_is_said():
    """Once, and the command goes on."""
    result = run(TOOL, "info", "--device", "emulator", HAILOSWIFT_TRACE="/dev/full")
    assert "EMULATED" in result.stdout
    (line,) = result.stderr.splitlines()
    assert "the trace file is incomplete" in line and "ENOSPC" in line


@pytest.mark.parametrize(
    "words",
    [
        ["devices"], ["devices", "--json"], ["info", "--device", "emulator"], ["info", "--device", "emulator", "--json"],
        ["inspect", MODELS / "mc2.hef"], ["inspect", "--json", MODELS / "mc2.hef"], ["plan", MODELS / "mc2.hef"],
        ["plan", "--json", MODELS / "mc2.hef"], ["run", MODELS / "mc2.hef", "--device", "emulator"], ["--help"], ["--version"],
        ["run", MODELS / "mc2.hef", "--device", "emulator", "--json"], ["doctor", MODELS / "mc2.hef"], ["info", "--help"],
    ],
    ids=lambda words: " ".join(map(str, words)).replace(str(MODELS) + "/", ""),
)  # fmt: skip
def test_answers_that_cannot_be_written_are_failures(words):
    with open("/dev/full", "w") as full:
        result = subprocess.run([TOOL, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "hailoctl: cannot write to standard output (No space left on device)\n"


def test_a_reader_that_leaves_is_no_failure():
    result = run("sh", "-c", f"trap '' PIPE; {{ {TOOL} plan {MODELS / 'mc70_chain.hef'}; echo $? >&2; }} | head -n 1")
    assert result.stderr == "0\n"


def test_the_emulated_command_that_is_not_there():
    missing = run(TOOL, "emulate", "--", "no-such-program")
    assert missing.returncode == 127 and "cannot run no-such-program: No such file or directory" in missing.stderr
    forbidden = run(TOOL, "emulate", "--", "/etc/passwd")
    assert forbidden.returncode == 126 and "Permission denied" in forbidden.stderr
    assert run(TOOL, "emulate", "--", "sh", "-c", "exit 7").returncode == 7


@pytest.mark.parametrize(
    "words, error",
    [
        (["info", "--device", "/dev/hailo77"], {"status": "NOT_FOUND", "system_error": errno.ENOENT}),
        (["inspect", "/nowhere.hef"], {"status": "FILE_ERROR", "system_error": errno.ENOENT}),
        (
            ["info", "--device", "emulator,fault=CORE_IDENTIFY:0x4003000f"],
            {"status": "FIRMWARE_REJECTED", "firmware_status": "0x4003000f"},
        ),
        (["info", "--device", "nonsense"], {"status": "UNKNOWN_ID"}),
    ],
)
def test_failures_as_json(words, error):
    result = run(TOOL, *words, "--json")
    assert result.returncode == 1
    report = json.loads(result.stdout)["error"]
    assert result.stderr == f"hailoctl: {report.pop('message')}\n"
    assert report == error
