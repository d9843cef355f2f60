"""Finds circles, squares and triangles in pictures that it draws anew, on the emulated device.

    find_shapes.py MODEL    runs the model through the Python package with real numbers as outputs, compares every number with
                            numpy, and draws what was found into a PNG file
"""

from __future__ import annotations

import argparse
import pathlib
import sys

import numpy as np
from pictures import draw_box, enlarge, write_png
from quantization import QuantizedNetwork
from shapes import NAMES, Box, detections, found_share, picture

FOLDER = pathlib.Path(__file__).resolve().parent
COLOURS = [(255, 80, 80), (80, 255, 80), (90, 140, 255)]
OUTPUTS = ["box", "confidence", "shape"]
PICTURES = 64


def compute(model: str, images: np.ndarray) -> dict[str, np.ndarray]:
    import hailoswift

    with hailoswift.Device("emulator") as device, hailoswift.Session(device, hailoswift.Model(model)) as session:
        for name in OUTPUTS:
            session.set_format(f"shapes/{name}", hailoswift.Type.FLOAT32)
        with session.active():
            outputs = session.run(images)
        return {name: np.asarray(outputs[f"shapes/{name}"]) for name in OUTPUTS}


def reference(images: np.ndarray) -> dict[str, np.ndarray]:
    network = QuantizedNetwork.load(str(FOLDER / "shapes"))
    whole = network.run(images)
    values = {}
    for name in OUTPUTS:
        scale, zero = network.scale(name)
        # As the library does it: 32 bit floating point numbers.
        values[name] = (whole[name].astype(np.float32) - np.float32(zero)) * np.float32(scale)
    return values


def draw(images: np.ndarray, found: list[list[Box]], png: pathlib.Path) -> None:
    """The first sixteen pictures, four times as large, with a frame around each shape in a colour of its own."""
    tiles = []
    for image, boxes in zip(images[:16], found):
        tile = enlarge(image, 4)
        for box in boxes:
            draw_box(
                tile, (box.x - box.width / 2) * 4, (box.y - box.height / 2) * 4, (box.x + box.width / 2) * 4,
                (box.y + box.height / 2) * 4, COLOURS[box.shape],
            )
        tiles.append(tile)
    png.parent.mkdir(parents=True, exist_ok=True)
    write_png(str(png), np.vstack([np.hstack(tiles[i : i + 4]) for i in range(0, 16, 4)]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--png", default="build/demo/shapes.png", type=pathlib.Path)
    arguments = parser.parse_args()
    random = np.random.default_rng(2026)
    drawn = [picture(random) for _ in range(PICTURES)]
    images = np.array([image for image, _ in drawn])
    there = [boxes for _, boxes in drawn]
    values = compute(arguments.model, images)
    expected = reference(images)
    equal = all(np.array_equal(values[name], expected[name]) for name in OUTPUTS)
    found = [detections(*parts) for parts in zip(*(values[name] for name in OUTPUTS))]
    recall, precision = found_share(found, there)
    print(f"{len(images)} pictures with {sum(map(len, there))} shapes: {recall:.3f} found, {precision:.3f} of the boxes right, "
          f"every number {'as' if equal else 'NOT as'} in numpy")
    for box in found[0]:
        print(f"  first picture: {NAMES[box.shape]} at ({box.x:.1f}, {box.y:.1f}), {box.width:.1f} x {box.height:.1f}, "
              f"score {box.score:.2f}")
    draw(images, found, arguments.png)
    print(f"16 of the pictures are in {arguments.png}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
