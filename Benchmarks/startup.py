"""How long it takes from a running Python to an open emulated device, in a fresh process each time.

Prints the median of each step, and its ratio to loading libm, which is the least that loading a library can cost.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 20

STEPS = """
import ctypes, json, time
marks = [time.perf_counter()]
def mark(): marks.append(time.perf_counter())
ctypes.CDLL("libm.so.6"); mark()
import hailoswift; mark()
hailoswift.version(); mark()
device = hailoswift.Device("emulator"); mark()
device.info; mark()
device.close(); mark()
print(json.dumps([b - a for a, b in zip(marks, marks[1:])]))
"""
NAMES = ["load libm (reference)", "import hailoswift", "load libhailoswift.so", "open the emulated device", "read its info", "close it"]


def main():
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings/python/src")}
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", STEPS], env=environment, capture_output=True, check=True).stdout)
        for _ in range(RUNS)
    ]
    medians = [statistics.median(step) for step in zip(*runs)]
    for name, seconds in zip(NAMES, medians):
        print(f"{name:28} {seconds * 1000:8.3f} ms  {seconds / medians[0]:8.1f} x libm")
    print(f"{'load and open together':28} {sum(medians[2:4]) * 1000:8.3f} ms  {sum(medians[2:4]) / medians[0]:8.1f} x libm")


if __name__ == "__main__":
    main()
