"""Memory behind Python objects."""

from __future__ import annotations

import ctypes
from typing import Any, Optional


def view_of(buffer: Any) -> memoryview:
    """The bytes of a buffer, as a flat view."""
    view = memoryview(buffer)
    # Empty views cannot be cast.
    return view.cast("B") if view.nbytes else memoryview(bytearray())


def pointer(view: memoryview) -> tuple[Optional[int], object]:
    """The address of a buffer, and the object that keeps it alive."""
    if not view.nbytes:
        return None, view
    if not view.readonly:
        buffer = (ctypes.c_char * view.nbytes).from_buffer(view)
        return ctypes.addressof(buffer), buffer
    # ctypes gives the address of bytes objects only; other read-only buffers are copied.
    data = view.obj if isinstance(view.obj, bytes) and len(view.obj) == view.nbytes else view.tobytes()
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value, data
