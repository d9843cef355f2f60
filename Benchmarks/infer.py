"""How many frames per second go through a session, what the processor does for each, and how late they are.

usage: python3 Benchmarks/infer.py [--plot FILE.png] [FILE.hef…]

Frames of zeros, in the chip's layout (raw) and as 32-bit floating point numbers, one at a time (depth 1) and with up to 16
in flight, on the emulated device and, where ../shared/oracle is, under the independent fake driver. Columns:

  frames/s        as "hailoctl run" counts them
  CPU us/frame    processor time of the whole process, less that of a run without frames; the emulated device and the fake
                  driver are part of it, and they make up the outputs
  p50 us, p99 us  from handing a frame over to having its outputs
  x ioctl, x copy the processor time against that of empty calls of the kernel (one for each transfer, and one to wait) and
                  against copying the bytes of all inputs and outputs, both measured in the same run

Without files: two small models of the tests, and the real ones in ../shared/hefs where they are.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import references

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
TOOL = ROOT / "build/hailoctl"
DEPTHS = (1, 2, 4, 8, 16)
FORMS = {"raw": ["--raw"], "f32": ["--type", "f32", "--input-type", "f32"]}


def standard_models():
    own = [ROOT / "Tests/Fixtures/hef" / name for name in ("min_v2.hef", "io_multi.hef")]
    return own + [path for path in sorted((SHARED / "hefs").glob("*.hef")) if "scrfd" not in path.name]


def processor_seconds(body):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = body()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return result, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tool(path, device, environment, *options):
    result = subprocess.run(
        [TOOL, "run", path, "--device", device, "--json", *options],
        capture_output=True, text=True, env={**os.environ, **environment}, check=True,
    )  # fmt: skip
    return json.loads(result.stdout)["groups"]


def streams(path):
    """How many transfers a frame takes, and its bytes in the chip's layout."""
    group = json.loads(subprocess.run([TOOL, "inspect", "--json", path], capture_output=True, check=True).stdout)["groups"][0]
    return len(group["streams"]), sum(stream["hw_frame_size"] for stream in group["streams"])


def measure(path, place, device, environment, empty_call):
    """Rows of the table for one model."""
    transfers, size = streams(path)
    _, idle = processor_seconds(lambda: tool(path, device, environment, "--frames", "0"))
    copy = references.copy_seconds(size)
    for form, options in FORMS.items():
        for depth in DEPTHS:
            frames = 200
            while True:
                groups, busy = processor_seconds(
                    lambda: tool(path, device, environment, "--frames", str(frames), "--async", str(depth), *options)
                )
                if groups[0]["seconds"] > 0.3 or frames > 100_000:
                    break
                frames *= 3
            group = groups[0]
            processor = max(busy - idle, 0) / frames / len(groups)
            yield {
                "model": path.stem, "device": place, "form": form, "depth": depth,
                "frames/s": group["frames_per_second"], "CPU us/frame": processor * 1e6,
                "p50 us": group["latency_ms"]["p50"] * 1000, "p99 us": group["latency_ms"]["p99"] * 1000,
                "x ioctl": processor / (empty_call * (transfers + 1)), "x copy": processor / copy,
            }  # fmt: skip


def places(folder):
    """The devices to measure on: for each the name of its kind, its id for a chip, and what is in the environment."""
    yield "emulated", lambda chip: f"emulator:{chip}", {}
    oracle = SHARED / "oracle"
    if oracle.is_dir():
        shutil.copytree(oracle, folder / "oracle")
        subprocess.run(["make", "-C", folder / "oracle"], check=True, capture_output=True)
        fake = next((folder / "oracle").glob("*.so"))
        yield "fake driver", lambda chip: "/dev/hailo0", {"LD_PRELOAD": str(fake)}


def plot(rows, path):
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        sys.exit("infer: --plot needs matplotlib (pip install matplotlib)")
    models = list(dict.fromkeys(row["model"] for row in rows))
    figure, panels = pyplot.subplots(len(models), 2, figsize=(11, 3 * len(models)), squeeze=False)
    for line, model in zip(panels, models):
        for panel, column in zip(line, ("frames/s", "p50 us")):
            for place in dict.fromkeys(row["device"] for row in rows):
                for form in FORMS:
                    points = [r for r in rows if (r["model"], r["device"], r["form"]) == (model, place, form)]
                    panel.plot(
                        [r["depth"] for r in points], [r[column] for r in points], marker="o", label=f"{place}, {form}"
                    )
            panel.set(title=model, xlabel="frames in flight", ylabel=column, ylim=(0, None))
        line[0].legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE.png")
    parser.add_argument("models", nargs="*", type=Path, metavar="FILE.hef")
    arguments = parser.parse_args()
    empty_call = references.empty_call_seconds()
    rows = []
    columns = ["frames/s", "CPU us/frame", "p50 us", "p99 us", "x ioctl", "x copy"]
    print(f"{'model':22}{'device':13}{'form':5}{'depth':>5}" + "".join(f"{name:>14}" for name in columns))
    with tempfile.TemporaryDirectory() as temporary:
        for place, device, environment in places(Path(temporary)):
            for model in arguments.models or standard_models():
                chip = "hailo8l" if "lightface" in model.name else "hailo8"
                for row in measure(model, place, device(chip), {**environment, "HAILO_FAKE_ARCH": chip}, empty_call):
                    rows.append(row)
                    print(
                        f"{row['model']:22}{row['device']:13}{row['form']:5}{row['depth']:5}"
                        + "".join(f"{row[name]:14.1f}" for name in columns),
                        flush=True,
                    )
    print(f"an empty ioctl: {empty_call * 1e9:.0f} ns")
    if arguments.plot:
        plot(rows, arguments.plot)


if __name__ == "__main__":
    main()
