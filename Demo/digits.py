"""Classifies handwritten digits that the network has never seen, on the emulated device, and compares with numpy.

    digits.py MODEL…                 runs the models through the Python package, prints accuracies, draws some digits
    digits.py --write-frames FILE    writes the digits as frames, for `hailoctl run` and other programs
    digits.py --compare FILE         compares the classes that another program found: bytes, or a number on each line
"""

from __future__ import annotations

import argparse
import pathlib
import sys

import numpy as np
from pictures import as_text, enlarge, side_by_side, write_png, write_text
from quantization import QuantizedNetwork

FOLDER = pathlib.Path(__file__).resolve().parent


def classes_of(path: str) -> np.ndarray:
    """What another program found."""
    content = pathlib.Path(path).read_bytes()
    if path.endswith(".raw"):
        return np.frombuffer(content, np.uint8)
    return np.array([int(line) for line in content.split()])


def classify(model: str, images: np.ndarray) -> tuple[np.ndarray, str]:
    """The classes of the images, and where they come from."""
    import hailoswift

    with hailoswift.Device("emulator") as device, hailoswift.Session(device, hailoswift.Model(model)) as session:
        with session.active():
            outputs = session.run(images)
        return np.asarray(outputs["digits/digit"]).ravel(), session.info.data_origin.name.lower()


def draw(images: np.ndarray, found: np.ndarray, right: np.ndarray, png: pathlib.Path) -> None:
    """The first digits in the terminal, more of them in a file; what was not recognised has its own line."""
    for first in range(0, 10, 5):
        chosen = range(first, first + 5)
        print(side_by_side([as_text(images[i, :, :, 0]) for i in chosen]))
        print("   ".join(f"-> {found[i]}".center(16) for i in chosen))
    wrong = np.flatnonzero(found != right)
    for index in wrong:
        print(f"picture {index} shows {right[index]}, and was taken for {found[index]}")
    png.parent.mkdir(parents=True, exist_ok=True)
    write_png(str(png), sheet(images[:100], found, right))
    print(f"100 of the digits, with what they were taken for, are in {png}")


def sheet(images: np.ndarray, found: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Digits in rows of twenty, each with its class below it: red where that is wrong."""
    size, gap, line = 8 * 5, 8, 22
    rows = (len(images) + 19) // 20
    picture = np.full((rows * (size + line + gap) + gap, 20 * (size + gap) + gap, 3), 32, np.uint8)
    for index, image in enumerate(images):
        top, left = gap + index // 20 * (size + line + gap), gap + index % 20 * (size + gap)
        picture[top : top + size, left : left + size] = enlarge(image[:, :, 0], 5)[:, :, None]
        colour = (120, 230, 120) if found[index] == right[index] else (255, 90, 90)
        write_text(picture, str(found[index]), left + size // 2 - 7, top + size, 2, colour)
    return picture


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*")
    parser.add_argument("--write-frames")
    parser.add_argument("--compare")
    parser.add_argument("--png", default="build/demo/digits.png", type=pathlib.Path)
    arguments = parser.parse_args()
    with np.load(FOLDER / "digits_test.npz") as test:
        images, labels, real = test["images"], test["labels"], test["float_classes"]
    if arguments.write_frames:
        images.tofile(arguments.write_frames)
        return 0
    reference = QuantizedNetwork.load(str(FOLDER / "digits")).run(images)["digit"].ravel()
    if arguments.compare:
        results = {arguments.compare: classes_of(arguments.compare)}
    else:
        print(f"{len(images)} digits that the network has never seen")
        print(f"  real numbers, numpy                  {(real == labels).mean():.4f} right")
        print(f"  whole numbers, numpy                 {(reference == labels).mean():.4f} right")
        results = {}
        for model in arguments.models:
            found, origin = classify(model, images)
            results[f"{pathlib.Path(model).name}, emulated device ({origin})"] = found
    same = True
    for title, found in results.items():
        equal = len(found) == len(reference) and bool((found == reference).all())
        same = same and equal
        print(f"  {title:36} {(found == labels).mean() if len(found) == len(labels) else 0:.4f} right, "
              + ("every digit as in numpy" if equal else "NOT as in numpy"))
    if results and not arguments.compare:
        draw(images, next(iter(results.values())), labels, arguments.png)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
