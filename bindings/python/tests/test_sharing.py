"""Several processes that use one device in turn."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import hailoswift
import pytest
from hailoswift import Device, DeviceGroup, Session, Sharing

#: How much is run: enough to see that it works, or, on request, for some minutes.
FRAMES, KILLS, PATIENCE = (10_000, 100, 900) if "HAILOSWIFT_ENDURANCE" in os.environ else (1000, 6, 120)

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"

#: Runs frames on a shared device and checks each: the outputs tell what the inputs were.
WORKER = """
import os, sys
import hailoswift
from hailoswift import Device, Sharing, Session, Scheduling

device, name, count, turn = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])

def frames(session, total):
    for number in range(total):
        yield {port.name: bytes([number % 251]) * port.frame_size for port in session.inputs}

def plain(outputs):
    return {name: bytes(memoryview(value)) for name, value in outputs.items()}

with Device("emulator,board=alone,output=checksum") as alone, Session(alone, hailoswift.Model(name)) as own, own.active():
    expected = [plain(outputs) for outputs in own.stream(frames(own, 251))]
print("ready", flush=True)
with Device(device, sharing=Sharing(turn=turn, wait=60)) as shared:
    with Session(shared, hailoswift.Model(name), scheduling=Scheduling()) as session:
        for number, outputs in enumerate(session.stream(frames(session, count), depth=16, timeout=60)):
            if plain(outputs) != expected[number % 251]:
                sys.exit(f"frame {number} is wrong")
        turns = session.statistics.turns
    if any(finding.kind == hailoswift.FindingKind.VIOLATION for finding in shared.findings):
        sys.exit(f"{shared.findings}")
print(f"{count} frames, {turns} turns", flush=True)
"""


@pytest.fixture
def device():
    name = uuid.uuid4().hex
    yield f"emulator,shared={name},output=checksum"
    Path(f"/dev/shm/hailoswift-emulator-{name}-{os.getuid()}").unlink(missing_ok=True)


def worker(device, name, count, turn=0.02):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, device, HEF / f"{name}.hef", str(count), str(turn)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(process):
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output + errors
    return output


@pytest.mark.parametrize("names", [("min_v2", "mc2"), ("min_v2", "mc2", "io_multi", "min_v2")], ids=["two", "four"])
def test_processes_take_turns(device, names):
    processes = [worker(device, name, FRAMES) for name in names]
    outputs = [finish(process) for process in processes]
    assert all(f"{FRAMES} frames" in output for output in outputs), outputs
    with Device(device, exclusive=True):
        pass


def test_killed_processes_leave_the_device_usable(device):
    survivors = [worker(device, name, 3 * FRAMES // 2) for name in ("min_v2", "mc2", "io_multi")]
    chance = random.Random(1)
    for _ in range(KILLS):
        victim = worker(device, "min_v2", 1_000_000)
        assert victim.stdout.readline() == "ready\n", victim.stderr.read()
        time.sleep(chance.uniform(0, 0.3))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
        victim.stderr.close()
    for process in survivors:
        finish(process)
    with Device(device, exclusive=True):
        pass


def test_information_while_others_run(device):
    process = worker(device, "min_v2", 2000)
    assert process.stdout.readline() == "ready\n"
    with Device(device) as looked_at:
        while process.poll() is None:
            assert looked_at.info.is_emulated
            assert looked_at.temperature().sensor0 > 0
            time.sleep(0.01)
    assert process.returncode == 0, process.stderr.read()
    process.stdout.close()
    process.stderr.close()


def test_a_program_that_keeps_the_device(device):
    with Device(device, exclusive=True):
        with Device(device, sharing=Sharing(wait=0.05)) as shared:
            with pytest.raises(hailoswift.BusyError, match="50 ms"):
                Session(shared, hailoswift.Model(HEF / "min_v2.hef"), scheduling=hailoswift.Scheduling())
    with DeviceGroup(device, sharing=Sharing()) as group, group.session(HEF / "min_v2.hef") as session:
        assert len(session.run(bytes(512))["min/conv1"]) > 0


def test_wrong_settings(device):
    with pytest.raises(ValueError, match="turn"):
        Device(device, sharing=Sharing(turn=0))
    with pytest.raises(TypeError, match="number of seconds"):
        Device(device, sharing=Sharing(wait="long"))
    with pytest.raises(TypeError, match="Sharing"):
        Device(device, sharing=5)
    with pytest.raises(hailoswift.InvalidArgumentError, match="not both"):
        Device(device, sharing=Sharing(), exclusive=True)
    for name in ("", "a/b", "a" * 65):
        with pytest.raises(hailoswift.InvalidArgumentError, match="shared"):
            Device(f"emulator,shared={name}")
