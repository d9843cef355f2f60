"""How several models share an emulated device, and devices share a model, in ratios that are measured in one run.

The device takes as long for controls as a card does, and 5 ms for a frame of each model. Prints frames per second of models that
take turns and the ratio to one model alone; how often the device is switched and what that costs; how the time is shared; what a
rare frame of a high priority waits; what a second device, and a second process, bring.
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEF = ROOT / "Tests/Fixtures/hef"
sys.path.insert(0, str(ROOT / "bindings/python/src"))

import hailoswift  # noqa: E402 - from this checkout.
from hailoswift import DeviceGroup, Scheduling, Sharing  # noqa: E402 - see above.

RATE = 200
CARD = f"fps={RATE},timing=card"
MODELS = ["min_v2", "io_multi", "min_v3", "mc2"]


def board():
    return f"emulator,board={uuid.uuid4().hex},{CARD}"


def frames(session, seconds):
    """Frames until the time is over."""
    frame = {port.name: bytes(port.frame_size) for port in session.inputs}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield frame


def load(session, seconds, depth=None):
    for _ in session.stream(frames(session, seconds), depth=depth):
        pass


def together(sessions, seconds):
    """Frames per second of each while all are loaded."""
    threads = [threading.Thread(target=load, args=(session, seconds)) for session in sessions]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - begin
    return [session.statistics.frames / elapsed for session in sessions]


def turns(seconds, count, batch):
    """Models on one device against one alone."""
    with DeviceGroup(board()) as group:
        sessions = [group.session(HEF / f"{name}.hef", batch_size=batch) for name in MODELS[:count]]
        rates = together(sessions, seconds)
        (device,) = group.devices
        done, waits = device.statistics, [session.statistics for session in sessions]
        device.close()
        for session in sessions:
            session.close()
    return rates, done, waits


def latency(seconds, batch):
    """A frame of a high priority now and then beside a loaded model: how long it takes."""
    with DeviceGroup(board()) as group:
        low = group.session(HEF / "min_v2.hef", batch_size=batch)
        high = group.session(HEF / "io_multi.hef", scheduling=Scheduling(priority=20))
        frame = {port.name: bytes(port.frame_size) for port in high.inputs}
        times = []
        thread = threading.Thread(target=load, args=(low, seconds))
        thread.start()
        while thread.is_alive():
            begin = time.monotonic()
            high.run(frame)
            times.append(time.monotonic() - begin)
            time.sleep(0.05)
        high.close()
        low.close()
    return statistics.median(times), max(times)


def process(device, name, seconds):
    """A process of its own: frames per second of a shared device."""
    with DeviceGroup(device, sharing=Sharing(wait=60)) as group, group.session(HEF / f"{name}.hef") as session:
        print("ready", flush=True)
        sys.stdin.readline()
        begin = time.monotonic()
        load(session, seconds)
        done = session.statistics
        print(done.frames / (time.monotonic() - begin), done.turns)


def processes(seconds, count):
    device = f"emulator,shared={uuid.uuid4().hex},{CARD}"
    workers = [
        subprocess.Popen(
            [sys.executable, __file__, "--process", device, name, str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in MODELS[:count]
    ]
    for worker in workers:
        worker.stdout.readline()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outputs = [worker.communicate()[0].split() for worker in workers]
    (Path("/dev/shm") / f"hailoswift-emulator-{device.split('=')[1].split(',')[0]}-{os.getuid()}").unlink(missing_ok=True)
    return [(float(rate), int(count)) for rate, count in outputs]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each part runs (default 3)")
    parser.add_argument("--process", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.process:
        return process(arguments.process[0], arguments.process[1], float(arguments.process[2]))
    seconds = arguments.seconds
    # The package imports more for its first frame.
    turns(0.1, 1, 0)
    (alone,), _, _ = turns(seconds, 1, 0)
    print(f"{'one model':34} {alone:8.1f} frames/s")
    for count in (2, 4):
        for batch in (0, 8, 1):
            rates, done, waits = turns(seconds, count, batch)
            total = sum(rates)
            print(
                f"{f'{count} models, batch {batch or chr(45)}':34} {total:8.1f} frames/s  {total / alone:6.3f} x one  "
                f"shares {min(rates) / max(rates):5.3f}  {done.turns / done.elapsed:6.1f} switches/s  "
                f"busy {done.busy / done.elapsed:5.3f}  "
                f"waiting {statistics.mean(wait.waiting / wait.elapsed for wait in waits):5.3f}"
            )
    for batch in (0, 8, 1):
        median, longest = latency(seconds, batch)
        print(f"{f'rare high priority, batch {batch or chr(45)}':34} {median * 1000:8.1f} ms median, {longest * 1000:.1f} ms at most")
    for count in (2, 4):
        with DeviceGroup([board() for _ in range(count)]) as group, group.session(HEF / "min_v2.hef") as session:
            (rate,) = together([session], seconds)
        print(f"{f'{count} devices, one model':34} {rate:8.1f} frames/s  {rate / alone:6.3f} x one")
    for count in (2, 4):
        found = processes(seconds, count)
        total = sum(rate for rate, _ in found)
        # Each process computes its own frames, so that this shows the cost of hand-overs.
        print(
            f"{f'{count} processes, one device':34} {total:8.1f} frames/s  {total / alone:6.3f} x one  "
            f"shares {min(rate for rate, _ in found) / max(rate for rate, _ in found):5.3f}  "
            f"{sum(count for _, count in found) / seconds:6.1f} hand-overs/s"
        )
    return None


if __name__ == "__main__":
    sys.exit(main())
