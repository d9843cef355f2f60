"""Passes frames through a model, several of them in flight at a time. Arguments: a HEF file and a device id; the
default is the machine's only device. All bytes of the outputs are added up."""

import sys

import hailoswift

FRAMES = 100
UNDER_WAY = 4


def main() -> int:
    if not 2 <= len(sys.argv) <= 3:
        print("usage: run.py FILE.hef [DEVICE]", file=sys.stderr)
        return 2
    try:
        model = hailoswift.Model(sys.argv[1])
        with hailoswift.Device(*sys.argv[2:]) as device, hailoswift.Session(device, model) as session:
            frame = {port.name: bytes(port.frame_size) for port in session.inputs}
            with session.active():
                results = session.stream([frame] * FRAMES, depth=UNDER_WAY, timeout=10)
                total = sum(sum(memoryview(output).cast("B")) for result in results for output in result.values())
            print(
                f"{FRAMES} frames through {session.info.group}, {UNDER_WAY} at a time; "
                f"all bytes of all outputs add up to {total}"
            )
    except hailoswift.HailoError as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
