"""The tool against an independent emulation of the kernel driver, through the path that a real card takes.

That emulation is a preload library in the folder ../shared/oracle beside the repository; where it is absent these tests
are skipped. HAILOSWIFT_ORACLE names another folder.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from repository import MODELS, ROOT, TOOL, run

ORACLE = Path(os.environ.get("HAILOSWIFT_ORACLE") or ROOT.parent / "shared/oracle")

pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason=f"no independent fake driver at {ORACLE}")


@pytest.fixture(scope="module")
def fake(tmp_path_factory):
    """The preload library, built in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("oracle") / "copy"
    shutil.copytree(ORACLE, folder)
    subprocess.run(["make", "-C", folder], check=True, capture_output=True)
    return next(folder.glob("*.so"))


def test_the_device_is_found(fake):
    devices = json.loads(run(TOOL, "devices", "--json", LD_PRELOAD=fake).stdout)["devices"]
    assert devices[0] == {
        "id": "0000:01:00.0", "path": "/dev/hailo0", "emulated": False, "supported": True, "served": True,
        "driver_version": "4.23.0", "firmware_version": "4.23.0",
    }


@pytest.mark.parametrize(
    "driver,firmware,note",
    [
        ("4.18.0", "4.18.0", None),
        ("4.20.1", "4.20.1", None),
        ("4.23.0", "4.20.1", "driver 4.23.0 and firmware 4.20.1 are of different releases"),
        ("4.20.1", "4.23.0", "driver 4.20.1 and firmware 4.23.0 are of different releases"),
    ],
)
def test_every_release_is_named(fake, driver, firmware, note):
    variables = dict(LD_PRELOAD=fake, HAILO_FAKE_DRIVER=driver, HAILO_FAKE_FIRMWARE=firmware)
    device = json.loads(run(TOOL, "devices", "--json", **variables).stdout)["devices"][0]
    assert (device["driver_version"], device["firmware_version"], device["served"]) == (driver, firmware, True)
    assert (note in device["note"]) if note else ("note" not in device)
    text = run(TOOL, "devices", **variables).stdout
    assert driver in text and firmware in text and (not note or note in text)
    info = json.loads(run(TOOL, "info", "--json", **variables).stdout)
    assert info["served"] is True
    assert (note in info["note"]) if note else ("note" not in info)
    result = run(TOOL, "run", MODELS / "mc2.hef", "--batch", "4", "--frames", "20", "--raw", **variables)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("device", [[], ["--device", "/dev/hailo0"], ["--device", "0000:01:00.0"], ["--device", "01:00.0"]])
def test_the_device_says_who_it_is(fake, device):
    result = run(TOOL, "info", "--json", *device, LD_PRELOAD=fake)
    assert result.stderr == ""
    info = json.loads(result.stdout)
    assert info["id"] == "0000:01:00.0"
    assert info["path"] == "/dev/hailo0"
    assert info["emulated"] is False
    assert info["board_name"] == "Hailo-8"
    assert info["architecture"] == "hailo8"
    assert info["firmware_version"] == info["core_firmware_version"] == "4.23.0"
    assert info["serial_number"] == "HLLWM2B231000000"
    assert info["features"] == ["pcie"]


def test_the_8l_says_who_it_is(fake):
    info = json.loads(run(TOOL, "info", "--json", LD_PRELOAD=fake, HAILO_FAKE_ARCH="hailo8l").stdout)
    assert info["architecture"] == "hailo8l"
    assert info["cluster_layout"] == 0x33


def test_two_devices_have_to_be_named(fake):
    result = run(TOOL, "info", LD_PRELOAD=fake, HAILO_FAKE_DEVICES=2)
    assert result.returncode == 1
    assert "there are 2 devices (0000:01:00.0, 0000:02:00.0)" in result.stderr
    info = run(TOOL, "info", "--json", "--device", "02:00.0", LD_PRELOAD=fake, HAILO_FAKE_DEVICES=2).stdout
    assert json.loads(info)["path"] == "/dev/hailo1"


def test_no_device(fake):
    result = run(TOOL, "info", LD_PRELOAD=fake, HAILO_FAKE_DEVICES=0)
    assert result.returncode == 1
    assert "no Hailo device found" in result.stderr
    assert '"emulator"' in result.stderr


def test_both_recorders_saw_the_same(fake, tmp_path):
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    run(TOOL, "info", LD_PRELOAD=fake, HAILOSWIFT_TRACE=ours, HAILO_FAKE_TRACE=theirs)

    def calls(path):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert not [line for line in lines if line.get("event") == "violation"]
        keys = ("dev", "file", "ioctl", "in", "out", "ret", "errno")
        return [{key: line[key] for key in keys} for line in lines if "ioctl" in line]

    assert calls(ours) == calls(theirs)
    assert len(calls(ours)) >= 6


def test_programs_of_the_emulated_core_stay_off_cards(fake):
    """They would mean nothing to a chip, and nobody knows what it would do with them."""
    result = run(TOOL, "run", ROOT / "Demo/digits.hef", "--frames", "1", LD_PRELOAD=fake)
    assert result.returncode == 1
    assert 'the model is a program for the emulated core, which this chip cannot run. Run it on the device "emulator"' in result.stderr
