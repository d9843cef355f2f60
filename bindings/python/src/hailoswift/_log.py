"""Log messages of the library."""

from __future__ import annotations

import enum
from typing import Callable, Optional

from ._library import LogCallback, check, library


class LogLevel(enum.IntEnum):
    """How important a message is."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


# The library calls this object, so it must live as long as it is set.
_current = LogCallback()


def set_log_handler(
    handler: Optional[Callable[[LogLevel, str], None]], level: LogLevel = LogLevel.WARNING
) -> None:
    """Sends messages of `level` and above to `handler(level, text)`, from any thread; None discards them."""
    global _current
    if handler is not None and not callable(handler):
        raise TypeError(f"handler must be callable or None, not {type(handler).__qualname__}")
    if handler is None:
        callback = LogCallback()
    else:

        @LogCallback
        def callback(_user_data, message_level, message):
            handler(LogLevel(message_level), message.decode(errors="replace"))

    check(library().hailoswift_set_log_callback(callback, None, int(level)))
    _current = callback
