"""Frames as the library takes them: pointers and sizes, and what keeps the memory behind them in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import _structs as structs
from ._errors import InvalidArgumentError, Status
from ._memory import pointer, view_of
from ._model import Order, Type
from ._port import Port


class Frames:
    """The inputs and outputs of one run or job."""

    def __init__(
        self, inputs: Sequence[Port], outputs: Sequence[Port], shapes: Mapping[str, Any], given: Any, out: Any
    ) -> None:
        self._outputs = outputs
        self._shapes = shapes
        sources = _ordered(given, inputs, "input")
        views = [view_of(source) for source in sources]
        size = inputs[0].frame_size if inputs else 0
        # What is less than a frame is meant to be one, and refused as such.
        self.count = max(views[0].nbytes // size, 1 if views[0].nbytes else 0) if size else 0
        self._are_given = out is not None
        self._results = (
            _ordered(out, outputs, "output")
            if out is not None
            else [_empty(port, shapes.get(port.name), self.count) for port in outputs]
        )
        targets = [view_of(result) for result in self._results]
        for port, target in zip(outputs, targets):
            if target.readonly:
                raise InvalidArgumentError(
                    Status.INVALID_ARGUMENT, f"the memory for output {port.name!r} cannot be written to"
                )
        pointers = [pointer(view) for view in views + targets]
        self._keep = pointers
        addresses = [address for address, _ in pointers]
        self.sources = (structs.SourceStruct * len(views))(
            *[(address, view.nbytes) for address, view in zip(addresses, views)]
        )
        self.targets = (structs.TargetStruct * len(targets))(
            *[(address, target.nbytes) for address, target in zip(addresses[len(views) :], targets)]
        )

    @property
    def results(self) -> dict[str, Any]:
        """The outputs by name, boxes as Detections unless the caller gave memory for them."""
        return {port.name: self._result(port, result) for port, result in zip(self._outputs, self._results)}

    def _result(self, port: Port, result: Any) -> Any:
        if self._are_given or port.boxes is None:
            return result
        view, size = view_of(result), port.frame_size
        return [port.detections(view[frame * size : (frame + 1) * size]) for frame in range(self.count)]


def _ordered(given: Any, ports: Sequence[Port], what: str) -> list[Any]:
    """What belongs to each port. With a single one its buffer alone will do."""
    if not isinstance(given, Mapping):
        given = {port.name: given for port in ports[:1]}
    unknown = set(given) - {port.name for port in ports}
    missing = [port.name for port in ports if port.name not in given]
    if unknown or missing:
        text = f"there is no {what} {sorted(unknown)[0]!r}" if unknown else f"{what} {missing[0]!r} is missing"
        raise InvalidArgumentError(Status.INVALID_ARGUMENT, text)
    return [given[port.name] for port in ports]


def _empty(port: Port, shape: Any, frames: int) -> Any:
    """Memory for an output: an array where NumPy is installed."""
    try:
        import numpy
    except ImportError:
        return bytearray(frames * port.frame_size)
    kind = {Type.UINT16: numpy.uint16, Type.FLOAT32: numpy.float32}.get(port.format.type, numpy.uint8)
    if shape and port.format.order is Order.NCHW:
        shape = (shape[2], shape[0], shape[1])
    if port.boxes is not None:
        kind = numpy.uint8
    if not shape or port.format.order not in (Order.NHWC, Order.NCHW, Order.FCR, Order.F8CR):
        shape = (port.frame_size // numpy.dtype(kind).itemsize,)
    return numpy.empty((frames, *shape), kind)
