"""Detections: objects found in a picture."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _structs as structs
from ._library import check, library
from ._memory import pointer, view_of

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


@dataclass(frozen=True)
class DetectionSettings:
    """What counts as a detection in an output whose boxes the host finds.

    Candidates with a score below `score_threshold` are ignored. If two boxes of a class overlap by at least
    `iou_threshold` of their union, only the better one is kept. `max_per_class` applies to Order.NMS_BY_CLASS,
    `max_total` to Order.NMS_BY_SCORE and to outputs with masks. All masks of a frame have at most `max_mask_size` bytes
    together.
    """

    score_threshold: float
    iou_threshold: float
    max_per_class: int
    max_total: int
    max_mask_size: int

    def replace(self, **changes: Union[int, float]) -> DetectionSettings:
        """A copy with other values."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Detection:
    """An object that was found. Corners are fractions of the picture's height and width, and may lie outside it.

    `mask` has a number for each pixel of the box, 1 where the object is; it is None for networks without masks. It
    begins at the upper left corner of the box, or at the edge of the picture if the box begins outside.
    """

    class_id: int
    score: float
    y_min: float
    x_min: float
    y_max: float
    x_max: float
    mask: Union[NDArray[numpy.uint8], list[bytes], None] = None


class Detections:
    """All detections in one picture, in the order of the frame: class by class, or the best first.

    `boxes` has a row for each: y_min, x_min, y_max, x_max. `boxes`, `scores` and `classes` are NumPy arrays if NumPy is
    installed, otherwise lists. `masks` is a list with one such array or list per detection, or None for networks
    without masks.
    """

    def __init__(self, port: structs.PortInfoStruct, frame: Any) -> None:
        """Called by Port.detections() and by runs."""
        view = view_of(frame)
        address, keep = pointer(view)
        count = ctypes.c_size_t()

        def read(entries: Any, capacity: int) -> None:
            check(
                library().hailoswift_detections_read(
                    ctypes.byref(port), address, view.nbytes, entries, capacity, ctypes.byref(count)
                )
            )

        read(None, 0)
        entries = (structs.DetectionStruct * count.value)()
        read(entries, count.value)
        del keep
        self.boxes: Union[NDArray[numpy.float32], list[tuple[float, float, float, float]]]
        self.scores: Union[NDArray[numpy.float32], list[float]]
        self.classes: Union[NDArray[numpy.int64], list[int]]
        self.masks: Union[list[NDArray[numpy.uint8]], list[list[bytes]], None] = None
        try:
            import numpy
        except ImportError:
            self.boxes = [(entry.y_min, entry.x_min, entry.y_max, entry.x_max) for entry in entries]
            self.scores = [entry.score for entry in entries]
            self.classes = [entry.class_id for entry in entries]
            if port.picture_height:
                self.masks = [
                    [bytes(part[row * entry.mask_width :][: entry.mask_width]) for row in range(entry.mask_height)]
                    for entry, part in ((entry, view[_offset(entry, address) :]) for entry in entries)
                ]
            return
        table = numpy.frombuffer(entries, _record(numpy)) if entries else numpy.zeros(0, _record(numpy))
        self.boxes, self.scores = table["box"].copy(), table["score"].copy()
        self.classes = table["class_id"].astype(numpy.int64)
        if port.picture_height:
            pixels = numpy.frombuffer(view, numpy.uint8)
            self.masks = [
                pixels[start : start + entry.mask_height * entry.mask_width]
                .reshape(entry.mask_height, entry.mask_width)
                .copy()
                for entry, start in ((entry, _offset(entry, address)) for entry in entries)
            ]

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, index: int) -> Detection:
        y_min, x_min, y_max, x_max = (float(value) for value in self.boxes[index])
        mask = None if self.masks is None else self.masks[index]
        return Detection(int(self.classes[index]), float(self.scores[index]), y_min, x_min, y_max, x_max, mask)

    def __iter__(self) -> Iterator[Detection]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        return f"<hailoswift.Detections {len(self)}>"


def _offset(entry: structs.DetectionStruct, address: Optional[int]) -> int:
    return (entry.mask or address or 0) - (address or 0)


def _record(numpy: Any) -> Any:
    """The layout of hailoswift_detection."""
    return numpy.dtype(
        {
            "names": ["class_id", "score", "box"],
            "formats": ["<u4", "<f4", ("<f4", 4)],
            "offsets": [structs.DetectionStruct.class_id.offset, structs.DetectionStruct.score.offset, structs.DetectionStruct.y_min.offset],
            "itemsize": ctypes.sizeof(structs.DetectionStruct),
        }
    )
