"""Jobs: frames in flight while the program does something else."""

from __future__ import annotations

import ctypes
from typing import Generic, Optional, TypeVar

from ._arguments import seconds
from ._errors import Status, TimeoutExpiredError
from ._frames import Frames
from ._handle import Handle
from ._library import check, library
from ._waiting import wait

_Output = TypeVar("_Output")


class Job(Handle, Generic[_Output]):
    """Frames that were submitted together; created by Session.submit().

    A job that is closed or no longer referenced is canceled unless it is over, because its memory is freed with it.
    """

    _release = "hailoswift_job_release"

    def __init__(self, handle: ctypes.c_void_p, frames: Frames[_Output]) -> None:
        self._open_handle = handle
        self._frames: Optional[Frames[_Output]] = frames

    def _submit(self, timeout: Optional[float]) -> None:
        """Sends the frames. After any error the job is over."""
        submit, handle = library().hailoswift_job_submit, self._handle
        try:
            check(wait(lambda length: submit(handle, length), timeout, lambda: self.done))
        except BaseException:
            self.close()
            raise

    def _finish(self, timeout: Optional[float]) -> dict[str, _Output]:
        """Like result(), but the job is always over afterwards."""
        try:
            return self.result(timeout)
        except TimeoutExpiredError as error:
            if self.done:
                raise
            raise TimeoutExpiredError(
                error.status,
                f"{error.message}; later ones are dropped. If the chip no longer answers, deactivate the session and "
                "activate it again",
            ) from None
        finally:
            self.close()

    def _wait(self, timeout: Optional[float]) -> int:
        call, handle = library().hailoswift_job_wait, self._handle
        return wait(lambda length: call(handle, length), seconds(timeout), lambda: self.done)

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits up to `timeout` seconds and returns whether the job is over; 0 does not block. Raises its error."""
        status = self._wait(timeout)
        if status == Status.TIMEOUT and not self.done:
            return False
        check(status)
        return True

    def result(self, timeout: Optional[float] = None) -> dict[str, _Output]:
        """Waits for the outputs and returns them by name. Raises the job's error, or TimeoutExpiredError."""
        check(self._wait(timeout))
        assert self._frames is not None
        return self._frames.results

    @property
    def done(self) -> bool:
        """Whether the job is over, successfully or not. A closed job is over."""
        return self.closed or bool(library().hailoswift_job_is_finished(self._handle))

    def cancel(self) -> None:
        """Ends the job with CanceledError, unless it is over."""
        handle = self._open_handle
        if handle is not None:
            library().hailoswift_job_cancel(handle)

    def close(self) -> None:
        """Cancels the job unless it is over. Closing twice is allowed."""
        # After this returns, the memory of the frames is no longer written to.
        self.cancel()
        super().close()
        self._frames = None

    def __repr__(self) -> str:
        state = "closed" if self.closed else "done" if self.done else "in flight"
        return f"<hailoswift.Job {state}>"
