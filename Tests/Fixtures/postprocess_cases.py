#!/usr/bin/env python3
"""What postprocess-cases.txt was made with: random tensors for the vendor's ops, and checksums of what these make of them.

    postprocess_cases.py tensors CASE FOLDER    writes the frames of the case's layers, one file each, as the chip lays them out
    postprocess_cases.py line CASE FILE         prints the case with the checksum of a frame that the vendor's op delivered

CASE is a line of the file, or the name of one. Between both stands a program that gives the tensors to the op of the vendor's
library that the line describes (Tests/Support/HeadModel.swift says how to read it) and writes its frame down; it needs the
vendor's library and is not part of this repository.
"""

import argparse
import pathlib
import struct

CASES = pathlib.Path(__file__).resolve().with_name("postprocess-cases.txt")
WORD = (1 << 64) - 1


def split_mix(seed):
    state = seed & WORD
    while True:
        state = (state + 0x9E3779B97F4A7C15) & WORD
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & WORD
        yield mixed ^ (mixed >> 31)


def description(case):
    """The part of a line that describes a case."""
    lines = CASES.read_text().splitlines() + [case]
    return next(line for line in lines if line == case or line.split()[0] == case).split(" = ")[0]


def tensors(case):
    """Name and frame of each layer."""
    words = description(case).split()
    seed = int(words[11])
    for index in range(int(words[14])):
        layer = words[15 + 13 * index : 28 + 13 * index]
        height, width, features, wide = map(int, (layer[4], layer[5], layer[6], layer[7]))
        low, high, rare = map(int, layer[10:13])
        numbers = []
        for _, bits in zip(range(height * width * features), split_mix(seed * 1000 + index)):
            number = bits & 0xFFFFFFFF
            if rare > 0 and (bits >> 40) % rare == 0:
                numbers.append(number % (65536 if wide else 256))
            else:
                numbers.append(low + number % (high - low + 1))
        yield layer[0], struct.pack(f"<{len(numbers)}{'H' if wide else 'B'}", *numbers)


def without_addresses(frame):
    """A frame of boxes with masks, whose entries hold the address of their mask: 8 bytes after 30 others."""
    frame, offset = bytearray(frame), 2
    for _ in range(struct.unpack_from("<H", frame)[0]):
        (size,) = struct.unpack_from("<Q", frame, offset + 22)
        frame[offset + 30 : offset + 38] = bytes(8)
        offset += 38 + size
    return bytes(frame)


def checksum(frame):
    total = 0xCBF29CE484222325
    for byte in frame:
        total = ((total ^ byte) * 0x100000001B3) & WORD
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, place in (("tensors", "folder"), ("line", "file")):
        command = commands.add_parser(name)
        command.add_argument("case")
        command.add_argument(place, type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.command == "tensors":
        for name, frame in tensors(arguments.case):
            (arguments.folder / f"{name}.raw").write_bytes(frame)
    else:
        words, frame = description(arguments.case), arguments.file.read_bytes()
        if words.split()[7] == "3":
            frame = without_addresses(frame)
        print(f"{words} = {checksum(frame)} {len(frame)}")


if __name__ == "__main__":
    main()
