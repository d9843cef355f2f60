"""Inputs and outputs as a session exchanges them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from . import _structs as structs
from ._detections import Detections
from ._library import text
from ._model import Boxes, Format, Order, Type


@dataclass(frozen=True)
class Port:
    """An input or output as a session exchanges it. `frame_size` is in bytes.

    `boxes` is None unless the frames are lists of boxes; `picture` is the height and width that masks refer to, or None
    if there are no masks.
    """

    name: str
    is_output: bool
    format: Format
    frame_size: int
    boxes: Optional[Boxes] = None
    picture: Optional[tuple[int, int]] = None

    def detections(self, frame: Any) -> Detections:
        """Reads a frame of boxes: any buffer of `frame_size` bytes."""
        return Detections(self._struct(), frame)

    @classmethod
    def _of(cls, raw: structs.PortInfoStruct) -> Port:
        form = Format(Type(raw.format.type), Order(raw.format.order), bool(raw.format.is_transposed))
        boxes = raw.boxes
        return cls(
            text(raw.name),
            raw.direction == 1,
            form,
            raw.frame_size,
            Boxes(boxes.classes, boxes.max_per_class, boxes.max_total, boxes.max_mask_size) if raw.is_boxes else None,
            (raw.picture_height, raw.picture_width) if raw.picture_height else None,
        )

    def _struct(self) -> structs.PortInfoStruct:
        raw = structs.PortInfoStruct()
        raw.direction = int(self.is_output)
        raw.format.type, raw.format.order = int(self.format.type), int(self.format.order)
        if self.boxes is not None:
            raw.is_boxes = 1
            raw.boxes.classes = self.boxes.classes
        if self.picture is not None:
            raw.picture_height, raw.picture_width = self.picture
        return raw
