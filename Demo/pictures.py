"""Pictures as text for a terminal and as PNG files, with nothing but the standard library."""

from __future__ import annotations

import struct
import zlib

import numpy as np

SHADES = " .:-=+*#%@"


def as_text(image: np.ndarray) -> list[str]:
    """A grey picture of bytes, two characters to a pixel."""
    return ["".join(SHADES[int(shade) * (len(SHADES) - 1) // 255] * 2 for shade in row) for row in image]


def side_by_side(blocks: list[list[str]], gap: str = "   ") -> str:
    return "\n".join(gap.join(lines) for lines in zip(*blocks))


def write_png(path: str, image: np.ndarray) -> None:
    """A grey (rows, columns) or coloured (rows, columns, 3) picture of bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    height, width = image.shape[:2]
    lines = b"".join(b"\0" + np.ascontiguousarray(row).tobytes() for row in image)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if image.ndim == 3 else 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


# Letters of five by seven points, a number for each row, a bit for each point.
_GLYPHS = {
    "0": "0e11131519110e", "1": "040c040404040e", "2": "0e11010204081f", "3": "1f02040201110e", "4": "02060a121f0202",
    "5": "1f101e0101110e", "6": "0608101e11110e", "7": "1f010204080808", "8": "0e11110e11110e", "9": "0e11110f01020c",
    "a": "00000e010f110f", "b": "10101e1111111e", "c": "00000e1010110e", "d": "01010f1111110f", "e": "00000e111f100e",
    "f": "0609081c080808", "g": "000f11110f010e", "h": "10101e11111111", "i": "04000c0404040e", "j": "0200060202120c",
    "k": "10101214181412", "l": "0c04040404040e", "m": "00001a15151515", "n": "00001e11111111", "o": "00000e1111110e",
    "p": "00001e111e1010", "q": "00000f110f0101", "r": "00001619101010", "s": "00000e100e011e", "t": "08081c08080906",
    "u": "0000111111130d", "v": "00001111110a04", "w": "0000111115150a", "x": "0000110a040a11", "y": "000011110f010e",
    "z": "00001f0204081f", ".": "00000000000c0c", "%": "18190204081303", " ": "00000000000000",
}  # fmt: skip


def write_text(image: np.ndarray, text: str, left: int, top: int, size: int, colour: tuple[int, int, int], ground: tuple[int, int, int] | None = None) -> None:
    """Letters into a coloured picture, on a ground of their own if one is given; what lies outside is left out."""
    height, width = image.shape[:2]
    if ground is not None:
        image[max(top, 0) : max(top + 9 * size, 0), max(left, 0) : max(left + (6 * len(text) + 1) * size, 0)] = ground
    for place, letter in enumerate(text):
        rows = bytes.fromhex(_GLYPHS.get(letter, _GLYPHS[" "]))
        for y, row in enumerate(rows):
            for x in range(5):
                if row >> (4 - x) & 1:
                    y0, x0 = top + (y + 1) * size, left + (6 * place + x + 1) * size
                    image[max(y0, 0) : max(y0 + size, 0), max(x0, 0) : max(x0 + size, 0)] = colour


def enlarge(image: np.ndarray, factor: int) -> np.ndarray:
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def draw_box(image: np.ndarray, left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]) -> None:
    """A frame of two pixels, inside the picture."""
    height, width = image.shape[:2]
    x0, x1 = (int(np.clip(round(x), 0, width - 1)) for x in (left, right))
    y0, y1 = (int(np.clip(round(y), 0, height - 1)) for y in (top, bottom))
    image[y0 : y1 + 1, x0 : x0 + 2] = colour
    image[y0 : y1 + 1, max(x1 - 1, 0) : x1 + 1] = colour
    image[y0 : y0 + 2, x0 : x1 + 1] = colour
    image[max(y1 - 1, 0) : y1 + 1, x0 : x1 + 1] = colour
