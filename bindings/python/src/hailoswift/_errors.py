"""Status codes of the library as exceptions."""

from __future__ import annotations

import enum
import errno
import os
from typing import Any


class Status(enum.IntEnum):
    """Result codes of the C interface."""

    OK = 0
    INVALID_ARGUMENT = -1
    INVALID_HANDLE = -2
    NOT_FOUND = -3
    PERMISSION_DENIED = -4
    BUSY = -5
    UNSUPPORTED_DRIVER = -6
    UNSUPPORTED_DEVICE = -7
    DRIVER_FAILURE = -8
    FIRMWARE_REJECTED = -9
    FIRMWARE_RESPONSE = -10
    FIRMWARE_NOT_LOADED = -11
    TIMEOUT = -12
    DEVICE_LOST = -13
    OUT_OF_MEMORY = -14
    CANCELED = -15
    UNKNOWN_ID = -16
    FILE_ERROR = -17
    HEF_CORRUPTED = -18
    HEF_UNSUPPORTED = -19
    HEF_INVALID = -20
    HEF_INCOMPATIBLE = -21
    NOT_IMPLEMENTED = -22
    INVALID_OPERATION = -23
    UNEXPECTED_VALUE = -24
    MODEL_TOO_LARGE = -25


class HailoError(Exception):
    """A call failed. `status` is for programs, the text for people.

    `system_error` is the errno of the driver request or system call that failed, `firmware_status` the status in the
    answer of the firmware; each is None if there is none.
    """

    def __init__(
        self, status: int, message: str, system_error: int | None = None, firmware_status: int | None = None
    ) -> None:
        super().__init__(message)
        self.status: int = Status(status) if status in Status._value2member_map_ else status
        self.message = message
        self.system_error: int | None = system_error
        self.firmware_status: int | None = firmware_status
        if system_error is not None and isinstance(self, OSError):
            self.errno: int = system_error
            self.strerror: str = os.strerror(system_error)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Otherwise an exception is rebuilt from its `args`, which OSError sets in its own way.
        return type(self), (self.status, self.message, self.system_error, self.firmware_status)


class InvalidArgumentError(HailoError, ValueError):
    """An argument is out of range or malformed."""


class InvalidHandleError(HailoError):
    """The object was closed, or belongs to the process that this one was forked from."""


class NotFoundError(HailoError, LookupError):
    """No such device, file or item."""


class UnknownIdError(HailoError, ValueError):
    """The text is not a device id in any known form."""


class FileError(HailoError, OSError):
    """A file cannot be opened or read, or ends within its header."""


class MissingFileError(FileError, FileNotFoundError):
    """There is no such file; also a FileNotFoundError."""

    def __init__(
        self, status: int, message: str, system_error: int | None = errno.ENOENT, firmware_status: int | None = None
    ) -> None:
        super().__init__(status, message, system_error, firmware_status)


class HefError(HailoError, ValueError):
    """A HEF file is damaged or inconsistent, or is not for this library or chip; `status` says which."""


class InvalidOperationError(HailoError, RuntimeError):
    """The operation does not fit the state or the contents of its object."""


class PermissionDeniedError(HailoError, PermissionError):
    """The operating system denied access."""


class BusyError(HailoError):
    """Another program uses the device."""


class UnsupportedError(HailoError):
    """This driver or device cannot be used with this library."""


class DriverError(HailoError, OSError):
    """The kernel driver refused a request."""


class FirmwareError(HailoError):
    """The firmware refused a control request, sent a malformed answer or is not loaded."""


class TimeoutExpiredError(HailoError, TimeoutError):
    """The device did not answer in time."""


class DeviceLostError(HailoError):
    """The device is gone."""


class OutOfMemoryError(HailoError, MemoryError):
    """Not enough memory, often not enough memory that is suitable for DMA."""


class CanceledError(HailoError):
    """The operation was canceled."""


_CLASSES = {
    Status.INVALID_ARGUMENT: InvalidArgumentError,
    Status.INVALID_HANDLE: InvalidHandleError,
    Status.NOT_FOUND: NotFoundError,
    Status.PERMISSION_DENIED: PermissionDeniedError,
    Status.BUSY: BusyError,
    Status.UNSUPPORTED_DRIVER: UnsupportedError,
    Status.UNSUPPORTED_DEVICE: UnsupportedError,
    Status.DRIVER_FAILURE: DriverError,
    Status.FIRMWARE_REJECTED: FirmwareError,
    Status.FIRMWARE_RESPONSE: FirmwareError,
    Status.FIRMWARE_NOT_LOADED: FirmwareError,
    Status.TIMEOUT: TimeoutExpiredError,
    Status.DEVICE_LOST: DeviceLostError,
    Status.OUT_OF_MEMORY: OutOfMemoryError,
    Status.CANCELED: CanceledError,
    Status.UNKNOWN_ID: UnknownIdError,
    Status.FILE_ERROR: FileError,
    Status.HEF_CORRUPTED: HefError,
    Status.HEF_UNSUPPORTED: HefError,
    Status.HEF_INVALID: HefError,
    Status.HEF_INCOMPATIBLE: HefError,
    Status.NOT_IMPLEMENTED: HefError,
    Status.INVALID_OPERATION: InvalidOperationError,
    Status.UNEXPECTED_VALUE: HefError,
    Status.MODEL_TOO_LARGE: HefError,
}


def error_for(
    status: int, message: str, system_error: int | None = None, firmware_status: int | None = None
) -> HailoError:
    """The exception for a status; HailoError itself for one that only a newer library knows."""
    kind = _CLASSES.get(status, HailoError)
    if kind is FileError and system_error == errno.ENOENT:
        kind = MissingFileError
    return kind(status, message, system_error, firmware_status)
