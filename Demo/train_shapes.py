"""Trains the shape detector on pictures that it draws itself, and writes shapes.net and shapes.npz.

    python3 Demo/train_shapes.py && build/hailoctl compile-emulated Demo/shapes.net --weights Demo/shapes.npz \
        --output Demo/shapes.hef
"""

from __future__ import annotations

import pathlib

import numpy as np
from quantization import quantize, table
from shapes import CELL, LEAST, MOST_OVERLAP, NAMES, SIZE, detections, found_share, picture
from training import Convolution, Network, sigmoid

FOLDER = pathlib.Path(__file__).resolve().parent
PICTURES = 16000
TESTS = 64
EPOCHS = 16


def targets(boxes) -> np.ndarray:
    """For each cell: whether the middle of a shape is in it, the box there, and the shape."""
    cells = np.zeros((SIZE // CELL, SIZE // CELL, 1 + 4 + len(NAMES)), np.float32)
    for box in boxes:
        column, row = int(box.x / CELL), int(box.y / CELL)
        cells[row, column, :5] = [
            1, box.x / CELL - column, box.y / CELL - row, np.log(box.width / CELL), np.log(box.height / CELL)
        ]
        cells[row, column, 5 + box.shape] = 1
    return cells


def main() -> None:
    random = np.random.default_rng(7)
    drawn = [picture(random) for _ in range(PICTURES)]
    images = np.array([image for image, _ in drawn])
    wanted = np.array([targets(boxes) for _, boxes in drawn])

    network = Network(
        "shapes",
        [
            Convolution("conv1", "image", 3, 12, stride=2, random=random),
            Convolution("conv2", "conv1", 12, 24, stride=2, random=random),
            Convolution("conv3", "conv2", 24, 32, stride=2, random=random),
            Convolution("conv4", "conv3", 32, 32, random=random),
            Convolution("conv5", "conv4", 32, 32, random=random),
            Convolution("box", "conv5", 32, 4, size=1, relu=False, random=random),
            Convolution("object", "conv5", 32, 1, size=1, relu=False, random=random),
            Convolution("kind", "conv5", 32, len(NAMES), size=1, relu=False, random=random),
        ],
        ["box"],
    )
    for epoch in range(EPOCHS):
        for batch in np.array_split(random.permutation(PICTURES), PICTURES // 32):
            made = network.forward(images[batch].astype(np.float32) / 255)
            truth = wanted[batch]
            there = truth[..., :1]
            share = 1 / len(batch)
            network.learn(
                {
                    "box": there * np.clip(made["box"] - truth[..., 1:5], -1, 1) * share,
                    "object": (sigmoid(made["object"]) - there) * (1 + 2 * there) * share,
                    "kind": there * (sigmoid(made["kind"]) - truth[..., 5:]) * share,
                },
                rate=2e-3 * 0.82**epoch,
            )

    examples = images[:400].astype(np.float32) / 255
    quantized = quantize(network, examples, 1 / 255)
    table(quantized, "confidence", "object", sigmoid)
    table(quantized, "shape", "kind", sigmoid)
    quantized.outputs = ["box", "confidence", "shape"]
    quantized.host = [
        f"yolox found boxes=box objectness=confidence classes=shape picture={SIZE}x{SIZE} score={LEAST} iou={MOST_OVERLAP} most=16"
    ]
    quantized.save(str(FOLDER / "shapes"))

    tests = [picture(random) for _ in range(TESTS)]
    pictures = np.array([image for image, _ in tests])
    there = [boxes for _, boxes in tests]
    made = network.forward(pictures.astype(np.float32) / 255)
    real = [
        detections(*parts) for parts in zip(made["box"], sigmoid(made["object"]), sigmoid(made["kind"]))
    ]
    whole = quantized.run(pictures)
    values = [(whole[name] - quantized.scale(name)[1]) * quantized.scale(name)[0] for name in quantized.outputs]
    found = [detections(*parts) for parts in zip(*values)]
    for title, boxes in [("real", real), ("whole", found)]:
        recall, precision = found_share(boxes, there)
        print(f"{title} numbers: {recall:.3f} of the shapes found, {precision:.3f} of the boxes right")


if __name__ == "__main__":
    main()
