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
