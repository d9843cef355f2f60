"""hailoctl doctor without a file: what it finds in a machine, and the record for a report."""

import json
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from repository import ROOT, TOOL, run

KERNEL = "6.12.25+rpt-rpi-2712"
CARD = "sys/bus/pci/devices/0001:01:00.0"


def firmware(version, magic=0x1DD89DE0):
    return struct.pack("<6I", magic, 0, *version, 0x10000)


def machine(folder, files, driver="hailo", device=True):
    """Files of a Raspberry Pi with a card, changed: None takes one away."""
    everything = {
        "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0",
        "proc/sys/kernel/osrelease": KERNEL + "\n",
        f"{CARD}/vendor": "0x1e60\n",
        f"{CARD}/device": "0x2864\n",
        f"{CARD}/current_link_speed": "8.0 GT/s PCIe\n",
        f"{CARD}/max_link_speed": "8.0 GT/s PCIe\n",
        f"{CARD}/current_link_width": "1\n",
        f"lib/modules/{KERNEL}/modules.dep": "kernel/drivers/media/pci/hailo/hailo_pci.ko.xz:\nkernel/fs/ext4.ko:\n",
        "sys/module/hailo_pci/version": "4.23.0\n",
        "lib/firmware/hailo/hailo8_fw.bin": firmware((4, 23, 0)),
        "sys/class/hailo_chardev/hailo0/board_location": "0001:01:00.0",
        "sys/class/hailo_chardev/hailo0/accelerator_type": "0",
        "dev/hailo0": "",
        **files,
    }
    for name, content in everything.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if driver and (folder / CARD).exists():
        (folder / CARD / "driver").symlink_to(f"../../bus/pci/drivers/{driver}")
    return folder


def examine(folder):
    result = run(TOOL, "doctor", "--root", folder, "--json")
    findings = json.loads(result.stdout)["findings"]
    assert result.returncode == (1 if any(finding["verdict"] == "problem" for finding in findings) else 0), result
    return findings


def test_a_sound_machine(tmp_path):
    findings = examine(machine(tmp_path, {}))
    assert {finding["verdict"] for finding in findings} == {"ok"}
    texts = "\n".join(finding["text"] for finding in findings)
    for text in ("Raspberry Pi 5", KERNEL, "0001:01:00.0: Hailo-8", "8.0 GT/s PCIe, 1 lane", "hailo_pci 4.23.0 is loaded", "is version 4.23.0"):
        assert text in texts


NO_MODULE = {"sys/module/hailo_pci/version": None, "sys/class/hailo_chardev/hailo0/board_location": None,
             "sys/class/hailo_chardev/hailo0/accelerator_type": None, "dev/hailo0": None}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "driver", "verdict", "text", "advice"),
    [
        ({f"{CARD}/vendor": "0x1234", **NO_MODULE}, None, "problem", "no Hailo device on the PCI bus", "dtparam=pciex1"),
        ({f"{CARD}/device": "0x45c4"}, "hailo", "problem", "is not a Hailo-8 or Hailo-8L", "for the Hailo-8"),
        ({f"{CARD}/current_link_speed": "5.0 GT/s PCIe"}, "hailo", "note", "5.0 GT/s PCIe, 1 lane", "dtparam=pciex1_gen=3"),
        ({}, "vfio-pci", "problem", "vfio-pci", "release the card"),
        ({}, None, "problem", "no driver uses the card", "modprobe hailo_pci"),
        (NO_MODULE, None, "problem", "is installed (kernel/drivers/media/pci/hailo/hailo_pci.ko.xz), but not loaded", "modprobe"),
        ({**NO_MODULE, f"lib/modules/{KERNEL}/modules.dep": ""}, None, "problem", "not installed for this kernel", "apt install hailo-all"),
        ({**NO_MODULE, f"lib/modules/{KERNEL}/modules.builtin": "kernel/drivers/media/pci/hailo/hailo_pci.ko\n"},
         None, "problem", "built into this kernel", "dmesg"),
        ({f"lib/modules/{KERNEL}/modules.dep": "updates/dkms/hailo_pci.ko.xz:\nkernel/drivers/media/pci/hailo/hailo_pci.ko.xz:\n"},
         "hailo", "note", "installed 2 times: updates/dkms", "depmod prefers"),
        ({"sys/module/hailo1x_pci/refcnt": "0"}, "hailo", "note", "for other chips", None),
        ({"sys/module/hailo_pci/version": "4.17.0"}, "hailo", "problem", "4.17.0 is loaded; this library does not support it", "4.23"),
        ({"lib/firmware/hailo/hailo8_fw.bin": None}, "hailo", "problem", "cannot be read", "hailofw"),
        ({"lib/firmware/hailo/hailo8_fw.bin": firmware((4, 20, 0))}, "hailo", "note", "is version 4.20.0, the driver 4.23.0", "same release"),
        ({"lib/firmware/hailo/hailo8_fw.bin": firmware((4, 23, 0), magic=7)}, "hailo", "problem", "is not a firmware", "replace"),
        ({"lib/firmware/hailo/hailo8_fw.bin": b"\xe0\x9d"}, "hailo", "problem", "is not a firmware", "replace"),
        ({"dev/hailo0": None}, "hailo", "problem", "/dev/hailo0 does not exist", "--device=/dev/hailo0"),
        ({"sys/class/hailo_chardev/hailo0/board_location": None}, "hailo", "problem", "cannot read", None),
    ],
)  # fmt: skip
def test_what_may_be_wrong(tmp_path, files, driver, verdict, text, advice):
    (found,) = [finding for finding in examine(machine(tmp_path, files, driver)) if text in finding["text"]]
    assert found["verdict"] == verdict
    assert advice is None or advice in found["advice"]


def test_rights_are_looked_at():
    """As another user where this one is root, who may use every file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        machine(folder, {})
        (folder / "dev/hailo0").chmod(0)
        tool = shutil.copy(TOOL, folder)
        user = {"user": 65534} if os.geteuid() == 0 else {}
        result = subprocess.run([tool, "doctor", "--root", folder, "--json"], capture_output=True, text=True, check=False, **user)
    (found,) = [finding for finding in json.loads(result.stdout)["findings"] if finding["subject"] == "device file"]
    assert found["verdict"] == "problem" and "51-hailo" in found["advice"]


def test_a_device_is_opened():
    result = run(TOOL, "emulate", "--settings", "driver=4.22.0,firmware=4.23.0", "--", TOOL, "doctor")
    assert result.returncode == 0, result
    assert "driver 4.22.0 and firmware 4.23.0 are of different releases" in result.stdout
    assert "-> if anything fails, install driver and firmware from the same release" in result.stdout
    broken = run(TOOL, "emulate", "--settings", "fault=open:EBUSY", "--", TOOL, "doctor")
    assert broken.returncode == 1 and "another program uses the device" in broken.stdout


def test_the_record_has_what_a_maintainer_needs(tmp_path):
    recorded = run(TOOL, "emulate", "--", TOOL, "doctor", "--record", tmp_path, ROOT / "Demo/shapes.hef", "--frames", 3)
    assert "wrote " in recorded.stderr, recorded
    assert [path.name for path in tmp_path.iterdir()] == ["hailoswift-report.tar"]
    with tarfile.open(tmp_path / "hailoswift-report.tar") as archive:
        members = {member.name: archive.extractfile(member).read().decode() for member in archive}
    assert set(members) == {"machine.json", "run.txt", "version.txt", "kernel-log.txt", "trace.jsonl"}
    assert json.loads(members["machine.json"])["findings"]
    assert members["run.txt"] == "shapes.hef for HAILO8\nshapes: 1 context, 6 frames, computed outputs\n"
    calls = [json.loads(line) for line in members["trace.jsonl"].splitlines()]
    assert any(call.get("ioctl") == "VDMA_LAUNCH_TRANSFER" for call in calls)
    assert str(ROOT) not in "".join(members.values())


def test_a_failed_run_is_recorded_too(tmp_path):
    run(TOOL, "emulate", "--settings", "fault=transfer#2:closed", "--", TOOL, "doctor", "--record", tmp_path, ROOT / "Demo/shapes.hef")
    with tarfile.open(tmp_path / "hailoswift-report.tar") as archive:
        assert "closed the channel" in archive.extractfile("run.txt").read().decode()


def test_no_path_gets_into_the_record(tmp_path):
    model = tmp_path / "somebody.hef"
    model.write_text("no model")
    run(TOOL, "emulate", "--", TOOL, "doctor", "--record", tmp_path, model)
    with tarfile.open(tmp_path / "hailoswift-report.tar") as archive:
        assert archive.extractfile("run.txt").read() == b"the model cannot be loaded\n"


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (["--record", "/nowhere/at/all"], 1, "cannot write /nowhere/at/all/trace.jsonl"),
        (["--root", "/", "--record", "/tmp"], 2, "--record is for this machine"),
        (["model.hef", "--json"], 2, "without a file"),
        (["--device", "emulator"], 2, "--device needs a file"),
        (["one.hef", "two.hef"], 2, "only one file"),
    ],
)
def test_called_wrongly(words, status, text):
    result = run(TOOL, "doctor", *words)
    assert result.returncode == status and text in result.stderr, result
