"""Checks of the caller's arguments, with Python's exceptions."""

from __future__ import annotations

import math
import numbers
from typing import Any, Optional, TypeVar

_Kind = TypeVar("_Kind")

#: Timeouts of the C interface for "without a limit" and "do not block".
WAIT_FOREVER = 0
NO_WAIT = 0xFFFFFFFF


def instance(value: Any, kind: type[_Kind], parameter: str) -> _Kind:
    """The value, if it has the expected type."""
    if not isinstance(value, kind):
        raise TypeError(f"{parameter} must be a {_named(kind)}, not {_named(type(value))}")
    return value


def text(value: Any, parameter: str) -> bytes:
    """A string for the C interface."""
    encoded = instance(value, str, parameter).encode()
    if b"\0" in encoded:
        raise ValueError(f"{parameter} contains a null character")
    return encoded


def unsigned(value: Any, parameter: str) -> int:
    """A 32-bit number. ctypes would truncate a number that does not fit, without an error."""
    number = int(instance(value, numbers.Integral, parameter))
    if not 0 <= number <= 0xFFFFFFFF:
        raise ValueError(f"{parameter} {number} is out of range")
    return number


def positive_milliseconds(value: Any, parameter: str) -> int:
    """A time in seconds that is not 0, for the C interface, in which 0 means a default."""
    length = seconds(value, parameter)
    if length is None or length <= 0:
        raise ValueError(f"{parameter} must be a positive number of seconds")
    return unsigned(max(round(length * 1000), 1), parameter)


def size(value: Any, parameter: str) -> int:
    """A number of bytes."""
    number = int(instance(value, numbers.Integral, parameter))
    if not 0 <= number <= 0xFFFFFFFFFFFFFFFF:
        raise ValueError(f"{parameter} {number} is out of range: it is a number of bytes")
    return number


def seconds(value: Any, parameter: str = "timeout") -> Optional[float]:
    """A duration; None for no limit."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{parameter} must be a number of seconds or None, not {_named(type(value))}")
    number = float(value)
    if math.isnan(number) or number < 0:
        raise ValueError(f"{parameter} is {number}; it must be a number of seconds, at least 0, or None for no limit")
    return None if math.isinf(number) else number


def milliseconds(length: Optional[float]) -> int:
    """The same duration for the C interface."""
    if length is None:
        return WAIT_FOREVER
    return min(max(math.ceil(length * 1000), 1), NO_WAIT - 1) if length else NO_WAIT


def _named(kind: type) -> str:
    if kind is numbers.Integral:
        return "whole number"
    module = kind.__module__.partition(".")[0]
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"
