"""Jobs: frames that are under way while the program does something else."""

from __future__ import annotations

import ctypes
from typing import Any, Optional

from ._errors import TimeoutExpiredError
from ._frames import Frames
from ._handle import Handle
from ._library import check, library


class Job(Handle):
    """Frames that were submitted together; made by Session.submit().

    A job that is closed, or that nobody refers to any more, is canceled unless it is over: its memory goes with it.
    """

    _release = "hailoswift_job_release"

    def __init__(self, handle: ctypes.c_void_p, frames: Frames) -> None:
        self._handle = handle
        self._frames: Optional[Frames] = frames

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits, in seconds, and returns whether the job is over. Raises what went wrong with it."""
        try:
            check(library().hailoswift_job_wait(self._handle, milliseconds(timeout)))
        except TimeoutExpiredError:
            if self.done:
                raise
            return False
        return True

    def result(self, timeout: Optional[float] = None) -> dict[str, Any]:
        """Waits for the outputs and returns them by name. Raises what went wrong, or TimeoutExpiredError."""
        check(library().hailoswift_job_wait(self._handle, milliseconds(timeout)))
        assert self._frames is not None
        return self._frames.results

    @property
    def done(self) -> bool:
        """Whether the job is over, in whatever way."""
        return bool(library().hailoswift_job_is_finished(self._handle))

    def cancel(self) -> None:
        """Ends the job with CanceledError, unless it is over."""
        check(library().hailoswift_job_cancel(self._handle))

    def close(self) -> None:
        """Cancels the job unless it is over. Closing twice is fine."""
        if self._handle is not None:
            # When this has returned, nobody writes to the memory of the frames any more.
            library().hailoswift_job_cancel(self._handle)
        super().close()
        self._frames = None

    def __repr__(self) -> str:
        state = "closed" if self.closed else "done" if self.done else "under way"
        return f"<hailoswift.Job {state}>"


def milliseconds(timeout: Optional[float]) -> int:
    """Seconds, or None for as long as it takes, as the library wants them."""
    return 0 if timeout is None else min(max(int(timeout * 1000), 1), 0xFFFFFFFF)
