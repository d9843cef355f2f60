"""Frames as the library expects them: pointers and sizes, and the objects that keep their memory alive."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Optional, TypeVar, cast

from . import _structs as structs
from ._arrays import checked_view, element_name, frame_shape
from ._errors import InvalidArgumentError, Status
from ._memory import pointer, view_of
from ._port import Port

_Output = TypeVar("_Output")
_Shape = Optional[tuple[int, ...]]


class Frames(Generic[_Output]):
    """The inputs and outputs of one run or job."""

    def __init__(
        self,
        inputs: Sequence[Port],
        outputs: Sequence[Port],
        shapes: Mapping[tuple[bool, str], _Shape],
        given: Any,
        out: Any,
    ) -> None:
        self._outputs = outputs
        views = [
            checked_view(source, port, shapes.get((False, port.name)), "input")
            for port, source in zip(inputs, _ordered(given, inputs, "input"))
        ]
        size = inputs[0].frame_size if inputs else 0
        # Less than a frame counts as one frame, which is then refused.
        self.count: int = max(views[0].nbytes // size, 1 if views[0].nbytes else 0) if size else 0
        self._are_given = out is not None
        if out is None:
            self._results = [_empty(port, shapes.get((True, port.name)), self.count) for port in outputs]
            targets = [view_of(result) for result in self._results]
        else:
            self._results = _ordered(out, outputs, "output")
            targets = [
                checked_view(result, port, shapes.get((True, port.name)), "output")
                for port, result in zip(outputs, self._results)
            ]
        for port, target in zip(outputs, targets):
            if target.readonly:
                raise InvalidArgumentError(
                    Status.INVALID_ARGUMENT, f"the memory for output {port.name!r} cannot be written to"
                )
        pointers = [pointer(view) for view in views + targets]
        self._keep = pointers
        addresses = [address for address, _ in pointers]
        self.sources: ctypes.Array[structs.SourceStruct] = (structs.SourceStruct * len(views))(
            *[(address, view.nbytes) for address, view in zip(addresses, views)]
        )
        self.targets: ctypes.Array[structs.TargetStruct] = (structs.TargetStruct * len(targets))(
            *[(address, target.nbytes) for address, target in zip(addresses[len(views) :], targets)]
        )

    @property
    def results(self) -> dict[str, _Output]:
        """The outputs by name, boxes as Detections unless the caller passed memory for them."""
        return {port.name: self._result(port, result) for port, result in zip(self._outputs, self._results)}

    def _result(self, port: Port, result: Any) -> _Output:
        if self._are_given or port.boxes is None:
            return cast("_Output", result)
        view, size = view_of(result), port.frame_size
        found = [port.detections(view[frame * size : (frame + 1) * size]) for frame in range(self.count)]
        return cast("_Output", found)


def _ordered(given: Any, ports: Sequence[Port], what: str) -> list[Any]:
    """The buffer of each port. For a single port, the buffer alone is enough."""
    if not isinstance(given, Mapping):
        given = {port.name: given for port in ports[:1]}
    unknown = set(given) - {port.name for port in ports}
    missing = [port.name for port in ports if port.name not in given]
    if unknown or missing:
        text = f"there is no {what} {min(map(str, unknown))!r}" if unknown else f"{what} {missing[0]!r} is missing"
        raise InvalidArgumentError(Status.INVALID_ARGUMENT, text)
    return [given[port.name] for port in ports]


def _empty(port: Port, shape: _Shape, frames: int) -> Any:
    """Memory for an output: an array if NumPy is installed."""
    try:
        import numpy
    except ImportError:
        return bytearray(frames * port.frame_size)
    return numpy.empty((frames, *frame_shape(port, shape)), element_name(port))
