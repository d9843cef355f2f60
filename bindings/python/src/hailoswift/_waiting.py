"""Calls that block. Python runs signal handlers only between two calls of the library, so a call that blocks for a long
time would make Ctrl-C useless. Instead, the call is repeated with a short timeout.
"""

from __future__ import annotations

import time
from typing import Callable, Optional

from ._arguments import milliseconds
from ._errors import Status

#: How long a single call blocks, in seconds.
_SLICE = 0.1


def wait(call: Callable[[int], int], length: Optional[float], is_over: Callable[[], bool] = lambda: False) -> int:
    """Repeats `call`, which takes milliseconds, until it returns anything but TIMEOUT or the time has passed.

    `is_over` tells whether what is waited for is over; then a TIMEOUT is the result of the job itself.
    """
    end = None if length is None else time.monotonic() + length
    left = _SLICE if length is None else min(_SLICE, length)
    while True:
        status = call(milliseconds(left))
        if status != Status.TIMEOUT:
            return status
        if is_over():
            # It may have ended since, in whatever way.
            return call(milliseconds(0))
        if left < _SLICE:
            return status
        left = _SLICE if end is None else min(_SLICE, max(end - time.monotonic(), 0))
