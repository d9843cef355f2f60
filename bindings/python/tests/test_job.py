import asyncio
import gc
import itertools
import mmap
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import hailoswift
from hailoswift import Buffer, Session

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
boards = itertools.count()


def make(name="min_v2", settings="", **options):
    device = hailoswift.Device(f"emulator,board=job-{next(boards)}{settings}")
    return Session(device, hailoswift.Model(HEF / f"{name}.hef"), **options)


def expected(first):
    """What the emulated device makes of frame `first` of min_v2."""
    chip = [(i + 13 * 16 + 7 * first) & 255 for i in range(128)]
    return bytes(chip[row * 32 + f * 4 + column] for row in range(4) for column in range(4) for f in range(8))


def test_jobs_come_back_with_their_own_results():
    session = make()
    with session.active():
        jobs = [session.submit(bytes(512)) for _ in range(100)]
        for number, job in enumerate(jobs):
            assert bytes(job.result(timeout=5)["min/conv1"]) == expected(number)
            assert job.done
    assert session.queue == hailoswift._session.Queue(session.info.queue_depth, 0, 0)


@pytest.mark.parametrize("depth", [None, 1, 7, 500])
def test_a_stream_keeps_the_order(depth):
    session = make()
    with session.active():
        results = session.stream((bytes(512) for _ in range(150)), depth=depth, timeout=5)
        assert [bytes(result["min/conv1"]) for result in results] == [expected(number) for number in range(150)]


def test_a_stream_that_nobody_reads_to_its_end():
    session = make()
    with session.active():
        for number, _ in enumerate(session.stream(bytes(512) for _ in range(1000))):
            if number == 3:
                break
        gc.collect()
        session.drain(timeout=5)
        assert session.queue.jobs_under_way == 0


def test_a_stream_whose_source_fails():
    def frames():
        yield bytes(512)
        yield bytes(511)

    session = make()
    with session.active(), pytest.raises(hailoswift.InvalidArgumentError, match="has 511 bytes; 1 frame of 512 bytes"):
        list(session.stream(frames()))


def test_asyncio():
    async def main(session):
        several = await asyncio.gather(*(session.run_async(bytes(512), timeout=5) for _ in range(20)))
        assert sorted(bytes(one["min/conv1"]) for one in several) == sorted(expected(n) for n in range(20))

        async def source():
            for _ in range(50):
                await asyncio.sleep(0)
                yield bytes(512)

        results = [bytes(result["min/conv1"]) async for result in session.stream_async(source(), depth=4)]
        assert results == [expected(number) for number in range(20, 70)]
        results = [result async for result in session.stream_async([bytes(512)] * 5)]
        assert len(results) == 5

    session = make()
    with session.active():
        asyncio.run(main(session))


def test_memory_of_the_caller():
    numpy = pytest.importorskip("numpy")
    session = make()
    out = numpy.zeros((2, 4, 4, 8), numpy.uint8)
    with session.active():
        results = session.run(bytes(1024), out=out)
        assert results["min/conv1"] is out
        assert out.tobytes() == expected(0) + expected(1)
        with pytest.raises(hailoswift.InvalidArgumentError, match="cannot be written"):
            session.run(bytes(512), out=bytes(128))
        with pytest.raises(hailoswift.InvalidArgumentError, match="no output 'other'"):
            session.run(bytes(512), out={"other": out, "min/conv1": out})


def test_what_goes_wrong_with_jobs():
    session = make(settings=",fault=transfer#5:stuck")
    with session.active():
        session.run(bytes(512))
        jobs = [session.submit(bytes(512)) for _ in range(5)]
        assert jobs[0].wait(timeout=5)
        assert not jobs[2].wait(timeout=0.02)
        with pytest.raises(hailoswift.TimeoutExpiredError, match="0 of 1 frame came"):
            jobs[2].result(timeout=0.02)
        jobs[2].cancel()
        with pytest.raises(hailoswift.CanceledError):
            jobs[2].result()
        assert repr(jobs[2]) == "<hailoswift.Job done>"
        with pytest.raises(hailoswift.TimeoutExpiredError, match="jobs still in flight"):
            session.drain(timeout=0.02)
        # A job that nobody keeps is canceled.
        jobs[3].close()
        del jobs[4]
        assert jobs[3].done
        with pytest.raises(hailoswift.InvalidHandleError, match="the job was closed"):
            jobs[3].result()
    with pytest.raises(hailoswift.InvalidOperationError, match="activate it"):
        session.submit(bytes(512))


def test_the_interpreter_goes_on_while_a_job_is_awaited():
    session = make(settings=",fault=transfer#1:stuck")
    with session.active():
        job = session.submit(bytes(512))
        caught = []

        def wait():
            try:
                job.wait(timeout=30)
            except hailoswift.CanceledError as error:
                caught.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        job.cancel()
        waiting.join(timeout=10)
        assert len(caught) == 1


def test_buffers():
    device = hailoswift.Device(f"emulator,board=job-{next(boards)}")
    session = Session(device, hailoswift.Model(HEF / "min_v2.hef"))
    with Buffer(device, 16384) as buffer, session.active():
        assert buffer.size == 16384
        memory = memoryview(buffer.data).cast("B")
        session.run(memory[:512], out=memory[4096 : 4096 + 128])
        # The frame is converted on its way, and so is that which does not begin at a page.
        assert bytes(memory[4096 : 4096 + 128]) == expected(0)
        with pytest.raises(BufferError, match="views of its memory exist"):
            buffer.close()
        memory.release()
        del memory
        gc.collect()
    assert buffer.closed
    with pytest.raises(hailoswift.InvalidHandleError, match="the buffer was closed"):
        buffer.data  # noqa: B018


def test_buffers_that_cannot_be():
    device = hailoswift.Device(f"emulator,board=job-{next(boards)}")
    with pytest.raises(hailoswift.InvalidArgumentError, match="DMA buffer of 0 bytes"):
        Buffer(device, 0)
    with pytest.raises(ValueError, match="size -1 is out of range"):
        Buffer(device, -1)
    with pytest.raises(hailoswift.InvalidArgumentError, match="whole pages"):
        Buffer.register(device, bytearray(100))
    with mmap.mmap(-1, 65536) as memory:
        with Buffer.register(device, memory) as buffer:
            assert buffer.size == 65536
            with pytest.raises(hailoswift.InvalidArgumentError, match="registered for the device already"):
                Buffer.register(device, memory)
        del buffer
        gc.collect()
    with pytest.raises(hailoswift.InvalidArgumentError, match="not an open file descriptor"):
        Buffer.import_dmabuf(device, 9999, 4096)


FORKING = """
import hailoswift, mmap, os, sys
device = hailoswift.Device("emulator,board=fork")
session = hailoswift.Session(device, hailoswift.Model(sys.argv[1]))
def published():
    files = []
    for number in os.listdir("/proc/self/fd"):
        try:
            files.append(os.readlink(f"/proc/self/fd/{number}"))
        except FileNotFoundError:  # The one by which the folder was read.
            pass
    return sum("hailoswift-activity" in file for file in files)
assert published() == 1
memory = mmap.mmap(-1, 65536)
buffer = hailoswift.Buffer.register(device, memory)
# The ordinary Swift runtime makes types at their first use, under locks that a fork() would leave to the child.
with session.active():
    for job in [session.submit(bytes(512)) for _ in range(40)]:
        job.result(timeout=20)
session.activate()
jobs = [session.submit(bytes(512)) for _ in range(20)]
child = os.fork()
if child == 0:
    assert published() == 0
    try:
        session.run(bytes(512))
    except hailoswift.InvalidHandleError as error:
        assert "forked" in str(error), error
    else:
        os._exit(1)
    for job in jobs:
        job.close()
    session.close()
    device.close()
    with hailoswift.Device("emulator,board=fork") as own:
        other = hailoswift.Session(own, hailoswift.Model(sys.argv[1]))
        with other.active():
            assert other.run(bytes(512), timeout=5)["min/conv1"] is not None
        assert published() == 1
        other.close()
        assert published() == 0
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
for number, job in enumerate(jobs):
    assert bytes(job.result(timeout=5)["min/conv1"])[0] == (13 * 16 + 7 * number) & 255
assert bytes(session.run(bytes(512), timeout=5)["min/conv1"])[0] == (13 * 16 + 7 * 20) & 255
session.close()
assert published() == 0
"""


def test_a_child_has_no_part_in_its_parents_session():
    result = subprocess.run(
        [sys.executable, "-c", FORKING, str(HEF / "min_v2.hef")],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
