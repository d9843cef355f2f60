#!/usr/bin/env python3
"""Makes transform-goldens.jsonl and transform-input.bin of the vendor's conversions.

usage: transforms.py CORPUS     (needs numpy)

One line for each case: [id, to device, source shape, source format, target shape, target format, quantizations, offset of
the source bytes in transform-input.bin, status, CRC-32 of the target's defined bytes, undefined ranges]. A format is type,
order, flags. The status is 0 or that of the refusal. Left out: cases in which the vendor's library crashes, reads outside of
the source or leaves undefined bytes that are not marked, and boxes made on the chip.
"""

import json
import sys
import zlib
from pathlib import Path

import numpy

GOLDEN = Path(sys.argv[1]) / "golden"
FOLDER = Path(__file__).parent
TYPE_BYTES = {0: 1, 1: 1, 2: 2, 3: 4}
ON_CHIP = 21
# From the chip, NHW with eight features and exchanged height and width: bytes of an uninitialised buffer, not marked.
UNMARKED = range(7926, 8013)


def undefined_ranges(unwritten, element):
    """[start, length, …] of what the vendor's library leaves as it was; whole elements, since it converts in place."""
    rows = len(unwritten) // element * element
    mask = unwritten.copy()
    mask[:rows] = numpy.repeat(unwritten[:rows].reshape(-1, element).any(1), element)
    edges = numpy.flatnonzero(numpy.diff(numpy.concatenate(([0], mask.view(numpy.int8), [0]))))
    return mask, [int(value) for pair in zip(edges[::2], edges[1::2] - edges[::2]) for value in pair]


def main():
    arrays = numpy.load(GOLDEN / "transforms.npz")
    blobs = {"u8": 0, "u16": 65536, "f32": 131072}
    (FOLDER / "transform-input.bin").write_bytes(b"".join(arrays[name].tobytes() for name in blobs))
    unwritten = numpy.unpackbits(arrays["unwritten_bits"]).astype(bool)
    lines = []
    for case in json.loads((GOLDEN / "transforms.json").read_text())["cases"]:
        note = case[-1] if isinstance(case[-1], str) else ""
        number, way, source, source_format, target, target_format, quants, blob, offset = case[:9]
        if "crash" in note or "outside" in note or number in UNMARKED and target_format[1] == 5:
            continue
        if ON_CHIP in (source_format[1], target_format[1]) or blob not in blobs:
            continue
        create, _, _, transform, _, start, length = case[10:17]
        status = create or transform
        line = [number, int(way == "in"), source, source_format, target, target_format, quants, blobs[blob] + offset, status]
        if not status:
            data = arrays["outputs"][start : start + length]
            mask, ranges = undefined_ranges(unwritten[start : start + length], TYPE_BYTES[target_format[0]])
            line += [zlib.crc32(data[~mask].tobytes()), ranges]
        lines.append(json.dumps(line, separators=(",", ":")))
    (FOLDER / "transform-goldens.jsonl").write_text("\n".join(lines) + "\n")


main()
