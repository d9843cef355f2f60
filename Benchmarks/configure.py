"""How long it takes from opening a device to a configured, active model, against the calls of the driver that it takes.

usage: python3 Benchmarks/configure.py FILE.hef…

For each model the median of many runs on the emulated device, in one process; the number of calls, from a recording; and
the time of that many empty calls (an ioctl on /dev/null, which the kernel refuses at once) measured in the same run. The
emulated device does more on a call than a driver that only hands it on, so the ratio is an upper bound of what the library
adds. A real card takes about 0.13 ms for a control message on top of that.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bindings/python/src"))
os.environ.setdefault("HAILOSWIFT_LIBRARY", str(ROOT / "build/libhailoswift.so"))
RUNS = 51

import hailoswift  # noqa: E402
import references  # noqa: E402


def calls_and_controls(path):
    """How many calls one life of the model takes until it is active."""
    with tempfile.NamedTemporaryFile() as trace:
        subprocess.run(
            [ROOT / "build/hailoctl", "run", path, "--frames", "0", "--device", "emulator"],
            env={**os.environ, "HAILOSWIFT_TRACE": trace.name}, check=True, capture_output=True,
        )
        lines = [json.loads(line) for line in Path(trace.name).read_text().splitlines()]
    ready = max(n for n, line in enumerate(lines) if line.get("ioctl") == "VDMA_ENABLE_CHANNELS")
    names = [line["ioctl"] for line in lines[: ready + 1] if "ioctl" in line]
    return len(names), names.count("FW_CONTROL")


def measure(path):
    model = hailoswift.Model(path)
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        with hailoswift.Device("emulator") as device, hailoswift.Session(device, model) as session:
            session.activate()
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main():
    paths = sys.argv[1:]
    if not paths:
        sys.exit(__doc__)
    empty = references.empty_call_seconds()
    print(f"one empty ioctl: {empty * 1e9:.0f} ns")
    print(f"{'MODEL':24} {'READY':>10} {'CALLS':>6} {'CONTROLS':>9} {'DMA MiB':>8} {'x EMPTY CALLS':>14}")
    for path in paths:
        calls, controls = calls_and_controls(path)
        seconds = measure(path)
        with hailoswift.Device("emulator") as device, hailoswift.Session(device, hailoswift.Model(path)) as session:
            size = session.info.dma_bytes / (1 << 20)
        ratio = seconds / (calls * empty)
        print(f"{Path(path).stem:24} {seconds * 1000:7.3f} ms {calls:6} {controls:9} {size:8.1f} {ratio:14.1f}")


if __name__ == "__main__":
    main()
