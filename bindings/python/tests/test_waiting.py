"""Calls that block can be interrupted: by signals, by the end of a task, by time."""

import asyncio
import copy
import itertools
import math
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import hailoswift
from hailoswift import Session, Status
from hailoswift._waiting import wait

HEF = Path(__file__).resolve().parents[3] / "Tests/Fixtures/hef"
boards = itertools.count()


def make(settings=""):
    device = hailoswift.Device(f"emulator,board=waiting-{next(boards)}{settings}")
    return Session(device, hailoswift.Model(HEF / "min_v2.hef"))


INTERRUPTED = """
import contextlib, hailoswift, os, signal, sys, threading
# Its first import, which a frame would bring about, swallows an interrupt that comes at the wrong moment.
with contextlib.suppress(ImportError):
    import numpy
device = hailoswift.Device("emulator,fault=transfer#1:stuck")
session = hailoswift.Session(device, hailoswift.Model(sys.argv[1]))
session.activate()
calls = {
    "run": lambda: session.run(bytes(512)),
    "many": lambda: session.run(bytes(512 * 100)),
    "wait": lambda: session.submit(bytes(512)).wait(),
    "result": lambda: session.submit(bytes(512)).result(timeout=1000),
    "submit": lambda: [session.submit(bytes(512)) for _ in range(100)],
    "stream": lambda: list(session.stream(bytes(512) for _ in range(100))),
    "drain": lambda: (setattr(session, "kept", session.submit(bytes(512))), session.drain()),
}
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    calls[sys.argv[2]]()
except KeyboardInterrupt:
    assert session.info.is_active
    session.kept = None
    session.deactivate()
    session.activate()
    print("interrupted")
"""


@pytest.mark.parametrize("call", ["run", "many", "wait", "result", "submit", "stream", "drain"])
def test_ctrl_c_ends_a_call_that_would_block_for_ever(call):
    result = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(HEF / "min_v2.hef"), call],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert (result.stdout, result.returncode) == ("interrupted\n", 0), result.stderr


def test_a_handler_that_does_not_raise_lets_the_call_go_on():
    session = make(",latency=400000")
    seen = []
    before = signal.signal(signal.SIGALRM, lambda *_: seen.append(time.monotonic()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with session.active():
            assert session.run(bytes(512), timeout=20)
        assert len(seen) == 1
    finally:
        signal.signal(signal.SIGALRM, before)


def waiting_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("asyncio")]


def test_a_task_that_is_canceled_takes_its_frames_with_it():
    async def main(session):
        depth = session.info.queue_depth
        tasks = [asyncio.create_task(session.run_async(bytes(512))) for _ in range(depth + 3)]
        while session.queue.frames_under_way < min(depth, len(waiting_threads()) or 1):
            await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)
        # The threads are free again: whatever waited for room or for a result was let go.
        loop = asyncio.get_running_loop()
        await asyncio.wait_for(asyncio.gather(*(loop.run_in_executor(None, time.sleep, 0) for _ in range(64))), 10)
        assert session.queue.jobs_under_way == 0

    session = make(",fault=transfer#1:stuck")
    with session.active():
        asyncio.run(main(session))


def test_an_asynchronous_stream_that_is_left_early():
    async def main(session):
        async for _ in session.stream_async(bytes(512) for _ in range(1000)):
            break
        while session.queue.jobs_under_way:
            await asyncio.sleep(0.01)

    session = make()
    with session.active():
        asyncio.run(asyncio.wait_for(main(session), 20))


@pytest.mark.parametrize("timeout, kind", [("1", TypeError), (b"1", TypeError), ([], TypeError), (True, TypeError), (-1, ValueError), (math.nan, ValueError)])
def test_times_that_cannot_be(timeout, kind):
    session = make()
    with session.active():
        job = session.submit(bytes(512))
        calls = [
            lambda: session.run(bytes(512), timeout=timeout),
            lambda: session.submit(bytes(512), timeout=timeout),
            lambda: session.stream([], timeout=timeout),
            lambda: session.drain(timeout=timeout),
            lambda: job.wait(timeout),
            lambda: job.result(timeout),
        ]
        for call in calls:
            with pytest.raises(kind, match="timeout"):
                call()
        assert job.wait(timeout=20)


@pytest.mark.parametrize("timeout", [None, math.inf, 1e300, 5, 0.5])
def test_times_that_can_be(timeout):
    session = make()
    with session.active():
        assert session.run(bytes(512), timeout=timeout)
        assert session.submit(bytes(512), timeout=timeout).wait(timeout)


def test_no_time_does_not_block():
    session = make(",fault=transfer#1:stuck")
    with session.active():
        job = session.submit(bytes(512), timeout=0)
        assert job.wait(0) is False
        with pytest.raises(hailoswift.TimeoutExpiredError):
            job.result(timeout=0)
        with pytest.raises(hailoswift.TimeoutExpiredError):
            session.drain(timeout=0)
        with pytest.raises(hailoswift.TimeoutExpiredError, match="later ones are dropped"):
            session.run(bytes(512), timeout=0)
        jobs = [session.submit(bytes(512), timeout=0) for _ in range(session.queue.depth - session.queue.frames_under_way)]
        with pytest.raises(hailoswift.TimeoutExpiredError, match="in flight, none came back"):
            session.submit(bytes(512), timeout=0)
        assert not any(job.done for job in jobs)


def raised():
    for call in (lambda: hailoswift.Model("/nowhere.hef"), lambda: hailoswift.Device("nonsense"), lambda: hailoswift.Model(b"")):
        try:
            call()
        except hailoswift.HailoError as error:
            yield error


def fail(number):
    raise list(raised())[number]


def test_exceptions_can_be_pickled():
    errors = [*raised(), *(cls(status, "why") for status, cls in hailoswift._errors._CLASSES.items())]
    for error in errors:
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert type(again) is type(error)
            assert (again.status, again.message, str(again)) == (error.status, error.message, str(error))


def test_a_pool_of_processes_hears_of_errors():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for number, kind in enumerate((FileNotFoundError, hailoswift.UnknownIdError, hailoswift.FileError)):
            with pytest.raises(kind):
                pool.apply_async(fail, (number,)).get(timeout=60)


def test_handles_are_not_copied():
    session = make()
    with session.active():
        job = session.submit(bytes(512))
        for thing in (session, job, hailoswift.Model(HEF / "min_v2.hef"), hailoswift.Device("emulator")):
            for make_copy in (copy.copy, copy.deepcopy, pickle.dumps):
                with pytest.raises(TypeError, match="cannot be copied or pickled"):
                    make_copy(thing)
        assert job.wait(timeout=20)


def test_a_closed_job_is_over():
    session = make()
    with session.active():
        finished, canceled = session.submit(bytes(512)), session.submit(bytes(512))
        assert finished.wait(timeout=20)
        for job in (finished, canceled):
            job.close()
            assert job.done and job.closed
            with pytest.raises(hailoswift.InvalidHandleError, match="the job was closed"):
                job.wait()


@pytest.mark.parametrize("length", [None, 0.05, 30])
def test_what_ends_while_a_slice_ends_is_not_late(length):
    answers = [Status.TIMEOUT, Status.OK]
    assert wait(lambda _: answers.pop(0), length, lambda: True) == Status.OK


def test_a_wait_that_is_over_without_a_result():
    waited = []

    def call(length):
        waited.append(length)
        time.sleep(length / 1000)
        return Status.TIMEOUT

    assert wait(call, 0.25) == Status.TIMEOUT
    assert len(waited) >= 3 and max(waited) <= 100
