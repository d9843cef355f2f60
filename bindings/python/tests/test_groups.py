"""Groups of devices, and what is counted."""

import asyncio
import threading
from pathlib import Path

import hailoswift
import pytest
from hailoswift import Device, DeviceGroup, Scheduling, Session

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
# Slower than this machine feeds them, so that both are needed.
BOARDS = ["emulator,board=left,fps=200", "emulator,board=right,fps=200"]


@pytest.fixture
def group():
    with DeviceGroup(BOARDS) as opened:
        yield opened


def test_a_model_runs_on_both(group):
    assert len(group) == 2
    with group.session(HEF / "min_v2.hef") as session:
        outputs = list(session.stream(bytes(512) for _ in range(200)))
        assert len(outputs) == 200
        done = session.statistics
        assert (done.frames, done.frames_in_flight) == (200, 0)
        assert done.turns >= 2 and 0 < done.busy and done.waiting <= done.elapsed
        counts = []
        for device in group.devices:
            with device:
                assert device.info.is_emulated
                counts.append(device.statistics)
        assert sum(count.frames for count in counts) == 200 and all(count.frames for count in counts)
        assert all(count.sessions == 1 and 0 < count.busy <= count.elapsed for count in counts)


def test_two_models_and_asyncio(group):
    async def work(session, count):
        frame = {port.name: bytes(port.frame_size) for port in session.inputs}
        return await asyncio.gather(*(session.run_async(frame) for _ in range(count)))

    async def both(first, second):
        return await asyncio.gather(work(first, 40), work(second, 40))

    with hailoswift.Model(HEF / "mc2.hef") as model:
        with group.session(HEF / "min_v2.hef") as first, group.session(model, scheduling=Scheduling(priority=20)) as second:
            results = asyncio.run(both(first, second))
    assert [len(result) for result in results] == [40, 40]


def test_a_group_by_its_name():
    with DeviceGroup(BOARDS, name="cameras") as first, DeviceGroup(count=2, name="cameras") as second:
        found = []

        def use(group):
            with group.session(HEF / "min_v2.hef") as session:
                found.append(len(list(session.stream(bytes(512) for _ in range(30)))))

        threads = [threading.Thread(target=use, args=(group,)) for group in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [30, 30]
        with pytest.raises(hailoswift.InvalidOperationError, match="cameras"):
            DeviceGroup(BOARDS[:1], name="cameras")
        with pytest.raises(hailoswift.BusyError):
            DeviceGroup(BOARDS[:1])


def test_all_devices_of_a_machine(monkeypatch):
    monkeypatch.setenv("HAILOSWIFT_DEVICE", "emulator,devices=3,board=rack")
    with DeviceGroup() as group:
        assert len(group) == 3
        with pytest.raises(hailoswift.BusyError, match="free"):
            DeviceGroup(count=1)
    with DeviceGroup(count=2) as group, DeviceGroup() as rest:
        assert (len(group), len(rest)) == (2, 1)


def test_misuse(group):
    with pytest.raises(ValueError):
        DeviceGroup([])
    with pytest.raises(ValueError, match="exclude"):
        DeviceGroup(["emulator"], count=2)
    with pytest.raises(TypeError, match="ids"):
        DeviceGroup([5])
    with pytest.raises(hailoswift.InvalidArgumentError, match="twice"):
        DeviceGroup(["emulator", "emulator"])
    device = group.devices[0]
    with pytest.raises(hailoswift.InvalidOperationError, match="on the group"):
        Session(device, hailoswift.Model(HEF / "min_v2.hef"))
    with group.session(HEF / "min_v2.hef") as session, pytest.raises(hailoswift.InvalidOperationError, match="scheduled"):
        session.activate()
    group.close()
    with pytest.raises(hailoswift.InvalidHandleError, match="device group was closed"):
        group.session(HEF / "min_v2.hef")


def test_statistics_by_hand():
    with Device("emulator") as device, Session(device, hailoswift.Model(HEF / "min_v2.hef")) as session:
        assert session.statistics.frames == 0
        for _ in range(2):
            with session.active():
                session.run(bytes(512 * 3))
        done = session.statistics
        assert (done.frames, done.turns) == (6, 2) and 0 < done.busy < done.elapsed
    with pytest.raises(hailoswift.InvalidHandleError):
        session.statistics
