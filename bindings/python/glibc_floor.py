"""The oldest glibc that ELF files run with: the highest version of all symbols that they take from it."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Iterable

_SHT_GNU_VERNEED = 0x6FFFFFFE


def needed_versions(path: Path) -> set[tuple[str, str]]:
    """The library and the version of every version that an ELF file (64 bits, little endian) needs."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path} is no ELF file of 64 bits, little endian")
    section_offset, section_size, count = (*struct.unpack_from("<Q", data, 40), *struct.unpack_from("<HH", data, 58))
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, section_offset + index * section_size) for index in range(count)]

    def text(table: int, offset: int) -> str:
        start = sections[table][4] + offset
        return data[start : data.index(b"\0", start)].decode()

    found = set()
    for _, kind, _, _, offset, _, link, entries, _, _ in sections:
        if kind != _SHT_GNU_VERNEED:
            continue
        for _ in range(entries):
            _, versions, file, first, following = struct.unpack_from("<HHIII", data, offset)
            place = offset + first
            for _ in range(versions):
                _, _, _, name, step = struct.unpack_from("<IHHII", data, place)
                found.add((text(link, file), text(link, name)))
                place += step
            offset += following
    return found


def glibc_floor(paths: Iterable[Path]) -> tuple[int, int]:
    """The lowest version of glibc that has everything these files need."""
    versions = [
        tuple(map(int, match.groups()))
        for path in paths
        for _, name in needed_versions(path)
        if (match := re.fullmatch(r"GLIBC_(\d+)\.(\d+)(?:\.\d+)?", name))
    ]
    return max(versions, default=(2, 17))  # type: ignore[return-value]


def machine(path: Path) -> str:
    """The processor that an ELF file is for, which need not be the one of this machine."""
    return {62: "x86_64", 183: "aarch64"}[struct.unpack_from("<H", path.read_bytes(), 18)[0]]


def wheel_tag(paths: list[Path]) -> str:
    """The platform tag of a wheel with these files, by PEP 600."""
    major, minor = glibc_floor(paths)
    (processor,) = {machine(path) for path in paths}
    return f"manylinux_{major}_{minor}_{processor}"
