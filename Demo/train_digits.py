"""Trains the digit classifier on the handwritten digits that come with scikit-learn, and writes digits.net, digits.npz and
digits_test.npz: the network in whole numbers, and images that it has never seen.

    python3 Demo/train_digits.py && build/hailoctl compile-emulated Demo/digits.net --weights Demo/digits.npz \
        --output Demo/digits.hef
"""

from __future__ import annotations

import pathlib

import numpy as np
from quantization import quantize
from sklearn.datasets import load_digits
from training import Convolution, Dense, MaxPool, Network

FOLDER = pathlib.Path(__file__).resolve().parent
HELD_OUT = 360
#: The pictures have shades from 0 to 16; the network takes bytes, 15 for each shade.
STEP = 1 / 240


def main() -> None:
    random = np.random.default_rng(4)
    digits = load_digits()
    order = random.permutation(len(digits.images))
    images = (digits.images[order][..., None] / 16).astype(np.float32)
    labels = digits.target[order]
    train, test = slice(HELD_OUT, None), slice(0, HELD_OUT)

    network = Network(
        "digits",
        [
            Convolution("conv1", "image", 1, 16, random=random),
            Convolution("conv2", "conv1", 16, 24, random=random),
            MaxPool("pool", "conv2"),
            Convolution("conv3", "pool", 24, 32, random=random),
            Dense("scores", "conv3", 4 * 4 * 32, 10, random=random),
        ],
        ["scores"],
    )
    count = len(images) - HELD_OUT
    for epoch in range(30):
        for batch in np.array_split(HELD_OUT + random.permutation(count), count // 32):
            scores = network.forward(images[batch])["scores"][:, 0, 0]
            exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
            gradient = exponents / exponents.sum(axis=1, keepdims=True)
            gradient[np.arange(len(batch)), labels[batch]] -= 1
            network.learn({"scores": (gradient / len(batch))[:, None, None]}, rate=2e-3 * 0.9**epoch)

    quantized = quantize(network, images[train], STEP)
    quantized.add("argmax", "digit", **{"from": "scores"})
    quantized.outputs.append("digit")
    quantized.save(str(FOLDER / "digits"))
    scores = network.forward(images[test])["scores"][:, 0, 0]
    pictures = np.round(images[test] / STEP).astype(np.uint8)
    np.savez(
        FOLDER / "digits_test.npz", images=pictures, labels=labels[test].astype(np.uint8),
        float_classes=scores.argmax(axis=1).astype(np.uint8),
    )
    whole = quantized.run(pictures)["digit"].ravel()
    print(f"of {HELD_OUT} digits never seen: {(scores.argmax(axis=1) == labels[test]).mean():.4f} right in real numbers, "
          f"{(whole == labels[test]).mean():.4f} in whole numbers")


if __name__ == "__main__":
    main()
