"""Sessions that take turns on one device."""

import asyncio
import threading
from pathlib import Path

import hailoswift
import pytest
from hailoswift import Scheduling, Session

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
DIGITS = Path(__file__).resolve().parents[3] / "Demo/digits.hef"


@pytest.fixture
def device(request):
    with hailoswift.Device(f"emulator,output=checksum,board={request.node.name}") as device:
        yield device


def session(device, name, **settings):
    options = {"scheduling": Scheduling(**settings)}
    return Session(device, hailoswift.Model(HEF / f"{name}.hef" if isinstance(name, str) else name), **options)


def expected(name, frames):
    """What comes out of a session of its own."""
    with hailoswift.Device("emulator,output=checksum,board=expected") as device:
        with Session(device, hailoswift.Model(HEF / f"{name}.hef")) as alone, alone.active():
            return [bytes(next(iter(result.values()))) for result in alone.stream(frames)]


def test_threads_with_a_session_each(device):
    names = {"min_v2": 512, "mc2": 512}
    frames = {name: [bytes([number] * size) for number in range(100)] for name, size in names.items()}
    found = {}

    def work(name, own):
        found[name] = [bytes(next(iter(result.values()))) for result in own.stream(frames[name], depth=8)]

    sessions = {name: session(device, name) for name in names}
    sizes = {name: own.inputs[0].frame_size for name, own in sessions.items()}
    for name, size in sizes.items():
        frames[name] = [bytes([number] * size) for number in range(100)]
    threads = [threading.Thread(target=work, args=item) for item in sessions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in sessions.values():
        assert own.info.is_active
        own.close()
    assert found == {name: expected(name, frames[name]) for name in names}


def test_asynchronous_frames(device):
    async def work(own):
        frame = bytes(own.inputs[0].frame_size)
        return [bytes(next(iter((await own.run_async(frame)).values()))) for _ in range(20)]

    async def both():
        with session(device, "min_v2") as first, session(device, "mc2", priority=20) as second:
            return await asyncio.gather(work(first), work(second))

    results = asyncio.run(both())
    assert all(len(set(frames)) == 1 and len(frames) == 20 for frames in results)


def test_settings(device):
    with session(device, "min_v2", priority=3, threshold=4, timeout=0.25) as own:
        assert own.scheduling == Scheduling(3, 4, 0.25)
        own.scheduling = Scheduling(priority=31)
        assert own.scheduling == Scheduling(31, 0, 0.0)
        with pytest.raises(hailoswift.InvalidArgumentError, match="priority 32"):
            own.scheduling = Scheduling(priority=32)
        with pytest.raises(ValueError, match="priority -1"):
            own.scheduling = Scheduling(priority=-1)
        with pytest.raises(TypeError, match="must be a hailoswift.Scheduling"):
            own.scheduling = 5
        with pytest.raises(ValueError, match="number of seconds"):
            own.scheduling = Scheduling(timeout=float("inf"))
        assert own.scheduling == Scheduling(31, 0, 0.0)
        with pytest.raises(hailoswift.InvalidOperationError, match="is scheduled"):
            own.activate()
    with Session(device, hailoswift.Model(HEF / "min_v2.hef")) as by_hand:
        with pytest.raises(hailoswift.InvalidOperationError, match="takes no turns"):
            _ = by_hand.scheduling
        with by_hand.active(), pytest.raises(hailoswift.InvalidOperationError, match="deactivate it"):
            session(device, "mc2")


def test_a_computed_model_beside_another(device):
    with session(device, DIGITS) as digits, session(device, "min_v2") as other:
        picture = bytes(range(64))
        alone = {name: bytes(value) for name, value in digits.run(picture).items()}
        jobs = [other.submit(bytes(other.inputs[0].frame_size)) for _ in range(8)]
        assert {name: bytes(value) for name, value in digits.run(picture).items()} == alone
        for job in jobs:
            job.result(10)
