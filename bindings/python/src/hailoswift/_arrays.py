"""Input and output arrays, checked against the port that they belong to."""

from __future__ import annotations

import math
from typing import Any, NoReturn, Optional

from ._errors import InvalidArgumentError, Status
from ._model import Order, Type
from ._memory import view_of
from ._port import Port

_Shape = tuple[int, ...]

_TYPE_NAMES = {Type.UINT8: "uint8", Type.UINT16: "uint16", Type.FLOAT32: "float32"}
_ITEM_SIZES = {Type.UINT8: 1, Type.UINT16: 2, Type.FLOAT32: 4}


def element_name(port: Port) -> str:
    """The type of an array's elements, as NumPy calls it. Frames of boxes are always bytes."""
    return "uint8" if port.boxes is not None else _TYPE_NAMES.get(port.format.type, "uint8")


def frame_shape(port: Port, shape: Optional[_Shape]) -> _Shape:
    """The shape of one frame; `shape` is that of the tensor in the model: height, width, features."""
    elements = port.frame_size // (1 if port.boxes is not None else _ITEM_SIZES.get(port.format.type, 1))
    if shape is None or port.boxes is not None:
        return (elements,)
    height, width, features = shape
    known = {
        Order.NHWC: (height, width, features),
        Order.FCR: (height, width, features),
        Order.F8CR: (height, width, features),
        Order.NCHW: (features, height, width),
    }.get(port.format.order, (elements,))
    # If the chip pads, or if the numbers are packed, a frame is just a row of elements.
    return known if math.prod(known) == elements else (elements,)


def checked_view(given: Any, port: Port, shape: Optional[_Shape], what: str) -> memoryview:
    """The bytes of an array, after checking its elements and shape, or of another buffer, which may have any shape."""
    label = f"{what} {port.name!r}"
    array = given
    if hasattr(given, "dtype") and hasattr(given, "shape"):
        array = _array(given)
        _check_elements(array, port, label)
        _check_shape(array, port, shape, label)
        flags = getattr(array, "flags", None)
        if flags is not None and not flags.c_contiguous:
            _refuse(f"{label} is not contiguous in memory; {_contiguous_hint(what)}")
    try:
        return view_of(array)
    except (TypeError, BufferError, ValueError) as error:
        if isinstance(error, TypeError) and not _has_buffer(array):
            raise TypeError(
                f"{label} must be an array, bytes or another contiguous buffer, not {type(given).__qualname__}"
            ) from None
        _refuse(f"{label} is not contiguous in memory; {_contiguous_hint(what)}")


def _array(given: Any) -> Any:
    """The array as a NumPy array: arrays of other packages may not support the buffer protocol."""
    if type(given).__module__.partition(".")[0] == "numpy":
        return given
    try:
        import numpy
    except ImportError:
        return given
    return numpy.asarray(given)


def _has_buffer(value: Any) -> bool:
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


def _contiguous_hint(what: str) -> str:
    return (
        "pass np.ascontiguousarray(…)"
        if what == "input"
        else "pass an array from np.empty or np.ascontiguousarray"
    )


def _refuse(message: str) -> NoReturn:
    raise InvalidArgumentError(Status.INVALID_ARGUMENT, message)


def _check_elements(array: Any, port: Port, label: str) -> None:
    wanted, found = element_name(port), array.dtype
    if found == wanted and getattr(found, "isnative", True):
        return
    if getattr(found, "isnative", True) is False and getattr(found, "newbyteorder", lambda _: None)("=") == wanted:
        _refuse(
            f"{label} has elements of type {found.name} in the byte order of another machine; "
            f'pass array.astype("{wanted}")'
        )
    hint = f'convert it with array.astype("{wanted}")'
    if port.boxes is None and str(found) == "float32":
        hint = f"quantize it, or choose set_format({port.name!r}, Type.FLOAT32)"
    _refuse(f"{label} has elements of type {found}; it takes {wanted}: {hint}")


def _check_shape(array: Any, port: Port, shape: Optional[_Shape], label: str) -> None:
    wanted, found = frame_shape(port, shape), tuple(array.shape)
    elements = math.prod(wanted)
    flat = len(wanted) == 1
    if len(found) <= 1 or flat:
        # A row of numbers has no shape that could be wrong; the session counts them. The same is true of a picture
        # whose colors are packed, which is just a number of bytes, except for a leading axis of frames.
        if len(found) <= 1 or math.prod(found[1:]) == elements or math.prod(found) == elements:
            return
    elif _core(wanted) in (_core(found), _core(found[1:])):
        return
    text = f"{label} has the shape {found}; a frame has {wanted}, and several frames (n, {', '.join(map(str, wanted))})"
    if port.format.order in (Order.NHWC, Order.FCR, Order.F8CR, Order.NCHW) and len(wanted) == 3:
        height_first = port.format.order is not Order.NCHW
        swapped = (wanted[2], *wanted[:2]) if height_first else (*wanted[1:], wanted[0])
        if swapped in (found, found[1:]):
            order, axes, move = ("NCHW", "first", "-3, -1") if height_first else ("NHWC", "last", "-1, -3")
            text += (
                f". Its features come {axes}: choose set_format({port.name!r}, order=Order.{order}) if the model "
                f"supports it, otherwise pass np.ascontiguousarray(np.moveaxis(array, {move}))"
            )
    _refuse(text)


def _core(shape: _Shape) -> _Shape:
    """A shape without its axes of length 1, which do not affect the memory layout."""
    return tuple(length for length in shape if length != 1)
