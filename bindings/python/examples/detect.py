"""Finds objects in a picture: prints them, and draws them into a copy of the picture.

    detect.py MODEL PICTURE DRAWN.ppm [DEVICE]

MODEL is a detector: one of its outputs consists of boxes. PICTURE contains one picture in the format of the model's
input: rows of pixels, red, green and blue.
"""

import pathlib
import sys

import hailoswift

COLORS = [(255, 80, 80), (80, 255, 80), (90, 140, 255), (255, 220, 60)]


def draw(pixels, height, width, found):
    top, bottom = (min(max(int(part * height), 0), height - 1) for part in (found.y_min, found.y_max))
    left, right = (min(max(int(part * width), 0), width - 1) for part in (found.x_min, found.x_max))
    edges = [(y, x) for y in (top, bottom) for x in range(left, right + 1)]
    edges += [(y, x) for y in range(top, bottom + 1) for x in (left, right)]
    for y, x in edges:
        start = (y * width + x) * 3
        pixels[start : start + 3] = bytes(COLORS[found.class_id % len(COLORS)])


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    model_path, picture_path, drawn_path, *device_id = sys.argv[1:]
    with hailoswift.Model(model_path) as model:
        height, width, features = model.groups[0].inputs[0].shape
        if features != 3:
            sys.exit("detect: the model's input is not a color picture")
        with hailoswift.Device(*device_id) as device, hailoswift.Session(device, model) as session:
            boxes = next((port for port in session.outputs if port.boxes), None)
            if boxes is None:
                sys.exit("detect: no output of this model consists of boxes")
            pixels = bytearray(pathlib.Path(picture_path).read_bytes())
            with session.active():
                (detections,) = session.run(bytes(pixels))[boxes.name]
    for found in detections:
        print(f"class {found.class_id}, score {found.score:.3f}, "
              f"from ({found.x_min:.3f}, {found.y_min:.3f}) to ({found.x_max:.3f}, {found.y_max:.3f})")
        draw(pixels, height, width, found)
    print(f"{len(detections)} found")
    pathlib.Path(drawn_path).write_bytes(f"P6\n{width} {height}\n255\n".encode() + pixels)


if __name__ == "__main__":
    main()
