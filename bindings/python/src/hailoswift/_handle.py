"""What all objects of the library have in common: a handle that has to be released."""

from __future__ import annotations

import ctypes
from typing import ClassVar, Optional, TypeVar

from ._library import library

_Self = TypeVar("_Self", bound="Handle")


class Handle:
    """Releases its handle when it is closed, at the end of a `with` statement, or when nobody refers to it any more."""

    #: The library's function that releases handles of this kind.
    _release: ClassVar[str]

    # Of the class, so that it is there as well if __init__ failed early.
    _handle: Optional[ctypes.c_void_p] = None

    def close(self) -> None:
        """Releases what the object stands for. Closing twice is fine."""
        handle, self._handle = self._handle, None
        if handle is not None:
            getattr(library(), self._release)(handle)

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._handle is None

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Also runs while the interpreter shuts down, when little is left: nothing is called unless there is need.
        if self._handle is not None:
            self.close()
