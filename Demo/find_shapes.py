"""Finds circles, squares and triangles in pictures that it draws anew, on the emulated device.

    find_shapes.py MODEL          runs the model through the Python package, compares what was found with numpy, and draws it
                                  into a PNG file
    find_shapes.py --write-frames FILE
                                  writes the pictures into a file, as "hailoctl run" and the C example read them
"""

from __future__ import annotations

import argparse
import pathlib
import sys

import numpy as np
from pictures import draw_box, enlarge, write_png, write_text
from quantization import QuantizedNetwork
from shapes import NAMES, SIZE, Box, detections, found_share, picture

FOLDER = pathlib.Path(__file__).resolve().parent
COLOURS = [(255, 80, 80), (80, 255, 80), (90, 140, 255)]
OUTPUTS = ["box", "confidence", "shape"]
PICTURES = 64


def find(model: str, images: np.ndarray) -> list[list[Box]]:
    """What the library makes of the outputs of the network."""
    import hailoswift

    with hailoswift.Device("emulator") as device, hailoswift.Session(device, hailoswift.Model(model)) as session:
        settings = session.detection_settings("shapes/found")
        print(f"boxes with a score of {settings.score_threshold:.2f}, that overlap by less than {settings.iou_threshold:.2f}")
        with session.active():
            frames = session.run(images)["shapes/found"]
    boxes = []
    for frame in frames:
        boxes.append([])
        for found in frame:
            width, height = found.x_max - found.x_min, found.y_max - found.y_min
            middle = found.x_min + width / 2, found.y_min + height / 2
            boxes[-1].append(Box(*(side * SIZE for side in (*middle, width, height)), found.class_id, found.score))
    return boxes


def reference(images: np.ndarray) -> list[list[Box]]:
    """The same in numpy, from whole numbers on."""
    network = QuantizedNetwork.load(str(FOLDER / "shapes"))
    whole = network.run(images)
    values = []
    for name in OUTPUTS:
        scale, zero = network.scale(name)
        # As the library does it: 32 bit floating point numbers.
        values.append((whole[name].astype(np.float32) - np.float32(zero)) * np.float32(scale))
    return [detections(*parts) for parts in zip(*values)]


def are_equal(found: list[Box], expected: list[Box]) -> bool:
    """The same shapes in the same places, whatever order they come in: equal scores, and boxes up to the last digits."""

    def numbers(boxes):
        rows = [(box.shape, box.score, box.x, box.y, box.width, box.height) for box in boxes]
        return np.array(sorted(rows), np.float64).reshape(-1, 6)

    left, right = numbers(found), numbers(expected)
    return left.shape == right.shape and np.allclose(left, right, rtol=1e-5, atol=1e-4) and np.array_equal(left[:, :2], right[:, :2])


def draw(images: np.ndarray, found: list[list[Box]], png: pathlib.Path) -> None:
    """The first sixteen pictures, four times as large, with a frame around each shape and its name and score."""
    size, gap = 4 * SIZE, 8
    sheet = np.full((4 * (size + gap) + gap, 4 * (size + gap) + gap, 3), 32, np.uint8)
    for index, (image, boxes) in enumerate(zip(images[:16], found)):
        tile = enlarge(image, 4)
        for box in boxes:
            left, top = (box.x - box.width / 2) * 4, (box.y - box.height / 2) * 4
            draw_box(tile, left, top, (box.x + box.width / 2) * 4, (box.y + box.height / 2) * 4, COLOURS[box.shape])
        for box in boxes:
            text = f"{NAMES[box.shape]} {box.score:.2f}"
            left = int(np.clip((box.x - box.width / 2) * 4, 0, size - 2 * (6 * len(text) + 1)))
            top = int(np.clip((box.y - box.height / 2) * 4 - 18, 0, size - 18))
            write_text(tile, text, left, top, 2, (0, 0, 0), COLOURS[box.shape])
        y, x = gap + index // 4 * (size + gap), gap + index % 4 * (size + gap)
        sheet[y : y + size, x : x + size] = tile
    png.parent.mkdir(parents=True, exist_ok=True)
    write_png(str(png), sheet)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?")
    parser.add_argument("--png", default="build/demo/shapes.png", type=pathlib.Path)
    parser.add_argument("--write-frames", type=pathlib.Path)
    arguments = parser.parse_args()
    random = np.random.default_rng(2026)
    drawn = [picture(random) for _ in range(PICTURES)]
    images = np.array([image for image, _ in drawn])
    if arguments.write_frames:
        arguments.write_frames.write_bytes(images.tobytes())
        return 0
    there = [boxes for _, boxes in drawn]
    found = find(arguments.model, images)
    equal = all(map(are_equal, found, reference(images)))
    recall, precision = found_share(found, there)
    print(f"{len(images)} pictures with {sum(map(len, there))} shapes: {recall:.3f} found, {precision:.3f} of the boxes right, "
          f"every box {'as' if equal else 'NOT as'} in numpy")
    for box in found[0]:
        print(f"  first picture: {NAMES[box.shape]} at ({box.x:.1f}, {box.y:.1f}), {box.width:.1f} x {box.height:.1f}, "
              f"score {box.score:.2f}")
    draw(images, found, arguments.png)
    print(f"16 of the pictures are in {arguments.png}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
