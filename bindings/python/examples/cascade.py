"""Finds objects in pictures and classifies each of them: two models that take turns on one device.

    cascade.py DETECTOR CLASSIFIER PICTURES [DEVICE]

PICTURES contains pictures one behind the other, in the format of the detector's input: rows of pixels, red, green and
blue. Each object is cut out, scaled to the size of the classifier's input and handed over. Results come in the order of the
pictures.
"""

import pathlib
import sys

import hailoswift


def cut_out(picture, shape, found, target):
    """The pixels under a box, scaled to the target's height, width and features."""
    height, width, _ = shape
    top, left = found.y_min * height, found.x_min * width
    tall, wide = (found.y_max - found.y_min) * height, (found.x_max - found.x_min) * width
    rows, columns, features = target
    crop = bytearray()
    for row in range(rows):
        y = min(max(int(top + (row + 0.5) * tall / rows), 0), height - 1)
        for column in range(columns):
            x = min(max(int(left + (column + 0.5) * wide / columns), 0), width - 1)
            pixel = picture[(y * width + x) * 3 :][:3]
            crop += pixel if features == 3 else bytes([sum(pixel) // 3] * features)
    return bytes(crop)


def largest(scores):
    values = list(memoryview(scores).cast("B"))
    return values.index(max(values))


def work(finding, naming, shape, target, data):
    boxes = next((port.name for port in finding.outputs if port.boxes), None)
    if boxes is None or shape[2] != 3:
        sys.exit("cascade: the detector must take color pictures and deliver boxes")
    scores = naming.outputs[0].name
    size = shape[0] * shape[1] * 3
    pictures = [data[start : start + size] for start in range(0, len(data) - size + 1, size)]
    for number, result in enumerate(finding.stream(pictures)):
        (found,) = result[boxes]
        crops = [cut_out(pictures[number], shape, one, target) for one in found]
        classes = [largest(answer[scores]) for answer in naming.stream(crops)]
        for one, kind in zip(found, classes):
            print(f"picture {number}: class {one.class_id} with score {one.score:.3f}, classified as {kind}")
    print(f"{len(pictures)} pictures")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    detector_path, classifier_path, pictures_path, *device_id = sys.argv[1:]
    with hailoswift.Model(detector_path) as detector, hailoswift.Model(classifier_path) as classifier:
        shape, target = (model.groups[0].inputs[0].shape for model in (detector, classifier))
        with hailoswift.Device(*device_id) as device:
            # Objects that were found go first, so that pictures do not pile up between the models.
            first, second = hailoswift.Scheduling(), hailoswift.Scheduling(priority=20)
            with hailoswift.Session(device, detector, scheduling=first) as finding, hailoswift.Session(
                device, classifier, scheduling=second
            ) as naming:
                work(finding, naming, shape, target, pathlib.Path(pictures_path).read_bytes())


if __name__ == "__main__":
    main()
