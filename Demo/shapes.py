"""Pictures with circles, squares and triangles, and what the shape detector's outputs say about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NAMES = ["circle", "square", "triangle"]
SIZE = 64
#: Pixels to a cell of the detector's grid.
CELL = 8
#: The lowest score of a shape that counts, and how much two of a kind may overlap.
LEAST = 0.4
MOST_OVERLAP = 0.4


@dataclass(frozen=True)
class Box:
    """A shape, by its middle and size in pixels."""

    x: float
    y: float
    width: float
    height: float
    shape: int
    score: float = 1.0

    def overlap(self, other: Box) -> float:
        """The area that both cover, as a part of what either covers."""
        across = min(self.x + self.width / 2, other.x + other.width / 2) - max(
            self.x - self.width / 2, other.x - other.width / 2
        )
        down = min(self.y + self.height / 2, other.y + other.height / 2) - max(
            self.y - self.height / 2, other.y - other.height / 2
        )
        common = max(across, 0) * max(down, 0)
        return common / (self.width * self.height + other.width * other.height - common)

    def matches(self, real: Box) -> bool:
        """Whether this is what is really there."""
        return self.shape == real.shape and self.overlap(real) >= 0.5


def picture(random: np.random.Generator) -> tuple[np.ndarray, list[Box]]:
    """A picture of bytes with one to three shapes that do not touch, on a coloured ground with noise."""
    ground = random.integers(0, 256, 3)
    image = np.clip(ground + random.normal(0, 12, (SIZE, SIZE, 3)), 0, 255)
    boxes: list[Box] = []
    wanted = random.integers(1, 4)
    rows, columns = np.mgrid[:SIZE, :SIZE] + 0.5
    for _ in range(20):
        if len(boxes) == wanted:
            break
        width, height = random.uniform(10, 26, 2)
        box = Box(
            random.uniform(width / 2, SIZE - width / 2), random.uniform(height / 2, SIZE - height / 2), width, height,
            int(random.integers(3)),
        )
        colour = random.integers(0, 256, 3)
        if np.abs(colour - ground).max() < 90 or any(
            abs(box.x - other.x) < (box.width + other.width) / 2 + 2
            and abs(box.y - other.y) < (box.height + other.height) / 2 + 2
            for other in boxes
        ):
            continue
        across, down = (columns - box.x) / box.width, (rows - box.y) / box.height
        if box.shape == 0:
            inside = across**2 + down**2 < 0.25
        elif box.shape == 1:
            inside = (np.abs(across) < 0.5) & (np.abs(down) < 0.5)
        else:
            inside = (np.abs(down) < 0.5) & (np.abs(across) < (down + 0.5) / 2)
        image[inside] = colour + random.normal(0, 12, (int(inside.sum()), 3))
        boxes.append(box)
    return np.clip(image, 0, 255).astype(np.uint8), boxes


def detections(
    box: np.ndarray, confidence: np.ndarray, shape: np.ndarray, least: float = LEAST, most_overlap: float = MOST_OVERLAP
) -> list[Box]:
    """What a host makes of the three outputs for one picture (rows, columns, features, all real numbers): the boxes that are
    likely enough, the likeliest first, without those that cover another of the same kind.
    """
    found: list[Box] = []
    scores = confidence[..., :1] * shape
    for row, column, kind in zip(*np.nonzero(scores >= least)):
        x, y, width, height = box[row, column]
        found.append(
            Box(
                (x + column) * CELL, (y + row) * CELL, float(np.exp(width)) * CELL, float(np.exp(height)) * CELL, int(kind),
                float(scores[row, column, kind]),
            )
        )
    kept: list[Box] = []
    for candidate in sorted(found, key=lambda candidate: -candidate.score):
        if all(candidate.shape != other.shape or candidate.overlap(other) < most_overlap for other in kept):
            kept.append(candidate)
    return kept


def found_share(found: list[list[Box]], there: list[list[Box]]) -> tuple[float, float]:
    """How many of the shapes that are there were found, and how many of the found ones are there."""
    hits = 0
    right = 0
    for boxes, truth in zip(found, there):
        hits += sum(any(box.matches(real) for box in boxes) for real in truth)
        right += sum(any(box.matches(real) for real in truth) for box in boxes)
    return hits / sum(map(len, there)), right / max(sum(map(len, found)), 1)
