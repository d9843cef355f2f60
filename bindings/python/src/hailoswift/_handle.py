"""The base of all objects of the library: a handle that must be released."""

from __future__ import annotations

import ctypes
import re
from typing import ClassVar, NoReturn, Optional, TypeVar

from ._errors import InvalidHandleError, Status
from ._library import library

_Self = TypeVar("_Self", bound="Handle")


class Handle:
    """Releases its handle when it is closed, at the end of a `with` statement, or when it is no longer referenced."""

    #: The library's function that releases handles of this kind.
    _release: ClassVar[str]

    # A class attribute, so that it exists even if __init__ failed early.
    _open_handle: Optional[ctypes.c_void_p] = None

    @property
    def _handle(self) -> ctypes.c_void_p:
        """The handle, for a call; raises InvalidHandleError once the object is closed."""
        if self._open_handle is None:
            kind = re.sub(r"(?<!^)(?=[A-Z])", " ", type(self).__name__).lower()
            raise InvalidHandleError(Status.INVALID_HANDLE, f"the {kind} was closed")
        return self._open_handle

    def close(self) -> None:
        """Releases the handle. Closing twice is allowed."""
        handle, self._open_handle = self._open_handle, None
        if handle is not None:
            getattr(library(), self._release)(handle)

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._open_handle is None

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        # Two objects with one handle would release it twice, and another process cannot use it.
        raise TypeError(f"a {type(self).__name__} cannot be copied or pickled; open another one")

    def __del__(self) -> None:
        # Also runs while the interpreter shuts down, when little is left: nothing is called unless necessary.
        if self._open_handle is not None:
            self.close()
